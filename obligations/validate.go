package obligations

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"sluss"
)

// maxLegs is how many legs a batch may have.
const maxLegs = 9

// Validate returns everything that is wrong with a declaration, by the rules of the
// registries that its route concerns. Fields are paths in its JSON form. It is nil
// if nothing is wrong. A registry may still refuse a valid declaration: it knows
// more, such as which companies exist.
func Validate(d sluss.Declaration) sluss.Faults {
	f := faults(sluss.CheckText(d))
	b := newBatch(d)
	f.names(b)
	f.waste(b)
	f.parties(b)
	f.legs(b)
	f.treatment(b)
	f.next(b)
	f.collector("treatment.operation", b, d.Treatment.Operation)
	f.origin(b)
	f.deals(b)
	f.predecessors(b)
	f.group(b)
	f.associates(b)
	f.onPaper(b)
	f.pickups(b)
	return sluss.Faults(f)
}

// faults collects faults.
type faults sluss.Faults

func (f *faults) add(field, problem, remedy string) {
	*f = append(*f, sluss.Fault{Field: field, Problem: problem, Remedy: remedy})
}

// within adds a fault if the text is longer than a limit.
func (f *faults) within(field, text string, limit int) {
	if n := utf8.RuneCountInString(text); n > limit {
		f.add(field, fmt.Sprintf("is %d characters long", n), fmt.Sprintf("use at most %d", limit))
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
