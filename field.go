package sluss

import (
	"reflect"
	"regexp"
	"strings"
	"time"
)

// index is a list index in a path.
var index = regexp.MustCompile(`\.\d+\b`)

// FieldType is the type of the single value at a path of a declaration, whatever the
// indexes of lists in it. False if there is no such value.
func FieldType(path string) (of reflect.Type, ok bool) { return FieldTypeOf[Declaration](path) }

// FieldTypeOf is FieldType for another struct than a declaration.
func FieldTypeOf[T any](path string) (of reflect.Type, ok bool) {
	at := reflect.ValueOf(new(T))
	for step := range strings.SplitSeq(index.ReplaceAllString(path, ".0"), ".") {
		next, problem := child(at, step)
		if problem != "" {
			return nil, false
		}
		at = next
	}
	of = at.Type()
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	single := of.Kind() != reflect.Slice && (of.Kind() != reflect.Struct || of == reflect.TypeFor[time.Time]())
	return of, single
}
