package avfallsregistret_test

import (
	"maps"
	"testing"

	"sluss"
	"sluss/registries/avfallsregistret"
)

// TestRetoldIsWhatTheNoteItselfTells: a correction of the declaration concerns
// the notes that tell what it changes, and no others.
func TestRetoldIsWhatTheNoteItselfTells(t *testing.T) {
	d := example(t, "se-waste-oil")
	for name, c := range map[string]struct {
		set  map[string]string
		told map[sluss.Note]map[string]string
	}{
		"mass": {
			map[string]string{"waste.mass": "1180"},
			map[sluss.Note]map[string]string{
				sluss.NoteRemoval: {"waste.mass": "1180"}, sluss.NoteTransport: {"waste.mass": "1180"},
				sluss.NoteReception: {}, // tells what was received
			},
		},
		"place": {
			map[string]string{"legs.0.from.municipality": "0180"},
			map[sluss.Note]map[string]string{
				sluss.NoteRemoval:   {"legs.0.from.municipality": "0180"},
				sluss.NoteReception: {"legs.0.from.municipality": "0180"},
			},
		},
		"a position instead of the address": {
			map[string]string{
				"legs.0.from.address": "", "legs.0.from.postcode": "",
				"legs.0.from.position.northing": "6630000", "legs.0.from.position.easting": "710000",
			},
			map[sluss.Note]map[string]string{sluss.NoteTransport: {
				"legs.0.from.address": "", "legs.0.from.postcode": "",
				"legs.0.from.position.northing": "6630000", "legs.0.from.position.easting": "710000",
			}},
		},
		"what only other parties tell": {
			map[string]string{"receiver.contact.phone": "0211234567"},
			map[sluss.Note]map[string]string{sluss.NoteRemoval: {}, sluss.NoteTransport: {}, sluss.NoteReception: {"receiver.contact.phone": "0211234567"}},
		},
		"what no note tells": {
			map[string]string{"treatment.description": "burnt", "waste.un": ""},
			map[sluss.Note]map[string]string{sluss.NoteRemoval: {}, sluss.NoteTransport: {}, sluss.NoteReception: {}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			now, err := d.Corrected(sluss.Correction{Set: c.set})
			if err != nil {
				t.Fatal(err)
			}
			for note, want := range c.told {
				got, err := avfallsregistret.Retold(everyNote(t)[note].Content, now)
				if err != nil || !maps.Equal(got, want) {
					t.Errorf("%s: %v, %v; want %v", note, got, err, want)
				}
			}
		})
	}
	if got, err := avfallsregistret.Retold(sluss.Content{Obligation: sluss.Obligation{Note: sluss.NoteArrival}}, d); err == nil {
		t.Errorf("of a French step: %v", got)
	}
}
