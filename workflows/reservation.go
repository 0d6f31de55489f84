package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
)

// reservation is the moment at which a workflow may make its next call, if it knows it.
type reservation struct {
	sluss.Reservation
	receivedAt time.Time // when the workflow learned of it; zero: there is none yet
}

const (
	// askEarly is how long before the moment the workflow asks for its permit, so that it
	// does not miss it.
	askEarly = 200 * time.Millisecond
	// checkWithoutEstimate is how long a workflow without an estimate waits before it
	// checks whether it is still in the queue. With an estimate it checks after twice the
	// estimate and checkDelay: calls that are due sooner may have gone first, or no
	// dispatcher runs.
	checkWithoutEstimate = 10 * time.Minute
	checkDelay           = time.Minute
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
	// queued tells whether it is still in the queue; if not, it asks for a permit again.
	// Nil: it asks again without checking, because that costs nothing.
	queued func() (bool, error)
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
	summary, look := "may call about "+w.At.Format("15:04:05 -07:00"), 2*w.In+checkDelay
	if w.At.IsZero() {
		summary, look = w.Why, checkWithoutEstimate
	}
	if w.Ahead > 0 {
		summary += fmt.Sprintf(": %d calls go first", w.Ahead)
	}
	for ready := func() bool { return r.known() || over() }; !ready(); look *= 2 {
		if err := awaitUntil(ctx, workflow.Now(ctx).Add(look), summary, ready); err != nil {
			return err
		}
		if ready() {
			break
		}
		if do.queued == nil {
			return nil
		}
		if waits, err := do.queued(); err != nil || !waits {
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
	return awaitUntil(ctx, r.receivedAt.Add(r.In-askEarly), "calls at "+r.At.Format("15:04:05.0 -07:00"), over)
}
