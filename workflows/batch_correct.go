package workflows

import (
	"fmt"
	"maps"
	"slices"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/obligations"
)

// mayCorrect refuses a correction that changes nothing, or makes the declaration
// invalid.
func (b *batch) mayCorrect(ctx workflow.Context, c sluss.Correction) error {
	if c.By.Name == "" {
		return fmt.Errorf("a correction needs the name of the person who makes it")
	}
	if b.done() {
		return fmt.Errorf("every filing of the batch is accepted: there is nothing left to correct (`starter amend` corrects what was filed)")
	}
	corrected, err := obligations.Corrected(b.declaration, c)
	if err != nil {
		return err
	}
	if corrected.Hash() == b.declaration.Hash() {
		return sluss.Faults{{Field: "set", Problem: "the declaration says that already", Remedy: "give a value that differs from what was declared"}}
	}
	if err := obligations.CheckCorrection(b.declaration, corrected, b.events); err != nil {
		return err
	}
	now := workflow.Now(ctx)
	before := obligations.Doubt(b.declaration, now)
	doubts := slices.DeleteFunc(obligations.Doubt(corrected, now), func(f sluss.Fault) bool { return slices.Contains(before, f) })
	return append(obligations.Validate(corrected), doubts...).Err()
}

// revised is what a correction changes about the obligations of a batch.
type revised struct {
	arose, open []sluss.Obligation
}

// revise works out which obligations are new after a correction, and which open filings
// are affected. It does not change the batch.
func (b *batch) revise(corrected sluss.Declaration) (r revised) {
	next := *b
	next.declaration, next.filings, next.order = corrected, maps.Clone(b.filings), slices.Clone(b.order)
	for n := range b.events {
		for _, o := range obligations.For(corrected, b.events[:n+1]) {
			o = next.latest(o)
			if before := next.filings[o.ID]; before != nil && before.discharged && next.outdated(before, o) {
				o = again(o)
			}
			switch before := next.filings[o.ID]; {
			case before == nil:
				next.owe(o)
				r.arose = append(r.arose, o)
			case !before.discharged:
				r.open = append(r.open, o)
			}
		}
	}
	return r
}

// correct corrects the declaration. Every open filing goes on with the corrected content,
// and filings of new obligations start. Filings send nothing while the correction is being
// recorded.
func (b *batch) correct(ctx workflow.Context, c sluss.Correction) (CorrectReply, error) {
	corrected, err := obligations.Corrected(b.declaration, c)
	if err != nil {
		return CorrectReply{}, err
	}
	r := b.revise(corrected)
	record := sluss.CorrectionRecord{Batch: b.id, Number: b.corrections + 1, Correction: c, Declaration: corrected}
	record.Obligations = append(record.Obligations, r.arose...)
	me := workflow.GetInfo(ctx).WorkflowExecution
	for _, open := range r.open {
		b.tell(ctx, open.ID, contentUpdate{Recording: &me})
	}
	if err := b.act(ctx, act.RecordCorrection, record, "record the correction", nil); err != nil {
		for _, open := range r.open {
			b.tell(ctx, open.ID, contentUpdate{})
		}
		return CorrectReply{}, err
	}
	b.declaration = corrected
	b.corrections++
	for _, open := range r.open {
		if o := b.filings[open.ID]; !o.discharged {
			o.state.Obligation, o.grounds = open, grounds(corrected, open)
		}
	}
	for _, fresh := range r.arose {
		b.owe(fresh)
	}
	reply, contents := CorrectReply{}, make([]sluss.Content, len(r.open))
	for i, open := range r.open { // before any filing shows what it still has
		contents[i] = b.content(open.ID)
	}
	for i, open := range r.open {
		if b.tell(ctx, open.ID, contentUpdate{Content: &contents[i]}) {
			reply.Filings = append(reply.Filings, b.filings[open.ID].state.Filing)
		}
	}
	for _, fresh := range r.arose {
		workflow.GoNamed(ctx, string(fresh.ID), func(ctx workflow.Context) { b.file(ctx, fresh.ID) })
	}
	b.show(ctx)
	return reply, nil
}

// tell tells a filing of a correction; false if it does not run.
func (b *batch) tell(ctx workflow.Context, id sluss.ObligationID, r contentUpdate) bool {
	o := b.filings[id]
	if !o.runs() {
		return false
	}
	o.filing.corrected(ctx, r)
	return true
}
