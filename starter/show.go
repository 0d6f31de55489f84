package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/inbox"
	"sluss/ledger"
	"sluss/obligations"
)

func (s *starter) showVerb() *cli.Command {
	return &cli.Command{
		Name: "show", Usage: "show all there is of a batch, and what can be done now", ArgsUsage: "BATCH", Category: "Look",
		Description: examples("Filings, timeline and signatures come from the ledger; the events that may come next from the batch itself.",
			"starter show VO-1",
			"starter show north/VO-1 --json"),
		Action: s.show,
	}
}

func (s *starter) show(c *cli.Context) error {
	names, err := arguments(c, "BATCH")
	if err != nil {
		return err
	}
	id, err := batchID(names[0])
	if err != nil {
		return err
	}
	l, err := book(c)
	if err != nil {
		return err
	}
	defer l.Close()
	shown, err := recorded(c.Context, l, id)
	if err != nil {
		return err
	}
	if shown.Closed == "" {
		if asked, err := ask(c, l, id); err == nil {
			shown = asked
		} else {
			s.note("the batch itself did not answer, so this is what the ledger says, without the events that may come next (%v)", err)
		}
	}
	return s.answer(c, shown, func(w io.Writer) { s.writeBatch(w, shown) })
}

// ask has the batch itself say where it stands.
func ask(c *cli.Context, l *ledger.Ledger, id string) (inbox.Shown, error) {
	conf, err := configuration(c)
	if err != nil {
		return inbox.Shown{}, err
	}
	ctx, cancel := context.WithTimeout(c.Context, dialling)
	defer cancel()
	temporal, err := conf.Temporal.Dial(ctx, quiet)
	if err != nil {
		return inbox.Shown{}, err
	}
	defer temporal.Close()
	d := inbox.Desk{Temporal: temporal, Ledger: l}
	return d.Show(ctx, id)
}

// recorded is what the ledger alone knows of a batch.
func recorded(ctx context.Context, l *ledger.Ledger, id string) (inbox.Shown, error) {
	var shown inbox.Shown
	var err error
	if shown.Batch, err = l.Batch(ctx, id); err != nil {
		return shown, err
	}
	if !shown.Declared {
		return shown, fmt.Errorf("%w batch as %s: `starter list` shows what there is", inbox.ErrNoSuch, short(id))
	}
	if shown.Filings, err = l.Filings(ctx, id); err != nil {
		return shown, err
	}
	if shown.Notes, err = l.Notes(ctx, id); err != nil {
		return shown, err
	}
	if shown.Timeline, err = l.Timeline(ctx, id); err != nil {
		return shown, err
	}
	if shown.Documents, err = l.Documents(ctx, id); err != nil {
		return shown, err
	}
	if shown.Chain, err = l.Chain(ctx, id); err != nil {
		return shown, err
	}
	if shown.Stale, err = inbox.StaleNotes(ctx, l, id, ""); err != nil {
		return shown, err
	}
	if shown.Prints, err = l.Prints(ctx, id); err != nil {
		return shown, err
	}
	shown.Stage = stage(shown)
	shown.Warn()
	return shown, nil
}

// stage is the latest event of a batch, or its end.
func stage(shown inbox.Shown) string {
	stage := "declared"
	for _, line := range shown.Timeline {
		var e sluss.Event
		if line.Kind == "event" && json.Unmarshal(line.Detail, &e) == nil {
			stage = string(e.Kind)
		}
	}
	if shown.Closed != "" {
		stage = "closed"
	}
	return stage
}

