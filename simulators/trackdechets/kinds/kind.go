// Package kinds holds the six kinds of documents of Trackdéchets: for each its stages, its rules and its words, in one
// file (bsdd.go, bsda.go ...) and two tables, of its stages and its fields (tables/*.tsv). One machine works on all of them: it moves a
// document from stage to stage, finds what a step requires, what is sealed, and what is wrong.
//
// It writes down what is known of the real registry. Where that is not known it is stricter, never laxer.
package kinds

import (
	"slices"
	"strings"
	"time"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// Document is a document in the records.
type Document = records.Document

// Kind is one kind of document: all that tells it from the others.
type Kind struct {
	Name   string // of its type in the schema: "Form", "Bsda"
	Prefix string // of its readable ids
	// Opaque kinds have an id beside the readable one.
	Opaque bool
	// First is the status of a new document.
	First records.Status
	// DefaultMode is how a transporter goes that does not say.
	DefaultMode string
	// Several transporters may stand in a list, five at most; otherwise there is one.
	Several bool
	// Parties are where companies stand on the document, each with the role.
	Parties []Party
	// Steps are the steps of its life in their order, as the table of fields names them.
	Steps []string
	// Acts are what companies do to it.
	Acts []Act
	// Rules are what must hold always, also on drafts, and what must hold from a step on.
	Rules []func(*Check)
	// DraftOrder and LateOrder are the roots of paths that come first among the faults of a draft and afterwards; the
	// others come in the order of the table.
	DraftOrder, LateOrder []string
	// Code is the path of the waste code. Codes and Operations are those that it takes; none means any.
	Code              string
	Codes, Operations []string
	// Masses are the paths of masses, the emitted one first; PerTonne is how many of their units are a tonne. ReceivedMass is
	// what an acceptance must find more than nothing of.
	Masses       []string
	PerTonne     float64
	ReceivedMass string
	// Defaults are laid under every new document.
	Defaults map[string]any
	// Complete fills in what follows from other things on the document; companies are completed before it.
	Complete func(Facts, *Document)
	// Links are the lists of other documents that it goes on from, each with its counterpart on those.
	Links map[string]string
	// GoesOnFrom are, by link, the status that a document must have to go on in another.
	GoesOnFrom map[string]records.Status
	// Waits is the status in which a document waits to go on in another, which ends with that one.
	Waits records.Status
	// Copied are the paths that a duplicate takes over; without any it takes all but what the acts have written.
	Copied []string
	// FirstFault: creation and update tell the first fault only, as text. The other kinds list all with their paths.
	FirstFault bool
	// MaySkipSeal says that a document may be changed though its step has sealed it.
	MaySkipSeal func(*Document) bool
	// SignedOnce: a second signature is refused as a wrong step, not as a second signature.
	SignedOnce bool
	// SealedAreFaults lists changes of sealed fields as faults.
	SealedAreFaults bool
	// FlatPaths: the fault of an unregistered destination names a column, not a path.
	FlatPaths bool
	// Shapes are what stands in extensions.issues for a missing field in place of the usual, by the field's path.
	Shapes map[string]map[string]any
	// Creatable says why a document may not be made at all.
	Creatable func(Facts, *Document) error
	// Cancellable are the statuses in which a revision may cancel it; none means that it has no revisions.
	Cancellable []records.Status
	// Says are its words.
	Says Says

	edges  []Edge // its stages, and how it comes from one to the next
	fields []Field
}

// Party is a place for a company on a document: the role, as FormRole of the schema, and the path of the company.
type Party struct{ Role, Path string }

// Says are the refusals of a kind in its own words; see the common ones.
type Says struct {
	NotFound     string // with the id
	Read         string
	Create       string
	Update       string
	Leave        string
	Delete       string
	DeleteLate   string
	DeleteSigned string
	Duplicate    string
	PublishTwice string
	Required     string // with the name of the field
	Sealed       string // with the name of the field
	SealedAll    string // before the sealed fields
}

// Edge leads from one stage to the next when an act is done. Of several edges the first whose guard holds is taken.
type Edge struct {
	From  records.Status
	Act   string
	To    records.Status
	Guard func(*Document) bool
}

// Facts are what the registry knows beside a document.
type Facts struct {
	Companies map[string]companies.Company
	Now       time.Time
	// Sirene makes names and addresses of known companies overwrite the sent ones.
	Sirene bool
}

// All are the kinds.
var All = []*Kind{BSDD, BSDA, BSDASRI, BSFF, BSVHU, BSPAOH}

// Of finds a kind by its name in the schema; nil for what is no document.
func Of(name string) *Kind {
	if i := slices.IndexFunc(All, func(k *Kind) bool { return k.Name == name }); i >= 0 {
		return All[i]
	}
	return nil
}

// isForm tells the BSDD, whose fields and messages have shapes of their own.
func (k *Kind) isForm() bool { return k.Opaque }

// The words of states that all kinds share.
const (
	WrongTransition = "Vous ne pouvez pas passer ce bordereau à l'état souhaité."
	Canceled        = "Vous ne pouvez pas faire cette action, ce bordereau a été annulé"
)

// Move takes a document along an edge, or refuses.
func (k *Kind) Move(d *Document, act string) error {
	edge := slices.IndexFunc(k.edges, func(e Edge) bool {
		return e.From == d.Status && e.Act == act && e.Guard(d)
	})
	if edge < 0 || d.Truth("isDraft") {
		return refusal.BadInput(WrongTransition)
	}
	if to := k.edges[edge].To; to != "" { // else the act itself says when it is done
		d.Status = to
		k.Sign(d, act)
	}
	return nil
}

// Sign writes down that an act was done.
func (k *Kind) Sign(d *Document, act string) {
	if !slices.Contains(d.Signed, act) {
		d.Signed = append(d.Signed, act)
	}
}

// MayStart says whether any edge of an act starts at the document's status.
func (k *Kind) MayStart(d *Document, act string) bool {
	return slices.ContainsFunc(k.edges, func(e Edge) bool { return e.From == d.Status && e.Act == act })
}

// Place is the place of a step in the order of steps; -1 for one that the kind has not.
func (k *Kind) Place(step string) int { return slices.Index(k.Steps, step) }

// Reached is the place of the latest step that the document has passed; -1 before the first.
func (k *Kind) Reached(d *Document) int {
	reached := -1
	for _, name := range d.Signed {
		if act := k.Act(name, d.Status); act != nil {
			reached = max(reached, k.Place(act.Step))
		}
	}
	return reached
}

// IsDraft says whether only its author's companies see a document.
func (k *Kind) IsDraft(d *Document) bool { return d.Status == Draft || d.Truth("isDraft") }

// Companies are the companies on a document, in the order of the kind's parties, each once.
func (k *Kind) Companies(d *Document) []string {
	var all []string
	for _, p := range k.Parties {
		for _, id := range idsAt(d.Data, p.Path) {
			if !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
	}
	return all
}

// InRole are the companies that have a role on a document.
func (k *Kind) InRole(d *Document, role string) []string {
	var found []string
	for _, p := range k.Parties {
		if p.Role == role {
			found = append(found, idsAt(d.Data, p.Path)...)
		}
	}
	return found
}

// Contributors are the companies that see and change a document; of a draft those of its author.
func (k *Kind) Contributors(d *Document) []string {
	if k.IsDraft(d) {
		return d.Owners
	}
	return k.Companies(d)
}

// idsAt are the numbers of the companies at a path, which may lead through lists.
func idsAt(data map[string]any, path string) []string {
	var ids []string
	for _, company := range objectsAt(data, path) {
		if id := companies.IDOf(map[string]any{"company": company}, "company"); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// objectsAt are the objects at a path, which may lead through one list.
func objectsAt(data map[string]any, path string) []map[string]any {
	if found := tree.Object(data, path); found != nil {
		return []map[string]any{found}
	}
	list, rest, _ := strings.Cut(path, ".")
	var found []map[string]any
	for _, entry := range tree.Objects(data, list) {
		if rest != "" {
			entry = tree.Object(entry, rest)
		}
		if entry != nil {
			found = append(found, entry)
		}
	}
	return found
}

// Transporters are the transporters of a document in order of signature.
func (k *Kind) Transporters(d *Document) []map[string]any {
	if k.Several {
		return d.Objects("transporters")
	}
	if single := d.Object("transporter"); single != nil {
		return []map[string]any{single}
	}
	return nil
}

// NextTransporter is the first that has not signed and may, with its number from 1; nil when there is none.
func (k *Kind) NextTransporter(d *Document) (transporter map[string]any, number int) {
	for i, t := range k.Transporters(d) {
		if ready, said := t["readyToTakeOver"].(bool); !HasSigned(t) && (ready || !said) {
			return t, i + 1
		}
	}
	return nil, 0
}

// HasSigned says whether a transporter has taken the waste over.
func HasSigned(transporter map[string]any) bool {
	return tree.Text(transporter, "takenOverAt") != "" || tree.Text(transporter, "transport.signature.date") != ""
}

// DropUnsigned takes transporters off that never signed, as reception does.
func (k *Kind) DropUnsigned(d *Document) {
	if k.Several {
		d.Data["transporters"] = slices.DeleteFunc(d.List("transporters"), func(entry any) bool {
			transporter, _ := entry.(map[string]any)
			return !HasSigned(transporter)
		})
	}
}

// NameCompanies writes the number of each company on a document on the wire as its orgId.
func (k *Kind) NameCompanies(data map[string]any) {
	for _, p := range k.Parties {
		for _, company := range objectsAt(data, p.Path) {
			if id := companies.IDOf(map[string]any{"company": company}, "company"); id != "" {
				company["orgId"] = id
			}
		}
	}
}
