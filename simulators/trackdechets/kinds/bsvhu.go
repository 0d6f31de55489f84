package kinds

// BSVHU is the document of end-of-life vehicles. It counts in tonnes, and has no revisions.
var BSVHU = &Kind{
	Name: "Bsvhu", Prefix: "VHU", First: initial, Several: true, DefaultMode: "ROAD",
	Parties:  parties5,
	Steps:    []string{"EMISSION", "TRANSPORT", "RECEPTION", "OPERATION"},
	Acts:     []Act{emission(), transport(), signedReception(), signedOperation()},
	Rules:    []func(*Check){parties(noLabel, "COLLECTOR", "WASTEPROCESSOR", "WASTE_VEHICLES"), transporters, codes},
	Code:     "wasteCode",
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
