package obligations

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sluss"
)

// storing are the operations with which a collector's batch ends: what comes
// of it goes on in other batches.
var storing = []string{"R12", "R13", "D13", "D14", "D15"}

var wasteID = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

// role checks what a party says that it is, where its place leaves that open.
func (f *faults) role(s seat) {
	if slices.Contains(s.roles, s.party.Role) {
		return
	}
	var allowed []string
	for _, role := range s.roles {
		if role != "" {
			allowed = append(allowed, string(role))
		}
	}
	remedy := "leave it out"
	switch {
	case strings.HasSuffix(s.field, ".consignor") && len(allowed) == 0:
		remedy = "leave it out; who collects or treats waste in Sweden on the way ends a batch, and sends it on as the first consignor of another that continues it"
	case len(allowed) > 0 && s.roles[0] == "":
		remedy = "use " + strings.Join(allowed, " or ") + ", or leave it out"
	case len(allowed) > 0:
		remedy = "use " + strings.Join(allowed, " or ")
	}
	problem := fmt.Sprintf("%q is not what this party can be here", s.party.Role)
	if s.party.Role == "" {
		problem = "it is not said what the party is"
	}
	f.add(s.field+".role", problem, remedy)
}

// collector wants of a collector's batch that it does not end in a treatment.
func (f *faults) collector(field string, b batch, operation string) {
	if b.Receiver.Role == sluss.Collector && b.route.Ends("SE") && operationCode.MatchString(operation) && !slices.Contains(storing, operation) {
		f.add(field, "a collector does not carry out "+operation, "use "+strings.Join(storing[:4], ", ")+" or "+storing[4]+", or leave receiver.role out")
	}
}

// origin checks what is said of waste that no company produced.
func (f *faults) origin(b batch) {
	switch {
	case b.Origin == "":
	case !slices.Contains(sluss.Origins(), b.Origin):
		f.add("origin", fmt.Sprintf("there is no origin %q", b.Origin), "use "+sluss.OneOf(sluss.Origins())+", or leave it out")
	case len(b.Legs) == 0, b.unsigned():
	case b.Origin == sluss.ForeignShip:
		f.add("origin", "only a BSDD that begins at the ship, in France, knows waste of this origin", "let the first leg begin there without consignor, or leave it out")
	case !b.route.Starts(1, "SE") && b.bsdd == 1 && b.Origin == sluss.Household:
		f.add("legs.0.consignor", "a private individual hands the waste over itself on a BSDD", "leave it out, or leave the origin out")
	case !b.route.Starts(1, "SE"):
		f.add("origin", "only Sweden knows waste of this origin", "leave it out, and name the company that produced the waste")
	}
}

func (f *faults) deals(b batch) {
	for i, deal := range b.Deals {
		if deal.At.IsZero() {
			f.add(at("deals", i, "at"), "it is not said when the deal was made", "give the time with zone, such as 2026-11-23T08:00:00+01:00")
		}
		if deal.From.ID != "" && same(deal.From, deal.To) {
			f.add(at("deals", i, "to"), "is who sold the waste", "name who took it on")
		}
	}
}

func (f *faults) predecessors(b batch) {
	var seen []string
	for i, p := range b.Predecessors {
		field := at("predecessors", i)
		switch {
		case p.Reference == "" && p.Receipt == "":
			f.add(field+".reference", "it is not said which batch that is", "give its reference, or the waste id of another company's as its receipt")
		case p.Reference == "":
		case !sluss.ValidReference.MatchString(p.Reference):
			f.add(field+".reference", fmt.Sprintf("%q cannot name a batch", p.Reference), nameRemedy)
		case p.Reference == b.Reference:
			f.add(field+".reference", "a batch cannot continue itself", "name the batch that it came from")
		case slices.Contains(seen, p.Reference):
			f.add(field+".reference", p.Reference+" stands there twice", "name each batch once, with all that came from it")
		}
		seen = append(seen, p.Reference)
		if p.Mass <= 0 {
			f.add(field+".mass", "the mass must be more than nothing", "give the kilograms that came from it")
		}
		switch grouped := b.regroups(); {
		case p.Receipt == "" || grouped && bsddID.MatchString(p.Receipt):
		case grouped:
			f.add(field+".receipt", "is not an id of a BSDD", "give the number of the BSDD under which it came, such as BSD-20261123-ABCDEFGHJ")
		case !wasteID.MatchString(p.Receipt):
			f.add(field+".receipt", "is not a waste id of the Swedish register", "give the id that the other company got for its note, 36 characters with hyphens")
		}
	}
	if b.Predecessor != "" && len(b.Predecessors) > 0 && !slices.Contains(seen, b.Predecessor) {
		f.add("predecessor", b.Predecessor+" is not among the predecessors", "leave it out, or name one of them")
	}
}
