package tree

import (
	"reflect"
	"testing"
	"time"
)

func TestDates(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for written, want := range map[string]string{
		"2026-07-01": "2026-07-01T00:00:00.000Z", "2026-07-01T10:00:00": "2026-07-01T08:00:00.000Z", "2026-02-30T10:00:00Z": "2026-03-02T10:00:00.000Z",
		"2026-02-31": "2026-03-03T00:00:00.000Z", "2026-01-32": "", "nope": "",
	} {
		got, ok := ParseTime(written, paris)
		if FormatTime(got) != want || ok != (want != "") {
			t.Errorf("%s: %s %t, want %s", written, FormatTime(got), ok, want)
		}
	}
}

func TestChanges(t *testing.T) {
	before := map[string]any{"a": 1.0, "b": map[string]any{"c": "x", "d": "y"}, "e": ""}
	after := Clone(before)
	if got := Changes(before, after); got != nil {
		t.Errorf("%v", got)
	}
	Put(after, "b.c", "z")
	after["e"] = nil
	if got := Changes(before, after); !reflect.DeepEqual(got, map[string]any{"b": map[string]any{"c": "z"}}) {
		t.Errorf("%v", got)
	}
	if Text(before, "b.c") != "x" {
		t.Error("a clone shares nothing")
	}
}
