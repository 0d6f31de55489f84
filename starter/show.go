package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
)

func (s *starter) showVerb() *cli.Command {
	return &cli.Command{
		Name: "show", Usage: "show everything about a batch, and what can be done now", ArgsUsage: "BATCH", Category: "Look",
		Description: examples("Filings and timeline come from the ledger; the batch's workflow is asked which events may come next.",
			"starter show VO-1",
			"starter show north/VO-1 --json"),
		Action: s.show,
	}
}

func (s *starter) show(c *cli.Context) error {
	id, _, err := target(c, batchID, "BATCH")
	if err != nil {
		return err
	}
	tenant, reference, _ := id.Split()
	shown, err := api.Value(s.service.ShowBatchWithResponse(c.Context, tenant, reference))
	if err != nil {
		return err
	}
	if shown.Silent != "" {
		s.hint("the batch's workflow did not answer, so this is what the ledger has, without the events that may come next (%s)", shown.Silent)
	}
	return s.answer(c, shown, func(w io.Writer) { s.writeBatch(w, shown) })
}

func (s *starter) writeBatch(w io.Writer, shown api.Batch) {
	d := shown.Declaration
	fmt.Fprintln(w, short(shown.ID))
	field(w, "waste", fmt.Sprintf("%s %s, %s", d.Waste.Code, d.Waste.Name, d.Waste.Mass))
	field(w, "route", routeText(d))
	stage := shown.Stage
	if shown.Closed != "" {
		stage += ", " + shown.Closed + ", " + s.clock(shown.ClosedAt)
	}
	field(w, "stage", stage)
	field(w, "declared", s.clock(shown.DeclaredAt))
	for _, k := range shown.Kept {
		field(w, "kept", fmt.Sprintf("%s of %s, since %s: it %s", k.Event.ID(), s.clock(k.Event.At), s.clock(k.Since), k.Text()))
	}
	for _, tie := range shown.Chain.Predecessors {
		field(w, "continues", linkedBatch(tie))
	}
	for _, tie := range shown.Chain.Successors {
		field(w, "goes into", linkedBatch(tie))
	}
	switch shown.Corrections {
	case 0:
	case 1:
		field(w, "corrected", "once")
	default:
		field(w, "corrected", fmt.Sprintf("%d times", shown.Corrections))
	}

	for _, d := range shown.Documents {
		field(w, "document", fmt.Sprintf("%s is %s at %s, seen %s", d.Number, d.Status, d.Registry, s.clock(d.SeenAt)))
	}
	for _, p := range shown.Prints {
		field(w, "print", fmt.Sprintf("%s, %s, fetched %s, SHA-256 %s: `starter pdf %s`", p.Number, p.Status, s.clock(p.FetchedAt), p.SHA256, short(p.Batch)))
	}
	for _, c := range d.Confirmed {
		field(w, "confirmed", c.Field+": "+c.Reason)
	}
	for _, warning := range shown.Warnings {
		field(w, "warning", warning.String())
	}

	fmt.Fprintln(w, "\nFilings")
	if len(shown.Filings)+len(shown.Owed)+len(shown.Theirs) == 0 {
		fmt.Fprintln(w, "  none")
	}
	for _, f := range shown.Filings {
		s.writeFiling(w, f)
		s.writeVersions(indented{w}, f.ID, shown.Reports)
	}
	for _, o := range shown.Owed {
		s.writeOwed(w, o)
	}
	for _, t := range shown.Theirs {
		s.writeTheirs(w, d, t)
	}

	fmt.Fprintln(w, "\nTimeline")
	for _, line := range shown.Timeline {
		about := ""
		if line.Filing != "" && !strings.Contains(line.Text, string(obligationOf(line.Filing))) {
			about = string(obligationOf(line.Filing)) + ": "
		}
		fmt.Fprintf(w, "  %s  %s%s\n", s.clock(line.At), about, line.Text)
	}

	if len(shown.Outdated) > 0 {
		fmt.Fprintln(w, "\nFiled before the batch was corrected or cancelled")
		writeOutdated(w, shown.Outdated)
	}

	lines := nextEvents(shown.ID, shown.Actions)
	for _, k := range shown.Kept {
		lines = append(lines, command("correct", short(shown.ID), "--remove", "events."+string(k.Event.ID()), "--reason", "REASON", "--by", "NAME"))
	}
	for _, f := range shown.Filings {
		lines = append(lines, nextCommands(f)...)
	}
	if len(lines) > 0 {
		fmt.Fprintln(w, "\nWhat can be done now")
		for _, line := range lines {
			fmt.Fprintln(w, "  "+line)
		}
	}
}

