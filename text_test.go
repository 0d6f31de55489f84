package sluss

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestTextThatCannotBeSeenIsRefusedWithItsField(t *testing.T) {
	for text, want := range map[string]string{
		"Norrt\xe4lje":       "byte 0xE4 at offset 5 is not UTF-8",
		"Norrt\uFFFDlje":     "U+FFFD at offset 5 replaces a character that was lost",
		"a\x00b":             "U+0000 at offset 1",
		"a\x1b[2Jb":          "U+001B at offset 1",
		"a\u0085b":           "U+0085 at offset 1",
		"du\u200bRh":         "U+200B at offset 2",
		"Ateliers \u202eSAS": "U+202E at offset 9",
		"a\u2066b":           "U+2066", "\ufeffa": "U+FEFF at offset 0", "a\u00adb": "U+00AD", "a\u2028b": "U+2028", "a\ue000b": "U+E000", "a\ufffeb": "U+FFFE",
		"a\nb": "U+000A at offset 1 breaks the line",
		"a\tb": "U+0009 at offset 1 breaks the line",
	} {
		d := Declaration{Legs: []Leg{{Transporter: Party{Contact: Contact{Name: text}}}}}
		faults := CheckText(d)
		if len(faults) != 1 || faults[0].Field != "legs.0.transporter.contact.name" || !strings.Contains(faults[0].Problem, want) || faults[0].Remedy == "" {
			t.Errorf("%q: %v; want %q", text, faults, want)
		}
	}
	for _, text := range []string{"", "Åsa Ek-Öberg", "Rhône d’Or, 1\u00a0250 kg · №5 “x” ½ €", "Ω漢字🚛"} {
		if faults := CheckText(Party{Name: text}); faults != nil {
			t.Errorf("%q: %v", text, faults)
		}
	}
}

func TestEveryTextOfAValueIsLookedAt(t *testing.T) {
	bad := "\x00"
	for name, test := range map[string]struct {
		value any
		field string
	}{
		"pointer":      {&Declaration{Legs: []Leg{{Consignor: &Party{VAT: bad}}}}, "legs.0.consignor.vat"},
		"typed text":   {Event{Kind: EventKind(bad)}, "kind"},
		"value of map": {Correction{Set: map[string]string{"waste.name": bad}}, "set.waste.name"},
		"key of map":   {Correction{Set: map[string]string{bad: "x"}}, `set."\x00"`},
		"embedded":     {Content{Result: &Result{Yield: Yield{Oil: &OilYield{Other: bad}}}}, "result.oil.other"},
		"list":         {struct{ Limits []string }{[]string{"a", bad}}, "Limits.1"},
		"tree":         {map[string]any{"a": []any{1, bad}}, "a.1"},
		"person":       {Signature{Person: Person{Organisation: bad}, At: time.Now()}, "person.organisation"},
	} {
		if faults := CheckText(test.value); len(faults) != 1 || faults[0].Field != test.field {
			t.Errorf("%s: %v, want one at %s", name, faults, test.field)
		}
	}
	several := Decision{Reason: "first\n\tsecond", By: Person{Name: "a\nb", Function: "c\x07"}}
	if faults := CheckText(several); len(faults) != 2 || faults[0].Field != "by.name" || faults[1].Field != "by.function" {
		t.Errorf("all at once, and a reason may have lines: %v", faults)
	}
	if faults := CheckText(nil); faults != nil {
		t.Errorf("nothing: %v", faults)
	}
}

func TestBrokenBytesOfJSONAreToldWithFieldAndOffset(t *testing.T) {
	for data, want := range map[string]string{
		"{\"a\":\"\xe5\",\n\"b\":[1,{\"c\":\"x\xff\"}]}": "a byte 0xE5 at offset 6, in line 1; b.1.c byte 0xFF at offset 24, in line 2; ",
		"{\"b\xe5\":1}":       " byte 0xE5 at offset 3, in line 1; ",
		"{\"a\":1} \xe5":      " byte 0xE5 at offset 8, in line 1; ",
		"oops \xe5":           " byte 0xE5 at offset 5, in line 1; ",
		"\"\xed\xa0\x80\"":    " byte 0xED at offset 1, in line 1; ", // half of a pair
		"\"\xc0\xaf\"":        " byte 0xC0 at offset 1, in line 1; ", // longer than needed
		"{\"a\":\"å\uFFFD\"}": "",
	} {
		var got strings.Builder
		for _, f := range CheckJSON([]byte(data)) {
			fmt.Fprintf(&got, "%s %s; ", f.Field, strings.TrimSuffix(f.Problem, ", is not UTF-8"))
		}
		if got.String() != want {
			t.Errorf("%q: %q, want %q", data, got.String(), want)
		}
	}
}

// Of two values of one field, nobody can tell which counts. Equal fields of different
// objects are no such thing.
func TestCheckJSONRefusesFieldsGivenTwice(t *testing.T) {
	for data, want := range map[string]string{
		`{"waste":{"mass":5,"code":"x","mass":1250}}`:            "waste.mass",
		`{"waste":{"mass":5},"legs":[],"waste":{"mass":6}}`:      "waste",
		`{"legs":[{"mode":"road"},{"mode":"sea","mode":"air"}]}`: "legs.1.mode",
		`{"set":{"a":"1","\u0061":"2","a":"3"}}`:                 "set.a",
		`{"a":{"a":1},"b":[{"a":1},{"a":1}]}`:                    "",
		`{"a":1,"A":2}`:                                          "",
	} {
		faults := CheckJSON([]byte(data))
		if want == "" && faults != nil || want != "" && (len(faults) != 1 || faults[0].Field != want || !strings.Contains(faults[0].Problem, "more than once") || faults[0].Remedy == "") {
			t.Errorf("%s: %v, want %q", data, faults, want)
		}
	}
	var many strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&many, `,"%d":1,"%d":2`, i, i)
	}
	if faults := CheckJSON([]byte("{" + many.String()[1:] + "}")); len(faults) != mostFaults {
		t.Errorf("%d faults", len(faults))
	}
}

// A text that is nested deeper than any value is refused, without reading it further;
// brackets in texts do not count.
func TestCheckJSONRefusesDepth(t *testing.T) {
	nested := func(n int) string { return strings.Repeat(`{"a":[`, n) + "1" + strings.Repeat("]}", n) }
	for text, want := range map[string]bool{
		nested(10): true, nested(20): false, nested(2_000): false, strings.Repeat("[", 5_000_000): false,
		`{"a":"` + strings.Repeat(`{[\"\\`, 100) + `"}`: true, `[` + strings.Repeat(`[[]],`, 10_000) + `1]`: true,
	} {
		began := time.Now()
		faults := CheckJSON([]byte(text))
		if (faults == nil) != want || faults != nil && (faults[0].Remedy == "" || !strings.Contains(faults[0].Problem, "nested deeper")) || time.Since(began) > time.Second {
			t.Errorf("%.30s…: %v after %s", text, faults, time.Since(began))
		}
	}
}
