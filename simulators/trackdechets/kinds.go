package trackdechets

import "slices"

// documentKind is what tells the documents beside the BSDD apart; everything else about them is one path.
type documentKind struct {
	name   string // of the type in the schema: "Bsda"
	prefix string // of the ids
	// several: it takes up to five transporters in a list; otherwise there is one.
	several bool
	// signatures in their order, each with where it is written down and whose it is.
	signatures []documentSignature
	edges      []documentEdge
	// codes and operations are those that the document takes; empty means any.
	codes, operations []string
	// defaults are laid under every new document.
	defaults map[string]any
	// waits is the status of a document that waits to go on in another, which ends with that one.
	waits string
}

// documentSignature is one kind of signature: the object that it is written into, and the path to who signs. Both are
// relative to the next transporter where they start with "transporter.".
type documentSignature struct{ kind, object, company string }

// documentEdge is one edge of a document's machine; of several the first whose guard holds is taken.
type documentEdge struct {
	from, signature, to string
	guard               func(*Record) bool
}

var (
	signsEmission    = documentSignature{"EMISSION", "emitter.emission", "emitter.company"}
	signsWork        = documentSignature{"WORK", "worker.work", "worker.company"}
	signsTransport   = documentSignature{"TRANSPORT", "transporter.transport", "transporter.company"}
	signsDelivery    = documentSignature{"DELIVERY", "destination.handedOverToDestination", "transporter.company"}
	signsReception   = documentSignature{"RECEPTION", "destination.reception", "destination.company"}
	signsAcceptation = documentSignature{"ACCEPTATION", "", "destination.company"} // written on packagings
	signsOperation   = documentSignature{"OPERATION", "destination.operation", "destination.company"}
)

