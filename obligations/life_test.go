package obligations

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
)

func TestLifeHasOneOrder(t *testing.T) {
	for _, test := range []struct {
		legs int
		want []string // what may be next, after each event
	}{
		{1, []string{"produced", "pickedUp#1", "received", "accepted refused", "treated", ""}},
		{3, []string{"produced", "pickedUp#1", "handedOver#2", "handedOver#3", "received", "accepted refused", "treated", ""}},
	} {
		d := swedish()
		for len(d.Legs) < test.legs {
			d.Legs = append(d.Legs, d.Legs[0])
		}
		events := life(test.legs)
		for i := range len(events) + 1 {
			if got := strings.Join(texts(Next(d, events[:i])), " "); got != test.want[i] {
				t.Errorf("%d legs, %d events: next %q, want %q", test.legs, i, got, test.want[i])
			}
			if closed := i == len(events); Closed(events[:i]) != closed {
				t.Errorf("%d legs, %d events: closed is %t", test.legs, i, !closed)
			}
			if i < len(events) {
				if err := Check(d, events[:i], events[i]); err != nil {
					t.Errorf("%d legs: %s is refused: %v", test.legs, events[i].ID(), err)
				}
			}
		}
	}
	refused := append(life(1)[:3], happens(sluss.WasteRefused, 0, 5, 15))
	if next := Next(swedish(), refused); next != nil || !Closed(refused) {
		t.Errorf("after refused: next %q", next)
	}
	if next := Next(sluss.Declaration{}, life(1)[:1]); next != nil {
		t.Errorf("without legs: next %q", next)
	}
}

func TestEventsAreChecked(t *testing.T) {
	for _, test := range []struct {
		name   string
		d      sluss.Declaration
		before int // events of a life that have happened
		next   sluss.Event
		want   []string // parts of the faults, one each
	}{
		{"out of order", swedish(), 1, happens(sluss.Received, 0, 5, 14, kilograms(1)), []string{"kind: received cannot happen now (report pickedUp#1)"}},
		{"of another leg", swedishTwoLegs(), 2, happens(sluss.HandedOver, 3, 5, 14), []string{"leg: handedOver#3 cannot happen now (report handedOver#2)"}},
		{"twice", swedish(), 3, happens(sluss.PickedUp, 1, 5, 15), []string{"pickedUp#1 has happened already, at 2026-10-06T08:00:00+02:00 (report accepted or refused)"}},
		{"after the end", swedish(), 5, happens(sluss.Received, 0, 9, 11, kilograms(1)), []string{"received has happened already"}},
		{"refused after the end", swedish(), 5, happens(sluss.WasteRefused, 0, 9, 11, func(e *sluss.Event) { e.Reason = "x" }), []string{"refused cannot happen now (the batch is closed"}},
		{"unknown", swedish(), 1, happens("lost", 0, 5, 1), []string{"lost cannot happen now", `there is no event "lost"`}},
		{"before the one before", swedish(), 2, happens(sluss.Received, 0, 1, 1, kilograms(1)), []string{"at: 2026-10-05T01:00:00+02:00 is before pickedUp#1, which happened at 2026-10-06T08:00:00+02:00"}},
		{"all at once", swedish(), 2, sluss.Event{Kind: sluss.Received}, []string{"at: the time is missing", "by.name: the person who reports it is missing", "mass: there is no mass"}},
		{"received less than nothing", swedish(), 2, happens(sluss.Received, 0, 5, 14, kilograms(-1)), []string{"mass: there is no mass"}},
		{"refused all and accepted", swedish(), 3, happens(sluss.WasteAccepted, 0, 5, 15, func(e *sluss.Event) { e.RefusedMass, e.Reason = 1_240*sluss.Kilogram, "wet" }), []string{"refused_mass: 1240 kg is not less than the 1240 kg that were received"}},
		{"refused less than nothing", swedish(), 3, happens(sluss.WasteAccepted, 0, 5, 15, func(e *sluss.Event) { e.RefusedMass = -1 }), []string{"refused_mass: the mass is negative"}},
		{"accepted before it is received", swedish(), 2, happens(sluss.WasteAccepted, 0, 5, 15, func(e *sluss.Event) { e.RefusedMass, e.Reason = 1, "wet" }), []string{"kind: accepted cannot happen now (report received)"}},
		{"refused a part without reason", swedish(), 3, happens(sluss.WasteAccepted, 0, 5, 15, func(e *sluss.Event) { e.RefusedMass = sluss.Kilogram }), []string{"reason: a part is refused without a reason"}},
		{"refused without reason", swedish(), 3, happens(sluss.WasteRefused, 0, 5, 15), []string{"reason: the batch is refused without a reason"}},
		{"treated in no known way", swedish(), 4, happens(sluss.Treated, 0, 9, 10, func(e *sluss.Event) { e.Operation = "R14" }), []string{`operation: there is no operation "R14"`}},
		{"treated by a collector", collected(), 4, happens(sluss.Treated, 0, 9, 10, func(e *sluss.Event) { e.Operation = "D10" }), []string{"operation: a collector cannot carry out D10"}},
	} {
		err := Check(test.d, life(len(test.d.Legs))[:test.before], test.next)
		faults, _ := errors.AsType[sluss.Faults](err)
		if len(faults) != len(test.want) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
			continue
		}
		for i, want := range test.want {
			if got := faults[i].String(); !strings.Contains(got, want) {
				t.Errorf("%s: got %q, want %q", test.name, got, want)
			}
		}
	}
}

func TestAnEventMayHappenAtTheTimeOfTheOneBefore(t *testing.T) {
	next := happens(sluss.PickedUp, 1, 1, 9)
	next.At = next.At.In(time.UTC)
	if err := Check(swedish(), slices.Clone(life(1)[:1]), next); err != nil {
		t.Error(err)
	}
}
