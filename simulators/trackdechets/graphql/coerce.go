package graphql

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"

	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// Coercion turns variables and literals into plain values: string, float64, bool, nil, []any, map[string]any.
// Date-times become their wire form.
type Coercion struct {
	Schema *Schema
	Zone   *time.Location // of date-times without zone
}

// Problem is one value that does not fit its type.
type Problem struct {
	value   any
	Path    string
	Message string
}

// variables coerces what was sent for an operation's variables; every fault is one error.
func (c Coercion) variables(definitions ast.VariableDefinitionList, sent map[string]any) (map[string]any, []wireError) {
	values := map[string]any{}
	var errs []wireError
	for _, definition := range definitions {
		value, ok := sent[definition.Variable]
		if !ok && definition.DefaultValue != nil {
			value, ok = literal(definition.DefaultValue, nil)
		}
		if !ok {
			if definition.Type.NonNull {
				errs = append(errs, variableError(definition,
					fmt.Sprintf("Variable \"$%s\" of required type \"%s\" was not provided.", definition.Variable, definition.Type)))
			}
			continue
		}
		if value == nil && definition.Type.NonNull {
			errs = append(errs, variableError(definition, fmt.Sprintf("Variable \"$%s\" of non-null type \"%s\" must not be null.", definition.Variable, definition.Type)))
			continue
		}
		coerced, problems := c.value(definition.Type, value, definition.Variable)
		for _, p := range problems {
			where := ""
			if p.Path != definition.Variable {
				where = fmt.Sprintf(" at \"%s\"", p.Path)
			}
			errs = append(errs, variableError(definition,
				fmt.Sprintf("Variable \"$%s\" got invalid value %s%s; %s", definition.Variable, inspect(p.value, 0), where, p.Message)))
		}
		values[definition.Variable] = coerced
	}
	return values, errs
}

func variableError(definition *ast.VariableDefinition, message string) wireError {
	return wireError{Message: message, Locations: locate(definition.Position), Extensions: map[string]any{"code": refusal.BadUserInput}}
}

// arguments coerces a field's arguments; absent ones stay absent.
func (c Coercion) arguments(field *ast.Field, variables map[string]any) (map[string]any, []wireError) {
	args := map[string]any{}
	var errs []wireError
	for _, definition := range field.Definition.Arguments {
		sent := field.Arguments.ForName(definition.Name)
		if sent == nil {
			continue
		}
		value, ok := literal(sent.Value, variables)
		if !ok {
			continue
		}
		coerced, problems := c.value(definition.Type, value, definition.Name)
		for _, p := range problems {
			errs = append(errs, wireError{Message: p.Message, Locations: locate(sent.Position), Extensions: map[string]any{"code": refusal.BadUserInput}})
		}
		args[definition.Name] = coerced
	}
	return args, errs
}

// literal reads a value written in the query; false means an absent variable.
func literal(v *ast.Value, variables map[string]any) (any, bool) {
	switch v.Kind {
	case ast.Variable:
		value, ok := variables[v.Raw]
		return value, ok
	case ast.IntValue, ast.FloatValue:
		n, err := strconv.ParseFloat(v.Raw, 64)
		return n, err == nil
	case ast.BooleanValue:
		return v.Raw == "true", true
	case ast.NullValue:
		return nil, true
	case ast.ListValue:
		items := make([]any, 0, len(v.Children))
		for _, child := range v.Children {
			item, _ := literal(child.Value, variables)
			items = append(items, item)
		}
		return items, true
	case ast.ObjectValue:
		fields := map[string]any{}
		for _, child := range v.Children {
			if value, ok := literal(child.Value, variables); ok {
				fields[child.Name] = value
			}
		}
		return fields, true
	case ast.StringValue, ast.BlockValue, ast.EnumValue:
		return v.Raw, true
	default:
		return nil, false
	}
}

func (c Coercion) value(t *ast.Type, value any, path string) (any, []Problem) {
	if value == nil {
		if t.NonNull {
			return nil, []Problem{{nil, path, fmt.Sprintf("Expected non-nullable type \"%s\" not to be null.", t)}}
		}
		return nil, nil
	}
	if t.Elem != nil {
		return c.list(t, value, path)
	}
	definition := c.Schema.Types[t.NamedType]
	if definition.Kind == ast.InputObject {
		return c.Object(definition, value, path)
	}
	if definition.Kind == ast.Enum {
		name, ok := value.(string)
		if !ok {
			return nil, []Problem{{value, path, fmt.Sprintf("Enum \"%s\" cannot represent non-string value: %s.", t.NamedType, inspect(value, 0))}}
		}
		if definition.EnumValues.ForName(name) == nil {
			known := make([]string, len(definition.EnumValues))
			for i, value := range definition.EnumValues {
				known[i] = value.Name
			}
			return nil, []Problem{{value, path, fmt.Sprintf("Value %s does not exist in \"%s\" enum.", inspect(value, 0), t.NamedType) + suggestion("the enum value ", name, known)}}
		}
		return name, nil
	}
	coerced, message := c.scalar(t.NamedType, value)
	if message != "" {
		return nil, []Problem{{value, path, message}}
	}
	return coerced, nil
}

