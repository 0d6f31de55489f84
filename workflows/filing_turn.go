package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
)

// promise is a turn that a filing was told, and when it heard of it.
type promise struct {
	sluss.Promise
	heard time.Time
}

const (
	// ahead is how long before its slot a filing asks: whoever comes late loses it.
	ahead = 200 * time.Millisecond
	// unforeseen is after how long a filing looks whether it is still in the queue
	// whose turn nobody can foresee. Any other does a while after its turn was to
	// come: it was overtaken by who is due sooner, or nobody hands out turns.
	unforeseen = 10 * time.Minute
	slack      = time.Minute
)

// promised takes the word of a governor.
func (f *filing) promised(ctx workflow.Context, p sluss.Promise) {
	if p.Number == f.number {
		f.promise = &promise{Promise: p, heard: workflow.Now(ctx)}
	}
}

// awaitTurn waits for the turn at the registry: until shortly before the slot
// that is promised, or that will be.
func (f *filing) awaitTurn(ctx workflow.Context, w sluss.Wait, purpose sluss.Purpose) error {
	f.until = w.At
	f.describe(ctx)
	f.recordStage(ctx, "")
	if w.Granted && f.promise == nil {
		f.promise = &promise{Promise: sluss.Promise{In: w.In, At: w.At}, heard: workflow.Now(ctx)}
	}
	if err := f.awaitPromise(ctx, w, purpose); err != nil {
		return err
	}
	if f.promise != nil {
		f.until = f.promise.At
	}
	f.calm(ctx)
	if f.promise == nil || f.decision != nil {
		return nil
	}
	if wait := f.promise.heard.Add(f.promise.In - ahead).Sub(workflow.Now(ctx)); wait > 0 {
		summary := "its turn comes at " + f.promise.At.Format("15:04:05.0 -07:00")
		return workflow.NewTimerWithOptions(ctx, wait, workflow.TimerOptions{Summary: summary}).Get(ctx, nil)
	}
	return nil
}

// awaitPromise waits until the filing is told its turn, or a person has decided,
// or it is not in the queue any more and must ask again.
func (f *filing) awaitPromise(ctx workflow.Context, w sluss.Wait, purpose sluss.Purpose) error {
	told := func() bool { return f.promise != nil || f.decision != nil }
	summary := "its turn comes about " + w.At.Format("15:04:05 -07:00")
	look := 2*w.In + slack
	if w.At.IsZero() {
		look, summary = unforeseen, w.Why
	}
	if w.Ahead > 0 {
		summary += fmt.Sprintf(": %d calls are before it", w.Ahead)
	}
	queued := activities.QueuedInput{Registry: f.content.Obligation.Registry, Filing: f.id, Number: f.number, Purpose: purpose}
	for !told() {
		if err := awaitUntil(ctx, workflow.Now(ctx).Add(look), summary, told); err != nil || told() {
			return err
		}
		var waits bool
		err := workflow.ExecuteActivity(afterAccepting(ctx, "look whether it is still in the queue"), act.Queued, queued).Get(ctx, &waits)
		if err != nil || !waits {
			return err
		}
		look *= 2
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
