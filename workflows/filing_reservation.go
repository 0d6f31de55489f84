package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
)

// wait lets the time pass before which the registry, or its quota, takes
// nothing.
func (f *filing) wait(ctx workflow.Context, outcome sluss.Outcome) error {
	f.stage, f.detail = sluss.StageDeferred, outcome.Detail
	if f.queued != nil {
		return f.queue(ctx, *f.queued, sluss.ToSubmit)
	}
	return f.sleep(ctx, outcome.NotBefore, outcome.Detail)
}

// sleep lets the time pass until a moment, or until somebody has decided.
func (f *filing) sleep(ctx workflow.Context, until time.Time, why string) error {
	f.until = until
	f.describe(ctx)
	f.recordStage(ctx, "")
	return awaitUntil(ctx, until, fmt.Sprintf("until %s: %s", until.Format("15:04:05 -07:00"), why), f.isDecided)
}

func (f *filing) isDecided() bool { return f.decision != nil }

// reserved takes the word of the dispatcher.
func (f *filing) reserved(ctx workflow.Context, p sluss.Reservation) {
	if p.Number == f.number {
		f.reservation.set(ctx, p)
	}
}

// queue waits, deferred, until the next call may be made, or somebody has decided.
func (f *filing) queue(ctx workflow.Context, w sluss.Wait, purpose sluss.Purpose) error {
	f.until = w.At
	f.describe(ctx)
	f.recordStage(ctx, "")
	return f.awaitReservation(ctx, w, purpose, f.isDecided)
}

// awaitReservation waits until the next call may be made, or over says that there
// is something else to do.
func (f *filing) awaitReservation(ctx workflow.Context, w sluss.Wait, purpose sluss.Purpose, over func() bool) error {
	queued := activities.QueuedInput{Registry: f.content.Obligation.Registry, Filing: f.id, Number: f.number, Purpose: purpose}
	return f.reservation.await(ctx, w, waiting{
		over: over,
		queued: func() (waits bool, err error) {
			err = workflow.ExecuteActivity(afterAccepting(ctx, "look whether it is still in the queue"), act.Queued, queued).Get(ctx, &waits)
			return waits, err
		},
		reserved: func() error {
			if err := f.settled(ctx); err != nil || f.stage != sluss.StageDeferred {
				return err
			}
			if f.reservation.known() {
				f.until = f.reservation.At
			}
			f.endWarning(ctx)
			return nil
		},
	})
}

// forecast warns the officer of a filing that will be late, while there is time.
func (f *filing) forecast(ctx workflow.Context, c sluss.Forecast) {
	if f.stage != sluss.StageDeferred || f.queued == nil {
		return
	}
	f.until = c.At
	if !c.Late {
		f.endWarning(ctx)
		f.recordStage(ctx, "")
		return
	}
	f.waiting = sluss.Officer
	f.detail = fmt.Sprintf("it may be sent about %s, %s after it is due: file it by hand and decide taken, withdraw what matters less, or have an operator ask for more quota",
		clock(c.At), c.At.Sub(c.Due).Round(time.Minute))
	f.describe(ctx)
	f.upsert(ctx, WaitingFor.ValueSet(string(f.waiting)))
	f.recordStage(ctx, "")
}

// calm ends a warning.
func (f *filing) endWarning(ctx workflow.Context) {
	if f.waiting != "" {
		f.waiting, f.detail = "", "it may be sent in time"
		f.upsert(ctx, WaitingFor.ValueUnset())
	}
	f.describe(ctx)
}
