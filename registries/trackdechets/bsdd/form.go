package bsdd

import (
	"strings"

	"sluss"
	"sluss/registries/trackdechets/reasons"
	"sluss/registries/trackdechets/wire"
)

// Form is the whole BSDD as declared; id is empty for a new one. Several
// transporters, and what it groups, are for the caller to add by their ids.
func (d Document) Form(id string) wire.FormInput {
	company, agreed := d.Recipient()
	input := wire.FormInput{
		ID: id, CustomID: d.CustomID(), Emitter: d.emitter(),
		Recipient:    wire.Recipient{CAP: wire.Text(agreed.Acceptance), ProcessingOperation: wire.Text(Operation(agreed.Operation)), Company: CompanyOf(company)},
		Transporter:  new(d.Transporter()),
		WasteDetails: d.waste(), Intermediaries: []wire.Company{},
	}
	if d.StoredAfter() > 0 {
		input.Recipient.IsTempStorage, input.TemporaryStorageDetail = true, &wire.StorageDetail{Destination: d.final()}
	}
	for _, a := range d.Associates() {
		switch a.Label {
		case reasons.Trader:
			input.Trader = &wire.Dealer{Company: CompanyOf(a.Party)}
		case reasons.Broker:
			input.Broker = &wire.Dealer{Company: CompanyOf(a.Party)}
		case reasons.EcoOrganisme:
			input.EcoOrganisme = &wire.EcoOrganisme{SIRET: wire.Text(a.Party.ID), Name: wire.Text(a.Party.Name)}
		case reasons.Intermediary:
			input.Intermediaries = append(input.Intermediaries, CompanyOf(a.Party))
		}
	}
	return input
}

// Transporter is who carries the waste on the step's leg.
func (d Document) Transporter() wire.Transporter {
	l := d.FrenchLeg()
	return wire.Transporter{Company: CompanyOf(l.Transporter), NumberPlate: Plates(l), Mode: Mode(l.Mode)}
}

// final is where the second part of the way ends.
func (d Document) final() *wire.Destination {
	t := d.Declaration.Treatment
	return &wire.Destination{Company: CompanyOf(d.Declaration.Receiver), CAP: wire.Text(t.Acceptance), ProcessingOperation: wire.Text(Operation(t.Operation))}
}

func (d Document) emitter() wire.Emitter {
	input := wire.Emitter{
		Type: d.emitterType(), WorkSite: d.WorkSite(), Company: CompanyOf(d.Emitter()),
		IsPrivateIndividual: d.Person(), IsForeignShip: d.Ship(),
	}
	switch {
	case d.Person():
		input.Company.SIRET, input.Company.VATNumber, input.Company.Contact = "", "", ""
	case d.Ship():
		input.Company.SIRET, input.Company.VATNumber, input.Company.OMINumber = "", "", wire.Text(d.Emitter().ID)
	}
	return input
}

// emitterType tells the producer from another holder, such as a platform at which
// waste from abroad arrives, and from one that groups.
func (d Document) emitterType() string {
	e, p := d.Emitter(), d.Declaration.Producer
	switch {
	case len(d.Predecessors()) > 0:
		return "APPENDIX2"
	case d.isRound():
		return "APPENDIX1"
	case e.ID == p.ID && e.Country == p.Country:
		return "PRODUCER"
	}
	return "OTHER"
}

// WorkSite is where the waste leaves from; nil: from the emitter's own address.
func (d Document) WorkSite() *wire.WorkSite {
	from := d.FrenchLeg().From
	if from.Address == "" || strings.Contains(d.Emitter().Address, from.Address) {
		return nil
	}
	return &wire.WorkSite{Address: wire.Text(from.Address), City: wire.Text(from.City), PostalCode: wire.Text(from.Postcode)}
}

func (d Document) waste() wire.WasteDetails {
	w := d.Declaration.Waste
	details := wire.WasteDetails{
		Code: wire.Text(WasteCode(w.Code)), Name: wire.Text(w.Name), IsSubjectToADR: w.UN != "", ONUCode: wire.Text(w.UN),
		PackagingInfos: packagings(w.Packagings), Quantity: new(wire.Tonnes(w.Mass)), QuantityType: QuantityType(w.Estimated), Consistences: []string{}, POP: w.POP,
	}
	if p := d.Pickup(); p != nil {
		details.PackagingInfos = packagings(p.Packagings)
	} else if d.isRound() { // it is weighed part by part
		details.PackagingInfos, details.Quantity = []wire.Packaging{}, nil
	}
	if w.Consistence != "" {
		details.Consistences = append(details.Consistences, strings.ToUpper(string(w.Consistence)))
	}
	return details
}

// Paper is the whole life of a BSDD that was signed on paper: when and by whom each
// of its steps was taken is what their events tell.
func (d Document) Paper() wire.Paper {
	whole, left := d.Form(""), d.event(sluss.Departure(d.FirstLeg))
	taken := d.By(sluss.WasteAccepted)
	verdict, received := taken.Acceptance(), d.By(sluss.Received).Arrival()
	received.WasteAcceptationStatus, received.WasteRefusalReason = verdict.WasteAcceptationStatus, string(verdict.WasteRefusalReason)
	received.SignedAt, received.QuantityReceived, received.QuantityRefused = &verdict.SignedAt, &verdict.QuantityReceived, &verdict.QuantityRefused
	return wire.Paper{
		CustomID: whole.CustomID, Emitter: &whole.Emitter, Recipient: &whole.Recipient, Transporter: whole.Transporter, WasteDetails: &whole.WasteDetails,
		Trader: whole.Trader, Broker: whole.Broker, EcoOrganisme: whole.EcoOrganisme,
		SigningInfo: wire.PaperSigning{SentAt: wire.DateTime(left.At), SentBy: left.By.Name}, ReceivedInfo: received, ProcessedInfo: d.Processing(),
	}
}

// By is the document as the reporter of the latest event of a kind tells it.
func (d Document) By(kind sluss.EventKind) Document {
	e, _ := d.Event(kind)
	d.Obligation.Event, d.Signature = e.ID(), nil
	return d
}
