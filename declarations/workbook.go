package declarations

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/xuri/excelize/v2"
)

// Workbook is a workbook (XLSX) with one sheet: a header that stays in sight and rows, all
// of them text. The rows for which marked is true stand out.
func Workbook(sheet string, header []string, rows [][]string, marked func(row int) bool) ([]byte, error) {
	file := excelize.NewFile()
	defer file.Close()
	style := func(s excelize.Style) int {
		s.NumFmt = 49 // text, as ECMA-376 numbers it
		id, err := file.NewStyle(&s)
		if err != nil {
			return 0 // without it, the rows can be read all the same
		}
		return id
	}
	text, bold := style(excelize.Style{}), style(excelize.Style{Font: &excelize.Font{Bold: true}})
	bad := style(excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFE0E0"}}})
	err := file.SetSheetName("Sheet1", sheet)
	w, made := file.NewStreamWriter(sheet)
	if err = errors.Join(err, made); err != nil {
		return nil, err
	}
	line := func(n, style int, cells []string) error {
		values := make([]any, len(cells))
		for i, cell := range cells {
			values[i] = excelize.Cell{StyleID: style, Value: cell}
		}
		return w.SetRow(fmt.Sprintf("A%d", n), values)
	}
	errs := []error{
		w.SetColWidth(1, max(1, len(header)), 24),
		w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}),
		line(1, bold, header),
	}
	for i, cells := range rows {
		of := text
		if marked(i) {
			of = bad
		}
		errs = append(errs, line(i+2, of, cells))
	}
	if err := errors.Join(append(errs, w.Flush())...); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = file.Write(&b)
	return b.Bytes(), err
}
