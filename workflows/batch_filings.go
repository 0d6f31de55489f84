package workflows

import (
	"fmt"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/obligations"
)

// file runs the filing of one obligation to its end. It starts once the
// receipts are there that it names.
func (b *batch) file(ctx workflow.Context, id string, events []sluss.Event) {
	o := b.filings[id]
	ready := func() bool {
		for _, after := range o.state.Obligation.After {
			if before := b.filings[after]; before != nil && !before.discharged {
				return false
			}
		}
		return len(o.elsewhere()) == 0
	}
	if b.look(ctx, o) != nil {
		return
	}
	if !ready() {
		looking, enough := workflow.WithCancel(ctx)
		workflow.GoNamed(looking, id+" looks", func(ctx workflow.Context) { b.keepLooking(ctx, o) })
		summary := fmt.Sprintf("%s waits for the receipts of %s", id, strings.Join(o.state.Obligation.After, ", "))
		err := awaitUntil(ctx, o.state.Obligation.AfterUntil, summary, ready)
		enough()
		if err != nil {
			return
		}
	}
	for run := 0; ; run++ {
		if b.words.recorded(ctx) != nil {
			return
		}
		if b.gone(o) {
			if b.neverFiled(ctx, o, b.content(id, events)) != nil {
				return
			}
			break
		}
		o.grounds = grounds(b.declaration, o.state.Obligation)
		in := FilingInput{Batch: b.id, Content: b.content(id, events), Policy: b.policy, Run: run, Look: b.ahead(o.state.Obligation.Registry)}
		o.child = workflow.ExecuteChildWorkflow(b.childOptions(ctx, in), Filing, in)
		b.show(ctx)
		err := o.child.Get(ctx, &o.result)
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			return
		}
		// Somebody ended the filing by hand. What is owed stays owed, and the
		// ledger knows what was sent.
		workflow.GetLogger(ctx).Warn("a filing ended without an outcome", "filing", o.state.Filing, "error", err)
		o.child = nil
		timer := workflow.TimerOptions{Summary: id + " ended without an outcome: it starts again"}
		if workflow.NewTimerWithOptions(ctx, time.Minute, timer).Get(ctx, nil) != nil {
			return
		}
	}
	o.discharged = true
	o.state = FilingState{
		Filing: o.state.Filing, Obligation: o.state.Obligation, Hash: o.state.Hash, Overdue: o.state.Overdue,
		Stage: o.result.Stage, Receipt: o.result.Receipt,
	}
	b.show(ctx)
}

// content is what the filing of an obligation tells, as things stand now.
func (b *batch) content(id string, events []sluss.Event) sluss.Content {
	o := b.filings[id].state.Obligation
	c := sluss.Content{Declaration: b.declaration, Obligation: o, Events: events}
	for _, after := range o.After {
		receipt := b.filings[id].links[after]
		if b.filings[after] != nil {
			receipt = b.receipt(after)
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

func (b *batch) childOptions(ctx workflow.Context, in FilingInput) workflow.Context {
	o := in.Content.Obligation
	attributes := []temporal.SearchAttributeUpdate{
		Stage.ValueSet(string(sluss.StageSending)), Registry.ValueSet(o.Registry), Country.ValueSet(o.Rule.Country),
		Blocked.ValueSet(false), Overdue.ValueSet(false),
	}
	if !o.Due.IsZero() {
		attributes = append(attributes, Due.ValueSet(o.Due))
	}
	return workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID: b.filingID(o.ID),
		// A filing that is under way is nothing that may be cut off.
		ParentClosePolicy:     enumspb.PARENT_CLOSE_POLICY_ABANDON,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		WaitForCancellation:   true,
		StaticSummary:         fmt.Sprintf("%s (%s)", o.Rule.Title, o.Registry),
		StaticDetails:         fmt.Sprintf("Obligation **%s** of batch `%s`\n\n%s, %s", o.ID, b.id, o.Rule.Statute, o.Rule.Paragraph),
		TypedSearchAttributes: temporal.NewSearchAttributes(attributes...),
	})
}

// show keeps what the Temporal UI and its lists show of the batch up to date.
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
		if waiting == "" && o.child != nil || o.state.Blocked() {
			waiting = string(o.state.Waiting)
		}
		waits = append(waits, b.line(o))
	}
	var next []string
	if !b.closed {
		next = obligations.Next(b.declaration, b.events)
	}
	if waiting == "" && open == 0 && len(next) > 0 {
		waiting = "event"
	}
	workflow.SetCurrentDetails(ctx, b.details(waits, next))
	b.list(ctx, listed{b.stage(), waiting, due, blocked, overdue})
}

// listed is what the Temporal UI's lists show of a batch.
type listed struct {
	stage, waiting   string
	due              time.Time
	blocked, overdue bool
}

// list upserts the search attributes, where anything has changed.
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

func (b *batch) line(owed *owed) string {
	s, o := owed.state, owed.state.Obligation
	line := fmt.Sprintf("**%s** (`%s`), which %s", o.Rule.Title, o.ID, b.stands(owed))
	if !s.Until.IsZero() {
		line += ", until " + clock(s.Until)
	}
	if !o.Due.IsZero() {
		line += fmt.Sprintf("; due %s by %s", clock(o.Due), o.Rule.Paragraph)
	}
	if o.Gates != "" {
		line += "; no " + o.Gates + " before that"
	}
	if s.Detail != "" {
		line += "; " + s.Detail
	}
	return line
}

func (b *batch) details(waits, next []string) string {
	d := b.declaration
	var s strings.Builder
	fmt.Fprintf(&s, "**%s** of `%s` %s, %s → %s\n\n", d.Waste.Mass, d.Waste.Code, d.Waste.Name, d.Producer.Name, d.Receiver.Name)
	fmt.Fprintf(&s, "- stage: **%s**\n", b.stage())
	for _, t := range b.documents {
		fmt.Fprintf(&s, "- others made `%s` **%s** at %s, %s\n", t.Number, t.Status, t.Registry, clock(t.UpdatedAt))
	}
	for _, w := range waits {
		fmt.Fprintf(&s, "- waits for: %s\n", w)
	}
	for _, event := range next {
		if shut := b.shut(event); len(shut) > 0 {
			fmt.Fprintf(&s, "- next: **%s**, whose gate is shut: %s\n", event, strings.Join(shut, "; "))
			continue
		}
		fmt.Fprintf(&s, "- next: somebody reports **%s**\n", event)
	}
	return s.String()
}
