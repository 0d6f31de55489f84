package trackdechets

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// DocumentKind is one of the register's documents beside the BSDD. They differ
// in what they say, and are alike in how they live: what is written by create and
// update is sealed by a signature, stage by stage.
type DocumentKind string

// The kinds. Masses on a BSDA and a BSVHU are tonnes, on the others kilograms.
const (
	BSDA    DocumentKind = "BSDA"    // asbestos
	BSDASRI DocumentKind = "BSDASRI" // infectious waste
	BSFF    DocumentKind = "BSFF"    // refrigerants, packaging by packaging
	BSVHU   DocumentKind = "BSVHU"   // end-of-life vehicles
	BSPAOH  DocumentKind = "BSPAOH"  // anatomical parts
)

// Stage is what a signature on a document is for.
type Stage string

// The stages, in the order in which they come; no kind has all.
const (
	StageEmission    Stage = "EMISSION"
	StageWork        Stage = "WORK"
	StageTransport   Stage = "TRANSPORT" // of several transporters, each signs its own
	StageDelivery    Stage = "DELIVERY"
	StageReception   Stage = "RECEPTION"
	StageAcceptation Stage = "ACCEPTATION" // of a packaging, or of all
	StageOperation   Stage = "OPERATION"
)

// documentKind is what tells the kinds apart.
type documentKind struct {
	prefix string // of the ids
	name   string // of the type in the schema, and so of the operations
	// several: it takes up to five transporters in turns.
	several bool
	// customID: it has a field for the sender's reference; the others have a free
	// text of the emitter.
	customID bool
	// byCode are the stages that a company may sign by its code, on a device whose
	// token is another's.
	byCode []Stage
	// stages in their order, with the statuses of which the document has one right
	// after the signature.
	stages []stageOf
	// revised: what is sealed is changed by a revision.
	revised bool
}

type stageOf struct {
	stage    Stage
	statuses []string
}

func documentKinds() map[DocumentKind]documentKind {
	emission := stageOf{StageEmission, []string{"SIGNED_BY_PRODUCER"}}
	transport := stageOf{StageTransport, []string{"SENT"}}
	reception := stageOf{StageReception, []string{"RECEIVED", "REFUSED"}}
	all := []Stage{StageEmission, StageWork, StageTransport, StageReception, StageAcceptation, StageOperation}
	return map[DocumentKind]documentKind{
		BSDA: {
			prefix: "BSDA-", name: "Bsda", several: true, byCode: all, revised: true,
			stages: []stageOf{emission, {StageWork, []string{"SIGNED_BY_WORKER"}}, transport, reception, {StageOperation, []string{"PROCESSED", "AWAITING_CHILD", "REFUSED"}}},
		},
		BSDASRI: {
			prefix: "DASRI-", name: "Bsdasri", byCode: []Stage{StageEmission}, revised: true,
			stages: []stageOf{emission, {StageTransport, []string{"SENT", "REFUSED"}}, reception, {StageOperation, []string{"PROCESSED", "AWAITING_GROUP"}}},
		},
		BSFF: {
			prefix: "FF-", name: "Bsff", several: true, byCode: all,
			stages: []stageOf{
				{StageEmission, []string{"SIGNED_BY_EMITTER"}},
				transport,
				{StageReception, []string{"RECEIVED"}},
				{StageAcceptation, []string{"RECEIVED", "ACCEPTED", "PARTIALLY_REFUSED", "REFUSED"}},
				{StageOperation, []string{"ACCEPTED", "PARTIALLY_REFUSED", "INTERMEDIATELY_PROCESSED", "PROCESSED"}},
			},
		},
		BSVHU: {
			prefix: "VHU-", name: "Bsvhu", several: true, customID: true, byCode: all,
			stages: []stageOf{emission, transport, reception, {StageOperation, []string{"PROCESSED", "REFUSED"}}},
		},
		BSPAOH: {
			prefix: "PAOH-", name: "Bspaoh",
			stages: []stageOf{
				emission, transport,
				{StageDelivery, []string{"SENT"}},
				{StageReception, []string{"RECEIVED", "PARTIALLY_REFUSED", "REFUSED"}},
				{StageOperation, []string{"PROCESSED"}},
			},
		},
	}
}

// KindOf is the kind of a document by its id, which people read too, such as
// VHU-20261122-4BFARERY3; a BSDD, and what is no id, is none.
func KindOf(id string) (kind DocumentKind, known bool) {
	for kind, k := range documentKinds() {
		if strings.HasPrefix(id, k.prefix) {
			return kind, true
		}
	}
	return "", false
}

func (k documentKind) statuses(s Stage) []string {
	if i := k.place(s); i >= 0 {
		return k.stages[i].statuses
	}
	return nil
}

// place is where a stage stands among the kind's; -1: the kind has none such.
func (k documentKind) place(s Stage) int {
	return slices.IndexFunc(k.stages, func(one stageOf) bool { return one.stage == s })
}

