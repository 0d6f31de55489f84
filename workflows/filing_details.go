package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/obligations"
)

// startClock records a reminder before the due time, and a mark when it is past. The
// returned function stops it.
func (f *filing) startClock(ctx workflow.Context) (stop func()) {
	due := f.content.Obligation.Due
	if due.IsZero() {
		return func() {}
	}
	ctx, cancel := workflow.WithCancel(ctx)
	rule := f.content.Obligation.Rule
	marks := []struct {
		mark    sluss.Mark
		at      time.Time
		summary string
	}{
		{sluss.MarkReminder, obligations.Remind(due, rule.Country), fmt.Sprintf("remind: due %s (%s)", clock(due), rule.Paragraph)},
		{sluss.MarkOverdue, due, fmt.Sprintf("due %s (%s)", clock(due), rule.Paragraph)},
	}
	workflow.GoNamed(ctx, "clock", func(ctx workflow.Context) {
		for _, m := range marks {
			wait := m.at.Sub(workflow.Now(ctx))
			if wait <= 0 && m.mark == sluss.MarkReminder {
				continue
			}
			if wait > 0 && workflow.NewTimerWithOptions(ctx, wait, workflow.TimerOptions{Summary: m.summary}).Get(ctx, nil) != nil {
				return // stopped, because the filing has ended
			}
			if f.overdue { // marked in a previous history
				return
			}
			f.overdue = m.mark == sluss.MarkOverdue
			f.describe(ctx)
			if f.overdue {
				f.upsert(ctx, Overdue.ValueSet(true))
				f.tell(ctx)
			}
			f.recordStage(ctx, m.mark)
		}
	})
	return cancel
}

// describe updates what the Temporal UI shows of the filing.
func (f *filing) describe(ctx workflow.Context) {
	o := f.content.Obligation
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** for %s\n\n", o.Rule.Title, party(f.content.Declaration, o))
	fmt.Fprintf(&b, "- stage: **%s**\n", f.stage)
	if f.waiting != "" {
		fmt.Fprintf(&b, "- waiting for: **%s**\n", person(f.content.Declaration, o, f.waiting))
	}
	if !f.until.IsZero() {
		fmt.Fprintf(&b, "- until: **%s**\n", clock(f.until))
	}
	if !o.Due.IsZero() {
		fmt.Fprintf(&b, "- due: **%s** by %s %s\n", clock(o.Due), o.Rule.Statute, o.Rule.Paragraph)
	} else {
		fmt.Fprintf(&b, "- by %s %s\n", o.Rule.Statute, o.Rule.Paragraph)
	}
	if o.Gates != "" {
		fmt.Fprintf(&b, "- no **%s** before that\n", o.Gates)
	}
	if f.overdue {
		fmt.Fprintf(&b, "- **overdue** since %s\n", clock(o.Due))
	}
	if f.detail != "" {
		fmt.Fprintf(&b, "- %s\n", f.detail)
	}
	for _, r := range f.reasons {
		fmt.Fprintf(&b, "- rejected: %s %s %s\n", r.Code, r.Field, r.Message)
	}
	if do := f.command(); do != "" {
		fmt.Fprintf(&b, "- to act: `starter %s` (`starter inbox` has it in full)\n", do)
	}
	if f.receipt != nil {
		fmt.Fprintf(&b, "- receipt: `%s` %s\n", f.receipt.ID, f.receipt.Number)
	}
	workflow.SetCurrentDetails(ctx, b.String())
}

// command is the starter command for the person whom the filing waits for.
func (f *filing) command() string {
	batch, filing := f.batch.Name(), f.id.Name()
	switch {
	case f.stage == sluss.StageSignature:
		return fmt.Sprintf("sign %s --role %s --name NAME", batch, f.waiting)
	case f.stage == sluss.StageRejected && f.content.Amends != nil && f.content.Amends.Annul != "":
		return fmt.Sprintf("decide %s withdrawn --reason REASON --by NAME", filing)
	case f.stage == sluss.StageRejected && f.content.Amends != nil:
		return fmt.Sprintf("amend %s PATH=VALUE --reason REASON --by NAME", filing)
	case f.stage == sluss.StageRejected && f.content.Result != nil:
		return fmt.Sprintf("results %s PATH=VALUE --reason REASON --by NAME", filing)
	case f.stage == sluss.StageRejected:
		return fmt.Sprintf("correct %s PATH=VALUE --reason REASON --by NAME", batch)
	case f.stage == sluss.StageUnknown && f.waiting != "" && Extractable(f.content.Obligation):
		return "extract FILE --by NAME"
	case (f.stage == sluss.StageUnknown || f.stage == sluss.StageDeferred) && f.waiting != "":
		return fmt.Sprintf("decide %s taken --receipt ID --reason REASON --by NAME", filing)
	}
	return ""
}

func (f *filing) upsert(ctx workflow.Context, updates ...temporal.SearchAttributeUpdate) {
	if err := workflow.UpsertTypedSearchAttributes(ctx, updates...); err != nil {
		workflow.GetLogger(ctx).Warn("search attributes not updated", "error", err)
	}
}

// clock is a moment as the UI shows it.
func clock(t time.Time) string { return t.Format("Mon 2006-01-02 15:04 -07:00") }
