package workflows

import (
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
	"sluss/obligations"
)

// TheirState is the state of an obligation that the party itself discharges: we file
// nothing, and ask nobody to sign.
type TheirState struct {
	Obligation sluss.Obligation `json:"obligation"`
	Receipt    *sluss.Receipt   `json:"receipt,omitempty"` // as told, or as the registry shows it; nil: unknown
	Detail     string           `json:"detail,omitempty"`  // why the registry shows that it cannot be done
}

func (o *duty) theirState() TheirState {
	return TheirState{Obligation: o.state.Obligation, Receipt: o.result.Receipt, Detail: o.state.Detail}
}

// holds tells whether gates and the end of the batch wait for the obligation. They do not
// wait for what others report and we cannot know.
func (o *duty) holds() bool {
	return !o.discharged && (!o.state.Obligation.Theirs || o.state.Obligation.Followed())
}

// theirText is the state of an obligation of theirs, as the end of a sentence.
func (b *batch) theirText(o *duty) string {
	obligation := o.state.Obligation
	text := fmt.Sprintf("is theirs: %s reports it itself", party(b.declaration, obligation))
	if obligation.Followed() {
		text = fmt.Sprintf("is theirs: waiting until %s shows that %s has done it", obligation.Registry, party(b.declaration, obligation))
		if obligation.Report == sluss.ReportCreation {
			text += fmt.Sprintf("; `starter receipt %s %s NUMBER --by NAME` says under which number", b.id.Name(), obligation.ID)
		}
	}
	return text
}

func (b *batch) listenToOthers(ctx workflow.Context) error {
	return ReceiptUpdate.handle(ctx, &messageHandler[sluss.TheirReceipt, TheirState]{
		recorder: &b.recorder, valid: b.mayTell, record: b.told, events: func() []sluss.Event { return b.events },
		at: func(t *sluss.TheirReceipt) *time.Time { return &t.At },
	})
}

// mayTell refuses a receipt that is none, or of an obligation that is not theirs.
func (b *batch) mayTell(_ workflow.Context, t sluss.TheirReceipt) error {
	var owed sluss.Obligation
	var known *sluss.Receipt
	if o := b.filings[t.Obligation]; o != nil {
		owed, known = o.state.Obligation, o.result.Receipt
	}
	return obligations.CheckTheirReceipt(owed, known, t).Err()
}

// told records the receipt of an obligation of theirs that a person was told.
func (b *batch) told(ctx workflow.Context, t sluss.TheirReceipt) (TheirState, error) {
	o := b.filings[t.Obligation]
	t.Receipt = sluss.Receipt{Registry: o.state.Obligation.Registry, ID: t.Receipt.ID, Status: "told", At: t.At}
	replaces := o.discharged
	if err := b.recordTheirs(ctx, o, t); err != nil {
		return TheirState{}, err
	}
	if replaces {
		b.amended(ctx, amended{Obligation: t.Obligation, Receipt: o.result.Receipt})
	}
	b.lookAgain(o.state.Obligation.Registry)
	b.show(ctx)
	return o.theirState(), nil
}

// recordTheirs records the receipt of an obligation of theirs, which is then discharged.
// The recorder must be held.
func (b *batch) recordTheirs(ctx workflow.Context, o *duty, t sluss.TheirReceipt) error {
	record := sluss.TheirReceiptRecord{Batch: b.id, Number: o.receipts + 1, TheirReceipt: t}
	if err := b.record(ctx, act.RecordTheirReceipt, record, "record the receipt of "+string(t.Obligation)); err != nil {
		return b.conflict(err)
	}
	o.receipts++
	o.discharged, o.result = true, FilingResult{Stage: sluss.StageAccepted, Receipt: &t.Receipt, Others: true}
	o.state.Receipt, o.state.Detail = &t.Receipt, ""
	return nil
}

// lookAgain asks a registry once more for what others have done there.
func (b *batch) lookAgain(registry string) {
	for _, id := range b.order {
		if o := b.filings[id]; o.state.Obligation.Registry == registry {
			o.look = true
		}
	}
}

