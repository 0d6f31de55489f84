package obligations

import (
	"cmp"
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

// batch is a declaration with what is derived from it once, and its events.
type batch struct {
	sluss.Declaration
	route sluss.Route
	// bsdd is the number of the leg with which a BSDD begins: the first within
	// France, if all that follow it are as well, so that the BSDD covers the rest of
	// the route; 0 if there is no BSDD.
	bsdd   int
	events []sluss.Event
	event  sluss.Event // the last of the events
}

func newBatch(d sluss.Declaration, events ...sluss.Event) batch {
	b := batch{Declaration: d, route: d.Route(), events: events}
	if len(events) > 0 {
		b.event = events[len(events)-1]
	}
	if first := slices.IndexFunc(d.Legs, inFrance); first >= 0 && !slices.ContainsFunc(d.Legs[first:], func(l sluss.Leg) bool { return !inFrance(l) }) {
		b.bsdd = first + 1
	}
	return b
}

// owe adds the obligation to the list if its rule is in force at the moment. The
// rule says what is reported, where, and who signs; also whose duty it is, if
// that does not depend on the batch.
func (b batch) owe(list []sluss.Obligation, id string, at time.Time, o sluss.Obligation) []sluss.Obligation {
	law, ok := inForce(id, at)
	if !ok {
		return list
	}
	o.Rule, o.Registry, o.Note, o.Event = law.Rule, law.registry, law.report, b.event.ID()
	o.ID, o.Role = cmp.Or(o.ID, id), cmp.Or(o.Role, law.role)
	switch law.signer {
	case byApproval:
		o.Signer = b.Approval
	case byTheParty:
		o.Signer = o.Role
	case nobody:
	}
	return append(list, o)
}

// hazardous tells whether the declaration calls the waste hazardous.
func (b batch) hazardous() bool { return strings.HasSuffix(b.Waste.Code, "*") }

// dangerous is hazardous as France has it: with persistent organic pollutants too.
func (b batch) dangerous() bool { return b.hazardous() || b.Waste.POP }

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
