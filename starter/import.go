package main

import (
	"bytes"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"sluss/inbox"
)

func (s *starter) importVerb() *cli.Command {
	return &cli.Command{
		Name: "import", Usage: "declare many batches, one on each line of a CSV file", ArgsUsage: "FILE.csv|-", Category: "Declare",
		Description: examples("The first line names the fields, as in examples/batches.csv. A bad row does not keep the others from being declared;\n"+
			"mend it and send the same file again: what was declared stays as it is.",
			"starter import examples/batches.csv",
			"starter import - --json < batches.csv"),
		Flags: []cli.Flag{
			byFlag("by", "`NAME` of who declares; \"command line\" where nobody is named"),
			&cli.StringFlag{Name: "at", Usage: "`TIME` at which the waste was produced; now if left out"},
		},
		Action: s.importCSV,
	}
}

func (s *starter) importCSV(c *cli.Context) error {
	names, err := arguments(c, "FILE.csv")
	if err != nil {
		return err
	}
	at, err := s.past(c.String("at"))
	if err != nil {
		return err
	}
	data, err := s.read(names[0])
	if err != nil {
		return err
	}
	d, shut, err := desk(c, quiet)
	if err != nil {
		return err
	}
	defer shut()
	progress := func(row inbox.Imported) { writeRow(plain{s.out}, row) }
	if c.Bool("json") {
		progress = nil
	}
	report, failed := d.Import(c.Context, bytes.NewReader(data), declarer(c), at, progress)
	if report.Rows == nil && failed != nil {
		return failed
	}
	if err := s.answer(c, report, func(w io.Writer) { writeReport(w, report) }); err != nil {
		return err
	}
	switch {
	case failed != nil:
		return fmt.Errorf("stopped after %d rows, nothing is lost: send the same file again (%w)", len(report.Rows), failed)
	case report.Refused > 0:
		return errFaults
	}
	return nil
}

func writeRow(w io.Writer, row inbox.Imported) {
	fmt.Fprintf(w, "line %-5d %-9s  %s\n", row.Line, row.Result, row.Reference)
	writeFaults(w, row.Faults)
	writeWarnings(w, row.Warnings)
}

func writeReport(w io.Writer, r inbox.Report) {
	fmt.Fprintf(w, "%d declared, %d unchanged, %d refused\n", r.Declared, r.Unchanged, r.Refused)
	if r.Refused > 0 {
		fmt.Fprintln(w, "Mend the refused rows and import the same file again: the others stay as they are.")
	}
}
