package activities

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/temporal"

	"sluss"
)

// calls is the record of calls.
type calls interface {
	// Begin asks for the turn to call. If the answer is Go, the intent is durable, and
	// Finish must follow.
	Begin(ctx context.Context, i sluss.Intent) (sluss.Permit, error)
	// Finish records the answer to an attempt, moves its filing's stage along with the
	// outcome, and after a throttled one holds the whole quota back.
	Finish(ctx context.Context, a sluss.Answer) error
}

type dispatchers interface {
	// WakeDispatcher starts the workflow that hands out turns for a registry, or wakes it.
	WakeDispatcher(ctx context.Context, registry string) error
}

// caller makes all calls of registries: each on a reservation, with its intent
// recorded before and its answer after. What was submitted under a number, or may
// have been, is not submitted again.
type caller struct {
	ledger      calls
	dispatchers dispatchers // not needed where all calls are urgent
	actor       string
	log         *slog.Logger
}

// reply is what came of a call.
type reply struct {
	// Outcome is what the registry said, now or before; Unknown where an earlier call
	// was interrupted, Deferred where it must be asked later.
	Outcome sluss.Outcome
	// Wait is the place in the queue; nobody was called.
	Wait *sluss.Wait
	// Err is what the registry's client said instead of an outcome, or beside a
	// deferred one.
	Err error
	// Unrecorded is the answer where the ledger did not take it. Of a submission, the
	// next try of the same says Unknown.
	Unrecorded *sluss.Answer
}

// later is the error of a question that has no answer yet; its outcome is Deferred.
type later interface {
	error
	Outcome() sluss.Outcome
}

// call makes one call. Its own errors mean that nothing was sent, and that the same
// may be tried again.
func (c caller) call(ctx context.Context, i sluss.Intent, do func(ctx context.Context) (sluss.Outcome, sluss.Exchange, error)) (reply, error) {
	i.Number, i.Actor = max(1, i.Number), c.actor
	turn, err := c.ledger.Begin(ctx, i)
	if err != nil {
		return reply{}, err
	}
	if turn.NoDispatcher && !i.Urgent {
		// Where this fails, whoever waits asks again by itself: later, but it does.
		if err := c.dispatchers.WakeDispatcher(ctx, i.Registry); err != nil {
			c.log.Warn("the dispatcher of a registry could not be started", "registry", i.Registry, "error", err)
		}
	}
	switch turn.Kind {
	case sluss.PermitQueued:
		return reply{Outcome: queued(turn.Wait), Wait: &turn.Wait}, nil
	case sluss.PermitInterrupted:
		return reply{Outcome: sluss.Outcome{Kind: sluss.Unknown, Detail: "we were interrupted in the middle of the call: look how it stands"}}, nil
	case sluss.PermitSettled:
		return reply{Outcome: turn.Outcome}, nil
	case sluss.PermitGranted:
	}
	answer := sluss.Answer{Attempt: turn.Attempt}
	if err := awaitReservedTime(ctx, turn.At); err != nil {
		answer.Error = err.Error()
		c.finish(ctx, answer)
		return reply{}, toTemporal(err)
	}
	var r reply
	r.Outcome, answer.Exchange, r.Err = do(ctx)
	answer.Outcome = &r.Outcome
	var deferred later
	switch {
	case r.Err == nil:
	case errors.As(r.Err, &deferred): // where everybody must hold back, the ledger must know
		r.Outcome = deferred.Outcome()
	case errors.Is(r.Err, sluss.ErrAbsent):
		r.Outcome, answer.Outcome, answer.Absent = sluss.Outcome{}, nil, true
	default:
		r.Outcome, answer.Outcome, answer.Error = sluss.Outcome{}, nil, r.Err.Error()
		answer.Banned = banned(r.Err, answer.Exchange)
	}
	if !c.finish(ctx, answer) {
		r.Unrecorded = &answer
	}
	return r, nil
}

// latest is how long after its reservation a call may still be made: as long as the ledger
// keeps a reservation for it at most.
const latest = 10 * time.Second

// awaitReservedTime sleeps the last moments before a reservation. Its error is that nothing is sent:
// nobody waits for it, or this process was frozen, and others may have sent it since.
func awaitReservedTime(ctx context.Context, reservedAt time.Time) error {
	if reservedAt.IsZero() {
		return nil
	}
	select {
	case <-time.After(time.Until(reservedAt)):
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%w: nobody waits for it any more: %w", sluss.ErrNotSent, ctx.Err())
	}
	// A machine that was suspended knows by the time of day alone.
	if late := max(time.Since(reservedAt), time.Now().Round(0).Sub(reservedAt.Round(0))); late > latest {
		return fmt.Errorf("%w: this process was held up, and is %s too late", sluss.ErrNotSent, late.Round(time.Second))
	}
	return nil
}

// finish records an answer, also when the activity's own time is up, and keeps
// trying for a while: what a registry has said must not get lost.
func (c caller) finish(ctx context.Context, answer sluss.Answer) (recorded bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	for pause := 50 * time.Millisecond; ; pause *= 2 {
		err := c.ledger.Finish(ctx, answer)
		if err == nil {
			return true
		}
		c.log.Warn("the ledger did not take an answer", "attempt", answer.Attempt, "error", err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return false
		}
	}
}

// notTaken is the error where everything is done again, since the ledger did not
// take the answer.
func notTaken(r reply) error {
	return fmt.Errorf("the ledger did not take the answer to %s: it is asked again", r.Unrecorded.Attempt)
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

// banned tells whether the registry has shut us out as a whole: our key, our
// certificate, our address.
func banned(err error, exchange sluss.Exchange) bool {
	const forbidden = 403 // workflows name this package, and may not reach net/http
	return errors.Is(err, sluss.ErrOperator) && exchange.Status == forbidden
}

// Types of the application errors that activities end with, as the Temporal UI
// shows them.
const (
	ErrorConflict = "Conflict" // the ledger holds something else under the same name: never retried
	ErrorNotSent  = "NotSent"  // nothing reached the registry: retried
	// ErrorUnavailable: a registry did not answer a question: retried.
	ErrorUnavailable = "Unavailable"
	ErrorOperator    = "Operator" // an operator must help: retried slowly, unless a person waits
	ErrorBusy        = "Busy"     // there is no reservation for somebody who waits; the same may be asked again
)

// toTemporal is the one table from what a registry's client says instead of an
// outcome to what Temporal does about it.
func toTemporal(err error) error {
	switch {
	case errors.Is(err, sluss.ErrOperator):
		return temporal.NewApplicationErrorWithOptions(err.Error(), ErrorOperator, temporal.ApplicationErrorOptions{NextRetryDelay: time.Minute})
	case errors.Is(err, sluss.ErrUnavailable):
		return temporal.NewApplicationError(err.Error(), ErrorUnavailable)
	default:
		return temporal.NewApplicationError(err.Error(), ErrorNotSent)
	}
}

// unserved is the error where a worker's configuration lacks a registry.
func unserved(registry, as string) error {
	return temporal.NewApplicationError(fmt.Sprintf("this worker serves no registry %q%s: configure it", registry, as), ErrorOperator)
}
