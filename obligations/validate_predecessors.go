package obligations

import (
	"fmt"
	"regexp"
	"slices"

	"sluss"
)

var wasteID = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

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
		switch twin := func(before sluss.Predecessor) bool { return before.Receipt == p.Receipt }; {
		case p.Receipt == "":
		case slices.ContainsFunc(b.Predecessors[:i], twin):
			f.add(field+".receipt", p.Receipt+" is listed twice", "name each once, with all that came from it")
		case !b.regroups() && !wasteID.MatchString(p.Receipt):
			f.add(field+".receipt", "is not a waste id of the Swedish registry", "give the id that the other company got for its report, 36 characters with hyphens")
		}
	}
	if b.Predecessor != "" && len(b.Predecessors) > 0 && !slices.Contains(seen, b.Predecessor) {
		f.add("predecessor", b.Predecessor+" is not among the predecessors", "leave it out, or name one of them")
	}
}
