package obligations

import (
	"fmt"
	"regexp"
	"slices"

	"sluss"
)

var wasteID = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

// bsddID matches an id of a BSDD: opaque, or as people read it.
var bsddID = regexp.MustCompile(`^(c[0-9a-z]{20,30}|BSD-\d{8}-[0-9A-Z]{9}|TD-[0-9A-Za-z-]{3,40})$`)

// mostGrouped is how many BSDDs one BSDD may group.
const mostGrouped = 250

func (f *faults) predecessors(b batch) {
	var seen []string
	for i, p := range b.Predecessors {
		field := at("predecessors", i)
		switch {
		case p.Reference == "" && p.Receipt == "":
			f.add(field+".reference", "neither the reference nor the receipt of the batch is given", "give the reference; of another company's batch give its waste id as the receipt")
		case p.Reference == "":
		case !sluss.ValidReference.MatchString(p.Reference):
			f.add(field+".reference", fmt.Sprintf("%q is not a valid reference", p.Reference), nameRemedy)
		case p.Reference == b.Reference:
			f.add(field+".reference", "a batch cannot continue itself", "name the batch that it came from")
		case slices.Contains(seen, p.Reference):
			f.add(field+".reference", p.Reference+" is listed twice", "name each batch once, with all that came from it")
		}
		seen = append(seen, p.Reference)
		if p.Mass <= 0 {
			f.add(field+".mass", "the mass must be more than 0", "give the kilograms that came from it")
		}
		switch grouped := b.regroups(); {
		case p.Receipt == "" || grouped && bsddID.MatchString(p.Receipt):
		case grouped:
			f.add(field+".receipt", "is not an id of a BSDD", "give the number of the BSDD under which it came, such as BSD-20261123-ABCDEFGHJ")
		case !wasteID.MatchString(p.Receipt):
			f.add(field+".receipt", "is not a waste id of the Swedish registry", "give the id that the other company got for its report, 36 characters with hyphens")
		}
	}
	if b.Predecessor != "" && len(b.Predecessors) > 0 && !slices.Contains(seen, b.Predecessor) {
		f.add("predecessor", b.Predecessor+" is not among the predecessors", "leave it out, or name one of them")
	}
}

// group checks the batches in a group.
func (f *faults) group(b batch) {
	if n := len(b.Predecessors); b.regroups() && n > mostGrouped {
		f.add("predecessors", fmt.Sprintf("there are %d", n), fmt.Sprintf("a BSDD groups at most %d: make several batches", mostGrouped))
	}
	for i, p := range b.Predecessors {
		if p.Receipt != "" && slices.ContainsFunc(b.Predecessors[:i], func(before sluss.Predecessor) bool { return before.Receipt == p.Receipt }) {
			f.add(at("predecessors", i, "receipt"), p.Receipt+" is listed twice", "name each once, with all that came from it")
		}
	}
}