func (s *starter) writeBatch(w io.Writer, shown inbox.Shown) {
	d := shown.Declaration
	fmt.Fprintln(w, short(shown.ID))
	field(w, "waste", fmt.Sprintf("%s %s, %s", d.Waste.Code, d.Waste.Name, d.Waste.Mass))
	field(w, "way", way(d))
	stage := shown.Stage
	if shown.Closed != "" {
		stage += ", " + shown.Closed + ", " + s.clock(shown.ClosedAt)
	}
	field(w, "stage", stage)
	field(w, "declared", s.clock(shown.DeclaredAt))
	for _, tie := range shown.Chain.Predecessors {
		field(w, "continues", tied(tie))
	}
	for _, tie := range shown.Chain.Successors {
		field(w, "goes into", tied(tie))
	}
	switch shown.Corrections {
	case 0:
	case 1:
		field(w, "corrected", "once")
	default:
		field(w, "corrected", fmt.Sprintf("%d times", shown.Corrections))
	}

	for _, d := range shown.Documents {
		field(w, "there", fmt.Sprintf("%s is %s at %s, seen %s", d.Number, d.Status, d.Registry, s.clock(d.SeenAt)))
	}
	for _, p := range shown.Prints {
		field(w, "print", fmt.Sprintf("%s, %s, fetched %s, SHA-256 %s: `starter pdf %s`", p.Number, p.Status, s.clock(p.FetchedAt), p.SHA256, short(p.Batch)))
	}
	for _, warning := range shown.Warnings {
		field(w, "note", warning.String())
	}

	fmt.Fprintln(w, "\nFilings")
	owed := notFiled(shown)
	if len(shown.Filings)+len(owed) == 0 {
		fmt.Fprintln(w, "  none")
	}
	for _, f := range shown.Filings {
		s.writeFiling(w, f)
		s.writeVersions(indented{w}, f.ID, shown.Notes)
	}
	for _, o := range owed {
		s.writeOwed(w, o)
	}

	fmt.Fprintln(w, "\nTimeline")
	for _, line := range shown.Timeline {
		about := ""
		if line.Filing != "" && !strings.Contains(line.Text, obligationOf(line.Filing)) {
			about = obligationOf(line.Filing) + ": "
		}
		fmt.Fprintf(w, "  %s  %s%s\n", s.clock(line.At), about, line.Text)
	}

	if len(shown.Stale) > 0 {
		fmt.Fprintln(w, "\nFiled before the batch was corrected")
		writeStale(w, shown.Stale)
	}

	lines := nextEvents(shown.ID, shown.Actions)
	for _, f := range shown.Filings {
		lines = append(lines, todo(f)...)
	}
	if len(lines) > 0 {
		fmt.Fprintln(w, "\nWhat can be done now")
		for _, line := range lines {
			fmt.Fprintln(w, "  "+line)
		}
	}
}

// tied names the other batch of a tie, with as much of it as is said.
func tied(tie ledger.Tie) string {
	text := short(tie.Batch)
	if tie.Batch == "" {
		text = "another company's, " + tie.Receipt
	}
	if tie.Mass != nil {
		text += ", " + tie.Mass.String()
	}
	return text
}

// notFiled are the obligations of an open batch whose filings have not begun.
func notFiled(shown inbox.Shown) (owed []sluss.Obligation) {
	if shown.Closed != "" {
		return nil
	}
	for _, line := range shown.Timeline {
		var o sluss.Obligation
		if line.Kind != "obligation" || json.Unmarshal(line.Detail, &o) != nil {
			continue
		}
		if !slices.ContainsFunc(shown.Filings, func(f ledger.Filing) bool { return f.Obligation.ID == o.ID }) {
			owed = append(owed, o)
		}
	}
	return owed
}

func (s *starter) writeOwed(w io.Writer, o sluss.Obligation) {
	standing := "owed"
	if len(o.After) > 0 {
		standing += ", comes after " + strings.Join(o.After, " and ")
	}
	fmt.Fprintf(w, "  %s  %s, %s\n", o.ID, o.Registry, standing)
	field(indented{w}, "due", s.due(o.Due))
	field(indented{w}, "rule", law(o.Rule))
}

// way is how the waste goes, by the names of the parties.
func way(d sluss.Declaration) string {
	stations := []string{d.Producer.Name}
	for _, leg := range d.Legs {
		stations = append(stations, leg.Transporter.Name)
	}
	return strings.Join(append(stations, d.Receiver.Name), " → ")
}

func obligationOf(filing string) string { return filing[strings.LastIndex(filing, "/")+1:] }

func (s *starter) writeFiling(w io.Writer, f ledger.Filing) {
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
	if r := f.Receipt; r != nil {
		field(inner, "receipt", receipt(*r))
		if until, paragraph := obligations.Keep(f.Obligation.Rule.ID, r.At); !until.IsZero() {
			field(inner, "keep", fmt.Sprintf("until %s (%s)", until.Format(time.DateOnly), paragraph))
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

// indented is a writer of whole lines that moves them to the right.
type indented struct{ to io.Writer }

func (i indented) Write(data []byte) (int, error) {
	_, err := i.to.Write(append([]byte("  "), data...))
	return len(data), err
}
