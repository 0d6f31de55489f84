// Package activities holds the side effects of the workflows, one method per
// file, each safe to run again. It is the one place that says which failures
// are worth another try.
package activities

import (
	"context"
	"log/slog"

	"sluss"
)

// Activities carries what side effects need. The workflows name its methods
// through a nil pointer; only the worker makes a real one.
type Activities struct {
	Ledger     Ledger
	Registries map[string]Registry // by name, such as sluss.Avfallsregistret
	Messenger  Messenger
	// Actor names this process in the ledger's attempts.
	Actor string
	Log   *slog.Logger
}

// Registry is one government registry, as its folder's client serves it.
type Registry interface {
	// Calls is how many calls of the registry's quota one submission takes; none,
	// where it needs to ask nobody. Its error says that this cannot be told now.
	Calls(ctx context.Context, content sluss.Content) (int, error)
	// Submit tells the registry once. Whatever happens after the first byte
	// may have left is an Outcome (Unknown, if need be); the errors are
	// ErrNotSent and, of a registry that is only ever asked, ErrUnavailable (both
	// safe to try again), and ErrOperator (nothing was taken, only an operator
	// can help). It never sends twice.
	Submit(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error)
	// Find asks what the registry has of an earlier submission: an Accepted
	// outcome if it took it, a Deferred one if it cannot say now, a Rejected one
	// if what it has rules out that it will ever take this; or
	// ErrAbsent, ErrCannotAsk, ErrNotSent, ErrUnavailable, ErrOperator. It
	// changes nothing.
	Find(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error)
}

// Messenger tells workflows what concerns them.
type Messenger interface {
	dispatchers
	// Reserved tells a filing its reservation; false where no such filing runs any more.
	Reserved(ctx context.Context, p sluss.Reservation) (bool, error)
	// Forecast tells a filing that it will miss its due time, or that it will not
	// after all.
	Forecast(ctx context.Context, f sluss.Forecast) error
}

// Ledger is the record that activities keep. Every method may be called again
// with the same values and then changes nothing.
type Ledger interface {
	calls
	// Declare records a batch with its first event; known is where it stands, if
	// it was declared before. The run is that of its workflow.
	Declare(ctx context.Context, r sluss.EventRecord, run string) (known *sluss.BatchSnapshot, err error)
	// ContinueBatch notes that a run of a batch's workflow goes on in another.
	ContinueBatch(ctx context.Context, batch, from, to string) error
	FilingSnapshot(ctx context.Context, filing string) (sluss.FilingSnapshot, error)
	RecordEvent(ctx context.Context, r sluss.EventRecord) error
	OpenFiling(ctx context.Context, r sluss.FilingRecord) error
	RecordStage(ctx context.Context, r sluss.StageRecord) error
	RecordSignature(ctx context.Context, r sluss.SignatureRecord) error
	RecordCorrection(ctx context.Context, r sluss.CorrectionRecord) error
	RecordDecision(ctx context.Context, r sluss.DecisionRecord) error
	CloseBatch(ctx context.Context, r sluss.CloseRecord) error
	// Receipt is that of a filing, nil if there is none; ended: nothing more comes.
	Receipt(ctx context.Context, filing string) (receipt *sluss.Receipt, ended bool, err error)

	// Dispatch hands out the turns of the next seconds, and gives the reservations that
	// nobody was told of yet; Told says who was, and who is gone.
	Dispatch(ctx context.Context, registry string) (sluss.Dispatched, error)
	Told(ctx context.Context, told, gone []int64) error
	// Waits tells whether a submission, or the question after it, is in the queue,
	// and whether somebody hands out turns there.
	Waits(ctx context.Context, filing string, number int, purpose sluss.Purpose) (waits, hasDispatcher bool, err error)
	// Warn is the forecast as far as it changed for filings that will miss their
	// due time.
	Warn(ctx context.Context, registry string) ([]sluss.Forecast, error)
}
