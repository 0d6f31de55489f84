// Package activities holds the side effects of the workflows. Each may be run again
// safely. This is the only place that decides which failures are retried.
package activities

import (
	"context"
	"log/slog"

	"sluss"
)

// Activities holds what the side effects need. Workflows name its methods through a nil
// pointer; only the worker makes a real one.
type Activities struct {
	Ledger     Ledger
	Registries map[string]Registry // by name, such as sluss.Avfallsregistret
	Loads      Loads               // nil: no batches share a vehicle
	// Actor names this process in the ledger's attempts.
	Actor string
	Log   *slog.Logger
}

// Registry is the client of one government registry.
type Registry interface {
	// Calls is how many calls of the rate limits one submission uses; 0 if it makes
	// no call. The error means that this is unknown at the moment.
	Calls(ctx context.Context, content sluss.Content) (int, error)
	// Submit sends the submission once, never twice. Whatever happens after the first
	// byte may have left is an Outcome, Unknown if necessary. The errors are ErrNotSent
	// and, for a registry that is only asked questions, ErrUnavailable (both are safe to
	// retry), and ErrOperator (nothing was accepted, and only an operator can help).
	Submit(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error)
	// Find asks whether the registry has an earlier submission. The outcome is Accepted
	// if it has it, Deferred if it cannot say now, and Rejected if it can never accept
	// it. The errors are ErrAbsent, ErrCannotAsk, ErrNotSent, ErrUnavailable and
	// ErrOperator. Find changes nothing.
	Find(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error)
}

// Ledger is the record that activities keep. Every method may be called again
// with the same values and then changes nothing.
type Ledger interface {
	calls
	// Declare records a batch with its first event. known is its state if it was
	// declared before. The run is that of its workflow.
	Declare(ctx context.Context, r sluss.EventRecord, run string) (known *sluss.BatchSnapshot, err error)
	// Queue puts a submission into the queue if others go before it, or calls are
	// stopped, and returns its place. Nil: the call may be made now.
	Queue(ctx context.Context, i sluss.Intent) (*sluss.QueuePlace, error)
	// ContinueBatch records that a run of a batch's workflow goes on in another.
	ContinueBatch(ctx context.Context, batch sluss.BatchID, from, to string) error
	FilingSnapshot(ctx context.Context, filing sluss.FilingID) (sluss.FilingSnapshot, error)
	// Happen records an event; fresh tells whether it was not recorded before, and its
	// filings are opened.
	Happen(ctx context.Context, r sluss.EventRecord) (fresh bool, err error)
	KeepEvent(ctx context.Context, r sluss.KeptRecord) error
	OpenFiling(ctx context.Context, r sluss.FilingRecord) error
	RecordStage(ctx context.Context, r sluss.StageRecord) error
	RecordSignature(ctx context.Context, r sluss.SignatureRecord) error
	RecordCorrection(ctx context.Context, r sluss.CorrectionRecord) error
	RecordDecision(ctx context.Context, r sluss.DecisionRecord) error
	CloseBatch(ctx context.Context, r sluss.CloseRecord) error
	// Whose returns obligations of a batch with Theirs and Own set, by whom we report for
	// at the times of the events that they follow from. If no declaration is given, it is
	// the recorded one.
	Whose(ctx context.Context, batch sluss.BatchID, d *sluss.Declaration, events []sluss.Event, owed []sluss.Obligation) ([]sluss.Obligation, error)
	// WhoseAnew is like Whose, also for what is recorded already.
	WhoseAnew(ctx context.Context, d sluss.Declaration, events []sluss.Event, owed []sluss.Obligation) ([]sluss.Obligation, error)
	RecordTheirReceipt(ctx context.Context, r sluss.TheirReceiptRecord) error
	// Receipt is the receipt of a filing, nil if there is none; ended: none will follow.
	Receipt(ctx context.Context, filing sluss.FilingID) (receipt *sluss.Receipt, ended bool, err error)
}
