package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
)

// reservation is the moment at which a workflow may make its next call, if it knows it.
type reservation struct {
	sluss.Reservation
	receivedAt time.Time // when the workflow learned of it; zero: there is none yet
}

const (
	// asksEarly is how long before the moment the workflow asks for its permit. The
	// activity waits for the moment.
	asksEarly = activities.Soon - time.Second
	// asksAgain is how long after twice the estimate a workflow asks again that nobody
	// has told of a reservation: somebody may have restored an older ledger, in which it
	// is not in the queue.
	asksAgain = 24 * time.Hour
)

func (r *reservation) known() bool { return !r.receivedAt.IsZero() }

// set stores a reservation from the dispatcher.
func (r *reservation) set(ctx workflow.Context, p sluss.Reservation) {
	*r = reservation{Reservation: p, receivedAt: workflow.Now(ctx)}
}

// waiting is what a workflow does while it waits for its reservation.
type waiting struct {
	// over tells whether there is something else to do; nil: never.
	over func() bool
	// reserved is called once the reservation is known; may be nil.
	reserved func() error
}

// await waits for a reservation, and then until shortly before it. It returns earlier if
// the workflow must ask for a permit again, or has something else to do.
func (r *reservation) await(ctx workflow.Context, w sluss.QueuePlace, do waiting) error {
	if w.Granted && !r.known() {
		r.set(ctx, sluss.Reservation{In: w.In, At: w.At})
	}
	over := func() bool { return do.over != nil && do.over() }
	summary, again := "may call about "+w.At.Format("15:04:05 -07:00"), 2*w.In+asksAgain
	if w.At.IsZero() {
		summary = w.Why
	}
	if w.Ahead > 0 {
		summary += fmt.Sprintf(": %d calls go first", w.Ahead)
	}
	if !r.known() && !over() {
		if err := awaitUntil(ctx, workflow.Now(ctx).Add(again), summary, func() bool { return r.known() || over() }); err != nil {
			return err
		}
	}
	if do.reserved != nil {
		if err := do.reserved(); err != nil {
			return err
		}
	}
	if !r.known() || over() {
		return nil
	}
	return awaitUntil(ctx, r.receivedAt.Add(r.In-asksEarly), "calls at "+r.At.Format("15:04:05.0 -07:00"), over)
}
