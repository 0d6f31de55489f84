package drift

import (
	"fmt"
	"maps"
	"reflect"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"sluss/registries/trackdechets/documents"
	"sluss/registries/trackdechets/wire"
)

// usage is what of the contract our calls use.
var usage = sync.OnceValues(func() (map[string]item, error) {
	schema, err := wire.Contract()
	if err != nil {
		return nil, err
	}
	forms, err := wire.Operations()
	if err != nil {
		return nil, err
	}
	others, err := documents.Operations()
	if err != nil {
		return nil, err
	}
	r := reader{schema, map[string]item{}, map[string]bool{}}
	for _, text := range append(others, forms...) {
		query, wrong := gqlparser.LoadQueryWithRules(schema, text, rules.NewDefaultRules())
		if len(wrong) > 0 {
			return nil, fmt.Errorf("read our operations: %w", wrong)
		}
		for _, operation := range query.Operations {
			r.selection(operation.SelectionSet)
		}
	}
	return r.used, nil
})

// reader collects what is used.
type reader struct {
	schema *ast.Schema
	used   map[string]item
	seen   map[string]bool // inputs, with whether it is known which of their fields are sent
}

func (r reader) selection(set ast.SelectionSet) {
	for _, one := range set {
		f, is := one.(*ast.Field)
		if !is || f.Definition == nil || strings.HasPrefix(f.Name, "__") {
			continue
		}
		list, key := f.ObjectDefinition.Name, f.ObjectDefinition.Name+"."+f.Name
		r.used[key] = item{field, list, f.Name, f.Definition.Type.String(), true, false}
		for _, a := range f.Arguments {
			if d := f.Definition.Arguments.ForName(a.Name); d != nil {
				r.used[key+"("+a.Name] = item{argument, list, f.Name, d.Type.String(), true, false}
				r.input(d.Type.Name(), wire.Inputs[d.Type.Name()])
			}
		}
		r.enum(f.Definition.Type.Name(), false)
		r.selection(f.SelectionSet)
	}
}

func (r reader) enum(name string, sent bool) {
	t := r.schema.Types[name]
	if t == nil || t.Kind != ast.Enum {
		return
	}
	sent = sent || r.used[name].needed
	r.used[name] = item{kind: owner, list: name, needed: sent}
	for _, v := range t.EnumValues {
		r.used[name+"="+v.Name] = item{kind: value, list: name, code: v.Name, needed: sent}
	}
}

// input notes an input with all below it; ours is our own type for it, or nil.
func (r reader) input(name string, ours reflect.Type) {
	t := r.schema.Types[name]
	r.enum(name, true)
	below := jsonFields(ours)
	known, seen := r.seen[name]
	if t == nil || t.Kind != ast.InputObject || seen && (known || below == nil) {
		return
	}
	r.seen[name] = below != nil
	r.used[name] = item{kind: owner, list: name, needed: true}
	for _, f := range t.Fields {
		inner, sent := below[f.Name]
		r.used[name+"."+f.Name] = item{input, name, f.Name, f.Type.String(), sent || below == nil, false}
		if sent || below == nil {
			r.input(f.Type.Name(), inner)
		}
	}
}

// jsonFields are the JSON names of a struct's fields with what is below each; nil where
// it is no struct of ours.
func jsonFields(t reflect.Type) map[string]reflect.Type {
	for t != nil && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice) {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	fields := map[string]reflect.Type{}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			maps.Copy(fields, jsonFields(f.Type))
		} else if name != "" && name != "-" {
			fields[name] = f.Type
		}
	}
	return fields
}
