package wire

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/Khan/genqlient/generate"
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

// What is committed is what the generator makes of the documents.
func TestGeneratedCodeIsUpToDate(t *testing.T) {
	config, err := generate.ReadAndValidateConfig("genqlient.yaml")
	must(t, err)
	made, err := generate.Generate(config)
	must(t, err)
	for path, want := range made {
		committed, err := os.ReadFile(path)
		must(t, err)
		if string(committed) != string(want) {
			t.Errorf("%s is not what the documents make: go generate ./registries/trackdechets/wire", filepath.Base(path))
		}
	}
	if len(made) != 1 {
		t.Errorf("%d files are made, want 1", len(made))
	}
}

func TestOperationsFitTheSchema(t *testing.T) {
	text, err := Operations()
	must(t, err)
	schemas(t, func(t *testing.T, schema *ast.Schema) {
		t.Helper()
		all, faults := gqlparser.LoadQueryWithRules(schema, text, rules.NewDefaultRules())
		for _, fault := range faults {
			t.Error(fault)
		}
		if len(faults) == 0 && len(all.Operations) < 25 {
			t.Errorf("%d operations", len(all.Operations))
		}
	})
}

// Inputs are types of our own: every field of theirs is one of the schema's, of
// a kind that fits, and what the schema demands is always sent.
func TestInputsFitTheSchema(t *testing.T) {
	inputs := map[string]any{
		"CreateFormInput": FormInput{}, "UpdateFormInput": FormInput{}, "SignEmissionFormInput": Emission{}, "SignTransportFormInput": TakeOver{},
		"ReceivedFormInput": Arrival{}, "AcceptedFormInput": Acceptance{}, "ProcessedFormInput": Processing{}, "ImportPaperFormInput": Paper{},
		"TempStoredFormInput": Storing{}, "TempStorerAcceptedFormInput": StoringVerdict{}, "ResealedFormInput": Resealing{}, "TransporterInput": Transporter{},
		"CreateFormRevisionRequestInput": RevisionInput{}, "DateFilter": DateRange{}, "WebhookSettingCreateInput": NewWebhook{}, "WebhookSettingUpdateInput": ChangedWebhook{},
	}
	config, err := generate.ReadAndValidateConfig("genqlient.yaml")
	must(t, err)
	for name, bound := range config.Bindings {
		if input, known := inputs[name]; strings.HasSuffix(name, "Input") && (!known || !strings.HasSuffix(bound.Type, "."+reflect.TypeOf(input).Name())) {
			t.Errorf("%s is bound to %s, which is not looked at here", name, bound.Type)
		}
	}
	schemas(t, func(t *testing.T, schema *ast.Schema) {
		t.Helper()
		for name, input := range inputs {
			fitsInput(t, schema, name, reflect.TypeOf(input))
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
