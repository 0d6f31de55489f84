package avfallsregistret_test

import (
	"maps"
	"testing"

	"sluss"
	"sluss/registries/avfallsregistret"
)

// TestDifferingIsWhatTheNoteItselfTells: a correction of the declaration concerns
// only the notes that contain what it changes.
func TestDifferingIsWhatTheNoteItselfTells(t *testing.T) {
	d := example(t, "se-waste-oil")
	for name, c := range map[string]struct {
		set  map[string]string
		told map[sluss.ReportKind]map[string]string
	}{
		"mass": {
			map[string]string{"waste.mass": "1180"},
			map[sluss.ReportKind]map[string]string{
				sluss.ReportRemoval: {"waste.mass": "1180"}, sluss.ReportTransport: {"waste.mass": "1180"},
				sluss.ReportReception: {}, // tells what was received
			},
		},
		"place": {
			map[string]string{"legs.0.from.municipality": "0180"},
			map[sluss.ReportKind]map[string]string{
				sluss.ReportRemoval:   {"legs.0.from.municipality": "0180"},
				sluss.ReportReception: {"legs.0.from.municipality": "0180"},
			},
		},
		"a position instead of the address": {
			map[string]string{
				"legs.0.from.address": "", "legs.0.from.postcode": "",
				"legs.0.from.position.northing": "6630000", "legs.0.from.position.easting": "710000",
			},
			map[sluss.ReportKind]map[string]string{sluss.ReportTransport: {
				"legs.0.from.address": "", "legs.0.from.postcode": "",
				"legs.0.from.position.northing": "6630000", "legs.0.from.position.easting": "710000",
			}},
		},
		"what only other parties tell": {
			map[string]string{"receiver.contact.phone": "0211234567"},
			map[sluss.ReportKind]map[string]string{sluss.ReportRemoval: {}, sluss.ReportTransport: {}, sluss.ReportReception: {"receiver.contact.phone": "0211234567"}},
		},
		"what no note tells": {
			map[string]string{"treatment.description": "burnt", "waste.un": ""},
			map[sluss.ReportKind]map[string]string{sluss.ReportRemoval: {}, sluss.ReportTransport: {}, sluss.ReportReception: {}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			now, err := d.Corrected(sluss.Correction{Set: c.set})
			if err != nil {
				t.Fatal(err)
			}
			for note, want := range c.told {
				filed := everyNote(t)[note].Content
				changed := filed
				changed.Declaration = now
				got, err := avfallsregistret.Differing(filed, changed)
				if err != nil || !maps.Equal(got.Set, want) || len(got.Remove)+len(got.Add) > 0 {
					t.Errorf("%s: %+v, %v; want %v", note, got, err, want)
				}
			}
		})
	}
	if got, err := avfallsregistret.Differing(sluss.Content{Obligation: sluss.Obligation{Report: sluss.ReportArrival}}, sluss.Content{}); err == nil {
		t.Errorf("of a French step: %+v", got)
	}
}
