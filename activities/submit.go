package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"

	"sluss"
)

// CallTimeout is how long one call of a registry may take in all. An attempt
// that is older than this and has no answer is no longer on its way from us.
const CallTimeout = 20 * time.Second

// SubmitInput is one submission; Number counts those of a filing from 1.
type SubmitInput struct {
	Submission sluss.Submission `json:"submission"`
	Number     int              `json:"number"`
	// Urgent: a person waits for the answer. It goes before all others, and where
	// it cannot go now it is not queued.
	Urgent bool `json:"urgent,omitempty"`
}

// SubmitResult is what came of it.
type SubmitResult struct {
	Outcome sluss.Outcome `json:"outcome"`
	// Wait is the place in the queue for the quota; nothing was sent.
	Wait *sluss.Wait `json:"wait,omitempty"`
	// Unrecorded is the answer that the ledger could not take: it must be
	// recorded before anything else.
	Unrecorded *sluss.Answer `json:"unrecorded,omitempty"`
}

// Submit tells a registry, at most once for a submission number: its intent is
// durable before the call, and where it finds an intent without an answer, the
// outcome is Unknown. Where it is not its turn it does not call but returns its
// place in the queue, as a Deferred outcome too.
func (a *Activities) Submit(ctx context.Context, in SubmitInput) (SubmitResult, error) {
	turn, err := a.begin(ctx, in, sluss.ToSubmit)
	if err != nil {
		return SubmitResult{}, err
	}
	switch turn.Kind {
	case sluss.TurnWait:
		return SubmitResult{Outcome: queued(turn.Wait), Wait: &turn.Wait}, nil
	case sluss.TurnInterrupted:
		return SubmitResult{Outcome: sluss.Outcome{Kind: sluss.Unknown, Detail: "we were interrupted in the middle of the call"}}, nil
	case sluss.TurnSettled:
		return SubmitResult{Outcome: turn.Outcome}, nil
	case sluss.TurnGo:
	}
	outcome, exchange, err := a.Registries[in.registry()].Submit(ctx, in.Submission)
	answer := sluss.Answer{Attempt: turn.Attempt, Exchange: exchange}
	if err != nil {
		answer.Error, answer.Banned = err.Error(), banned(err, exchange)
		// Where the ledger cannot take this, the intent stays without an answer,
		// and the next try says Unknown: slower, but never twice.
		a.finish(ctx, answer)
		return SubmitResult{}, notTaken(err)
	}
	answer.Outcome = &outcome
	if !a.finish(ctx, answer) {
		return SubmitResult{Outcome: outcome, Unrecorded: &answer}, nil
	}
	return SubmitResult{Outcome: outcome}, nil
}

// FindResult is what a registry has of an earlier submission.
type FindResult struct {
	// Known is false where the registry has no way to be asked.
	Known bool `json:"known"`
	// Absent: the registry has nothing of it.
	Absent bool `json:"absent,omitempty"`
	// Outcome is Accepted if it has it, Deferred if it cannot say now, Rejected if
	// what it has rules out that it will ever take this.
	Outcome sluss.Outcome `json:"outcome"`
	// Wait is the place in the queue for the quota; nobody was asked.
	Wait       *sluss.Wait   `json:"wait,omitempty"`
	Unrecorded *sluss.Answer `json:"unrecorded,omitempty"`
}

// Find asks a registry what it has of a submission whose outcome is unknown.
func (a *Activities) Find(ctx context.Context, in SubmitInput) (FindResult, error) {
	turn, err := a.begin(ctx, in, sluss.ToAsk)
	if err != nil {
		return FindResult{}, err
	}
	if turn.Kind != sluss.TurnGo {
		return FindResult{Known: true, Outcome: queued(turn.Wait), Wait: &turn.Wait}, nil
	}
	outcome, exchange, err := a.Registries[in.registry()].Find(ctx, in.Submission)
	answer, result := sluss.Answer{Attempt: turn.Attempt, Exchange: exchange}, FindResult{Known: true}
	switch {
	case errors.Is(err, sluss.ErrAbsent):
		answer.Absent, result.Absent = true, true
	case errors.Is(err, sluss.ErrCannotAsk):
		answer.Error, result.Known = err.Error(), false
	case err != nil:
		answer.Error, answer.Banned = err.Error(), banned(err, exchange)
		a.finish(ctx, answer)
		return FindResult{}, notTaken(err)
	default:
		answer.Outcome, result.Outcome = &outcome, outcome
	}
	if !a.finish(ctx, answer) {
		result.Unrecorded = &answer
	}
	return result, nil
}