var documentKinds = []*documentKind{
	{
		name: "Bsda", prefix: "BSDA", several: true, waits: "AWAITING_CHILD",
		signatures: []documentSignature{signsEmission, signsWork, signsTransport, signsReception, signsOperation},
		edges: []documentEdge{
			{"INITIAL", "EMISSION", "SIGNED_BY_PRODUCER", isNot(isCollection2710)},
			{"INITIAL", "WORK", "SIGNED_BY_WORKER", skipsBsdaEmission},
			{"INITIAL", "TRANSPORT", "SENT", isPrivateWithoutWorker},
			{"INITIAL", "RECEPTION", "REFUSED", both(isCollection2710, isRefusedDocument)},
			{"INITIAL", "RECEPTION", "RECEIVED", isCollection2710},
			{"INITIAL", "OPERATION", "AWAITING_CHILD", both(isCollection2710, goesOn)},
			{"INITIAL", "OPERATION", "PROCESSED", isCollection2710},
			{"SIGNED_BY_PRODUCER", "WORK", "SIGNED_BY_WORKER", isNot(hasNoWorker)},
			{"SIGNED_BY_PRODUCER", "TRANSPORT", "SENT", hasNoWorker},
			{"SIGNED_BY_WORKER", "TRANSPORT", "SENT", nil},
			{"SENT", "TRANSPORT", "SENT", nil},
			{"SENT", "RECEPTION", "REFUSED", isRefusedDocument},
			{"SENT", "RECEPTION", "RECEIVED", nil},
			{"SENT", "OPERATION", "REFUSED", isRefusedDocument},
			{"SENT", "OPERATION", "AWAITING_CHILD", goesOn},
			{"SENT", "OPERATION", "PROCESSED", nil},
			{"RECEIVED", "OPERATION", "REFUSED", isRefusedDocument},
			{"RECEIVED", "OPERATION", "AWAITING_CHILD", goesOn},
			{"RECEIVED", "OPERATION", "PROCESSED", nil},
		},
		codes: []string{
			"06 07 01*", "06 13 04*", "08 01 17*", "08 04 09*", "10 13 09*", "12 01 16*", "15 01 11*", "15 02 02*", "16 01 11*",
			"16 02 12*", "16 02 13*", "16 03 03*", "16 03 05*", "17 01 06*", "17 02 04*", "17 03 01*", "17 04 09*", "17 04 10*",
			"17 05 03*", "17 05 05*", "17 05 07*", "17 06 01*", "17 06 03*", "17 06 05*", "17 08 01*", "17 09 03*",
		},
		operations: []string{"R 5", "D 5", "D 9 F", "R 13", "D 15"},
		defaults:   map[string]any{"type": "OTHER_COLLECTIONS"},
	},
	{
		name: "Bsdasri", prefix: "DASRI", waits: "AWAITING_GROUP",
		signatures: []documentSignature{signsEmission, signsTransport, signsReception, signsOperation},
		edges: []documentEdge{
			{"INITIAL", "EMISSION", "SIGNED_BY_PRODUCER", isNot(isSynthesis)},
			{"INITIAL", "TRANSPORT", "REFUSED", both(skipsDasriEmission, isRefusedByTransporter)},
			{"INITIAL", "TRANSPORT", "SENT", skipsDasriEmission},
			{"SIGNED_BY_PRODUCER", "TRANSPORT", "REFUSED", isRefusedByTransporter},
			{"SIGNED_BY_PRODUCER", "TRANSPORT", "SENT", nil},
			{"SENT", "RECEPTION", "REFUSED", isRefusedDocument},
			{"SENT", "RECEPTION", "RECEIVED", nil},
			{"RECEIVED", "OPERATION", "AWAITING_GROUP", goesOn},
			{"RECEIVED", "OPERATION", "PROCESSED", nil},
		},
		codes:      []string{"18 01 03*", "18 02 02*"},
		operations: []string{"D9F", "D10", "R1", "D13", "R12"},
		defaults:   map[string]any{"type": "SIMPLE", "transporter": map[string]any{"transport": map[string]any{"mode": "ROAD"}}},
	},
	{
		name: "Bsff", prefix: "FF", several: true,
		signatures: []documentSignature{signsEmission, signsTransport, signsReception, signsAcceptation, signsOperation},
		edges: []documentEdge{
			{"INITIAL", "EMISSION", "SIGNED_BY_EMITTER", nil},
			{"SIGNED_BY_EMITTER", "TRANSPORT", "SENT", nil},
			{"SENT", "TRANSPORT", "SENT", nil},
			{"SENT", "RECEPTION", "RECEIVED", nil},
			{"RECEIVED", "ACCEPTATION", "", nil}, // by packaging
			{"ACCEPTED", "OPERATION", "", nil},
			{"PARTIALLY_REFUSED", "OPERATION", "", nil},
		},
		codes:      []string{"13 03 10*", "14 06 01*", "14 06 02*", "14 06 03*", "16 05 04*"},
		operations: []string{"R1", "R2", "R3", "R5", "R12", "R13", "D10", "D13", "D14", "D15"},
		defaults:   map[string]any{"type": "COLLECTE_PETITES_QUANTITES"},
	},
	{
		name: "Bsvhu", prefix: "VHU", several: true,
		signatures: []documentSignature{signsEmission, signsTransport, signsReception, signsOperation},
		edges: []documentEdge{
			{"INITIAL", "EMISSION", "SIGNED_BY_PRODUCER", nil},
			{"INITIAL", "TRANSPORT", "SENT", isIrregular},
			{"SIGNED_BY_PRODUCER", "TRANSPORT", "SENT", nil},
			{"SENT", "TRANSPORT", "SENT", nil},
			{"SENT", "RECEPTION", "REFUSED", isRefusedDocument},
			{"SENT", "RECEPTION", "RECEIVED", nil},
			{"SENT", "OPERATION", "REFUSED", isRefusedDocument},
			{"SENT", "OPERATION", "PROCESSED", nil},
			{"RECEIVED", "OPERATION", "PROCESSED", nil},
		},
		codes: []string{"16 01 06", "16 01 04*"},
	},
	{
		name: "Bspaoh", prefix: "PAOH",
		signatures: []documentSignature{signsEmission, signsTransport, signsDelivery, signsReception, signsOperation},
		edges: []documentEdge{
			{"INITIAL", "EMISSION", "SIGNED_BY_PRODUCER", nil},
			{"SIGNED_BY_PRODUCER", "TRANSPORT", "SENT", nil},
			{"SENT", "RECEPTION", "REFUSED", isRefusedDocument},
			{"SENT", "RECEPTION", "PARTIALLY_REFUSED", isPartlyRefused},
			{"SENT", "RECEPTION", "RECEIVED", nil},
			{"SENT", "DELIVERY", "SENT", nil},
			{"RECEIVED", "OPERATION", "PROCESSED", nil},
			{"PARTIALLY_REFUSED", "OPERATION", "PROCESSED", nil},
		},
		codes:    []string{"18 01 02"},
		defaults: map[string]any{"waste": map[string]any{"type": "PAOH"}},
	},
}

// kindOf finds the kind of a document by its name in the schema.
func kindOf(name string) *documentKind {
	i := slices.IndexFunc(documentKinds, func(k *documentKind) bool { return k.name == name })
	if i < 0 {
		return nil
	}
	return documentKinds[i]
}

// signature finds a kind of signature and its place in the order.
func (k *documentKind) signature(kind string) (documentSignature, int) {
	i := slices.IndexFunc(k.signatures, func(s documentSignature) bool { return s.kind == kind })
	if i < 0 {
		return documentSignature{}, -1
	}
	return k.signatures[i], i
}
