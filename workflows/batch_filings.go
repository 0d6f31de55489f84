package workflows

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/obligations"
)

// file runs the filing of one obligation to its end. The filing starts once the receipts
// that it names are there.
func (b *batch) file(ctx workflow.Context, id sluss.ObligationID) {
	o := b.filings[id]
	if b.look(ctx, o) != nil {
		return
	}
	if !o.opened && b.awaitOthers(ctx, o) != nil {
		return
	}
	if b.onAnnulledBSDD(o) && !o.opened {
		if b.recordNeverFiled(ctx, o, b.content(id)) != nil {
			return
		}
	} else if b.discharge(ctx, o) != nil {
		return
	}
	o.discharged = true
	o.state = FilingState{
		Filing: o.state.Filing, Obligation: o.state.Obligation, Hash: o.state.Hash, Overdue: o.state.Overdue,
		Stage: o.result.Stage, Receipt: b.receipt(id),
	}
	b.show(ctx)
}

// awaitOthers waits for the filings that must come first.
func (b *batch) awaitOthers(ctx workflow.Context, o *duty) error {
	ready := func() bool {
		for _, after := range o.state.Obligation.After {
			if before := b.filings[sluss.ObligationID(after)]; before != nil && !before.discharged {
				return false
			}
		}
		return len(o.elsewhere()) == 0
	}
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

// nextMoment is when something is to be done that nobody else causes; nil if there is nothing.
func (b *batch) nextMoment() *moment {
	var next *moment
	for _, id := range b.order {
		o := b.filings[id]
		switch {
		case o.discharged:
		case o.filing != nil:
			next = sooner(next, o.filing.nextMark())
		case o.awaits && !o.late && !o.state.Obligation.AfterUntil.IsZero() && !b.comesSoon(o):
			summary := fmt.Sprintf("%s waits for the receipts of %s", id, strings.Join(o.state.Obligation.After, ", "))
			next = sooner(next, &moment{o.state.Obligation.AfterUntil, summary, func(workflow.Context) { o.late = true }})
		}
	}
	return next
}

// comesSoon tells whether all that the filing of an obligation waits for will probably be
// there in a moment.
func (b *batch) comesSoon(o *duty) bool {
	return len(o.elsewhere()) == 0 && !slices.ContainsFunc(o.state.Obligation.After, func(after string) bool {
		before := b.filings[sluss.ObligationID(after)]
		return before != nil && !before.discharged && !before.passes()
	})
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
	if b.onAnnulledBSDD(o) {
		n.Annulment = b.annulment
	}
	return n
}

// content is the current content of an obligation's filing.
func (b *batch) content(id sluss.ObligationID) sluss.Content {
	o := b.filings[id].state.Obligation
	c := sluss.Content{Declaration: b.declaration, Obligation: o, Events: b.upTo(o.Event)}
	for _, after := range o.After {
		receipt := b.filings[id].links[sluss.FilingID(after)]
		if b.filings[sluss.ObligationID(after)] != nil {
			receipt = b.receipt(sluss.ObligationID(after))
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

// upTo returns the events up to and including the given one.
func (b *batch) upTo(event sluss.EventID) []sluss.Event {
	last := slices.IndexFunc(b.events, func(e sluss.Event) bool { return e.ID() == event })
	return slices.Clone(b.events[:last+1])
}

// waitsForEvent is what a batch waits for if it is a person's report of an event.
const waitsForEvent = "event"

// show updates what the Temporal UI shows of the batch.
func (b *batch) show(ctx workflow.Context) {
	var waits []string
	now := listed{stage: b.stage(), recorded: int64(b.acts)}
	resting := 0
	for _, id := range b.order {
		o := b.filings[id]
		if o.discharged {
			continue
		}
		waits = append(waits, b.line(o))
		if o.passes() {
			continue
		}
		resting++
		if d := o.state.Obligation.Due; !d.IsZero() && (now.due.IsZero() || d.Before(now.due)) {
			now.due = d
		}
		now.blocked = now.blocked || o.state.Blocked()
		now.overdue = now.overdue || o.state.Overdue
		if now.waiting == "" && o.opened || o.state.Blocked() {
			now.waiting = string(o.state.Waiting)
		}
	}
	var next []sluss.EventID
	if b.closed == "" {
		next = obligations.Next(b.declaration, b.events)
	}
	if now.waiting == "" && resting == 0 && len(next) > 0 {
		now.waiting = waitsForEvent
	}
	workflow.SetCurrentDetails(ctx, b.details(waits, next))
	b.listing.set(now)
}

// passes tells whether the filing of an obligation will probably be accepted in a moment,
// so that nothing that people look for need change before.
func (o *duty) passes() bool { return o.filing != nil && !o.filing.rests }

func (b *batch) line(owed *duty) string {
	s, o := owed.state, owed.state.Obligation
	line := fmt.Sprintf("**%s** (`%s`), which %s", o.Rule.Title, o.ID, b.stateText(owed))
	if !s.Until.IsZero() {
		line += ", until " + clock(s.Until)
	}
	if !o.Due.IsZero() {
		line += fmt.Sprintf("; due %s by %s", clock(o.Due), o.Rule.Paragraph)
	}
	if o.Gates != "" {
		line += "; no " + string(o.Gates) + " before that"
	}
	if s.Detail != "" {
		line += "; " + s.Detail
	}
	return line
}

func (b *batch) details(waits []string, next []sluss.EventID) string {
	d := b.declaration
	var s strings.Builder
	fmt.Fprintf(&s, "**%s** of `%s` %s, %s → %s\n\n", d.Waste.Mass, d.Waste.Code, d.Waste.Name, d.Producer.Name, d.Receiver.Name)
	fmt.Fprintf(&s, "- stage: **%s**\n", b.stage())
	if r := b.in.Revival; r != nil {
		fmt.Fprintf(&s, "- **revived** %s: its workflow was ended from outside (%s)\n", clock(r.At), r.How)
	}
	for _, t := range b.documents {
		fmt.Fprintf(&s, "- others changed `%s` to **%s** at %s, %s\n", t.Number, t.Status, t.Registry, clock(t.UpdatedAt))
	}
	for _, w := range waits {
		fmt.Fprintf(&s, "- waits for: %s\n", w)
	}
	for _, event := range next {
		if shut := b.gateObstacles(event); len(shut) > 0 {
			fmt.Fprintf(&s, "- next: **%s**, whose gate is shut: %s\n", event, strings.Join(shut, "; "))
			continue
		}
		fmt.Fprintf(&s, "- next: somebody reports **%s**\n", event)
	}
	return s.String()
}
