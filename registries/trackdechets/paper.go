package trackdechets

import "sluss"

// on is the document as the reporter of an event tells it.
func (d document) on(e sluss.Event) document {
	d.Obligation.Event, d.signature = e.ID(), nil
	return d
}

// paper is the whole life of a BSDD that was signed on paper: when and by whom
// each of its steps was is what their events tell.
func (d document) paper() paperInput {
	whole := d.form("")
	left, _ := d.Happened(sluss.Departure(d.first))
	came, _ := d.Event(sluss.Received)
	taken, _ := d.Event(sluss.Taken)
	verdict := d.on(taken).acceptance()
	received := d.on(came).arrival()
	received.WasteAcceptationStatus, received.WasteRefusalReason = verdict.WasteAcceptationStatus, string(verdict.WasteRefusalReason)
	received.SignedAt, received.QuantityReceived, received.QuantityRefused = &verdict.SignedAt, &verdict.QuantityReceived, &verdict.QuantityRefused
	return paperInput{
		CustomID: whole.CustomID, Emitter: &whole.Emitter, Recipient: &whole.Recipient, Transporter: whole.Transporter, WasteDetails: &whole.WasteDetails,
		Trader: whole.Trader, Broker: whole.Broker, EcoOrganisme: whole.EcoOrganisme,
		SigningInfo: paperSigning{SentAt: dateTime(left.At), SentBy: left.By.Name}, ReceivedInfo: received, ProcessedInfo: d.processing(),
	}
}

// imported is all that must be told of a BSDD that was signed on paper.
func (i *inspection) imported() {
	i.drafted()
	i.sealed()
	i.when(len(i.Declaration.Waste.Packagings) == 0, "conditionnement")
	told := i.document
	taken, _ := told.Event(sluss.Taken)
	i.document = told.on(taken)
	i.judged()
	i.document = told
	i.processed()
}
