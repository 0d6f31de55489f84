package tables

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sluss"
)

// commas are what separates cells, with their names.
var commas = map[rune]string{',': "commas", ';': "semicolons", '\t': "tabs"}

// longest is how many bytes a cell in quotes may have. A quote that opens a longer one
// is a stray one.
const longest = 16 << 10

// announced is a first line by which a file names its separator, as spreadsheets do.
var announced = regexp.MustCompile(`^"?sep=([,;\t])"?[\t ;,]*(\r\n|\r|\n|$)`)

// split takes a text apart into rows, whose lines end in CR, LF or CRLF. The error is
// Faults.
func split(text string) (comma rune, rows []Row, err error) {
	s := splitter{text: text, line: 1}
	if told := announced.FindStringSubmatch(text); told != nil {
		s.comma, s.at, s.line = told[1][0], len(told[0]), 2
	} else {
		s.comma = s.likely()
	}
	for s.at < len(s.text) {
		row := s.row()
		if s.width == 0 && !blank(trimmed(row.Cells)) {
			s.width = len(row.Cells)
		}
		if len(rows) == mostRows {
			return rune(s.comma), nil, tooManyRows()
		}
		rows = append(rows, row)
	}
	return rune(s.comma), rows, nil
}

func trimmed(cells []string) []string {
	cells = slices.Clone(cells)
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
}

// splitter reads rows from the place where it is.
type splitter struct {
	text  string
	comma byte
	at    int
	line  int // of the place
	width int // columns of the header; 0 before it
}

// likely is what separates the cells of the first line that has any: what it has most
// of, outside of quotes.
func (s *splitter) likely() byte {
	counts, quoted, begun := map[byte]int{}, false, false
	for i := range len(s.text) {
		c := s.text[i]
		switch c {
		case '"':
			quoted = !quoted
		case '\n', '\r', ' ', ',', ';', '\t':
		default:
			begun = true
		}
		if begun && (c == '\n' || c == '\r') {
			break
		}
		if !quoted {
			counts[c]++
		}
	}
	comma := byte(',')
	for _, c := range []byte{';', '\t'} {
		if counts[c] > counts[comma] {
			comma = c
		}
	}
	return comma
}

// row reads one row. If a quote in it is not closed as it should be, the row ends with
// its line, so that no other is lost: its quotes are then text, and it has a fault.
func (s *splitter) row() Row {
	row := Row{Line: s.line}
	for at := s.at; ; {
		cell, end, problem := s.cell(at)
		if problem != "" && len(row.Faults) == 0 {
			row.Faults = sluss.Faults{fault(len(row.Cells), problem)}
		}
		if len(row.Faults) > 0 {
			end = s.until(at, string(s.comma)+"\r\n")
			cell = s.text[at:end]
		}
		if len(row.Cells) == mostColumns {
			row.Faults = append(row.Faults, sluss.Fault{Problem: fmt.Sprintf("the row has more than %d columns", mostColumns), Remedy: "delete what is right of the last column"})
			s.end(s.until(end, "\r\n"))
			return row
		}
		row.Cells = append(row.Cells, cell)
		if end < len(s.text) && s.text[end] == s.comma {
			at = end + 1
			continue
		}
		s.end(end)
		return row
	}
}

// cell reads the cell that begins at a place, and tells where it ends.
func (s *splitter) cell(at int) (cell string, end int, problem string) {
	if at >= len(s.text) || s.text[at] != '"' {
		end = s.until(at, string(s.comma)+"\r\n")
		return s.text[at:end], end, ""
	}
	for end = at + 1; ; end++ {
		quote := strings.IndexByte(s.text[end:min(len(s.text), at+longest)], '"')
		if quote < 0 {
			return "", end, "a quote is opened and not closed"
		}
		end += quote
		if end+1 >= len(s.text) || s.text[end+1] != '"' {
			break
		}
		end++
	}
	cell = strings.ReplaceAll(s.text[at+1:end], `""`, `"`)
	end++
	switch {
	case end < len(s.text) && s.text[end] != s.comma && s.text[end] != '\r' && s.text[end] != '\n':
		return "", end, "a quote is followed by text"
	case strings.ContainsAny(cell, "\r\n") && strings.Count(cell, string(s.comma)) >= max(1, s.width-1):
		return "", end, "a quote is opened and not closed before whole rows" // they would be lost in the cell
	}
	return cell, end, ""
}

// until is the next place with one of some characters, or the end.
func (s *splitter) until(at int, characters string) int {
	if i := strings.IndexAny(s.text[at:], characters); i >= 0 {
		return at + i
	}
	return len(s.text)
}

// end goes on behind the end of a row.
func (s *splitter) end(at int) {
	if strings.HasPrefix(s.text[at:], "\r\n") {
		at++
	}
	at = min(at+1, len(s.text))
	s.line += newlines(s.text[s.at:at])
	s.at = at
}

// newlines is how many lines a text ends.
func newlines(text string) int {
	return strings.Count(text, "\n") + strings.Count(text, "\r") - strings.Count(text, "\r\n")
}
