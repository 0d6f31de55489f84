package activities

import (
	"context"
	"time"

	"sluss"
)

// CheckDeleted checks whether a document is deleted, as a message says, because no sync
// shows deletions; if so, it tells its batch. A document that the ledger does not know
// belongs to no batch. CheckDeleted may be repeated.
func (f *Sync) CheckDeleted(ctx context.Context, in SyncStepInput) (SyncStepResult, error) {
	syncer, result, err := f.syncer(in)
	if err != nil || result.NotSynced {
		return result, err
	}
	known, found, err := f.Ledger.Document(ctx, in.Registry, in.Document)
	if err != nil || !found || known.Status == sluss.DocumentDeleted {
		return result, err
	}
	deleted := false
	ok, err := f.withReservation(ctx, asker{in.ID, in.Registry, false}, 1, &result, func(ctx context.Context) (outcome sluss.Outcome, exchange sluss.Exchange, err error) {
		deleted, outcome, exchange, err = syncer.IsDeleted(ctx, in.Company, known.ID)
		return outcome, exchange, err
	})
	if err != nil || !ok || !deleted {
		return result, err
	}
	known.SeenAt = time.Now()
	if err := f.Ledger.DocumentDeletedAt(ctx, known); err != nil {
		return SyncStepResult{}, err
	}
	result.Count = 1
	result.Notified, err = f.notifyBatches(ctx, in.Registry)
	return result, err
}
