package sluss

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A path names a value in the JSON form of another: names of fields and indexes
// of lists, joined by points, such as "legs.0.from.municipality". Everything
// that reads, sets or compares values by path is in this file.

// Set parses text and sets the value at a path of the declaration. Missing structs
// and list items on the path are created; an empty text clears the value. The error
// is
// Faults with one fault, at that path.
func (d *Declaration) Set(path, text string) error {
	return set(reflect.ValueOf(d), path, path, text).Err()
}

// SetField does for another struct what Declaration.Set does for a declaration.
func SetField[T any](to *T, path, text string) error {
	return set(reflect.ValueOf(to), path, path, text).Err()
}

// Corrected is a copy of the declaration with the correction in it. The error
// is Faults, with a fault for each path that cannot be changed.
func (d Declaration) Corrected(c Correction) (Declaration, error) {
	changed, _, err := c.Apply(d, nil)
	return changed, err
}

// stillConfirmed are the confirmations that a correction leaves: not those of what it
// changes, unless it gives them anew.
func stillConfirmed(all []Confirmation, set map[string]string) (kept []Confirmation) {
	for i, c := range all {
		_, anew := set[fmt.Sprintf("confirmed.%d.reason", i)]
		changed := false
		for path := range set {
			changed = changed || path == c.Field || strings.HasPrefix(path, c.Field+".")
		}
		if (anew || !changed) && c != (Confirmation{}) {
			kept = append(kept, c)
		}
	}
	return kept
}

const namesTheBatch = "names the batch and cannot change"

// namesBatch tells whether the value at a path names the batch.
func namesBatch(path string) bool { return path == "tenant" || path == "reference" }

// deepCopy is a copy of a value that shares nothing with it.
func deepCopy[T any](value T) (copied T, err error) {
	data, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(data, &copied)
	}
	return copied, err
}

func sortedKeys[V any](values map[string]V) []string { return slices.Sorted(maps.Keys(values)) }

// set parses text and sets the value at a path below a pointer. Faults have the path
// that people use.
func set(root reflect.Value, below, path, text string) Faults {
	at := root
	text = strings.TrimSpace(text)
	for step := range strings.SplitSeq(below, ".") {
		next, problem := child(at, step)
		if problem != "" {
			return Faults{{Field: path, Problem: problem, Remedy: "name a field of the batch format, such as waste.mass or legs.0.from.municipality; of a report also one of an event, such as events.received.mass"}}
		}
		at = next
	}
	if at.Kind() == reflect.Pointer && text != "" {
		at.Set(reflect.New(at.Type().Elem()))
		at = at.Elem()
	}
	return about(path, setText(at, text))
}

// about is what is wrong with the value at a path.
func about(path string, err error) Faults {
	var faults Faults
	if errors.As(err, &faults) {
		for i := range faults {
			faults[i].Field = path
		}
	} else if err != nil {
		faults = Faults{{Field: path, Problem: err.Error()}}
	}
	return faults
}

// fields are the fields of a struct by their names in JSON, including those of
// embedded structs. A field without such a name has its name in Go.
func fields(of reflect.Value) iter.Seq2[string, reflect.Value] {
	return func(yield func(string, reflect.Value) bool) {
		for i := range of.NumField() {
			field := of.Type().Field(i)
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			switch {
			case !field.IsExported() || name == "-":
				continue
			case field.Anonymous && name == "" && field.Type.Kind() == reflect.Struct:
				for name, value := range fields(of.Field(i)) {
					if !yield(name, value) {
						return
					}
				}
				continue
			case name == "":
				name = field.Name
			}
			if !yield(name, of.Field(i)) {
				return
			}
		}
	}
}

// child goes one step down from a struct, a pointer to a struct, or a list. The index
// after the last item of a list adds an item.
func child(at reflect.Value, step string) (next reflect.Value, problem string) {
	if at.Kind() == reflect.Pointer {
		if at.IsNil() {
			at.Set(reflect.New(at.Type().Elem()))
		}
		at = at.Elem()
	}
	switch at.Kind() {
	case reflect.Struct:
		for name, field := range fields(at) {
			if name == step {
				return field, ""
			}
		}
		return at, fmt.Sprintf("there is no field %q", step)
	case reflect.Slice:
		i, err := strconv.Atoi(step)
		if err != nil || i < 0 || i > at.Len() {
			return at, fmt.Sprintf("%q is not an index from 0 to %d", step, at.Len())
		}
		if i == at.Len() {
			at.Set(reflect.Append(at, reflect.Zero(at.Type().Elem())))
		}
		return at.Index(i), ""
	default:
		return at, fmt.Sprintf("is a single value, which has no %q", step)
	}
}

