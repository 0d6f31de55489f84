// Package workflows makes the decisions: one durable workflow for each batch, in which
// its filings run. Workflows are plain functions of their input; they get
// all other data by signals, updates and activities.
package workflows

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
	"sluss/obligations"
)

// BatchInput starts a batch. The caller has checked the declaration with
// obligations.Validate. If the ledger knows the batch, the workflow goes on from what is
// recorded there, whatever else the input says.
type BatchInput struct {
	Declaration sluss.Declaration `json:"declaration"` // as first declared
	Produced    sluss.Event       `json:"produced"`
	Policy      Policy            `json:"policy"`
	// Revival is set if an earlier run was ended from outside.
	Revival *sluss.Revival `json:"revival,omitempty"`
	// Resumed is the state of the batch at the end of the previous history.
	Resumed *sluss.BatchSnapshot `json:"resumed,omitempty"`
}

// BatchResult is how a batch ended.
type BatchResult struct {
	How     string        `json:"how"` // treated, refused, cancelled, accepted (of what went back to its producer) or annulled
	Filings []FilingState `json:"filings"`
}

// Batch is the life of one batch. It records the events that people report, derives the
// obligations that follow from each, and starts a filing for each obligation. A gate stays
// shut until its obligation is discharged. The workflow ends when the waste is treated or
// refused and every obligation is discharged.
func Batch(ctx workflow.Context, in BatchInput) (BatchResult, error) {
	if in.Produced.NotedAt.IsZero() {
		in.Produced.NotedAt = workflow.Now(ctx)
	}
	b := &batch{in: in, id: in.Declaration.ID(), hash: in.Declaration.Hash(), declaration: in.Declaration, policy: in.Policy}
	b.listing.keep(ctx, func() bool { return b.recording > 0 })
	if err := b.recorder.record(ctx, func() error { // updates and signals of people wait for this
		if err := b.listen(ctx); err != nil {
			return err
		}
		return b.begin(ctx)
	}); err != nil {
		return BatchResult{}, err
	}
	if b.closed == "" {
		keepClock(ctx, b.nextMoment)
		if err := workflow.Await(ctx, func() bool { return !b.behind && b.recorder.idle() && b.done() || b.mustRenew(ctx) }); err != nil {
			return BatchResult{}, b.awaitCalls(ctx, err)
		}
		if b.mustRenew(ctx) {
			return BatchResult{}, b.renew(ctx)
		}
		if err := b.close(ctx); err != nil {
			return BatchResult{}, err
		}
	}
	b.show(ctx)
	if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
		return BatchResult{}, err
	}
	return BatchResult{How: b.closed, Filings: b.state().Filings}, nil
}

// close records the end of the batch.
func (b *batch) close(ctx workflow.Context) error {
	closing := sluss.CloseRecord{Batch: b.id, How: string(b.events[len(b.events)-1].Kind), At: workflow.Now(ctx)}
	if !obligations.Ended(b.declaration, b.events) {
		closing.How = annulled
	}
	b.closed = closing.How
	return b.record(ctx, act.CloseBatch, closing, "record that the batch is closed")
}

type batch struct {
	work
	in          BatchInput
	id          sluss.BatchID
	declaration sluss.Declaration
	hash        string
	policy      Policy
	recorder    recorder
	reported    *messageHandler[sluss.Event, EventReply]
	events      []sluss.Event
	kept        []sluss.KeptEvent // reported, and not taken yet, in the order of their reports
	corrections int
	filings     map[sluss.ObligationID]*duty // by obligation id
	order       []sluss.ObligationID         // of the obligations, as they arose
	running     filings
	listing     listing
	versions    map[sluss.ObligationID]*sluss.Receipt // of amended reports, by obligation id; see receipt
	documents   []sluss.Document                      // last changed by others, in the order of the first change; see documentChanged
	annulment   *sluss.Decision                       // of its BSDD; nil: it is not annulled
	loads       map[int]sluss.Mass                    // by leg, what it was told that goes on its vehicles; see loadChanged
	begun       bool                                  // the declaration is recorded: events may follow
	closed      string                                // how; empty: it is open
	inbound     inbound
	behind      bool                // the ledger may know more than this run; see renew
	acts        int                 // of people that are recorded
	opened      []activities.Opened // filings that were opened with an event, and do not run yet
}

// duty is an obligation and its state.
type duty struct {
	filing     *filing // that discharges it; nil: none runs, or ran, in this run of the batch
	state      FilingState
	opened     bool // its filing was opened, by this run or an earlier one
	awaits     bool // its filing waits for others
	late       bool // it does not wait for them any longer
	discharged bool
	gone       *sluss.Decision // it is not owed any more since then; nil: it is
	grounds    string          // what the answer to a question depends on; see grounds
	result     FilingResult
	// links are the receipts of other batches' filings that it depends on; nil if such
	// a filing ended without one.
	links map[sluss.FilingID]*sluss.Receipt
	// Of an obligation of theirs: how many receipts were recorded, and whether to ask the
	// registry for what others have done.
	receipts int
	look     bool
}

