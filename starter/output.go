package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"sluss"
)

// plain replaces control characters except line ends and tabs, because the texts
// shown on the terminal were written by others.
type plain struct{ to io.Writer }

func (p plain) Write(data []byte) (int, error) {
	safe := make([]byte, len(data))
	for i, b := range data {
		if b < ' ' && b != '\n' && b != '\t' || b == 0x7f {
			b = '?'
		}
		safe[i] = b
	}
	return p.to.Write(safe)
}

func writeJSON(to io.Writer, value any) error {
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// answer writes the value as JSON with --json, and otherwise calls text.
func (s *starter) answer(c *cli.Context, value any, text func(w io.Writer)) error {
	if c.Bool("json") {
		return writeJSON(s.out, value)
	}
	text(plain{s.out})
	return nil
}

// hint writes a line for people to standard error, in addition to the answer.
func (s *starter) hint(format string, args ...any) {
	fmt.Fprintf(plain{s.err}, "hint: "+format+"\n", args...)
}

// table writes aligned columns.
func table(w io.Writer, header []string, rows [][]string) {
	aligned := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{header}, rows...) {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = strings.Join(strings.Fields(cell), " ")
			if cells[i] == "" {
				cells[i] = "-"
			}
		}
		fmt.Fprintln(aligned, strings.Join(cells, "\t"))
	}
	_ = aligned.Flush() // an error would come from w, which reports it itself
}

// clock formats a time in the user's zone; empty for the zero time.
func (s *starter) clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(s.zone).Format("2006-01-02 15:04 -07:00")
}

// due formats a due time with the time that is left, or by how much it has passed.
func (s *starter) due(t time.Time) string {
	if t.IsZero() {
		return "no due time of its own"
	}
	if left := t.Sub(s.now()); left < 0 {
		return s.clock(t) + ", late by " + span(-left)
	} else {
		return s.clock(t) + ", in " + span(left)
	}
}

// span is a length of time in its two largest units.
func span(d time.Duration) string {
	days, hours, minutes := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	switch {
	case days > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case hours > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	default:
		return fmt.Sprintf("%d min", minutes)
	}
}

func law(r sluss.Rule) string {
	return fmt.Sprintf("%s: %s, %s", r.Title, r.Statute, r.Paragraph)
}

// reason is one reason of a rejection or verdict, on one line.
func reason(r sluss.Reason) string {
	line := sluss.Fault{Field: r.Field, Problem: r.Message, Remedy: r.Remedy}.String()
	var source []string
	for _, text := range []string{r.Code, r.Original} {
		if text != "" && text != r.Message {
			source = append(source, text)
		}
	}
	if len(source) > 0 {
		line += " [" + strings.Join(source, ": ") + "]"
	}
	return line
}
