package workflows

import (
	"fmt"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
	"sluss/obligations"
)

// ResultsInput starts the compilation of one site's results for one quarter.
type ResultsInput struct {
	Site   sluss.ResultSite `json:"site"`
	Policy Policy           `json:"policy"`
}

// ResultCorrection is a person's correction of a result. The paths are those of
// a sluss.Result: product, methods.0.sub, oil.kind.
type ResultCorrection struct {
	Filing     sluss.FilingID   `json:"filing"`
	Correction sluss.Correction `json:"correction"`
}

// ResultsState is the state of a site's results for a quarter.
type ResultsState struct {
	Site    sluss.ResultSite `json:"site"`
	Results []FilingState    `json:"results"`
}

// ActResults is the kind of the action that corrects a result.
const ActResults = "results"

// compiling names the activities of results; it is nil.
func compiling() *activities.Results { return nil }

// Results compiles the quarterly results of one treater at one site, and files each of
// them once a person has completed and signed it. It ends when all are settled; a treatment
// that is reported later starts it again. The ledger ensures that each batch is in one
// result only.
func Results(ctx workflow.Context, in ResultsInput) error {
	r := &results{in: in, site: in.Site, policy: in.Policy, owed: map[sluss.FilingID]*owedResult{}}
	err := r.recorder.record(ctx, func() error { // updates of people wait for this
		if err := r.listen(ctx); err != nil {
			return err
		}
		return r.compile(ctx)
	})
	ended := func() bool { return r.done() && workflow.AllHandlersFinished(ctx) }
	for err == nil {
		err = workflow.Await(ctx, func() bool { return r.asked || !r.behind && ended() || r.mustRenew(ctx) })
		switch {
		case err != nil:
		case r.mustRenew(ctx): // the ledger has all that it knows
			return workflow.NewContinueAsNewError(ctx, Results, r.in)
		case !r.asked:
			r.describe(ctx)
			return nil
		default:
			err = r.recorder.record(ctx, func() error { return r.compile(ctx) })
		}
	}
	return err
}

type results struct {
	in       ResultsInput
	site     sluss.ResultSite
	policy   Policy
	recorder recorder
	owed     map[sluss.FilingID]*owedResult // by filing id
	order    []sluss.FilingID
	asked    bool // to compile
	begun    bool // the results in the ledger are taken over
	behind   bool // the ledger may know more than this run
	inbound  inbound
}

// owedResult is one result and its state.
type owedResult struct {
	awaited
	content     sluss.Content
	corrections int
	state       FilingState
	settled     bool
}

// mustRenew tells whether the results must go on in a new history and can do so now.
func (r *results) mustRenew(ctx workflow.Context) bool {
	return (r.behind || workflow.GetInfo(ctx).GetContinueAsNewSuggested()) && r.inbound.idle() && workflow.AllHandlersFinished(ctx)
}

func (r *results) done() bool {
	return !slices.ContainsFunc(r.order, func(id sluss.FilingID) bool { return !r.owed[id].settled })
}

func (r *results) listen(ctx workflow.Context) error {
	if err := ResultsQuery.answer(ctx, r.state); err != nil {
		return err
	}
	if err := CorrectResultUpdate.handle(ctx, &messageHandler[ResultCorrection, FilingState]{
		recorder: &r.recorder, valid: r.mayCorrect, record: r.correct, events: func() []sluss.Event { return nil },
		at: func(c *ResultCorrection) *time.Time { return &c.Correction.At },
	}); err != nil {
		return err
	}
	always := func() bool { return true }
	begun := func() bool { return r.begun }
	CompileSignal.eachTracked(ctx, &r.inbound, always, func(workflow.Context, string) { r.asked = true })
	ReloadSignal.eachTracked(ctx, &r.inbound, begun, func(workflow.Context, string) { r.behind = true })
	stateSignal.eachTracked(ctx, &r.inbound, begun, func(ctx workflow.Context, s FilingState) {
		if o := r.owed[s.Filing]; o != nil && !o.settled {
			o.state = s
			r.describe(ctx)
		}
	})
	endSignal.eachTracked(ctx, &r.inbound, begun, func(_ workflow.Context, e end) {
		if o := r.owed[e.Filing]; o != nil {
			o.ended = &e.Result
		}
	})
	return nil
}

// compile takes over the results in the ledger, and starts the filings of new ones.
func (r *results) compile(ctx workflow.Context) error {
	r.asked = false
	var compiled []sluss.CompiledResult
	if err := workflow.ExecuteActivity(afterAccepting(ctx, "compile the results of "+r.site.Quarter.String()), compiling().CompileResults, r.site).Get(ctx, &compiled); err != nil {
		return err
	}
	for _, c := range compiled {
		o := c.Content.Obligation
		id := sluss.NewBatchID(r.site.Tenant, c.Content.Declaration.Reference).Filing(o.ID)
		if r.owed[id] != nil {
			continue
		}
		r.owed[id] = &owedResult{
			awaited: awaited{id: id}, content: c.Content, corrections: c.Corrections,
			state: FilingState{Filing: id, Obligation: o, Stage: sluss.StageSignature, Waiting: o.Signer, Hash: c.Content.Hash()},
		}
		r.order = append(r.order, id)
		workflow.GoNamed(ctx, string(id), func(ctx workflow.Context) { r.file(ctx, id) })
	}
	r.begun = true
	r.describe(ctx)
	return nil
}

// linkPatience is how long a result waits for the receipt of the reception that it names.
// Most receipts are there long before, and people need the remaining time to sign.
const linkPatience = 24 * time.Hour

