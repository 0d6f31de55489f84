package workflows

import (
	"errors"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
	"sluss/obligations"
)

// begin records the batch, or goes on from its state: as the previous run left it, or as
// the ledger has it.
func (b *batch) begin(ctx workflow.Context) error {
	snapshot := b.in.Resumed
	if snapshot != nil {
		from := workflow.GetInfo(ctx).ContinuedExecutionRunID
		if err := workflow.ExecuteLocalActivity(onLedger(ctx, "record that a new history has begun"), act.ContinueBatch, b.id, from).Get(ctx, nil); err != nil {
			return err
		}
	} else {
		owed := obligations.For(b.in.Declaration, []sluss.Event{b.in.Produced})
		var declared activities.Declared
		record := sluss.EventRecord{
			Batch: b.id, Declaration: &b.in.Declaration, Event: b.in.Produced, Obligations: owed,
			Filings: b.atOnce(ctx, []sluss.Event{b.in.Produced}, owed), At: workflow.Now(ctx),
		}
		if err := b.recorded(ctx, act.Declare, record, "record the declaration", &declared); err != nil {
			return err
		}
		if snapshot = declared.Known; snapshot == nil {
			snapshot, b.opened = newSnapshot(b.in, declared.Obligations), declared.Opened
		}
	}
	b.resume(*snapshot)
	b.begun = true
	if b.closed != "" {
		return nil
	}
	for _, id := range b.order {
		if !b.filings[id].discharged {
			workflow.GoNamed(ctx, string(id), func(ctx workflow.Context) { b.file(ctx, id) })
		}
	}
	b.show(ctx)
	return nil
}

// newSnapshot is the state of a batch that was just declared.
func newSnapshot(in BatchInput, owed []sluss.Obligation) *sluss.BatchSnapshot {
	s := &sluss.BatchSnapshot{Declaration: in.Declaration, Events: []sluss.Event{in.Produced}, Acts: 1}
	for _, o := range owed {
		s.Filings = append(s.Filings, sluss.ObligationSnapshot{Obligation: o})
	}
	return s
}

// resume takes over the state of the batch.
func (b *batch) resume(s sluss.BatchSnapshot) {
	b.declaration, b.events, b.kept, b.corrections, b.closed = s.Declaration, s.Events, s.Kept, s.Corrections, s.Closed
	b.versions, b.documents, b.annulment, b.acts = s.Versions, s.Documents, s.Annulment, s.Acts
	b.filings, b.order = map[sluss.ObligationID]*duty{}, nil
	outdated := map[sluss.ObligationID]bool{}
	for _, f := range s.Filings {
		b.owe(f.Obligation)
		id := f.Obligation.ID
		o := b.filings[id]
		o.opened, outdated[id], o.receipts = f.Opened, f.Outdated, f.Told
		switch {
		case f.End != nil:
			o.discharged, o.result = true, FilingResult(*f.End)
			o.state.Stage, o.state.Waiting, o.state.Receipt = f.End.Stage, "", b.receipt(id)
		case f.Opened:
			o.state.Stage, o.state.Waiting, o.state.Until, o.state.Reasons, o.state.Detail = f.Stage, f.Waiting, f.Until, f.Reasons, f.Detail
		}
		o.state.Overdue, o.state.Hash = f.Overdue, f.Hash
		o.grounds = f.Grounds
		if o.grounds == "" && f.Asked != nil {
			o.grounds = grounds(*f.Asked, f.Obligation)
		}
	}
	for n, e := range b.events {
		reply := EventReply{Obligations: obligations.For(b.declaration, b.events[:n+1])}
		b.reported.handled = append(b.reported.handled, handledMessage[sluss.Event, EventReply]{e, reply})
	}
	for _, k := range b.kept {
		b.reported.handled = append(b.reported.handled, handledMessage[sluss.Event, EventReply]{k.Event, EventReply{Kept: &k}})
	}
	owed := map[sluss.ObligationID]bool{}
	for _, o := range obligations.Owed(b.declaration, b.events) {
		o = b.latest(o)
		owed[o.ID] = true
		known := b.filings[o.ID]
		if known == nil || known.discharged {
			continue
		}
		known.state.Obligation = o
		if outdated[o.ID] {
			known.grounds = grounds(b.declaration, o)
		}
	}
	for _, id := range b.order {
		if o := b.filings[id]; !o.discharged && !owed[id] {
			o.gone = &sluss.Decision{Kind: sluss.DecidedWithdrawn, Reason: "not owed any more", By: b.in.Produced.By, At: b.in.Produced.NotedAt}
		}
	}
}

