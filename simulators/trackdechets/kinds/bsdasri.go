package kinds

import "sluss/simulators/trackdechets/records"

// BSDASRI is the document of infectious waste. It counts in kilograms.
var BSDASRI = &Kind{
	Name: "Bsdasri", Prefix: "DASRI", First: initial, Waits: AwaitingGroup,
	Parties: parties5,
	Steps:   []string{"EMISSION", "TRANSPORT", "RECEPTION", "OPERATION"},
	Acts:    []Act{emission(), transport(), signedReception(), signedOperation()},
	Rules:   []func(*Check){parties(dasriLabel, receiving("COLLECTOR", "WASTEPROCESSOR")), transporters, codes, masses, texts, modes, dasriOperation, synthesis},
	Code:    "waste.code",
	Masses:  []string{"emitter.emission.weight.value", "transporter.transport.weight.value", "transporter.transport.acceptation.refusedWeight", "destination.operation.weight.value", "destination.reception.acceptation.refusedWeight"}, PerTonne: 1000,
	Codes:      []string{"18 01 03*", "18 02 02*"},
	Operations: []string{"D9F", "D10", "R1", "D13", "R12"},
	Defaults:   map[string]any{"type": "SIMPLE", "transporter": map[string]any{"transport": map[string]any{"mode": "ROAD"}}},
	Complete: func(f Facts, d *Document) {
		completeEmitter(f, d)
		switch { // the type follows from what it goes on from
		case len(d.List("synthesizing")) > 0:
			d.Data["type"] = "SYNTHESIS"
		case len(d.List("grouping")) > 0:
			d.Data["type"] = "GROUPING"
		}
	},
	Links:       map[string]string{"grouping": "groupedIn", "synthesizing": "synthesizedIn"},
	GoesOnFrom:  map[string]records.Status{"grouping": AwaitingGroup, "synthesizing": Sent},
	Cancellable: []records.Status{SignedByProducer, Sent},
	SignedOnce:  true,
	Says: words(func(s *Says) {
		s.Create = "Vous ne pouvez pas créer un bordereau sur lequel votre entreprise n'apparaît pas"
		s.Update = "Vous ne pouvez pas modifier un bordereau sur lequel votre entreprise n'apparaît pas"
	}),
}

// dasriLabel stands before a fault of a company.
func dasriLabel(root string) string {
	return map[string]string{
		"emitter": "Émetteur : ", "destination": "Destination : ", "broker": "Courtier : ", "trader": "Négociant : ",
	}[root]
}

// skipsEmissionOfDasri: a synthesis starts at its transporter; an emitter may allow it in its profile.
func skipsEmissionOfDasri(d *Document) bool { return IsSynthesis(d) || d.Truth("allowDirectTakeOver") }

func refusedByTransporter(d *Document) bool {
	return d.Text("transporter.transport.acceptation.status") == "REFUSED"
}

// dasriOperation: only a site of sorting and transit may let the waste go on, and no synthesis may.
func dasriOperation(c *Check) {
	const path = "destination.operation.code"
	siret := c.Text("destination.company.siret")
	onward := c.Text(path) != "" && GoesOn(c.Document)
	c.When(onward && !c.Companies[siret].Has("COLLECTOR"), path,
		"Les codes R12 et D13 ne sont autorisés que si le destinataire est une installation de tri, transit, regroupement")
	c.When(onward && IsSynthesis(c.Document), path, "Les codes de groupement ne sont pas autorisés sur un bordereau de synthèse")
}

// synthesis: its transporter is its emitter, so none may be sent; and it groups nothing beside.
func synthesis(c *Check) {
	if !IsSynthesis(c.Document) {
		return
	}
	for _, root := range []string{"emitter", "ecoOrganisme"} {
		c.When(c.Input[root] != nil, root, "Le champ %s ne peut pas être renseigné sur un bordereau de synthèse", root)
	}
	c.When(len(c.List("grouping")) > 0, "grouping", "Les champs grouping et synthesizing ne peuvent pas être renseignés en même temps")
}
