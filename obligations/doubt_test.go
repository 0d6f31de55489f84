package obligations

import (
	"strings"
	"testing"

	"sluss"
)

// What is received may differ from what was planned by a little, and by more if a person
// confirms it.
func TestMassReceivedIsComparedWithThePlan(t *testing.T) {
	d := swedish()
	estimated := swedish()
	estimated.Waste.Estimated = true
	for _, test := range []struct {
		d    sluss.Declaration
		mass sluss.Mass
		want bool // accepted
	}{
		{d, 1_250 * sluss.Kilogram, true},
		{d, 1_500 * sluss.Kilogram, true},
		{d, 1_000 * sluss.Kilogram, true},
		{d, 1_250_000 * sluss.Kilogram, false},
		{d, 1_250 * sluss.Gram, false},
		{d, 1_600 * sluss.Kilogram, false},
		{estimated, 1_900 * sluss.Kilogram, true},
		{estimated, 2_100 * sluss.Kilogram, false},
	} {
		events := []sluss.Event{{Kind: sluss.Produced, At: morning(1, 8)}, {Kind: sluss.PickedUp, Leg: 1, At: morning(2, 8)}}
		e := sluss.Event{Kind: sluss.Received, At: morning(2, 14), Mass: test.mass, By: sluss.Person{Name: "Anna Ek"}}
		err := Check(test.d, events, e)
		if (err == nil) != test.want || err != nil && (!strings.HasPrefix(err.Error(), "mass: ") || !strings.Contains(err.Error(), "confirmed.N.field=mass")) {
			t.Errorf("%s of %s: %v", test.mass, test.d.Waste.Mass, err)
		}
		e.Confirmed = []sluss.Confirmation{{Field: "mass", Reason: "weighed twice"}}
		if err := Check(test.d, events, e); err != nil {
			t.Errorf("%s of %s, confirmed: %v", test.mass, test.d.Waste.Mass, err)
		}
		e.Confirmed[0].Reason = ""
		if err := Check(test.d, events, e); err == nil || !strings.Contains(err.Error(), "confirmed.0.reason") {
			t.Errorf("%s of %s, confirmed without reason: %v", test.mass, test.d.Waste.Mass, err)
		}
	}
}

// A correction voids the confirmation of what it changes, unless it gives it again.
func TestCorrectionVoidsConfirmations(t *testing.T) {
	d := swedish()
	d.Waste.Mass, d.Waste.Packagings = 80*sluss.Tonne, nil
	d.Confirmed = []sluss.Confirmation{{Field: "waste.mass", Reason: "two lorries"}}
	now := d.Legs[0].Departure
	if faults := Doubt(d, now); len(faults) > 0 {
		t.Fatal(faults)
	}
	for _, test := range []struct {
		set  map[string]string
		want int // doubts
	}{
		{map[string]string{"waste.name": "Oil"}, 0},
		{map[string]string{"waste.mass": "90000"}, 1},
		{map[string]string{"waste.mass": "90000", "confirmed.0.field": "waste.mass", "confirmed.0.reason": "three lorries"}, 0},
		{map[string]string{"confirmed.0.field": "", "confirmed.0.reason": ""}, 1},
	} {
		corrected, _, err := Corrected(d, nil, sluss.Correction{Set: test.set})
		if faults := Doubt(corrected, now); err != nil || len(faults) != test.want || len(Validate(corrected)) > 0 {
			t.Errorf("%v: %v, %v, %v", test.set, err, faults, Validate(corrected))
		}
	}
}

func TestReceiptHasTheFormOfItsRegistry(t *testing.T) {
	for _, test := range []struct {
		registry, receipt string
		want              bool
	}{
		{sluss.Avfallsregistret, "072f294c-9e70-4cf6-b6a3-139922067ddc", true},
		{sluss.Avfallsregistret, "nonsense", false},
		{sluss.Avfallsregistret, "00000000-0000-0000-0000-000000000000", false},
		{sluss.Trackdechets, "clz3x9w1k0000v8t4abcd1234", true},
		{sluss.Trackdechets, "BSD-20261123-ABCDEFGHJ", true},
		{sluss.Trackdechets, "nonsense", false},
		{sluss.Trackdechets, "0", false},
		{sluss.Autosys, "seen in the web page", true},
	} {
		if faults := CheckReceipt(test.registry, test.receipt); (faults == nil) != test.want || faults != nil && faults[0].Remedy == "" {
			t.Errorf("%s at %s: %v", test.receipt, test.registry, faults)
		}
	}
}
