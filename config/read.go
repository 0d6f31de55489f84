package config

import (
	"encoding"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"sluss"
)

// reader reads one configuration and collects what is wrong with it.
type reader struct {
	lines     map[string]int    // of the keys that the file gives
	variables map[string]string // that give a key in its place
	faulty    map[string]bool   // keys and variables
	faults    sluss.Faults
}

func newReader() *reader {
	return &reader{lines: map[string]int{}, variables: map[string]string{}, faulty: map[string]bool{}}
}

// fault adds a fault of a key, with its line, or of the variable that overrides it.
// Later faults of the same value are dropped, because they follow from the first.
func (r *reader) fault(key, problem, remedy string) {
	if variable := r.variables[key]; variable != "" {
		key = variable
	} else if line := r.lines[key]; line > 0 {
		problem = fmt.Sprintf("line %d: %s", line, problem)
	}
	if r.faulty[key] {
		return
	}
	r.faulty[key] = true
	r.faults = append(r.faults, sluss.Fault{Field: key, Problem: problem, Remedy: remedy})
}

func (r *reader) file(name string, c *Config) {
	data, err := os.ReadFile(name)
	if err != nil {
		r.fault("", "the file cannot be read: "+reason(err), "write one after docs/configuration.md, or leave --config and SLUSS_CONFIG out")
		return
	}
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		r.fault("", strings.TrimPrefix(err.Error(), "yaml: "), "it must be YAML, as in docs/configuration.md")
		return
	}
	if len(document.Content) == 0 {
		return // empty, or nothing but comments
	}
	folder, err := filepath.Abs(filepath.Dir(name))
	if err != nil {
		r.fault("", err.Error(), "")
		return
	}
	root := document.Content[0]
	absolute(root, folder)
	r.decode(root, reflect.ValueOf(c).Elem(), "")
}

// reason is an error of the operating system without the name of the file.
func reason(err error) string {
	if inner := (*fs.PathError)(nil); errors.As(err, &inner) {
		return inner.Err.Error()
	}
	return err.Error()
}

// absolute joins relative names of files with the folder. Values are names of files
// if their key ends in _file or _dir, or is in a list of tokens.
func absolute(node *yaml.Node, folder string) {
	if node.Kind != yaml.MappingNode {
		for _, child := range node.Content {
			absolute(child, folder)
		}
		return
	}
	for i := 1; i < len(node.Content); i += 2 {
		name, value := node.Content[i-1].Value, node.Content[i]
		switch {
		case value.Kind == yaml.ScalarNode && (strings.HasSuffix(name, "_file") || strings.HasSuffix(name, "_dir")):
			start(value, folder)
		case value.Kind == yaml.MappingNode && name == "tokens":
			for j := 1; j < len(value.Content); j += 2 {
				start(value.Content[j], folder)
			}
		default:
			absolute(value, folder)
		}
	}
}

func start(name *yaml.Node, folder string) {
	if name.Value != "" && name.Tag != "!!null" && !filepath.IsAbs(name.Value) {
		name.Value = filepath.Join(folder, name.Value)
	}
}

// ReadRegistries decodes the part about registries into a type of another package, as
// strictly as the rest. If there is no such part, target is not changed.
func (c Config) ReadRegistries(target any) error {
	if c.Registries.IsZero() {
		return nil
	}
	r := newReader()
	r.decode(&c.Registries, reflect.ValueOf(target).Elem(), "registries")
	return r.faults.Err()
}

// decode decodes a part of a document. Unlike the library, it reports every fault with its key.
func (r *reader) decode(node *yaml.Node, target reflect.Value, key string) {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	switch {
	case target.Type() == reflect.TypeFor[yaml.Node]():
		if node.Tag != "!!null" {
			target.Set(reflect.ValueOf(*node))
		}
	case node.Tag == "!!null" && node.Kind == yaml.ScalarNode: // a key without a value is not given
		delete(r.lines, key)
	case target.Kind() == reflect.Pointer:
		target.Set(reflect.New(target.Type().Elem()))
		r.decode(node, target.Elem(), key)
	case reads(target):
		r.scalar(node, target, key)
	case target.Kind() == reflect.Struct:
		r.mapping(node, target, key)
	case target.Kind() == reflect.Map:
		r.table(node, target, key)
	case target.Kind() == reflect.Slice:
		r.list(node, target, key)
	default:
		r.scalar(node, target, key)
	}
}

// reads tells whether the type unmarshals its own text.
func reads(target reflect.Value) bool {
	switch target.Addr().Interface().(type) {
	case yaml.Unmarshaler, encoding.TextUnmarshaler:
		return true
	}
	return false
}

