// Package declarations makes declarations of what plants send: values by their paths,
// and tables of batches, one in a row, as they come out of spreadsheets and other
// programs. What can be read in one way only is brought into the form that
// declarations have, and told; everything else is a fault.
package declarations

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sluss"
	"sluss/obligations"
	"sluss/tables"
)

// MostValues is how many single values a declaration, or a correction, may have.
const MostValues = 5_000

// Of makes a declaration of values by their paths. The faults are those of form; what
// could be read is in the declaration all the same.
func Of(values map[string]string) (sluss.Declaration, sluss.Faults) {
	var d sluss.Declaration
	var faults sluss.Faults
	if len(values) > MostValues {
		return d, sluss.Faults{{Problem: fmt.Sprintf("the batch has %d values, and %d is the most", len(values), MostValues), Remedy: "shorten its lists, or declare several batches"}}
	}
	faults = fill(&d, values)
	return obligations.Plain(d), faults
}

// One is Of for values as people write them, each brought into its one form as in a table,
// with those that were written otherwise.
func One(written map[string]string) (sluss.Declaration, []Reading, sluss.Faults) {
	form := cells{of: batches, given: map[string]given{}}
	for path, text := range written {
		form.given[path] = given{text: text, written: text}
	}
	if len(written) > MostValues { // Of tells it
		d, faults := Of(written)
		return d, nil, faults
	}
	values, unread := form.values()
	for i := range unread { // there are no columns
		unread[i].Remedy = strings.TrimSuffix(unread[i].Remedy, asText)
	}
	d, faults := Of(values)
	all := batches.readings(sluss.Declaration{}.Differences(d), form.given, values)
	all = slices.DeleteFunc(all, func(r Reading) bool { // a number is not written otherwise by its zeros
		mass, err := sluss.ParseMass(r.Written)
		return err == nil && batches.isMass(r.Field) && mass.String() == r.Read && plainNumber.MatchString(r.Written)
	})
	return d, all, append(unread, faults...)
}

var plainNumber = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// fill sets values by their paths. The faults are those of form.
func fill[T any](to *T, values map[string]string) (faults sluss.Faults) {
	for _, path := range slices.SortedFunc(maps.Keys(values), byPath) {
		text := values[path]
		if text == "" {
			continue
		}
		if wrong := sluss.CheckText(map[string]string{path: text}); len(wrong) > 0 {
			faults = append(faults, wrong...)
			continue
		}
		if likely, doubly := tables.DoublyEncoded(text); doubly {
			faults = append(faults, sluss.Fault{
				Field: path, Problem: fmt.Sprintf("%q looks as if it was encoded twice: it is likely %q", text, likely), Remedy: "write it right, or save the file anew in UTF-8",
			})
			continue
		}
		if err := sluss.SetField(to, path, text); err != nil {
			faults = append(faults, sluss.AsFaults(err)...)
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
