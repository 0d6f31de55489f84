package trackdechets

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

	"sluss"
	sim "sluss/simulators/trackdechets"
)

// schemas are the public one, where it is here, and the simulator's.
func schemas(t *testing.T, check func(t *testing.T, schema *ast.Schema)) {
	t.Helper()
	for name, path := range map[string]string{
		"public schema":      filepath.Join(root(t), "..", "shared", "contracts", "trackdechets-public.graphql"),
		"simulator's schema": filepath.Join(root(t), "simulators", "trackdechets", "schema.graphql"),
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
			t.Errorf("%s is not what the documents make: go generate ./registries/trackdechets", filepath.Base(path))
		}
	}
	if len(made) != 1 {
		t.Errorf("%d files are made, want 1", len(made))
	}
}

// documents are all texts that we send, in one: the names of the fragments and
// operations are unique.
func documents(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("*.g*ql")
	must(t, err)
	var all strings.Builder
	for _, file := range files {
		raw, err := os.ReadFile(file)
		must(t, err)
		all.Write(raw)
	}
	return all.String()
}

func TestDocumentsFitTheSchema(t *testing.T) {
	schemas(t, func(t *testing.T, schema *ast.Schema) {
		t.Helper()
		all, faults := gqlparser.LoadQueryWithRules(schema, documents(t), rules.NewDefaultRules())
		for _, fault := range faults {
			t.Error(fault)
		}
		if len(faults) == 0 && len(all.Operations) < 30 {
			t.Errorf("%d operations", len(all.Operations))
		}
	})
}

// Inputs are types of our own: every field of theirs is one of the schema's, of
// a kind that fits, and what the schema demands is always sent.
func TestInputsFitTheSchema(t *testing.T) {
	inputs := map[string]any{
		"CreateFormInput": formInput{}, "UpdateFormInput": formInput{}, "SignEmissionFormInput": emission{}, "SignTransportFormInput": takeOver{},
		"ReceivedFormInput": arrival{}, "AcceptedFormInput": acceptance{}, "ProcessedFormInput": processing{}, "ImportPaperFormInput": paperInput{},
		"TempStoredFormInput": storage{}, "TempStorerAcceptedFormInput": storerVerdict{}, "ResealedFormInput": resealing{}, "TransporterInput": transporter{},
		"CreateFormRevisionRequestInput": revisionInput{}, "DateFilter": dateRange{}, "WebhookSettingCreateInput": webhookInput{}, "WebhookSettingUpdateInput": webhookUpdate{},
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
		optional := options == "omitempty"
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
		"Int": held.Kind() == reflect.Int, "Float": held == reflect.TypeFor[tonnes](), "DateTime": held == reflect.TypeFor[dateTime](),
	}
	fits, scalar := kinds[there.NamedType]
	switch {
	case scalar && !fits, schema.Types[there.NamedType].Kind == ast.Enum && held.Kind() != reflect.String:
		t.Errorf("%s is a %s, not a %s", where, there, held)
	case !scalar && schema.Types[there.NamedType].Kind == ast.InputObject:
		fitsInput(t, schema, there.NamedType, held)
	}
}

func TestWordsFitTheSchema(t *testing.T) {
	schemas(t, func(t *testing.T, schema *ast.Schema) {
		t.Helper()
		for _, m := range []sluss.Mode{sluss.Road, sluss.Rail, sluss.Sea, sluss.Air, sluss.InlandWaterway, sluss.Pipeline} {
			defined(t, schema, "TransportMode", string(mode(m)))
		}
		for _, m := range []string{"reuse", "recycling", "energy-recovery", "other", "elimination"} {
			defined(t, schema, "OperationMode", string(operationMode(m)))
		}
		for _, k := range []sluss.PackagingKind{sluss.Drum, sluss.IBC, sluss.Tank, sluss.Skip, sluss.OtherPackaging} {
			defined(t, schema, "Packagings", packagingKind(k))
		}
		for _, c := range []sluss.Consistence{sluss.Solid, sluss.Liquid, sluss.Gaseous, sluss.Doughy} {
			defined(t, schema, "Consistence", strings.ToUpper(string(c)))
		}
		for _, kind := range []ExportKind{Outgoing, Incoming, Transported, Managed, EndOfWaste} {
			defined(t, schema, "RegistryV2ExportType", string(kind))
		}
		for _, format := range []ExportFormat{CSV, XLSX} {
			defined(t, schema, "RegistryExportFormat", string(format))
		}
		for _, kind := range []string{quantityType(true), quantityType(false)} {
			defined(t, schema, "QuantityType", kind)
		}
		for _, status := range schema.Types["FormStatus"].EnumValues {
			if _, known := rank(status.Name); !known && status.Name != canceled {
				t.Errorf("the status %s is not known", status.Name)
			}
		}
	})
}

