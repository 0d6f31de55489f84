package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"sluss/api"
)

func (s *starter) importVerb() *cli.Command {
	return &cli.Command{
		Name: "import", Usage: "declare many batches, or report many events, one in each row of a table (CSV or XLSX)", ArgsUsage: "FILE|-", Category: "Declare",
		Description: examples("The first row names the fields, as `starter template` writes them; --profile says what other names mean. If a row has\n"+
			"faults, the others are still declared; correct it and import the same file again: what was declared does not change.\n"+
			"With --events, each row tells an event of a batch, or two rows are the weighing in and out of one load. They are told in\n"+
			"the order in which they happened, whatever their order in the file.\n"+
			"Encoding and separator are recognised. What can be read in one way only is brought into one form, and told; what can be\n"+
			"read in two ways is refused with both. docs/import.md tells all of it. An import that broke off goes on where it was\n"+
			"when the same file is imported again.",
			"starter import examples/batches.csv",
			"starter import batches.xlsx --locale sv --dry-run",
			"starter import export.csv --encoding windows-1252 --locale fr --decimal , --strict",
			"starter import weighings.csv --profile swedish --report mend.xlsx",
			"starter import weighings.csv --profile our-scales.yaml --progress",
			"starter import events.csv --events --locale sv --by 'Eva Strand'",
			"starter import - --json < batches.csv"),
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "events", Usage: "the rows are events of batches that are declared"},
			byFlag("by", "`NAME` of the person who declares, or reports the events of rows that name nobody; \"command line\" if left out"),
			&cli.StringFlag{Name: "at", Usage: "`TIME` at which the waste was produced, if the row does not tell it; not known if left out"},
			notedFlag(),
			&cli.StringFlag{Name: "encoding", Usage: "`ENCODING` of a text: utf-8, utf-16le, utf-16be, windows-1252 or mac-roman; recognised if left out"},
			&cli.StringFlag{Name: "locale", Usage: "`LOCALE` of dates and of times without zone, such as sv, fr, nb or en-GB; such are refused if left out"},
			&cli.StringFlag{Name: "decimal", Usage: "the `SIGN` before decimals of masses, . or ,; masses such as 1,250 are refused if left out"},
			&cli.StringFlag{Name: "profile", Usage: "what the columns mean: a `FILE` (YAML or JSON), or the name of a profile that the service has, such as swedish"},
			&cli.BoolFlag{Name: "strict", Usage: "refuse a file of which something would be passed over"},
			&cli.BoolFlag{Name: "dry-run", Usage: "say what would be declared or reported, and do nothing"},
			&cli.StringFlag{Name: "report", Usage: "also write the rows to `FILE`, CSV or by its name XLSX, with the faults beside them"},
			&cli.BoolFlag{Name: "progress", Usage: "tell on standard error how far it came; on a terminal it does so anyway"},
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
	if c.Bool("events") && !at.IsZero() {
		return usagef("--at is when the waste was produced: with --events, each row has its own time")
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
	u := upload{data: data, kind: "text/csv", profile: opt(c.String("profile"))}
	if filepath.Ext(c.String("profile")) != "" {
		if u.kind, u.data, err = s.withProfile(c.String("profile"), data); err != nil {
			return err
		}
		u.profile = nil
	}
	report, broken := s.follow(c, u, at, noted)
	if broken != nil && report.Pending == len(report.Rows) {
		return broken
	}
	if name := c.String("report"); name != "" {
		err = writeBeside(name, report)
	}
	told := s.answer(c, report, func(w io.Writer) { writeImport(w, report) })
	switch {
	case err != nil:
		return usagef("the rows were imported as told above, but not written: %w", errors.Join(err, broken))
	case broken != nil:
		return broken
	case told == nil && report.Refused > 0:
		return errRows
	}
	return told
}

// errRows means that some rows of a table were refused. Their faults were printed before.
var errRows = fmt.Errorf("%w, or not all rows reported", errFaults)

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

// writeBeside writes the report as CSV or XLSX; only the owner may read it, as it names people.
func writeBeside(name string, report api.Report) error {
	var b bytes.Buffer
	write := report.WriteCSV
	if strings.EqualFold(filepath.Ext(name), ".xlsx") {
		write = report.WriteWorkbook
	}
	if err := write(&b); err != nil {
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
		if row.Result != api.RowPending {
			writeRow(w, row, r.DryRun)
		}
	}
	writeReport(w, r)
}

func writeRow(w io.Writer, row api.Imported, dry bool) {
	result := row.Result
	if dry && (result == api.RowDeclared || result == api.RowReported) {
		result = "would be " + result
	}
	fmt.Fprintf(w, "line %-5d %-9s  %s%s\n", row.Line, result, row.Reference, told(row))
	writeFaults(w, row.Faults)
	writeRead(w, row.Warnings, row.Readings, row.Values)
}

// told is the event of a row, behind the reference of its batch.
func told(row api.Imported) (text string) {
	if row.Joined > 0 {
		return fmt.Sprintf(" with line %d", row.Joined)
	}
	if row.Reported == nil {
		return ""
	}
	text = fmt.Sprintf(" %s at %s", row.Reported.ID, row.Reported.At.Format("2006-01-02 15:04 -07:00"))
	if row.Reported.Mass != 0 {
		text += ", " + row.Reported.Mass.String()
	}
	if len(row.Reported.Obligations) > 0 {
		text += ", owed: " + strings.Join(texts(row.Reported.Obligations), ", ")
	}
	return text
}

func writeReport(w io.Writer, r api.Report) {
	counts, nothing := fmt.Sprintf("%d declared, %d unchanged, %d refused", r.Declared, r.Unchanged, r.Refused), "nothing is declared"
	if r.Events {
		nothing = "nothing is reported"
		counts = fmt.Sprintf("%d reported, %d unchanged, %d refused, %d joined with another row", r.Reported, r.Unchanged, r.Refused, r.Joined)
	}
	if r.Pending > 0 {
		counts += fmt.Sprintf(", %d not reached", r.Pending)
	}
	if r.DryRun {
		fmt.Fprintf(w, "%s; would be: %s\n", nothing, counts)
		return
	}
	fmt.Fprintln(w, counts)
	if r.Refused > 0 {
		fmt.Fprintln(w, "Correct the refused rows and import the same file again: the others do not change.")
	}
}
