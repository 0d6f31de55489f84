package workflows

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
)

// file runs the filing of one obligation to its end. The filing starts once the receipts
// that it names are there.
func (b *batch) file(ctx workflow.Context, id sluss.ObligationID) {
	o := b.filings[id]
	if o.state.Obligation.Theirs && !b.follow(ctx, o) {
		return
	}
	if b.look(ctx, o) != nil {
		return
	}
	if !o.opened && b.awaitOthers(ctx, o) != nil {
		return
	}
	if b.notOwed(o) != nil && !o.opened {
		if b.recordNeverFiled(ctx, o, b.content(id)) != nil {
			return
		}
	} else if b.discharge(ctx, o) != nil {
		return
	}
	if o.state.Obligation.Theirs && o.result.Stage == sluss.StageWithdrawn { // by a person's word since
		o.result = FilingResult{}
		b.file(ctx, id)
		return
	}
	o.discharged = true
	o.state = FilingState{
		Filing: o.state.Filing, Obligation: o.state.Obligation, Hash: o.state.Hash, Overdue: o.state.Overdue,
		Stage: o.result.Stage, Receipt: b.receipt(id),
	}
	b.show(ctx)
	if len(b.kept) > 0 { // a gate may have opened
		if err := b.recorder.record(ctx, func() error { return b.takeKept(ctx) }); err != nil {
			workflow.GetLogger(ctx).Warn("kept events not taken", "error", err)
		}
	}
	if leg := o.state.Obligation.Leg; b.loads[leg] > 0 {
		b.clearAgain(ctx, leg)
	}
}

// awaitOthers waits for the filings that must come first.
func (b *batch) awaitOthers(ctx workflow.Context, o *duty) error {
	ready := func() bool { return b.ready(o) }
	if ready() {
		return nil
	}
	looking, enough := workflow.WithCancel(ctx)
	defer enough()
	if len(o.elsewhere()) > 0 {
		workflow.GoNamed(looking, string(o.state.Obligation.ID)+" looks", func(ctx workflow.Context) { b.keepLooking(ctx, o) })
	}
	o.awaits = true
	defer func() { o.awaits = false }()
	return workflow.Await(ctx, func() bool { return ready() || o.late })
}

// ready tells whether the filings are settled that must come first.
func (b *batch) ready(o *duty) bool {
	if b.notOwed(o) != nil {
		return true
	}
	if o.state.Obligation.Awaits != "" {
		return false
	}
	for _, after := range o.state.Obligation.After {
		if before := b.filings[b.current(after)]; before != nil && !before.discharged {
			return false
		}
	}
	return len(o.elsewhere()) == 0
}

// nextMoment is when something is to be done that nobody else causes; nil if there is nothing.
func (b *batch) nextMoment(ctx workflow.Context) *moment {
	var next *moment
	for _, id := range b.order {
		o := b.filings[id]
		switch {
		case o.discharged:
		case o.filing != nil:
			next = sooner(next, o.filing.nextMark(ctx))
		case o.awaits && !o.late && !o.state.Obligation.AfterUntil.IsZero() && !b.passes(o):
			summary := fmt.Sprintf("%s waits for %s", id, strings.Join(b.comesAfter(o), " and "))
			next = sooner(next, &moment{o.state.Obligation.AfterUntil, summary, func(workflow.Context) { o.late = true }})
		}
	}
	return next
}

// Pauses before a filing is run again that ended without an outcome, because an activity
// cannot succeed.
const (
	firstRestart   = time.Minute
	longestRestart = time.Hour
)

