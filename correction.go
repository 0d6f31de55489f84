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
	faults := append(c.change(&changed), changed.tellOnce(d, events)...)
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

// tellOnce makes the declaration and the event produced tell the same times after a
// correction of one of them. The declaration and the events are those before it.
func (c *Content) tellOnce(d Declaration, events []Event) (faults Faults) {
	if len(events) == 0 || len(c.Events) == 0 || c.Events[0].Kind != Produced {
		return nil
	}
	was, is := events[0], &c.Events[0]
	for _, told := range []struct {
		field            string
		declared, before *time.Time
		event, happened  *time.Time
	}{
		{"at", &c.Declaration.At, &d.At, &is.At, &was.At},
		{"noted_at", &c.Declaration.NotedAt, &d.NotedAt, &is.NotedAt, &was.NotedAt},
	} {
		here, there := !told.declared.Equal(*told.before), !told.event.Equal(*told.happened)
		switch {
		case here && there && !told.declared.Equal(*told.event):
			faults = append(faults, Fault{
				Field:   told.field,
				Problem: fmt.Sprintf("%s and events.produced.%s are the same, and are given otherwise", told.field, told.field), Remedy: "give one of them",
			})
		case here && (told.field == "at" || !told.declared.IsZero()):
			*told.event = *told.declared
		case there && !told.before.IsZero():
			*told.declared = *told.event
		}
	}
	return faults
}

// remove takes items out of their lists, and takes events back, the last ones first.
func (c Correction) remove(from *Content) (faults Faults) {
	life := slices.Clone(from.Events)
	place := func(path string) int {
		return slices.IndexFunc(life, func(e Event) bool { return path == "events."+string(e.ID()) })
	}
	paths := slices.SortedFunc(slices.Values(c.Remove), func(a, b string) int {
		return cmp.Or(cmp.Compare(place(b), place(a)), compareItems(b, a))
	})
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
