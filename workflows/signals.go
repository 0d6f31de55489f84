package workflows

import (
	"errors"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
)

// Signal is a message whose sender and receiver agree on its type.
type Signal[T any] struct{ Name string }

// Update is a message with an answer, validated before it is taken.
type Update[In, Out any] struct{ Name string }

// Query is a question about a workflow's state.
type Query[Out any] struct{ Name string }

// What people may say to a batch.
var (
	// EventUpdate tells the batch what happened in the world.
	EventUpdate = Update[sluss.Event, EventReply]{"event"}
	// CorrectUpdate amends the batch's declaration; every filing that is not
	// yet accepted goes on with the corrected content.
	CorrectUpdate = Update[sluss.Correction, CorrectReply]{"correct"}
	// BatchQuery is where the batch stands.
	BatchQuery = Query[BatchState]{"state"}
)

// What people may say to a filing.
var (
	// SignUpdate puts a signature on the content; it is refused on the spot if
	// the role is wrong, the hash outdated, or the content signed already.
	SignUpdate = Update[sluss.Signature, FilingState]{"sign"}
	// SignSignal is the same as a Signal; an invalid one changes nothing and
	// is recorded.
	SignSignal = Signal[sluss.Signature]{"sign"}
	// UnreadableSignal stands in the place of a SignSignal that cannot be read, and
	// says why not. Workers put it there.
	UnreadableSignal = Signal[string]{"unreadable"}
	// DecideUpdate settles what only a person can settle.
	DecideUpdate = Update[sluss.Decision, FilingState]{"decide"}
	// AmendUpdate gives an amendment that was not taken yet another content: the
	// whole of it, as corrected once more.
	AmendUpdate = Update[sluss.Content, FilingState]{"amend"}
	// FilingQuery is where the filing stands.
	FilingQuery = Query[FilingState]{"state"}
)

// What people may say to the results of a site.
var (
	// CompileSignal has it compile what no result tells of yet.
	CompileSignal = Signal[string]{"compile"}
	// CorrectResultUpdate amends a result; its filing goes on with it, and a
	// signature on the old one is void.
	CorrectResultUpdate = Update[ResultCorrection, FilingState]{"correct"}
	// ResultsQuery is where the results stand.
	ResultsQuery = Query[ResultsState]{"state"}
)

// What dispatchers are told, and tell filings.
var (
	// WakeSignal wakes a dispatcher, and starts one where none runs: somebody
	// waits, or an operator has changed what is allowed.
	WakeSignal = Signal[string]{"wake"}
	// ReservedSignal tells a filing that waits for its turn when that is.
	ReservedSignal = Signal[sluss.Reservation]{"reserved"}
	// ForecastSignal tells it that it will miss its due time, or not after all.
	ForecastSignal = Signal[sluss.Forecast]{"forecast"}
)

// ReloadSignal has a batch, or the results of a site, go on from what the ledger
// has: this run may know less of it, because it was reset.
var ReloadSignal = Signal[string]{"reload"}

// GoneSignal tells a batch the id of a filing that somebody ended from outside. If
// the batch has started it, it knows already.
var GoneSignal = Signal[string]{"gone"}

// LookSignal has what others have changed at a registry looked at now.
var LookSignal = Signal[string]{"look"}

// DeletedSignal has looked whether a document, by either of its ids, is there no
// more.
var DeletedSignal = Signal[string]{"deleted"}

// DocumentChangedSignal tells a batch, and it on to its filings, that others have
// changed its document at the registry.
var DocumentChangedSignal = Signal[sluss.Document]{"document changed"}

// What batch and filings tell each other.
var (
	contentSignal  = Signal[rewording]{"content"}       // to a filing: its content is being corrected, or was
	stateSignal    = Signal[FilingState]{"state"}       // to a batch: a filing is blocked, or no longer
	annulledSignal = Signal[sluss.Decision]{"annulled"} // to a filing: what it is a step of is no more
	amendedSignal  = Signal[amended]{"amended"}         // to a batch, and on to filings that name the note: which version counts
)

