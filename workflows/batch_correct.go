package workflows

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
	"sluss/obligations"
)

// mayCorrect refuses a correction that changes nothing, or makes the declaration or an
// event invalid.
func (b *batch) mayCorrect(ctx workflow.Context, c sluss.Correction) error {
	if c.By.Name == "" {
		return fmt.Errorf("a correction needs the name of the person who makes it")
	}
	if b.done() {
		return fmt.Errorf("every filing of the batch is accepted: there is nothing left to correct (`starter amend` corrects what was filed)")
	}
	c, lessKept := b.takesBackKept(c)
	if c.Empty() && lessKept {
		return nil
	}
	corrected, events, err := obligations.Corrected(b.declaration, b.events, c)
	if err != nil {
		return err
	}
	if !lessKept && corrected.Hash() == b.declaration.Hash() && sameEvents(events, b.events) {
		return sluss.Faults{{Field: "set", Problem: "the batch says that already", Remedy: "give a value that differs from what was declared or reported"}}
	}
	now := workflow.Now(ctx)
	before := obligations.Doubt(b.declaration, now)
	doubts := slices.DeleteFunc(obligations.Doubt(corrected, now), func(f sluss.Fault) bool { return slices.Contains(before, f) })
	doubts = append(doubts, obligations.DoubtCorrected(b.events, events, now)...)
	err = joinFaults(obligations.CheckCorrection(b.declaration, corrected, b.events, events), b.mayReassign(corrected))
	return joinFaults(err, append(obligations.Validate(corrected), doubts...).Err())
}

func sameEvents(a, b []sluss.Event) bool {
	return sluss.Content{Events: a}.Hash() == sluss.Content{Events: b}.Hash()
}

// revised is what a change of the batch changes about its obligations.
type revised struct {
	arose []sluss.Obligation   // not owed before
	open  []sluss.Obligation   // owed, and their filings have not ended
	gone  []sluss.ObligationID // not owed any more, and their filings have not ended
}

// revise works out what another declaration and other events change about the obligations
// of the batch. It does not change the batch. An obligation that is owed anew after its
// filing was withdrawn or its report annulled gets a filing of its own, and so does one that
// is of another party or waste than what was filed.
func (b *batch) revise(corrected sluss.Declaration, events []sluss.Event) (r revised) {
	next := *b
	next.declaration, next.events, next.filings, next.order = corrected, events, maps.Clone(b.filings), slices.Clone(b.order)
	before := map[sluss.ObligationID]bool{}
	for _, o := range obligations.Owed(b.declaration, b.events) {
		before[o.ID] = true
	}
	owed := map[sluss.ObligationID]bool{}
	for _, o := range obligations.Owed(corrected, events) {
		o, anew := next.latest(o), !before[o.ID]
		if known := next.filings[o.ID]; known != nil && known.discharged && (next.outdated(known, o) || anew && b.receipt(o.ID) == nil || b.another(corrected, o)) {
			o = again(o)
		}
		owed[o.ID] = true
		switch known := next.filings[o.ID]; {
		case known == nil:
			next.owe(o)
			r.arose = append(r.arose, o)
		case !known.discharged:
			r.open = append(r.open, o)
		}
	}
	for _, id := range b.order {
		if !b.filings[id].discharged && !owed[id] {
			r.gone = append(r.gone, id)
		}
	}
	return r
}

// another tells whether an accepted report is of another party, or of other waste, than it
// would be by a corrected declaration. No amendment changes that: it is annulled, and the
// right one is filed.
func (b *batch) another(corrected sluss.Declaration, o sluss.Obligation) bool {
	was, _ := b.declaration.Obliged(o)
	is, _ := corrected.Obliged(o)
	return sluss.RegistryOf(o.Registry).Corrects() && b.receipt(o.ID) != nil &&
		(was.ID != is.ID || was.Country != is.Country || b.declaration.Waste.Code != corrected.Waste.Code)
}

// correct corrects the declaration and what happened. Every open filing goes on with the
// corrected content, those of new obligations start, and those of obligations that are not
// owed any more are withdrawn. Filings send nothing while the correction is being recorded.
func (b *batch) correct(ctx workflow.Context, c sluss.Correction) (CorrectReply, error) {
	rest, _ := b.takesBackKept(c)
	corrected, events := b.declaration, b.events
	if !rest.Empty() {
		var err error
		if corrected, events, err = obligations.Corrected(b.declaration, b.events, rest); err != nil {
			return CorrectReply{}, err
		}
	}
	corrected, whose, err := b.whoseNow(ctx, corrected, events)
	if err != nil {
		return CorrectReply{}, err
	}
	r := b.revise(corrected, events)
	record := sluss.CorrectionRecord{Batch: b.id, Number: b.corrections + 1, Correction: c, Declaration: corrected, Obligations: r.arose}
	if !sameEvents(events, b.events) {
		record.Events = events
	}
	var recorded activities.Owed
	if err := b.holding(ctx, r, func() error {
		return b.act(ctx, act.RecordCorrection, activities.Correction{CorrectionRecord: record, Since: eventsBefore(events, r.arose)}, "record the correction", &recorded)
	}); err != nil {
		return CorrectReply{}, err
	}
	r.arose = recorded.Obligations
	b.corrections++
	b.declaration, b.events = corrected, events
	b.dropKept(c.Remove)
	reply := CorrectReply{Filings: b.apply(ctx, r, sluss.Decision{Reason: c.Reason, By: c.By, At: c.At})}
	if err := b.reassign(ctx, c, whose); err != nil {
		return reply, err
	}
	return reply, b.takeKept(ctx)
}

// holding records a change while the filings that it concerns send nothing.
func (b *batch) holding(ctx workflow.Context, r revised, record func() error) error {
	ids := slices.Clone(r.gone)
	for _, o := range r.open {
		ids = append(ids, o.ID)
	}
	me := workflow.GetInfo(ctx).WorkflowExecution
	for _, id := range ids {
		b.tell(ctx, id, contentUpdate{Recording: &me})
	}
	err := record()
	if err == nil {
		return nil
	}
	for _, id := range ids {
		b.tell(ctx, id, contentUpdate{})
	}
	return err
}

// apply starts, changes and withdraws filings after a recorded change of the batch. It
// returns those that go on with other content. The decision is that of the person who made
// the change.
func (b *batch) apply(ctx workflow.Context, r revised, by sluss.Decision) (changed []sluss.FilingID) {
	for _, open := range r.open {
		if o := b.filings[open.ID]; !o.discharged {
			o.state.Obligation, o.grounds = open, grounds(b.declaration, open)
		}
	}
	for _, fresh := range r.arose {
		b.owe(fresh)
	}
	contents := make([]sluss.Content, len(r.open))
	for i, open := range r.open { // before any filing shows what it still has
		contents[i] = b.content(open.ID)
	}
	for i, open := range r.open {
		if b.tell(ctx, open.ID, contentUpdate{Content: &contents[i]}) {
			changed = append(changed, b.filings[open.ID].state.Filing)
		}
	}
	by.Kind, by.Reason = sluss.DecidedWithdrawn, strings.TrimSuffix("not owed any more: "+by.Reason, ": ")
	for _, id := range r.gone {
		o := b.filings[id]
		o.gone = &by
		if b.tell(ctx, id, contentUpdate{}) {
			b.withdraw(ctx, o)
		}
	}
	for _, fresh := range r.arose {
		workflow.GoNamed(ctx, string(fresh.ID), func(ctx workflow.Context) { b.file(ctx, fresh.ID) })
	}
	b.show(ctx)
	return changed
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
