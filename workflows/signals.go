package workflows

import (
	"errors"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
)

// Signal is a message without an answer.
type Signal[T any] struct{ Name string }

// Update is a message with an answer. It is validated before it is accepted.
type Update[In, Out any] struct{ Name string }

// Query is a question about a workflow's state.
type Query[Out any] struct{ Name string }

// Messages of people to a batch.
var (
	// EventUpdate reports an event.
	EventUpdate = Update[sluss.Event, EventReply]{"event"}
	// CorrectUpdate corrects the batch's declaration. Every open filing goes on with the
	// corrected content.
	CorrectUpdate = Update[sluss.Correction, CorrectReply]{"correct"}
	// ReceiptUpdate tells the receipt of an obligation of theirs.
	ReceiptUpdate = Update[sluss.TheirReceipt, TheirState]{"receipt"}
	// BatchQuery asks for the state of the batch.
	BatchQuery = Query[BatchState]{"state"}
)

// Messages of people to a filing. They are sent to the workflow that runs it: see
// sluss.FilingID.Workflow.
var (
	// SignUpdate signs the content. It is refused at once if the role is wrong, the hash
	// is not the current one, or the content is signed already.
	SignUpdate = Update[Addressed[sluss.Signature], FilingState]{"sign"}
	// SignSignal is the same as a signal. An invalid signature changes nothing and is
	// recorded.
	SignSignal = Signal[Addressed[sluss.Signature]]{"sign"}
	// UnreadableSignal replaces a SignSignal that cannot be read, and says why. The filing
	// is empty if not even that can be read. Workers replace it.
	UnreadableSignal = Signal[Addressed[string]]{"unreadable"}
	// DecideUpdate is a decision on what only a person can settle.
	DecideUpdate = Update[Addressed[sluss.Decision], FilingState]{"decide"}
	// AmendUpdate gives an amendment that is not accepted yet new content: the whole of
	// it, corrected again.
	AmendUpdate = Update[Addressed[sluss.Content], FilingState]{"amend"}
	// FilingQuery asks for the state of a filing, by its id.
	FilingQuery = Query[FilingState]{"filing"}
)

// Messages of people to a filing that somebody enters by hand.
var (
	// HoldUpdate keeps the filing from being sent until a time. Another hold replaces it.
	HoldUpdate = Update[Addressed[sluss.Hold], FilingState]{"hold"}
	// ReleaseUpdate ends the hold.
	ReleaseUpdate = Update[Addressed[sluss.Release], FilingState]{"release"}
)

// Messages of people to the results of a site.
var (
	// CompileSignal asks to compile batches that are in no result yet.
	CompileSignal = Signal[string]{"compile"}
	// CorrectResultUpdate corrects a result. Its filing goes on with the corrected
	// result, and a signature on the old one is void.
	CorrectResultUpdate = Update[ResultCorrection, FilingState]{"correct"}
	// ResultsQuery asks for the state of the results.
	ResultsQuery = Query[ResultsState]{"state"}
)

// CheckSignal makes a filing ask its registry whether what it is to do is done.
var CheckSignal = Signal[sluss.FilingID]{"check"}

// Messages from dispatchers to filings, which they name.
var (
	// ReservedSignal tells a queued filing its reservation.
	ReservedSignal = Signal[sluss.Reservation]{"reserved"}
	// ForecastSignal tells a filing that it will miss its due time, or that it will not after all.
	ForecastSignal = Signal[sluss.Forecast]{"forecast"}
)

// ReloadSignal makes a batch, or the results of a site, go on from the ledger, because
// its run was reset and may know less.
var ReloadSignal = Signal[string]{"reload"}

// LookSignal starts a sync at once.
var LookSignal = Signal[string]{"look"}

// DeletedSignal asks to check whether a document, by either of its ids, is deleted.
var DeletedSignal = Signal[string]{"deleted"}

// LoadChangedSignal tells a batch that another batch goes on its vehicles too.
var LoadChangedSignal = Signal[sluss.LoadChange]{"load changed"}

// DocumentChangedSignal tells a batch that others have changed its document at the
// registry. Its filings may be done already.
var DocumentChangedSignal = Signal[sluss.Document]{"document changed"}

// Messages between filings with workflows of their own and others.
var (
	contentSignal = Signal[contentUpdate]{"content"} // to the filing of a result: its content is being corrected, or was corrected
	stateSignal   = Signal[FilingState]{"state"}     // to the results of a site: a filing is blocked, or not any more
	amendedSignal = Signal[amended]{"amended"}       // to a batch: the current version of a report
)

// contentUpdate is what a filing is told of a correction that concerns it.
type contentUpdate struct {
	// Recording is the sender, if the correction is still being recorded: the filing
	// sends nothing until the next message. Nil: it may send.
	Recording *workflow.Execution `json:"recording,omitempty"`
	// Content is the corrected content; nil: it stays as it is.
	Content *sluss.Content `json:"content,omitempty"`
}

// EventReply has the obligations that follow from an event.
type EventReply struct {
	Obligations []sluss.Obligation `json:"obligations"`
	// Kept is set if the event came before those that it follows: nothing follows from it
	// until they are reported.
	Kept *sluss.KeptEvent `json:"kept,omitempty"`
}

