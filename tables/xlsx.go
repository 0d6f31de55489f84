package tables

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"sluss"
)

// Limits of a workbook.
const (
	mostUnpacked = 32 << 20  // bytes
	mostTags     = 4_000_000 // of one part of it: four a cell
)

var (
	zipped  = []byte("PK\x03\x04")
	oldBook = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") // of Excel before 2007, or encrypted
)

func isWorkbook(data []byte) bool {
	return bytes.HasPrefix(data, zipped) || bytes.HasPrefix(data, oldBook)
}

// readWorkbook reads the first sheet of a workbook that is shown. Dates are written as
// "2026-11-30" and "2026-11-30T21:30:00", without zone, as a workbook has none; numbers
// in full; yes and no as true and false.
func readWorkbook(data []byte) (Table, error) {
	if bytes.HasPrefix(data, oldBook) {
		return Table{}, sluss.Faults{{Problem: "the workbook is encrypted, or of Excel before 2007", Remedy: "save it as XLSX, without a password"}}
	}
	file, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: mostUnpacked, UnzipXMLSizeLimit: mostUnpacked})
	if err != nil {
		return Table{}, unreadable(err)
	}
	defer file.Close()
	if err := measured(file); err != nil {
		return Table{}, err
	}
	b := book{file: file}
	if props, err := file.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		b.from1904 = *props.Date1904
	}
	var others []string
	for _, sheet := range file.GetSheetList() {
		if shown, err := file.GetSheetVisible(sheet); err == nil && shown && b.sheet == "" {
			b.sheet = sheet
		} else {
			others = append(others, strconv.Quote(sheet))
		}
	}
	if b.sheet == "" {
		return Table{}, sluss.Faults{{Problem: "the workbook shows no sheet", Remedy: "put the rows on its first sheet"}}
	}
	rows, err := b.rows()
	if err != nil {
		return Table{}, unreadable(err)
	}
	t, err := assemble(rows)
	t.Form = fmt.Sprintf("workbook, sheet %q", b.sheet)
	if len(others) > 0 {
		t.Form += ", not " + strings.Join(others, ", ")
	}
	return t, err
}

func unreadable(err error) error {
	if faults := sluss.Faults(nil); errors.As(err, &faults) {
		return faults
	}
	return sluss.Faults{{Problem: "the workbook cannot be read: " + err.Error(), Remedy: fmt.Sprintf("save it as XLSX, of at most %d MiB unpacked, or as CSV", mostUnpacked>>20)}}
}

// measured refuses a workbook that would take much more memory than its bytes: what is
// made of a tag is larger than the tag.
func measured(file *excelize.File) error {
	var faults sluss.Faults
	file.Pkg.Range(func(name, content any) bool {
		if data, ok := content.([]byte); ok && bytes.Count(data, []byte("<")) > mostTags {
			faults = append(faults, sluss.Fault{Problem: fmt.Sprintf("%v in the workbook has more than %d cells", name, mostTags/4), Remedy: "split it, and delete empty rows and columns"})
		}
		return true
	})
	return faults.Err()
}

type book struct {
	file     *excelize.File
	sheet    string
	from1904 bool // its days are counted from 1904, as on old Macs
}

// rows are those of the sheet.
func (b book) rows() ([]Row, error) {
	sheet, err := b.file.Rows(b.sheet)
	if err != nil {
		return nil, err
	}
	defer sheet.Close()
	var rows []Row
	for line := 1; sheet.Next(); line++ {
		texts, err := sheet.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, err
		}
		switch {
		case line > mostRows:
			return nil, tooManyRows()
		case len(texts) > mostColumns:
			return nil, sluss.Faults{{Problem: fmt.Sprintf("row %d has more than %d columns", line, mostColumns), Remedy: "delete what is right of the last column"}}
		}
		rows = append(rows, Row{Line: line, Cells: texts})
	}
	for i := range rows {
		row := &rows[i]
		for j := range row.Cells {
			if row.Cells[j], err = b.cell(row.Cells[j], j, row.Line); err != nil {
				row.Faults = append(row.Faults, fault(j, err.Error()))
			}
		}
	}
	return rows, sheet.Error()
}

var errError = errors.New("the spreadsheet could not compute it")

// cell is the text of a cell that holds a value.
func (b book) cell(value string, column, line int) (string, error) {
	number, err := strconv.ParseFloat(value, 64)
	if err != nil && !strings.HasPrefix(value, "#") {
		return value, nil
	}
	name, err := excelize.CoordinatesToCellName(column+1, line)
	if err != nil {
		return value, err
	}
	kind, err := b.file.GetCellType(b.sheet, name)
	switch {
	case err != nil:
		return value, err
	case kind == excelize.CellTypeError:
		return value, errError
	case kind == excelize.CellTypeBool:
		return strconv.FormatBool(value == "1"), nil
	case kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber:
		return value, nil
	}
	date, clock := b.shows(name)
	if !date && !clock {
		return plain(value, number), nil
	}
	at, err := excelize.ExcelDateToTime(number, b.from1904)
	if err != nil {
		return value, err
	}
	at = at.Round(time.Second)
	switch {
	case number < 1:
		return at.Format(time.TimeOnly), nil
	case !clock && number == math.Trunc(number): // nobody wrote midnight
		return at.Format(time.DateOnly), nil
	}
	return at.Format("2006-01-02T15:04:05"), nil
}

// plain is a number without exponent and without what binary fractions add to it. With
// three decimals it gets a fourth, lest they be taken for thousands.
func plain(value string, number float64) string {
	if !strings.ContainsAny(value, ".eE") {
		return value
	}
	if math.Abs(number) >= 1e15 || number != 0 && math.Abs(number) < 1e-9 {
		return value
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(number, 'g', 15, 64), 64)
	if err != nil {
		return value
	}
	text := strconv.FormatFloat(rounded, 'f', -1, 64)
	if _, decimals, _ := strings.Cut(text, "."); len(decimals) == 3 {
		text += "0"
	}
	return text
}

// beside are the parts of a number format that are text, colours or conditions.
var beside = regexp.MustCompile(`"[^"]*"|\\.|_.|\[[^\]]*\]`)

// shows tells whether the format of a cell has a date and a time of day. A workbook need
// not spell some formats out (ECMA-376, part 1, 18.8.30).
func (b book) shows(name string) (date, clock bool) {
	id, err := b.file.GetCellStyle(b.sheet, name)
	if err != nil {
		return false, false
	}
	style, err := b.file.GetStyle(id)
	if err != nil {
		return false, false
	}
	if style.CustomNumFmt != nil {
		format := strings.ToLower(beside.ReplaceAllString(*style.CustomNumFmt, ""))
		clock = strings.ContainsAny(format, "hs")
		return strings.ContainsAny(format, "yd") || !clock && strings.Contains(format, "m"), clock
	}
	switch n := style.NumFmt; {
	case n >= 14 && n <= 17, n >= 27 && n <= 31, n >= 34 && n <= 36, n >= 50 && n <= 58:
		return true, false
	case n >= 18 && n <= 21, n == 32, n == 33, n >= 45 && n <= 47:
		return false, true
	case n == 22:
		return true, true
	}
	return false, false
}
