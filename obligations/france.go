package obligations

import (
	"slices"

	"sluss"
)

// france are the steps of the BSDD that the latest event brings. The BSDD itself
// is of the first leg that it covers.
func (b batch) france() (owed []sluss.Obligation) {
	covered := b.underBSDD()
	if len(covered) == 0 || !b.dangerous() {
		return nil
	}
	first, last := covered[0], covered[len(covered)-1]
	step := func(id string, o sluss.Obligation, after ...string) {
		o.After, o.Leg = after, max(o.Leg, first.Number)
		owed = b.owe(owed, id, b.event.At, o)
	}
	// beforeLeg are the steps that gate the departure of a leg, and are due at it.
	beforeLeg := func(l sluss.RouteLeg, role sluss.Role) sluss.Obligation {
		return sluss.Obligation{Leg: l.Number, Role: role, Gates: l.Departs, Due: l.Departure}
	}
	// ofLeg is a step of which each leg may have one. It names the creation and the
	// step before it.
	ofLeg := func(id string, o sluss.Obligation, before string) {
		o.ID = sluss.ObligationID(id, o.Leg)
		step(id, o, creation, before)
	}
	taken := func(l sluss.RouteLeg, before string) { ofLeg(takeOver, beforeLeg(l, ""), before) }
	handed := func(l sluss.RouteLeg, role sluss.Role, before string) {
		ofLeg(emission, beforeLeg(l, role), before)
		taken(l, sluss.ObligationID(emission, l.Number))
	}
	emitter := sluss.Collector
	if first.Number == 1 {
		emitter = sluss.Producer
	}
	event := b.event.ID()
	switch event {
	case string(sluss.Received):
		step(arrival, sluss.Obligation{Gates: string(sluss.Taken)}, creation, sluss.ObligationID(takeOver, last.Number))
	case string(sluss.Taken):
		step(acceptance, sluss.Obligation{Gates: string(sluss.Treated)}, creation, arrival)
	case string(sluss.Refused): // nothing follows that it could gate
		step(acceptance, sluss.Obligation{}, creation, arrival)
	case string(sluss.Treated):
		step(processing, sluss.Obligation{}, creation, acceptance)
	case first.Follows:
		step(creation, beforeLeg(first, emitter))
		step(sealing, beforeLeg(first, emitter), creation)
		handed(first, emitter, sealing)
	}
	for i, next := range covered[1:] {
		leg, goesOn := covered[i], event == next.Follows
		number := leg.Number
		switch {
		case leg.Storage == nil && goesOn:
			taken(next, sluss.ObligationID(takeOver, number))
		case leg.Storage == nil:
		case event == sluss.EventID(sluss.Received, number):
			ofLeg(storage, sluss.Obligation{Leg: number, Gates: sluss.EventID(sluss.Taken, number)}, sluss.ObligationID(takeOver, number))
		case event == sluss.EventID(sluss.Refused, number): // nothing goes on
			ofLeg(storingVerdict, sluss.Obligation{Leg: number}, sluss.ObligationID(storage, number))
		case goesOn:
			ofLeg(storingVerdict, sluss.Obligation{Leg: number, Gates: next.Departs, Due: next.Departure}, sluss.ObligationID(storage, number))
			ofLeg(resealing, beforeLeg(next, ""), sluss.ObligationID(storingVerdict, number))
			handed(next, sluss.Collector, sluss.ObligationID(resealing, next.Number))
		}
	}
	return owed
}

// beforeFrance is the look at the companies of the BSDD, which comes with its
// creation and gates the same departure.
func (b batch) beforeFrance(steps []sluss.Obligation) []sluss.Obligation {
	i := slices.IndexFunc(steps, func(o sluss.Obligation) bool { return o.Note == sluss.NoteCreation })
	if i < 0 {
		return nil
	}
	made := steps[i]
	return b.owe(nil, preflight, b.event.At, sluss.Obligation{
		Role: made.Role, Leg: made.Leg, Gates: made.Gates, Due: made.Due,
	})
}

func inFrance(l sluss.Leg) bool { return l.Within("FR") }

// onBSDD tells whether a BSDD covers the leg of that number.
func (b batch) onBSDD(leg int) bool { return b.bsdd > 0 && leg >= b.bsdd }

// underBSDD are the legs that a BSDD covers; none if there is no BSDD.
func (b batch) underBSDD() sluss.Route {
	if b.bsdd == 0 {
		return nil
	}
	return b.route[b.bsdd-1:]
}

// bsddByRoad tells whether any leg that a BSDD covers is by road.
func (b batch) bsddByRoad() bool {
	return slices.ContainsFunc(b.underBSDD(), func(l sluss.RouteLeg) bool { return l.Mode == sluss.Road })
}
