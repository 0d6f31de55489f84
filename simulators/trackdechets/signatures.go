package trackdechets

import (
	"maps"
	"slices"
)

const notThisStage = "Ce bordereau n'en est pas à cette étape de signature"

// signable finds the form of a signature and checks its status, which comes before permission.
func (b *Backend) signable(c *call) (*Form, error) {
	found, err := b.books.find(c.formID(), "")
	if err != nil {
		return nil, err
	}
	if found.Status == Canceled {
		return nil, forbidden("Vous ne pouvez pas faire cette action, ce bordereau a été annulé")
	}
	f := found.clone()
	if c.field.Name == "signTransportForm" && f.Status == Sealed && !skipsEmission(f) {
		return nil, forbidden("Vous n'êtes pas autorisé à signer ce bordereau")
	}
	if !f.mayStart(c.field.Name) {
		return nil, badInput(notThisStage)
	}
	return f, nil
}

// authorize says whether the user may sign for a company: by role, or with the company's security code.
func (b *Backend) authorize(c *call, company string, asked right) error {
	if c.user.actsFor([]string{company}, asked) != "" {
		return nil
	}
	code, given := number(c.args, "securityCode")
	if !given {
		code, given = number(object(c.args, "input"), "securityCode")
	}
	if !given || company == "" {
		return forbidden("Vous n'êtes pas autorisé à signer ce bordereau pour cet acteur")
	}
	return b.checkCode(c.user, company, int(code))
}

func (b *Backend) signEmission(c *call) (any, error) {
	f, err := b.signable(c)
	if err != nil {
		return nil, err
	}
	if f.Status == Resealed {
		return b.signSuite(c, f)
	}
	if f.isRound() {
		return nil, badInput("Impossible de signer l'émission d'un bordereau chapeau : chaque bordereau d'annexe 1 est signé par son producteur")
	}
	input := object(c.args, "input")
	f.Data["emittedByEcoOrganisme"] = truth(input, "emittedByEcoOrganisme")
	company := f.signer()
	if err := b.authorize(c, company, mayManage); err != nil {
		return nil, err
	}
	f.Data["emittedAt"], f.Data["emittedBy"] = input["emittedAt"], input["emittedBy"]
	for _, key := range []string{"packagingInfos", "quantity", "onuCode", "nonRoadRegulationMention"} {
		if input[key] != nil {
			put(f.Data, "wasteDetails."+key, clone(input[key]))
		}
	}
	if transporter := f.nextTransporter(); transporter != nil && text(input, "transporterNumberPlate") != "" {
		transporter["numberPlate"] = input["transporterNumberPlate"]
	}
	b.fill(f)
	if err := invalid(b.complaints(f, asEmitted)); err != nil {
		return nil, err
	}
	if err := f.move(c.field.Name); err != nil {
		return nil, err
	}
	if f.Status == Sent {
		f.Data["sentAt"], f.Data["sentBy"] = input["emittedAt"], input["emittedBy"]
	}
	return b.commit(c, f, company, input)
}

func (b *Backend) signTransport(c *call) (any, error) {
	f, err := b.signable(c)
	if err != nil {
		return nil, err
	}
	if f.Status == SignedByTempStorer {
		return b.signSuite(c, f)
	}
	if f.isRound() {
		return nil, badInput("Impossible de signer l'enlèvement d'un bordereau chapeau : chaque bordereau d'annexe 1 est signé à son enlèvement")
	}
	transporter := f.nextTransporter()
	if f.Status == Sent && transporter == nil {
		return nil, badInput("Tous les transporteurs présents sur le bordereau ont déjà signé. Le bordereau est désormais en attente de réception")
	}
	company := companyID(transporter, "company")
	if err := b.authorize(c, company, maySignTransport); err != nil {
		return nil, err
	}
	input := object(c.args, "input")
	first := f.Status != Sent
	b.takeOver(transporter, input)
	if err := invalid(b.transportComplaints(f, transporter)); err != nil {
		return nil, err
	}
	if first {
		if f.Status == Sealed {
			f.Data["emittedAt"], f.Data["emittedBy"] = input["takenOverAt"], "Signature automatique Trackdéchets"
		}
		f.Data["sentAt"], f.Data["sentBy"] = input["takenOverAt"], f.Data["emittedBy"]
		f.Data["takenOverAt"], f.Data["takenOverBy"] = input["takenOverAt"], input["takenOverBy"]
	}
	f.Data["signedByTransporter"] = true
	f.Data["currentTransporterSiret"] = company
	if f.Data["intermediaries"] == nil {
		f.Data["intermediaries"] = []any{}
	}
	if err := f.move(c.field.Name); err != nil {
		return nil, err
	}
	var also []*Form
	if f.isItem() {
		also = b.pickUp(f)
	}
	return b.commit(c, f, company, input, also...)
}

