package main

import (
	"bytes"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"sluss/api"
)

func (s *starter) importVerb() *cli.Command {
	return &cli.Command{
		Name: "import", Usage: "declare many batches, one on each line of a CSV file", ArgsUsage: "FILE.csv|-", Category: "Declare",
		Description: examples("The first line names the fields, as in examples/batches.csv. If a row has faults, the others are still declared;\n"+
			"correct it and import the same file again: what was declared does not change.",
			"starter import examples/batches.csv",
			"starter import - --json < batches.csv"),
		Flags: []cli.Flag{
			byFlag("by", "`NAME` of the person who declares; \"command line\" if left out"),
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
	at, err := s.actTime(c)
	if err != nil {
		return err
	}
	data, err := s.read(names[0])
	if err != nil {
		return err
	}
	params := api.DeclareBatchesParams{By: opt(declarer(c)), At: opt(at)}
	report, err := api.Decoded[api.Report](s.service.DeclareBatchesWithBodyWithResponse(c.Context, &params, "text/csv", bytes.NewReader(data)))
	if err != nil {
		return err
	}
	err = s.answer(c, report, func(w io.Writer) {
		for _, row := range report.Rows {
			writeRow(w, row)
		}
		writeReport(w, report)
	})
	if err == nil && report.Refused > 0 {
		err = errFaults
	}
	return err
}

func writeRow(w io.Writer, row api.Imported) {
	fmt.Fprintf(w, "line %-5d %-9s  %s\n", row.Line, row.Result, row.Reference)
	writeFaults(w, row.Faults)
	writeWarnings(w, row.Warnings)
}

func writeReport(w io.Writer, r api.Report) {
	fmt.Fprintf(w, "%d declared, %d unchanged, %d refused\n", r.Declared, r.Unchanged, r.Refused)
	if r.Refused > 0 {
		fmt.Fprintln(w, "Correct the refused rows and import the same file again: the others do not change.")
	}
}
