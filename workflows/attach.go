package workflows

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
)

// Pauses before a filing that somebody ended by hand is started again, and
// between two looks at one that runs and was started by an earlier run.
const (
	firstRestart   = time.Minute
	longestRestart = time.Hour
	firstCheck     = 5 * time.Minute
	longestCheck   = 6 * time.Hour
)

// news is what may have become known while nobody could tell the filing of it.
type news struct {
	Versions  []amended       `json:"versions,omitempty"`  // of notes that it names
	Annulment *sluss.Decision `json:"annulment,omitempty"` // what it is a step of is no more
	Look      bool            `json:"look,omitempty"`      // others have changed the document: what is to be filed may be done
}

// attachment is what a filing is told by the workflow that waits for it without
// being the run that started it.
type attachment struct {
	By      string        `json:"by"` // the workflow that is to be told how the filing ended
	Content sluss.Content `json:"content"`
	News    news          `json:"news,omitzero"`
}

// text tells two attachments apart.
func (a attachment) text() string {
	data, err := json.Marshal(a)
	if err != nil { // a time beyond the year 9999
		return err.Error()
	}
	return string(data)
}

// end is what a filing tells the workflow that is attached to it.
type end struct {
	Filing string       `json:"filing"`
	Result FilingResult `json:"result"`
}

var (
	attachSignal = Signal[attachment]{"attach"}
	endSignal    = Signal[end]{"end"}
)

// errBehind says that the ledger knows more than this run does, which was reset.
var errBehind = errors.New("the ledger has more than this run knows of")

// awaited is one filing on its way, as the workflow sees it that needs its end:
// its child, or a filing that an earlier run has started.
type awaited struct {
	id           string
	child        workflow.ChildWorkflowFuture // nil: this run has not started it
	attached     bool
	ended        *FilingResult // what the filing told at its end, when attached
	endedOutside bool          // it may run no more
}

// awaiting is how a workflow starts a filing, and what it tells one that runs.
type awaiting struct {
	start  func(ctx workflow.Context) workflow.ChildWorkflowFuture
	attach func() attachment
	// recorded waits until no word of a person is being recorded that the filing
	// would be told of.
	recorded func(ctx workflow.Context) error
	// behind tells whether the ledger knows more; nil: it is not asked.
	behind func(s sluss.FilingSnapshot) bool
}

// runs tells whether the filing can be told something.
func (p *awaited) runs() bool { return p.child != nil || p.attached }

// tell gives the filing a message, if it runs.
func tell[T any](ctx workflow.Context, p *awaited, s Signal[T], message T) error {
	switch {
	case p.attached:
		return workflow.SignalExternalWorkflow(ctx, p.id, "", s.Name, message).Get(ctx, nil)
	case p.child != nil:
		return p.child.SignalChildWorkflow(ctx, s.Name, message).Get(ctx, nil)
	}
	return fmt.Errorf("%s does not run", p.id)
}

// run gives the end of the filing, whoever has started it. Where nobody has, or
// it was ended by hand, it is started; where it runs, it is told how things stand
// and tells its end itself; where it has ended, the ledger knows how. begun says
// that an earlier run has started it. The error is errBehind or that of a
// cancelled context.
func (p *awaited) run(ctx workflow.Context, how awaiting, begun bool) (FilingResult, error) {
	for pause := time.Duration(0); ; {
		if !begun {
			if pause > 0 {
				timer := workflow.TimerOptions{Summary: p.id + " ended without an outcome: it starts again"}
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

// attach waits for the end of a filing that an earlier run has started; nil where
// it runs no more and has no end.
func (p *awaited) attach(ctx workflow.Context, how awaiting) (*FilingResult, error) {
	for pause := firstCheck; ; pause = min(2*pause, longestCheck) {
		var s sluss.FilingSnapshot
		summary := "look what has come of " + p.id
		if err := workflow.ExecuteLocalActivity(onLedger(ctx, summary), act.LookFiling, p.id).Get(ctx, &s); err != nil {
			return nil, err
		}
		if how.behind != nil && how.behind(s) {
			return nil, errBehind
		}
		if s.End != nil {
			result := FilingResult(*s.End)
			return &result, nil
		}
		for told := ""; told != how.attach().text(); { // what changes meanwhile is told after it
			if err := how.recorded(ctx); err != nil {
				return nil, err
			}
			message := how.attach()
			told = message.text()
			if err := workflow.SignalExternalWorkflow(ctx, p.id, "", attachSignal.Name, message).Get(ctx, nil); err != nil {
				return nil, ctx.Err()
			}
		}
		p.attached = true
		p.endedOutside = false
		summary = p.id + " runs, and tells its end: look whether it still does"
		if err := awaitUntil(ctx, workflow.Now(ctx).Add(pause), summary, func() bool { return p.ended != nil || p.endedOutside }); err != nil {
			return nil, err
		}
		if p.ended != nil {
			return p.ended, nil
		}
	}
}

// attach takes note that somebody waits for the end of this filing who is not the
// run that started it, and how things stand there. A signature holds where the
// content is the same.
func (f *filing) attach(ctx workflow.Context, a attachment) {
	f.owner = a.By
	f.attached++
	a.Content.Receipts = f.content.Receipts
	f.corrected(ctx, rewording{Content: &a.Content})
	f.catchUp(ctx, a.News)
}

// catchUp takes note of what has become known.
func (f *filing) catchUp(ctx workflow.Context, n news) {
	for _, version := range n.Versions {
		f.receiptAmended(ctx, version)
	}
	if n.Annulment != nil {
		f.annulled(ctx, *n.Annulment)
	}
	f.changedByOthers = f.changedByOthers || n.Look
}

// end shows the end of the filing, and tells it who is attached.
func (f *filing) end(ctx workflow.Context, result *FilingResult, err error) (FilingResult, error) {
	if err != nil {
		return FilingResult{}, err
	}
	f.describe(ctx)
	f.upsert(ctx, Stage.ValueSet(string(f.stage)))
	for told := 0; ; {
		attachSignal.drain(ctx, f.attach)
		if f.attached == told {
			break
		}
		told = f.attached
		if err := workflow.SignalExternalWorkflow(ctx, f.owner, "", endSignal.Name, end{f.id, *result}).Get(ctx, nil); err != nil {
			workflow.GetLogger(ctx).Warn("the end of a filing was not told", "filing", f.id, "to", f.owner, "error", err)
		}
	}
	return *result, workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
}

// begin opens the filing. It goes on from where the ledger has it, and is done
// where the ledger has its end.
func (f *filing) begin(ctx workflow.Context) (done *FilingResult, err error) {
	var s sluss.FilingSnapshot
	if err := workflow.ExecuteLocalActivity(onLedger(ctx, "record what is owed"), act.BeginFiling, f.opened(ctx)).Get(ctx, &s); err != nil {
		return nil, err
	}
	if s.End != nil {
		result := FilingResult(*s.End)
		f.stage, f.waiting, f.receipt, f.clearance = result.Stage, "", result.Receipt, result.Clearance
		return &result, nil
	}
	if !s.Opened {
		return nil, nil
	}
	f.content.Receipts = s.Receipts
	f.hash = f.content.Hash()
	f.overdue, f.number, f.stages = s.Overdue, s.Number, s.Stages
	if f.signature == nil { // nobody has signed it meanwhile
		f.signature = s.Signature
	}
	if f.signature != nil && f.signature.ContentHash != f.hash {
		f.signature = nil
	}
	if !f.unsigned() {
		f.stage, f.waiting = sluss.StageSending, ""
	}
	return nil, nil
}
