package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"sluss/api"
)

func (s *starter) importVerb() *cli.Command {
	return &cli.Command{
		Name: "import", Usage: "declare many batches, one in each row of a table (CSV or XLSX)", ArgsUsage: "FILE|-", Category: "Declare",
		Description: examples("The first row names the fields, as `starter template` writes them; --profile says what other names mean. If a row has\n"+
			"faults, the others are still declared; correct it and import the same file again: what was declared does not change.\n"+
			"Encoding and separator are recognised. What can be read in one way only is brought into one form, and told; what can be\n"+
			"read in two ways is refused with both. docs/import.md tells all of it.",
			"starter import examples/batches.csv",
			"starter import batches.xlsx --locale sv --dry-run",
			"starter import export.csv --encoding windows-1252 --locale fr --decimal , --strict",
			"starter import weighings.csv --profile swedish --report mend.csv",
			"starter import weighings.csv --profile our-scales.yaml",
			"starter import - --json < batches.csv"),
		Flags: []cli.Flag{
			byFlag("by", "`NAME` of the person who declares; \"command line\" if left out"),
			&cli.StringFlag{Name: "at", Usage: "`TIME` at which the waste was produced, if the row does not tell it; not known if left out"},
			notedFlag(),
			&cli.StringFlag{Name: "encoding", Usage: "`ENCODING` of a text: utf-8, utf-16le, utf-16be, windows-1252 or mac-roman; recognised if left out"},
			&cli.StringFlag{Name: "locale", Usage: "`LOCALE` of dates and of times without zone, such as sv, fr, nb or en-GB; such are refused if left out"},
			&cli.StringFlag{Name: "decimal", Usage: "the `SIGN` before decimals of masses, . or ,; masses such as 1,250 are refused if left out"},
			&cli.StringFlag{Name: "profile", Usage: "what the columns mean: a `FILE` (YAML or JSON), or the name of a profile that the service has, such as swedish"},
			&cli.BoolFlag{Name: "strict", Usage: "refuse a file of which something would be passed over"},
			&cli.BoolFlag{Name: "dry-run", Usage: "say what would be declared, and declare nothing"},
			&cli.StringFlag{Name: "report", Usage: "also write the rows to `FILE` as CSV, with the faults beside them"},
		},
		Action: s.importTable,
	}
}

func (s *starter) importTable(c *cli.Context) error {
	names, err := arguments(c, "FILE")
	if err != nil {
		return err
	}
	at, err := s.actTime(c)
	if err != nil {
		return err
	}
	noted, err := s.notedAt(c)
	if err != nil {
		return err
	}
	data, err := s.read(names[0])
	if err != nil {
		return err
	}
	if to, err := os.Stat(c.String("report")); err == nil {
		if from, err := os.Stat(names[0]); err == nil && os.SameFile(from, to) {
			return usagef("--report %s is the file itself: name another one", c.String("report"))
		}
	}
	params := api.DeclareBatchesParams{
		By: opt(declarer(c)), At: opt(at), NotedAt: opt(noted), Encoding: opt(c.String("encoding")), Locale: opt(c.String("locale")), Decimal: opt(c.String("decimal")),
		Profile: opt(c.String("profile")), Strict: opt(c.Bool("strict")), DryRun: opt(c.Bool("dry-run")),
	}
	kind := "text/csv"
	if filepath.Ext(c.String("profile")) != "" {
		if kind, data, err = s.withProfile(c.String("profile"), data); err != nil {
			return err
		}
		params.Profile = nil
	}
	report, err := api.Decoded[api.Report](s.service.DeclareBatchesWithBodyWithResponse(c.Context, &params, kind, bytes.NewReader(data)))
	if err != nil {
		return err
	}
	if name := c.String("report"); name != "" {
		err = writeBeside(name, report)
	}
	told := s.answer(c, report, func(w io.Writer) { writeImport(w, report) })
	switch {
	case err != nil:
		return usagef("the rows were imported as told above, but not written: %w", err)
	case told == nil && report.Refused > 0:
		return errFaults
	}
	return told
}

// withProfile is a body of the profile in a file and the table behind it.
func (s *starter) withProfile(name string, table []byte) (kind string, body []byte, err error) {
	profile, err := s.read(name)
	if err != nil {
		return "", nil, err
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, part := range []struct {
		kind string
		data []byte
	}{{"application/yaml", profile}, {"application/octet-stream", table}} {
		to, err := w.CreatePart(textproto.MIMEHeader{"Content-Type": {part.kind}})
		if err != nil {
			return "", nil, err
		}
		if _, err := to.Write(part.data); err != nil {
			return "", nil, err
		}
	}
	err = w.Close()
	return "multipart/mixed; boundary=" + w.Boundary(), b.Bytes(), err
}

// writeBeside writes the report as CSV; only the owner may read it, as it names people.
func writeBeside(name string, report api.Report) error {
	var b bytes.Buffer
	if err := report.WriteCSV(&b); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o600)
}

func writeImport(w io.Writer, r api.Report) {
	fmt.Fprintf(w, "read as %s\n", r.Form)
	for _, remark := range r.Remarks {
		fmt.Fprintf(w, "    %s\n", remark)
	}
	for _, row := range r.Rows {
		writeRow(w, row, r.DryRun)
	}
	writeReport(w, r)
}

func writeRow(w io.Writer, row api.Imported, dry bool) {
	result := row.Result
	if dry && result == api.RowDeclared {
		result = "would be declared"
	}
	fmt.Fprintf(w, "line %-5d %-9s  %s\n", row.Line, result, row.Reference)
	writeFaults(w, row.Faults)
	writeWarnings(w, row.Warnings)
	for _, reading := range row.Readings {
		fmt.Fprintf(w, "    %s\n", reading)
	}
	for _, path := range slices.Sorted(maps.Keys(row.Values)) {
		fmt.Fprintf(w, "      %s = %s\n", path, row.Values[path])
	}
}

func writeReport(w io.Writer, r api.Report) {
	if r.DryRun {
		fmt.Fprintf(w, "nothing is declared; would be: %d declared, %d unchanged, %d refused\n", r.Declared, r.Unchanged, r.Refused)
		return
	}
	fmt.Fprintf(w, "%d declared, %d unchanged, %d refused\n", r.Declared, r.Unchanged, r.Refused)
	if r.Refused > 0 {
		fmt.Fprintln(w, "Correct the refused rows and import the same file again: the others do not change.")
	}
}
