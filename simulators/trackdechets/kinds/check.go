package kinds

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sluss/simulators/trackdechets/refusal"
)

// Check collects what is wrong with a document, or with what an act writes on it.
type Check struct {
	*Document
	Facts
	Kind *Kind
	// Step is the place of the step that is checked for; -1 for a draft.
	Step int
	// Input is what the act was given.
	Input map[string]any
	// Carrier is the transporter that signs, and Nth its number from 1.
	Carrier map[string]any
	Nth     int

	faults []Fault
}

// Fault is one thing that is wrong, with the path of the field.
type Fault struct {
	Path    string
	Message string
	// Extra stands beside code, path and message in extensions.issues, or in their place.
	Extra map[string]any
}

// When notes a fault if something is broken.
func (c *Check) When(broken bool, path, format string, args ...any) {
	if broken {
		c.faults = append(c.faults, Fault{Path: path, Message: fmt.Sprintf(format, args...)})
	}
}

// By says whether the document is checked for a step, or one after it.
func (c *Check) By(step string) bool { return c.Step >= c.Kind.Place(step) }

// Whole lists everything that is wrong with the document up to the check's step, in the order of the registry.
func (c *Check) Whole() []Fault {
	c.faults = nil
	for _, rule := range c.Kind.Rules {
		rule(c)
	}
	c.required(false)
	return c.sorted()
}

// sorted brings faults into the order of the table; faults of one field stay in the order in which they were found.
func (c *Check) sorted() []Fault {
	first := c.Kind.LateOrder
	if c.Step < 0 {
		first = c.Kind.DraftOrder
	}
	rank := func(path string) (int, int) {
		root, _, _ := strings.Cut(path, ".")
		place := slices.IndexFunc(c.Kind.fields, func(f Field) bool { return f.Path == path || strings.HasPrefix(path, f.Path+".") })
		if place < 0 {
			place = slices.IndexFunc(c.Kind.fields, func(f Field) bool { return strings.HasPrefix(f.Path, root+".") })
		}
		if place < 0 {
			place = len(c.Kind.fields)
		}
		front := slices.Index(first, root)
		if front < 0 {
			front = len(first)
		}
		return front, place
	}
	slices.SortStableFunc(c.faults, func(a, b Fault) int {
		frontA, placeA := rank(a.Path)
		frontB, placeB := rank(b.Path)
		return cmp.Or(cmp.Compare(frontA, frontB), cmp.Compare(placeA, placeB))
	})
	return c.faults
}

// Refuse is the refusal for faults, nil without any. Of a BSDD it is text alone, with one fault only if first; of the
// other kinds it lists every fault, in the message and in extensions.issues.
func (k *Kind) Refuse(faults []Fault, first bool) error {
	if first && len(faults) > 1 {
		faults = faults[:1]
	}
	messages := make([]string, len(faults))
	issues := make([]any, len(faults))
	for i, fault := range faults {
		messages[i] = fault.Message
		issue := map[string]any{"code": "custom", "path": Path(fault.Path), "message": fault.Message}
		maps.Copy(issue, fault.Extra)
		issues[i] = issue
	}
	if k.isForm() || len(faults) == 0 {
		return refusal.Invalid(messages)
	}
	return &refusal.Refusal{
		Code: refusal.BadUserInput, Message: strings.Join(messages, "\n"), Bare: true, Extra: map[string]any{"issues": issues},
	}
}

// Path is a dotted path as the list that the schema has for it.
func Path(dotted string) []any {
	parts := []any{}
	if dotted == "" {
		return parts
	}
	for part := range strings.SplitSeq(dotted, ".") {
		parts = append(parts, part)
	}
	return parts
}
