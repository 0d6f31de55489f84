package sluss

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
)

func TestMassIsExact(t *testing.T) {
	for text, want := range map[string]struct {
		grams      Mass
		kg, tonnes string
	}{
		"1250":      {1_250_000, "1250", "1.25"},
		"0.5":       {500, "0.5", "0.0005"},
		"12,345":    {12_345, "12.345", "0.012345"},
		"1.250":     {1_250, "1.25", "0.00125"},
		"1.0000":    {1000, "1", "0.001"},
		" 3.2 ":     {3200, "3.2", "0.0032"},
		"-2.5":      {-2500, "-2.5", "-0.0025"},
		"50000000 ": {50_000_000_000, "50000000", "50000"},
	} {
		got, err := ParseKilograms(text)
		if err != nil || got != want.grams || got.Kilograms() != want.kg || got.Tonnes() != want.tonnes {
			t.Errorf("%q: got %d g, %s kg, %s t, %v; want %+v", text, got, got.Kilograms(), got.Tonnes(), err, want)
		}
		data, err := json.Marshal(got)
		var back Mass
		if err2 := json.Unmarshal(data, &back); err != nil || err2 != nil || back != got {
			t.Errorf("%q: through JSON %s: %d, %v, %v", text, data, back, err, err2)
		}
	}
	for _, text := range []string{"", "x", "1.2345", "1e3", "0x10", "1.2.3", "--1", "+1", ".", "1 250"} {
		if got, err := ParseKilograms(text); err == nil {
			t.Errorf("%q was taken as %s", text, got)
		}
	}
}

func TestMassAsPeopleWriteIt(t *testing.T) {
	for text, want := range map[string]Mass{
		"1250": 1250_000, "1250,5": 1250_500, "1 250": 1250_000, "1 250,5": 1250_500, "1\u00a0250": 1250_000, "1\u202f250": 1250_000,
		"1\u2009250,125": 1250_125, "1'250": 1250_000, "1’250": 1250_000, "1.250,5": 1250_500, "1,250.5": 1250_500, "1,250.500": 1250_500,
		"1.250.000": 1_250_000_000, "1 250 000": 1_250_000_000, "0.125": 125, "0,125": 125, "1250.125": 1250_125, "1.2500": 1250,
		"1250.0000": 1250_000, "001250": 1250_000, "1250 kg": 1250_000, "1250kg": 1250_000, "1,25 t": 1250_000, "1.25t": 1250_000, "12,345678 T": 12_345_678,
		"500 g": 500, "0": 0, "-1250": -1250_000, "1250,": 1250_000,
	} {
		if got, err := ParseMass(text); err != nil || got != want {
			t.Errorf("%q: %d g, %v; want %d g", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"1,250": "may be 1.250 kg or 1250 kg (write 1.2500 kg or 1250 kg)", "1.250": "may be 1.250 kg or 1250 kg",
		"12.345 kg": "may be 12.345 kg or 12345 kg", "1,250 t": "may be 1.250 t or 1250 t", "-1,250": "may be",
		"1,25E+03": "a spreadsheet has rounded the number",
		"12 50":    "is not a number", "1 2500": "is not a number", "1.25.000": "is not a number", "1,250,00": "is not a number", "1.250,000.5": "is not a number",
		"1 250.000 5": "is not a number", "1,250 000": "is not a number", "": "is not a number", "kg": "is not a number", "+1250": "is not a number", "1250-": "is not a number",
		"１２５０": "is not a number", "#VÄRDE!": "is not a number", ",5": "is not a number", "12 lb": `"lb" is not a unit of mass`,
		"1250,5004": "is not a whole number of grams", "0.5 g": "is not a whole number of grams", "9999999999999999999t": "is not a whole number of grams",
	} {
		got, err := ParseMass(text)
		var faults Faults
		if !errors.As(err, &faults) || !strings.Contains(err.Error(), want) || faults[0].Remedy == "" {
			t.Errorf("%q: %s, %v; want %q with a remedy", text, got, err, want)
		}
	}
}

func TestAKnownDecimalSignAndUnitSettleAMass(t *testing.T) {
	comma, point := MassForm{Decimal: ","}, MassForm{Decimal: "."}
	for _, c := range []struct {
		form MassForm
		text string
		want Mass // -1: refused
	}{
		{comma, "1,250", 1250},
		{comma, "1.250", 1250_000},
		{comma, "1.250,5", 1250_500},
		{comma, "1 250,5", 1250_500},
		{comma, "1250.5", -1},
		{comma, "1,250.5", -1},
		{comma, "1,2,3", -1},
		{comma, "1.250.000", 1_250_000_000},
		{point, "1,250", 1250_000},
		{point, "1.250", 1250},
		{point, "1,250.5", 1250_500},
		{point, "1250,5", -1},
		{point, "1.25 t", 1250_000},
		{point, "12 50", -1},
		{MassForm{Unit: "t"}, "1,25", 1250_000},
		{MassForm{Unit: "t"}, "1250 kg", 1250_000},
		{MassForm{Unit: "t"}, "1,250", -1},
		{MassForm{Unit: "g", Decimal: ","}, "1.250", 1250},
	} {
		got, err := c.form.Parse(c.text)
		if (err != nil) != (c.want < 0) || err == nil && got != c.want {
			t.Errorf("%+v: %q is %d g, %v; want %d", c.form, c.text, got, err, c.want)
		}
	}
}

// A mass that one of our functions writes is read as the same by the other.
func TestDifferencesAreReadAsTheyWereMeant(t *testing.T) {
	for _, mass := range []Mass{1_125, 1_250, 12_345, 125, 1_250_000, 1_250_125, 1_000_000_001} {
		was, is := Declaration{Reference: "A"}, Declaration{Reference: "A", Waste: Waste{Mass: mass}}
		set := was.Differences(is)
		back, err := was.Corrected(Correction{Set: set})
		if err != nil || back.Waste.Mass != mass {
			t.Errorf("%d g: %v became %d g, %v", mass, set, back.Waste.Mass, err)
		}
	}
	flat := Flatten(map[string]any{"a": json.Number("1.250"), "b": json.Number("1.25e3"), "c": "1.250", "d": json.Number("7")})
	if want := map[string]string{"a": "1.2500", "b": "1250", "c": "1.250", "d": "7"}; !maps.Equal(flat, want) {
		t.Errorf("flattened to %v, want %v", flat, want)
	}
}

// A mass enters as text by every path that sets one.
func TestAnAmbiguousMassIsRefusedWhereverItEnters(t *testing.T) {
	want := "may be 1.250 kg or 1250 kg"
	var d Declaration
	var e Event
	content := Content{Events: []Event{{Kind: Received}}, Result: &Result{}}
	for _, path := range []string{"waste.mass", "pickups.0.mass", "predecessors.0.mass"} {
		if err := d.Set(path, "1,250"); err == nil || !strings.Contains(err.Error(), path+": ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, path := range []string{"waste.mass", "events.received.mass", "events.received.refused_mass", "result.mass", "result.product", "result.oil.energy"} {
		if _, err := content.Corrected(map[string]string{path: "1.250"}); err == nil || !strings.Contains(err.Error(), path+": ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := json.Unmarshal([]byte(`{"kind":"received","mass":"1.250"}`), &e); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("JSON text: %v, %s", err, e.Mass)
	}
	if err := json.Unmarshal([]byte(`{"kind":"received","mass":1.250}`), &e); err != nil || e.Mass != 1250 {
		t.Errorf("JSON number: %v, %s", err, e.Mass)
	}
}
