package workflows

import (
	"go.temporal.io/sdk/workflow"

	"sluss"
)

// Filing is the workflow of one filing that lives on its own: see Amendment and Results.
// The filings of a batch are part of its workflow.
func Filing(ctx workflow.Context, in FilingInput) (FilingResult, error) {
	a := &alone{owner: in.Owner, parent: workflow.GetInfo(ctx).ParentWorkflowExecution}
	if a.owner != "" {
		a.attached = 1
	}
	f := newFiling(ctx, a, in.Batch.Filing(in.Content.Obligation.ID), in.Batch, in.Content, in.Policy)
	a.filings = filings{list: []*filing{f}, settled: func(workflow.Context) error { return nil }, certain: func() bool { return true }}
	a.listing.keep(ctx, func() bool { return a.recording > 0 })
	var done *FilingResult
	err := f.recorder.record(ctx, func() (err error) { // messages wait for this
		if err := a.listen(ctx, f); err != nil {
			return err
		}
		done, err = f.open(ctx)
		return err
	})
	if err != nil {
		return FilingResult{}, err
	}
	keepClock(ctx, f.nextMark)
	var result FilingResult
	var failed error
	ended := false
	workflow.GoNamed(ctx, "filing", func(ctx workflow.Context) {
		result, failed = f.goOn(ctx, done, news{Look: in.Look})
		ended = true
	})
	if err := workflow.Await(ctx, func() bool { return ended || a.mayRenew(ctx, f) }); err != nil {
		return FilingResult{}, a.awaitCalls(ctx, err)
	}
	switch {
	case !ended: // the ledger has the rest
		return FilingResult{}, workflow.NewContinueAsNewError(ctx, workflow.GetInfo(ctx).WorkflowType.Name, FilingInput{
			Batch: f.batch, Content: f.content, Policy: f.policy, Owner: a.owner, Look: f.changedByOthers,
		})
	case failed != nil:
		return FilingResult{}, failed
	}
	return result, a.end(ctx, f, result)
}

// alone is the host of a filing with a workflow of its own.
type alone struct {
	work
	filings  filings
	inbound  inbound
	listing  listing
	parent   *workflow.Execution // the results that it belongs to; nil: none
	told     FilingState         // to the parent, last
	owner    string              // the attached workflow, which is told the end
	attached int                 // how many times a workflow has attached
}

func (a *alone) listen(ctx workflow.Context, f *filing) error {
	always := func() bool { return true }
	contentSignal.eachTracked(ctx, &a.inbound, always, f.corrected)
	attachSignal.eachTracked(ctx, &a.inbound, always, func(ctx workflow.Context, m attachment) { a.attach(ctx, f, m) })
	return a.filings.listen(ctx, &a.inbound, always)
}

// attach stores which workflow waits for the end of the filing, and takes over its
// content. A signature stays valid if the content is the same.
func (a *alone) attach(ctx workflow.Context, f *filing, m attachment) {
	a.owner = m.By
	a.attached++
	m.Content.Receipts = f.content.Receipts
	f.corrected(ctx, contentUpdate{Content: &m.Content})
}

func (a *alone) changed(ctx workflow.Context, f *filing) {
	workflow.SetCurrentDetails(ctx, f.details())
	now := f.state()
	a.listing.set(a.listed(f, string(f.waiting), now.Blocked()))
	if a.parent == nil || f.ended() || now.Blocked() == a.told.Blocked() && now.Overdue == a.told.Overdue {
		return
	}
	a.told = now
	parent := a.parent.ID
	workflow.Go(ctx, func(ctx workflow.Context) {
		// An engineer may have ended it; the filing goes on.
		if err := workflow.SignalExternalWorkflow(ctx, parent, "", stateSignal.Name, now).Get(ctx, nil); err != nil {
			workflow.GetLogger(ctx).Warn("the results were not told", "error", err)
		}
	})
}

func (a *alone) listed(f *filing, waiting string, blocked bool) listed {
	o := f.content.Obligation
	return listed{stage: string(f.stage), waiting: waiting, due: o.Due, blocked: blocked, overdue: f.overdue, registries: o.Registry}
}

// act records what a person did by an activity, so that it is in the history before it is
// in the ledger: nobody compares the two later.
func (a *alone) act(ctx workflow.Context, activity, record any, summary string, result any) error {
	return workflow.ExecuteActivity(afterAccepting(ctx, summary), activity, record).Get(ctx, result)
}

func (a *alone) knows(sluss.FilingSnapshot) bool { return true }

func (a *alone) leaves(ctx workflow.Context) bool {
	return workflow.GetInfo(ctx).GetContinueAsNewSuggested()
}

// mayRenew tells whether the filing must go on in a new history, and nothing would be lost.
func (a *alone) mayRenew(ctx workflow.Context, f *filing) bool {
	return a.leaves(ctx) && a.idle() && a.inbound.idle() && f.recorder.idle() && f.held == nil && f.versions == nil && f.decision == nil &&
		workflow.AllHandlersFinished(ctx)
}

// end shows the end of the filing, and reports it to the attached workflow.
func (a *alone) end(ctx workflow.Context, f *filing, result FilingResult) error {
	for notified := 0; ; {
		attachSignal.drain(ctx, func(ctx workflow.Context, m attachment) { a.attach(ctx, f, m) })
		if a.attached == notified {
			break
		}
		notified = a.attached
		if err := workflow.SignalExternalWorkflow(ctx, a.owner, "", endSignal.Name, end{f.id, result}).Get(ctx, nil); err != nil {
			workflow.GetLogger(ctx).Warn("the end of a filing was not reported", "filing", f.id, "to", a.owner, "error", err)
		}
	}
	a.listing.set(a.listed(f, "", false))
	a.listing.update(ctx)
	return workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
}

// work counts what a workflow has under way outside of it.
type work struct {
	recording int // local activities
	calling   int // calls of registries
}

func (w *work) idle() bool { return w.recording == 0 && w.calling == 0 }

// record writes to the ledger, and retries until it succeeds.
func (w *work) record(ctx workflow.Context, activity, record any, summary string) error {
	return w.recorded(ctx, activity, record, summary, nil)
}

// recorded is record with a result.
func (w *work) recorded(ctx workflow.Context, activity, record any, summary string, result any) error {
	w.recording++
	defer func() { w.recording-- }()
	return workflow.ExecuteLocalActivity(onLedger(ctx, summary), activity, record).Get(ctx, result)
}

func (w *work) calls() (over func()) {
	w.calling++
	return func() { w.calling-- }
}

// awaitCalls waits until no call of a registry is under way, because a workflow that was
// cancelled must not leave one without its answer. It returns the error that it is given.
func (w *work) awaitCalls(ctx workflow.Context, err error) error {
	if awaited := workflow.Await(detached(ctx), func() bool { return w.calling == 0 }); awaited != nil {
		workflow.GetLogger(ctx).Warn("a call may be under way", "error", awaited)
	}
	return err
}
