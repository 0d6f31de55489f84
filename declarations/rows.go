package declarations

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sluss"
	"sluss/tables"
)

// Options are what is known about a table.
type Options struct {
	Encoding string   // one of tables.Encodings; empty: it is recognised
	Locale   string   // of dates and times without zone; see ParseLocale. Empty: such are refused
	Decimal  string   // the sign before the decimals of masses: "." or ","; empty: masses with two readings are refused
	Profile  *Profile // what its columns mean; nil: they have the names of fields
	Strict   bool     // whether what would be passed over is a fault
}

// File is a table of batches or of events.
type File struct {
	Form    string       // how it was read; see tables.Table
	Columns []string     // the names in its header
	Remarks sluss.Faults // what was passed over, each told once
	Rows    []Row        // every row that is not empty
}

// Row is one row of a table.
type Row struct {
	Line      int    `json:"line"` // of the file, from 1
	Reference string `json:"reference"`
	// Readings are the cells that were brought into another form.
	Readings    []Reading         `json:"readings,omitempty"`
	Faults      sluss.Faults      `json:"faults,omitempty"` // of form
	Cells       []string          `json:"cells,omitempty"`  // as they are in the file, in the order of its columns
	Declaration sluss.Declaration `json:"-"`                // of what could be read
	Read        bool              `json:"-"`                // false: the cells cannot be told apart, and there is nothing else to tell
	// Event is what a row of a table of events tells, of the batch.
	Event sluss.Event   `json:"-"`
	Of    sluss.BatchID `json:"-"`
	// Joined is the line of the row that tells the event of both, if this is the other row
	// of one weighing.
	Joined int `json:"joined,omitempty"`
	// Notes prevent nothing, but a person should know them.
	Notes   sluss.Faults      `json:"-"`
	columns map[string]string // paths that have a column of another name, with it
}

// Reading is a cell that was read as something else than its text.
type Reading struct {
	Field   string `json:"field"`
	Written string `json:"written"`
	Read    string `json:"read"`
}

// String is the reading in one line.
func (r Reading) String() string {
	return fmt.Sprintf("%s: %q is read as %s", r.Field, r.Written, r.Read)
}

// Placed are faults of the row's declaration, with the column of the file where that has
// another name than the field.
func (r Row) Placed(faults sluss.Faults) sluss.Faults {
	faults = slices.Clone(faults)
	for i, f := range faults {
		if column := r.columns[f.Field]; column != "" {
			faults[i].Problem = column + ": " + f.Problem
		}
	}
	return faults
}

// form is how the options say that cells are written. The faults name options.
func (o Options) form() (c cells, faults sluss.Faults) {
	if o.Locale != "" {
		locale, err := ParseLocale(o.Locale)
		if err != nil {
			faults = append(faults, sluss.AsFaults(err)...)
		}
		c.locale = &locale
	}
	if !slices.Contains([]string{"", ".", ","}, o.Decimal) {
		faults = append(faults, sluss.Fault{Field: "decimal", Problem: fmt.Sprintf("%q is not a decimal sign", o.Decimal), Remedy: `use "." or ","`})
	}
	c.decimal = o.Decimal
	return c, faults
}

// withProfile are the options, with those of the profile where they say nothing.
func (o Options) withProfile() Options {
	if o.Profile == nil {
		o.Profile = &Profile{}
		return o
	}
	for _, of := range []struct{ to, from *string }{{&o.Encoding, &o.Profile.Encoding}, {&o.Locale, &o.Profile.Locale}, {&o.Decimal, &o.Profile.Decimal}} {
		if *of.to == "" {
			*of.to = *of.from
		}
	}
	return o
}

// Read reads a table of batches, one in a row. The first row names the columns, by the
// paths of fields ("waste.code", "legs.0.from.municipality") or as the profile has
// them, in any order. A row with faults does not keep the others from being read. The
// error is Faults, about the file as a whole, all at once.
func Read(data []byte, o Options) (File, error) {
	table, h, form, err := o.open(batches, data)
	if err != nil {
		return File{}, err
	}
	file := File{Form: table.Form, Columns: table.Columns, Remarks: h.remarks, Rows: make([]Row, 0, len(table.Rows))}
	seen := map[string]int{}
	for _, r := range table.Rows {
		row := h.batch(r, form)
		if before, twice := seen[row.Reference]; twice && row.Reference != "" {
			row.Faults = append(row.Faults, sluss.Fault{
				Field: "reference", Problem: fmt.Sprintf("%s is already on line %d", row.Reference, before), Remedy: "give every batch its own reference",
			})
		} else {
			seen[row.Reference] = row.Line
		}
		file.Rows = append(file.Rows, row)
	}
	return file, nil
}