func (r *reader) mapping(node *yaml.Node, target reflect.Value, key string) {
	if node.Kind != yaml.MappingNode {
		r.wrong(node, key, "it must hold keys with values")
		return
	}
	fields, others := fieldsOf(target)
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		if name.Tag == "!!merge" {
			r.decode(value, target, key)
			continue
		}
		path := below(key, name.Value)
		field, known := fields[name.Value]
		switch {
		case seen[name.Value]:
			r.lines[path] = name.Line
			r.fault(path, "the key stands here again", "leave one of the two out")
			continue
		case !known && others.IsValid():
			field = reflect.New(others.Type().Elem()).Elem()
		case !known:
			r.lines[path] = name.Line
			r.fault(path, "there is no such key", "the keys here are "+strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
			continue
		}
		seen[name.Value] = true
		r.lines[path] = name.Line
		r.decode(value, field, path)
		if !known {
			if others.IsNil() {
				others.Set(reflect.MakeMap(others.Type()))
			}
			others.SetMapIndex(reflect.ValueOf(name.Value), field)
		}
	}
}

// fieldsOf are the fields of a struct by key, and the map for all other keys, if there is one.
func fieldsOf(target reflect.Value) (fields map[string]reflect.Value, others reflect.Value) {
	fields = map[string]reflect.Value{}
	for field, value := range target.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case options == "inline":
			others = value
		case name != "" && name != "-":
			fields[name] = value
		}
	}
	return fields, others
}

func (r *reader) table(node *yaml.Node, target reflect.Value, key string) {
	if node.Kind != yaml.MappingNode {
		r.wrong(node, key, "it must hold keys with values")
		return
	}
	target.Set(reflect.MakeMap(target.Type()))
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, path := node.Content[i], below(key, node.Content[i].Value)
		r.lines[path] = name.Line
		if target.MapIndex(reflect.ValueOf(name.Value)).IsValid() {
			r.fault(path, "the key stands here again", "leave one of the two out")
			continue
		}
		value := reflect.New(target.Type().Elem()).Elem()
		r.decode(node.Content[i+1], value, path)
		target.SetMapIndex(reflect.ValueOf(name.Value), value)
	}
}

func (r *reader) list(node *yaml.Node, target reflect.Value, key string) {
	if node.Kind != yaml.SequenceNode {
		r.wrong(node, key, "it must be a list, such as [one, two]")
		return
	}
	for i, item := range node.Content {
		path := fmt.Sprintf("%s.%d", key, i)
		r.lines[path] = item.Line
		value := reflect.New(target.Type().Elem()).Elem()
		r.decode(item, value, path)
		target.Set(reflect.Append(target, value))
	}
}

func (r *reader) scalar(node *yaml.Node, target reflect.Value, key string) {
	err := node.Decode(target.Addr().Interface())
	if err == nil {
		return
	}
	switch kind := target.Kind(); {
	case target.Type() == reflect.TypeFor[time.Duration]():
		r.wrong(node, key, "it must be a duration, such as 70s or 5m")
	case kind == reflect.String:
		r.wrong(node, key, "it must be one text")
	case kind == reflect.Bool:
		r.wrong(node, key, "it must be true or false")
	case target.CanInt(), target.CanUint(), target.CanFloat():
		r.wrong(node, key, "it must be a number")
	default:
		r.wrong(node, key, leading.ReplaceAllString(strings.TrimSpace(err.Error()), ""))
	}
}

// leading is what the library begins its errors with.
var leading = regexp.MustCompile(`^(yaml: )?(unmarshal errors:\s*)?(line \d+: )?`)

// wrong adds a fault of a value. It does not quote the value, which may be a secret
// in the wrong place.
func (r *reader) wrong(node *yaml.Node, key, problem string) {
	if r.lines[key] == 0 {
		r.lines[key] = node.Line
	}
	r.fault(key, problem, "")
}

func below(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}

// environment sets each key whose variable is not empty.
func (r *reader) environment(c *Config) { r.overridden(reflect.ValueOf(c).Elem(), "") }

func (r *reader) overridden(target reflect.Value, key string) {
	for field, value := range target.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		variable := field.Tag.Get("env")
		text := os.Getenv(variable)
		path := below(key, name)
		if name == "-" {
			path = variable
		}
		switch {
		case value.Kind() == reflect.Struct && value.Type() != reflect.TypeFor[yaml.Node]():
			r.overridden(value, path)
		case variable == "" || text == "":
		default:
			r.variables[path] = variable
			if strings.HasSuffix(variable, "_FILE") {
				if whole, err := filepath.Abs(text); err == nil {
					text = whole
				}
			}
			r.variable(text, value, path)
		}
	}
}

func (r *reader) variable(text string, target reflect.Value, key string) {
	if target.Kind() == reflect.Slice {
		target.Set(reflect.ValueOf(strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ' ' })))
		return
	}
	r.scalar(&yaml.Node{Kind: yaml.ScalarNode, Value: text}, target, key)
}
