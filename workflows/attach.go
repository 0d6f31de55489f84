package workflows

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
)

// Pauses between two checks of a running filing that an earlier run has started.
const (
	firstCheck   = 5 * time.Minute
	longestCheck = 6 * time.Hour
)

// news is what a filing may have missed while it was not attached to its batch.
type news struct {
	Versions []amended       `json:"versions,omitempty"` // of reports that it names
	NotOwed  *sluss.Decision `json:"not_owed,omitempty"` // it is not owed any more
	Look     bool            `json:"look,omitempty"`     // others have changed the document: what is to be filed may be done already
}

// attachment is sent to a running filing by a workflow that waits for its end, if that
// is not the run that started the filing.
type attachment struct {
	By      string        `json:"by"` // the workflow to be told how the filing ends
	Content sluss.Content `json:"content"`
	News    news          `json:"news,omitzero"`
}

// text is for comparing two attachments.
func (a attachment) text() string {
	data, err := json.Marshal(a)
	if err != nil { // a time beyond the year 9999
		return err.Error()
	}
	return string(data)
}

// end is sent by a filing to the workflow that is attached to it.
type end struct {
	Filing sluss.FilingID `json:"filing"`
	Result FilingResult   `json:"result"`
}

var (
	attachSignal = Signal[attachment]{"attach"}
	endSignal    = Signal[end]{"end"}
)

// errBehind means that the ledger knows more than this run, because the run was reset.
var errBehind = errors.New("the ledger has more than this run knows of")

// awaited is a filing whose end a workflow waits for: a child of this run, or a filing
// that an earlier run has started.
type awaited struct {
	id       sluss.FilingID
	child    workflow.ChildWorkflowFuture // nil: this run did not start it
	attached bool
	ended    *FilingResult // how the filing ended, if attached
}

// awaiting is how a workflow starts a filing, and what it sends to a running one.
type awaiting struct {
	start  func(ctx workflow.Context) workflow.ChildWorkflowFuture
	attach func() attachment
	// recorded waits until nothing is being recorded that the filing would be told of.
	recorded func(ctx workflow.Context) error
}

// runs tells whether messages can be sent to the filing.
func (p *awaited) runs() bool { return p.child != nil || p.attached }

// tell sends the filing a message, if it runs.
func tell[T any](ctx workflow.Context, p *awaited, s Signal[T], message T) error {
	switch {
	case p.attached:
		return workflow.SignalExternalWorkflow(ctx, string(p.id), "", s.Name, message).Get(ctx, nil)
	case p.child != nil:
		return p.child.SignalChildWorkflow(ctx, s.Name, message).Get(ctx, nil)
	}
	return fmt.Errorf("%s does not run", p.id)
}

// run waits for the end of the filing. If the filing was not started, or was ended by
// hand, it is started. If it runs, run attaches to it. If it has ended, the ledger knows
// how. begun says that an earlier run has started it. The error is errBehind or that of
// a cancelled context.
func (p *awaited) run(ctx workflow.Context, how awaiting, begun bool) (FilingResult, error) {
	for pause := time.Duration(0); ; {
		if !begun {
			if pause > 0 {
				timer := workflow.TimerOptions{Summary: string(p.id) + " ended without an outcome: it starts again"}
				if err := workflow.NewTimerWithOptions(ctx, pause, timer).Get(ctx, nil); err != nil {
					return FilingResult{}, err
				}
			}
			pause = min(max(2*pause, firstRestart), longestRestart)
			var result FilingResult
			p.child = how.start(ctx)
			err := p.child.Get(ctx, &result)
			if err == nil {
				return result, nil
			}
			p.child = nil
			if ctx.Err() != nil {
				return FilingResult{}, ctx.Err()
			}
			if !temporal.IsWorkflowExecutionAlreadyStartedError(err) {
				workflow.GetLogger(ctx).Warn("a filing ended without an outcome", "filing", p.id, "error", err)
				continue
			}
		}
		begun = false
		p.ended = nil
		result, err := p.attach(ctx, how)
		p.attached = false
		if err != nil {
			return FilingResult{}, err
		}
		if result != nil {
			return *result, nil
		}
	}
}

// attach waits for the end of a filing that an earlier run has started. It returns nil
// if the filing does not run and has not ended properly.
func (p *awaited) attach(ctx workflow.Context, how awaiting) (*FilingResult, error) {
	for pause := firstCheck; ; pause = min(2*pause, longestCheck) {
		var s sluss.FilingSnapshot
		summary := "look up how " + string(p.id) + " stands"
		if err := workflow.ExecuteLocalActivity(onLedger(ctx, summary), act.LookFiling, p.id).Get(ctx, &s); err != nil {
			return nil, err
		}
		if s.End != nil {
			result := FilingResult(*s.End)
			return &result, nil
		}
		for sent := ""; sent != how.attach().text(); { // repeated if something changed in the meantime
			if err := how.recorded(ctx); err != nil {
				return nil, err
			}
			message := how.attach()
			sent = message.text()
			if err := workflow.SignalExternalWorkflow(ctx, string(p.id), "", attachSignal.Name, message).Get(ctx, nil); err != nil {
				return nil, ctx.Err()
			}
		}
		p.attached = true
		summary = string(p.id) + " runs and will report its end: check whether it still runs"
		if err := awaitUntil(ctx, workflow.Now(ctx).Add(pause), summary, func() bool { return p.ended != nil }); err != nil {
			return nil, err
		}
		if p.ended != nil {
			return p.ended, nil
		}
	}
}

// catchUp applies news.
func (f *filing) catchUp(ctx workflow.Context, n news) {
	for _, version := range n.Versions {
		f.receiptAmended(ctx, version)
	}
	if n.NotOwed != nil {
		workflow.GoNamed(ctx, "withdraw", func(ctx workflow.Context) { f.withdrawn(ctx, *n.NotOwed) })
	}
	f.changedByOthers = f.changedByOthers || n.Look
}

// begin opens the filing, and goes on from its state in the ledger. done is its end, if
// the ledger has one.
func (f *filing) begin(ctx workflow.Context) (done *FilingResult, err error) {
	var begun activities.Begun
	if err := f.recorded(ctx, act.BeginFiling, f.opened(ctx), "record what is owed", &begun); err != nil {
		return nil, err
	}
	s := begun.FilingSnapshot
	if !f.host.knows(s) {
		return nil, errBehind
	}
	if s.End != nil {
		result := FilingResult(*s.End)
		f.stage, f.waiting, f.receipt, f.clearance = result.Stage, "", result.Receipt, result.Clearance
		return &result, nil
	}
	if !s.Opened {
		f.looks(begun.Place)
		return nil, nil
	}
	f.content.Receipts = s.Receipts
	f.hash = f.content.Hash()
	f.overdue, f.number, f.stages = s.Overdue, s.Number, s.Stages
	if f.signature == nil { // it was not signed in the meantime
		f.signature = s.Signature
	}
	if f.signature != nil && f.signature.ContentHash != f.hash {
		f.signature = nil
	}
	if f.signature != nil {
		f.signs.handled = append(f.signs.handled, handledMessage[sluss.Signature, FilingState]{*f.signature, f.state()})
	}
	if !f.unsigned() {
		f.stage, f.waiting = sluss.StageSending, ""
	}
	f.looks(begun.Place)
	return nil, nil
}
