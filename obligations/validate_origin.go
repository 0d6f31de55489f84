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
	case !b.route.Starts(1, "SE") && b.bsdd == 1 && b.Origin == sluss.Household:
		f.add("legs.0.consignor", "a private individual hands the waste over itself on a BSDD", "leave it out, or leave the origin out")
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

// associates checks those on a BSDD that never hold the waste.
func (f *faults) associates(b batch) {
	first := map[sluss.Role]int{}
	for i, deal := range b.Deals {
		if b.bsdd == 0 || deal.Trader.Country != "FR" {
			continue
		}
		if before, twice := first[deal.Trader.Role]; twice {
			f.add(at("deals", i, "trader"), fmt.Sprintf("a BSDD names one %s, and deals.%d has one", deal.Trader.Role, before), "keep the deal that belongs to this batch")
			continue
		}
		first[deal.Trader.Role] = i
	}
	intermediaries := 0
	for i, p := range b.Intermediaries {
		field := at("intermediaries", i)
		switch {
		case b.bsdd == 0:
			f.add(field, "only a BSDD names intermediaries or an éco-organisme", "leave it out")
			continue
		case p.Country != "FR":
			f.add(field+".country", "only companies in France can be intermediaries or éco-organisme on a BSDD", "name the French establishment, or leave it out")
		case slices.ContainsFunc(b.Intermediaries[:i], func(before sluss.Party) bool { return same(before, p) && before.Role == p.Role }):
			f.add(field, p.Name+" is listed twice", "name each once")
		}
		if p.Role != sluss.EcoOrganisme {
			intermediaries++
			continue
		}
		if before, twice := first[p.Role]; twice {
			f.add(field, fmt.Sprintf("a BSDD names one éco-organisme, and intermediaries.%d is one", before), "keep the one that answers for the producers")
			continue
		}
		first[p.Role] = i
	}
	if intermediaries > mostIntermediaries {
		f.add("intermediaries", fmt.Sprintf("there are %d", intermediaries), fmt.Sprintf("a BSDD names at most %d", mostIntermediaries))
	}
}

const mostIntermediaries = 5

// onPaper checks what is possible with a BSDD on paper.
func (f *faults) onPaper(b batch) {
	if !b.Paper {
		return
	}
	const remedy = "leave it out, or let the BSDD be signed in Trackdéchets"
	first := b.bsdd
	if first == 0 {
		f.add("paper", "only a BSDD can be on paper", "leave it out")
		return
	}
	if len(b.Legs) > first {
		f.add("paper", "Trackdéchets accepts a BSDD on paper only with one transporter", remedy)
	}
	if b.regroups() {
		f.add("paper", "Trackdéchets accepts no group of BSDDs on paper", remedy)
	}
	for i, p := range b.Intermediaries {
		if p.Role != sluss.EcoOrganisme {
			f.add(at("intermediaries", i), "Trackdéchets accepts a BSDD on paper only without intermediaries", remedy)
		}
	}
}
