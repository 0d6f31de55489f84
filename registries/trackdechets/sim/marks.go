package sim

// destination is the company that receives and treats.
func (f *Form) destination() []string { return []string{companyID(f.Data, "recipient.company")} }

func (b *Backend) markAsReceived(c *call) (any, error) {
	f, company, err := b.permitted(c, (*Form).destination, mayManage, "Vous n'êtes pas autorisé à réceptionner ce bordereau")
	if err != nil {
		return nil, err
	}
	input := object(c.args, "receivedInfo")
	if err := firstInvalid(b.receptionComplaints(f, input)); err != nil {
		return nil, err
	}
	return b.settle(c, f, company, input)
}

func (b *Backend) markAsAccepted(c *call) (any, error) {
	f, company, err := b.permitted(c, (*Form).destination, mayManage, "Vous n'êtes pas autorisé à accepter ou refuser les déchets de ce bordereau")
	if err != nil {
		return nil, err
	}
	input := object(c.args, "acceptedInfo")
	if err := firstInvalid(b.receptionComplaints(f, input)); err != nil {
		return nil, err
	}
	return b.settle(c, f, company, input)
}

// settle lays a reception or acceptation over the form. A refusal stands even when its e-mail or PDF cannot be made.
func (b *Backend) settle(c *call, f *Form, company string, input map[string]any) (any, error) {
	merge(f.Data, input)
	if err := f.move(c.field.Name); err != nil {
		return nil, err
	}
	if f.Status != Received {
		f.Data["quantityReceivedType"] = "REAL"
	}
	// Transporters that never signed are dropped at reception.
	var signed []any
	for _, transporter := range f.transporters() {
		if text(transporter, "takenOverAt") != "" {
			signed = append(signed, transporter)
		}
	}
	f.Data["transporters"] = signed
	answer, err := b.commit(c, f, company, input)
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
	merge(f.Data, input)
	if next := object(f.Data, "nextDestination"); next != nil {
		b.fillCompany(object(next, "company"))
	}
	if err := f.move(c.field.Name); err != nil {
		return nil, err
	}
	return b.commit(c, f, company, input)
}
