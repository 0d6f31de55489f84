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
	// Begin asks for a permit to call. If it is granted, the intent is durable, and
	// Finish must follow.
	Begin(ctx context.Context, i sluss.Intent) (sluss.Permit, error)
	// Finish records the answer to an attempt, which changes the stage of its filing. If
	// the registry throttled us, all calls to it are held back.
	Finish(ctx context.Context, a sluss.Answer) error
}

// caller makes all calls of registries: each within the rate limits, with its intent
// recorded before and its answer after. A submission that was made, or may have been
// made, is not made again under the same number.
type caller struct {
	ledger calls
	actor  string
	log    *slog.Logger
}

// reply is the result of a call.
type reply struct {
	// Outcome is the registry's answer, to this call or an earlier one; Unknown if an
	// earlier call was interrupted, Deferred if the call must be made later.
	Outcome sluss.Outcome
	// Wait is the place in the queue, if no call was made.
	Wait *sluss.QueuePlace
	// Err is the error of the registry's client. With a deferred outcome both are set.
	Err error
	// Unrecorded is the answer if the ledger could not record it. The next try of the
	// same submission is then Unknown.
	Unrecorded *sluss.Answer
}

// later is an error that means: ask again later. Its outcome is Deferred.
type later interface {
	error
	Outcome() sluss.Outcome
}

// call makes one call. Its own errors mean that nothing was sent and that the call may
// be tried again.
func (c caller) call(ctx context.Context, i sluss.Intent, do func(ctx context.Context) (sluss.Outcome, sluss.Exchange, error)) (reply, error) {
	i.Number, i.Actor = max(1, i.Number), c.actor
	permit, err := c.begin(ctx, i)
	if err != nil {
		return reply{}, err
	}
	switch permit.Kind {
	case sluss.PermitQueued:
		return reply{Outcome: queued(permit.Wait), Wait: &permit.Wait}, nil
	case sluss.PermitInterrupted:
		return reply{Outcome: sluss.Outcome{Kind: sluss.Unknown, Detail: "we were interrupted in the middle of the call: find out what became of it"}}, nil
	case sluss.PermitSettled:
		return reply{Outcome: permit.Outcome}, nil
	case sluss.PermitGranted:
	}
	answer := sluss.Answer{Attempt: permit.Attempt}
	if err := awaitReservedTime(ctx, permit); err != nil {
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
	case errors.As(r.Err, &deferred): // recorded, because it may hold all calls back
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

// Soon is how long before its reservation a call may ask for its permit. It waits for the
// moment by itself.
const Soon = 3 * time.Second

// begin asks for a permit, and waits for a reservation that comes soon.
func (c caller) begin(ctx context.Context, i sluss.Intent) (sluss.Permit, error) {
	for {
		permit, err := c.ledger.Begin(ctx, i)
		if err != nil || permit.Kind != sluss.PermitQueued || !permit.Wait.Granted || permit.Wait.In > Soon {
			return permit, err
		}
		const early = 100 * time.Millisecond
		select {
		case <-time.After(permit.Wait.In - early):
		case <-ctx.Done():
			return sluss.Permit{}, toTemporal(fmt.Errorf("%w: the activity was cancelled: %w", sluss.ErrNotSent, ctx.Err()))
		}
	}
}

// awaitReservedTime sleeps until the granted moment. Its error means that nothing may be
// sent: the activity was cancelled, or this process was frozen and another may have sent
// it since.
func awaitReservedTime(ctx context.Context, permit sluss.Permit) error {
	reservedAt := permit.At
	if reservedAt.IsZero() {
		return nil
	}
	select {
	case <-time.After(time.Until(reservedAt)):
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%w: the activity was cancelled: %w", sluss.ErrNotSent, ctx.Err())
	}
	// After a suspension of the machine only the wall clock is right.
	if late := max(time.Since(reservedAt), time.Now().Round(0).Sub(reservedAt.Round(0))); late > permit.Slip {
		return fmt.Errorf("%w: this process was held up, and is %s too late", sluss.ErrNotSent, late.Round(time.Millisecond))
	}
	return nil
}

// finish records an answer, even after the activity's time is up, and retries for a
// while: a registry's answer must not get lost.
func (c caller) finish(ctx context.Context, answer sluss.Answer) (recorded bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	for pause := 50 * time.Millisecond; ; pause *= 2 {
		err := c.ledger.Finish(ctx, answer)
		if err == nil {
			return true
		}
		c.log.Warn("an answer could not be recorded", "attempt", answer.Attempt, "error", err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return false
		}
	}
}

// unrecorded is the error if the answer could not be recorded and all is done again.
func unrecorded(r reply) error {
	return fmt.Errorf("the answer to %s could not be recorded: the call is made again", r.Unrecorded.Attempt)
}

// queued is the outcome of a call that waits in the queue.
func queued(w sluss.QueuePlace) sluss.Outcome {
	detail := "in the queue, to be sent about then"
	switch {
	case w.Why != "":
		detail = w.Why
	case w.Granted:
		detail = "a call is reserved for then"
	case w.Ahead > 0:
		detail = fmt.Sprintf("in the queue, to be sent about then: %d calls go first", w.Ahead)
	}
	return sluss.Outcome{Kind: sluss.Deferred, NotBefore: w.At, Detail: detail}
}

// banned tells whether the registry refuses all our calls because of our key,
// certificate or address.
func banned(err error, exchange sluss.Exchange) bool {
	const forbidden = 403 // workflows import this package and must not import net/http
	return errors.Is(err, sluss.ErrOperator) && exchange.Status == forbidden
}

// Types of the application errors of activities, as the Temporal UI shows them.
const (
	ErrorConflict = "Conflict" // the ledger has other content under the same name: never retried
	ErrorNotSent  = "NotSent"  // nothing reached the registry: retried
	// ErrorUnavailable: a registry did not answer a question: retried.
	ErrorUnavailable = "Unavailable"
	ErrorOperator    = "Operator" // an operator must help: retried slowly, unless a person waits
	ErrorBusy        = "Busy"     // the rate limits allow no call now, and a person waits: may be tried again
)

// toTemporal maps the errors of a registry's client to what Temporal does about them.
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

// unserved is the error if a worker's configuration lacks a registry.
func unserved(registry, as string) error {
	return temporal.NewApplicationError(fmt.Sprintf("this worker serves no registry %q%s: configure it", registry, as), ErrorOperator)
}
