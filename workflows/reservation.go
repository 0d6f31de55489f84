package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
)

// reservation is the moment at which a workflow may call its registry once, as far
// as it was told.
type reservation struct {
	sluss.Reservation
	toldAt time.Time // zero: nothing is reserved yet
}

const (
	// ahead is how long before the moment the workflow asks: whoever comes late
	// loses it.
	askEarly = 200 * time.Millisecond
	// unforeseen is after how long a workflow looks whether it is still in the queue
	// where nobody can tell when its call may be made. Any other looks a while
	// after that was to be: calls that are due sooner go before it, or nobody hands
	// out reservations.
	checkWithoutEstimate = 10 * time.Minute
	checkDelay           = time.Minute
)

func (r *reservation) known() bool { return !r.toldAt.IsZero() }

// told takes the word of the dispatcher.
func (r *reservation) set(ctx workflow.Context, p sluss.Reservation) {
	*r = reservation{Reservation: p, toldAt: workflow.Now(ctx)}
}

// waiting is what a workflow does until its call may be made.
type waiting struct {
	// over: it has something else to do; nil: never.
	over func() bool
	// queued tells whether it is still in the queue: else it asks again. Nil: it
	// asks again at once, since that costs it nothing.
	queued func() (bool, error)
	// told is called once the moment is known; nil: nothing is to be done then.
	reserved func() error
}

// await waits until shortly before the moment that is reserved, or that will be;
// less long where the workflow must ask again, or has something else to do.
func (r *reservation) await(ctx workflow.Context, w sluss.Wait, do waiting) error {
	if w.Granted && !r.known() {
		r.set(ctx, sluss.Reservation{In: w.In, At: w.At})
	}
	over := func() bool { return do.over != nil && do.over() }
	summary, look := "may call about "+w.At.Format("15:04:05 -07:00"), 2*w.In+checkDelay
	if w.At.IsZero() {
		summary, look = w.Why, checkWithoutEstimate
	}
	if w.Ahead > 0 {
		summary += fmt.Sprintf(": %d calls are before it", w.Ahead)
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
	return awaitUntil(ctx, r.toldAt.Add(r.In-askEarly), "calls at "+r.At.Format("15:04:05.0 -07:00"), over)
}
