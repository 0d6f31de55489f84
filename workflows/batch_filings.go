package workflows

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
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
	} else {
		begun := o.opened
		o.opened = true
		result, err := o.run(ctx, b.awaiting(o), begun)
		if err != nil {
			b.behind = b.behind || errors.Is(err, errBehind)
			return
		}
		o.result = result
	}
	o.discharged = true
	o.state = FilingState{
		Filing: o.state.Filing, Obligation: o.state.Obligation, Hash: o.state.Hash, Overdue: o.state.Overdue,
		Stage: o.result.Stage, Receipt: b.receipt(id),
	}
	b.show(ctx)
	if leg := o.state.Obligation.Leg; b.loads[leg] > 0 {
		b.lookAgain(ctx, leg)
	}
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
	id := o.state.Obligation.ID
	looking, enough := workflow.WithCancel(ctx)
	defer enough()
	workflow.GoNamed(looking, string(id)+" looks", func(ctx workflow.Context) { b.keepLooking(ctx, o) })
	summary := fmt.Sprintf("%s waits for the receipts of %s", id, strings.Join(o.state.Obligation.After, ", "))
	return awaitUntil(ctx, o.state.Obligation.AfterUntil, summary, ready)
}

// awaiting is how the filing of an obligation is started, or attached to.
func (b *batch) awaiting(o *duty) awaiting {
	id := o.state.Obligation.ID
	return awaiting{
		start: func(ctx workflow.Context) workflow.ChildWorkflowFuture {
			_ = b.recorder.awaitIdle(ctx) // a cancelled context ends the child as well
			o.grounds = grounds(b.declaration, o.state.Obligation)
			in := FilingInput{Batch: b.id, Content: b.content(id), Policy: b.policy, News: b.news(o)}
			child := workflow.ExecuteChildWorkflow(b.childOptions(ctx, in), Filing, in)
			b.show(ctx)
			return child
		},
		attach:   func() attachment { return attachment{By: string(b.id), Content: b.content(id), News: b.news(o)} },
		recorded: b.recorder.awaitIdle,
		behind:   func(s sluss.FilingSnapshot) bool { return s.Events > len(b.events) || s.Corrections > b.corrections },
	}
}

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

func (b *batch) childOptions(ctx workflow.Context, in FilingInput) workflow.Context {
	o := in.Content.Obligation
	attributes := []temporal.SearchAttributeUpdate{
		Stage.ValueSet(string(sluss.StageSending)), Registry.ValueSet(o.Registry), Country.ValueSet(o.Rule.Country),
		Blocked.ValueSet(false), Overdue.ValueSet(false),
	}
	if !o.Due.IsZero() {
		attributes = append(attributes, Due.ValueSet(o.Due))
	}
	return workflow.WithChildOptions(detached(ctx), workflow.ChildWorkflowOptions{
		WorkflowID:            string(b.filingID(o.ID)),
		ParentClosePolicy:     enumspb.PARENT_CLOSE_POLICY_ABANDON,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
		StaticSummary:         fmt.Sprintf("%s (%s)", o.Rule.Title, o.Registry),
		StaticDetails:         fmt.Sprintf("Obligation **%s** of batch `%s`\n\n%s, %s", o.ID, b.id, o.Rule.Statute, o.Rule.Paragraph),
		TypedSearchAttributes: temporal.NewSearchAttributes(attributes...),
	})
}

// show updates what the Temporal UI shows of the batch.
func (b *batch) show(ctx workflow.Context) {
	var waits []string
	var due time.Time
	waiting, blocked, overdue := "", false, false
	open := 0
	for _, id := range b.order {
		o := b.filings[id]
		if o.discharged {
			continue
		}
		open++
		if d := o.state.Obligation.Due; !d.IsZero() && (due.IsZero() || d.Before(due)) {
			due = d
		}
		blocked = blocked || o.state.Blocked()
		overdue = overdue || o.state.Overdue
		if waiting == "" && o.opened || o.state.Blocked() {
			waiting = string(o.state.Waiting)
		}
		waits = append(waits, b.line(o))
	}
	var next []sluss.EventID
	if b.closed == "" {
		next = obligations.Next(b.declaration, b.events)
	}
	if waiting == "" && open == 0 && len(next) > 0 {
		waiting = "event"
	}
	workflow.SetCurrentDetails(ctx, b.details(waits, next))
	b.list(ctx, listed{b.stage(), waiting, due, blocked, overdue})
}

// listed are the search attributes of a batch.
type listed struct {
	stage, waiting   string
	due              time.Time
	blocked, overdue bool
}

// list updates the search attributes, if they have changed.
func (b *batch) list(ctx workflow.Context, now listed) {
	if now == b.listed {
		return
	}
	b.listed = now
	updates := []temporal.SearchAttributeUpdate{
		Stage.ValueSet(now.stage), Blocked.ValueSet(now.blocked), Overdue.ValueSet(now.overdue),
		WaitingFor.ValueUnset(), Due.ValueUnset(),
	}
	if now.waiting != "" {
		updates[3] = WaitingFor.ValueSet(now.waiting)
	}
	if !now.due.IsZero() {
		updates[4] = Due.ValueSet(now.due)
	}
	if err := workflow.UpsertTypedSearchAttributes(ctx, updates...); err != nil {
		workflow.GetLogger(ctx).Warn("search attributes not updated", "error", err)
	}
}

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