// CorrectReply says what a correction changed.
type CorrectReply struct {
	// Filings are the ids of those that go on with the corrected content.
	Filings []sluss.FilingID `json:"filings"`
}

// Search attributes of batches and filings.
var (
	Stage      = temporal.NewSearchAttributeKeyKeyword("Stage")
	WaitingFor = temporal.NewSearchAttributeKeyKeyword("WaitingFor")
	// Registry is where a workflow reports, or what it asks. A batch has all registries at
	// which it owed anything so far.
	Registry = temporal.NewSearchAttributeKeyKeywordList("Registry")
	Country  = temporal.NewSearchAttributeKeyKeyword("Country")
	Due      = temporal.NewSearchAttributeKeyTime("Due")
	Overdue  = temporal.NewSearchAttributeKeyBool("Overdue")
	Blocked  = temporal.NewSearchAttributeKeyBool("Blocked")
	// Recorded is how many events, corrections and decisions a batch knows to be recorded.
	// If the ledger has more, the batch is made to read it. Signatures are not counted:
	// a filing whose signature its workflow misses still asks for it, and then reads the
	// ledger.
	Recorded = temporal.NewSearchAttributeKeyInt64("Recorded")
)

// SearchAttributes are all of them, for setting up a namespace.
func SearchAttributes() []temporal.SearchAttributeKey {
	return []temporal.SearchAttributeKey{Stage, WaitingFor, Registry, Country, Due, Overdue, Blocked, Recorded}
}

// each calls do with every message of a signal, one after another, as long as the
// workflow runs. It waits with Await, which ends when the workflow is cancelled.
func (s Signal[T]) each(ctx workflow.Context, do func(ctx workflow.Context, message T)) {
	channel := workflow.GetSignalChannel(ctx, s.Name)
	workflow.GoNamed(ctx, s.Name, func(ctx workflow.Context) {
		for workflow.Await(ctx, func() bool { return channel.Len() > 0 }) == nil {
			var message T
			if channel.ReceiveAsync(&message) {
				do(ctx, message)
			}
		}
	})
}

// inbound counts the signals of a workflow, so that it knows when all are handled.
type inbound struct {
	waiting []func() bool
	busy    int
}

// idle tells whether all signals that have arrived are handled.
func (in *inbound) idle() bool {
	return in.busy == 0 && !slices.ContainsFunc(in.waiting, func(waits func() bool) bool { return waits() })
}

// eachTracked is like each, but waits until ready, and counts messages in inbound.
func (s Signal[T]) eachTracked(ctx workflow.Context, in *inbound, ready func() bool, do func(ctx workflow.Context, message T)) {
	channel := workflow.GetSignalChannel(ctx, s.Name)
	in.waiting = append(in.waiting, func() bool { return channel.Len() > 0 })
	workflow.GoNamed(ctx, s.Name, func(ctx workflow.Context) {
		for workflow.Await(ctx, func() bool { return ready() && channel.Len() > 0 }) == nil {
			var message T
			if channel.ReceiveAsync(&message) {
				in.busy++
				do(ctx, message)
				in.busy--
			}
		}
	})
}

// drain handles the messages that have arrived, before a history ends.
func (s Signal[T]) drain(ctx workflow.Context, do func(ctx workflow.Context, message T)) {
	var message T
	for channel := workflow.GetSignalChannel(ctx, s.Name); channel.ReceiveAsync(&message); {
		do(ctx, message)
		message = *new(T)
	}
}

// handle answers an update.
func (u Update[In, Out]) handle(ctx workflow.Context, w *messageHandler[In, Out]) error {
	return workflow.SetUpdateHandlerWithOptions(ctx, u.Name, w.handle, workflow.UpdateHandlerOptions{Validator: w.validate})
}

// refusal is the error that refuses an update, with all sluss.Faults if there are any.
func refusal(err error) error {
	if err == nil {
		return nil
	}
	if faults := sluss.Faults(nil); errors.As(err, &faults) {
		return temporal.NewNonRetryableApplicationError(faults.Error(), Refused, nil, faults)
	}
	return temporal.NewNonRetryableApplicationError(err.Error(), Refused, nil)
}

// answer answers a query.
func (q Query[Out]) answer(ctx workflow.Context, state func() Out) error {
	return workflow.SetQueryHandler(ctx, q.Name, func() (Out, error) { return state(), nil })
}

// Refused is the type of the error that refuses an update. Its details are sluss.Faults,
// if there are any.
const Refused = "Refused"

// NoSuch is the type of the error that refuses an update for a filing that is not open.
const NoSuch = "NoSuch"

// awaitUntil waits for the condition, but at most until the moment; forever if that is zero.
func awaitUntil(ctx workflow.Context, moment time.Time, summary string, condition func() bool) error {
	if moment.IsZero() {
		return workflow.Await(ctx, condition)
	}
	wait := moment.Sub(workflow.Now(ctx))
	if wait <= 0 {
		return nil
	}
	_, err := workflow.AwaitWithOptions(ctx, workflow.AwaitOptions{Timeout: wait, TimerOptions: workflow.TimerOptions{Summary: summary}}, condition)
	return err
}