// snapshot is the state of the batch, for a new history.
func (b *batch) snapshot() *sluss.BatchSnapshot {
	s := &sluss.BatchSnapshot{
		Declaration: b.declaration, Corrections: b.corrections, Events: b.events, Kept: b.kept, Acts: b.acts,
		Versions: b.versions, Documents: b.documents, Annulment: b.annulment,
	}
	for _, id := range b.order {
		o := b.filings[id]
		f := sluss.ObligationSnapshot{
			Obligation: o.state.Obligation, Opened: o.opened, Stage: o.state.Stage, Waiting: o.state.Waiting, Until: o.state.Until,
			Reasons: o.state.Reasons, Detail: o.state.Detail, Overdue: o.state.Overdue, Hash: o.state.Hash, Grounds: o.grounds, Told: o.receipts,
		}
		if o.discharged {
			end := sluss.FilingEnd(o.result)
			f.End = &end
		}
		s.Filings = append(s.Filings, f)
	}
	return s
}

// mustRenew tells whether the batch must go on in a new history and can do so now,
// because all messages are handled.
func (b *batch) mustRenew(ctx workflow.Context) bool {
	return b.leaves(ctx) && b.idle() && b.inbound.idle() && workflow.AllHandlersFinished(ctx)
}

func (b *batch) leaves(ctx workflow.Context) bool {
	return b.begun && (b.behind || workflow.GetInfo(ctx).GetContinueAsNewSuggested())
}

// knows is false if the ledger has more of the batch than this run.
func (b *batch) knows(s sluss.FilingSnapshot) bool {
	return s.Events <= len(b.events) && s.Corrections <= b.corrections
}

// changed takes over the state of a filing.
func (b *batch) changed(ctx workflow.Context, f *filing) {
	if o := b.filings[f.content.Obligation.ID]; o != nil && !o.discharged {
		whose := o.state.Obligation
		o.state = f.state()
		o.state.Obligation.Theirs, o.state.Obligation.Own = whose.Theirs, whose.Own // a person's word may be newer
		b.show(ctx)
	}
}

// act records what a person did by a local activity. If the worker dies after that, the
// history may not have it: the same act is then recorded again, which changes nothing;
// another in its place is refused, and if no act comes, a revival compares Recorded with
// the ledger.
func (b *batch) act(ctx workflow.Context, activity, record any, summary string, result any) error {
	if err := b.recorded(ctx, activity, record, summary, result); err != nil {
		return b.conflict(err)
	}
	if _, signature := record.(activities.SubmitInput); !signature {
		b.acts++
	}
	return nil
}

// renew is the error that continues the batch in a new history: from what this run knows,
// or from the ledger, if that may know more.
func (b *batch) renew(ctx workflow.Context) error {
	in := b.in
	if in.Resumed = nil; !b.behind {
		in.Resumed = b.snapshot()
	}
	return workflow.NewContinueAsNewError(ctx, Batch, in)
}

// conflict is the answer to a person if the ledger already has something else in place of
// their act. This run does not know of that, and reads the ledger again.
func (b *batch) conflict(err error) error {
	application := (*temporal.ApplicationError)(nil)
	if !errors.As(err, &application) || application.Type() != activities.ErrorConflict {
		return err
	}
	b.behind = true
	return temporal.NewNonRetryableApplicationError("the batch did not know everything that is recorded about it and now reads the ledger again: look at the batch, then try once more", Refused, err)
}

// detached is a context that is not cancelled with the workflow, because a filing that is
// under way must not be interrupted.
func detached(ctx workflow.Context) workflow.Context {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	return ctx
}