func TestASessionMakesOneCall(t *testing.T) {
	r := newRegister(t, sim.Options{})
	who, err := r.client.of(producerID)
	must(t, err)
	s := r.client.as(who, "ecoOrganismes")
	_, first := ecoOrganismes(t.Context(), s)
	_, second := ecoOrganismes(t.Context(), s)
	if first != nil || second == nil || r.Counters().Requests != 1 {
		t.Errorf("%v, %v, %d requests", first, second, r.Counters().Requests)
	}
}

// Nothing that we keep of a call holds what signs, or opens a file.
func TestSecretsAreNotKept(t *testing.T) {
	for sent, kept := range map[string]string{
		`{"securityCode":1234}`:                     `{"securityCode":"***"}`,
		`{"a":{"token":"a\"b","x":1}}`:              `{"a":{"token":"***","x":1}}`,
		`{"downloadLink": "https://a/?b=c"}`:        `{"downloadLink":"***"}`,
		`{"signedUrl":"https://a"}`:                 `{"signedUrl":"***"}`,
		`{"name":"\"securityCode\":1234","code":1}`: `{"name":"\"securityCode\":1234","code":1}`,
	} {
		if got := redacted([]byte(sent)); got != kept {
			t.Errorf("%s: %s", sent, got)
		}
	}
	kept, err := json.Marshal(Emission{Code: 1234})
	must(t, err)
	if printed := fmt.Sprintf("%d %v %+v", SecurityCode(1234), SecurityCode(1234), Emission{Code: 1234}) + string(kept); strings.Contains(printed, "1234") {
		t.Errorf("a code was printed: %s", printed)
	}
}

func defined(t *testing.T, schema *ast.Schema, enumeration, value string) {
	t.Helper()
	if schema.Types[enumeration].EnumValues.ForName(value) == nil {
		t.Errorf("%s has no value %q", enumeration, value)
	}
}

func TestCodesAreSpacedAsTheRegisterWritesThem(t *testing.T) {
	for operation, want := range map[string]string{"R9": "R 9", "R13": "R 13", "D10": "D 10", "D9F": "D 9 F", "": "", "R": "R"} {
		if got := spaced(operation); got != want {
			t.Errorf("%q: %q, want %q", operation, got, want)
		}
	}
	for code, want := range map[string]string{"130205*": "13 02 05*", "010101": "01 01 01", "": "", "13": "13"} {
		if got := spacedCode(code); got != want {
			t.Errorf("%q: %q, want %q", code, got, want)
		}
	}
}

func TestForeignTransporterIsNamedByVATNumber(t *testing.T) {
	for _, test := range []struct {
		party sluss.Party
		siret text
		vat   text
	}{
		{sluss.Party{ID: transporterID, Country: "FR", VAT: "FR40000000029"}, transporterID, ""},
		{sluss.Party{ID: "5560065087", Country: "SE", VAT: "SE556006508701"}, "", "SE556006508701"},
		{sluss.Party{ID: "DE123456789", Country: "DE"}, "", "DE123456789"},
	} {
		if got := companyOf(test.party); got.SIRET != test.siret || got.VATNumber != test.vat || string(got.Country) != test.party.Country {
			t.Errorf("%+v: %+v", test.party, got)
		}
	}
}
