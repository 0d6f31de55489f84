package workflows

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
)

// submit sends the content and waits for the outcome. sent is false if there is something
// else to do first.
func (f *filing) submit(ctx workflow.Context) (outcome sluss.Outcome, sent bool, err error) {
	summary := fmt.Sprintf("%s to %s", f.content.Obligation.Report, f.content.Obligation.Registry)
	if f.number > 1 {
		summary += fmt.Sprintf(", submission %d", f.number)
	}
	otherWork := func() bool { return f.unsigned() || f.versions != nil || f.notOwed != nil }
	show := func() {
		f.stage, f.waiting, f.until, f.reasons, f.detail = sluss.StageSending, "", time.Time{}, nil, ""
		f.sent, f.asked = f.hash, f.hash
	}
	f.asked = f.hash
	var result activities.SubmitResult
	if !f.reservation.known() && f.decision == nil && !otherWork() {
		if place := f.looked.of(f.hash, f.number); place != nil {
			result = *place
		} else {
			err = f.recorded(ctx, act.Queue, f.submission(), "look whether others go first", &result)
		}
		f.looked = looked{}
		if f.queued = result.Wait; err != nil || f.queued != nil {
			return result.Outcome, err == nil, err
		}
	}
	if sent, err = f.call(ctx, summary, act.Submit, &result, otherWork, show); err == nil && sent {
		err = f.recordAnswer(ctx, result.Unrecorded)
	}
	f.queued = result.Wait
	return result.Outcome, sent, err
}

// looked is what a filing saw when it looked whether others go first.
type looked struct {
	hash   string
	number int
	place  *activities.SubmitResult
}

// looks stores that for the submission that follows.
func (f *filing) looks(place *activities.SubmitResult) { f.looked = looked{f.hash, f.number, place} }

// of is what was seen for a submission; nil: nothing.
func (l looked) of(hash string, number int) *activities.SubmitResult {
	if l.hash != hash || l.number != number {
		return nil
	}
	return l.place
}

// resolve finds out what became of a submission whose answer was lost, by asking the
// registry or, if that cannot be asked, a person. It returns Accepted; Rejected; or Unknown
// if the registry does not have it and it may be sent again. If others must approve the
// submission (Pending), resolve asks until they have.
func (f *filing) resolve(ctx workflow.Context, answer sluss.Outcome) (sluss.Outcome, error) {
	registry, pending := f.content.Obligation.Registry, answer.Pending
	if pending {
		f.stage, f.detail = sluss.StageDeferred, answer.Detail
		if err := f.sleep(ctx, noSooner(ctx, answer.NotBefore), answer.Detail); err != nil {
			return sluss.Outcome{}, err
		}
	}
	for asked := 0; ; {
		found, called, err := f.find(ctx, "ask about "+string(f.content.Obligation.Report), func() bool { return false }, func() {
			if !pending {
				f.stage, f.detail = sluss.StageUnknown, "the answer was lost; asking "+registry+" about it"
			}
		})
		switch {
		case err != nil:
		case !called: // a person has decided
			return sluss.Outcome{Kind: sluss.Unknown}, nil
		case !found.Known:
			f.detail = lostAnswerText(f.content)
			return sluss.Outcome{Kind: sluss.Unknown}, f.awaitPerson(ctx, sluss.StageUnknown, f.isDecided)
		case found.Absent && pending:
			return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{
				Code: "WITHDRAWN", Message: "what others had to approve does not exist any more: somebody withdrew it in " + registry,
				Remedy: "decide withdrawn, or decide again to request it once more",
			}}}, nil
		case found.Absent && asked > 0:
			return sluss.Outcome{Kind: sluss.Unknown}, nil
		case found.Absent:
			asked++
			f.detail = registry + " does not have it; asking once more before it is sent again"
			err = f.sleep(ctx, workflow.Now(ctx).Add(f.policy.Settle), f.detail)
		case found.Wait != nil:
			err = f.queue(ctx, *found.Wait, f.isDecided)
		case found.Outcome.Kind == sluss.Deferred:
			until := found.Outcome.NotBefore
			if pending = pending || found.Outcome.Pending; pending {
				f.stage, f.detail, until = sluss.StageDeferred, found.Outcome.Detail, noSooner(ctx, until)
			}
			err = f.sleep(ctx, until, found.Outcome.Detail)
		default:
			return found.Outcome, nil
		}
		if err != nil {
			return sluss.Outcome{}, err
		}
	}
}

// noSooner limits how soon the registry is asked again, even if clocks differ.
func noSooner(ctx workflow.Context, moment time.Time) time.Time {
	const soonest = 10 * time.Second
	if least := workflow.Now(ctx).Add(soonest); moment.Before(least) {
		return least
	}
	return moment
}

// find asks the registry about the submission. asked is false if there is something else
// to do first.
func (f *filing) find(ctx workflow.Context, summary string, otherWork func() bool, show func()) (found activities.FindResult, asked bool, err error) {
	if asked, err = f.call(ctx, summary, act.Find, &found, otherWork, show); err == nil && asked {
		err = f.recordAnswer(ctx, found.Unrecorded)
	}
	return found, asked, err
}