// rewording is what a filing is told of a correction that concerns it.
type rewording struct {
	// Recording is the sender, where the correction is only being recorded: the
	// filing sends nothing before it is told more. Nil: it may.
	Recording *workflow.Execution `json:"recording,omitempty"`
	// Content is the corrected content; nil: it stays as it is.
	Content *sluss.Content `json:"content,omitempty"`
}

// EventReply says what an event brought about.
type EventReply struct {
	Obligations []sluss.Obligation `json:"obligations"`
}

// CorrectReply says what a correction changed.
type CorrectReply struct {
	// Filings are the ids of those that go on with the corrected content.
	Filings []string `json:"filings"`
}

// Search attributes of batches and filings.
var (
	Stage      = temporal.NewSearchAttributeKeyKeyword("Stage")
	WaitingFor = temporal.NewSearchAttributeKeyKeyword("WaitingFor")
	Registry   = temporal.NewSearchAttributeKeyKeyword("Registry")
	Country    = temporal.NewSearchAttributeKeyKeyword("Country")
	Due        = temporal.NewSearchAttributeKeyTime("Due")
	Overdue    = temporal.NewSearchAttributeKeyBool("Overdue")
	Blocked    = temporal.NewSearchAttributeKeyBool("Blocked")
)

// SearchAttributes are all of them, for whoever sets up a namespace.
func SearchAttributes() []temporal.SearchAttributeKey {
	return []temporal.SearchAttributeKey{Stage, WaitingFor, Registry, Country, Due, Overdue, Blocked}
}

// each calls do with every message of a signal, one after another, for as long
// as the workflow runs. It waits with Await, and so hears cancellation.
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

// hearing are the signals that a workflow listens to, so that it can tell when
// nothing is left to be heard.
type inbound struct {
	waiting []func() bool
	busy    int
}

// quiet tells whether everything that has come was taken, and dealt with.
func (h *inbound) idle() bool {
	return h.busy == 0 && !slices.ContainsFunc(h.waiting, func(waits func() bool) bool { return waits() })
}

// hear is each, once ready says so, and keeps account of it.
func (s Signal[T]) eachOnce(ctx workflow.Context, h *inbound, ready func() bool, do func(ctx workflow.Context, message T)) {
	channel := workflow.GetSignalChannel(ctx, s.Name)
	h.waiting = append(h.waiting, func() bool { return channel.Len() > 0 })
	workflow.GoNamed(ctx, s.Name, func(ctx workflow.Context) {
		for workflow.Await(ctx, func() bool { return ready() && channel.Len() > 0 }) == nil {
			var message T
			if channel.ReceiveAsync(&message) {
				h.busy++
				do(ctx, message)
				h.busy--
			}
		}
	})
}

// drain takes what has come and was not taken yet, before a history ends.
func (s Signal[T]) drain(ctx workflow.Context, do func(ctx workflow.Context, message T)) {
	var message T
	for channel := workflow.GetSignalChannel(ctx, s.Name); channel.ReceiveAsync(&message); {
		do(ctx, message)
		message = *new(T)
	}
}

// handle answers an update with a word that people may say. The validator refuses
// it at once, unless it was said before, or another one is being recorded, after
// which it may be valid.
func (u Update[In, Out]) handle(ctx workflow.Context, w *word[In, Out]) error {
	return workflow.SetUpdateHandlerWithOptions(ctx, u.Name, w.say, workflow.UpdateHandlerOptions{Validator: func(ctx workflow.Context, in In) error {
		if !w.words.none() || w.before(in) != nil {
			return refusal(sluss.CheckText(in).Err())
		}
		return refusal(w.check(ctx, in))
	}})
}

// refusal is how an update is turned down: with all faults, where they are
// known one by one.
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

// Refused is the type of the error with which an update is turned down. Its
// details are sluss.Faults, where the faults are known one by one.
const Refused = "Refused"

// awaitUntil waits for the condition, but not past the moment (never, if that
// is zero).
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