// discharge runs the filing of an obligation, again if that is without an outcome. The
// error is that of a run that ends.
func (b *batch) discharge(ctx workflow.Context, o *duty) error {
	for pause := firstRestart; ; pause = min(2*pause, longestRestart) {
		if err := b.recorder.awaitIdle(ctx); err != nil {
			return err
		}
		content := b.content(o.state.Obligation.ID)
		o.opened, o.grounds = true, grounds(b.declaration, o.state.Obligation)
		o.filing = newFiling(ctx, b, o.state.Filing, b.id, content, b.policy)
		o.filing.begun = b.takeOpened(o.state.Filing, o.filing.hash)
		b.running.list = append(b.running.list, o.filing)
		result, err := o.filing.run(ctx, b.news(o))
		switch {
		case err == nil:
			o.result = result
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errBehind):
			b.behind = true
			return err
		}
		workflow.GetLogger(ctx).Warn("a filing ended without an outcome", "filing", o.state.Filing, "error", err)
		b.running.list = slices.DeleteFunc(b.running.list, func(f *filing) bool { return f == o.filing })
		o.filing = nil
		timer := workflow.TimerOptions{Summary: string(o.state.Filing) + " ended without an outcome: it starts again"}
		if err := workflow.NewTimerWithOptions(ctx, pause, timer).Get(ctx, nil); err != nil {
			return err
		}
	}
}

// atOnce are the filings of new obligations that need not wait for others, and can be
// opened with the event.
func (b *batch) atOnce(ctx workflow.Context, events []sluss.Event, owed []sluss.Obligation) []sluss.FilingRecord {
	next := *b
	next.events, next.filings, next.order = events, maps.Clone(b.filings), slices.Clone(b.order)
	if next.filings == nil {
		next.filings = map[sluss.ObligationID]*duty{}
	}
	for _, o := range owed {
		next.owe(o)
	}
	var list []sluss.FilingRecord
	for _, o := range owed {
		duty := next.filings[o.ID]
		if !next.ready(duty) || next.notOwed(duty) != nil {
			continue
		}
		f := newFiling(ctx, b, duty.state.Filing, b.id, next.content(o.ID), b.policy)
		list = append(list, f.opened(ctx))
	}
	return list
}

// takeOpened returns what is known of a filing that was opened with an event, once; nil: it
// was not.
func (b *batch) takeOpened(id sluss.FilingID, hash string) *activities.Opened {
	for i, o := range b.opened {
		if o.Filing == id {
			b.opened = slices.Delete(b.opened, i, i+1)
			if o.Hash == hash {
				return &o
			}
			return nil
		}
	}
	return nil
}

// runs tells whether the filing of an obligation runs, and may be told of changes.
func (o *duty) runs() bool { return o.filing != nil && !o.discharged }

// news returns what a filing must know besides its content.
func (b *batch) news(o *duty) news {
	n := news{Look: b.othersAhead(o.state.Obligation.Registry)}
	for _, after := range o.state.Obligation.After {
		if version, amends := b.versions[sluss.ObligationID(after)]; amends {
			n.Versions = append(n.Versions, amended{Obligation: sluss.ObligationID(after), Receipt: version})
		}
	}
	n.NotOwed = b.notOwed(o)
	return n
}

// content is the current content of an obligation's filing.
func (b *batch) content(id sluss.ObligationID) sluss.Content {
	o := b.filings[id].state.Obligation
	c := sluss.Content{Declaration: b.declaration, Obligation: o, Events: b.upTo(o.Event)}
	for _, after := range o.After {
		receipt := b.filings[id].links[sluss.FilingID(after)]
		if id := b.current(after); b.filings[id] != nil {
			receipt = b.receipt(id)
		}
		if receipt != nil {
			if c.Receipts == nil {
				c.Receipts = map[string]sluss.Receipt{}
			}
			c.Receipts[after] = *receipt
		}
	}
	return c
}

// current is the latest filing of an obligation of the batch.
func (b *batch) current(obligation string) sluss.ObligationID {
	return b.latest(sluss.Obligation{ID: sluss.ObligationID(obligation)}).ID
}

// upTo returns the events up to and including the given one.
func (b *batch) upTo(event sluss.EventID) []sluss.Event {
	last := slices.IndexFunc(b.events, func(e sluss.Event) bool { return e.ID() == event })
	return slices.Clone(b.events[:last+1])
}
