package obligations

import (
	"slices"

	"sluss"
)

// france are the steps of the BSDD that the latest event brings.
func (b batch) france() (owed []sluss.Obligation) {
	first, last := frenchLeg(b.Declaration), len(b.Legs)
	if first == 0 || !b.hazardous() && !b.Waste.POP {
		return nil
	}
	step := func(id string, o sluss.Obligation, after ...string) {
		o.Registry, o.After = sluss.Trackdechets, after
		o.Leg = max(o.Leg, first)
		owed = b.owe(owed, id, b.event.At, o)
	}
	// gate is a step before the departure of a French leg.
	gate := func(leg int, note sluss.Note, role, signer sluss.Role) sluss.Obligation {
		return sluss.Obligation{Leg: leg, Note: note, Role: role, Signer: signer, Gates: sluss.Departure(leg), Due: b.Legs[leg-1].Departure}
	}
	emissionOf := func(leg int, role sluss.Role, before string) {
		signed := gate(leg, sluss.NoteEmission, role, role)
		signed.ID = perLeg(emission, leg)
		step(emission, signed, creation, before)
	}
	takeOverOf := func(leg int, before string) {
		taken := gate(leg, sluss.NoteTakeOver, sluss.Transporter, sluss.Transporter)
		taken.ID = perLeg(takeOver, leg)
		step(takeOver, taken, creation, before)
	}
	// stored is a step of who stores the waste at the end of a leg.
	stored := func(id string, o sluss.Obligation, before string) {
		o.ID, o.Role = perLeg(id, o.Leg), sluss.Collector
		step(id, o, creation, before)
	}
	emitter := sluss.Collector
	if first == 1 {
		emitter = sluss.Producer
	}
	event := b.event.ID()
	switch event {
	case string(sluss.Received):
		step(arrival, sluss.Obligation{Note: sluss.NoteArrival, Role: sluss.Receiver, Signer: sluss.Receiver, Gates: string(sluss.Taken)}, creation, perLeg(takeOver, last))
	case string(sluss.Taken):
		step(acceptance, sluss.Obligation{Note: sluss.NoteAcceptance, Role: sluss.Receiver, Signer: sluss.Receiver, Gates: string(sluss.Treated)}, creation, arrival)
	case string(sluss.Refused): // nothing follows that it could gate
		step(acceptance, sluss.Obligation{Note: sluss.NoteAcceptance, Role: sluss.Receiver, Signer: sluss.Receiver}, creation, arrival)
	case string(sluss.Treated):
		step(processing, sluss.Obligation{Note: sluss.NoteProcessing, Role: sluss.Receiver, Signer: sluss.Receiver}, creation, acceptance)
	case eventBefore(b.Declaration, first):
		step(creation, gate(first, sluss.NoteCreation, emitter, b.Approval))
		step(sealing, gate(first, sluss.NoteSealing, emitter, b.Approval), creation)
		emissionOf(first, emitter, sealing)
		takeOverOf(first, perLeg(emission, first))
	}
	for leg := first; leg < last; leg++ { // each in its turn
		goesOn := event == eventBefore(b.Declaration, leg+1)
		if b.Legs[leg-1].Storage == nil {
			if goesOn {
				takeOverOf(leg+1, perLeg(takeOver, leg))
			}
			continue
		}
		verdict := sluss.Obligation{Leg: leg, Note: sluss.NoteStoringVerdict, Signer: sluss.Collector}
		switch {
		case event == sluss.EventID(sluss.Received, leg):
			stored(storage, sluss.Obligation{Leg: leg, Note: sluss.NoteStoring, Signer: sluss.Collector, Gates: sluss.EventID(sluss.Taken, leg)}, perLeg(takeOver, leg))
		case event == sluss.EventID(sluss.Refused, leg): // nothing goes on
			stored(storingVerdict, verdict, perLeg(storage, leg))
		case goesOn:
			verdict.Gates, verdict.Due = sluss.Departure(leg+1), b.Legs[leg].Departure
			stored(storingVerdict, verdict, perLeg(storage, leg))
			stored(resealing, gate(leg+1, sluss.NoteResealing, "", b.Approval), perLeg(storingVerdict, leg))
			emissionOf(leg+1, sluss.Collector, perLeg(resealing, leg+1))
			takeOverOf(leg+1, perLeg(emission, leg+1))
		}
	}
	return owed
}

func inFrance(l sluss.Leg) bool { return l.From.Country == "FR" && l.To.Country == "FR" }

// frenchLeg is the leg with which a BSDD begins, counted from 1: the first
// within France, if all that follow it are as well, so that the BSDD covers the
// rest of the way; 0 if there is none.
func frenchLeg(d sluss.Declaration) int {
	first := slices.IndexFunc(d.Legs, inFrance)
	if first < 0 || slices.ContainsFunc(d.Legs[first:], func(l sluss.Leg) bool { return !inFrance(l) }) {
		return 0
	}
	return first + 1
}

// onBSDD tells whether a BSDD covers a leg, counted from 1.
func onBSDD(d sluss.Declaration, leg int) bool {
	first := frenchLeg(d)
	return first > 0 && leg >= first
}

// bsddTransporters are the fields of the transporters on a BSDD.
func bsddTransporters(d sluss.Declaration) (fields []string) {
	for i := range d.Legs {
		if onBSDD(d, i+1) {
			fields = append(fields, at("legs", i, "transporter"))
		}
	}
	return fields
}

// bsddByRoad tells whether any part of the way that a BSDD covers is by road.
func bsddByRoad(d sluss.Declaration) bool {
	first := frenchLeg(d)
	return first > 0 && slices.ContainsFunc(d.Legs[first-1:], func(l sluss.Leg) bool { return l.Mode == sluss.Road })
}
