package kinds

import "sluss/registries/numbers"

// BSVHU is the document of end-of-life vehicles. It counts in tonnes, and has no revisions.
var BSVHU = &Kind{
	Name: "Bsvhu", Prefix: "VHU", First: initial, Several: true, DefaultMode: "ROAD",
	Parties:    parties5,
	Steps:      []string{"EMISSION", "TRANSPORT", "RECEPTION", "OPERATION"},
	Acts:       []Act{emission(), transport(), signedReception(), signedOperation()},
	Rules:      []func(*Check){parties(noLabel, dismantling), vhuEmitter, transporters, codes, masses, texts, modes},
	Code:       "wasteCode",
	Operations: []string{"R 4", "R 12"},
	Masses:     []string{"weight.value", "destination.reception.weight"}, PerTonne: 1, ReceivedMass: "destination.reception.weight",
	Codes:    []string{"16 01 06", "16 01 04*"},
	Defaults: map[string]any{"wasteCode": "16 01 06"},
	Complete: completeEmitter,
	Says: words(func(s *Says) {
		s.Create = "Votre établissement doit être visé sur le bordereau"
		s.Update = s.Create
	}),
}

// isIrregular: an emitter without approval that is not registered cannot sign.
func isIrregular(d *Document) bool {
	return d.Truth("emitter.irregularSituation") && !d.Truth("emitter.isRegistered")
}

// vhuEmitter: whoever is registered nowhere emits only in an irregular situation.
func vhuEmitter(c *Check) {
	const path = "emitter.company.siret"
	siret := c.Text(path)
	_, registered := c.Companies[siret]
	c.When(numbers.IsSIRET(siret, true) && !registered && !c.Truth("emitter.irregularSituation"), path, unregistered, siret)
}
