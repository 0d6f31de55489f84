package avfallsregistret_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/registries/avfallsregistret"
	sim "sluss/simulators/avfallsregistret"
)

// TestACorrectionKeepsTheTimeOfTheNote: the note was made when it was made, whenever it is
// corrected and sent, unless that time itself was wrong.
func TestACorrectionKeepsTheTimeOfTheNote(t *testing.T) {
	d := open(t, sim.Options{})
	s := reception(example(t, "se-waste-oil"), nil)
	s.Content.Events[2].NotedAt = s.Content.Events[2].At.Add(20 * time.Minute)
	receipt := accepted(t, d, s)
	for want, set := range map[string]map[string]string{
		`"tidpunkt":"2026-11-23T16:20:00+01:00"`: {"events.received.mass": "1180"},
		`"tidpunkt":"2026-11-23T16:05:00+01:00"`: {"events.received.noted_at": "2026-11-23T15:05:00Z"},
	} {
		corrected, err := s.Content.Corrected(set)
		if err != nil {
			t.Fatal(err)
		}
		corrected.Amends = &sluss.Amendment{Filing: s.Filing, Receipt: receipt.ID, Set: set}
		receipt = accepted(t, d, sluss.Submission{Filing: s.Filing + ".amend1", Content: corrected})
		notes := d.Notes()
		if body := string(notes[len(notes)-1].Body); !strings.Contains(body, want) {
			t.Errorf("%v: want %s in %s", set, want, body)
		}
	}
}

// TestDifferingFindsCorrectedEvents: only in the notes that tell of them.
func TestDifferingFindsCorrectedEvents(t *testing.T) {
	for path, told := range map[string][]sluss.ReportKind{
		"events.received.mass":     {sluss.ReportReception},
		"events.received.at":       {sluss.ReportReception},
		"events.received.noted_at": {sluss.ReportReception},
		"events.pickedUp#1.at":     {sluss.ReportRemoval, sluss.ReportTransport},
		"events.received.reason":   {},
	} {
		value := map[string]string{"mass": "1180", "reason": "weighed"}[path[strings.LastIndex(path, ".")+1:]]
		if value == "" {
			value = "2026-11-23T17:00:00+01:00"
		}
		for _, note := range []sluss.ReportKind{sluss.ReportRemoval, sluss.ReportTransport, sluss.ReportReception} {
			filed := everyNote(t)[note].Content
			for i := range filed.Events {
				filed.Events[i].NotedAt = filed.Events[i].At
			}
			now, err := filed.Corrected(map[string]string{path: value})
			if err != nil {
				if note == sluss.ReportReception || strings.Contains(path, "pickedUp") {
					t.Errorf("%s: %v", path, err)
				}
				continue // it had not happened
			}
			want := map[string]string{}
			for _, tells := range told {
				if tells == note {
					want[path] = value
				}
			}
			if got, err := avfallsregistret.Differing(filed, now); err != nil || !maps.Equal(got.Set, want) {
				t.Errorf("%s of %s: %v, %v; want %v", path, note, got, err, want)
			}
		}
	}
}
