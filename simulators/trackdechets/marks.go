package trackdechets

func (b *Backend) markAsReceived(c *call) (any, error) {
	return b.receive(c, object(c.args, "receivedInfo"), "Vous n'êtes pas autorisé à réceptionner ce bordereau")
}

func (b *Backend) markAsAccepted(c *call) (any, error) {
	return b.receive(c, object(c.args, "acceptedInfo"), "Vous n'êtes pas autorisé à accepter ou refuser les déchets de ce bordereau")
}

// receive lays a reception or acceptation over the form.
func (b *Backend) receive(c *call, input map[string]any, otherwise string) (any, error) {
	f, company, err := b.permitted(c, (*Form).destination, mayManage, otherwise)
	if err != nil {
		return nil, err
	}
	if f.isItem() {
		return nil, badInput("Un bordereau d'annexe 1 est réceptionné et traité avec son bordereau chapeau")
	}
	if f.isRound() && text(input, "wasteAcceptationStatus") == "PARTIALLY_REFUSED" {
		return nil, badInput("Il n'est pas possible de refuser partiellement un bordereau chapeau d'annexe 1")
	}
	if truth(f.Data, "recipient.isTempStorage") && f.Status == Sent {
		return nil, badInput("Ce bordereau ne peut pas être marqué comme reçu : le destinataire est une installation d'entreposage provisoire ou de " +
			"reconditionnement, utiliser markAsTempStored")
	}
	if err := firstInvalid(b.receptionComplaints(f, input)); err != nil {
		return nil, err
	}
	f.settle(input)
	if err := f.move(c.field.Name); err != nil {
		return nil, err
	}
	f.dropUnsigned()
	also := b.follow(f, receptionKeys...)
	answer, err := b.commit(c, f, company, input, also...)
	return b.unlessPDFFails(input, answer, err)
}

// receptionKeys are the fields that reception and acceptation fill.
var receptionKeys = []string{
	"wasteAcceptationStatus", "wasteRefusalReason", "receivedAt", "receivedBy", "signedAt", "quantityReceived", "quantityRefused", "quantityReceivedType",
}

// settle lays what was received over the form.
func (f *Form) settle(input map[string]any) {
	merge(f.Data, input)
	if text(input, "wasteAcceptationStatus") != "" {
		f.Data["quantityReceivedType"] = "REAL"
	}
}

// unlessPDFFails: a refusal stands even when its e-mail or PDF cannot be made, but the answer is an error.
func (b *Backend) unlessPDFFails(input map[string]any, answer any, err error) (any, error) {
	if status := text(input, "wasteAcceptationStatus"); err == nil && b.options.PDFFails && (status == "REFUSED" || status == "PARTIALLY_REFUSED") {
		return nil, internalError()
	}
	return answer, err
}

func (b *Backend) markAsProcessed(c *call) (any, error) {
	f, company, err := b.permitted(c, (*Form).destination, mayManage, "Vous n'êtes pas autorisé à déclarer le traitement de ce bordereau")
	if err != nil {
		return nil, err
	}
	input := object(c.args, "processedInfo")
	if err := invalid(b.processingComplaints(f, input)); err != nil {
		return nil, err
	}
	if f.Status == TempStorerAccepted {
		f.treatAtStore()
	}
	b.process(f, input)
	if err := f.move(c.field.Name); err != nil {
		return nil, err
	}
	return b.commit(c, f, company, input, b.follow(f, processingKeys...)...)
}

// processingKeys are the fields that a treatment fills.
var processingKeys = []string{
	"processingOperationDone", "processingOperationDescription", "destinationOperationMode", "processedAt", "processedBy", "noTraceability",
	"isUpcycled", "nextDestination",
}

// process lays a treatment over the form.
func (b *Backend) process(f *Form, input map[string]any) {
	merge(f.Data, input)
	if next := object(f.Data, "nextDestination"); next != nil {
		b.fillCompany(object(next, "company"))
	}
}

// treatAtStore: waste that is treated where it was to be stored only has no suite; its reception was the storer's.
func (f *Form) treatAtStore() {
	for key, value := range object(f.suite(), "temporaryStorer") {
		if key == "quantityType" {
			key = "quantityReceivedType"
		}
		f.Data[key] = value
	}
	delete(f.Data, "temporaryStorageDetail")
	put(f.Data, "recipient.isTempStorage", false)
}
