package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/urfave/cli/v2"

	"sluss/api"
)

// errLeft means that the file does not settle everything. What it does not settle
// was printed before.
var errLeft = errors.New("a person must decide what the file does not settle")

func (s *starter) extractVerb() *cli.Command {
	return &cli.Command{
		Name: "extract", Usage: "settle unknown outcomes by the Swedish agency's extract of your notes", ArgsUsage: "FILE.csv|-", Category: "Act",
		Description: examples("The agency sends an operator its own notes as a file with semicolons. Every filing whose answer was lost is decided taken\n"+
			"if exactly one note of the file matches it. Nothing else is decided, but everything is reported: what the file does not have,\n"+
			"has twice, or has and we do not know. Reading the same file again changes nothing. Exit code 1: a person must decide something.",
			"starter extract utdrag.csv --dry-run",
			"starter extract utdrag.csv --by 'Karin Holm'",
			"starter extract utdrag.csv --made 2026-11-24T09:00 --by 'Karin Holm'"),
		Flags: []cli.Flag{
			byFlag("by", "`NAME` of the person who decides by the file"),
			&cli.StringFlag{Name: "made", Usage: "`TIME` at which the agency made the file, if it is known"},
			&cli.BoolFlag{Name: "dry-run", Usage: "say what would be decided, and decide nothing"},
		},
		Action: s.extract,
	}
}

func (s *starter) extract(c *cli.Context) error {
	names, err := arguments(c, "FILE.csv")
	if err != nil {
		return err
	}
	params := api.ReadExtractParams{DryRun: opt(c.Bool("dry-run"))}
	if params.DryRun == nil {
		by, err := person(c, "by")
		if err != nil {
			return err
		}
		params.By = &by.Name
	}
	if c.IsSet("made") {
		made, err := s.past(c.String("made"))
		if err != nil {
			return err
		}
		params.Made = &made
	}
	data, err := s.read(names[0])
	if err != nil {
		return err
	}
	read, err := api.Value(s.service.ReadExtractWithBodyWithResponse(c.Context, &params, "text/csv", bytes.NewReader(data)))
	if err != nil {
		return err
	}
	if err := s.answer(c, read, func(w io.Writer) { s.writeExtract(w, read) }); err != nil {
		return err
	}
	if read.Open+read.Doubles > 0 {
		return errLeft
	}
	return nil
}

func (s *starter) writeExtract(w io.Writer, e api.Extracted) {
	for _, f := range e.Filings {
		result := f.Result
		if e.DryRun && f.Result == api.ExtractTaken {
			result = "would be taken"
		}
		fmt.Fprintf(w, "%s  %s\n", short(f.Filing), result)
		field(w, "sent", s.clock(f.Sent))
		for _, n := range f.Notes {
			field(w, "note", fmt.Sprintf("%s, line %d", n.AvfallsID, n.Line))
		}
		field(w, "because", f.Why)
		field(w, "do", f.Remedy)
		for _, line := range extractDecisions(f) {
			field(w, "", line)
		}
	}
	strangers := 0
	for _, n := range e.Notes {
		if n.Result == api.NoteStranger {
			strangers++
			continue
		}
		fmt.Fprintf(w, "line %d  %s  %s\n", n.Line, n.Result, n.AvfallsID)
		field(w, "content", fmt.Sprintf("%s, %s, %s, noted %s", n.Reference, n.Code, n.Mass, n.Noted))
		field(w, "because", n.Why)
		field(w, "do", n.Remedy)
	}
	made := ""
	if !e.MadeAfter.IsZero() {
		made = ", made after " + e.MadeAfter.In(s.zone).Format(time.DateTime)
	}
	fmt.Fprintf(w, "notes in the file: %d%s; our receipts: %d; not ours: %d\n", e.Lines, made, e.Known, strangers)
	verb := "decided taken"
	if e.DryRun {
		verb = "would be decided taken"
	}
	fmt.Fprintf(w, "filings %s: %d; left to a person: %d; double notes: %d\n", verb, e.Taken, e.Open, e.Doubles)
}

// extractDecisions are the command lines with which a person settles a filing
// that the file does not.
func extractDecisions(f api.Searched) (lines []string) {
	switch f.Result {
	case api.ExtractAbsent:
		lines = append(lines, command("decide", short(f.Filing), "not-taken", "--reason", "not in the agency's extract", "--by", "NAME"))
	case api.ExtractDoubtful:
		for _, n := range f.Notes {
			lines = append(lines, command("decide", short(f.Filing), "taken", "--receipt", n.AvfallsID, "--reason", "REASON", "--by", "NAME"))
		}
	}
	return lines
}
