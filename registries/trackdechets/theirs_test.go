package trackdechets

import (
	"errors"
	"testing"

	"sluss"
	sim "sluss/simulators/trackdechets"
)

// What others do is read with the token of whoever of ours is on the BSDD; what we file
// needs the token of the party itself.
func TestStepsOfOthersAreReadWithOurToken(t *testing.T) {
	r, ctx := newRegistry(t, sim.Options{}), t.Context()
	b := newBatch(t, "fr-solvents.json")
	r.bring(b, sluss.ReportTakeOver)
	s := b.submission(sluss.ReportArrival)
	for _, ours := range []string{producerID, transporterID} {
		plant := r.of(ours)
		if _, _, err := plant.Find(ctx, s); !errors.Is(err, sluss.ErrOperator) {
			t.Errorf("ours, without the receiver's token: %v", err)
		}
		theirs := s
		theirs.Content.Obligation.Theirs = true
		if _, _, err := plant.Find(ctx, theirs); !errors.Is(err, sluss.ErrAbsent) {
			t.Errorf("theirs, before: %v", err)
		}
	}
	r.bring(b, sluss.ReportArrival)
	s.Content.Obligation.Theirs = true
	s.Content.Receipts = map[string]sluss.Receipt{"fr.creation": {ID: b.receipts["fr.creation"].Number}} // as a person tells it
	if found, _, err := r.of(producerID).Find(ctx, s); err != nil || found.Kind != sluss.Accepted || found.Receipt.Status != "RECEIVED" {
		t.Errorf("theirs, once it is done: %+v, %v", found, err)
	}
	if _, _, err := r.of().Find(ctx, s); !errors.Is(err, sluss.ErrOperator) {
		t.Errorf("without any token: %v", err)
	}
}
