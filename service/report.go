package service

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"sluss"
	"sluss/declarations"
)

// Report is the result of a table of batches or of events.
type Report struct {
	DryRun    bool         `json:"dry_run,omitempty"` // nothing is declared or reported: the results are what would be
	Events    bool         `json:"events,omitempty"`  // the rows are events, not batches
	Form      string       `json:"form"`              // how the file was read, such as "UTF-8, separated by commas"
	Remarks   sluss.Faults `json:"remarks,omitempty"` // what was passed over, each told once
	Declared  int          `json:"declared"`
	Unchanged int          `json:"unchanged"`
	Refused   int          `json:"refused"`
	Reported  int          `json:"reported,omitempty"` // events
	Joined    int          `json:"joined,omitempty"`   // rows whose weighing another row tells
	Pending   int          `json:"pending,omitempty"`  // rows that the import did not come to
	Columns   []string     `json:"columns"`            // the names in the header of the file
	Rows      []Imported   `json:"rows"`               // every row of the file that is not empty
}

// Count counts the results of the rows.
func (r *Report) Count() {
	r.Declared, r.Reported, r.Unchanged, r.Joined, r.Refused, r.Pending = 0, 0, 0, 0, 0, 0
	for _, row := range r.Rows {
		r.count(row.Result, 1)
	}
}

func (r *Report) count(result string, n int) {
	switch result {
	case RowDeclared:
		r.Declared += n
	case RowReported:
		r.Reported += n
	case RowUnchanged:
		r.Unchanged += n
	case RowJoined:
		r.Joined += n
	case RowPending:
		r.Pending += n
	default:
		r.Refused += n
	}
}

// ImportLine is a line of a report that is told while it is made: first the report with all
// rows pending, then each row, and at the end the report without rows, or why the import
// broke off.
type ImportLine struct {
	Report *Report   `json:"report,omitempty"`
	Row    *Imported `json:"row,omitempty"`
	Error  string    `json:"error,omitempty"`
}

// WriteCSV writes the file's own rows and the result of each in further columns: in UTF-8 with
// a mark, separated by semicolons, as Swedish and French spreadsheets open it. Corrected, it can be
// imported in place of the file.
func (r Report) WriteCSV(to io.Writer) error {
	if _, err := io.WriteString(to, "\xef\xbb\xbf"); err != nil {
		return err
	}
	w := csv.NewWriter(to)
	w.Comma, w.UseCRLF = ';', true
	return errors.Join(w.WriteAll(r.beside()), w.Error())
}

// WriteWorkbook writes the same as a workbook (XLSX), in which refused rows stand out.
func (r Report) WriteWorkbook(to io.Writer) error {
	rows := r.beside()
	book, err := declarations.Workbook("Report", rows[0], rows[1:], func(i int) bool { return r.Rows[i].Result == RowRefused })
	if err != nil {
		return err
	}
	_, err = to.Write(book)
	return err
}

// beside are the header and the rows of the file, each with its result.
func (r Report) beside() [][]string {
	width := len(r.Columns)
	line := func(cells []string, ours ...string) []string { // cells without a column of the header stay without one
		has := min(width, len(cells))
		return slices.Concat(cells[:has], make([]string, width-has), ours, cells[has:])
	}
	const own = declarations.OwnColumns
	all := [][]string{line(r.Columns, own+"line", own+"result", own+"batch", own+"faults", own+"warnings", own+"readings")}
	for _, row := range r.Rows {
		var readings []string
		for _, reading := range row.Readings {
			readings = append(readings, reading.String())
		}
		all = append(all, line(row.Cells, strconv.Itoa(row.Line), row.Result, string(row.Batch), onOneLine(row.Faults), onOneLine(row.Warnings), strings.Join(readings, " | ")))
	}
	return all
}

func onOneLine(faults sluss.Faults) string {
	texts := make([]string, len(faults))
	for i, f := range faults {
		texts[i] = f.String()
	}
	return strings.Join(texts, " | ")
}
