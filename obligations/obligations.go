package obligations

import (
	"slices"

	"sluss"
)

// For is what the last of the events puts on parties, by the rules in force at
// its time, in a fixed order: Sweden, France, Norway, each in the order of a
// batch's life. The events are all of the batch's, in their order.
//
// Only hazardous waste (a starred code; in France also persistent organic
// pollutants) owes reports; the Norwegian check concerns every load. What
// statute wants signed is signed by the party itself; the rest by the
// declaration's Approval, if it names one. A check needs no signature: of vehicles in
// Norway, of the companies of a BSDD in France.
//
// A Swedish note names the nearest note before it, in this batch or in the one
// that it continues, and goes without it one working day before it is due. A step of the BSDD names the creation and the
// step before it, and cannot go without. A gate that a planned departure waits
// behind is due at that departure; French steps after it have no clock.
func For(d sluss.Declaration, events []sluss.Event) []sluss.Obligation {
	if len(events) == 0 {
		return nil
	}
	b := newBatch(d, events...)
	steps := b.branch(b.france())
	return slices.Concat(b.sweden(), b.beforeFrance(steps), steps, b.norway())
}

// GatedBy tells whether the obligation must be discharged before the event of
// that id may happen. Accepted and refused are two ways through one gate, of
// which Gates names the first.
func GatedBy(o sluss.Obligation, eventID string) bool {
	if kind, leg, err := sluss.ParseEventID(eventID); err == nil && kind == sluss.Refused {
		eventID = sluss.EventID(sluss.Taken, leg)
	}
	return o.Gates != "" && o.Gates == eventID
}

func (b batch) norway() (owed []sluss.Obligation) {
	for _, l := range b.route {
		norwegian := func(v sluss.Vehicle) bool { return v.Country == "NO" }
		if b.event.ID() != l.Follows || l.Mode != sluss.Road || !slices.ContainsFunc(l.Vehicles, norwegian) {
			continue
		}
		owed = b.owe(owed, clearance, b.event.At, sluss.Obligation{
			ID: sluss.ObligationID(clearance, l.Number), Leg: l.Number,
			Gates: l.Departs, Due: l.Departure,
		})
	}
	return owed
}