func (c Coercion) list(t *ast.Type, value any, path string) (any, []Problem) {
	sent, ok := value.([]any)
	if !ok {
		sent = []any{value}
	}
	items := make([]any, len(sent))
	var problems []Problem
	for i, item := range sent {
		coerced, found := c.value(t.Elem, item, fmt.Sprintf("%s[%d]", path, i))
		items[i] = coerced
		problems = append(problems, found...)
	}
	return items, problems
}

// Object coerces a value to an input object; path is where it stands in the request.
func (c Coercion) Object(definition *ast.Definition, value any, path string) (any, []Problem) {
	sent, ok := value.(map[string]any)
	if !ok {
		return nil, []Problem{{value, path, fmt.Sprintf("Expected type \"%s\" to be an object.", definition.Name)}}
	}
	fields := map[string]any{}
	var problems []Problem
	for _, field := range definition.Fields {
		inner, ok := sent[field.Name]
		if !ok {
			if field.Type.NonNull && field.DefaultValue == nil {
				problems = append(problems, Problem{
					value, path,
					fmt.Sprintf("Field \"%s\" of required type \"%s\" was not provided.", field.Name, field.Type),
				})
			}
			continue
		}
		coerced, found := c.value(field.Type, inner, path+"."+field.Name)
		fields[field.Name] = coerced
		problems = append(problems, found...)
	}
	known := make([]string, len(definition.Fields))
	for i, field := range definition.Fields {
		known[i] = field.Name
	}
	for _, name := range keysOf(sent) {
		if name != order && definition.Fields.ForName(name) == nil {
			problems = append(problems, Problem{
				value, path,
				fmt.Sprintf("Field \"%s\" is not defined by type \"%s\".", name, definition.Name) + suggestion("", name, known),
			})
		}
	}
	return fields, problems
}

// scalar answers the coerced value, or what is wrong with it.
func (c Coercion) scalar(name string, value any) (coerced any, message string) {
	n, isNumber := value.(float64)
	s, isText := value.(string)
	switch name {
	case "Int":
		if !isNumber || n != math.Trunc(n) {
			return nil, "Int cannot represent non-integer value: " + inspect(value, 0)
		}
		if n > math.MaxInt32 || n < math.MinInt32 {
			return nil, "Int cannot represent non 32-bit signed integer value: " + inspect(value, 0)
		}
		return n, ""
	case "Float":
		if !isNumber {
			return nil, "Float cannot represent non numeric value: " + inspect(value, 0)
		}
		return n, ""
	case "Boolean":
		if _, ok := value.(bool); !ok {
			return nil, "Boolean cannot represent a non boolean value: " + inspect(value, 0)
		}
		return value, ""
	case "ID":
		if isNumber && n == math.Trunc(n) {
			return strconv.FormatFloat(n, 'f', -1, 64), ""
		}
		if !isText {
			return nil, "ID cannot represent value: " + inspect(value, 0)
		}
		return s, ""
	case "DateTime":
		t, ok := tree.ParseTime(s, c.Zone)
		if !ok {
			return nil, fmt.Sprintf("Seul les chaînes de caractères au format ISO 8601 sont acceptées en tant que date. Reçu %v.", value)
		}
		return tree.FormatTime(t), ""
	default:
		if !isText {
			return nil, "String cannot represent a non string value: " + inspect(value, 0)
		}
		return s, ""
	}
}

// suggestion is the end of a message that names what may have been meant.
func suggestion(what, name string, known []string) string {
	close := core.SuggestionList(name, known)
	if len(close) == 0 {
		return ""
	}
	return " Did you mean " + what + core.QuotedOrList(close...) + "?"
}

// keysOf are the keys of an object in the order in which they were sent, if that is known.
func keysOf(object map[string]any) []string {
	if sent, ok := object[order].([]string); ok {
		return sent
	}
	return slices.Sorted(maps.Keys(object))
}

func locate(position *ast.Position) []location {
	if position == nil {
		return nil
	}
	return []location{{position.Line, position.Column}}
}
