package workflows

import (
	"fmt"
	"slices"
	"strings"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/obligations"
)

// waitsForEvent is what a batch waits for if it is a person's report of an event.
const waitsForEvent = "event"

// waitsForOthers is what a batch waits for if others must report.
const waitsForOthers = "others"

// show updates what the Temporal UI shows of the batch.
func (b *batch) show(ctx workflow.Context) {
	var waits, done []string
	var owed []sluss.Obligation
	now := listed{stage: b.stage(), recorded: int64(b.acts)}
	resting, signed, others := 0, false, false
	for _, id := range b.order {
		o := b.filings[id]
		owed = append(owed, o.state.Obligation)
		if o.discharged {
			done = append(done, b.doneLine(o))
			continue
		}
		waits = append(waits, b.line(o))
		if o.state.Obligation.Theirs {
			others = others || o.holds()
			continue
		}
		if b.passes(o) {
			signed = signed || o.state.Obligation.Signer != ""
			continue
		}
		resting++
		if d := o.state.Obligation.Due; !d.IsZero() && (now.due.IsZero() || d.Before(now.due)) {
			now.due = d
		}
		now.blocked = now.blocked || o.state.Blocked()
		now.overdue = now.overdue || o.state.Overdue
		if now.waiting == "" && (o.opened || b.ready(o)) || o.state.Blocked() {
			now.waiting = string(o.state.Waiting)
		}
	}
	var next []sluss.EventID
	if b.closed == "" {
		next = obligations.Next(b.declaration, b.events)
	}
	switch {
	case now.waiting != "" || resting > 0:
	case others:
		now.waiting = waitsForOthers
	case len(next) > 0:
		now.waiting = waitsForEvent
	}
	now.registries = strings.Join(registriesOf(owed), " ")
	workflow.SetCurrentDetails(ctx, b.details(waits, done, next))
	switch {
	case b.closed != "": // it is not listed as running any more
		return
	case signed: // what it waits for next is known in a moment
		before := b.listing.now
		now.waiting, now.due, now.overdue = before.waiting, before.due, before.overdue || now.overdue
	}
	b.listing.set(now)
}

// passes tells whether the filing of an obligation will probably be accepted in a moment,
// so that nothing that people look for need change before.
func (b *batch) passes(o *duty) bool {
	if o.state.Obligation.Theirs || o.state.Obligation.Awaits != "" {
		return false
	}
	if o.filing != nil || o.opened {
		return o.filing != nil && !o.filing.rests
	}
	if b.ready(o) && o.state.Obligation.Signer != "" {
		return false
	}
	return len(o.elsewhere()) == 0 && !slices.ContainsFunc(o.state.Obligation.After, func(after string) bool {
		before := b.filings[b.current(after)]
		return before != nil && !before.discharged && !b.passes(before)
	})
}

// line says how an obligation stands that is not discharged, and how to act on it.
func (b *batch) line(owed *duty) string {
	s, o := owed.state, owed.state.Obligation
	line := fmt.Sprintf("**%s** (`%s`, %s), which %s", o.Rule.Title, o.ID, o.Registry, b.stateText(owed))
	if !s.Until.IsZero() {
		line += ", until " + clock(s.Until)
	}
	if !o.Due.IsZero() {
		line += fmt.Sprintf("; due %s by %s %s", clock(o.Due), o.Rule.Statute, o.Rule.Paragraph)
	}
	if s.Overdue {
		line += "; **overdue**"
	}
	if o.Gates != "" {
		line += "; no " + string(o.Gates) + " before that"
	}
	if s.Detail != "" {
		line += "; " + s.Detail
	}
	var reasons strings.Builder
	for _, r := range s.Reasons {
		reasons.WriteString(strings.TrimRight(fmt.Sprintf("; rejected: %s %s %s", r.Code, r.Field, r.Message), " "))
	}
	line += reasons.String()
	if owed.filing != nil {
		if do := owed.filing.command(); do != "" {
			line += fmt.Sprintf("; to act: `starter %s` (`starter inbox` has it in full)", do)
		}
	}
	return line
}

// doneLine says how an obligation was discharged.
func (b *batch) doneLine(o *duty) string {
	line := fmt.Sprintf("**%s** (`%s`): %s", o.state.Obligation.Rule.Title, o.state.Obligation.ID, o.state.Stage)
	if r := o.state.Receipt; r != nil {
		line += strings.TrimRight(fmt.Sprintf(", receipt `%s` %s", r.ID, r.Number), " ")
	}
	return line
}

func (b *batch) details(waits, done []string, next []sluss.EventID) string {
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
	for _, k := range b.kept {
		fmt.Fprintf(&s, "- kept: **%s** of %s %s\n", k.Event.ID(), clock(k.Event.At), k.Text())
	}
	for _, event := range next {
		if shut := b.gateObstacles(event); len(shut) > 0 {
			fmt.Fprintf(&s, "- next: **%s**, whose gate is shut: %s\n", event, strings.Join(shut, "; "))
			continue
		}
		fmt.Fprintf(&s, "- next: somebody reports **%s**\n", event)
	}
	for _, line := range done {
		fmt.Fprintf(&s, "- done: %s\n", line)
	}
	return s.String()
}
