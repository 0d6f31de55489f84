package trackdechets

// importPaperForm takes a form that travelled on paper up, sealed here before or not known at all, and closes it.
func (b *Backend) importPaperForm(c *call) (any, error) {
	input := object(c.args, "input")
	f := b.newForm()
	if id := text(input, "id"); id != "" {
		found, err := b.books.find(id, "")
		if err != nil {
			return nil, err
		}
		f = found.clone()
	} else if text(input, "customId") == "" {
		return nil, badInput("Vous devez préciser un identifiant (champ customId) pour importer un bordereau papier qui n'a pas été créé sur Trackdéchets")
	}
	before := f.clone()
	content := map[string]any{}
	for _, key := range []string{"emitter", "recipient", "transporter", "wasteDetails", "trader", "broker", "ecoOrganisme", "customId"} {
		if value, given := input[key]; given && value != nil {
			content[key] = value
		}
	}
	if _, err := b.apply(f, content); err != nil {
		return nil, err
	}
	b.fill(f)
	company := c.user.actsFor(f.destination(), mayManage)
	if company == "" {
		return nil, forbidden("Vous n'êtes pas autorisé à importer un bordereau papier sur lequel votre établissement n'est pas destinataire")
	}
	if text(input, "id") != "" {
		if before.Status != Sealed {
			return nil, badInput("Seuls les bordereaux scellés peuvent faire l'objet d'un import papier")
		}
		for _, path := range []string{"emitter.company", "recipient.company", "ecoOrganisme"} {
			if old := text(before.Data, path+".siret"); old != text(f.Data, path+".siret") && old != "" {
				return nil, badInput("Vous ne pouvez pas modifier les SIRET d'un bordereau lors de son import papier")
			}
		}
		if was, is := before.firstCarrier(), f.firstCarrier(); len(was) > 0 && len(is) > 0 && was[0] != is[0] {
			return nil, badInput("Vous ne pouvez pas modifier les SIRET d'un bordereau lors de son import papier")
		}
	}
	received, processed := object(input, "receivedInfo"), object(input, "processedInfo")
	complaints := append(b.complaints(f, asEmitted), b.receptionComplaints(f, received)...)
	if text(received, "wasteAcceptationStatus") != "REFUSED" {
		complaints = append(complaints, b.processingComplaints(f, processed)...)
	}
	if err := invalid(complaints); err != nil {
		return nil, err
	}
	signing := object(input, "signingInfo")
	for _, key := range []string{"emittedAt", "takenOverAt", "sentAt"} {
		f.Data[key] = signing["sentAt"]
	}
	for _, key := range []string{"emittedBy", "sentBy"} {
		f.Data[key] = signing["sentBy"]
	}
	if carriers := f.transporters(); len(carriers) > 0 {
		carriers[0]["takenOverAt"] = signing["sentAt"]
	}
	f.Data["signedByTransporter"] = true
	f.Data["isImportedFromPaper"] = true
	f.settle(received)
	b.process(f, processed)
	f.Status = Sealed
	if err := f.move(c.field.Name); err != nil {
		return nil, err
	}
	return b.commit(c, f, company, input)
}
