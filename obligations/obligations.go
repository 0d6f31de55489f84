package obligations

import (
	"fmt"
	"slices"
	"strings"
	"time"

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
	b := batch{Declaration: d, events: events, event: events[len(events)-1]}
	steps := b.branch(b.france())
	return slices.Concat(b.sweden(), b.beforeFrance(steps), steps, b.norway())
}

// GatedBy tells whether the obligation must be discharged before the event of
// that id may happen. Accepted and refused are two ways through one gate, of
// which Gates names the first.
func GatedBy(o sluss.Obligation, eventID string) bool {
	if kind, leg, stored := strings.Cut(eventID, "#"); kind == string(sluss.Refused) {
		eventID = string(sluss.Taken)
		if stored {
			eventID += "#" + leg
		}
	}
	return o.Gates != "" && o.Gates == eventID
}

// batch is a declaration with its events, of which the last is looked at.
type batch struct {
	sluss.Declaration
	events []sluss.Event
	event  sluss.Event
}

// owe adds the obligation to the list if its rule is in force at the moment.
func (b batch) owe(list []sluss.Obligation, id string, at time.Time, o sluss.Obligation) []sluss.Obligation {
	rule, ok := InForce(id, at)
	if !ok {
		return list
	}
	o.Rule, o.Event = rule, b.event.ID()
	if o.ID == "" {
		o.ID = id
	}
	return append(list, o)
}

// hazardous tells whether the declaration calls the waste hazardous.
func (b batch) hazardous() bool { return strings.HasSuffix(b.Waste.Code, "*") }

func (b batch) norway() (owed []sluss.Obligation) {
	for i, l := range b.Legs {
		leg := i + 1
		norwegian := func(v sluss.Vehicle) bool { return v.Country == "NO" }
		if b.event.ID() != eventBefore(b.Declaration, leg) || l.Mode != sluss.Road || !slices.ContainsFunc(l.Vehicles, norwegian) {
			continue
		}
		owed = b.owe(owed, clearance, b.event.At, sluss.Obligation{
			ID: perLeg(clearance, leg), Leg: leg,
			Registry: sluss.Autosys, Note: sluss.NoteClearance, Role: sluss.Transporter,
			Gates: sluss.Departure(leg), Due: l.Departure,
		})
	}
	return owed
}

// departs is the leg that the event begins.
func (b batch) departs() (leg int, ok bool) {
	for i := range b.Legs {
		if b.event.ID() == sluss.Departure(i+1) {
			return i + 1, true
		}
	}
	return 0, false
}

// eventBefore is the event after which the gates of a leg's departure open.
func eventBefore(d sluss.Declaration, leg int) string {
	switch {
	case leg == 1:
		return string(sluss.Produced)
	case d.Legs[leg-2].Storage != nil:
		return sluss.EventID(sluss.Taken, leg-1)
	default:
		return sluss.Departure(leg - 1)
	}
}

func perLeg(rule string, leg int) string { return fmt.Sprintf("%s#%d", rule, leg) }
