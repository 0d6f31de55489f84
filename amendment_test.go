package sluss_test

import (
	"encoding/json"
	"strings"
	"testing"

	"sluss"
)

func TestAmendmentIDs(t *testing.T) {
	for id, want := range map[sluss.ObligationID]struct {
		obligation sluss.ObligationID
		n          int
	}{
		"se.transport#1.amend1":       {"se.transport#1", 1},
		"se.treatment#2026-Q4.amend2": {"se.treatment#2026-Q4", 2},
		"se.removal.amend12":          {"se.removal", 12},
		"se.removal":                  {"se.removal", 0},
		"se.removal.amend0":           {"se.removal.amend0", 0},
		"se.removal.amend-1":          {"se.removal.amend-1", 0},
		"se.removal.amend01":          {"se.removal.amend01", 0},
		"no.clearance#1.again2":       {"no.clearance#1.again2", 0},
	} {
		if obligation, n := id.SplitAmendment(); obligation != want.obligation || n != want.n {
			t.Errorf("%s is %q, %d", id, obligation, n)
		}
		if want.n > 0 && want.obligation.Amendment(want.n) != id {
			t.Errorf("%s is not made as it is read", id)
		}
	}
}

func TestContentsThatAmendNothingKeepTheirWords(t *testing.T) {
	data, err := json.Marshal(sluss.Content{})
	if err != nil || strings.Contains(string(data), "amends") {
		t.Errorf("%s, %v: every hash of before would change", data, err)
	}
}
