package sluss_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"sluss"
)

var update = flag.Bool("update", false, "write what the types say now to docs/batch.md")

// TestPageOfTheFormatTellsEveryField compares docs/batch.md with the types: it is
// generated from them and their comments.
func TestPageOfTheFormatTellsEveryField(t *testing.T) {
	page := format(t, reflect.TypeFor[sluss.Declaration](), reflect.TypeFor[sluss.Event](), reflect.TypeFor[sluss.Result]())
	const file = "docs/batch.md"
	if *update {
		if err := os.WriteFile(file, page, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	told, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(told, page) {
		t.Errorf("%s does not tell what the types do (%v): `go test . -run PageOfTheFormat -update` writes it anew", file, err)
	}
}

// format returns the page about the types and the types of their fields.
func format(t *testing.T, types ...reflect.Type) []byte {
	t.Helper()
	said := comments(t)
	var page bytes.Buffer
	page.WriteString("# The batch format\n\nEvery field of a declaration, as `POST /api/batches`, `starter declare` and `examples/*.json` have it; of an event; and of a\n" +
		"quarter's result. A path such as `legs.0.from.municipality` joins them, lists counted from 0. This page is written from the Go types.\n")
	seen := map[reflect.Type]bool{}
	for len(types) > 0 {
		of := types[0]
		types = types[1:]
		if seen[of] {
			continue
		}
		seen[of] = true
		fmt.Fprintf(&page, "\n## %s\n\n%s\n\n| Field | Is | Means |\n|---|---|---|\n", of.Name(), said[of.Name()])
		for field := range of.Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			kind, below := worded(field.Type, said)
			if field.Anonymous {
				name = "…"
			}
			if below != nil {
				types = append(types, below)
			}
			fmt.Fprintf(&page, "| `%s` | %s | %s |\n", name, kind, strings.ReplaceAll(said[of.Name()+"."+field.Name], "|", `\|`))
		}
	}
	return page.Bytes()
}

// worded is a type in words, and the type to describe as well.
func worded(of reflect.Type, said map[string]string) (string, reflect.Type) {
	switch of.Kind() {
	case reflect.Pointer:
		return worded(of.Elem(), said)
	case reflect.Slice:
		words, below := worded(of.Elem(), said)
		return "list of " + words, below
	}
	switch name := of.Name(); {
	case of == reflect.TypeFor[sluss.Mass]():
		return "kilograms", nil
	case name == "Time":
		return "time", nil
	case of.Kind() == reflect.Struct:
		return fmt.Sprintf("[%s](#%s)", name, strings.ToLower(name)), of
	case of.Kind() == reflect.String && said["="+name] != "":
		return said["="+name], nil
	case of.Kind() == reflect.String:
		return "text", nil
	case of.Kind() == reflect.Bool:
		return "true or false", nil
	}
	return "number", nil
}

// comments are the comments of the package's types and fields, by name; with "="
// before its name, the values of a type.
func comments(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			declared, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range declared.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					said[s.Name.Name] = flat(declared.Doc)
					ofFields(said, s)
				case *ast.ValueSpec:
					ofValues(said, s)
				}
			}
		}
	}
	return said
}

func ofFields(said map[string]string, s *ast.TypeSpec) {
	structure, ok := s.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, field := range structure.Fields.List {
		names := field.Names
		if embedded, ok := field.Type.(*ast.Ident); ok && len(names) == 0 {
			names = []*ast.Ident{embedded}
		}
		for _, name := range names {
			said[s.Name.Name+"."+name.Name] = strings.TrimSpace(flat(field.Doc) + " " + flat(field.Comment))
		}
	}
}

func ofValues(said map[string]string, s *ast.ValueSpec) {
	of, ok := s.Type.(*ast.Ident)
	if !ok {
		return
	}
	for _, value := range s.Values {
		if literal, ok := value.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			text, _ := strconv.Unquote(literal.Value) // it has been parsed
			if said["="+of.Name] != "" {
				said["="+of.Name] += ", "
			}
			said["="+of.Name] += "`" + text + "`"
		}
	}
}

func flat(group *ast.CommentGroup) string { return strings.Join(strings.Fields(group.Text()), " ") }
