package tables

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

const swedish = "reference;producer.name\r\nA;Norrtälje Åkeri\r\nB;Västerås Öl\r\n"

func TestEveryEncodingIsRecognisedAndReadAlike(t *testing.T) {
	encoded := func(bytes []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return bytes
	}
	little, big := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	for name, c := range map[string]struct {
		data  []byte
		title string
	}{
		"UTF-8":           {[]byte(swedish), "UTF-8"},
		"UTF-8 with mark": {[]byte("\xef\xbb\xbf" + swedish), "UTF-8"},
		"UTF-16 LE":       {encoded(little.NewEncoder().Bytes([]byte(swedish))), "UTF-16 LE"},
		"UTF-16 BE":       {encoded(big.NewEncoder().Bytes([]byte(swedish))), "UTF-16 BE"},
		"without mark":    {encoded(little.NewEncoder().Bytes([]byte(swedish)))[2:], "UTF-16 LE"},
		"Windows-1252":    {encoded(charmap.Windows1252.NewEncoder().Bytes([]byte(swedish))), "Windows-1252"},
		"Mac Roman":       {encoded(charmap.Macintosh.NewEncoder().Bytes([]byte(swedish))), "Mac Roman"},
	} {
		table, err := Read(c.data, Options{})
		if err != nil || table.Form != c.title+", separated by semicolons" || len(table.Rows) != 2 || table.Rows[0].Cells[1] != "Norrtälje Åkeri" || table.Rows[1].Cells[1] != "Västerås Öl" {
			t.Errorf("%s: %+v, %v", name, table, err)
		}
	}
	for text, name := range map[string]string{
		"n\nRégénération, été":              "windows-1252",
		"n\nÉtablissements Cévenols n°4":    "windows-1252",
		"n\nBlåbærveien 3, Ørsta":           "windows-1252",
		"n\nl’Île d’Oléron – 12 €":          "windows-1252",
		"n\nRégénération  à l’Hôpital":      "mac-roman",
		"n\nBlåbærveien 3, Ørsta, Ålesund ": "mac-roman",
	} {
		data := encoded(form(name).of.NewEncoder().Bytes([]byte(text)))
		if got := recognised(data); got != name {
			t.Errorf("%q in %s is recognised as %q", text, name, got)
		}
	}
}

func TestWhatCannotBeDecodedIsRefusedWithItsEncoding(t *testing.T) {
	for _, c := range []struct{ data, encoding, want string }{
		{"reference\nSp\x81n", "windows-1252", "the file is not Windows-1252: byte 0x81 at offset 12, in line 2, cannot be decoded"},
		{"reference\nSp\xe5n", "utf-8", "the file is not UTF-8: byte 0xE5 at offset 12, in line 2"},
		{"\xef\xbb\xbfreference\nSp\xe5n", "", "the file is not UTF-8: byte 0xE5"},
		{"r\x00e\x00f", "utf-16le", "the file is not UTF-16 LE"},
		{"r\x00\x00\xd8e\x00", "utf-16le", "the file is not UTF-16 LE: byte 0x00 at offset 2"},
		{"reference\n\xf0\xf5", "", "the encoding cannot be recognised: the file is not UTF-8 (byte 0xF0 at offset 10, in line 2)"},
		{"reference\na \xca b", "", "the encoding cannot be recognised"},         // a letter in one, a blank in the other
		{"reference\nSp\xc3\xa5n \xe5", "", "the encoding cannot be recognised"}, // UTF-8 that is broken once
		{"\xef\xbb\xbfreference", "windows-1252", "the file is marked as UTF-8, not Windows-1252 (name no encoding)"},
		{"reference", "latin-9", `"latin-9" is not an encoding that is understood`},
	} {
		_, err := Read([]byte(c.data), Options{Encoding: c.encoding})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "(name ") {
			t.Errorf("%q: %v; want %q", c.data, err, c.want)
		}
	}
}

func TestTextThatIsDoublyEncodedHasALikelyReading(t *testing.T) {
	for text, want := range map[string]string{"RhÃ´ne": "Rhône", "NorrtÃ¤lje Ã…keri": "Norrtälje Åkeri", "Rh√¥ne": "Rhône", "Lâ€™Oréal": "", "10 â‚¬": "10 €"} {
		likely, doubly := DoublyEncoded(text)
		if likely != want || doubly != (want != "") {
			t.Errorf("%q: %q, %t; want %q", text, likely, doubly, want)
		}
	}
	for _, text := range []string{"", "Rhône", "Norrtälje Åkeri", "Ø", "50 °C", "Île d’Oléron", "ÅÄÖ", "smörgåsbord", "Straße", "€ 5", "Ångström", "ÀÉ"} {
		if likely, doubly := DoublyEncoded(text); doubly {
			t.Errorf("%q is taken for %q", text, likely)
		}
	}
}

