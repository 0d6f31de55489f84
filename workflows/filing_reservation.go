package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
)

// wait waits until the registry, or its rate limits, allow the next call. In the queue, a
// filing whose content is corrected asks again: it may be due at another moment, make more
// calls, or need another signature.
func (f *filing) wait(ctx workflow.Context, outcome sluss.Outcome) error {
	f.stage, f.detail = sluss.StageDeferred, outcome.Detail
	if f.queued != nil {
		return f.queue(ctx, *f.queued, func() bool { return f.isDecided() || f.hash != f.asked })
	}
	return f.sleep(ctx, outcome.NotBefore, outcome.Detail)
}

// sleep waits until a moment, or until there is a decision.
func (f *filing) sleep(ctx workflow.Context, until time.Time, why string) error {
	f.until, f.rests = until, true
	f.show(ctx)
	f.recordStage(ctx, "")
	return awaitUntil(ctx, until, fmt.Sprintf("until %s: %s", until.Format("15:04:05 -07:00"), why), f.isDecided)
}

func (f *filing) isDecided() bool { return f.decision != nil }

// reserved handles a reservation from the dispatcher.
func (f *filing) reserved(ctx workflow.Context, p sluss.Reservation) {
	if p.Number == f.number {
		f.reservation.set(ctx, p)
	}
}

// queue waits, as deferred, until the next call may be made, or until over says that there
// is something else to do.
func (f *filing) queue(ctx workflow.Context, w sluss.QueuePlace, over func() bool) error {
	f.until, f.rests = w.At, true
	f.show(ctx)
	f.recordStage(ctx, "")
	return f.awaitReservation(ctx, w, over)
}

// awaitReservation waits until the next call may be made, or until over says that there is
// something else to do.
func (f *filing) awaitReservation(ctx workflow.Context, w sluss.QueuePlace, over func() bool) error {
	return f.reservation.await(ctx, w, waiting{
		over: over,
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

// forecast warns the officer in advance that the filing will be late.
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
	f.detail = fmt.Sprintf("it will probably be sent about %s, %s after it is due: file it by hand and decide taken, withdraw less important filings, or let an operator request a higher limit",
		clock(c.At), c.At.Sub(c.Due).Round(time.Minute))
	f.show(ctx)
	f.recordStage(ctx, "")
}

// endWarning withdraws the warning.
func (f *filing) endWarning(ctx workflow.Context) {
	if f.waiting != "" {
		f.waiting, f.detail = "", "it will probably be sent in time"
	}
	f.show(ctx)
}
