package workflows

import (
	"encoding/json"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
)

// Pauses between two checks of a running filing that an earlier run has started.
const (
	firstCheck   = 5 * time.Minute
	longestCheck = 6 * time.Hour
)

// attachment is sent to a running filing by a workflow that waits for its end, if that
// is not the run that started the filing.
type attachment struct {
	By      string        `json:"by"` // the workflow to be told how the filing ends
	Content sluss.Content `json:"content"`
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
// how. The error is that of a cancelled context.
func (p *awaited) run(ctx workflow.Context, how awaiting) (FilingResult, error) {
	for pause := time.Duration(0); ; {
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
		p.ended = nil
		known, err := p.attach(ctx, how)
		p.attached = false
		if err != nil {
			return FilingResult{}, err
		}
		if known != nil {
			return *known, nil
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