func setText(at reflect.Value, text string) error {
	if text == "" {
		at.SetZero()
		return nil
	}
	switch target := at.Addr().Interface().(type) {
	case *Mass:
		mass, err := ParseMass(text)
		*target = mass
		return err
	case *time.Time:
		moment, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return fmt.Errorf("%q is not a time with zone such as 2026-11-23T08:00:00+01:00", text)
		}
		*target = moment
		return nil
	}
	switch at.Kind() {
	case reflect.String:
		at.SetString(text)
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fmt.Errorf("%q is not a whole number", text)
		}
		at.SetInt(n)
	case reflect.Bool:
		yes, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", text)
		}
		at.SetBool(yes)
	default:
		return fmt.Errorf("is not a single value")
	}
	return nil
}

// Differences are the values, by path, in which another declaration differs, as Set
// accepts them; empty if the other one has no value. A shorter list in the other
// declaration is not reported, because Set cannot shorten a list.
func (d Declaration) Differences(other Declaration) map[string]string {
	return differences(flat(d), flat(other))
}

func differences(was, is map[string]string) map[string]string {
	differ := map[string]string{}
	for path, text := range is {
		if was[path] != text {
			differ[path] = text
		}
	}
	for path := range was {
		if _, there := is[path]; !there {
			differ[path] = ""
		}
	}
	return differ
}

// flat are the single values of a declaration or an event that are not empty, without
// confirmations, which no registry is told.
func flat(value any) map[string]string {
	data, err := json.Marshal(value)
	if err != nil { // a time beyond the year 9999
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var tree any
	if decoder.Decode(&tree) != nil {
		return nil
	}
	found := Flatten(tree)
	maps.DeleteFunc(found, func(path, text string) bool { return text == "" || strings.HasPrefix(path, "confirmed.") })
	return found
}

// Flatten returns the single values of decoded JSON, by path, as Set accepts them. The
// numbers must be json.Number; null is no value.
func Flatten(tree any) map[string]string {
	found := map[string]string{}
	walk(nil, reflect.ValueOf(tree), func(path []string, v reflect.Value) bool {
		switch v.Kind() {
		case reflect.Invalid, reflect.Map, reflect.Slice:
			return true
		}
		text := fmt.Sprint(v)
		if n, ok := reflect.TypeAssert[json.Number](v); ok {
			text = unmistakable(n)
		}
		found[strings.Join(path, ".")] = text
		return false
	})
	return found
}

// unmistakable writes a JSON number so that ParseMass can read it in one way only:
// without exponent, and not with three decimals, which look like thousands.
func unmistakable(n json.Number) string {
	text := n.String()
	if f, err := n.Float64(); err == nil && strings.ContainsAny(text, "eE") {
		text = strconv.FormatFloat(f, 'f', -1, 64)
	}
	if _, decimals, _ := strings.Cut(text, "."); len(decimals) == 3 {
		text += "0"
	}
	return text
}

// walk visits a value and what is in it, at any depth, each with its path and
// without the pointers to it; a null is the zero reflect.Value. Structs and lists
// are visited in their order, maps by name. It does not go deeper if visit returns
// false, nor into bytes, times and maps whose keys are not text. The visitor must not
// keep the path after it returns.
func walk(path []string, v reflect.Value, visit func(path []string, v reflect.Value) (deeper bool)) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !visit(path, v) {
		return
	}
	below := func(step string, v reflect.Value) { walk(append(path, step), v, visit) }
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range v.Len() {
			below(strconv.Itoa(i), v.Index(i))
		}
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String {
			return
		}
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, key := range keys {
			below(key.String(), v.MapIndex(key))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for name, field := range fields(v) {
			below(name, field)
		}
	}
}
