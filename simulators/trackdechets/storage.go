package trackdechets

// Temporary storage: the recipient stores for a time, and the suite brings the waste on to its destination.

// markAsTempStored receives at the temporary storage.
func (b *Backend) markAsTempStored(c *call) (any, error) {
	return b.store(c, object(c.args, "tempStoredInfos"), "Vous n'êtes pas autorisé à réceptionner ce bordereau")
}

// markAsTempStorerAccepted accepts or refuses what was received there before.
func (b *Backend) markAsTempStorerAccepted(c *call) (any, error) {
	return b.store(c, object(c.args, "tempStorerAcceptedInfo"), "Vous n'êtes pas autorisé à accepter ou refuser les déchets de ce bordereau")
}

func (b *Backend) store(c *call, input map[string]any, otherwise string) (any, error) {
	f, company, err := b.permitted(c, (*Form).storer, mayManage, otherwise)
	if err != nil {
		return nil, err
	}
	if !truth(f.Data, "recipient.isTempStorage") {
		return nil, badInput("Ce bordereau ne peut pas être marqué comme entreposé provisoirement : le destinataire n'est pas une installation " +
			"d'entreposage provisoire ou de reconditionnement")
	}
	if err := firstInvalid(b.receptionComplaints(f, input)); err != nil {
		return nil, err
	}
	store := object(f.suite(), "temporaryStorer")
	if store == nil {
		store = map[string]any{}
		f.suite()["temporaryStorer"] = store
	}
	merge(store, input)
	if signedBy, given := store["signedBy"]; given {
		if text(store, "receivedBy") == "" {
			store["receivedBy"] = signedBy
		}
		delete(store, "signedBy")
	}
	if err := f.move(c.field.Name); err != nil {
		return nil, err
	}
	f.dropUnsigned()
	answer, err := b.commit(c, f, company, input)
	return b.unlessPDFFails(input, answer, err)
}

// markAsResealed prepares the suite: destination, transporter, packagings. It may be repeated until somebody signs.
func (b *Backend) markAsResealed(c *call) (any, error) {
	input := object(c.args, "resealedInfos")
	f, company, err := b.reseal(c, input)
	if err != nil {
		return nil, err
	}
	if f.Status != Resealed {
		if err := f.move(c.field.Name); err != nil {
			return nil, err
		}
	}
	return b.commit(c, f, company, input)
}

// markAsResent is the older way to say that the waste has left the temporary storage.
func (b *Backend) markAsResent(c *call) (any, error) {
	input := object(c.args, "resentInfos")
	f, company, err := b.reseal(c, input)
	if err != nil {
		return nil, err
	}
	if err := f.move(c.field.Name); err != nil {
		return nil, err
	}
	f.suite()["signedBy"], f.suite()["signedAt"] = input["signedBy"], input["signedAt"]
	return b.commit(c, f, company, input)
}

// reseal lays the input over the suite, which a direct form gets only now, and checks that it can travel.
func (b *Backend) reseal(c *call, input map[string]any) (f *Form, company string, err error) {
	f, company, err = b.permitted(c, (*Form).storer, mayManage, "Vous n'êtes pas autorisé à sceller la suite de ce bordereau")
	if err != nil {
		return nil, "", err
	}
	if f.suite() == nil {
		f.becomeStored()
	}
	for _, key := range []string{"destination", "transporter", "wasteDetails"} {
		sent := object(input, key)
		if sent == nil {
			continue
		}
		if object(f.suite(), key) == nil {
			f.suite()[key] = map[string]any{}
		}
		merge(object(f.suite(), key), sent)
	}
	if carrier := object(f.suite(), "transporter"); carrier != nil && carrier["id"] == nil {
		carrier["id"] = newID()
	}
	b.fill(f)
	if err := invalid(b.suiteComplaints(f)); err != nil {
		return nil, "", err
	}
	return f, company, nil
}

// becomeStored turns a direct form into one with temporary storage: its reception was the storer's.
func (f *Form) becomeStored() {
	store := map[string]any{"quantityType": "REAL"}
	for _, key := range []string{
		"quantityReceived", "quantityRefused", "wasteAcceptationStatus", "wasteRefusalReason", "receivedAt", "receivedBy", "signedAt",
	} {
		store[key] = f.Data[key]
		f.Data[key] = nil
	}
	f.Data["quantityReceivedType"] = nil
	put(f.Data, "recipient.isTempStorage", true)
	f.Data["temporaryStorageDetail"] = map[string]any{"destination": map[string]any{}, "temporaryStorer": store}
}

// suiteComplaints lists what keeps a suite from being sealed.
func (b *Backend) suiteComplaints(f *Form) []string {
	const label = "Destination finale"
	c := &check{companies: b.companies, stage: asSealed}
	destination := object(f.suite(), "destination")
	operation := text(destination, "processingOperation")
	c.when(dangerous(f) && text(destination, "cap") == "", label+" : Le champ CAP est obligatoire pour les déchets dangereux")
	c.when(operation == "", label+" : L'opération de traitement est obligatoire")
	if _, known := operationModes(spaced(operation)); operation != "" && !known {
		c.complain("Cette opération d’élimination / valorisation n'existe pas.")
	}
	siret := text(destination, "company.siret")
	c.when(siret == "", label+": Le siret de l'entreprise est obligatoire")
	c.company(label, object(destination, "company"))
	if c.siret(label, siret) {
		c.destination(siret, dangerous(f))
	}
	if carrier := object(f.suite(), "transporter"); carrier != nil {
		c.carrier(carrier)
	}
	return c.found
}

// signSuite signs the second leg, by the storer or by its transporter.
func (b *Backend) signSuite(c *call, f *Form) (any, error) {
	input := object(c.args, "input")
	suite := f.suite()
	if c.field.Name == "signEmissionForm" {
		company := f.storer()[0]
		if err := b.authorize(c, company, mayManage); err != nil {
			return nil, err
		}
		suite["emittedAt"], suite["emittedBy"] = input["emittedAt"], input["emittedBy"]
		for _, key := range []string{"packagingInfos", "quantity", "onuCode", "nonRoadRegulationMention"} {
			if input[key] != nil {
				put(suite, "wasteDetails."+key, clone(input[key]))
			}
		}
		if plate := text(input, "transporterNumberPlate"); plate != "" && object(suite, "transporter") != nil {
			put(suite, "transporter.numberPlate", plate)
		}
		if err := f.move(c.field.Name); err != nil {
			return nil, err
		}
		return b.commit(c, f, company, input)
	}
	carrier := object(suite, "transporter")
	company := companyID(carrier, "company")
	if err := b.authorize(c, company, maySignTransport); err != nil {
		return nil, err
	}
	b.takeOver(carrier, input)
	if err := invalid(b.transportComplaints(f, carrier)); err != nil {
		return nil, err
	}
	suite["takenOverAt"], suite["takenOverBy"] = input["takenOverAt"], input["takenOverBy"]
	suite["signedAt"], suite["signedBy"] = input["takenOverAt"], suite["emittedBy"]
	f.Data["currentTransporterSiret"] = company
	if err := f.move(c.field.Name); err != nil {
		return nil, err
	}
	return b.commit(c, f, company, input)
}
