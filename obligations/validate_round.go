package obligations

import (
	"fmt"
	"slices"
	"strings"

	"sluss"
)

// onRounds are the beginnings of the waste codes for which the registry accepts collection rounds.
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
		f.add(field, "collection rounds exist only in France", remedy)
	case b.bsdd != 1 || len(b.Legs) != 1:
		f.add(field, "a collection round has one leg, within France", "end the batch where the round is first received, and declare another that continues it")
	case b.Legs[0].Consignor != nil, b.Origin != "":
		f.add(field, "a collection round has neither consignor nor origin", "name the company that collects as the producer, and leave both out")
	case len(b.Predecessors) > 0, b.Paper:
		f.add(field, "a collection round has no predecessors and is not on paper", "leave predecessors and paper out")
	}
	if code := strings.TrimSuffix(b.Waste.Code, "*"); code != "" && !slices.ContainsFunc(onRounds, func(begin string) bool { return strings.HasPrefix(code, begin) }) {
		f.add("waste.code", "Trackdéchets allows no collection round of "+b.Waste.Code, remedy)
	}
	var sum sluss.Mass
	for i, p := range b.Pickups {
		sum += p.Mass
		if p.Producer.Country != "FR" && p.Producer.Country != "" {
			f.add(at(field, i, "producer", "country"), "a producer of a collection round must be in France", "name the French establishment")
		}
		if p.Mass <= 0 {
			f.add(at(field, i, "mass"), "the mass must be more than 0", "give kilograms, or an estimate")
		}
		if len(p.Packagings) == 0 {
			f.add(at(field, i, "packagings"), "the BSDD needs the packagings", "give kind and count of the containers")
		}
		f.contained(at(field, i, "packagings"), p.Packagings, true)
	}
	if sum != b.Waste.Mass {
		f.add("waste.mass", fmt.Sprintf("is %s, but the pickups add up to %s", b.Waste.Mass, sum), "correct one of them")
	}
}

// ofRound checks an event of a round: it is accepted or refused in whole.
func (f *faults) ofRound(b batch, e sluss.Event) {
	if len(b.Pickups) > 0 && e.Kind == sluss.WasteAccepted && e.RefusedMass > 0 {
		f.add("refused_mass", "a collection round is accepted or refused as a whole", "leave it out, or report refused")
	}
}
