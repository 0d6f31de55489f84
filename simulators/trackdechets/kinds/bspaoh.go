package kinds

import "fmt"

// BSPAOH is the document of anatomical parts. It counts in kilograms, and has no revisions.
var BSPAOH = &Kind{
	Name: "Bspaoh", Prefix: "PAOH", First: initial,
	Parties:    parties5,
	Steps:      []string{"EMISSION", "TRANSPORT", "DELIVERY", "RECEPTION", "OPERATION"},
	Acts:       []Act{emission(), transport(), delivery(), signedReception(), signedOperation()},
	Rules:      []func(*Check){parties(noLabel, cremating), transporters, codes, masses, texts, modes},
	Code:       "waste.code",
	Operations: []string{"R 1", "D 10"},
	Masses:     []string{"emitter.emission.detail.weight.value", "destination.reception.detail.receivedWeight.value", "destination.reception.detail.refusedWeight.value"}, PerTonne: 1000, ReceivedMass: "destination.reception.detail.receivedWeight.value",
	Codes:    []string{"18 01 02"},
	Defaults: map[string]any{"waste": map[string]any{"type": "PAOH"}},
	Complete: func(f Facts, d *Document) {
		completeEmitter(f, d)
		// Packagings are named by their place.
		for i, packaging := range d.Objects("waste.packagings") {
			packaging["id"] = fmt.Sprintf("packaging_%d", i)
		}
	},
	SealedAreFaults: true,
	FlatPaths:       true,
	Shapes: map[string]map[string]any{
		"waste.packagings": {"code": "too_small", "path": []any{}, "type": "array", "minimum": 1, "inclusive": true},
	},
	Says: words(func(s *Says) {
		s.Create = "Votre établissement doit être visé sur le bordereau"
		s.Update = s.Create
		s.Required = "%s est obligatoire."
		s.PublishTwice = "Impossible de publier un bordereau qui n'est pas un brouillon."
	}),
}

// delivery is signed by the transporter at the crematorium; it is optional.
func delivery() Act {
	a := signature("DELIVERY", "destination.handedOverToDestination", "transporter.company")
	a.Right = transport().Right
	return a
}
