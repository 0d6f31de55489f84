package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
)

// promise is a turn that a filing was told, and when it heard of it.
type promise struct {
	sluss.Promise
	heard time.Time
}

const (
	// ahead is how long before its slot a filing asks: whoever comes late loses it.
	ahead = 200 * time.Millisecond
	// unasked is after how long a filing asks again by itself whose turn nobody can
	// foresee. Any other does when twice the time has passed that was foreseen, and
	// a little more: a governor would have told it by then.
	unasked = 10 * time.Minute
	least   = time.Minute
)

// promised takes the word of a governor.
func (f *filing) promised(ctx workflow.Context, p sluss.Promise) {
	if p.Number == f.number {
		f.promise = &promise{Promise: p, heard: workflow.Now(ctx)}
	}
}

// awaitTurn waits for the turn at the registry: until shortly before the slot
// that is promised, or that will be. Where nobody tells, it asks again by itself,
// some time after its turn was to be expected.
func (f *filing) awaitTurn(ctx workflow.Context, w sluss.Wait) error {
	f.until = w.At
	f.describe(ctx)
	f.recordStage(ctx, "")
	now := workflow.Now(ctx)
	if w.Granted && f.promise == nil {
		f.promise = &promise{Promise: sluss.Promise{In: w.In, At: w.At}, heard: now}
	}
	if f.promise == nil {
		again, summary := now.Add(2*w.In+least), "its turn comes about "+w.At.Format("15:04:05 -07:00")
		if w.At.IsZero() {
			again, summary = now.Add(unasked), w.Why
		}
		if w.Ahead > 0 {
			summary += fmt.Sprintf(": %d calls are before it", w.Ahead)
		}
		if _, err := awaitUntil(ctx, again, summary, func() bool { return f.promise != nil || f.decision != nil }); err != nil {
			return err
		}
	}
	if f.promise == nil || f.decision != nil {
		f.calm(ctx)
		return nil
	}
	f.until = f.promise.At
	f.calm(ctx)
	if wait := f.promise.heard.Add(f.promise.In - ahead).Sub(workflow.Now(ctx)); wait > 0 {
		summary := "its turn comes at " + f.promise.At.Format("15:04:05.0 -07:00")
		return workflow.NewTimerWithOptions(ctx, wait, workflow.TimerOptions{Summary: summary}).Get(ctx, nil)
	}
	return nil
}

// forecast warns the officer of a filing that will be late, while there is time.
func (f *filing) forecast(ctx workflow.Context, c sluss.Forecast) {
	if f.stage != sluss.StageDeferred || f.queued == nil {
		return
	}
	f.until = c.At
	if !c.Late {
		f.calm(ctx)
		f.recordStage(ctx, "")
		return
	}
	f.waiting = sluss.Officer
	f.detail = fmt.Sprintf("its turn comes about %s, %s after it is due: file it by hand and decide taken, withdraw what matters less, or have an operator ask for more quota",
		clock(c.At), c.At.Sub(c.Due).Round(time.Minute))
	f.describe(ctx)
	f.upsert(ctx, WaitingFor.ValueSet(string(f.waiting)))
	f.recordStage(ctx, "")
}

// calm ends a warning.
func (f *filing) calm(ctx workflow.Context) {
	if f.waiting != "" {
		f.waiting, f.detail = "", "its turn comes in time"
		f.upsert(ctx, WaitingFor.ValueUnset())
	}
	f.describe(ctx)
}
