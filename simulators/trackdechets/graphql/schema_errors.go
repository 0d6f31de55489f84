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

// The real service's texts for errors that the parser and the validation here word differently.

var (
	scalarSelected = regexp.MustCompile(`^Field "\w+" must not have a selection since type "(\w+)" has no subfields\.$`)
	unknownField   = regexp.MustCompile(`^Cannot query field "\w+" on type "(\w+)"`)
	fieldOfScalar  = regexp.MustCompile(`^Field "\w+" is not defined by type "(\w+)"\.$`)
	// A variable whose type is not known fits nowhere, but that is not told; the enum of a list's elements is named bare.
	misplacedVariable = regexp.MustCompile(`^Variable "\$\w+" of type "\[?(\w+)[!\]]*" used in position`)
	enumOfElements    = regexp.MustCompile(`((?:in|Enum) ")(\w+)!" (enum|cannot)`)
	fragmentCycle     = regexp.MustCompile(`^Cannot spread fragment "\w+" within itself`)
)

// schemaErrors are the errors of a document that the schema does not allow, in the
// real service's words; a cycle of fragments breaks the real service.
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
		if of := misplacedVariable.FindStringSubmatch(message); of != nil && s.Types[of[1]] == nil {
			continue // it is the unknown type that is told
		}
		message = enumOfElements.ReplaceAllString(message, `$1$2" $3`)
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

// mostInspected is how many entries of a list an error shows.
const mostInspected = 10

// inspect shows a value in an error, two levels deep.
func inspect(value any, depth int) string {
	switch value := value.(type) {
	case map[string]any:
		if len(value) == 0 || (len(value) == 1 && value[order] != nil) {
			return "{}"
		}
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
		if len(value) == 0 {
			return "[]"
		}
		if depth == 2 {
			return "[Array]"
		}
		shown := value[:min(len(value), mostInspected)]
		items := make([]string, 0, len(shown))
		for _, item := range shown {
			items = append(items, inspect(item, depth+1))
		}
		switch left := len(value) - len(shown); {
		case left == 1:
			items = append(items, "... 1 more item")
		case left > 1:
			items = append(items, fmt.Sprintf("... %d more items", left))
		}
		return "[" + strings.Join(items, ", ") + "]"
	default:
		var written strings.Builder
		encoder := json.NewEncoder(&written)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(value); err != nil {
			return fmt.Sprint(value)
		}
		return strings.TrimSuffix(written.String(), "\n")
	}
}