// call makes one call of the registry, once no message of a person is being recorded.
// It makes no call if a person has decided, or if otherWork says that there is something else
// to do. If a person acts, or the batch is corrected, while the call is not made yet, as
// in an outage, the call is cancelled and call starts again. show is called when the call
// begins.
func (f *filing) call(ctx workflow.Context, summary string, activity, result any, otherWork func() bool, show func()) (called bool, err error) {
	for {
		if err := f.settled(ctx); err != nil {
			return false, err
		}
		if f.ended() || f.decision != nil || otherWork() {
			return false, nil
		}
		show()
		f.show(ctx)
		cancelled, err := f.callOnce(ctx, summary, activity, result, otherWork)
		switch {
		case err == nil || ctx.Err() != nil:
			return err == nil, err
		case cancelled:
			// Or the worker died in the middle of it. In that case the ledger knows, and the
			// next call returns Unknown.
		case f.rests || !mayRetry(err):
			return false, err
		default:
			f.rests, f.detail = true, "it could not be sent yet, and is tried again: "+causeOf(err)
			f.show(ctx)
		}
	}
}

// callOnce makes one call. cancelled tells that it was taken back before it ended.
func (f *filing) callOnce(ctx workflow.Context, summary string, activity, result any, otherWork func() bool) (cancelled bool, err error) {
	defer f.host.calls()()
	options := atRegistry(ctx, f.content.Obligation.Registry, f.summary(summary), f.reservation.known())
	if !f.rests {
		options = onceSoon(options)
	}
	options, cancel := workflow.WithCancel(options)
	defer cancel()
	f.reservation = reservation{}
	f.calling = true
	defer func() { f.calling = false }()
	call := workflow.ExecuteActivity(options, activity, f.submission())
	// Whoever cancels the workflow cancels the call too.
	_ = workflow.Await(ctx, func() bool { return call.IsReady() || f.busy() || otherWork() || f.host.leaves(ctx) })
	cancelled = !call.IsReady()
	cancel()
	return cancelled, call.Get(ctx, result)
}

// mayRetry tells whether an activity may succeed if it is tried again.
func mayRetry(err error) bool {
	application := (*temporal.ApplicationError)(nil)
	return !errors.As(err, &application) || !application.NonRetryable()
}

// causeOf is what went wrong in an activity.
func causeOf(err error) string {
	if application := (*temporal.ApplicationError)(nil); errors.As(err, &application) {
		return application.Message()
	}
	if timeout := (*temporal.TimeoutError)(nil); errors.As(err, &timeout) {
		return "no worker has answered"
	}
	return err.Error()
}

// settled waits until nothing is being recorded, neither here nor by the batch. It waits
// for ever if this history is about to end.
func (f *filing) settled(ctx workflow.Context) error {
	for {
		if err := f.recorder.awaitIdle(ctx); err != nil {
			return err
		}
		if err := workflow.Await(ctx, func() bool { return !f.host.leaves(ctx) }); err != nil {
			return err
		}
		if f.held == nil && f.recorder.idle() {
			return nil
		}
		if f.held == nil {
			continue
		}
		if err := f.awaitBatch(ctx); err != nil {
			return err
		}
	}
}

// patience is how long a filing waits before it checks whether the workflow that has told
// it to send nothing still runs.
const patience = time.Minute

// awaitBatch waits until the batch has recorded its correction. It stops waiting if the
// batch was ended.
func (f *filing) awaitBatch(ctx workflow.Context) error {
	holder := f.held
	freed := func() bool { return f.held != holder }
	if holder.RunID == workflow.GetInfo(ctx).WorkflowExecution.RunID {
		return workflow.Await(ctx, freed)
	}
	if err := awaitUntil(ctx, workflow.Now(ctx).Add(patience), "a correction of it is being recorded", freed); err != nil || freed() {
		return err
	}
	err := workflow.SignalExternalWorkflow(ctx, holder.ID, holder.RunID, stateSignal.Name, f.state()).Get(ctx, nil)
	if err != nil && !freed() && ctx.Err() == nil {
		workflow.GetLogger(ctx).Warn("the batch was ended before it had recorded a correction", "error", err)
		f.held = nil
	}
	return ctx.Err()
}

// busy tells whether something is being recorded, here or by the batch.
func (f *filing) busy() bool { return !f.recorder.idle() || f.held != nil }

// await waits for something that people do, until it is recorded.
func (f *filing) await(ctx workflow.Context, done func() bool) error {
	for {
		if err := workflow.Await(ctx, done); err != nil {
			return err
		}
		if err := f.settled(ctx); err != nil || done() {
			return err
		}
	}
}

func (f *filing) submission() activities.SubmitInput {
	return activities.SubmitInput{
		Submission: sluss.Submission{Filing: f.id, Content: f.content, Signature: f.signature},
		Number:     f.number,
	}
}

// recordAnswer records a registry's answer, if the activity could not.
func (f *filing) recordAnswer(ctx workflow.Context, answer *sluss.Answer) error {
	if answer == nil {
		return nil
	}
	return f.record(ctx, act.RecordAnswer, *answer, "record the answer")
}