// open takes a file apart and finds out what its columns mean. The error is Faults.
func (o Options) open(of subject, data []byte) (table tables.Table, h header, form cells, err error) {
	given := o.Profile
	o = o.withProfile()
	form, faults := o.form()
	form.of = of
	if given != nil {
		if by, known := subjectOf(given.Of); known && by.of != of.of {
			faults = append(faults, sluss.Fault{Field: "profile", Problem: fmt.Sprintf("it is for tables of %s", by.of), Remedy: "give one for " + of.of})
		}
	}
	table, err = tables.Read(data, tables.Options{Encoding: o.Encoding})
	if err != nil {
		faults = append(faults, sluss.AsFaults(err)...)
	}
	if len(faults) > 0 {
		return table, h, form, faults
	}
	h = header{of: of, profile: *o.Profile, remarks: table.Remarks}
	h.read(table)
	if o.Strict {
		h.faults = append(h.faults, h.remarks...)
	}
	return table, h, form, h.faults.Err()
}

// batch makes a declaration of a row.
func (h header) batch(r tables.Row, form cells) Row {
	row, values, unread := h.row(r, &form)
	if len(r.Faults) > 0 { // its cells may be in other columns: they are for showing only
		return row
	}
	d, wrong := Of(values)
	row.Declaration, row.Read = d, true
	row.Readings = h.of.readings(sluss.Declaration{}.Differences(d), form.given, values)
	row.Faults = append(row.Faults, row.Placed(append(unread, wrong...))...)
	return row
}

// row reads the cells of a row into values by path; of those that cannot be read there
// are faults. The form gets what the row gives.
func (h header) row(r tables.Row, form *cells) (row Row, values map[string]string, unread sluss.Faults) {
	row = Row{Line: r.Line, Cells: r.Cells, Faults: r.Faults, columns: map[string]string{}}
	form.given = map[string]given{}
	named, beyond := map[string]string{}, ""
	for i, text := range r.Cells {
		switch {
		case text == "":
		case i >= len(h.columns):
			if beyond == "" {
				beyond = tables.Column(i)
			}
		default:
			c := h.columns[i]
			named[folded(c.name)] = text
			row.Faults = append(row.Faults, c.put(form.given, text)...)
			for _, to := range c.To {
				if to != strings.ToLower(c.name) {
					row.columns[to] = c.label
				}
			}
		}
	}
	if beyond != "" {
		row.Faults = append(row.Faults, sluss.Fault{Problem: fmt.Sprintf("the cell in column %s has no column in the header", beyond), Remedy: "is a separator inside a text that is not in quotes?"})
	}
	for path, value := range h.profile.Values {
		if _, there := form.given[path]; there {
			continue
		}
		if text, whole := filled(value, named); whole {
			form.given[path] = given{text: text}
		}
	}
	values, unread = form.values()
	row.Reference = values["reference"]
	return row, values, unread
}

// filled is a value with the cells of a row in it; false if one of them is empty.
func filled(value string, named map[string]string) (text string, whole bool) {
	whole = true
	text = place.ReplaceAllStringFunc(value, func(name string) string {
		cell := named[folded(strings.Trim(name, "{}"))]
		whole = whole && cell != ""
		return cell
	})
	return text, whole
}

// readings are the cells that are read in another form. The final values are those of
// what is made of them, where it changes them further.
func (s subject) readings(final map[string]string, given map[string]given, values map[string]string) (all []Reading) {
	for _, path := range slices.SortedFunc(maps.Keys(values), byPath) {
		text, read := given[path].written, final[path]
		if read == "" {
			read = values[path] // a no is left out
		}
		if text == "" || text == read {
			continue
		}
		if s.isMass(path) {
			read += " kg"
		}
		all = append(all, Reading{Field: path, Written: text, Read: read})
	}
	return all
}
