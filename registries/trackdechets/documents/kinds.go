// Package documents makes, signs and reads the documents of the registry beside the
// BSDD. The kinds differ in what they say, and are alike in how they live: what is
// written by create and update is sealed by a signature, stage by stage. Their content
// is JSON in the registry's own words.
package documents

import (
	"slices"
	"strings"
)

// Kind is one of the documents beside the BSDD.
type Kind string

// The kinds. Masses on a BSDA and a BSVHU are tonnes, on the others kilograms.
const (
	BSDA    Kind = "BSDA"    // asbestos
	BSDASRI Kind = "BSDASRI" // infectious waste
	BSFF    Kind = "BSFF"    // refrigerants, packaging by packaging
	BSVHU   Kind = "BSVHU"   // end-of-life vehicles
	BSPAOH  Kind = "BSPAOH"  // anatomical parts
)

// Stage is what a signature on a document is for.
type Stage string

// The stages, in the order in which they come; no kind has all.
const (
	Emission    Stage = "EMISSION"
	Work        Stage = "WORK"
	Transport   Stage = "TRANSPORT" // of several transporters, each signs its own
	Delivery    Stage = "DELIVERY"
	Reception   Stage = "RECEPTION"
	Acceptation Stage = "ACCEPTATION" // of a packaging, or of all
	Operation   Stage = "OPERATION"
)

// kind is what tells the kinds apart.
type kind struct {
	prefix string // of the ids
	name   string // of the type in the schema, and so of the operations
	// several: it takes up to five transporters, one after another.
	several bool
	// customID: it has a field for the sender's reference; the others have a free text.
	customID bool
	// byCode are the stages that a company may sign by its code, on a device whose token
	// is another's.
	byCode []Stage
	// stages in their order, with the statuses of which the document has one right after
	// the signature.
	stages []stage
	// revised: what is sealed is changed by a revision.
	revised bool
}

type stage struct {
	stage    Stage
	statuses []string
}

var kinds = func() map[Kind]kind {
	emission := stage{Emission, []string{"SIGNED_BY_PRODUCER"}}
	transport := stage{Transport, []string{"SENT"}}
	reception := stage{Reception, []string{"RECEIVED", "REFUSED"}}
	all := []Stage{Emission, Work, Transport, Reception, Acceptation, Operation}
	return map[Kind]kind{
		BSDA: {
			prefix: "BSDA-", name: "Bsda", several: true, byCode: all, revised: true,
			stages: []stage{emission, {Work, []string{"SIGNED_BY_WORKER"}}, transport, reception, {Operation, []string{"PROCESSED", "AWAITING_CHILD", "REFUSED"}}},
		},
		BSDASRI: {
			prefix: "DASRI-", name: "Bsdasri", byCode: []Stage{Emission}, revised: true,
			stages: []stage{emission, {Transport, []string{"SENT", "REFUSED"}}, reception, {Operation, []string{"PROCESSED", "AWAITING_GROUP"}}},
		},
		BSFF: {
			prefix: "FF-", name: "Bsff", several: true, byCode: all,
			stages: []stage{
				{Emission, []string{"SIGNED_BY_EMITTER"}},
				transport,
				{Reception, []string{"RECEIVED"}},
				{Acceptation, []string{"RECEIVED", "ACCEPTED", "PARTIALLY_REFUSED", "REFUSED"}},
				{Operation, []string{"ACCEPTED", "PARTIALLY_REFUSED", "INTERMEDIATELY_PROCESSED", "PROCESSED"}},
			},
		},
		BSVHU: {
			prefix: "VHU-", name: "Bsvhu", several: true, customID: true, byCode: all,
			stages: []stage{emission, transport, reception, {Operation, []string{"PROCESSED", "REFUSED"}}},
		},
		BSPAOH: {
			prefix: "PAOH-", name: "Bspaoh",
			stages: []stage{
				emission, transport,
				{Delivery, []string{"SENT"}},
				{Reception, []string{"RECEIVED", "PARTIALLY_REFUSED", "REFUSED"}},
				{Operation, []string{"PROCESSED"}},
			},
		},
	}
}()

// KindOf is the kind of a document by its id, which people read too, such as
// VHU-20261122-4BFARERY3; empty: the id of a BSDD, or no id.
func KindOf(id string) Kind {
	for kind, k := range kinds {
		if strings.HasPrefix(id, k.prefix) {
			return kind
		}
	}
	return ""
}

// place is where a stage stands among the kind's; -1: the kind has none such.
func (k kind) place(s Stage) int {
	return slices.IndexFunc(k.stages, func(one stage) bool { return one.stage == s })
}

// input is the content of the kind in the schema; query reads one document of it.
func (k kind) input() string { return k.name + "Input" }
func (k kind) query() string { return strings.ToLower(k.name) }
