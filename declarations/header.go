package declarations

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"sluss"
	"sluss/tables"
)

// header is what the columns of a file mean.
type header struct {
	of      subject
	profile Profile
	columns []column
	remarks sluss.Faults
	faults  sluss.Faults
}

// column is one column of a file.
type column struct {
	ProfileColumn

	name  string // in the header
	label string // where it is, and its name, for people
}

// OwnColumns begin the names of the columns that a report adds to a file. They are
// passed over when that is sent again.
const OwnColumns = "sluss."

// inUnit is the name of a field of mass with the unit of its column.
var inUnit = regexp.MustCompile(`^(\S+)\s*[(\[](kg|t|g)[)\]]$`)

// read finds out what each column means.
func (h *header) read(table tables.Table) {
	by := map[string]string{} // the column that gives a path
	var strangers []string
	for i, name := range table.Columns {
		c := column{name: name, label: fmt.Sprintf("column %s, %q", tables.Column(i), name)}
		known, mapped := h.profile.column(name)
		path := strings.ToLower(name)
		parts := inUnit.FindStringSubmatch(path)
		_, field := h.of.field(path)
		switch {
		case name == "":
			if holds(table, i) {
				h.remarks = append(h.remarks, sluss.Fault{Problem: fmt.Sprintf("column %s has values and no name: it is not read", tables.Column(i)), Remedy: "name it in the first row"})
			}
			c.Ignore = true
		case mapped:
			c.ProfileColumn = known
		case field:
			c.To = []string{path}
		case len(parts) > 0 && h.of.isMass(parts[1]):
			c.To, c.Unit = []string{parts[1]}, parts[2]
		case strings.HasPrefix(path, OwnColumns):
			c.Ignore = true
		case len(sluss.CheckLine("", name, false)) > 0:
			h.faults = append(h.faults, sluss.CheckLine("column "+tables.Column(i), name, false)...)
		case h.of.misspelled(path):
			h.faults = append(h.faults, sluss.Fault{Field: name, Problem: fmt.Sprintf("column %s is not a field of %s", tables.Column(i), h.of.noun), Remedy: "docs/batch.md lists them, and " + h.of.command + " writes a header"})
		default:
			c.Ignore = true
			strangers = append(strangers, fmt.Sprintf("%s (%s)", tables.Column(i), name))
		}
		for _, to := range c.To {
			if before := by[to]; before != "" {
				h.faults = append(h.faults, sluss.Fault{Field: to, Problem: fmt.Sprintf("is in the header twice, in %s and %s", before, c.label), Remedy: "keep one of them"})
			}
			by[to] = c.label
		}
		h.columns = append(h.columns, c)
	}
	if len(strangers) > 0 {
		h.remarks = append(h.remarks, sluss.Fault{Problem: "columns that are not known are not read: " + strings.Join(strangers, ", "), Remedy: "a profile can say what they mean"})
	}
	h.missing(by)
}

// missing tells of columns that the file should have.
func (h *header) missing(by map[string]string) {
	for _, path := range slices.Sorted(maps.Keys(h.of.needs)) {
		if by[path] != "" || h.profile.Values[path] != "" || h.profile.sets(path) {
			continue
		}
		remedy := h.of.needs[path]
		if len(h.profile.Columns) == 0 {
			remedy += "; " + h.of.command + " writes a header, and for other names a profile can be given"
		}
		h.faults = append(h.faults, sluss.Fault{Field: path, Problem: "there is no such column", Remedy: remedy})
	}
	var absent []string
	for _, name := range slices.Sorted(maps.Keys(h.profile.Columns)) {
		if !slices.ContainsFunc(h.columns, func(c column) bool { return folded(c.name) == folded(name) }) {
			absent = append(absent, name)
		}
	}
	if len(absent) > 0 {
		h.remarks = append(h.remarks, sluss.Fault{Problem: "the profile has columns that the file does not have: " + strings.Join(absent, ", ")})
	}
}

// misspelled tells whether a name is meant to be a field: passed over, its values would
// be missing without anybody knowing.
func (s subject) misspelled(name string) bool {
	first, _, nested := strings.Cut(name, ".")
	_, field := s.field(first + ".0.country")
	_, party := s.field(first + ".country")
	return nested && (field || party || slices.Contains(s.parts, first))
}

// holds tells whether a column has a value in any row.
func holds(table tables.Table, i int) bool {
	return slices.ContainsFunc(table.Rows, func(r tables.Row) bool { return i < len(r.Cells) && r.Cells[i] != "" })
}

// given is what a row says about one path.
type given struct {
	text    string
	written string // in the file; empty if the profile says it
	column  ProfileColumn
}

// put adds what a cell says. The faults are those of cells that the profile does not know.
func (c column) put(to map[string]given, text string) sluss.Faults {
	unknown := func(problem string, codes []string) sluss.Faults {
		slices.Sort(codes)
		f := sluss.Fault{Problem: fmt.Sprintf("%s: %q %s", c.label, text, problem), Remedy: "write " + sluss.OneOf(codes) + ", or add it to the profile"}
		if len(c.To) > 0 {
			f.Field = c.To[0]
		}
		return sluss.Faults{f}
	}
	if len(c.Sets) > 0 {
		values, ok := in(c.Sets, text)
		if !ok {
			return unknown("is not in the profile", slices.Collect(maps.Keys(c.Sets)))
		}
		for path, value := range values {
			to[path] = given{text: value}
		}
	}
	value := text
	if len(c.Codes) > 0 {
		var ok bool
		if value, ok = in(c.Codes, text); !ok {
			return unknown("is not one of the profile's codes", slices.Collect(maps.Keys(c.Codes)))
		}
	}
	for _, path := range c.To {
		to[path] = given{text: value, written: text, column: c.ProfileColumn}
	}
	return nil
}
