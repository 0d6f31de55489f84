package obligations

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sluss"
)

// maxLegs is how many legs a batch may have.
const maxLegs = 9

// Validate tells everything that is wrong with a declaration, whatever registry is
// told of it. Fields are paths in its JSON form. It is nil if nothing is wrong. A
// registry may still refuse what passes here; its client's Check tells that.
func Validate(d sluss.Declaration) sluss.Faults {
	if f := sizes(d); len(f) > 0 {
		return sluss.Faults(f)
	}
	f := faults(sluss.CheckText(d))
	b := newBatch(d)
	f.names(b)
	f.waste(b)
	f.parties(b)
	f.legs(b)
	f.treatment(b)
	f.collector("treatment.operation", b, d.Treatment.Operation)
	f.origin(b)
	f.deals(b)
	f.predecessors(b)
	f.pickups(b)
	f.withoutBSDD(b)
	f.confirmed(b.Confirmed)
	f.duties(b.Duties)
	return sluss.Faults(f)
}

// faults collects faults.
type faults sluss.Faults

func (f *faults) add(field, problem, remedy string) {
	*f = append(*f, sluss.Fault{Field: field, Problem: problem, Remedy: remedy})
}

// withoutBSDD checks what only a BSDD can say.
func (f *faults) withoutBSDD(b batch) {
	for i, l := range b.Legs {
		if l.Storage != nil && !b.onBSDD(i+1) {
			f.add(at("legs", i, "storage"), "only within France can waste be stored on the way under one document", "leave it out; end the batch there, and declare another that continues it")
		}
	}
	if b.bsdd > 0 {
		return
	}
	if b.Treatment.Next != nil || b.Treatment.NoTraceability {
		f.add("treatment.next", "only a BSDD has a next destination or an end of traceability", "leave next and no_traceability out")
	}
	for i := range b.Intermediaries {
		f.add(at("intermediaries", i), "only a BSDD names intermediaries or an éco-organisme", "leave it out")
	}
	if len(b.Pickups) > 0 {
		f.add("pickups", "collection rounds exist only in France", "leave them out, and declare a batch for each producer")
	}
	if b.Paper {
		f.add("paper", "only a BSDD can be on paper", "leave it out")
	}
}

const nameRemedy = "use 1 to 40 letters A to Z, digits, points, hyphens and underscores, a letter or digit first"

func (f *faults) names(b batch) {
	if !sluss.ValidReference.MatchString(b.Reference) {
		f.add("reference", fmt.Sprintf("%q is not a valid reference", b.Reference), nameRemedy)
	}
	if b.Tenant != "" && !sluss.ValidReference.MatchString(b.Tenant) {
		f.add("tenant", fmt.Sprintf("%q is not a valid tenant", b.Tenant), nameRemedy)
	}
	switch {
	case b.Predecessor == "":
	case !sluss.ValidReference.MatchString(b.Predecessor):
		f.add("predecessor", fmt.Sprintf("%q is not a valid reference", b.Predecessor), nameRemedy)
	case b.Predecessor == b.Reference:
		f.add("predecessor", "a batch cannot continue itself", "name the batch that it came from, or leave it out")
	}
	if b.Approval != "" && !slices.Contains(sluss.Signers(), b.Approval) {
		f.add("approval", fmt.Sprintf("%q is not a role that approves", b.Approval), "use "+sluss.OneOf(sluss.Signers())+", or leave it out")
	}
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }

func stamp(t time.Time) string { return t.Format(time.RFC3339) }

// at is a path in the declaration: at("legs", 0, "from") is legs.0.from.
func at(steps ...any) string {
	words := make([]string, len(steps))
	for i, step := range steps {
		words[i] = fmt.Sprint(step)
	}
	return strings.Join(words, ".")
}
