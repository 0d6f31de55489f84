package obligations

import (
	"fmt"
	"slices"

	"sluss"
)

// origin checks the fields of waste that no company produced.
func (f *faults) origin(b batch) {
	switch {
	case b.Origin == "":
	case !slices.Contains(sluss.Origins(), b.Origin):
		f.add("origin", fmt.Sprintf("there is no origin %q", b.Origin), "use "+sluss.OneOf(sluss.Origins())+", or leave it out")
	case len(b.Legs) == 0, b.unsigned():
	case b.Origin == sluss.ForeignShip:
		f.add("origin", "waste of a foreign ship is supported only if a BSDD starts at the ship, in France", "let the first leg start there without consignor, or leave the origin out")
	case b.bsdd == 1 && b.Origin == sluss.Household: // what a BSDD wants of it, its registry's client tells
	case !b.route.Starts(1, "SE"):
		f.add("origin", "this origin is supported only if the first leg starts in Sweden", "leave the origin out, and name the company that produced the waste")
	}
}

func (f *faults) deals(b batch) {
	for i, deal := range b.Deals {
		if deal.At.IsZero() {
			f.add(at("deals", i, "at"), "the time of the deal is missing", "give the time with zone, such as 2026-11-23T08:00:00+01:00")
		}
		if deal.From.ID != "" && same(deal.From, deal.To) {
			f.add(at("deals", i, "to"), "is the party that sold the waste", "name the party that bought it or took it on")
		}
	}
}