func (in SubmitInput) registry() string { return in.Submission.Content.Obligation.Registry }

// begin gets the turn, and returns when its slot has come.
func (a *Activities) begin(ctx context.Context, in SubmitInput, purpose sluss.Purpose) (sluss.Turn, error) {
	registry, known := a.Registries[in.registry()]
	if !known {
		return sluss.Turn{}, temporal.NewApplicationError(fmt.Sprintf("this worker serves no registry %q: configure it", in.registry()), ErrorOperator)
	}
	content := in.Submission.Content
	calls := 1
	if purpose == sluss.ToSubmit {
		var err error
		if calls, err = registry.Calls(ctx, content); err != nil {
			return sluss.Turn{}, err
		}
	}
	turn, err := a.Ledger.Begin(ctx, sluss.Intent{
		Filing: in.Submission.Filing, Number: in.Number, Purpose: purpose,
		Registry: in.registry(), Calls: calls, Hash: content.Hash(), Actor: a.Actor,
		Due: content.Obligation.Due, Urgent: in.Urgent,
	})
	if err != nil {
		return sluss.Turn{}, err
	}
	if turn.Ungoverned && !in.Urgent {
		// Where this fails, the filing asks again by itself: later, but it does.
		if err := a.Messenger.Govern(ctx, in.registry()); err != nil {
			a.Log.Warn("nobody hands out turns, and the governor could not be started", "registry", in.registry(), "error", err)
		}
	}
	if turn.Kind == sluss.TurnGo {
		if err := awaitSlot(ctx, turn); err != nil {
			return sluss.Turn{}, err
		}
	}
	return turn, nil
}

// awaitSlot sleeps the last moments before a turn's slot.
func awaitSlot(ctx context.Context, turn sluss.Turn) error {
	wait := time.Until(turn.At)
	if wait <= 0 {
		return nil
	}
	select {
	case <-time.After(wait):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// queued is a place in the queue as an outcome.
func queued(w sluss.Wait) sluss.Outcome {
	detail := "its turn comes about then"
	switch {
	case w.Why != "":
		detail = w.Why
	case w.Granted:
		detail = "its turn comes then"
	case w.Ahead > 0:
		detail = fmt.Sprintf("its turn comes about then: %d calls are before it", w.Ahead)
	}
	return sluss.Outcome{Kind: sluss.Deferred, NotBefore: w.At, Detail: detail}
}

// finish records an answer, also when the activity's own time is up, and keeps
// trying for a while: what a registry has said must not get lost.
func (a *Activities) finish(ctx context.Context, answer sluss.Answer) (recorded bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	for pause := 50 * time.Millisecond; ; pause *= 2 {
		err := a.Ledger.Finish(ctx, answer)
		if err == nil {
			return true
		}
		a.Log.Warn("the ledger did not take an answer", "attempt", answer.Attempt, "error", err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return false
		}
	}
}

// banned tells whether the registry has shut us out as a whole: our key, our
// certificate, our address.
func banned(err error, exchange sluss.Exchange) bool {
	const forbidden = 403 // workflows name this package, and may not reach net/http
	return errors.Is(err, sluss.ErrOperator) && exchange.Status == forbidden
}

// notTaken is the one table from what a registry client says instead of an
// outcome to what Temporal does about it.
func notTaken(err error) error {
	switch {
	case errors.Is(err, sluss.ErrOperator):
		return temporal.NewApplicationErrorWithOptions(err.Error(), ErrorOperator, temporal.ApplicationErrorOptions{NextRetryDelay: time.Minute})
	case errors.Is(err, sluss.ErrUnavailable):
		return temporal.NewApplicationError(err.Error(), ErrorUnavailable)
	default:
		return temporal.NewApplicationError(err.Error(), ErrorNotSent)
	}
}