// one and list are the queries that read one document, or list those of the kind.
func (k documentKind) one() string  { return strings.ToLower(k.name) }
func (k documentKind) list() string { return k.one() + "s" }

// Document is where a document stands: who has signed what. What it says is its
// parties' own, and only the register has all of it.
type Document struct {
	Kind        DocumentKind
	ID          string
	Reference   string // of ours, where it was made by us
	Status      string // INITIAL, SENT, ..., in the register's words
	Draft       bool   // open to those who made it, and not to be signed
	DuplicateOf string
	Emitter     string // SIRET
	Created     time.Time
	Updated     time.Time
	// Signed are the signatures, in the order of the stages; of several
	// transporters, packagings, one each.
	Signed []SignedStage
	// Carriers are the transporters in their order.
	Carriers []Carrier
	// Packagings of a BSFF.
	Packagings []FluidPackaging
	// worked: it has a work stage (BSDA).
	worked bool
}

// SignedStage is a signature on a document.
type SignedStage struct {
	Stage     Stage
	By        string // as the register tells it, which escapes text
	At        time.Time
	Carrier   string // the id of its transporter, where there may be several
	Packaging string // the id of its packaging, on a BSFF
}

// FluidPackaging is one container of a BSFF.
type FluidPackaging struct {
	ID     string // as of UpdatePackaging
	Number string // as written on it
}

// reached is the place of the latest stage that was signed; -1: none.
func (d Document) reached(k documentKind) int {
	latest := -1
	for _, s := range d.Signed {
		latest = max(latest, k.place(s.Stage))
	}
	return latest
}

// count is how many signatures of a stage there are, of a packaging where one is
// named.
func (d Document) count(s Stage, packaging string) (n int) {
	for _, one := range d.Signed {
		if one.Stage == s && (packaging == "" || one.Packaging == packaging) {
			n++
		}
	}
	return n
}

// documentRead is a document on the wire, of whichever kind, as far as documents.gql
// reads it.
type documentRead struct {
	ID            string
	CustomID      string
	Status        string
	IsDraft       bool
	IsDuplicateOf string
	Type          string
	CreatedAt     dateTime
	UpdatedAt     dateTime
	Emitter       struct {
		CustomInfo string
		Company    partyRead
		Emission   stageRead
	}
	Worker struct {
		IsDisabled bool
		Company    partyRead
		Work       stageRead
	}
	Transporter  *carrierRead
	Transporters []carrierRead
	Destination  struct {
		HandedOverToDestination stageRead
		Reception               stageRead
		Operation               stageRead
	}
	Packagings []struct {
		ID          string
		Numero      string
		Acceptation stageRead
		Operation   stageRead
	}
}

type carrierRead struct {
	ID         string
	CustomInfo string
	Company    partyRead
	Transport  stageRead
}

type partyRead struct{ Siret, VATNumber string }

func (p partyRead) id() string { return cmp.Or(p.Siret, p.VATNumber) }

type stageRead struct {
	Signature struct {
		Author string
		Date   dateTime
	}
}

func (r documentRead) document() Document {
	kind, _ := KindOf(r.ID)
	d := Document{
		Kind: kind, ID: r.ID, Reference: cmp.Or(r.CustomID, r.Emitter.CustomInfo), Status: r.Status, Draft: r.IsDraft, DuplicateOf: r.IsDuplicateOf,
		Emitter: r.Emitter.Company.id(), Created: time.Time(r.CreatedAt), Updated: time.Time(r.UpdatedAt),
		worked: r.Worker.Company.id() != "" && !r.Worker.IsDisabled && r.Type != "GATHERING" && r.Type != "RESHIPMENT",
	}
	signed := func(stage Stage, made stageRead, carrier, packaging string) time.Time {
		at := time.Time(made.Signature.Date)
		if !at.IsZero() {
			d.Signed = append(d.Signed, SignedStage{stage, made.Signature.Author, at, carrier, packaging})
		}
		return at
	}
	signed(StageEmission, r.Emitter.Emission, "", "")
	signed(StageWork, r.Worker.Work, "", "")
	if r.Transporter != nil {
		r.Transporters = []carrierRead{*r.Transporter}
		d.Reference = cmp.Or(d.Reference, r.Transporter.CustomInfo) // of a synthesis, which has no emitter
	}
	for _, t := range r.Transporters {
		d.Carriers = append(d.Carriers, Carrier{t.ID, t.Company.id(), signed(StageTransport, t.Transport, t.ID, "")})
	}
	signed(StageDelivery, r.Destination.HandedOverToDestination, "", "")
	signed(StageReception, r.Destination.Reception, "", "")
	for _, p := range r.Packagings {
		d.Packagings = append(d.Packagings, FluidPackaging{p.ID, p.Numero})
		signed(StageAcceptation, p.Acceptation, "", p.ID)
	}
	for _, p := range r.Packagings {
		signed(StageOperation, p.Operation, "", p.ID)
	}
	signed(StageOperation, r.Destination.Operation, "", "")
	return d
}
