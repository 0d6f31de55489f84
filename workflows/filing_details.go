package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/obligations"
)

// remindAt is when the reminder of its due time comes.
func (f *filing) remindAt() time.Time {
	o := f.content.Obligation
	return obligations.Remind(o.Due, o.Rule.Country)
}

// nextMark is when the filing is to be marked: with a reminder before its due time, and as
// overdue when that is past; nil if neither is to come. As long as it waits only for the
// answer to its first call, no clock runs.
func (f *filing) nextMark(ctx workflow.Context) *moment {
	o := f.content.Obligation
	switch {
	case f.ended() || f.overdue || o.Due.IsZero() || !f.rests && o.Due.After(workflow.Now(ctx)):
		return nil
	case f.reminded:
		return &moment{o.Due, fmt.Sprintf("%s is due %s (%s)", o.ID, clock(o.Due), o.Rule.Paragraph), func(ctx workflow.Context) { f.mark(ctx, sluss.MarkOverdue) }}
	}
	return &moment{f.remindAt(), fmt.Sprintf("remind: %s is due %s (%s)", o.ID, clock(o.Due), o.Rule.Paragraph), func(ctx workflow.Context) { f.mark(ctx, sluss.MarkReminder) }}
}

func (f *filing) mark(ctx workflow.Context, m sluss.Mark) {
	f.reminded, f.overdue = true, m == sluss.MarkOverdue
	f.show(ctx)
	f.recordStage(ctx, m)
}

// details is what the Temporal UI shows of the filing.
func (f *filing) details() string {
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
	return b.String()
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

// clock is a moment as the UI shows it.
func clock(t time.Time) string { return t.Format("Mon 2006-01-02 15:04 -07:00") }
