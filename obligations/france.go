package obligations

import (
	"slices"

	"sluss"
)

// france are the steps of the BSDD that the latest event brings.
func (b batch) france() (owed []sluss.Obligation) {
	first, last := b.bsdd, len(b.route)
	if first == 0 || !b.dangerous() {
		return nil
	}
	step := func(id string, o sluss.Obligation, after ...string) {
		o.Registry, o.After = sluss.Trackdechets, after
		o.Leg = max(o.Leg, first)
		owed = b.owe(owed, id, b.event.At, o)
	}
	// gate is a step before the departure of a French leg.
	gate := func(leg int, note sluss.Note, role, signer sluss.Role) sluss.Obligation {
		return sluss.Obligation{Leg: leg, Note: note, Role: role, Signer: signer, Gates: b.route[leg-1].Departs, Due: b.route[leg-1].Departure}
	}
	emissionOf := func(leg int, role sluss.Role, before string) {
		signed := gate(leg, sluss.NoteEmission, role, role)
		signed.ID = sluss.ObligationID(emission, leg)
		step(emission, signed, creation, before)
	}
	takeOverOf := func(leg int, before string) {
		taken := gate(leg, sluss.NoteTakeOver, sluss.Transporter, sluss.Transporter)
		taken.ID = sluss.ObligationID(takeOver, leg)
		step(takeOver, taken, creation, before)
	}
	// stored is a step of who stores the waste at the end of a leg.
	stored := func(id string, o sluss.Obligation, before string) {
		o.ID, o.Role = sluss.ObligationID(id, o.Leg), sluss.Collector
		step(id, o, creation, before)
	}
	emitter := sluss.Collector
	if first == 1 {
		emitter = sluss.Producer
	}
	event := b.event.ID()
	switch event {
	case string(sluss.Received):
		step(arrival, sluss.Obligation{Note: sluss.NoteArrival, Role: sluss.Receiver, Signer: sluss.Receiver, Gates: string(sluss.Taken)}, creation, sluss.ObligationID(takeOver, last))
	case string(sluss.Taken):
		step(acceptance, sluss.Obligation{Note: sluss.NoteAcceptance, Role: sluss.Receiver, Signer: sluss.Receiver, Gates: string(sluss.Treated)}, creation, arrival)
	case string(sluss.Refused): // nothing follows that it could gate
		step(acceptance, sluss.Obligation{Note: sluss.NoteAcceptance, Role: sluss.Receiver, Signer: sluss.Receiver}, creation, arrival)
	case string(sluss.Treated):
		step(processing, sluss.Obligation{Note: sluss.NoteProcessing, Role: sluss.Receiver, Signer: sluss.Receiver}, creation, acceptance)
	case b.route[first-1].Follows:
		step(creation, gate(first, sluss.NoteCreation, emitter, b.Approval))
		step(sealing, gate(first, sluss.NoteSealing, emitter, b.Approval), creation)
		emissionOf(first, emitter, sealing)
		takeOverOf(first, sluss.ObligationID(emission, first))
	}
	for leg := first; leg < last; leg++ { // each in its turn
		next := b.route[leg]
		goesOn := event == next.Follows
		if b.route[leg-1].Storage == nil {
			if goesOn {
				takeOverOf(leg+1, sluss.ObligationID(takeOver, leg))
			}
			continue
		}
		verdict := sluss.Obligation{Leg: leg, Note: sluss.NoteStoringVerdict, Signer: sluss.Collector}
		switch {
		case event == sluss.EventID(sluss.Received, leg):
			stored(storage, sluss.Obligation{Leg: leg, Note: sluss.NoteStoring, Signer: sluss.Collector, Gates: sluss.EventID(sluss.Taken, leg)}, sluss.ObligationID(takeOver, leg))
		case event == sluss.EventID(sluss.Refused, leg): // nothing goes on
			stored(storingVerdict, verdict, sluss.ObligationID(storage, leg))
		case goesOn:
			verdict.Gates, verdict.Due = next.Departs, next.Departure
			stored(storingVerdict, verdict, sluss.ObligationID(storage, leg))
			stored(resealing, gate(leg+1, sluss.NoteResealing, "", b.Approval), sluss.ObligationID(storingVerdict, leg))
			emissionOf(leg+1, sluss.Collector, sluss.ObligationID(resealing, leg+1))
			takeOverOf(leg+1, sluss.ObligationID(emission, leg+1))
		}
	}
	return owed
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