// takeOver lays a transport signature over its transporter, whose receipt is read from its profile once more.
func (b *Backend) takeOver(transporter, input map[string]any) {
	for key, sent := range map[string]string{
		"numberPlate": "transporterNumberPlate", "mode": "transporterTransportMode", "takenOverAt": "takenOverAt", "takenOverBy": "takenOverBy",
		"company.contact": "transporterCompanyContact", "company.mail": "transporterCompanyMail", "company.phone": "transporterCompanyPhone",
	} {
		if input[sent] != nil {
			put(transporter, key, input[sent])
		}
	}
	b.fillReceipt(transporter)
}

// dropUnsigned takes transporters off that never signed, as reception does.
func (f *Form) dropUnsigned() {
	f.Data["transporters"] = slices.DeleteFunc(list(f.Data, "transporters"), func(entry any) bool {
		transporter, _ := entry.(map[string]any)
		return text(transporter, "takenOverAt") == ""
	})
}

// signedByTransporter is the older way: the transporter's device takes both signatures at once, of the emitter (or the
// storer) by its security code, and of the transporter.
func (b *Backend) signedByTransporter(c *call) (any, error) {
	found, err := b.books.find(c.formID(), "")
	if err != nil {
		return nil, err
	}
	input := object(c.args, "signingInfo")
	if !truth(input, "signedByTransporter") || !truth(input, "signedByProducer") {
		return nil, badInput("Le transporteur et le producteur du déchet doivent tous deux valider l'enlèvement")
	}
	carrier, signer := found.nextTransporter(), found.signer()
	switch {
	case found.Status == Canceled:
		return nil, forbidden("Vous ne pouvez pas faire cette action, ce bordereau a été annulé")
	case found.Status == Resealed:
		carrier, signer = object(found.suite(), "transporter"), found.storer()[0]
	case found.Status != Sealed:
		return nil, badInput(notThisStage)
	}
	if text(input, "signatureAuthor") == "ECO_ORGANISME" {
		signer = text(found.Data, "ecoOrganisme.siret")
	}
	company := companyID(carrier, "company")
	if c.user.actsFor([]string{company}, maySignTransport) == "" {
		return nil, forbidden("Vous n'êtes pas autorisé à signer ce bordereau pour cet acteur")
	}
	code, _ := number(input, "securityCode")
	if err := b.checkCode(c.user, signer, int(code)); err != nil {
		return nil, err
	}
	f := found.clone()
	leg, waste := f.Data, "wasteDetails."
	carrier = f.nextTransporter()
	if f.Status == Resealed {
		leg = f.suite()
		carrier = object(leg, "transporter")
	}
	for _, key := range []string{"packagingInfos", "quantity", "onuCode"} {
		if input[key] != nil {
			put(leg, waste+key, clone(input[key]))
		}
	}
	maps.Copy(leg, map[string]any{
		"emittedAt": input["sentAt"], "emittedBy": input["sentBy"], "takenOverAt": input["sentAt"], "takenOverBy": c.user.Name,
		"sentAt": input["sentAt"], "sentBy": input["sentBy"], "signedByTransporter": true,
	})
	carrier["takenOverAt"], carrier["takenOverBy"] = input["sentAt"], c.user.Name
	if carrier["mode"] == nil {
		carrier["mode"] = "ROAD"
	}
	b.fill(f)
	b.fillReceipt(carrier)
	if err := invalid(slices.Concat(b.complaints(f, asEmitted), b.transportComplaints(f, carrier))); err != nil {
		return nil, err
	}
	f.Data["currentTransporterSiret"] = company
	if err := f.move(c.field.Name); err != nil {
		return nil, err
	}
	return b.commit(c, f, company, input)
}
