package activities

import (
	"context"

	"go.temporal.io/sdk/activity"

	"sluss"
)

// Declare records a batch with its first event, as RecordEvent does. If the batch is known already, it
// returns its state, from which the workflow goes on.
func (a *Activities) Declare(ctx context.Context, r sluss.EventRecord) (Declared, error) {
	if err := a.assign(ctx, &r); err != nil {
		return Declared{}, err
	}
	known, err := a.Ledger.Declare(ctx, r, activity.GetInfo(ctx).WorkflowExecution.RunID)
	if err != nil || known != nil {
		return Declared{Known: known}, recorded(err)
	}
	return Declared{Happened: Happened{Owed: Owed{r.Obligations}, Opened: a.lookAll(ctx, r.Filings)}}, nil
}

// Declared is the result of Declare. Known is nil if the batch is new. It is a struct
// because a nil result has no payload, which a decrypting codec refuses.
type Declared struct {
	Known *sluss.BatchSnapshot `json:"known,omitempty"`
	Happened
}

// ContinueBatch records that this run of a batch's workflow knows all that an earlier
// run knew.
func (a *Activities) ContinueBatch(ctx context.Context, batch sluss.BatchID, from string) error {
	return a.Ledger.ContinueBatch(ctx, batch, from, activity.GetInfo(ctx).WorkflowExecution.RunID)
}

// LookFiling returns the state of a filing.
func (a *Activities) LookFiling(ctx context.Context, filing sluss.FilingID) (sluss.FilingSnapshot, error) {
	return a.Ledger.FilingSnapshot(ctx, filing)
}

// BeginFiling opens a filing and returns its state. A filing that has ended is not
// opened again. One that is open already goes on: it names the same receipts as before,
// in the versions of the given content, and keeps its signature if the content has not
// changed. If it can be submitted at once, BeginFiling also does what Queue does.
func (a *Activities) BeginFiling(ctx context.Context, r sluss.FilingRecord) (Begun, error) {
	s, err := a.Ledger.FilingSnapshot(ctx, r.Filing)
	if err != nil || s.End != nil {
		return Begun{FilingSnapshot: s}, err
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
	if err := recorded(a.Ledger.OpenFiling(ctx, r)); err != nil {
		return Begun{}, err
	}
	b := Begun{FilingSnapshot: s}
	if r.Content.Obligation.Signer == "" || s.Signature != nil {
		b.Place = a.look(ctx, SubmitInput{Submission: sluss.Submission{Filing: r.Filing, Content: r.Content, Signature: s.Signature}, Number: max(1, s.Number)})
	}
	return b, nil
}

// Begun is the result of BeginFiling.
type Begun struct {
	sluss.FilingSnapshot
	// Place is the result of Queue; nil: it was not called.
	Place *SubmitResult `json:"place,omitempty"`
}

// newer returns the receipts that a content names, in their current versions.
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