// link puts the receipt of the reception into the content, if it is there in time.
func (r *results) link(ctx workflow.Context, o *owedResult) error {
	until := workflow.Now(ctx).Add(linkPatience)
	if last := o.content.Obligation.AfterUntil; !last.IsZero() && last.Before(until) {
		until = last
	}
	for _, after := range o.content.Obligation.After {
		for o.content.Receipts[after].ID == "" {
			var link activities.Link
			if err := workflow.ExecuteActivity(afterAccepting(ctx, "look up the receipt of "+after), act.Link, after).Get(ctx, &link); err != nil {
				return err
			}
			if link.Receipt != nil {
				o.content.Receipts = map[string]sluss.Receipt{after: *link.Receipt}
				o.state.Hash = o.content.Hash()
				break
			}
			wait := min(time.Hour, until.Sub(workflow.Now(ctx)))
			if link.Ended || wait <= 0 {
				break
			}
			timer := workflow.TimerOptions{Summary: after + " has no receipt yet"}
			if err := workflow.NewTimerWithOptions(ctx, wait, timer).Get(ctx, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// file runs the filing of one result to its end.
func (r *results) file(ctx workflow.Context, id sluss.FilingID) {
	o := r.owed[id]
	if r.link(ctx, o) != nil {
		return
	}
	how := awaiting{
		start: func(ctx workflow.Context) workflow.ChildWorkflowFuture {
			_ = r.recorder.awaitIdle(ctx) // a cancelled context ends the child as well
			in := FilingInput{Batch: o.content.Declaration.ID(), Content: o.content, Policy: r.policy}
			return workflow.ExecuteChildWorkflow(r.childOptions(ctx, id, o.content.Obligation), Filing, in)
		},
		attach:   func() attachment { return attachment{By: r.site.ID(), Content: o.content} },
		recorded: r.recorder.awaitIdle,
	}
	if result, err := o.run(ctx, how); err == nil {
		r.settle(ctx, id, result)
	}
}

// settle records that the filing of a result has ended.
func (r *results) settle(ctx workflow.Context, id sluss.FilingID, result FilingResult) {
	o := r.owed[id]
	o.settled = true
	o.state = FilingState{Filing: id, Obligation: o.content.Obligation, Hash: o.state.Hash, Stage: result.Stage, Receipt: result.Receipt}
	r.describe(ctx)
}

func (r *results) childOptions(ctx workflow.Context, id sluss.FilingID, o sluss.Obligation) workflow.Context {
	return workflow.WithChildOptions(detached(ctx), workflow.ChildWorkflowOptions{
		WorkflowID:            string(id),
		ParentClosePolicy:     enumspb.PARENT_CLOSE_POLICY_ABANDON,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
		StaticSummary:         fmt.Sprintf("%s (%s)", o.Rule.Title, o.Registry),
		StaticDetails:         fmt.Sprintf("Result of **%s** at `%s`\n\n%s, %s", r.site.Quarter, r.site.Site, o.Rule.Statute, o.Rule.Paragraph),
		TypedSearchAttributes: temporal.NewSearchAttributes(
			Stage.ValueSet(string(sluss.StageSending)), Registry.ValueSet([]string{o.Registry}), Country.ValueSet(o.Rule.Country),
			Blocked.ValueSet(false), Overdue.ValueSet(false), Due.ValueSet(o.Due),
		),
	})
}

func (r *results) state() ResultsState {
	s := ResultsState{Site: r.site}
	for _, id := range r.order {
		s.Results = append(s.Results, r.owed[id].state)
	}
	return s
}

// describe updates what the Temporal UI shows of the results.
func (r *results) describe(ctx workflow.Context) {
	var s strings.Builder
	fmt.Fprintf(&s, "Results of treatment in **%s** at `%s`\n\n", r.site.Quarter, r.site.Site)
	var due time.Time
	waiting, blocked, overdue := "", false, false
	for _, id := range r.order {
		o := r.owed[id]
		content := o.content.Result
		fmt.Fprintf(&s, "- **%s** of `%s` from %d batches (`%s`): **%s**", content.Mass, content.Code, len(content.Batches), id, o.state.Stage)
		if o.settled {
			fmt.Fprintln(&s)
			continue
		}
		if o.state.Waiting != "" {
			fmt.Fprintf(&s, ", waits for the %s", o.state.Waiting)
			waiting = string(o.state.Waiting)
		}
		fmt.Fprintf(&s, "; compiled by %s, due %s by %s\n", clock(o.state.Obligation.NoteBy), clock(o.state.Obligation.Due), o.state.Obligation.Rule.Paragraph)
		blocked, overdue, due = blocked || o.state.Blocked(), overdue || o.state.Overdue, o.state.Obligation.Due
	}
	workflow.SetCurrentDetails(ctx, s.String())
	updates := []temporal.SearchAttributeUpdate{Blocked.ValueSet(blocked), Overdue.ValueSet(overdue), WaitingFor.ValueUnset(), Due.ValueUnset()}
	if waiting != "" {
		updates[2] = WaitingFor.ValueSet(waiting)
	}
	if !due.IsZero() {
		updates[3] = Due.ValueSet(due)
	}
	if err := workflow.UpsertTypedSearchAttributes(ctx, updates...); err != nil {
		workflow.GetLogger(ctx).Warn("search attributes not updated", "error", err)
	}
}

// complete refuses a signature on an incomplete result.
func (f *filing) complete() error {
	r := f.content.Result
	if r == nil {
		return nil
	}
	return obligations.CheckResult(*r, r.Oil != nil, nil)
}
