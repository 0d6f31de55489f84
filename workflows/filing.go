package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
	"sluss/obligations"
)

// FilingInput starts a filing.
type FilingInput struct {
	Batch   string        `json:"batch"`
	Content sluss.Content `json:"content"`
	Policy  Policy        `json:"policy"`
	// Run counts the runs of one filing from 0: more than one only where an
	// engineer ended one by hand.
	Run int `json:"run,omitempty"`
}

// FilingResult is how a filing ended: accepted or withdrawn.
type FilingResult struct {
	Stage     sluss.FilingStage `json:"stage"`
	Receipt   *sluss.Receipt    `json:"receipt,omitempty"`
	Clearance *sluss.Clearance  `json:"clearance,omitempty"`
}

// Filing discharges one obligation at one registry. It waits for the signature
// that the content needs, submits, and ends on a receipt or on a person's word
// that nothing is owed. It files at most once: where it cannot tell whether the
// registry took it, it asks the registry, or else a person.
func Filing(ctx workflow.Context, in FilingInput) (FilingResult, error) {
	f := &filing{
		batch: in.Batch, id: workflow.GetInfo(ctx).WorkflowExecution.ID, policy: in.Policy,
		content: in.Content, hash: in.Content.Hash(), stage: sluss.StageSending, number: 1, stages: in.Run * 1000,
	}
	if err := f.listen(ctx); err != nil {
		return FilingResult{}, err
	}
	f.describe(ctx)
	if f.unsigned() {
		f.stage, f.waiting = sluss.StageSignature, f.content.Obligation.Signer
	}
	if err := f.record(ctx, act.OpenFiling, f.opened(ctx), "record what is owed"); err != nil {
		return FilingResult{}, err
	}
	stopClock := f.startClock(ctx)
	result, err := f.discharge(ctx)
	stopClock()
	if err != nil {
		return FilingResult{}, err
	}
	f.describe(ctx)
	f.upsert(ctx, Stage.ValueSet(string(f.stage)))
	return result, workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
}

// act names the activities; it carries nothing.
var act *activities.Activities

type filing struct {
	batch, id string
	policy    Policy
	content   sluss.Content
	hash      string
	signature *sluss.Signature
	decision  *sluss.Decision
	stage     sluss.FilingStage
	waiting   sluss.Role
	until     time.Time
	reasons   []sluss.Reason
	detail    string
	clearance *sluss.Clearance
	receipt   *sluss.Receipt
	overdue   bool
	number    int // of the submission, from 1
	stages    int // recorded so far
}

// discharge goes on until the registry has accepted, or a person has decided.
func (f *filing) discharge(ctx workflow.Context) (FilingResult, error) {
	for {
		if err := f.awaitSignature(ctx); err != nil {
			return FilingResult{}, err
		}
		sent := f.hash
		outcome, err := f.submit(ctx)
		if err == nil && outcome.Kind == sluss.Unknown {
			outcome, err = f.resolve(ctx)
		}
		if err != nil {
			return FilingResult{}, err
		}
		switch outcome.Kind {
		case sluss.Accepted:
			f.stage, f.waiting, f.receipt, f.clearance = sluss.StageAccepted, "", outcome.Receipt, outcome.Clearance
			return FilingResult{Stage: f.stage, Receipt: f.receipt, Clearance: f.clearance}, nil
		case sluss.Rejected:
			f.reasons, f.clearance, f.detail = outcome.Reasons, outcome.Clearance, outcome.Detail
			if err := f.awaitPerson(ctx, sluss.StageRejected, func() bool { return f.decision != nil || f.hash != sent }); err != nil {
				return FilingResult{}, err
			}
			if f.decision != nil {
				return f.decided(), nil
			}
			f.number++
		case sluss.Deferred:
			if err := f.wait(ctx, outcome); err != nil {
				return FilingResult{}, err
			}
		case sluss.Unknown: // a person decided that the registry does not have it
			f.decision = nil
			f.number++
		}
	}
}

