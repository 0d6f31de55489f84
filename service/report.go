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

// WriteCSV writes the file's own rows and the result of each in further columns: in UTF-8 with
// a mark, separated by semicolons, as Swedish and French spreadsheets open it. Corrected, it can be
// imported in place of the file.
func (r Report) WriteCSV(to io.Writer) error {
	if _, err := io.WriteString(to, "\xef\xbb\xbf"); err != nil {
		return err
	}
	w := csv.NewWriter(to)
	w.Comma, w.UseCRLF = ';', true
	width := len(r.Columns)
	writeRow := func(cells []string, ours ...string) error { // cells without a column of the header stay without one
		has := min(width, len(cells))
		return w.Write(slices.Concat(cells[:has], make([]string, width-has), ours, cells[has:]))
	}
	const own = declarations.OwnColumns
	err := writeRow(r.Columns, own+"line", own+"result", own+"batch", own+"faults", own+"warnings", own+"readings")
	for _, row := range r.Rows {
		if err != nil {
			return err
		}
		var readings []string
		for _, reading := range row.Readings {
			readings = append(readings, reading.String())
		}
		err = writeRow(row.Cells, strconv.Itoa(row.Line), row.Result, string(row.Batch), onOneLine(row.Faults), onOneLine(row.Warnings), strings.Join(readings, " | "))
	}
	w.Flush()
	return errors.Join(err, w.Error())
}

func onOneLine(faults sluss.Faults) string {
	texts := make([]string, len(faults))
	for i, f := range faults {
		texts[i] = f.String()
	}
	return strings.Join(texts, " | ")
}
