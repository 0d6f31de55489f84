// Package tree works on values as JSON has them: string, float64, bool, nil, []any, map[string]any. Paths are dotted:
// "emitter.company.siret".
package tree

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Later is a value that is made when a query asks for it.
type Later func() any

// Clone copies a value with all that is in it.
func Clone[T any](value T) T {
	copied, _ := clone(value).(T)
	return copied
}

func clone(value any) any {
	switch value := value.(type) {
	case map[string]any:
		copied := maps.Clone(value)
		for key, inner := range copied {
			copied[key] = clone(inner)
		}
		return copied
	case []any:
		copied := slices.Clone(value)
		for i, inner := range copied {
			copied[i] = clone(inner)
		}
		return copied
	default:
		return value
	}
}

// At follows a path through nested objects; nil where it ends early.
func At(data map[string]any, path string) any {
	var value any = data
	for key := range strings.SplitSeq(path, ".") {
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[key]
	}
	return value
}

// Text is the string at a path; empty where there is none.
func Text(data map[string]any, path string) string {
	value, _ := At(data, path).(string)
	return value
}

// Number is the number at a path.
func Number(data map[string]any, path string) (float64, bool) {
	value, ok := At(data, path).(float64)
	return value, ok
}

// Truth says whether true stands at a path.
func Truth(data map[string]any, path string) bool {
	value, _ := At(data, path).(bool)
	return value
}

// List is the list at a path; nil where there is none.
func List(data map[string]any, path string) []any {
	value, _ := At(data, path).([]any)
	return value
}

// Object is the object at a path, not a copy; nil where there is none.
func Object(data map[string]any, path string) map[string]any {
	value, _ := At(data, path).(map[string]any)
	return value
}

// Objects are the objects of the list at a path, in order.
func Objects(data map[string]any, path string) []map[string]any {
	var found []map[string]any
	for _, entry := range List(data, path) {
		if object, ok := entry.(map[string]any); ok {
			found = append(found, object)
		}
	}
	return found
}

// Texts are the strings of the list at a path, in order.
func Texts(data map[string]any, path string) []string {
	var found []string
	for _, entry := range List(data, path) {
		if text, ok := entry.(string); ok {
			found = append(found, text)
		}
	}
	return found
}

// Anys are texts as a list of values.
func Anys(texts []string) []any {
	values := make([]any, len(texts))
	for i, value := range texts {
		values[i] = value
	}
	return values
}

// Merge lays an input over data: objects field by field, everything else whole.
func Merge(into, input map[string]any) {
	for key, value := range input {
		inner, isObject := value.(map[string]any)
		if !isObject {
			into[key] = clone(value)
			continue
		}
		target, ok := into[key].(map[string]any)
		if !ok {
			target = map[string]any{}
			into[key] = target
		}
		Merge(target, inner)
	}
}

// Put sets the value at a path, making the objects on the way.
func Put(data map[string]any, path string, value any) {
	for {
		key, rest, nested := strings.Cut(path, ".")
		if !nested {
			data[key] = value
			return
		}
		inner, ok := data[key].(map[string]any)
		if !ok {
			inner = map[string]any{}
			data[key] = inner
		}
		data, path = inner, rest
	}
}

// Delete takes the value at a path away.
func Delete(data map[string]any, path string) {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		data, path = Object(data, path[:i]), path[i+1:]
	}
	delete(data, path)
}

// Same compares field by field; nothing, null, "" and an empty list are the same.
func Same(a, b any) bool {
	if Blank(a) && Blank(b) {
		return true
	}
	left, ok := a.(map[string]any)
	right, ok2 := b.(map[string]any)
	if !ok || !ok2 {
		return reflect.DeepEqual(a, b)
	}
	for key := range left {
		if !Same(left[key], right[key]) {
			return false
		}
	}
	for key := range right {
		if _, known := left[key]; !known && !Blank(right[key]) {
			return false
		}
	}
	return true
}

// Blank says whether a value is nothing: null, "" or an empty list.
func Blank(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return value == ""
	case []any:
		return len(value) == 0
	default:
		return false
	}
}

// Empty says whether an input has no value but false anywhere in it.
func Empty(value any) bool {
	object, ok := value.(map[string]any)
	if !ok {
		return value == nil || value == false
	}
	for _, inner := range object {
		if !Empty(inner) {
			return false
		}
	}
	return true
}

// Changes are the fields of after that differ from before, with their new values: objects field by field. It is nil when
// none differs.
func Changes(before, after map[string]any) map[string]any {
	changed := map[string]any{}
	for key, value := range after {
		if old, had := before[key]; (had && Same(old, value)) || (!had && value == nil) {
			continue
		}
		old, wasObject := before[key].(map[string]any)
		if inner, isObject := value.(map[string]any); isObject && wasObject {
			if fields := Changes(old, inner); fields != nil {
				changed[key] = fields
			}
			continue
		}
		changed[key] = clone(value)
	}
	if len(changed) == 0 {
		return nil
	}
	return changed
}
