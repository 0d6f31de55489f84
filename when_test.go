package sluss

import (
	"maps"
	"strings"
	"testing"
	"time"
)

// TestLocalTimes: of every hour about both changes of the clocks, in zones on both sides of
// Greenwich, the moment is the one that a clock shows; what it shows never or twice has
// both readings.
func TestLocalTimes(t *testing.T) {
	for _, test := range []struct{ zone, wall, want, problem string }{
		{"Europe/Stockholm", "2026-11-23 08:00", "2026-11-23T08:00:00+01:00", ""},
		{"Europe/Stockholm", "2026-07-01 08:00", "2026-07-01T08:00:00+02:00", ""},
		{"Europe/Stockholm", "2026-03-29 01:59", "2026-03-29T01:59:00+01:00", ""},
		{"Europe/Stockholm", "2026-03-29 02:00", "", "does not exist in Europe/Stockholm, as clocks go forward: it may be 2026-03-29T02:00:00+02:00 or 2026-03-29T02:00:00+01:00"},
		{"Europe/Stockholm", "2026-03-29 02:30", "", "2026-03-29T02:30:00+02:00 or 2026-03-29T02:30:00+01:00"},
		{"Europe/Stockholm", "2026-03-29 03:00", "2026-03-29T03:00:00+02:00", ""},
		{"Europe/Stockholm", "2026-10-25 01:59", "2026-10-25T01:59:00+02:00", ""},
		{"Europe/Stockholm", "2026-10-25 02:30", "", "exists twice in Europe/Stockholm, as clocks go back: it may be 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00"},
		{"Europe/Stockholm", "2026-10-25 03:00", "2026-10-25T03:00:00+01:00", ""},
		{"America/New_York", "2026-11-01 01:30", "", "2026-11-01T01:30:00-04:00 or 2026-11-01T01:30:00-05:00"},
		{"Australia/Lord_Howe", "2026-04-05 01:45", "", "2026-04-05T01:45:00+11:00 or 2026-04-05T01:45:00+10:30"}, // by half an hour
		{"UTC", "2026-03-29 02:30", "2026-03-29T02:30:00Z", ""},
	} {
		in, err := time.LoadLocation(test.zone)
		if err != nil {
			t.Fatal(err)
		}
		wall, err := time.Parse("2006-01-02 15:04", test.wall)
		if err != nil {
			t.Fatal(err)
		}
		at, problem := LocalTime(wall, in)
		if got := at.Format(time.RFC3339); !strings.Contains(problem, test.problem) || (problem == "") != (test.problem == "") || test.want != "" && got != test.want {
			t.Errorf("%s in %s: %s, %q", test.wall, test.zone, got, problem)
		}
	}
}

// TestACorrectionTakesEventsBackInTheirOrder: whatever the order in which they are named,
// and only from the end.
func TestACorrectionTakesEventsBackInTheirOrder(t *testing.T) {
	events := []Event{{Kind: Produced}, {Kind: PickedUp, Leg: 1}, {Kind: Received}, {Kind: WasteAccepted}, {Kind: Treated}}
	for want, remove := range map[int][]string{
		2: {"events.accepted", "events.treated", "events.received"},
		4: {"events.treated"},
		1: {"events.treated", "events.received", "events.pickedUp#1", "events.accepted"},
	} {
		if _, left, err := (Correction{Remove: remove}).Apply(Declaration{}, events); err != nil || len(left) != want || len(events) != 5 {
			t.Errorf("%v: %v, %v", remove, left, err)
		}
	}
	for path, want := range map[string]string{"events.received": "treated came after it", "events.produced": "the batch begins with it", "events.refused": "has not happened"} {
		if _, _, err := (Correction{Remove: []string{path}}).Apply(Declaration{}, events); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestTheDeclarationAndProducedTellTheSame after a correction of either.
func TestTheDeclarationAndProducedTellTheSame(t *testing.T) {
	was := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	now := was.Add(-time.Hour)
	text := now.Format(time.RFC3339)
	for name, test := range map[string]struct {
		set             map[string]string
		declared, event time.Time
	}{
		"by the declaration": {map[string]string{"at": text}, now, now},
		"by the event":       {map[string]string{"events.produced.at": text}, now, now},
		"by both":            {map[string]string{"at": text, "events.produced.at": text}, now, now},
		"not known any more": {map[string]string{"at": ""}, time.Time{}, time.Time{}},
		"something else":     {map[string]string{"waste.name": "oil"}, was, was},
	} {
		d, events, err := Correction{Set: test.set}.Apply(Declaration{At: was}, []Event{{Kind: Produced, At: was, NotedAt: was}})
		if err != nil || !d.At.Equal(test.declared) || !events[0].At.Equal(test.event) || !events[0].NotedAt.Equal(was) {
			t.Errorf("%s: %s, %+v, %v", name, d.At, events, err)
		}
	}
	_, _, err := Correction{Set: map[string]string{"noted_at": text, "events.produced.noted_at": "2026-11-20T09:00:00Z"}}.Apply(Declaration{NotedAt: was}, []Event{{Kind: Produced, NotedAt: was}})
	if err == nil || !strings.Contains(err.Error(), "noted_at: noted_at and events.produced.noted_at are the same") {
		t.Errorf("%v", err)
	}
	if d, events, err := (Correction{Set: map[string]string{"events.produced.at": text}}).Apply(Declaration{}, []Event{{Kind: Produced}}); err != nil || !d.At.IsZero() || !events[0].At.Equal(now) {
		t.Errorf("of a declaration that did not tell it: %s, %+v, %v", d.At, events, err)
	}
}

// TestEventDifferences are those of the same events, in what a correction can set.
func TestEventDifferences(t *testing.T) {
	at := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	before := []Event{{Kind: PickedUp, Leg: 1, At: at}, {Kind: Received, At: at, Mass: 1250 * Kilogram, Reason: "x"}, {Kind: Treated}}
	later := []Event{{Kind: Produced, At: at}, {Kind: PickedUp, Leg: 1, At: at, By: Person{Name: "Bo"}}, {Kind: Received, At: at.Add(time.Hour), Mass: 1180_125}}
	want := map[string]string{"events.received.at": "2026-11-20T09:00:00Z", "events.received.mass": "1180.1250", "events.received.reason": ""}
	got := EventDifferences(before, later)
	if !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if c, err := (Content{Events: before}).Corrected(got); err != nil || c.Events[1].Mass != later[2].Mass || !c.Events[1].At.Equal(later[2].At) {
		t.Errorf("%+v, %v", c.Events, err)
	}
}