func TestSeparatorsAndLineEnds(t *testing.T) {
	for name, text := range map[string]string{
		"commas":           "a,b\n1,2\n3,4\n",
		"semicolons, CRLF": "a;b\r\n1;2\r\n3;4",
		"tabs, CR":         "a\tb\r1\t2\r3\t4\r",
		"sep":              "sep=;\r\na;b\r\n1;2\r\n3;4\r\n",
		"sep in quotes":    "\"sep=,\"\na,b\n1,2\n3,4\n",
		"sep, other more":  "sep=\t\na,,,\tb\n1\t2\n3\t4\n",
		"empty around":     "\n;;\na;b;\n1;2;\n;;\n3;4;\n;;\n",
		"quoted":           "\"a\";b\n\"1\";\"2\"\n3;\" 4\"\n",
		"formulas":         "a;b\n=\"1\";\"=\"\"2\"\"\"\n3;4",
		"end of file":      "a;b\n1;2\n3;4\n\x1a",
		"header in quotes": "\"a,,,,\";b\n1;2\n3;4",
	} {
		table, err := Read([]byte(text), Options{})
		if err != nil || len(table.Rows) != 2 || table.Rows[0].Cells[0] != "1" || table.Rows[0].Cells[1] != "2" || table.Rows[1].Cells[0] != "3" || table.Rows[1].Cells[1] != "4" {
			t.Errorf("%s: %+v, %v", name, table, err)
		}
	}
	if _, err := Read([]byte(" \r\n;;\r\n"), Options{}); err == nil || !strings.Contains(err.Error(), "the file is empty") {
		t.Errorf("empty: %v", err)
	}
}

func TestAStrayQuoteLosesNoOtherRow(t *testing.T) {
	for name, text := range map[string]string{
		"never closed":             "a;b;c\n1;\"x;y\n2;x;y\n3;x;y\n",
		"closed in the next row":   "a;b;c\n1;\"x;y\n2;x\";y\n3;x;y\n",
		"closed with a whole row":  "a;b;c\n1;\"x;y\n2;x;y\n3;x\";y\n",
		"closed and followed":      "a;b;c\n1;\"x\"z;y\n2;x;y\n3;x;y\n",
		"inch, doubled at the end": "a;b;c\n1;\"Rör 2\"\";y\n2;x;y\n3;x;y\n",
	} {
		table, err := Read([]byte(text), Options{})
		if err != nil || len(table.Rows) != 3 || len(table.Rows[0].Faults) != 1 || !strings.Contains(table.Rows[0].Faults[0].Problem, "column B: a quote is") {
			t.Errorf("%s: %+v, %v", name, table, err)
			continue
		}
		for i, row := range table.Rows {
			if row.Line != i+2 || row.Cells[0] != []string{"1", "2", "3"}[i] {
				t.Errorf("%s: %+v", name, row)
			}
		}
	}
	table, err := Read([]byte("a;b;c\n1;Rör 2\" lång;y\n2;\"of two\r\nlines\";\"a \"\"b\"\"\"\n3;x;y\n"), Options{})
	if err != nil || len(table.Rows) != 3 || table.Rows[0].Cells[1] != `Rör 2" lång` || table.Rows[1].Cells[1] != "of two\r\nlines" || table.Rows[1].Cells[2] != `a "b"` || table.Rows[2].Line != 5 {
		t.Errorf("quotes that are right: %+v, %v", table, err)
	}
	if _, err := Read([]byte("a;\"b\n1;2\n"), Options{}); err == nil || !strings.Contains(err.Error(), "the header, in line 1: column B") {
		t.Errorf("header: %v", err)
	}
}

