// Package tables turns files of rows, as spreadsheets and other programs write them,
// into rows of text cells, each with its place in the file: text with separators in
// any usual encoding, and workbooks (XLSX). It knows nothing of what the cells mean.
package tables

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"sluss"
)

// Table is a file as rows of cells.
type Table struct {
	// Form is how the file was read: "Windows-1252, separated by semicolons", or
	// `workbook, sheet "Batches"`.
	Form    string
	Columns []string // the names in the header, trimmed; an empty one has no name
	Rows    []Row    // those below the header that are not empty, in the order of the file
	// Remarks are what was passed over, each told once.
	Remarks sluss.Faults
}

// Row is one row of the file below the header.
type Row struct {
	Line  int      // of the file, from 1: of a text its line, of a workbook its row
	Cells []string // trimmed, in the order of the columns; there may be fewer or more
	// Faults are those for which the row cannot be taken, because its cells cannot be
	// told apart or read.
	Faults sluss.Faults
}

// Limits of a table.
const (
	mostRows    = 20_000 // those that are empty among them
	mostColumns = 1000
)

func tooManyRows() error {
	return sluss.Faults{{Problem: fmt.Sprintf("the table has more than %d rows", mostRows), Remedy: "split it, and delete what is below the last row"}}
}

// Options are what is known about a file.
type Options struct {
	// Encoding of a text, one of Encodings. Empty: it is recognised.
	Encoding string
}

// Read reads a file. What it is, its first bytes tell. The error is Faults, about the
// file as a whole.
func Read(data []byte, o Options) (Table, error) {
	if isWorkbook(data) {
		return readWorkbook(data)
	}
	text, encoding, err := decode(data, o.Encoding)
	if err != nil {
		return Table{}, err
	}
	comma, records, err := split(text)
	if err != nil {
		return Table{}, err
	}
	table, err := assemble(records)
	table.Form = fmt.Sprintf("%s, separated by %s", encoding, commas[comma])
	return table, err
}

// Column is the name of a column as spreadsheets show it, counted from 0: "A", "AB".
func Column(index int) string {
	name, err := excelize.ColumnNumberToName(index + 1)
	if err != nil { // past the last column of a spreadsheet
		return fmt.Sprint(index + 1)
	}
	return name
}

// assemble makes a table of records, of which the first that is not empty is the header.
func assemble(records []Row) (Table, error) {
	var t Table
	var empty []int
	width := 0
	for _, r := range records {
		for i := range r.Cells {
			r.Cells[i] = unquoted(strings.TrimSpace(r.Cells[i]))
		}
		switch {
		case len(r.Faults) == 0 && blank(r.Cells):
			empty = append(empty, r.Line)
		case t.Columns == nil && len(r.Faults) > 0:
			return t, sluss.Faults{{Problem: fmt.Sprintf("the header, in line %d: %s", r.Line, r.Faults[0].Problem), Remedy: r.Faults[0].Remedy}}
		case t.Columns == nil:
			t.Columns = r.Cells
		default:
			width = max(width, len(r.Cells))
			t.Rows = append(t.Rows, r)
		}
	}
	if t.Columns == nil {
		return t, sluss.Faults{{Problem: "the file is empty", Remedy: "the first row names the columns: `starter template` writes one"}}
	}
	t.remark("row", "is empty", "are empty", empty, func(line int) string { return fmt.Sprint(line) })
	used := make([]bool, max(width, len(t.Columns)))
	for i, name := range t.Columns {
		used[i] = name != ""
	}
	for _, r := range t.Rows {
		for i, cell := range r.Cells {
			used[i] = used[i] || cell != ""
		}
	}
	var nameless []int
	for i := range used {
		if !used[i] {
			nameless = append(nameless, i)
		}
	}
	t.remark("column", "has neither name nor values", "have neither names nor values", nameless, Column)
	return t, nil
}

// remark tells once of rows or columns that are passed over.
func (t *Table) remark(what, one, many string, places []int, name func(int) string) {
	switch n := len(places); {
	case n == 1:
		t.Remarks = append(t.Remarks, sluss.Fault{Problem: fmt.Sprintf("%s %s %s: passed over", what, name(places[0]), one)})
	case n > 1:
		t.Remarks = append(t.Remarks, sluss.Fault{Problem: fmt.Sprintf("%ss %s %s: passed over", what, ranges(places, name), many)})
	}
}

// ranges are numbers in ascending order as people list them: "3 to 5, 8".
func ranges(numbers []int, name func(int) string) string {
	var parts []string
	for i := 0; i < len(numbers); {
		end := i
		for end+1 < len(numbers) && numbers[end+1] == numbers[end]+1 {
			end++
		}
		if end == i {
			parts = append(parts, name(numbers[i]))
		} else {
			parts = append(parts, name(numbers[i])+" to "+name(numbers[end]))
		}
		i = end + 1
	}
	return strings.Join(parts, ", ")
}

func blank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(cell string) bool { return cell != "" })
}

// unquoted is a text in place of the formula ="text", with which people keep
// spreadsheets from changing it.
func unquoted(cell string) string {
	if text, ok := strings.CutPrefix(cell, `="`); ok && strings.HasSuffix(text, `"`) && strings.Count(text, `"`) == 1 {
		return strings.TrimSuffix(text, `"`)
	}
	return cell
}

// fault is that of a cell, whose column is counted from 0.
func fault(column int, problem string) sluss.Fault {
	remedy := "put text that holds quotes, line ends or separators in double quotes, and double those inside"
	if problem == errError.Error() {
		remedy = "mend the formula, or write the value"
	}
	return sluss.Fault{Problem: fmt.Sprintf("column %s: %s", Column(column), problem), Remedy: remedy}
}
