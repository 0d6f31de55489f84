package service

import (
	"testing"

	"sluss"
	"sluss/ledger"
)

// TestTheLastFilingOfAnObligationIsNamed: a note that was annulled and filed again.
func TestTheLastFilingOfAnObligationIsNamed(t *testing.T) {
	m := &amendment{}
	for _, id := range []sluss.ObligationID{"se.removal", "se.removal.again2", "se.transport#1", "se.removal.again3", "se.reception"} {
		m.filings = append(m.filings, ledger.Filing{Obligation: sluss.Obligation{ID: id}})
	}
	for id, want := range map[sluss.ObligationID]sluss.ObligationID{
		"se.removal": "se.removal.again3", "se.transport#1": "se.transport#1", "se.deal#1": "se.deal#1",
	} {
		if got := m.current(id); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}