func (f *filing) submit(ctx workflow.Context) (sluss.Outcome, error) {
	f.stage, f.waiting, f.until, f.reasons, f.detail = sluss.StageSending, "", time.Time{}, nil, ""
	f.describe(ctx)
	registry := f.content.Obligation.Registry
	summary := fmt.Sprintf("%s to %s", f.content.Obligation.Note, registry)
	if f.number > 1 {
		summary += fmt.Sprintf(", submission %d", f.number)
	}
	var result activities.SubmitResult
	err := workflow.ExecuteActivity(atRegistry(ctx, registry, summary), act.Submit, f.submission()).Get(ctx, &result)
	if err == nil && result.Unrecorded != nil {
		err = f.record(ctx, act.RecordAnswer, *result.Unrecorded, "record the answer")
	}
	return result.Outcome, err
}

// resolve finds out what became of a submission whose answer was lost: by
// asking the registry, and where that cannot be, a person. It returns Accepted,
// or Rejected with no reasons left open, or Unknown where the registry does not
// have it and the same may be sent again.
func (f *filing) resolve(ctx workflow.Context) (sluss.Outcome, error) {
	registry := f.content.Obligation.Registry
	for asked := 0; ; {
		f.stage, f.detail = sluss.StageUnknown, "the answer was lost; asking "+registry+" what it has"
		f.describe(ctx)
		var found activities.FindResult
		err := workflow.ExecuteActivity(atRegistry(ctx, registry, "ask what it has of "+string(f.content.Obligation.Note)), act.Find, f.submission()).Get(ctx, &found)
		if err == nil && found.Unrecorded != nil {
			err = f.record(ctx, act.RecordAnswer, *found.Unrecorded, "record the answer")
		}
		switch {
		case err != nil:
			return sluss.Outcome{}, err
		case !found.Known:
			return f.askPerson(ctx)
		case found.Absent && asked > 0:
			return sluss.Outcome{Kind: sluss.Unknown}, nil
		case found.Absent:
			asked++
			f.detail = registry + " has nothing of it; asking once more before it is sent again"
			if err := f.sleep(ctx, workflow.Now(ctx).Add(f.policy.Settle), f.detail); err != nil {
				return sluss.Outcome{}, err
			}
		case found.Outcome.Kind == sluss.Deferred:
			if err := f.sleep(ctx, found.Outcome.NotBefore, found.Outcome.Detail); err != nil {
				return sluss.Outcome{}, err
			}
		default:
			return found.Outcome, nil
		}
	}
}

// askPerson waits for a person to find out whether the registry has it.
func (f *filing) askPerson(ctx workflow.Context) (sluss.Outcome, error) {
	f.detail = f.content.Obligation.Registry + " may or may not have taken it and cannot be asked: find out (its own extract, its support), then decide taken or not-taken"
	if err := f.awaitPerson(ctx, sluss.StageUnknown, func() bool { return f.decision != nil }); err != nil {
		return sluss.Outcome{}, err
	}
	switch f.decision.Kind {
	case sluss.DecidedNotTaken:
		return sluss.Outcome{Kind: sluss.Unknown}, nil
	case sluss.DecidedTaken, sluss.DecidedOverride, sluss.DecidedWithdrawn:
	}
	return sluss.Outcome{Kind: sluss.Accepted, Receipt: f.decided().Receipt}, nil
}

// decided is the end that a person's decision puts to a filing.
func (f *filing) decided() FilingResult {
	f.waiting = ""
	if f.decision.Kind == sluss.DecidedWithdrawn {
		f.stage = sluss.StageWithdrawn
		return FilingResult{Stage: f.stage}
	}
	f.stage = sluss.StageAccepted
	f.receipt = &sluss.Receipt{Registry: f.content.Obligation.Registry, ID: f.decision.Receipt, Status: string(f.decision.Kind), At: f.decision.At}
	return FilingResult{Stage: f.stage, Receipt: f.receipt, Clearance: f.clearance}
}

func (f *filing) submission() activities.SubmitInput {
	return activities.SubmitInput{
		Submission: sluss.Submission{Filing: f.id, Content: f.content, Signature: f.signature},
		Number:     f.number,
	}
}

