package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
)

// mayHold refuses a hold that is impossible, or has no effect.
func (f *filing) mayHold(ctx workflow.Context, h sluss.Hold) error {
	o := f.content.Obligation
	switch {
	case f.ended():
		return fmt.Errorf("%s is %s: there is nothing to hold", o.ID, f.stage)
	case asks(o.Report):
		return fmt.Errorf("%s is a question to %s, which nobody enters by hand", o.ID, o.Registry)
	case f.stage == sluss.StageRejected || f.stage == sluss.StageUnknown:
		return fmt.Errorf("%s is %s: it is not sent until a person has acted", o.ID, f.stage)
	}
	if err := h.Check(o.Due, workflow.Now(ctx)).Err(); err != nil {
		return err
	}
	if f.onHold(ctx) && f.holding.Why == h.Held().Why && f.holding.Until.Equal(h.Until) {
		return fmt.Errorf("%s is held so already", o.ID)
	}
	return nil
}

func (f *filing) mayRelease(ctx workflow.Context, r sluss.Release) error {
	switch {
	case !f.onHold(ctx):
		return fmt.Errorf("%s is not held", f.content.Obligation.ID)
	case r.By.Name == "":
		return fmt.Errorf("a release needs the name of the person who makes it")
	}
	return nil
}

func (f *filing) hold(ctx workflow.Context, h sluss.Hold) (FilingState, error) {
	held := h.Held()
	if err := f.recordHold(ctx, sluss.MarkHeld, held.Until, held.Why); err != nil {
		return FilingState{}, err
	}
	f.holding = &held
	if f.stage == sluss.StageSignature {
		f.showHold(ctx)
		workflow.GoNamed(ctx, "hold", func(ctx workflow.Context) { f.endHoldOf(ctx, &held) })
	}
	s := f.state()
	s.Until, s.Detail = held.Until, f.heldText() // its stage may change a moment later
	return s, nil
}

func (f *filing) release(ctx workflow.Context, r sluss.Release) (FilingState, error) {
	why := r.By.Name
	if r.Reason != "" {
		why += ": " + r.Reason
	}
	if err := f.recordHold(ctx, sluss.MarkReleased, time.Time{}, why); err != nil {
		return FilingState{}, err
	}
	f.holding = nil
	if f.stage == sluss.StageSignature {
		f.showHold(ctx)
	}
	return f.state(), nil
}

// recordHold records a person's word about a hold.
func (f *filing) recordHold(ctx workflow.Context, mark sluss.Mark, until time.Time, why string) error {
	f.stages++
	record := sluss.StageRecord{Filing: f.id, Number: f.stages, Stage: f.stage, Waiting: f.waiting, Until: until, Detail: why, Mark: mark, At: workflow.Now(ctx)}
	return f.record(ctx, act.RecordStage, record, "record that it is "+string(mark))
}

// onHold tells whether nothing may be sent now.
func (f *filing) onHold(ctx workflow.Context) bool {
	return f.holding != nil && workflow.Now(ctx).Before(f.holding.Until)
}

func (f *filing) heldText() string {
	return fmt.Sprintf("held until %s by %s; once it is entered, decide taken with its receipt, or `starter release %s` lets it go on", clock(f.holding.Until), f.holding.Why, f.id.Name())
}

// showHold shows whether a filing that waits for a signature is held.
func (f *filing) showHold(ctx workflow.Context) {
	f.until, f.detail = time.Time{}, ""
	if f.onHold(ctx) {
		f.until, f.detail = f.holding.Until, f.heldText()
	}
	f.show(ctx)
	f.recordStage(ctx, "")
}

// endHoldOf shows that a hold has ended, if the filing waits for a signature then.
func (f *filing) endHoldOf(ctx workflow.Context, held *sluss.Held) {
	over := func() bool { return f.holding != held || f.stage != sluss.StageSignature || f.ended() }
	if awaitUntil(ctx, held.Until, "the hold ends", over) == nil && !over() {
		f.holding = nil
		f.showHold(ctx)
	}
}

// awaitRelease shows that the filing is held, and waits until the hold ends or a person has
// decided.
func (f *filing) awaitRelease(ctx workflow.Context) error {
	for f.onHold(ctx) && f.decision == nil {
		held := f.holding
		f.stage, f.waiting, f.until, f.reasons, f.detail = sluss.StageDeferred, sluss.Officer, held.Until, nil, f.heldText()
		f.rests = true
		f.show(ctx)
		f.recordStage(ctx, "")
		summary := fmt.Sprintf("held until %s by %s", clock(held.Until), held.Why)
		if err := awaitUntil(ctx, held.Until, summary, func() bool { return f.decision != nil || f.holding != held }); err != nil {
			return err
		}
		if err := f.settled(ctx); err != nil {
			return err
		}
	}
	if f.decision != nil {
		return nil
	}
	f.holding = nil
	f.stage, f.waiting, f.until, f.detail = sluss.StageSending, "", time.Time{}, ""
	f.recordStage(ctx, "")
	f.show(ctx)
	return nil
}
