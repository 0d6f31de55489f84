package obligations

import (
	"fmt"
	"strings"
	"time"

	"sluss"
)

// assumedDuration is how long after the last departure a batch is assumed to be under way.
const assumedDuration = 7 * 24 * time.Hour

// Warn returns what a person should know about a declaration although it is not wrong:
// of the batch as planned, and by its events so far. It is nil if there is nothing.
func Warn(d sluss.Declaration, events []sluss.Event) sluss.Faults {
	var f faults
	b := newBatch(d, events...)
	f.listChanges(b)
	if d.Predecessor != "" && len(d.Predecessors) == 0 && b.bsdd == 1 {
		f.add("predecessor", "the BSDD does not name it, because the mass that came from it is missing", "give predecessors.0.reference and .mass if the BSDD groups waste that came under another")
	}
	if largest := d.Precursor(); len(d.Predecessors) > 1 && !b.regroups() {
		name := largest.Reference
		if name == "" {
			name = largest.Receipt
		}
		f.add("predecessors", fmt.Sprintf("the registry accepts one predecessor: reports name %s, the largest by mass", name), "keep the others in your own records; nothing else needs to be done")
	}
	var sum sluss.Mass
	for _, p := range d.Predecessors {
		sum += p.Mass
	}
	if len(d.Predecessors) > 0 && sum != d.Waste.Mass {
		f.add("waste.mass", fmt.Sprintf("is %s, but %s came from the predecessors", d.Waste.Mass, sum), "correct the masses, unless drying, sorting or mixing explains it")
	}
	for i, deal := range d.Deals {
		if b.bsdd > 0 && deal.Trader.Country != "FR" && !b.reportsDeal(deal) {
			f.add(at("deals", i, "trader"), "it is reported nowhere: a BSDD names only French traders and brokers", "keep it in your own records")
		}
	}
	for i, l := range d.Legs {
		if c := l.Consignor; c != nil && c.Role == "" && l.From.Country == "SE" && !same(*c, d.Producer) {
			f.add(at("legs", i, "consignor", "role"), "the role of "+c.Name+" is missing (collector or treater), so nothing is reported for it", "declare what it received as a batch of its own, and a second batch that continues it, with this company as the first consignor in its role")
		}
	}
	return sluss.Faults(f)
}

// listChanges warns of a code that the list of waste changes while the batch may be
// under way. It is not known on which day the registry changes its own list.
func (f *faults) listChanges(b batch) {
	first, last, ok := b.span()
	for _, e := range b.events {
		if happened := day(e.At); e.Kind != sluss.Produced {
			first, last = min(first, happened), max(last, happened)
		}
	}
	digits := strings.TrimSuffix(b.Waste.Code, "*")
	change, changes := changeOf(digits)
	if !ok || !changes || first >= change || last < change {
		return
	}
	f.add("waste.code",
		fmt.Sprintf("the list of waste changes on %s, while the batch may be under way: until then %s, from then on %s", change, codeStatus(digits, first), codeStatus(digits, change)),
		"if a registry refuses the code, correct it to the one of the day; what is hazardous is reported from the day on which it is")
}

// span is the first and the last day on which a batch is planned to be under way;
// false if no departure is planned.
func (b batch) span() (first, last string, ok bool) {
	if len(b.Legs) == 0 || b.Legs[0].Departure.IsZero() {
		return "", "", false
	}
	return day(b.Legs[0].Departure), day(b.Legs[len(b.Legs)-1].Departure.Add(assumedDuration)), true
}
