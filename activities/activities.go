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
	Messenger  Messenger
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

// Messenger sends messages to workflows.
type Messenger interface {
	dispatchers
	// Reserved tells a filing its reservation; false if the filing does not run any more.
	Reserved(ctx context.Context, p sluss.Reservation) (bool, error)
	// Forecast tells a filing that it will miss its due time, or that it will not
	// after all.
	Forecast(ctx context.Context, f sluss.Forecast) error
}

// Ledger is the record that activities keep. Every method may be called again
// with the same values and then changes nothing.
type Ledger interface {
	calls
	// Declare records a batch with its first event. known is its state if it was
	// declared before. The run is that of its workflow.
	Declare(ctx context.Context, r sluss.EventRecord, run string) (known *sluss.BatchSnapshot, err error)
	// ContinueBatch records that a run of a batch's workflow goes on in another.
	ContinueBatch(ctx context.Context, batch sluss.BatchID, from, to string) error
	FilingSnapshot(ctx context.Context, filing sluss.FilingID) (sluss.FilingSnapshot, error)
	RecordEvent(ctx context.Context, r sluss.EventRecord) error
	OpenFiling(ctx context.Context, r sluss.FilingRecord) error
	RecordStage(ctx context.Context, r sluss.StageRecord) error
	RecordSignature(ctx context.Context, r sluss.SignatureRecord) error
	RecordCorrection(ctx context.Context, r sluss.CorrectionRecord) error
	RecordDecision(ctx context.Context, r sluss.DecisionRecord) error
	CloseBatch(ctx context.Context, r sluss.CloseRecord) error
	// Receipt is the receipt of a filing, nil if there is none; ended: none will follow.
	Receipt(ctx context.Context, filing sluss.FilingID) (receipt *sluss.Receipt, ended bool, err error)

	// Dispatch makes the reservations of the next seconds, and returns those that
	// filings do not know yet. MarkNotified says which tickets' filings know theirs, and which
	// have ended.
	Dispatch(ctx context.Context, registry string) (sluss.Dispatched, error)
	MarkNotified(ctx context.Context, told, ended []int64) error
	// Waits tells whether a submission, or the question about it, is in the queue, and
	// whether a dispatcher runs for its registry.
	Waits(ctx context.Context, filing string, number int, purpose sluss.Purpose) (waits, hasDispatcher bool, err error)
	// Warn returns new forecasts for filings that will miss their due time, or will
	// not after all.
	Warn(ctx context.Context, registry string) ([]sluss.Forecast, error)
}
