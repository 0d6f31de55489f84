package sluss

import (
	"strings"
	"testing"
	"time"
)

func TestCorrectionSetsWhatItNamesAndNothingElse(t *testing.T) {
	d := Declaration{Reference: "A", Legs: []Leg{{From: Place{Municipality: "0180"}}}}
	corrected, err := d.Corrected(Correction{Set: map[string]string{
		"legs.0.from.municipality":      "0188",
		"legs.0.departure":              "2026-11-23T08:00:00+01:00",
		"legs.0.to.position.northing":   "6580000",
		"waste.mass":                    "12.5",
		"waste.estimated":               "true",
		"legs.0.consignor.contact.name": "Anna Ek",
	}})
	if err != nil {
		t.Fatal(err)
	}
	leg := corrected.Legs[0]
	if leg.From.Municipality != "0188" || leg.To.Position.Northing != 6_580_000 || corrected.Waste.Mass != 12_500 ||
		!corrected.Waste.Estimated || leg.Consignor.Contact.Name != "Anna Ek" || leg.Departure.Format(time.RFC3339) != "2026-11-23T08:00:00+01:00" {
		t.Errorf("corrected to %+v", corrected)
	}
	if d.Legs[0].From.Municipality != "0180" {
		t.Error("the correction reached back into the declaration it was made from")
	}
}

func TestCorrectionTellsAllFaultsAtOnce(t *testing.T) {
	_, err := Declaration{}.Corrected(Correction{Set: map[string]string{
		"reference": "B", "waste.colour": "red", "waste.mass": "heavy", "legs.7.mode": "road", "legs": "x", "waste.code.x": "1",
	}})
	if err == nil {
		t.Fatal("taken")
	}
	for _, want := range []string{"6 faults", "reference: names the batch", `waste.colour: there is no field "colour"`, `waste.mass: mass "heavy"`, "legs.7.mode", "legs: is not a single value", "waste.code.x"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in: %v", want, err)
		}
	}
}

func TestContentHashChangesWithContent(t *testing.T) {
	content := Content{Declaration: Declaration{Reference: "A", Waste: Waste{Mass: Kilogram}}}
	before := content.Hash()
	if before != content.Hash() || !strings.HasPrefix(before, "sha256:") || len(before) != 71 {
		t.Fatalf("hash %q is not stable", before)
	}
	content.Declaration.Waste.Mass += Gram
	if content.Hash() == before {
		t.Error("a gram more has the same hash")
	}
}

func TestKeysWithoutValuesAreChecked(t *testing.T) {
	if faults := CheckText(map[string]any{"a\x00": nil}); len(faults) != 1 || faults[0].Field != `"a\x00"` {
		t.Error(faults)
	}
}
