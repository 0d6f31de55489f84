package sluss

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Set puts the value that text holds at a path of the declaration, which is
// written as in its JSON form with points: "waste.mass", "legs.0.to.postcode".
// What is on the way there is made. An empty text clears the value. The error
// is a Fault about that path.
func (d *Declaration) Set(path, text string) error {
	at := reflect.ValueOf(d).Elem()
	for step := range strings.SplitSeq(path, ".") {
		next, problem := child(at, step)
		if problem != "" {
			return Faults{{Field: path, Problem: problem, Remedy: "name a field of the batch format, such as waste.code or legs.0.from.municipality"}}
		}
		at = next
	}
	return about(path, setText(at, strings.TrimSpace(text))).Err()
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

// Corrected is the declaration with the correction in it. The error is Faults.
func (d Declaration) Corrected(c Correction) (Declaration, error) {
	data, err := json.Marshal(d)
	if err != nil {
		return Declaration{}, err
	}
	var corrected Declaration // a deep copy: d's slices stay as they are
	if err := json.Unmarshal(data, &corrected); err != nil {
		return Declaration{}, err
	}
	var faults Faults
	if len(c.Set) == 0 {
		faults = append(faults, Fault{Field: "set", Problem: "the correction changes nothing", Remedy: "give at least one path=value"})
	}
	for _, path := range slices.Sorted(maps.Keys(c.Set)) {
		if path == "tenant" || path == "reference" {
			faults = append(faults, Fault{Field: path, Problem: "names the batch and cannot change", Remedy: "declare a new batch"})
			continue
		}
		if err := corrected.Set(path, c.Set[path]); err != nil {
			var fs Faults
			if fs, _ = err.(Faults); fs == nil { //nolint:errorlint // Set returns Faults as they are
				fs = Faults{{Field: path, Problem: err.Error()}}
			}
			faults = append(faults, fs...)
		}
	}
	return corrected, faults.Err()
}

// child goes one step down from a struct, a pointer to one, or a slice.
func child(at reflect.Value, step string) (next reflect.Value, problem string) {
	if at.Kind() == reflect.Pointer {
		if at.IsNil() {
			at.Set(reflect.New(at.Type().Elem()))
		}
		at = at.Elem()
	}
	switch at.Kind() {
	case reflect.Struct:
		for i := range at.NumField() {
			field := at.Type().Field(i)
			if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name == step {
				return at.Field(i), ""
			}
			if field.Anonymous {
				if within, problem := child(at.Field(i), step); problem == "" {
					return within, ""
				}
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
		return at, fmt.Sprintf("there is nothing below it to name %q", step)
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
