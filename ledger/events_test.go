package ledger_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
)

// TestEventsAreCorrected: what happened to a batch is what the last correction says, and
// what was reported since; an event that was taken back may happen once more.
func TestEventsAreCorrected(t *testing.T) {
	t.Parallel()
	l, _ := ready(t)
	state := func() (ids []string, s *sluss.BatchSnapshot) {
		s, err := l.Declare(t.Context(), produced(), "")
		must(t, err)
		for _, e := range s.Events {
			ids = append(ids, string(e.ID())+"/"+e.Mass.Kilograms())
		}
		return ids, s
	}
	record := func(corrections int, e sluss.Event) error {
		return l.RecordEvent(t.Context(), sluss.EventRecord{Batch: batchID, Event: e, Corrections: corrections, At: noon})
	}
	received := sluss.Event{Kind: sluss.Received, At: noon.Add(time.Hour), Mass: 1000 * sluss.Kilogram}
	must(t, record(0, received))
	change := func(number int, c sluss.Correction, events ...sluss.Event) {
		t.Helper()
		c.By, c.At = person, noon
		must(t, l.RecordCorrection(t.Context(), sluss.CorrectionRecord{Batch: batchID, Number: number, Correction: c, Declaration: declaration(), Events: events}))
	}
	weighed := received
	weighed.Mass = 990 * sluss.Kilogram
	change(1, sluss.Correction{Set: map[string]string{"events.received.mass": "990"}}, produced().Event, pickedUp().Event, weighed)
	if ids, _ := state(); !slices.Equal(ids, []string{"produced/0", "pickedUp#1/0", "received/990"}) {
		t.Errorf("corrected to %v", ids)
	}
	change(2, sluss.Correction{Remove: []string{"events.received"}}, produced().Event, pickedUp().Event)
	if err := record(1, received); err == nil || !strings.Contains(err.Error(), "was corrected more often") {
		t.Errorf("a run that does not know the correction: %v", err)
	}
	must(t, l.KeepEvent(t.Context(), sluss.KeptRecord{Batch: batchID, At: noon, Kept: sluss.KeptEvent{Event: sluss.Event{Kind: sluss.Treated, At: noon}, Missing: []sluss.EventID{"received", "accepted"}}}))
	if ids, s := state(); !slices.Equal(ids, []string{"produced/0", "pickedUp#1/0"}) || len(s.Kept) != 1 || s.Kept[0].Event.Kind != sluss.Treated {
		t.Errorf("taken back: %v, kept %+v", ids, s.Kept)
	}
	must(t, record(2, received))
	must(t, record(2, received)) // again, after a lost answer
	if err := record(2, weighed); err == nil || !strings.Contains(err.Error(), "events.received.at") {
		t.Errorf("another event of that id: %v", err)
	}
	change(3, sluss.Correction{Remove: []string{"events.treated"}})
	if ids, s := state(); !slices.Equal(ids, []string{"produced/0", "pickedUp#1/0", "received/1000"}) || len(s.Kept) != 0 || s.Corrections != 3 {
		t.Errorf("received again: %v, kept %+v", ids, s.Kept)
	}
	batch, err := l.Batch(t.Context(), batchID)
	must(t, err)
	lines, err := l.Timeline(t.Context(), batchID)
	must(t, err)
	all := ""
	for _, line := range lines {
		all += line.Text + "\n"
	}
	for _, text := range []string{"events.received.mass = 990", "events.received removed", "Kept: treated", "until received and accepted is reported"} {
		if !strings.Contains(all, text) {
			t.Errorf("the timeline of %s does not say %q:\n%s", batch.Hash, text, all)
		}
	}
}
