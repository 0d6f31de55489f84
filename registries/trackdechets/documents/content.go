package documents

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"sluss"
	"sluss/registries/trackdechets/wire"
)

// Content is what a document says, or what is to be changed of it, in the
// registry's own words: the input of the kind in the public schema, such as
// BsvhuInput. What is not there stays as it is; null takes away. Moments without a
// zone are taken for French time by the registry: give one.
type Content map[string]any

// fitted is a content as plain JSON values, with where it does not fit an input of
// the schema.
func fitted(input string, content Content) (map[string]any, sluss.Faults) {
	raw, err := json.Marshal(content)
	if err != nil {
		return nil, sluss.Faults{{Problem: "is not JSON: " + err.Error(), Remedy: "give plain values"}}
	}
	plain := map[string]any{}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber() // decimals go out as they came
	schema, unread := wire.Contract()
	if err := decoder.Decode(&plain); err != nil || unread != nil || schema.Types[input] == nil {
		return nil, sluss.Faults{{Problem: "there is no document of this kind", Remedy: "give one of BSDA, BSDASRI, BSFF, BSVHU, BSPAOH"}}
	}
	c := fitting{schema: schema}
	c.object(schema.Types[input], plain, "")
	return plain, c.faults
}

// fitting looks at a value beside its type, and collects what does not fit.
type fitting struct {
	schema *ast.Schema
	faults sluss.Faults
}

func (c *fitting) fault(path, problem, remedy string) {
	c.faults = append(c.faults, sluss.Fault{Field: path, Problem: problem, Remedy: remedy})
}

func (c *fitting) object(t *ast.Definition, value map[string]any, path string) {
	for _, name := range slices.Sorted(maps.Keys(value)) {
		field := t.Fields.ForName(name)
		if field == nil {
			c.fault(inside(path, name), "Trackdéchets has no such field", "give one of: "+fieldNames(t))
			continue
		}
		c.value(field.Type, value[name], inside(path, name))
	}
	for _, field := range t.Fields {
		if _, given := value[field.Name]; field.Type.NonNull && field.DefaultValue == nil && !given {
			c.fault(inside(path, field.Name), "is missing", "give it")
		}
	}
}

func (c *fitting) value(t *ast.Type, value any, path string) {
	switch {
	case value == nil:
		if t.NonNull {
			c.fault(path, "is empty", "give it, or leave out what it is in")
		}
	case t.Elem != nil:
		many, ok := value.([]any)
		if !ok {
			many = []any{value} // the registry takes one for a list of one
		}
		for i, one := range many {
			at := path
			if ok {
				at = inside(path, strconv.Itoa(i))
			}
			c.value(t.Elem, one, at)
		}
	default:
		c.named(c.schema.Types[t.NamedType], value, path)
	}
}

func (c *fitting) named(t *ast.Definition, value any, path string) {
	text, isText := value.(string)
	switch t.Kind { //nolint:exhaustive // an input holds no other
	case ast.InputObject:
		inner, ok := value.(map[string]any)
		if !ok {
			c.fault(path, "is not an object", "give the fields: "+fieldNames(t))
			return
		}
		c.object(t, inner, path)
	case ast.Enum:
		var names []string
		for _, one := range t.EnumValues {
			names = append(names, one.Name)
		}
		if !slices.Contains(names, text) {
			c.fault(path, "is none of the registry's words", "give one of: "+strings.Join(names, ", "))
		}
	default:
		if want := scalar(t.Name, value, text, isText); want != "" {
			c.fault(path, "is not "+want, "give "+want)
		}
	}
}

// scalar says what a value should be; empty: it is.
func scalar(name string, value any, text string, isText bool) string {
	number, isNumber := value.(json.Number)
	switch name {
	case "Int":
		if n, err := strconv.ParseFloat(number.String(), 64); !isNumber || err != nil || n != math.Trunc(n) || math.Abs(n) > math.MaxInt32 {
			return "a whole number"
		}
	case "Float":
		if !isNumber {
			return "a number"
		}
	case "Boolean":
		if _, ok := value.(bool); !ok {
			return "true or false"
		}
	case "DateTime":
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateOnly} {
			if _, err := time.Parse(layout, text); err == nil {
				return ""
			}
		}
		return "a moment such as 2026-11-22T10:00:00Z"
	case "ID", "String", "URL":
		if !isText {
			return "a text"
		}
	}
	return ""
}

func inside(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func fieldNames(t *ast.Definition) string {
	var names []string
	for _, field := range t.Fields {
		names = append(names, field.Name)
	}
	return strings.Join(names, ", ")
}

// at is the value at a dotted path; nil where there is none.
func (c Content) at(path string) any {
	var value any = map[string]any(c)
	for part := range strings.SplitSeq(path, ".") {
		inner, _ := value.(map[string]any)
		value = inner[part]
	}
	return value
}

func (c Content) text(path string) string {
	text, _ := c.at(path).(string)
	return text
}

func (c Content) is(path string) bool {
	truth, _ := c.at(path).(bool)
	return truth
}

// leaves are the paths of the values that a content holds; a list is one value,
// and so is an empty object.
func leaves(value map[string]any, path string) (all []string) {
	for _, name := range slices.Sorted(maps.Keys(value)) {
		if inner, ok := value[name].(map[string]any); ok && len(inner) > 0 {
			all = append(all, leaves(inner, inside(path, name))...)
			continue
		}
		all = append(all, inside(path, name))
	}
	return all
}

// referencePath is where a document of the kind holds our reference: its free text
// is that of who makes it.
func (k kind) referencePath(content Content) string {
	switch {
	case k.customID:
		return "customId"
	case !isBlank(content["synthesizing"]):
		return "transporter.customInfo"
	}
	return "emitter.customInfo"
}

// putReference writes our reference where the kind has room for it; a content
// that fills that place itself is at fault.
func (k kind) putReference(content map[string]any, reference string) sluss.Faults {
	path := k.referencePath(content)
	if reference == "" || !sluss.ValidReference.MatchString(reference) {
		return sluss.Faults{{Field: path, Problem: "a document needs a reference of ours, by which it is found again", Remedy: "give letters, digits, points, hyphens and underscores, 40 at most"}}
	}
	if held := Content(content).at(path); held != nil && held != reference {
		return sluss.Faults{{Field: path, Problem: "is where our reference stands, by which the document is found again", Remedy: "leave it out"}}
	}
	party, field, nested := strings.Cut(path, ".")
	if !nested {
		content[path] = reference
		return nil
	}
	holder, ok := content[party].(map[string]any)
	if !ok {
		holder = map[string]any{}
		content[party] = holder
	}
	holder[field] = reference
	return nil
}
