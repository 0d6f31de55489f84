package trackdechets

import (
	"maps"
	"slices"
	"strings"
)

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

// at follows a dotted path through nested maps; nil where it ends early.
func at(data map[string]any, path string) any {
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

func text(data map[string]any, path string) string {
	value, _ := at(data, path).(string)
	return value
}

func number(data map[string]any, path string) (float64, bool) {
	value, ok := at(data, path).(float64)
	return value, ok
}

func truth(data map[string]any, path string) bool {
	value, _ := at(data, path).(bool)
	return value
}

func list(data map[string]any, path string) []any {
	value, _ := at(data, path).([]any)
	return value
}

func object(data map[string]any, path string) map[string]any {
	value, _ := at(data, path).(map[string]any)
	return value
}

// merge lays an input over a document: objects field by field, everything else whole.
func merge(into, input map[string]any) {
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
		merge(target, inner)
	}
}

// put sets the value at a dotted path, making the objects on the way.
func put(data map[string]any, path string, value any) {
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

// objects are the objects of a list, in order.
func objects(data map[string]any, path string) []map[string]any {
	var found []map[string]any
	for _, entry := range list(data, path) {
		if object, ok := entry.(map[string]any); ok {
			found = append(found, object)
		}
	}
	return found
}
