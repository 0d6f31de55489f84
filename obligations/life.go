package obligations

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"sluss"
)

// Next are the ids of the events that may happen next, in the order of a batch's
// life; see sluss.EventKind. There is none once the batch is closed. Obligations
// that gate them are not considered; see GatedBy.
func Next(d sluss.Declaration, events []sluss.Event) []sluss.EventID {
	if len(events) == 0 {
		return []sluss.EventID{sluss.EventID(sluss.Produced)}
	}
	last, route := events[len(events)-1], d.Route()
	if i := slices.IndexFunc(route, func(l sluss.RouteLeg) bool { return l.Follows == last.ID() }); i >= 0 {
		return []sluss.EventID{route[i].Departs}
	}
	switch last.Kind {
	case sluss.PickedUp, sluss.HandedOver:
		if leg, _ := route.Leg(last.Leg); leg.Storage != nil {
			return []sluss.EventID{sluss.NewEventID(sluss.Received, leg.Number)}
		}
		return []sluss.EventID{sluss.EventID(sluss.Received)}
	case sluss.Received:
		return []sluss.EventID{sluss.NewEventID(sluss.WasteAccepted, last.Leg), sluss.NewEventID(sluss.WasteRefused, last.Leg)}
	case sluss.WasteAccepted:
		if !Ended(d, events) {
			return []sluss.EventID{sluss.EventID(sluss.Treated)}
		}
	case sluss.Produced, sluss.WasteRefused, sluss.Treated, sluss.Cancelled: // only produced if there is no leg
	}
	return nil
}

// Cancellable tells whether the batch can be cancelled: it is open, and nobody has received
// it.
func Cancellable(events []sluss.Event) bool {
	return len(events) > 0 && !Closed(events) && !slices.ContainsFunc(events, func(e sluss.Event) bool { return e.Kind == sluss.Received })
}

// Before are the events that must happen before the one with that id, and have not; none
// if it may happen next. It is false if the event cannot happen any more, or at all.
func Before(d sluss.Declaration, events []sluss.Event, id sluss.EventID) (missing []sluss.EventID, possible bool) {
	if id == sluss.EventID(sluss.Cancelled) {
		return nil, Cancellable(events)
	}
	events = slices.Clone(events)
	for range mostPlanned {
		next := Next(d, events)
		if slices.Contains(next, id) {
			return missing, true
		}
		if len(next) == 0 {
			break
		}
		kind, leg, _ := next[0].Split()
		missing = append(missing, next[0])
		events = append(events, sluss.Event{Kind: kind, Leg: leg})
	}
	return nil, false
}

// Closed tells whether the last event that a batch can have has happened: it
// is treated, refused or cancelled.
func Closed(events []sluss.Event) bool {
	return slices.ContainsFunc(events, func(e sluss.Event) bool {
		return e.Kind == sluss.Treated || e.Kind == sluss.WasteRefused || e.Kind == sluss.Cancelled
	})
}

// Ended tells whether the last event that a batch will have has happened: it is closed, or
// was accepted by the producer that it went back to.
func Ended(d sluss.Declaration, events []sluss.Event) bool {
	_, back := find(events, sluss.WasteAccepted)
	return Closed(events) || d.Returned() && back
}

// Check tells what is wrong with an event that a person reports next, whatever
// registry is told of it. The error is Faults, whose fields are those of the event.
func Check(d sluss.Declaration, events []sluss.Event, next sluss.Event) error {
	b := newBatch(d, events...)
	f := checkEvent(b, next)
	if len(f) == 0 {
		f.doubtEvent(b, next)
	}
	return sluss.Faults(f).Err()
}

func checkEvent(b batch, next sluss.Event) (f faults) {
	events := b.events
	f.order(b, next)
	switch {
	case next.At.IsZero() && next.Kind != sluss.Produced:
		f.add("at", "the time is missing", "give the time when it happened, with zone, such as 2026-11-23T08:00:00+01:00")
	case len(events) > 0 && next.At.Before(events[len(events)-1].At):
		last := events[len(events)-1]
		f.add("at", fmt.Sprintf("%s is before %s, which happened at %s", stamp(next.At), last.ID(), stamp(last.At)),
			fmt.Sprintf("give the time when it happened; if that of %s is wrong, correct events.%s.at first", last.ID(), last.ID()))
	}
	if !next.NotedAt.IsZero() && next.NotedAt.Before(next.At) {
		f.add("noted_at", fmt.Sprintf("%s is before it happened, at %s", stamp(next.NotedAt), stamp(next.At)), "give the time when it was written down, or leave it out")
	}
	if blank(next.By.Name) {
		f.add("by.name", "the person who reports it is missing", "give the name")
	}
	f.contents(b, next)
	f.confirmed(next.Confirmed)
	return f
}

