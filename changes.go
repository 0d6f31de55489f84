package sluss

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Changes is what corrects a declaration so that it says what another one says; see
// Differences. Items of a list that the other one does not have are removed.
func (d Declaration) Changes(other Declaration) Correction {
	var c Correction
	var between []listChange
	compareLists(nil, reflect.ValueOf(d), reflect.ValueOf(other), &between)
	for _, l := range between {
		for i := range l.removed {
			c.Remove = append(c.Remove, fmt.Sprintf("%s.%d", l.path, l.from+i))
		}
		for i, item := range l.added {
			if c.Add == nil {
				c.Add = map[string]json.RawMessage{}
			}
			c.Add[fmt.Sprintf("%s.%d", l.path, l.from+i)] = item
		}
	}
	same, err := d.Corrected(c)
	if c.Empty() || err != nil {
		same = d
	}
	c.Set = same.Differences(other)
	return c
}

// listChange is where a list has fewer or more items in another declaration.
type listChange struct {
	path    string
	from    int // the index of the first item that is removed or added
	removed int
	added   []json.RawMessage
}

// compareLists finds the lists of another length, outermost first. Items that are equal
// at the beginning and at the end stay; of the others, the last ones go or come.
func compareLists(path []string, a, b reflect.Value, found *[]listChange) {
	for a.Kind() == reflect.Pointer && b.Kind() == reflect.Pointer {
		if a.IsNil() || b.IsNil() {
			return
		}
		a, b = a.Elem(), b.Elem()
	}
	switch a.Kind() {
	case reflect.Struct:
		if a.Type() == reflect.TypeFor[time.Time]() || len(path) > 0 && path[0] == "confirmed" {
			return
		}
		others := maps.Collect(fields(b))
		for name, field := range fields(a) {
			compareLists(append(slices.Clone(path), name), field, others[name], found)
		}
	case reflect.Slice:
		if slices.Equal(path, []string{"confirmed"}) {
			return
		}
		if a.Len() == b.Len() {
			for i := range a.Len() {
				compareLists(append(slices.Clone(path), strconv.Itoa(i)), a.Index(i), b.Index(i), found)
			}
			return
		}
		equal := func(x, y reflect.Value) bool { return hash(x.Interface()) == hash(y.Interface()) }
		n, m, head, tail := a.Len(), b.Len(), 0, 0
		for head < min(n, m) && equal(a.Index(head), b.Index(head)) {
			head++
		}
		for tail < min(n, m)-head && equal(a.Index(n-1-tail), b.Index(m-1-tail)) {
			tail++
		}
		change := listChange{path: strings.Join(path, "."), from: min(n, m) - tail, removed: max(n-m, 0)}
		for i := change.from; i < m-tail; i++ {
			item, err := json.Marshal(b.Index(i).Interface())
			if err != nil { // a time beyond the year 9999
				return
			}
			change.added = append(change.added, item)
		}
		*found = append(*found, change)
		for i := head; i < change.from; i++ {
			compareLists(append(slices.Clone(path), strconv.Itoa(i)), a.Index(i), b.Index(i), found)
		}
	default:
	}
}
