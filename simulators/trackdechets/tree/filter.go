package tree

import (
	"slices"
	"strings"
)

// Fits says whether a document on the wire fits a filter. A filter is a tree like the document's own, with null for what
// must not be there, plain values, or operators (their names start with an underscore) at its leaves.
func Fits(where map[string]any, value any) bool {
	if make, ok := value.(Later); ok {
		value = make()
	}
	for key, wanted := range where {
		if !fitsKey(key, wanted, value) {
			return false
		}
	}
	return true
}

func fitsKey(key string, wanted, value any) bool {
	branch := func(entry any) bool {
		inner, _ := entry.(map[string]any)
		return Fits(inner, value)
	}
	branches, _ := wanted.([]any)
	switch key {
	case "_and":
		return !slices.ContainsFunc(branches, func(entry any) bool { return !branch(entry) })
	case "_or":
		return slices.ContainsFunc(branches, branch)
	case "_not":
		return !branch(wanted)
	}
	if strings.HasPrefix(key, "_") {
		return fitsOperator(key, wanted, value)
	}
	if many, ok := value.([]any); ok {
		return slices.ContainsFunc(many, func(one any) bool { return fitsKey(key, wanted, one) })
	}
	data, _ := value.(map[string]any)
	found := data[key]
	if make, ok := found.(Later); ok {
		found = make()
	}
	switch wanted := wanted.(type) {
	case nil:
		return Blank(found)
	case map[string]any:
		return Fits(wanted, found)
	case bool:
		holds, _ := found.(bool)
		return holds == wanted
	default:
		return found == wanted
	}
}

func fitsOperator(operator string, wanted, value any) bool {
	if wanted == nil && operator != "_eq" {
		return true
	}
	many, _ := value.([]any)
	options, _ := wanted.([]any)
	has := func(option any) bool { return slices.Contains(many, option) }
	switch operator {
	case "_eq":
		return value == wanted || (wanted == nil && Blank(value))
	case "_in":
		return slices.Contains(options, value)
	case "_contains":
		return strings.Contains(strings.ToLower(asText(value)), strings.ToLower(asText(wanted)))
	case "_has":
		return has(wanted)
	case "_hasSome":
		return slices.ContainsFunc(options, has)
	case "_hasEvery":
		return !slices.ContainsFunc(options, func(option any) bool { return !has(option) })
	case "_itemContains":
		return slices.ContainsFunc(many, func(item any) bool { return strings.Contains(asText(item), asText(wanted)) })
	case "_gt":
		return value != nil && compare(value, wanted) > 0
	case "_gte":
		return value != nil && compare(value, wanted) >= 0
	case "_lt":
		return value != nil && compare(value, wanted) < 0
	case "_lte":
		return value != nil && compare(value, wanted) <= 0
	}
	return false
}

func asText(value any) string {
	written, _ := value.(string)
	return written
}

// compare orders numbers by size and date-times, which all have one form on the wire, as text.
func compare(one, other any) int {
	left, ok := one.(float64)
	right, ok2 := other.(float64)
	if ok && ok2 {
		switch {
		case left < right:
			return -1
		case left > right:
			return 1
		}
		return 0
	}
	return strings.Compare(asText(one), asText(other))
}