// CheckEarly is Check for an event that is reported before others that come before it, with
// their ids. It is kept until they are reported. What depends on them is not checked.
func CheckEarly(d sluss.Declaration, events []sluss.Event, missing []sluss.EventID, next sluss.Event) error {
	supposed := slices.Clone(events)
	for _, id := range missing {
		kind, leg, _ := id.Split()
		e := sluss.Event{Kind: kind, Leg: leg, At: next.At, Mass: sluss.Mass(math.MaxInt64)}
		if n := len(events); n > 0 {
			e.At = events[n-1].At
		}
		supposed = append(supposed, e)
	}
	return sluss.Faults(checkEvent(newBatch(d, supposed...), next)).Err()
}

func (f *faults) order(b batch, next sluss.Event) {
	possible := Next(b.Declaration, b.events)
	if slices.Contains(possible, next.ID()) || next.ID() == sluss.EventID(sluss.Cancelled) && Cancellable(b.events) {
		return
	}
	field := "kind"
	if slices.ContainsFunc(possible, func(id sluss.EventID) bool {
		kind, _, _ := id.Split()
		return kind == next.Kind
	}) {
		field = "leg"
	}
	remedy := "report " + strings.Join(texts(possible), " or ")
	if len(possible) == 0 {
		remedy = "the batch is closed; declare a new one that continues it"
	}
	if i := slices.IndexFunc(b.events, func(e sluss.Event) bool { return e.ID() == next.ID() }); i >= 0 {
		f.add(field, fmt.Sprintf("%s has happened already, at %s", next.ID(), stamp(b.events[i].At)), remedy)
		return
	}
	f.add(field, fmt.Sprintf("%s cannot happen now", next.ID()), remedy)
}

// contents checks the fields of an event other than its time.
func (f *faults) contents(b batch, next sluss.Event) {
	switch next.Kind {
	case sluss.Received:
		if next.Mass <= 0 {
			f.add("mass", "there is no mass", "give the kilograms that were received")
		}
	case sluss.WasteAccepted:
		switch received, ok := happened(b.events, sluss.NewEventID(sluss.Received, next.Leg)); {
		case next.RefusedMass < 0:
			f.add("refused_mass", "the mass is negative", "give the kilograms that were refused, or leave it out")
		case ok && next.RefusedMass > 0 && next.RefusedMass >= received.Mass:
			f.add("refused_mass", fmt.Sprintf("%s is not less than the %s that were received", next.RefusedMass, received.Mass), "report refused if nothing is accepted")
		}
		if next.RefusedMass > 0 && blank(next.Reason) {
			f.add("reason", "a part is refused without a reason", "say why")
		}
	case sluss.WasteRefused:
		if blank(next.Reason) {
			f.add("reason", "the batch is refused without a reason", "say why")
		}
	case sluss.Cancelled:
		if blank(next.Reason) {
			f.add("reason", "the batch is cancelled without a reason", "say why")
		}
	case sluss.Treated:
		if next.Operation != "" && f.operation("operation", b, next.Operation) {
			f.collector("operation", b, next.Operation)
		}
		if next.NoTraceability && b.bsdd == 0 {
			f.add("no_traceability", "only a BSDD can end traceability", "leave it out")
		}
	case sluss.Produced, sluss.PickedUp, sluss.HandedOver:
	default:
		f.add("kind", fmt.Sprintf("there is no event %q", next.Kind), "use "+sluss.OneOf(sluss.EventKinds()))
	}
}

// find is the event of that kind that concerns no leg.
func find(events []sluss.Event, kind sluss.EventKind) (sluss.Event, bool) {
	return happened(events, sluss.EventID(kind))
}

func happened(events []sluss.Event, id sluss.EventID) (sluss.Event, bool) {
	i := slices.IndexFunc(events, func(e sluss.Event) bool { return e.ID() == id })
	if i < 0 {
		return sluss.Event{}, false
	}
	return events[i], true
}
