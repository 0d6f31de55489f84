package graphql

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// How the real service words what the parser and the validation here say otherwise.

var (
	scalarSelected = regexp.MustCompile(`^Field "\w+" must not have a selection since type "(\w+)" has no subfields\.$`)
	unknownField   = regexp.MustCompile(`^Cannot query field "\w+" on type "(\w+)"`)
	fieldOfScalar  = regexp.MustCompile(`^Field "\w+" is not defined by type "(\w+)"\.$`)
	fragmentCycle  = regexp.MustCompile(`^Cannot spread fragment "\w+" within itself`)
)

// schemaErrors words the faults of a document that the schema does not allow; a cycle of fragments breaks the real service.
func (s *Schema) schemaErrors(document *ast.QueryDocument, query string, found gqlerror.List) (errs []wireError, breaks bool) {
	isLeaf := func(name string) bool { return s.Types[name] != nil && s.Types[name].IsLeafType() }
	for _, invalid := range found {
		message := invalid.Message
		if of := unknownField.FindStringSubmatch(message); of != nil && isLeaf(of[1]) {
			continue // it is the selection on a scalar that is told
		}
		if of := scalarSelected.FindStringSubmatch(message); of != nil {
			if field := fieldAt(document, invalid); field != nil {
				message = strings.Replace(message, `"`+of[1]+`"`, `"`+field.Definition.Type.String()+`"`, 1)
			}
		}
		if of := fieldOfScalar.FindStringSubmatch(message); of != nil && of[1] == "Boolean" {
			message = "Boolean cannot represent a non boolean value: " + literalAt(query, invalid)
		}
		breaks = breaks || fragmentCycle.MatchString(message)
		errs = append(errs, fromParser(invalid, message))
	}
	return errs, breaks
}

// fieldAt is the field that an error is about.
func fieldAt(document *ast.QueryDocument, at *gqlerror.Error) *ast.Field {
	var found *ast.Field
	var walk func(ast.SelectionSet)
	walk = func(selected ast.SelectionSet) {
		for _, selection := range selected {
			if field, ok := selection.(*ast.Field); ok {
				if len(at.Locations) > 0 && field.Position.Line == at.Locations[0].Line && field.Position.Column == at.Locations[0].Column {
					found = field
				}
				walk(field.SelectionSet)
			}
		}
	}
	for _, operation := range document.Operations {
		walk(operation.SelectionSet)
	}
	return found
}

var literalObject = regexp.MustCompile(`\{[^{}]*\}`)

// literalAt is the object around the place of an error, as the real service prints it.
func literalAt(query string, at *gqlerror.Error) string {
	for number, line := range strings.Split(query, "\n") {
		for _, place := range literalObject.FindAllStringIndex(line, -1) {
			if len(at.Locations) > 0 && at.Locations[0].Line == number+1 && place[0] < at.Locations[0].Column && at.Locations[0].Column <= place[1] {
				return strings.ReplaceAll(strings.ReplaceAll(line[place[0]:place[1]], " ", ""), ":", ": ")
			}
		}
	}
	return "{}"
}

// order is the key under which an object that was sent keeps the order of its keys. No field of the schema has this name.
const order = "\x00order"

// decode reads JSON as encoding/json does, and keeps the order of keys: errors print values as they were sent.
func decode(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
		list := []any{}
		for decoder.More() {
			item, err := decode(decoder)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		_, err = decoder.Token()
		return list, err
	case json.Delim('{'):
		object, keys := map[string]any{}, []string{}
		for decoder.More() {
			key, err := decoder.Token()
			if err != nil {
				return nil, err
			}
			name, _ := key.(string)
			if object[name], err = decode(decoder); err != nil {
				return nil, err
			}
			keys = append(keys, name)
		}
		object[order] = keys
		_, err = decoder.Token()
		return object, err
	}
	return token, nil
}

// inspect shows a value in an error, two levels deep.
func inspect(value any, depth int) string {
	switch value := value.(type) {
	case map[string]any:
		if depth == 2 {
			return "[Object]"
		}
		fields := make([]string, 0, len(value))
		keys, sent := value[order].([]string)
		if !sent {
			keys = slices.Sorted(maps.Keys(value))
		}
		for _, name := range keys {
			fields = append(fields, name+": "+inspect(value[name], depth+1))
		}
		return "{ " + strings.Join(fields, ", ") + " }"
	case []any:
		if depth == 2 {
			return "[Array]"
		}
		items := make([]string, 0, len(value))
		for _, item := range value {
			items = append(items, inspect(item, depth+1))
		}
		return "[" + strings.Join(items, ", ") + "]"
	default:
		raw, err := json.Marshal(value)
		if err != nil {
			return fmt.Sprint(value)
		}
		return string(raw)
	}
}
