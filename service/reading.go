package service

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sluss"
	"sluss/obligations"
)

// ReadDeclaration reads a batch in its JSON form. The error is Faults: all faults of
// form, each with its path. The values are checked by Service.Declare; but if something
// could not be read, the faults include those of the values that could.
func ReadDeclaration(data []byte) (sluss.Declaration, error) {
	if faults := sluss.CheckJSON(data); len(faults) > 0 {
		return sluss.Declaration{}, faults
	}
	var tree any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		return sluss.Declaration{}, sluss.Faults{{Problem: "not JSON: " + place(data, err), Remedy: "send one batch as a JSON object"}}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return sluss.Declaration{}, sluss.Faults{{Problem: "something follows the JSON object", Remedy: "send one batch at a time, or a CSV file"}}
	}
	if _, object := tree.(map[string]any); !object {
		return sluss.Declaration{}, sluss.Faults{{Problem: "not a JSON object", Remedy: "send one batch as a JSON object"}}
	}
	return declaration(sluss.Flatten(tree))
}

// place says where a JSON error is.
func place(data []byte, err error) string {
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		line := 1 + bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n"))
		return fmt.Sprintf("%v in line %d", err, line)
	}
	return err.Error()
}

// mostValues is how many single values a declaration may have.
const mostValues = 5_000

// declaration assembles a declaration from values by their paths.
func declaration(values map[string]string) (sluss.Declaration, error) {
	var d sluss.Declaration
	if len(values) > mostValues {
		return d, sluss.Faults{{Problem: fmt.Sprintf("the batch has %d values, and %d is the most", len(values), mostValues), Remedy: "shorten its lists, or declare several batches"}}
	}
	var faults sluss.Faults
	for _, path := range slices.SortedFunc(maps.Keys(values), byPath) {
		if values[path] == "" {
			continue
		}
		if wrong := sluss.CheckText(map[string]string{path: values[path]}); len(wrong) > 0 {
			faults = append(faults, wrong...)
			continue
		}
		if err := d.Set(path, values[path]); err != nil {
			faults = append(faults, asFaults(err)...)
		}
	}
	d = obligations.Plain(d)
	return d, withMeaning(d, faults).Err()
}

// withMeaning adds to the faults of form the faults of the fields that could be read,
// so that all are reported at once.
func withMeaning(d sluss.Declaration, faults sluss.Faults) sluss.Faults {
	if len(faults) == 0 {
		return nil
	}
	unread := map[string]bool{}
	for _, f := range faults {
		unread[f.Field] = true
	}
	for _, f := range wrong(d) {
		if !unread[f.Field] {
			faults = append(faults, f)
		}
	}
	return faults
}

// byPath orders paths so that element 2 of a list comes before element 10.
func byPath(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), func(x, y string) int {
		m, errX := strconv.Atoi(x)
		n, errY := strconv.Atoi(y)
		if errX == nil && errY == nil {
			return m - n
		}
		return strings.Compare(x, y)
	})
}

func asFaults(err error) sluss.Faults {
	if faults := sluss.Faults(nil); errors.As(err, &faults) {
		return faults
	}
	return sluss.Faults{{Problem: err.Error()}}
}

// Row is one line of a CSV file of batches.
type Row struct {
	Line        int               `json:"line"` // of the file, from 1
	Declaration sluss.Declaration `json:"-"`
	Reference   string            `json:"reference"`
	Faults      sluss.Faults      `json:"faults,omitempty"`
}

// ReadCSV reads batches, one on a line. The first line names the columns by
// their paths in the JSON form ("waste.code", "legs.0.from.municipality"), in
// any order; empty cells are left out. Commas or semicolons separate. A bad row
// has its faults and does not keep the others from being read. The error is
// about the file as a whole: Faults, all at once.
func ReadCSV(r io.Reader) ([]Row, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	reader := csv.NewReader(bytes.NewReader(data))
	reader.FieldsPerRecord = -1
	first, _, _ := bytes.Cut(data, []byte("\n"))
	if bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		reader.Comma = ';'
	}
	columns, err := reader.Read()
	if err != nil {
		return nil, sluss.Faults{{Problem: "no header: " + err.Error(), Remedy: "the first line names the columns, such as reference,waste.code,waste.mass"}}
	}
	if err := header(columns); err != nil {
		return nil, err
	}
	var rows []Row
	seen := map[string]int{}
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		row := Row{}
		if parse := (*csv.ParseError)(nil); errors.As(err, &parse) {
			row.Line = parse.StartLine
			row.Faults = sluss.Faults{{Problem: parse.Err.Error(), Remedy: "put text that holds quotes or separators in double quotes, and double those inside"}}
			rows = append(rows, row)
			continue
		}
		row.Line, _ = reader.FieldPos(0)
		row.fill(columns, cells)
		if before, twice := seen[row.Reference]; twice && row.Reference != "" {
			row.Faults = append(row.Faults, sluss.Fault{
				Field: "reference", Problem: fmt.Sprintf("%s is already on line %d", row.Reference, before), Remedy: "give every batch its own reference",
			})
		} else {
			seen[row.Reference] = row.Line
		}
		rows = append(rows, row)
	}
}

// index is a list index in a path.
var index = regexp.MustCompile(`\.\d+\b`)

func header(columns []string) error {
	var faults sluss.Faults
	seen := map[string]bool{}
	for i, column := range columns {
		columns[i] = strings.TrimSpace(column)
		if wrong := sluss.CheckLine(fmt.Sprintf("column %d", i+1), columns[i], false); len(wrong) > 0 {
			faults = append(faults, wrong...)
			continue
		}
		var d sluss.Declaration
		if err := d.Set(index.ReplaceAllString(columns[i], ".0"), ""); err != nil {
			faults = append(faults, sluss.Fault{Field: columns[i], Problem: fmt.Sprintf("column %d is not a field of a batch", i+1), Remedy: "name columns as in examples/batches.csv"})
		}
		if seen[columns[i]] {
			faults = append(faults, sluss.Fault{Field: columns[i], Problem: fmt.Sprintf("column %d is in the header twice", i+1), Remedy: "keep one of them"})
		}
		seen[columns[i]] = true
	}
	if !seen["reference"] {
		faults = append(faults, sluss.Fault{Field: "reference", Problem: "there is no such column", Remedy: "every batch needs the plant's own reference"})
	}
	return faults.Err()
}

func (r *Row) fill(columns, cells []string) {
	values := map[string]string{}
	for i, cell := range cells {
		switch cell = strings.TrimSpace(cell); {
		case cell == "":
		case i >= len(columns):
			r.Faults = append(r.Faults, sluss.Fault{Problem: fmt.Sprintf("cell %d has no column", i+1), Remedy: "is a separator inside a text that is not in quotes?"})
		default:
			values[columns[i]] = cell
		}
	}
	d, err := declaration(values)
	r.Declaration, r.Reference = d, values["reference"]
	if err != nil {
		r.Faults = append(r.Faults, asFaults(err)...)
	}
}
