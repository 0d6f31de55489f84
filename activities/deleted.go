package activities

import (
	"context"
	"time"

	"sluss"
)

// CheckDeleted looks whether a document that is said to be deleted is, since it comes
// in no sync, and tells its batch. One of which nothing is known is nobody's. It
// may be repeated.
func (f *Sync) CheckDeleted(ctx context.Context, in SyncStepInput) (SyncStepResult, error) {
	syncer, result, err := f.syncer(in)
	if err != nil || result.Gone {
		return result, err
	}
	known, found, err := f.Ledger.Document(ctx, in.Registry, in.Document)
	if err != nil || !found || known.Status == sluss.DocumentDeleted {
		return result, err
	}
	gone := false
	went, err := f.withReservation(ctx, turnOf{in.ID, in.Registry, false}, 1, &result, func(ctx context.Context) (outcome sluss.Outcome, exchange sluss.Exchange, err error) {
		gone, outcome, exchange, err = syncer.Gone(ctx, in.Company, known.ID)
		return outcome, exchange, err
	})
	if err != nil || !went || !gone {
		return result, err
	}
	known.SeenAt = time.Now()
	if err := f.Ledger.DocumentDeletedAt(ctx, known); err != nil {
		return SyncStepResult{}, err
	}
	result.Count = 1
	result.Told, err = f.tell(ctx, in.Registry)
	return result, err
}
