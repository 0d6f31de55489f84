package activities

import (
	"context"
	"errors"

	"go.temporal.io/sdk/temporal"

	"sluss"
)

// RecordEvent puts an event and its obligations into the ledger.
func (a *Activities) RecordEvent(ctx context.Context, r sluss.EventRecord) error {
	return recorded(a.Ledger.RecordEvent(ctx, r))
}

// OpenFiling puts a filing's content into the ledger.
func (a *Activities) OpenFiling(ctx context.Context, r sluss.FilingRecord) error {
	return recorded(a.Ledger.OpenFiling(ctx, r))
}

// RecordStage puts where a filing stands, or a clock's mark on it, into the
// ledger.
func (a *Activities) RecordStage(ctx context.Context, r sluss.StageRecord) error {
	return recorded(a.Ledger.RecordStage(ctx, r))
}

// RecordSignature puts a signature, or a refused one, into the ledger.
func (a *Activities) RecordSignature(ctx context.Context, r sluss.SignatureRecord) error {
	return recorded(a.Ledger.RecordSignature(ctx, r))
}

// RecordCorrection puts a correction into the ledger.
func (a *Activities) RecordCorrection(ctx context.Context, r sluss.CorrectionRecord) error {
	return recorded(a.Ledger.RecordCorrection(ctx, r))
}

// RecordDecision puts a person's decision into the ledger.
func (a *Activities) RecordDecision(ctx context.Context, r sluss.DecisionRecord) error {
	return recorded(a.Ledger.RecordDecision(ctx, r))
}

// RecordAnswer puts the answer to an attempt into the ledger, where Submit or
// Find could not.
func (a *Activities) RecordAnswer(ctx context.Context, answer sluss.Answer) error {
	return recorded(a.Ledger.Finish(ctx, answer))
}

// CloseBatch puts the end of a batch into the ledger.
func (a *Activities) CloseBatch(ctx context.Context, r sluss.CloseRecord) error {
	return recorded(a.Ledger.CloseBatch(ctx, r))
}

// recorded says which ledger errors are worth another try: all but those that
// are about the content itself.
func recorded(err error) error {
	if faults := sluss.Faults(nil); errors.As(err, &faults) {
		return temporal.NewNonRetryableApplicationError(faults.Error(), ErrorConflict, err)
	}
	return err
}
