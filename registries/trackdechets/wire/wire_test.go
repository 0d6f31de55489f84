package wire

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// module is the folder of the module.
var module = filepath.Join("..", "..", "..")

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// schemas are the public one, where it is here, and the simulator's.
func schemas(t *testing.T, check func(t *testing.T, schema *ast.Schema)) {
	t.Helper()
	for name, path := range map[string]string{
		"public schema":      filepath.Join(module, "..", "shared", "contracts", "trackdechets-public.graphql"),
		"simulator's schema": filepath.Join(module, "simulators", "trackdechets", "schema.graphql"),
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(path)
			if os.IsNotExist(err) && name == "public schema" {
				t.Skipf("the reference folder ../shared is not here: %v", err)
			}
			must(t, err)
			schema, err := gqlparser.LoadSchema(&ast.Source{Name: name, Input: string(raw)})
			must(t, err)
			check(t, schema)
		})
	}
}

// Each call fits the schema, and its inputs are among those that are looked at below.
func TestOperationsFitTheSchema(t *testing.T) {
	texts, err := Operations()
	must(t, err)
	schemas(t, func(t *testing.T, schema *ast.Schema) {
		t.Helper()
		for _, text := range texts {
			all, faults := gqlparser.LoadQueryWithRules(schema, text, rules.NewDefaultRules())
			for _, fault := range faults {
				t.Errorf("%s: %v", text, fault)
			}
			for _, operation := range all.Operations {
				for _, v := range operation.VariableDefinitions {
					name := v.Type.Name()
					if schema.Types[name].Kind == ast.InputObject && Inputs[name] == nil && name != "FormRevisionRequestWhere" {
						t.Errorf("%s is an input of %s, and of no type of ours", name, text)
					}
				}
			}
		}
	})
}

// What of an answer the schema does not have is not asked for, so a name that is wrong
// would read nothing.
func TestAnswersFitTheSchema(t *testing.T) {
	schema, err := Contract()
	must(t, err)
	for _, c := range operations {
		for _, field := range c.fields {
			name, _, _ := strings.Cut(field, "(")
			f, _ := rootField(schema, name)
			if f == nil {
				t.Errorf("there is no %s", name)
				continue
			}
			fitsAnswer(t, schema, schema.Types[f.Type.Name()], reflect.TypeOf(c.into))
		}
	}
}

func fitsAnswer(t *testing.T, schema *ast.Schema, there *ast.Definition, held reflect.Type) {
	t.Helper()
	for held.Kind() == reflect.Pointer || held.Kind() == reflect.Slice {
		held = held.Elem()
	}
	if there.Kind != ast.Object {
		return
	}
	for field := range held.Fields() {
		wire, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		f := there.Fields.ForName(wire)
		if f == nil {
			t.Errorf("%s has no field %s", there.Name, wire)
			continue
		}
		fitsAnswer(t, schema, schema.Types[f.Type.Name()], field.Type)
	}
}

func TestWhatTheContractHasNotIsNotAsked(t *testing.T) {
	for field, argument := range map[string]string{"makeTea": "id", "form": "number"} {
		if text, err := Operation([]string{argument}, Root{field, Form{}}); err == nil {
			t.Errorf("%s: %s", field, text)
		}
	}
	text, err := Operation([]string{"id", "updateFormInput"}, Root{"updateForm", Reference{}}, Root{"markAsSealed", Reference{}})
	const want = "mutation markAsSealed($id: ID!, $updateFormInput: UpdateFormInput!) { updateForm(updateFormInput: $updateFormInput) { id } markAsSealed(id: $id) { id } }"
	if err != nil || text != want {
		t.Errorf("%s, %v", text, err)
	}
}

// Inputs are types of our own: every field of theirs is one of the schema's, of
// a kind that fits, and what the schema demands is always sent.
func TestInputsFitTheSchema(t *testing.T) {
	schemas(t, func(t *testing.T, schema *ast.Schema) {
		t.Helper()
		for name, input := range Inputs {
			fitsInput(t, schema, name, input)
		}
	})
}

func fitsInput(t *testing.T, schema *ast.Schema, name string, held reflect.Type) {
	t.Helper()
	defined := schema.Types[name]
	if defined == nil || defined.Kind != ast.InputObject {
		t.Errorf("there is no input %s", name)
		return
	}
	sent := map[string]bool{}
	for _, field := range reflect.VisibleFields(held) {
		if field.Anonymous {
			continue
		}
		wire, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		optional := options == "omitempty" || options == "omitzero"
		sent[wire] = !optional || name == "UpdateFormInput" && wire == "id"
		there := defined.Fields.ForName(wire)
		if there == nil {
			if name != "CreateFormInput" || wire != "id" {
				t.Errorf("%s has no field %s", name, wire)
			}
			continue
		}
		fitsType(t, schema, name+"."+wire, there.Type, field.Type)
	}
	for _, there := range defined.Fields {
		if there.Type.NonNull && there.DefaultValue == nil && !sent[there.Name] {
			t.Errorf("%s demands %s, which is not always sent", name, there.Name)
		}
	}
}

func fitsType(t *testing.T, schema *ast.Schema, where string, there *ast.Type, held reflect.Type) {
	t.Helper()
	for held.Kind() == reflect.Pointer {
		held = held.Elem()
	}
	if there.Elem != nil {
		if held.Kind() != reflect.Slice {
			t.Errorf("%s is a list, not a %s", where, held)
			return
		}
		fitsType(t, schema, where, there.Elem, held.Elem())
		return
	}
	kinds := map[string]bool{
		"String": held.Kind() == reflect.String, "ID": held.Kind() == reflect.String, "Boolean": held.Kind() == reflect.Bool,
		"Int": held.Kind() == reflect.Int, "Float": held == reflect.TypeFor[Tonnes](), "DateTime": held == reflect.TypeFor[DateTime](),
	}
	fits, scalar := kinds[there.NamedType]
	switch {
	case scalar && !fits, schema.Types[there.NamedType].Kind == ast.Enum && held.Kind() != reflect.String:
		t.Errorf("%s is a %s, not a %s", where, there, held)
	case !scalar && schema.Types[there.NamedType].Kind == ast.InputObject:
		fitsInput(t, schema, there.NamedType, held)
	}
}

// A code stands in nothing but the call that it is for.
func TestCodesAreNotTold(t *testing.T) {
	held := struct{ Code SecurityCode }{1234}
	kept, err := json.Marshal(held)
	must(t, err)
	if printed := fmt.Sprintf("%d %v %+v", held.Code, held.Code, held) + string(kept); strings.Contains(printed, "1234") {
		t.Errorf("a code was printed: %s", printed)
	}
	if sent, err := json.Marshal(SentCode(held.Code)); err != nil || string(sent) != "1234" {
		t.Errorf("%s, %v", sent, err)
	}
}