func TestWhatIsPassedOverIsToldOnce(t *testing.T) {
	table, err := Read([]byte("a;b;;\n1;2;;\n;;;\n;\n3;4;;;\n;\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := "2 faults:\n  rows 3 to 4, 6 are empty: passed over\n  columns C to E have neither names nor values: passed over"; table.Remarks.Error() != want || len(table.Rows) != 2 {
		t.Errorf("%v, %+v", table.Remarks, table.Rows)
	}
}

// workbook is one with these cells on its first sheet.
func workbook(t *testing.T, cells map[string]any, change func(*excelize.File)) []byte {
	t.Helper()
	file := excelize.NewFile()
	for name, value := range cells {
		if err := file.SetCellValue("Sheet1", name, value); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(file)
	}
	var b bytes.Buffer
	if err := file.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAWorkbookIsReadAsItIsMeant(t *testing.T) {
	data := workbook(t, map[string]any{
		"A1": "reference", "B1": "waste.mass", "C1": "departure", "D1": "estimated", "E1": "id", "F1": "code",
		"A2": "A", "B2": 1250.5, "C2": time.Date(2026, 11, 30, 21, 30, 0, 0, time.UTC), "D2": true, "E2": 5560000167, "F2": "0188",
		"A4": "B", "B4": 12.505, "C4": 46356.895833333336, "D4": false, "E4": 0.1 + 0.2, "F4": "1.250",
		"A6": "D", "B6": time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC), "C6": 46356, "D6": 46356, "E6": 0.3333333333, "F6": 46356.5,
		"A5": "C", "B5": "#N/A", "C5": "1E5", "D5": 1e-3, "E5": 55600001670001,
	}, func(f *excelize.File) {
		must(t, f.SetCellFormula("Sheet1", "G2", "1/0"))
		format := `yyyy\-mm\-dd;@`
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
		must(t, err)
		must(t, f.SetCellStyle("Sheet1", "C4", "C4", style))
		must(t, f.SetCellStyle("Sheet1", "C6", "C6", style))
		for cell, format := range map[string]int{"B6": 22, "D6": 14, "E6": 20, "F6": 14} {
			style, err := f.NewStyle(&excelize.Style{NumFmt: format})
			must(t, err)
			must(t, f.SetCellStyle("Sheet1", cell, cell, style))
		}
		_, err = f.NewSheet("Lists")
		must(t, err)
	})
	table, err := Read(data, Options{})
	if err != nil || table.Form != `workbook, sheet "Sheet1", not "Lists"` || len(table.Rows) != 4 {
		t.Fatalf("%+v, %v", table, err)
	}
	for i, want := range [][]string{
		{"A", "1250.5", "2026-11-30T21:30:00", "true", "5560000167", "0188"},
		{"B", "12.5050", "2026-11-30T21:30:00", "false", "0.3", "1.250"},
		{"C", "#N/A", "1E5", "0.0010", "55600001670001"},
		{"D", "2026-11-30T00:00:00", "2026-11-30", "2026-11-30", "08:00:00", "2026-11-30T12:00:00"},
	} {
		if got := table.Rows[i]; !slices.Equal(got.Cells[:len(want)], want) || got.Line != []int{2, 4, 5, 6}[i] {
			t.Errorf("row %+v, want %q", got, want)
		}
	}
	if told := table.Remarks.Error(); !strings.Contains(told, "row 3 is empty: passed over") {
		t.Errorf("remarks: %s", told)
	}
}

func TestAWorkbookHasLimits(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"old":     {append(slices.Clone(oldBook), 1, 2, 3), "of Excel before 2007"},
		"no book": {[]byte("PK\x03\x04 and nothing"), "the workbook cannot be read"},
		"wide":    {workbook(t, map[string]any{"A1": "a", "XFD2": "x"}, nil), "row 2 has more than 1000 columns"},
		"long":    {workbook(t, map[string]any{"A1": "a", "A900000": "x"}, nil), "the table has more than 20000 rows"},
		"many": {workbook(t, nil, func(f *excelize.File) {
			var sheet strings.Builder
			sheet.WriteString(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
			for range 4100 {
				sheet.WriteString("<row>" + strings.Repeat("<c/>", 999) + "</row>")
			}
			f.Pkg.Store("xl/worksheets/sheet1.xml", []byte(sheet.String()+"</sheetData></worksheet>"))
			f.Sheet.Delete("xl/worksheets/sheet1.xml")
		}), "xl/worksheets/sheet1.xml in the workbook has more than 1000000 cells"},
		"bomb": {workbook(t, map[string]any{"A1": "a"}, func(f *excelize.File) {
			f.Pkg.Store("xl/media/zeros.bin", make([]byte, mostUnpacked+1))
		}), "the workbook cannot be read"},
		"empty":     {workbook(t, nil, nil), "the file is empty"},
		"long text": {[]byte(strings.Repeat("a\n", 1<<22)), "the table has more than 20000 rows"},
		"no lines":  {[]byte(strings.Repeat("\n", 1<<23)), "the table has more than 20000 rows"},
		"wide text": {[]byte(strings.Repeat(";", 1<<23) + "a"), "the row has more than 1000 columns"},
		"quotes":    {[]byte("a" + strings.Repeat("\n\"\"\"a", 1<<20)), "the table has more than 20000 rows"},
	} {
		began := time.Now()
		if _, err := Read(c.data, Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("%s took %s", name, took)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// FuzzRead: whatever is sent, reading ends, and every line with a character that is
// neither blank nor separator or quote is in some row.
func FuzzRead(f *testing.F) {
	f.Add([]byte(swedish))
	f.Add([]byte("sep=;\r\na;b\r\"x\n;\"\"\"y\";z\r\n"))
	f.Add([]byte("\xff\xfea\x00;\x00"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := Read(data, Options{})
		if err != nil || isWorkbook(data) {
			return
		}
		text, _, err := decode(data, "")
		if err != nil {
			t.Fatal(err)
		}
		var read strings.Builder
		for _, c := range table.Columns {
			read.WriteString(c)
		}
		for _, row := range table.Rows {
			for _, c := range row.Cells {
				read.WriteString(c)
			}
		}
		letters := func(text string) int { return strings.Count(text, "a") + strings.Count(text, "1") }
		text = strings.TrimPrefix(text, "sep=")
		if letters(text) != letters(read.String()) {
			t.Errorf("%q lost letters: %+v", text, table)
		}
	})
}
