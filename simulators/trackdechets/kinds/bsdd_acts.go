package kinds

import (
	"slices"
	"strings"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

const (
	// NotThisStage refuses a signature of a BSDD that does not come next.
	NotThisStage = "Ce bordereau n'en est pas à cette étape de signature"
	// NotYours refuses a signature of a BSDD for somebody else.
	NotYours = "Vous n'êtes pas autorisé à signer ce bordereau pour cet acteur"

	notStorer = "Vous n'êtes pas autorisé à marquer ce bordereau comme entreposé provisoirement"
	notSuite  = "Vous n'êtes pas autorisé à sceller la suite de ce bordereau"
	allSigned = "Tous les transporteurs présents sur le bordereau ont déjà signé. Le bordereau est désormais en attente de réception"
)

// bsddActs are the mutations that bring a BSDD from stage to stage.
var bsddActs = []Act{
	{
		Name: "markAsSealed", Step: "SEALING", Right: companies.MayManage, Denied: "Vous n'êtes pas autorisé à sceller ce bordereau",
		By: contributors, Faults: sealable,
		Intro: "Erreur, impossible de valider le bordereau car des champs obligatoires ne sont pas renseignés.\nErreur(s): ",
		After: func(c *Check) {
			if c.Status == SignedByProducer {
				c.signedByItself()
			}
		},
	},
	{
		Name: "signEmissionForm", Step: "EMISSION", Argument: "input", Right: companies.MayManage, Coded: true, StatusFirst: true, Denied: NotYours,
		Before: func(c *Check) error {
			if IsRound(c.Document) {
				return refusal.BadInput("Impossible de signer l'émission d'un bordereau chapeau : chaque bordereau d'annexe 1 est signé par son producteur")
			}
			c.Data["emittedByEcoOrganisme"] = tree.Truth(c.Input, "emittedByEcoOrganisme")
			return nil
		},
		By:    func(c *Check) []string { return []string{Signer(c.Document)} },
		Write: func(c *Check) { writeEmission(c, c.Data, c.Carrier) }, Faults: (*Check).Whole,
		After: func(c *Check) {
			if c.Status == Sent { // by pipeline
				c.Data["sentAt"], c.Data["sentBy"] = c.Input["emittedAt"], c.Input["emittedBy"]
			}
		},
	},
	{
		Name: "signEmissionForm", Step: "EMISSION", From: []records.Status{Resealed}, Argument: "input", Right: companies.MayManage, Coded: true, StatusFirst: true, Denied: NotYours,
		By:    func(c *Check) []string { return Recipient(c.Document) },
		Write: func(c *Check) { writeEmission(c, Suite(c.Document), c.Object("temporaryStorageDetail.transporter")) },
	},
	{
		Name: "signTransportForm", Step: "TRANSPORT", Argument: "input", Right: companies.MaySignTransport, Coded: true, StatusFirst: true, Denied: NotYours,
		Before: func(c *Check) error {
			switch {
			case c.Status == Sealed && !SkipsEmission(c.Document):
				return refusal.Forbidden("Vous n'êtes pas autorisé à signer ce bordereau")
			case IsRound(c.Document) && c.Status == Sent:
				return refusal.BadInput("Impossible de signer l'enlèvement d'un bordereau chapeau : chaque bordereau d'annexe 1 est signé à son enlèvement")
			case c.Status == Sent && c.Carrier == nil:
				return refusal.BadInput(allSigned)
			}
			return nil
		},
		By:     func(c *Check) []string { return []string{companyOf(c.Carrier)} },
		Write:  func(c *Check) { takeOver(c, c.Carrier) },
		Faults: transportable,
		After:  sendOff,
	},
	{
		Name: "signTransportForm", Step: "TRANSPORT", From: []records.Status{SignedByTempStorer}, Argument: "input", Right: companies.MaySignTransport, Coded: true, StatusFirst: true, Denied: NotYours,
		By: func(c *Check) []string { return []string{c.Company("temporaryStorageDetail.transporter.company")} },
		Write: func(c *Check) {
			c.Carrier = c.Object("temporaryStorageDetail.transporter")
			takeOver(c, c.Carrier)
		},
		Faults: transportable,
		After: func(c *Check) {
			suite := Suite(c.Document)
			suite["takenOverAt"], suite["takenOverBy"] = c.Input["takenOverAt"], c.Input["takenOverBy"]
			suite["signedAt"], suite["signedBy"] = c.Input["takenOverAt"], suite["emittedBy"]
			c.Data["currentTransporterSiret"] = companyOf(c.Carrier)
		},
	},
	{
		Name: "markAsReceived", Step: "RECEPTION", Argument: "receivedInfo", Right: companies.MayManage, FirstFault: true, Tells: true,
		Denied: "Vous n'êtes pas autorisé à réceptionner ce bordereau", By: destination, Refuse: notReceivable,
		Write: Settle, Faults: func(c *Check) []Fault { return c.Found(reception) },
		After: func(c *Check) { c.Kind.DropUnsigned(c.Document) },
	},
	{
		Name: "markAsAccepted", Step: "ACCEPTATION", Argument: "acceptedInfo", Right: companies.MayManage, FirstFault: true, Tells: true,
		Denied: "Vous n'êtes pas autorisé à marquer ce bordereau comme accepté", By: destination, Refuse: notReceivable,
		Write: Settle, Faults: func(c *Check) []Fault { return c.Found(reception) },
	},
	{
		Name: "markAsProcessed", Step: "OPERATION", Argument: "processedInfo", Right: companies.MayManage,
		Denied: "Vous n'êtes pas autorisé à déclarer le traitement de ce bordereau", By: destination,
		Write: Treat, Faults: func(c *Check) []Fault { return c.Found(treatment) },
	},
	{
		Name: "markAsTempStored", Step: "STORAGE", Argument: "tempStoredInfos", Right: companies.MayManage, FirstFault: true, Tells: true, Denied: notStorer,
		By: recipient, Refuse: notStorable, Write: store, Faults: func(c *Check) []Fault { return c.Found(reception) },
		After: func(c *Check) { c.Kind.DropUnsigned(c.Document) },
	},
	{
		Name: "markAsTempStorerAccepted", Step: "STORAGE", Argument: "tempStorerAcceptedInfo", Right: companies.MayManage, FirstFault: true, Tells: true, Denied: notStorer,
		By: recipient, Refuse: notStorable, Write: store, Faults: func(c *Check) []Fault { return c.Found(reception) },
		After: func(c *Check) { c.Kind.DropUnsigned(c.Document) },
	},
	{
		Name: "markAsResealed", Step: "RESEALING", Again: Resealed, Argument: "resealedInfos", Right: companies.MayManage, Denied: notSuite, FirstFault: true,
		By: recipient, Write: reseal, Faults: suiteFaults,
	},
	{
		Name: "markAsResent", Step: "RESEALING", Argument: "resentInfos", Right: companies.MayManage, Denied: notSuite, FirstFault: true,
		By: recipient, Write: reseal, Faults: suiteFaults,
		After: func(c *Check) {
			suite := Suite(c.Document)
			suite["signedBy"], suite["signedAt"] = c.Input["signedBy"], c.Input["signedAt"]
		},
	},
	{Name: "importPaperForm", Step: "OPERATION"},
}

func contributors(c *Check) []string { return c.Kind.Contributors(c.Document) }
func recipient(c *Check) []string    { return Recipient(c.Document) }
func destination(c *Check) []string  { return Destination(c.Document) }

func sealable(c *Check) []Fault {
	faults := c.Whole()
	if c.Text("emitter.type") == "APPENDIX2" && len(c.Objects("fractions")) == 0 {
		faults = append(faults, Fault{Path: "grouping", Message: "Vous devez sélectionner au moins un bordereau à regrouper (annexe 2)"})
	}
	return faults
}

// signedByItself signs the emission for an emitter that cannot.
func (c *Check) signedByItself() {
	c.Data["emittedAt"], c.Data["emittedBy"] = tree.FormatTime(c.Now), "Signature auto (particulier)"
	c.Kind.Sign(c.Document, "signEmissionForm")
}

// writeEmission lays an emission over a leg: the form, or its suite.
func writeEmission(c *Check, leg, carrier map[string]any) {
	leg["emittedAt"], leg["emittedBy"] = c.Input["emittedAt"], c.Input["emittedBy"]
	for _, key := range []string{"packagingInfos", "quantity", "onuCode", "nonRoadRegulationMention"} {
		if c.Input[key] != nil {
			tree.Put(leg, "wasteDetails."+key, tree.Clone(c.Input[key]))
		}
	}
	if plate := tree.Text(c.Input, "transporterNumberPlate"); plate != "" && carrier != nil {
		carrier["numberPlate"] = plate
	}
	c.Kind.Fill(c.Facts, c.Document)
}

// takeOver lays a transport signature over its transporter, whose receipt is read from its profile once more.
func takeOver(c *Check, carrier map[string]any) {
	for key, sent := range map[string]string{
		"numberPlate": "transporterNumberPlate", "mode": "transporterTransportMode", "takenOverAt": "takenOverAt", "takenOverBy": "takenOverBy",
		"company.contact": "transporterCompanyContact", "company.mail": "transporterCompanyMail", "company.phone": "transporterCompanyPhone",
	} {
		if c.Input[sent] != nil {
			tree.Put(carrier, key, c.Input[sent])
		}
	}
	c.Receipt(c.Kind, carrier)
}

// transportable lists what keeps the check's transporter from taking the waste over.
func transportable(c *Check) []Fault {
	return c.Found(func(c *Check) {
		c.required(true)
		if plates := tree.Text(c.Carrier, "numberPlate"); plates != "" {
			c.plates("transporter.numberPlate", strings.Split(plates, ","))
		}
		tonnes, _ := c.Number("wasteDetails.quantity")
		c.When(c.byRoad() && tonnes > 40, "", "Déchet : le poids doit être inférieur à 40 tonnes lorsque le transport se fait par la route")
	})
}

// sendOff notes on the form what its transporter has signed.
func sendOff(c *Check) {
	if c.Data["sentAt"] == nil {
		if c.Data["emittedAt"] == nil {
			c.Data["emittedAt"], c.Data["emittedBy"] = c.Input["takenOverAt"], "Signature automatique Trackdéchets"
		}
		c.Data["sentAt"], c.Data["sentBy"] = c.Input["takenOverAt"], c.Data["emittedBy"]
		c.Data["takenOverAt"], c.Data["takenOverBy"] = c.Input["takenOverAt"], c.Input["takenOverBy"]
	}
	c.Data["signedByTransporter"] = true
	c.Data["currentTransporterSiret"] = companyOf(c.Carrier)
	if c.Data["intermediaries"] == nil {
		c.Data["intermediaries"] = []any{}
	}
}

func notReceivable(c *Check) error {
	switch {
	case IsItem(c.Document):
		return refusal.Forbidden("Un bordereau d'annexe 1 ne peut pas être marqué comme reçu. C'est la réception du bordereau de tournée qui mettra à jour " +
			"le statut de ce bordereau.")
	case IsRound(c.Document) && tree.Text(c.Input, "wasteAcceptationStatus") == "PARTIALLY_REFUSED":
		return refusal.BadInput("Il n'est pas possible de refuser partiellement un bordereau chapeau d'annexe 1")
	case c.Truth("recipient.isTempStorage") && c.Status == Sent:
		return refusal.BadInput("Ce bordereau ne peut pas être marqué comme reçu : le destinataire est une installation d'entreposage provisoire ou de " +
			"reconditionnement, utiliser markAsTempStored")
	}
	return nil
}

// ReceptionKeys and TreatmentKeys are what reception, acceptation and treatment write.
var (
	ReceptionKeys = []string{
		"wasteAcceptationStatus", "wasteRefusalReason", "receivedAt", "receivedBy", "signedAt", "quantityReceived", "quantityRefused", "quantityReceivedType",
	}
	TreatmentKeys = []string{
		"processingOperationDone", "processingOperationDescription", modePath, "processedAt", "processedBy", "noTraceability", "isUpcycled", "nextDestination",
	}
)

// Settle lays a reception over the form.
func Settle(c *Check) {
	tree.Merge(c.Data, c.Input)
	if tree.Text(c.Input, "wasteAcceptationStatus") != "" {
		c.Data["quantityReceivedType"] = "REAL"
	}
}

// Treat lays a treatment over the form. Waste that is treated where it was to be stored only has no suite: its reception
// was the storer's.
func Treat(c *Check) {
	if c.Status == TempStorerAccepted {
		for key, value := range c.Object(storer) {
			if key == "quantityType" {
				key = "quantityReceivedType"
			}
			c.Data[key] = value
		}
		delete(c.Data, "temporaryStorageDetail")
		tree.Put(c.Data, "recipient.isTempStorage", false)
	}
	tree.Merge(c.Data, c.Input)
	if company := c.Object("nextDestination.company"); company != nil {
		c.FillCompany(company)
	}
}

// Described lists what is missing in the description of the check's transporter.
func (c *Check) Described() []Fault {
	faults := c.Found(func(c *Check) { c.required(true) })
	return slices.DeleteFunc(faults, func(f Fault) bool { return !strings.HasPrefix(f.Path, "transporter.company.") })
}
