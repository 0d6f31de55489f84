package workflows_test

import (
	"testing"
	"time"

	"sluss"
)

// forwarded is a batch that a collector sends on after it had received it in the
// batch VO-1.
func forwarded(t *testing.T) *plant {
	t.Helper()
	p := newPlant(t, "se-waste-oil")
	collector := p.batch.Producer
	collector.Role = sluss.Collector
	p.batch.Legs[0].Consignor = &collector
	p.batch.Predecessor = "VO-1"
	return p
}

const received = "filing/default/VO-1/se.collection"

// TestNoteNamesTheOneOfAnotherBatch: what leaves a collector names the note of
// what came, which is another batch's; it waits for it, but not for ever.
func TestNoteNamesTheOneOfAnotherBatch(t *testing.T) {
	const never = 1000 * time.Hour
	for name, test := range map[string]struct {
		after time.Duration // of the receipt, after the declaration
		ended bool          // without a receipt
		want  string
		early bool // it is sent on the day it left
	}{
		"is there":           {want: "0b5c", early: true},
		"comes later":        {after: 5 * hour, want: "0b5c", early: true},
		"ended without":      {ended: true, early: true},
		"never comes":        {after: never},
		"ends later":         {after: 6 * hour, ended: true, early: true},
		"comes only in time": {after: 20 * hour, want: "0b5c"},
	} {
		t.Run(name, func(t *testing.T) {
			p := forwarded(t)
			p.ledger.elsewhere = func(filing sluss.FilingID) (*sluss.Receipt, bool) {
				switch {
				case filing != received:
					t.Errorf("looked for %s", filing)
				case p.env.Now().Before(p.start.Add(test.after)):
				case test.ended:
					return nil, true
				default:
					return &sluss.Receipt{Registry: sluss.Avfallsregistret, ID: "0b5c"}, true
				}
				return nil, false
			}
			var at time.Time
			p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
				sluss.ReportCollectionTransport: func(_ int, s sluss.Submission) (sluss.Outcome, error) {
					at = p.env.Now()
					return accepted(s), nil
				},
			}
			p.swedish()
			p.run()
			sent := p.registry.of(sluss.ReportCollectionTransport)
			if len(sent) != 1 {
				t.Fatalf("sent %d times", len(sent))
			}
			o := sent[0].Content.Obligation
			if got := sent[0].Content.Receipts[received].ID; got != test.want {
				t.Errorf("it names %q, want %q", got, test.want)
			}
			if early := at.Sub(p.start) < 12*hour; early != test.early || at.After(o.AfterUntil.Add(time.Minute)) {
				t.Errorf("sent at %s, %s after the declaration; it may wait until %s", at, at.Sub(p.start), o.AfterUntil)
			}
			if n := len(p.ledger.looked); n > 100 || n == 0 {
				t.Errorf("looked %d times", n)
			}
		})
	}
}
