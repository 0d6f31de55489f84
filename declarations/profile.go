package declarations

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"sluss"
	"sluss/tables"
)

// Profile says how somebody's own table becomes declarations or events: data, written as
// YAML or JSON.
type Profile struct {
	Of       string `yaml:"of"`       // what its rows are: Batches or Events; empty: Batches
	About    string `yaml:"about"`    // whose table it is, for people
	Encoding string `yaml:"encoding"` // as Options has it; what comes with the file goes before it
	Locale   string `yaml:"locale"`
	Decimal  string `yaml:"decimal"`
	// Columns by their names in the header, whatever their case.
	Columns map[string]ProfileColumn `yaml:"columns"`
	// Values by paths, for what a row does not give. "{Name}" in one stands for the cell
	// of that column.
	Values map[string]string `yaml:"values"`
}

// ProfileColumn is what a column means.
type ProfileColumn struct {
	To     []string `yaml:"to"`     // the paths that get its value
	Unit   string   `yaml:"unit"`   // of a mass without one: kg, t or g
	Time   string   `yaml:"time"`   // of day, such as "08:00", where a cell has only a date
	Ignore bool     `yaml:"ignore"` // it is known, and not needed
	// Codes are the values that cells stand for. If it has any, no other is taken.
	Codes map[string]string `yaml:"codes"`
	// Sets are values by paths that a cell stands for, such as all of a company by its
	// name. If it has any, no other cell is taken.
	Sets map[string]map[string]string `yaml:"sets"`
}

//go:embed profiles/*.yaml
var shipped embed.FS

// Profiles are those that come with the program, and those in a folder of YAML and JSON
// files, by name: that of the file. The error is Faults, all at once.
func Profiles(folder string) (map[string]Profile, error) {
	found := map[string]Profile{}
	var faults sluss.Faults
	add := func(file string, data []byte, err error) {
		name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		if err == nil {
			found[name], err = ParseProfile(data)
		}
		for _, f := range sluss.AsFaults(err) {
			f.Problem = filepath.Base(file) + ": " + f.Problem
			faults = append(faults, f)
		}
	}
	names, _ := shipped.ReadDir("profiles") // it is there
	for _, entry := range names {
		data, err := shipped.ReadFile("profiles/" + entry.Name())
		add(entry.Name(), data, err)
	}
	if folder == "" {
		return found, faults.Err()
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return found, sluss.Faults{{Field: "profiles_dir", Problem: err.Error(), Remedy: "name a folder of profiles, or leave it out"}}
	}
	for _, entry := range entries {
		if slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(entry.Name())) {
			data, err := os.ReadFile(filepath.Join(folder, entry.Name())) //nolint:gosec // the operator names the folder
			add(entry.Name(), data, err)
		}
	}
	return found, faults.Err()
}

// ParseProfile reads a profile. The error is Faults, all at once.
func ParseProfile(data []byte) (Profile, error) {
	var p Profile
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&p); err != nil && !errors.Is(err, io.EOF) {
		return p, sluss.Faults{{Field: "profile", Problem: strings.TrimPrefix(err.Error(), "yaml: "), Remedy: "write it as docs/import.md shows"}}
	}
	return p, p.check().Err()
}

// place is a column's cell in a value.
var place = regexp.MustCompile(`\{([^{}]+)\}`)

func (p Profile) check() (faults sluss.Faults) {
	add := func(field, problem, remedy string) {
		faults = append(faults, sluss.Fault{Field: field, Problem: problem, Remedy: remedy})
	}
	of, known := subjectOf(p.Of)
	if !known {
		add("of", fmt.Sprintf("%q is not what a table can be about", p.Of), "use "+sluss.OneOf([]string{Batches, Events}))
		return faults
	}
	path := func(at, path string) {
		if _, ok := of.field(path); !ok {
			add(at, fmt.Sprintf("%q is not a field of %s", path, of.noun), "docs/batch.md lists them")
		}
	}
	if len(p.Columns) == 0 {
		add("columns", "there are none", "name the columns of the table")
	}
	if p.Encoding != "" && !slices.Contains(tables.Encodings(), p.Encoding) {
		add("encoding", fmt.Sprintf("%q is not an encoding that is understood", p.Encoding), "use "+sluss.OneOf(tables.Encodings()))
	}
	_, wrong := Options{Locale: p.Locale, Decimal: p.Decimal}.form()
	faults = append(faults, wrong...)
	seen := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(p.Columns)) {
		c, at := p.Columns[name], "columns."+name
		if seen[folded(name)] {
			add(at, "is there twice, in other case", "keep one of them")
		}
		seen[folded(name)] = true
		if !c.Ignore && len(c.To)+len(c.Sets) == 0 && !p.uses(name) {
			add(at, "says nothing", "give to, sets or ignore")
		}
		for _, to := range c.To {
			path(at+".to", to)
		}
		if c.Unit != "" && !slices.Contains([]string{"kg", "t", "g"}, c.Unit) {
			add(at+".unit", fmt.Sprintf("%q is not a unit of mass", c.Unit), "use kg, t or g")
		}
		if _, err := time.Parse("15:04", c.Time); c.Time != "" && err != nil {
			add(at+".time", fmt.Sprintf("%q is not a time of day", c.Time), "write one such as 08:00")
		}
		for _, cell := range slices.Sorted(maps.Keys(c.Sets)) {
			for _, to := range slices.Sorted(maps.Keys(c.Sets[cell])) {
				path(at+".sets."+cell, to)
			}
		}
	}
	for _, to := range slices.Sorted(maps.Keys(p.Values)) {
		path("values", to)
		for _, named := range place.FindAllStringSubmatch(p.Values[to], -1) {
			if !seen[folded(named[1])] {
				add("values."+to, fmt.Sprintf("there is no column %q", named[1]), "name it among the columns")
			}
		}
	}
	return faults
}

// sets tells whether cells of a column stand for a value at a path.
func (p Profile) sets(path string) bool {
	for _, c := range p.Columns {
		for _, values := range c.Sets {
			if _, there := values[path]; there {
				return true
			}
		}
	}
	return false
}

// uses tells whether a value is made of a column.
func (p Profile) uses(column string) bool {
	for _, value := range p.Values {
		for _, named := range place.FindAllStringSubmatch(value, -1) {
			if folded(named[1]) == folded(column) {
				return true
			}
		}
	}
	return false
}

// column is what the profile says about a column of a file.
func (p Profile) column(name string) (ProfileColumn, bool) {
	for known, c := range p.Columns {
		if folded(known) == folded(name) {
			return c, true
		}
	}
	return ProfileColumn{}, false
}

// folded is a text as two of them are compared: blanks and case do not count.
func folded(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }

// in is the value that a table of codes has for a cell.
func in[V any](codes map[string]V, cell string) (value V, ok bool) {
	for code, value := range codes {
		if folded(code) == folded(cell) {
			return value, true
		}
	}
	return value, false
}
