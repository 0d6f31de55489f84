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
// declaration's Approval, if it names one. A check needs no signature.
//
// A Swedish note names its nearest predecessor, and goes without it one
// working day before it is due. A step of the BSDD names the creation and the
// step before it, and cannot go without. A gate that a planned departure waits
// behind is due at that departure; French steps after it have no clock.
func For(d sluss.Declaration, events []sluss.Event) []sluss.Obligation {
	if len(events) == 0 {
		return nil
	}
	b := batch{Declaration: d, events: events, event: events[len(events)-1]}
	return slices.Concat(b.sweden(), b.france(), b.norway())
}

// GatedBy tells whether the obligation must be discharged before the event of
// that id may happen. Accepted and refused are two ways through one gate, of
// which Gates names the first.
func GatedBy(o sluss.Obligation, eventID string) bool {
	if eventID == string(sluss.Refused) {
		eventID = string(sluss.Taken)
	}
	return o.Gates != "" && o.Gates == eventID
}

// batch is a declaration with its events, of which the last is looked at.
type batch struct {
	sluss.Declaration
	events []sluss.Event
	event  sluss.Event
}

// owe adds the obligation to the list if its rule is in force at the event.
func (b batch) owe(list []sluss.Obligation, id string, o sluss.Obligation) []sluss.Obligation {
	rule, ok := InForce(id, b.event.At)
	if !ok {
		return list
	}
	o.Rule, o.Event = rule, b.event.ID()
	if o.ID == "" {
		o.ID = id
	}
	return append(list, o)
}

func (b batch) sweden() (owed []sluss.Obligation) {
	if !b.hazardous() {
		return nil
	}
	calendar := WorkingDays("SE")
	leg, departs := b.departs()
	if departs && leg == 1 && b.reportsRemoval() {
		owed = b.owe(owed, removal, sluss.Obligation{
			Registry: sluss.Avfallsregistret, Note: sluss.NoteRemoval, Role: sluss.Producer, Signer: b.Approval,
			NoteBy: b.event.At, Due: calendar.Add(b.event.At, 2),
		})
	}
	if departs && b.reportsTransport(leg) {
		due := calendar.Add(b.event.At, 2)
		owed = b.owe(owed, transport, b.after(leg-1, due, sluss.Obligation{
			ID: perLeg(transport, leg), Leg: leg,
			Registry: sluss.Avfallsregistret, Note: sluss.NoteTransport, Role: sluss.Transporter, Signer: b.Approval,
			NoteBy: b.event.At, Due: due,
		}))
	}
	if b.event.Kind == sluss.Received && b.reportsReception() {
		// The report has two working days from the last day for the note. Four
		// in one count, so that an eve on which the note falls due does not
		// put the report off as well.
		due := calendar.Add(b.event.At, 4)
		owed = b.owe(owed, reception, b.after(len(b.Legs), due, sluss.Obligation{
			Registry: sluss.Avfallsregistret, Note: sluss.NoteReception, Role: sluss.Receiver, Signer: b.Approval,
			NoteBy: calendar.Add(b.event.At, 2), Due: due,
		}))
	}
	return owed
}

// after puts a Swedish note behind the nearest one before it that is owed,
// among those of the legs up to leg: until one working day before it is due,
// but never before the event.
func (b batch) after(leg int, due time.Time, o sluss.Obligation) sluss.Obligation {
	for leg > 0 && (!b.reportsTransport(leg) || !b.wasOwed(transport, leg)) {
		leg--
	}
	switch {
	case leg > 0:
		o.After = []string{perLeg(transport, leg)}
	case b.reportsRemoval() && b.wasOwed(removal, 1):
		o.After = []string{removal}
	default:
		return o
	}
	o.AfterUntil = Remind(due, "SE")
	if o.AfterUntil.Before(b.event.At) {
		o.AfterUntil = b.event.At
	}
	return o
}

// wasOwed tells whether the leg departed while the rule was in force.
func (b batch) wasOwed(rule string, leg int) bool {
	return slices.ContainsFunc(b.events, func(e sluss.Event) bool {
		_, ok := InForce(rule, e.At)
		return ok && e.ID() == sluss.Departure(leg)
	})
}

func (b batch) france() (owed []sluss.Obligation) {
	leg := frenchLeg(b.Declaration)
	if leg == 0 || !b.hazardous() && !b.Waste.POP {
		return nil
	}
	step := func(id string, o sluss.Obligation, after ...string) {
		o.Registry, o.Leg, o.After = sluss.Trackdechets, leg, after
		owed = b.owe(owed, id, o)
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

func (b batch) norway() (owed []sluss.Obligation) {
	for i, l := range b.Legs {
		leg := i + 1
		norwegian := func(v sluss.Vehicle) bool { return v.Country == "NO" }
		if b.event.ID() != eventBefore(leg) || l.Mode != sluss.Road || !slices.ContainsFunc(l.Vehicles, norwegian) {
			continue
		}
		owed = b.owe(owed, clearance, sluss.Obligation{
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

func (b batch) hazardous() bool { return strings.HasSuffix(b.Waste.Code, "*") }

// reportsRemoval: ch. 6 § 1, of what a producer in Sweden sends away.
func (b batch) reportsRemoval() bool { return startsIn("SE", b.Declaration, 1) }

// reportsTransport: ch. 6 § 2, of what a vehicle carries from a place in
// Sweden; not of the producer's own carriage, which its note of § 1 covers.
func (b batch) reportsTransport(leg int) bool {
	if !startsIn("SE", b.Declaration, leg) {
		return false
	}
	l := b.Legs[leg-1]
	return l.Mode != sluss.Pipeline && (l.Transporter.ID != b.Producer.ID || l.Transporter.Country != b.Producer.Country)
}

// reportsReception: ch. 6 § 5 p. 1, of what is treated in Sweden.
func (b batch) reportsReception() bool {
	return len(b.Legs) > 0 && b.Legs[len(b.Legs)-1].To.Country == "SE"
}

func startsIn(country string, d sluss.Declaration, leg int) bool {
	return leg >= 1 && leg <= len(d.Legs) && d.Legs[leg-1].From.Country == country
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

// eventBefore is the event after which the gates of a leg's departure open.
func eventBefore(leg int) string {
	if leg == 1 {
		return string(sluss.Produced)
	}
	return sluss.Departure(leg - 1)
}

func perLeg(rule string, leg int) string { return fmt.Sprintf("%s#%d", rule, leg) }
