package ledger_test

import (
	"fmt"
	"testing"

	"sluss"
	"sluss/ledger"
)

// TestChainTellsBothWays: a batch knows what went into it and what it went into,
// also where several did, and as corrected.
func TestChainTellsBothWays(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	treat(t, l, "A", 1)
	treat(t, l, "B", 2)
	one := treat(t, l, "ONE", 3, func(d *sluss.Declaration) { d.Predecessor = "A" })
	treat(t, l, "NORTH", 3, northern, func(d *sluss.Declaration) { d.Predecessor = "A" }) // of another tenant
	treat(t, l, "MERGED", 4, func(d *sluss.Declaration) {
		d.Predecessors = []sluss.Predecessor{
			{Reference: "A", Mass: 400_500},
			{Reference: "B", Mass: 800_000},
			{Mass: 1_000, Receipt: "072f294c-9e70-4cf6-b6a3-139922067ddc"},
		}
	})
	of := func(reference string) string {
		t.Helper()
		c, err := l.Chain(t.Context(), sluss.BatchID("batch/default/"+reference))
		must(t, err)
		text := func(ties []ledger.LinkedBatch) (s string) {
			for _, tie := range ties {
				s += " " + tie.Reference
				if tie.Mass != nil {
					s += "=" + tie.Mass.Kilograms()
				}
				if (tie.Reference == "") == (tie.Batch == sluss.BatchID("batch/default/"+tie.Reference)) || (tie.Reference == "") != (tie.Receipt != "") {
					t.Errorf("%s: %+v", reference, tie)
				}
			}
			return s
		}
		return fmt.Sprintf("from%s, into%s", text(c.Predecessors), text(c.Successors))
	}
	for reference, want := range map[string]string{
		"A": "from, into MERGED=400.5 ONE", "B": "from, into MERGED=800", "ONE": "from A, into",
		"MERGED": "from A=400.5 B=800 =1, into", "NOWHERE": "from, into",
	} {
		if got := of(reference); got != want {
			t.Errorf("%s came %q, want %q", reference, got, want)
		}
	}
	one.Predecessor = "B"
	must(t, l.RecordCorrection(t.Context(), sluss.CorrectionRecord{Batch: one.ID(), Number: 1, Declaration: one, Correction: sluss.Correction{By: person}}))
	if a, b := of("A"), of("B"); a != "from, into MERGED=400.5" || b != "from, into MERGED=800 ONE" {
		t.Errorf("corrected: A %q, B %q", a, b)
	}
}