func (f *filing) opened(ctx workflow.Context) sluss.FilingRecord {
	return sluss.FilingRecord{
		Filing: f.id, Batch: f.batch, Content: f.content, Hash: f.hash,
		Stage: f.stage, Waiting: f.waiting, At: workflow.Now(ctx),
	}
}

// record writes into the ledger, however long it takes.
func (f *filing) record(ctx workflow.Context, activity, record any, summary string) error {
	return workflow.ExecuteLocalActivity(onLedger(ctx, summary), activity, record).Get(ctx, nil)
}

// startClock reminds before the due time and marks what is past it. What it
// returns stops it.
func (f *filing) startClock(ctx workflow.Context) (stop func()) {
	due := f.content.Obligation.Due
	if due.IsZero() {
		return func() {}
	}
	ctx, cancel := workflow.WithCancel(ctx)
	rule := f.content.Obligation.Rule
	marks := []struct {
		mark    sluss.Mark
		at      time.Time
		summary string
	}{
		{sluss.MarkReminder, obligations.Remind(due, rule.Country), fmt.Sprintf("remind: due %s (%s)", clock(due), rule.Paragraph)},
		{sluss.MarkOverdue, due, fmt.Sprintf("due %s (%s)", clock(due), rule.Paragraph)},
	}
	workflow.GoNamed(ctx, "clock", func(ctx workflow.Context) {
		for _, m := range marks {
			wait := m.at.Sub(workflow.Now(ctx))
			if wait <= 0 && m.mark == sluss.MarkReminder {
				continue
			}
			if wait > 0 && workflow.NewTimerWithOptions(ctx, wait, workflow.TimerOptions{Summary: m.summary}).Get(ctx, nil) != nil {
				return // stopped: it is discharged
			}
			f.overdue = m.mark == sluss.MarkOverdue
			f.describe(ctx)
			if f.overdue {
				f.upsert(ctx, Overdue.ValueSet(true))
				f.tell(ctx)
			}
			f.recordStage(ctx, m.mark)
		}
	})
	return cancel
}

// describe keeps what the Temporal UI shows of the filing up to date.
func (f *filing) describe(ctx workflow.Context) {
	o := f.content.Obligation
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** for %s\n\n", o.Rule.Title, party(f.content.Declaration, o))
	fmt.Fprintf(&b, "- stage: **%s**\n", f.stage)
	if f.waiting != "" {
		fmt.Fprintf(&b, "- waiting for: **%s**\n", person(f.content.Declaration, o, f.waiting))
	}
	if !f.until.IsZero() {
		fmt.Fprintf(&b, "- until: **%s**\n", clock(f.until))
	}
	if !o.Due.IsZero() {
		fmt.Fprintf(&b, "- due: **%s** by %s %s\n", clock(o.Due), o.Rule.Statute, o.Rule.Paragraph)
	} else {
		fmt.Fprintf(&b, "- by %s %s\n", o.Rule.Statute, o.Rule.Paragraph)
	}
	if o.Gates != "" {
		fmt.Fprintf(&b, "- holds the gate: **%s**\n", o.Gates)
	}
	if f.overdue {
		fmt.Fprintf(&b, "- **overdue** since %s\n", clock(o.Due))
	}
	if f.detail != "" {
		fmt.Fprintf(&b, "- %s\n", f.detail)
	}
	for _, r := range f.reasons {
		fmt.Fprintf(&b, "- rejected: %s %s %s\n", r.Code, r.Field, r.Message)
	}
	if f.receipt != nil {
		fmt.Fprintf(&b, "- receipt: `%s` %s\n", f.receipt.ID, f.receipt.Number)
	}
	workflow.SetCurrentDetails(ctx, b.String())
}

func (f *filing) upsert(ctx workflow.Context, updates ...temporal.SearchAttributeUpdate) {
	if err := workflow.UpsertTypedSearchAttributes(ctx, updates...); err != nil {
		workflow.GetLogger(ctx).Warn("search attributes not updated", "error", err)
	}
}

// clock is a moment as the UI shows it.
func clock(t time.Time) string { return t.Format("Mon 2006-01-02 15:04 -07:00") }
