package sluss

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Correction is a person's change of a declaration, or of what happened to its batch.
// Remove is done first, then Add, then Set.
type Correction struct {
	// Set has new values as text, by path in the declaration, or by "events.ID.FIELD" of
	// an event, such as events.received.mass.
	Set map[string]string `json:"set,omitempty"`
	// Remove has paths of list items, such as legs.1, by their indexes before the
	// correction; or events.ID, to take back the last event of the batch or one that is
	// kept.
	Remove []string `json:"remove,omitempty"`
	// Add has list items in JSON, each by the path that it has after the correction.
	Add    map[string]json.RawMessage `json:"add,omitempty"`
	Reason string                     `json:"reason"`
	By     Person                     `json:"by"`
	At     time.Time                  `json:"at"`
}

// Empty tells whether the correction changes nothing.
func (c Correction) Empty() bool { return len(c.Set) == 0 && len(c.Remove) == 0 && len(c.Add) == 0 }

// Apply is a copy of the declaration and of the events of its batch with the correction in
// them. The error is Faults, with a fault for each path that cannot be changed.
func (c Correction) Apply(d Declaration, events []Event) (Declaration, []Event, error) {
	if c.Empty() {
		return d, events, Faults{{Field: "set", Problem: "the correction changes nothing", Remedy: "give at least one path=value"}}
	}
	changed, err := deepCopy(Content{Declaration: d, Events: events})
	if err != nil {
		return d, events, err
	}
	faults := c.change(&changed)
	changed.Declaration.Confirmed = stillConfirmed(changed.Declaration.Confirmed, c.Set)
	return changed.Declaration, changed.Events, faults.Err()
}

func (c Correction) change(content *Content) Faults {
	faults := c.remove(content)
	faults = append(faults, c.add(content)...)
	for _, path := range sortedKeys(c.Set) {
		faults = append(faults, content.set(path, c.Set[path])...)
	}
	return faults
}

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
		others := map[string]reflect.Value{}
		for name, field := range fields(b) {
			others[name] = field
		}
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

// remove takes items out of their lists, the last ones first.
func (c Correction) remove(from *Content) (faults Faults) {
	paths := slices.SortedFunc(slices.Values(c.Remove), func(a, b string) int { return compareItems(b, a) })
	for _, path := range slices.Compact(paths) {
		if id, is := strings.CutPrefix(path, "events."); is {
			faults = append(faults, from.takeBack(path, EventID(id))...)
			continue
		}
		list, i, problem := item(reflect.ValueOf(&from.Declaration), path)
		if problem == "" && i >= list.Len() {
			problem = fmt.Sprintf("there is no such item; the list has %d", list.Len())
		}
		if problem != "" {
			faults = append(faults, Fault{Field: path, Problem: problem, Remedy: "name an item of a list, such as legs.1"})
			continue
		}
		list.Set(reflect.AppendSlice(list.Slice(0, i), list.Slice(i+1, list.Len())))
	}
	return faults
}

// takeBack removes the last event.
func (c *Content) takeBack(path string, id EventID) Faults {
	last := len(c.Events) - 1
	switch {
	case last < 0 || !slices.ContainsFunc(c.Events, func(e Event) bool { return e.ID() == id }):
		return Faults{{Field: path, Problem: fmt.Sprintf("%q has not happened", id), Remedy: "take back the last event, or one that is kept"}}
	case id == EventID(Produced):
		return Faults{{Field: path, Problem: "the batch begins with it", Remedy: "report cancelled if the batch never was"}}
	case c.Events[last].ID() != id:
		return Faults{{Field: path, Problem: fmt.Sprintf("%s came after it", c.Events[last].ID()), Remedy: fmt.Sprintf("take back events.%s first, or in the same correction", c.Events[last].ID())}}
	}
	c.Events = c.Events[:last]
	return nil
}

// add puts items into their lists, the first ones first.
func (c Correction) add(to *Content) (faults Faults) {
	for _, path := range slices.SortedFunc(slices.Values(sortedKeys(c.Add)), compareItems) {
		list, i, problem := item(reflect.ValueOf(&to.Declaration), path)
		if problem == "" && i > list.Len() {
			problem = fmt.Sprintf("the list has only %d items", list.Len())
		}
		if problem != "" {
			faults = append(faults, Fault{Field: path, Problem: problem, Remedy: "name the place in a list, such as legs.1"})
			continue
		}
		added := reflect.New(list.Type().Elem())
		decoder := json.NewDecoder(bytes.NewReader(c.Add[path]))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(added.Interface()); err != nil {
			faults = append(faults, Fault{Field: path, Problem: "cannot be read: " + err.Error(), Remedy: "give the item in JSON, as a declaration has it"})
			continue
		}
		list.Set(reflect.Append(list, reflect.Zero(list.Type().Elem())))
		reflect.Copy(list.Slice(i+1, list.Len()), list.Slice(i, list.Len()-1))
		list.Index(i).Set(added.Elem())
	}
	return faults
}

// item is the list that a path leads into, and the index that it names.
func item(root reflect.Value, path string) (list reflect.Value, index int, problem string) {
	at, steps := root, strings.Split(path, ".")
	for i, step := range steps {
		list := at
		for list.Kind() == reflect.Pointer && !list.IsNil() {
			list = list.Elem()
		}
		if list.Kind() == reflect.Slice && i == len(steps)-1 {
			index, err := strconv.Atoi(step)
			if err != nil || index < 0 {
				return list, 0, fmt.Sprintf("%q is not an index", step)
			}
			return list, index, ""
		}
		if list.Kind() == reflect.Slice {
			if index, err := strconv.Atoi(step); err != nil || index < 0 || index >= list.Len() {
				return list, 0, fmt.Sprintf("%q is not an index below %d", step, list.Len())
			}
		}
		if at, problem = child(at, step); problem != "" {
			return at, 0, problem
		}
	}
	return at, 0, "is not an item of a list"
}

// compareItems compares two paths: lists by name, items by index.
func compareItems(a, b string) int {
	one, other := strings.Split(a, "."), strings.Split(b, ".")
	return slices.CompareFunc(one, other, func(x, y string) int {
		m, errM := strconv.Atoi(x)
		n, errN := strconv.Atoi(y)
		if errM == nil && errN == nil {
			return cmp.Compare(m, n)
		}
		return cmp.Compare(x, y)
	})
}
