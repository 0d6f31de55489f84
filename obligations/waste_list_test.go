package obligations

import (
	"slices"
	"testing"
	"time"
)

func TestWasteCodesOfADay(t *testing.T) {
	before := WasteCodes(time.Date(2026, 12, 8, 22, 59, 0, 0, time.UTC))
	after := WasteCodes(time.Date(2026, 12, 8, 23, 0, 0, 0, time.UTC)) // midnight in Sweden
	for _, codes := range [][]string{before, after} {
		if !slices.IsSorted(codes) || len(slices.Compact(slices.Clone(codes))) != len(codes) || len(codes) < 800 || !slices.Contains(codes, "130205*") {
			t.Errorf("%d codes", len(codes))
		}
	}
	for code, want := range map[string][2]bool{"160604": {true, false}, "160604*": {false, true}, "160605": {true, false}, "160607*": {false, true}} {
		if got := [2]bool{slices.Contains(before, code), slices.Contains(after, code)}; got != want {
			t.Errorf("%s: before and after %v, want %v", code, got, want)
		}
	}
}
