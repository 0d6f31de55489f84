package obligations

import (
	"fmt"
	"slices"
	"strings"

	"sluss"
)

// onRounds begin the codes of waste of which the register takes collection
// rounds.
var onRounds = []string{
	"1302", "1305", "1602", "1607", "2001", "130110", "130111", "130112", "130113", "150110", "150202", "160601", "190810",
}

// pickups checks a collection round.
func (f *faults) pickups(b batch) {
	if len(b.Pickups) == 0 {
		return
	}
	const field, remedy = "pickups", "leave them out, and declare a batch for each producer"
	switch {
	case b.bsdd == 0:
		f.add(field, "only France knows collection rounds", remedy)
	case b.bsdd != 1 || len(b.Legs) != 1:
		f.add(field, "a round is of one leg within France, by one transporter", "end the round where it is first received, and declare what goes on from there as a batch that continues it")
	case b.Legs[0].Consignor != nil, b.Origin != "":
		f.add(field, "who goes round hands the waste over itself", "name it as the producer, without consignor and origin")
	case len(b.Predecessors) > 0, b.Paper:
		f.add(field, "a round neither groups other batches nor goes on paper", "leave predecessors and paper out")
	}
	if code := strings.TrimSuffix(b.Waste.Code, "*"); code != "" && !slices.ContainsFunc(onRounds, func(begin string) bool { return strings.HasPrefix(code, begin) }) {
		f.add("waste.code", "the register takes no collection round of "+b.Waste.Code, remedy)
	}
	var sum sluss.Mass
	for i, p := range b.Pickups {
		sum += p.Mass
		if p.Producer.Country != "FR" && p.Producer.Country != "" {
			f.add(at(field, i, "producer", "country"), "the producers of a round are in France", "name the French establishment")
		}
		if p.Mass <= 0 {
			f.add(at(field, i, "mass"), "the mass must be more than nothing", "give kilograms, an estimate if need be")
		}
		if len(p.Packagings) == 0 {
			f.add(at(field, i, "packagings"), "the BSDD needs the packagings", "give kind and count of the containers")
		}
		f.contained(at(field, i, "packagings"), p.Packagings, true)
	}
	if sum != b.Waste.Mass {
		f.add("waste.mass", fmt.Sprintf("is %s, but the pickups are %s together", b.Waste.Mass, sum), "make them agree")
	}
}

// ofRound checks an event of a round: it is accepted or refused in whole.
func (f *faults) ofRound(b batch, e sluss.Event) {
	if len(b.Pickups) > 0 && e.Kind == sluss.Taken && e.RefusedMass > 0 {
		f.add("refused_mass", "a collection round is accepted or refused in whole", "leave it out, or report refused")
	}
}
