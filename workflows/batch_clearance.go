package workflows

import (
	"fmt"
	"time"

	"sluss"
)

// latest is the obligation with the id of its last filing. If the load, the day or the
// companies change, vehicles and companies are looked up again, in a filing of their own;
// and so is filed what is owed anew after it was withdrawn. Whose it is does not change.
func (b *batch) latest(o sluss.Obligation) sluss.Obligation {
	for b.filings[again(o).ID] != nil {
		o = again(o)
	}
	if known := b.filings[o.ID]; known != nil {
		o.Theirs, o.Own = known.state.Obligation.Theirs, known.state.Obligation.Own
	}
	return o
}

// again is the obligation with the id of its next filing.
func again(o sluss.Obligation) sluss.Obligation {
	first, n := o.ID.SplitAgain()
	o.ID = first.Again(n + 1)
	return o
}

// outdated tells whether the answer to a question depended on something that has changed
// in the declaration since, and the leg has not departed yet.
func (b *batch) outdated(before *duty, o sluss.Obligation) bool {
	if !asks(o.Report) || before.grounds == grounds(b.declaration, o) {
		return false
	}
	for _, e := range b.events {
		if e.ID() == sluss.Departure(o.Leg) {
			return false
		}
	}
	return true
}

// grounds identifies what an answer depends on: for a clearance, the leg with its vehicles
// and day, and the load; for a preflight, the parties from its leg on, and the waste code.
func grounds(d sluss.Declaration, o sluss.Obligation) string {
	if !asks(o.Report) || o.Leg < 1 || o.Leg > len(d.Legs) {
		return ""
	}
	if o.Report == sluss.ReportPreflight {
		on := sluss.Declaration{
			Waste: sluss.Waste{Code: d.Waste.Code, POP: d.Waste.POP}, Producer: d.Producer, Receiver: d.Receiver, Deals: d.Deals,
			Origin: d.Origin, Intermediaries: d.Intermediaries, Pickups: d.Pickups,
		}
		for _, l := range d.Legs[o.Leg-1:] {
			on.Legs = append(on.Legs, sluss.Leg{Transporter: l.Transporter, Mode: l.Mode, Departure: l.Departure, Consignor: l.Consignor})
		}
		return on.Hash()
	}
	return sluss.Declaration{Waste: d.Waste, Legs: d.Legs[o.Leg-1 : o.Leg]}.Hash()
}

// shift is how far from its planned time a leg may depart on another day than the one its
// vehicles were cleared for, for departures around midnight.
const shift = 6 * time.Hour

// cleared refuses a departure on a day for which its vehicles were not cleared.
func (b *batch) cleared(e sluss.Event) error {
	for _, id := range b.order {
		o := b.filings[id]
		leg, clearance := o.state.Obligation.Leg, o.result.Clearance
		if clearance == nil || e.ID() != sluss.Departure(leg) || b.latest(o.state.Obligation).ID != id {
			continue
		}
		day := clearance.Day
		off := e.At.Sub(b.declaration.Legs[leg-1].Departure).Abs()
		if at := e.At.In(day.Location()); at.Format(time.DateOnly) != day.Format(time.DateOnly) && off > shift {
			return fmt.Errorf("the vehicles of leg %d are cleared for %s, and it departs on %s: correct legs.%d.departure first; they are then looked up again",
				leg, day.Format(time.DateOnly), at.Format(time.DateOnly), leg-1)
		}
	}
	return nil
}
