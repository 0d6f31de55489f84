package activities

import (
	"context"

	"go.temporal.io/sdk/activity"

	"sluss"
)

// Declare records a batch with its first event, unless it is known: then it gives
// where the batch stands, from which its workflow goes on.
func (a *Activities) Declare(ctx context.Context, r sluss.EventRecord) (Declared, error) {
	known, err := a.Ledger.Declare(ctx, r, activity.GetInfo(ctx).WorkflowExecution.RunID)
	return Declared{Known: known}, recorded(err)
}

// Declared is where a batch stood when it was declared; nil: it was not there yet.
// A result that is itself nil has no payload, and who decrypts payloads refuses to
// take nothing for one.
type Declared struct {
	Known *sluss.BatchSnapshot `json:"known,omitempty"`
}

// ContinueBatch notes that this run of a batch's workflow has taken over all that
// an earlier one knew.
func (a *Activities) ContinueBatch(ctx context.Context, batch, from string) error {
	return a.Ledger.ContinueBatch(ctx, batch, from, activity.GetInfo(ctx).WorkflowExecution.RunID)
}

// LookFiling gives where a filing stands.
func (a *Activities) LookFiling(ctx context.Context, filing string) (sluss.FilingSnapshot, error) {
	return a.Ledger.FilingSnapshot(ctx, filing)
}

// BeginFiling opens a filing, and gives where it stands. One that has ended is
// not opened again. One that is open goes on: it names the receipts that it named
// before, in the versions that the content has of them, and keeps its signature
// where the content is still the same.
func (a *Activities) BeginFiling(ctx context.Context, r sluss.FilingRecord) (sluss.FilingSnapshot, error) {
	s, err := a.Ledger.FilingSnapshot(ctx, r.Filing)
	if err != nil || s.End != nil {
		return s, err
	}
	if s.Opened {
		s.Receipts = newer(s.Receipts, r.Content.Receipts)
		r.Content.Receipts = s.Receipts
		r.Hash = r.Content.Hash()
		if s.Rejected != "" && s.Rejected != r.Hash { // it was corrected since
			s.Number++
		}
		if s.Signature != nil && s.Signature.ContentHash != r.Hash {
			s.Signature = nil
		}
		if s.Signature != nil {
			r.Stage, r.Waiting = sluss.StageSending, ""
		}
	}
	return s, recorded(a.Ledger.OpenFiling(ctx, r))
}

// newer are the receipts that a content names, in their versions of now.
func newer(named, now map[string]sluss.Receipt) map[string]sluss.Receipt {
	if len(named) == 0 {
		return nil
	}
	receipts := map[string]sluss.Receipt{}
	for obligation, receipt := range named {
		if version, known := now[obligation]; known {
			receipt = version
		}
		receipts[obligation] = receipt
	}
	return receipts
}