// linkedBatch is the other batch of a tie, with its mass if that is known.
func linkedBatch(tie api.LinkedBatch) string {
	text := short(tie.Batch)
	if tie.Batch == "" {
		text = "a batch of another company, " + tie.Receipt
	}
	if tie.Mass != nil {
		text += ", " + tie.Mass.String()
	}
	return text
}

func (s *starter) writeOwed(w io.Writer, o sluss.Obligation) {
	standing := "owed"
	before := o.After
	if o.Awaits != "" {
		before = append([]string{string(o.Awaits)}, before...)
	}
	if len(before) > 0 {
		standing += ", comes after " + strings.Join(before, " and ")
	}
	fmt.Fprintf(w, "  %s  %s, %s\n", o.ID, o.Registry, standing)
	field(indented{w}, "due", s.due(o.Due))
	field(indented{w}, "rule", law(o.Rule))
}

// routeText is the route of the waste, as the names of the parties.
func routeText(d sluss.Declaration) string {
	stations := []string{d.Producer.Name}
	for _, leg := range d.Legs {
		stations = append(stations, leg.Transporter.Name)
	}
	return strings.Join(append(stations, d.Receiver.Name), " → ")
}

func obligationOf(filing sluss.FilingID) sluss.ObligationID {
	_, obligation, _ := filing.Split()
	return obligation
}

func (s *starter) writeFiling(w io.Writer, f api.Filing) {
	standing := string(f.Stage)
	if f.Waiting != "" {
		standing += " (the " + string(f.Waiting) + ")"
	}
	if !f.Until.IsZero() {
		standing += " until " + s.clock(f.Until)
	}
	fmt.Fprintf(w, "  %s  %s, %s\n", f.Obligation.ID, f.Registry, standing)
	inner := indented{w}
	if f.Open {
		field(inner, "due", s.due(f.Due))
	} else {
		field(inner, "due", s.clock(f.Due))
	}
	field(inner, "rule", law(f.Obligation.Rule))
	field(inner, "late", s.late(f))
	if r := f.Receipt; r != nil {
		field(inner, "receipt", receipt(*r))
		if k := f.Keep; k != nil {
			field(inner, "keep", fmt.Sprintf("until %s (%s)", k.Until.Format(time.DateOnly), k.Paragraph))
		}
	}
	if f.Clearance != nil {
		field(inner, "verdict", string(f.Clearance.Verdict))
	}
	writeReasons(inner, f)
	if f.Attempts > 0 {
		attempts := fmt.Sprint(f.Attempts)
		if f.Unanswered > 0 {
			attempts += fmt.Sprintf(", %d of them without an answer", f.Unanswered)
		}
		field(inner, "attempts", attempts)
	}
}

// late says what was late about a filing from the beginning: its event was noted later than
// the rule asks for, or its due time was past when it arose.
func (s *starter) late(f api.Filing) string {
	var parts []string
	if by := f.Obligation.NoteBy; !by.IsZero() && f.NotedAt.After(by.Add(sluss.ClockSkew)) {
		parts = append(parts, fmt.Sprintf("noted %s, and the rule asks for it by %s", s.clock(f.NotedAt), s.clock(by)))
	}
	if due := f.Due; !due.IsZero() && f.AroseAt.After(due) {
		parts = append(parts, "was overdue when it arose, "+s.clock(f.AroseAt))
	}
	return strings.Join(parts, "; ")
}

func receipt(r sluss.Receipt) string {
	text := r.ID
	if r.Number != "" {
		text = r.Number + " (" + r.ID + ")"
	}
	if r.Status != "" {
		text += ", " + r.Status
	}
	return text
}

// indented is a writer of whole lines that indents them.
type indented struct{ to io.Writer }

func (i indented) Write(data []byte) (int, error) {
	_, err := i.to.Write(append([]byte("  "), data...))
	return len(data), err
}