// follow waits until others have discharged an obligation of theirs: a person tells the
// receipt, or the registry shows it. It returns true if the obligation has become ours
// meanwhile.
func (b *batch) follow(ctx workflow.Context, o *duty) (ours bool) {
	o.look = o.look || b.othersAhead(o.state.Obligation.Registry) || b.othersBegan()
	for {
		if err := workflow.Await(ctx, func() bool {
			return o.discharged || !o.state.Obligation.Theirs || b.notOwed(o) != nil || o.look && b.canLook(o)
		}); err != nil || o.discharged {
			return false
		}
		switch {
		case !o.state.Obligation.Theirs:
			return true
		case b.notOwed(o) != nil:
			o.discharged, o.result = true, FilingResult{Stage: sluss.StageWithdrawn}
			b.show(ctx)
			return false
		}
		o.look = false
		if b.lookAtRegistry(ctx, o) != nil {
			return false
		}
	}
}

// othersBegan tells whether others have created the document of the batch.
func (b *batch) othersBegan() bool {
	return slices.ContainsFunc(b.order, func(id sluss.ObligationID) bool {
		o := b.filings[id].state.Obligation
		return o.Theirs && o.Report == sluss.ReportCreation
	})
}

// canLook tells whether the registry can be asked for what others have done: their
// document is known, and what comes before is done.
func (b *batch) canLook(o *duty) bool {
	obligation := o.state.Obligation
	switch obligation.Report { //nolint:exhaustive // a document that others make has no number of ours
	case sluss.ReportCreation, sluss.ReportPickup, sluss.ReportPaper:
		return false
	}
	return obligation.Followed() && len(o.elsewhere()) == 0 && !slices.ContainsFunc(obligation.After, func(after string) bool {
		before := b.filings[b.current(after)]
		return before != nil && !before.discharged
	})
}

// lookAtRegistry asks the registry whether others have done what they owe, and records
// their receipt if they have.
func (b *batch) lookAtRegistry(ctx workflow.Context, o *duty) error {
	obligation := o.state.Obligation
	input := activities.SubmitInput{Submission: sluss.Submission{Filing: o.state.Filing, Content: b.content(obligation.ID)}, Number: 1}
	summary := fmt.Sprintf("ask whether others have done the %s", obligation.Report)
	for {
		var found activities.FindResult
		if err := workflow.ExecuteActivity(atRegistry(ctx, obligation.Registry, summary, false), act.Find, input).Get(ctx, &found); err != nil {
			workflow.GetLogger(ctx).Warn("a registry was not asked for what others have done", "filing", o.state.Filing, "error", err)
			return ctx.Err()
		}
		if found.Unrecorded != nil {
			if err := b.record(ctx, act.RecordAnswer, *found.Unrecorded, "record the answer"); err != nil {
				return err
			}
		}
		wait := time.Duration(0)
		switch {
		case !found.Known || found.Absent:
			return nil
		case found.Wait != nil: // nobody tells a batch its turn in the queue, so it asks ahead of others then
			input.Urgent, wait = true, found.Wait.In
		case found.Outcome.Kind == sluss.Accepted && found.Outcome.Receipt != nil:
			return b.recorder.record(ctx, func() error {
				if o.discharged || !o.state.Obligation.Theirs {
					return nil
				}
				err := b.recordTheirs(ctx, o, sluss.TheirReceipt{Obligation: obligation.ID, Receipt: *found.Outcome.Receipt, At: workflow.Now(ctx)})
				b.show(ctx)
				return err
			})
		case found.Outcome.Kind == sluss.Deferred:
			wait = found.Outcome.NotBefore.Sub(workflow.Now(ctx))
		default:
			if reasons := found.Outcome.Reasons; len(reasons) > 0 {
				o.state.Detail = reasons[0].Message
			}
			b.show(ctx)
			return nil
		}
		timer := workflow.TimerOptions{Summary: "asks again whether others have done the " + string(obligation.Report)}
		if err := workflow.NewTimerWithOptions(ctx, max(wait, noAskSooner), timer).Get(ctx, nil); err != nil {
			return err
		}
	}
}

// noAskSooner is the shortest pause before a registry is asked again for what others did.
const noAskSooner = 10 * time.Second
