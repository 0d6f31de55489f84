package ledger_test

import (
	"testing"

	"sluss"
)

func TestReceiptOfAFiling(t *testing.T) {
	l, _ := ready(t, filingID)
	look := func(filing, want string, wantEnded bool) {
		t.Helper()
		receipt, ended, err := l.Receipt(t.Context(), filing)
		must(t, err)
		got := ""
		if receipt != nil {
			got = receipt.ID
		}
		if got != want || ended != wantEnded {
			t.Errorf("%s: %q, ended %v; want %q, %v", filing, got, ended, want, wantEnded)
		}
	}
	look("filing/default/VO-99/se.collection", "", false)
	look(filingID, "", false)
	attempt := begin(t, l, intent(filingID, 1), sluss.TurnGo).Attempt
	look(filingID, "", false)
	answer := accepted(attempt)
	must(t, l.Finish(t.Context(), answer))
	look(filingID, answer.Outcome.Receipt.ID, true)

	l, _ = ready(t, filingID)
	must(t, l.RecordDecision(t.Context(), sluss.DecisionRecord{Filing: filingID, Number: 1, Decision: sluss.Decision{Kind: sluss.DecidedWithdrawn, By: person, At: noon}}))
	look(filingID, "", true)
}
