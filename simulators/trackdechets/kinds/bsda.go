package kinds

import (
	"slices"

	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
)

// BSDA is the document of asbestos. It counts in tonnes.
var BSDA = &Kind{
	Name: "Bsda", Prefix: "BSDA", First: initial, Several: true, Waits: "AWAITING_CHILD", DefaultMode: "ROAD",
	Parties: parties5,
	Steps:   []string{"EMISSION", "WORK", "TRANSPORT", "RECEPTION", "OPERATION"},
	Acts:    []Act{emission(), signature("WORK", "worker.work", "worker.company"), transport(), signedReception(), signedOperation()},
	Rules:   []func(*Check){parties(noLabel, receiving("COLLECTOR", "WASTEPROCESSOR", "WASTE_CENTER", "DISPOSAL_FACILITY")), transporters, codes, masses, texts, modes, treatedAfterReception},
	Code:    "waste.code",
	Masses:  []string{"weight.value", "destination.reception.weight", "destination.reception.refusedWeight"}, PerTonne: 1, ReceivedMass: "destination.reception.weight",
	Codes: []string{
		"06 07 01*", "06 13 04*", "10 13 09*", "16 01 11*", "16 02 12*", "17 06 01*", "17 06 05*", "08 01 17*", "08 04 09*", "12 01 16*", "15 01 11*",
		"15 02 02*", "16 02 13*", "16 03 03*", "16 03 05*", "17 01 06*", "17 02 04*", "17 03 01*", "17 04 09*", "17 04 10*", "17 05 03*", "17 05 05*",
		"17 05 07*", "17 06 03*", "17 08 01*", "17 09 03*",
	},
	Operations:  []string{"R 5", "D 5", "D 9 F", "R 13", "D 15"},
	Defaults:    map[string]any{"type": "OTHER_COLLECTIONS"},
	Complete:    completeEmitter,
	Links:       map[string]string{"grouping": "groupedIn", "forwarding": "forwardedIn"},
	GoesOnFrom:  map[string]records.Status{"grouping": "AWAITING_CHILD", "forwarding": "AWAITING_CHILD"},
	Cancellable: []records.Status{SignedByProducer, "SIGNED_BY_WORKER", Sent},
	Creatable: func(f Facts, d *Document) error {
		if isCollection2710(d) && !f.Companies[d.Company("destination.company")].Has("WASTE_CENTER") {
			return refusal.BadInput("Seules les déchetteries peuvent créer un bordereau de ce type, et elles doivent impérativement être identifiées comme destinataire du déchet.")
		}
		return nil
	},
	Says: words(func(s *Says) { s.Required = "%s est obligatoire." }),
}

func isCollection2710(d *Document) bool { return d.Text("type") == "COLLECTION_2710" }

// hasNoWorker: no work is signed for documents that group or forward, or whose worker is disabled.
func hasNoWorker(d *Document) bool {
	return slices.Contains([]string{"GATHERING", "RESHIPMENT", "COLLECTION_2710"}, d.Text("type")) || d.Truth("worker.isDisabled")
}

func skipsEmissionForWork(d *Document) bool {
	return !hasNoWorker(d) && (d.Truth("emitter.isPrivateIndividual") || d.Truth("worker.work.hasEmitterPaperSignature"))
}

func isPrivateWithoutWorker(d *Document) bool {
	return d.Truth("emitter.isPrivateIndividual") && hasNoWorker(d)
}