func (b *batch) listen(ctx workflow.Context) error {
	if err := BatchQuery.answer(ctx, b.state); err != nil {
		return err
	}
	events := func() []sluss.Event { return b.events }
	b.reported = &messageHandler[sluss.Event, EventReply]{
		recorder: &b.recorder, valid: b.mayHappen, record: b.happened, events: events,
		at: func(e *sluss.Event) *time.Time { return &e.At }, noted: func(e *sluss.Event) *time.Time { return &e.NotedAt },
	}
	if err := EventUpdate.handle(ctx, b.reported); err != nil {
		return err
	}
	if err := CorrectUpdate.handle(ctx, &messageHandler[sluss.Correction, CorrectReply]{
		recorder: &b.recorder, valid: b.mayCorrect, record: b.correct, events: events,
		at: func(c *sluss.Correction) *time.Time { return &c.At },
	}); err != nil {
		return err
	}
	if err := b.listenToOthers(ctx); err != nil {
		return err
	}
	begun := func() bool { return b.begun }
	amendedSignal.eachTracked(ctx, &b.inbound, begun, b.amended)
	DocumentChangedSignal.eachTracked(ctx, &b.inbound, begun, b.documentChanged)
	LoadChangedSignal.eachTracked(ctx, &b.inbound, begun, b.loadChanged)
	ReloadSignal.eachTracked(ctx, &b.inbound, begun, func(workflow.Context, string) { b.behind = true })
	b.running = filings{settled: b.recorder.awaitIdle, certain: b.recorder.idle}
	return b.running.listen(ctx, &b.inbound, begun)
}

// gateObstacles lists what keeps the gate of an event shut.
func (b *batch) gateObstacles(event sluss.EventID) []string {
	var why []string
	for _, id := range b.order {
		if o := b.filings[id]; o.holds() && obligations.GatedBy(o.state.Obligation, event) {
			why = append(why, string(id)+" "+b.stateText(o))
		}
	}
	return why
}

// stateText is the state of an obligation that is not discharged, as the end of a sentence.
func (b *batch) stateText(o *duty) string {
	if o.state.Obligation.Theirs {
		return b.theirText(o)
	}
	if !o.opened {
		before := b.comesAfter(o)
		if len(before) == 0 {
			return "is about to start"
		}
		return "comes after " + strings.Join(before, " and ")
	}
	if o.state.Waiting == "" {
		return "is " + string(o.state.Stage)
	}
	return fmt.Sprintf("is %s (%s)", o.state.Stage, person(b.declaration, o.state.Obligation, o.state.Waiting))
}

// comesAfter lists what a filing that is not opened waits for.
func (b *batch) comesAfter(o *duty) (before []string) {
	if event := o.state.Obligation.Awaits; event != "" {
		before = append(before, string(event)+" or "+string(refusedInstead(event)))
	}
	for _, after := range o.state.Obligation.After {
		if f := b.filings[b.current(after)]; f != nil && !f.discharged {
			before = append(before, after)
		}
	}
	return append(before, texts(o.elsewhere())...)
}

// refusedInstead is the other verdict than accepted.
func refusedInstead(accepted sluss.EventID) sluss.EventID {
	_, leg, _ := accepted.Split()
	return sluss.NewEventID(sluss.WasteRefused, leg)
}

func (b *batch) owe(o sluss.Obligation) {
	stage := sluss.StageSending
	if o.Signer != "" {
		stage = sluss.StageSignature
	}
	b.filings[o.ID] = &duty{state: FilingState{Filing: b.filingID(o.ID), Obligation: o, Stage: stage, Waiting: o.Signer}}
	b.order = append(b.order, o.ID)
}

func (b *batch) filingID(obligation sluss.ObligationID) sluss.FilingID {
	return b.declaration.ID().Filing(obligation)
}

// done tells whether the batch has ended and every obligation is discharged.
func (b *batch) done() bool {
	if len(b.events) == 0 || !obligations.Ended(b.declaration, b.events) && !b.endsAnnulled() {
		return false
	}
	return !slices.ContainsFunc(b.order, func(id sluss.ObligationID) bool { return b.filings[id].holds() })
}

// state is the answer to the query.
func (b *batch) state() BatchState {
	s := BatchState{Batch: b.id, Hash: b.hash, Stage: b.stage(), Events: b.events, Kept: b.kept, Corrections: b.corrections}
	for _, id := range b.order {
		if o := b.filings[id]; o.state.Obligation.Theirs {
			s.Theirs = append(s.Theirs, o.theirState())
		} else {
			s.Filings = append(s.Filings, o.state)
		}
	}
	if b.closed != "" {
		return s
	}
	for _, next := range obligations.Next(b.declaration, b.events) {
		s.Actions = append(s.Actions, Action{Kind: ActEvent, Target: string(b.id), What: string(next), Blocked: b.gateObstacles(next)})
	}
	for _, filing := range s.Filings {
		s.Actions = append(s.Actions, filing.Actions...)
	}
	return s
}

func (b *batch) stage() string {
	switch {
	case b.closed != "":
		return "closed"
	case len(b.events) == 0:
		return "declared"
	}
	return string(b.events[len(b.events)-1].Kind)
}
