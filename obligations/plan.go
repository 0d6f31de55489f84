package obligations

import (
	"slices"

	"sluss"
)

// Planned are the contents that a declaration owes if all goes as planned, with
// the events until then at their planned times and with the planned mass. They are
// checked before anything has happened. Of an incomplete declaration they are
// those that can be derived.
func Planned(d sluss.Declaration) (reports []sluss.Content) {
	if len(d.Legs) == 0 {
		return nil
	}
	var events []sluss.Event
	at := d.Legs[0].Departure
	for next := Next(d, nil); len(next) > 0; next = Next(d, events) {
		kind, leg, _ := next[0].Split()
		e := sluss.Event{Kind: kind, Leg: leg, At: at}
		if leg := e.Leg; (e.Kind == sluss.PickedUp || e.Kind == sluss.HandedOver) && leg <= len(d.Legs) {
			at = d.Legs[leg-1].Departure
			e.At = at
		}
		if e.Kind == sluss.Received {
			e.Mass = d.Waste.Mass
		}
		events = append(events, e)
		for _, o := range For(d, events) {
			if o.Awaits != "" { // told once that has happened
				continue
			}
			reports = append(reports, sluss.Content{Declaration: d, Obligation: o, Events: slices.Clip(events)})
		}
		if len(events) > mostPlanned {
			break
		}
	}
	return reports
}

// mostPlanned bounds the events of a plan: more than any route has.
const mostPlanned = 100
