package obligations

import (
	"slices"

	"sluss"
)

// france are the steps of the BSDD that the latest event brings.
func (b batch) france() (owed []sluss.Obligation) {
	leg := frenchLeg(b.Declaration)
	if leg == 0 || !b.hazardous() && !b.Waste.POP {
		return nil
	}
	step := func(id string, o sluss.Obligation, after ...string) {
		o.Registry, o.Leg, o.After = sluss.Trackdechets, leg, after
		owed = b.owe(owed, id, b.event.At, o)
	}
	// gate is a step before the departure of the French leg.
	gate := func(note sluss.Note, role, signer sluss.Role) sluss.Obligation {
		return sluss.Obligation{Note: note, Role: role, Signer: signer, Gates: sluss.Departure(leg), Due: b.Legs[leg-1].Departure}
	}
	emitter := sluss.Collector
	if leg == 1 {
		emitter = sluss.Producer
	}
	emissionOfLeg := perLeg(emission, leg)
	switch b.event.Kind { //nolint:exhaustive // the departures are events by leg
	case sluss.Received:
		step(arrival, sluss.Obligation{Note: sluss.NoteArrival, Role: sluss.Receiver, Signer: sluss.Receiver, Gates: string(sluss.Taken)}, creation, perLeg(takeOver, leg))
	case sluss.Taken:
		step(acceptance, sluss.Obligation{Note: sluss.NoteAcceptance, Role: sluss.Receiver, Signer: sluss.Receiver, Gates: string(sluss.Treated)}, creation, arrival)
	case sluss.Refused: // nothing follows that it could gate
		step(acceptance, sluss.Obligation{Note: sluss.NoteAcceptance, Role: sluss.Receiver, Signer: sluss.Receiver}, creation, arrival)
	case sluss.Treated:
		step(processing, sluss.Obligation{Note: sluss.NoteProcessing, Role: sluss.Receiver, Signer: sluss.Receiver}, creation, acceptance)
	default:
		if b.event.ID() != eventBefore(leg) {
			break
		}
		step(creation, gate(sluss.NoteCreation, emitter, b.Approval))
		step(sealing, gate(sluss.NoteSealing, emitter, b.Approval), creation)
		signed := gate(sluss.NoteEmission, emitter, emitter)
		signed.ID = emissionOfLeg
		step(emission, signed, creation, sealing)
		taken := gate(sluss.NoteTakeOver, sluss.Transporter, sluss.Transporter)
		taken.ID = perLeg(takeOver, leg)
		step(takeOver, taken, creation, emissionOfLeg)
	}
	return owed
}

func inFrance(l sluss.Leg) bool { return l.From.Country == "FR" && l.To.Country == "FR" }

// frenchLeg is the leg that a BSDD covers, counted from 1: the one within
// France if it is the last; 0 if there is none.
func frenchLeg(d sluss.Declaration) int {
	if first := slices.IndexFunc(d.Legs, inFrance); first >= 0 && first == len(d.Legs)-1 {
		return first + 1
	}
	return 0
}
