package trackdechets

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/kinds"
)

func TestSchemaIsPartOfTheContract(t *testing.T) {
	contract, err := gqlparser.LoadSchema(&ast.Source{Input: string(reference(t, "contracts/trackdechets-public.graphql"))})
	must(t, err)
	ours, err := graphql.LoadSchema(sdl, "")
	must(t, err)
	for name, definition := range ours.Types {
		if strings.HasPrefix(name, "__") || definition.BuiltIn {
			continue
		}
		theirs := contract.Types[name]
		if theirs == nil || theirs.Kind != definition.Kind {
			t.Errorf("%s is not in the contract", name)
			continue
		}
		for _, value := range theirs.EnumValues {
			if definition.EnumValues.ForName(value.Name) == nil {
				t.Errorf("%s.%s is missing", name, value.Name)
			}
		}
		for _, value := range definition.EnumValues {
			if theirs.EnumValues.ForName(value.Name) == nil {
				t.Errorf("%s.%s is not in the contract", name, value.Name)
			}
		}
		for _, field := range definition.Fields {
			if strings.HasPrefix(field.Name, "__") {
				continue
			}
			other := theirs.Fields.ForName(field.Name)
			if other == nil || other.Type.String() != field.Type.String() {
				t.Errorf("%s.%s: %s is not in the contract", name, field.Name, field.Type)
				continue
			}
			for _, arg := range field.Arguments {
				if contracted := other.Arguments.ForName(arg.Name); contracted == nil || contracted.Type.String() != arg.Type.String() {
					t.Errorf("%s.%s(%s) is not in the contract", name, field.Name, arg.Name)
				}
			}
		}
	}
}

func TestRecordedOperationsAreValid(t *testing.T) {
	contract, err := gqlparser.LoadSchema(&ast.Source{Input: string(reference(t, "contracts/trackdechets-public.graphql"))})
	must(t, err)
	ours, err := loadSchema()
	must(t, err)
	eachStep(t, "trackdechets", func(t *testing.T, _ *replayed, workflow string, _ int, e exchange) {
		t.Helper()
		for name, schema := range map[string]*ast.Schema{"contract": contract, "simulator": ours.Schema} {
			if _, err := gqlparser.LoadQueryWithRules(schema, e.Query, rules.NewDefaultRules()); err != nil {
				t.Errorf("%s: %s: %v\n%s", workflow, name, err, e.Query)
			}
		}
	})
}

func TestCodesAreThoseOfTheRegistry(t *testing.T) {
	known := map[string]bool{}
	for row := range strings.Lines(string(reference(t, "data/trackdechets-waste-codes.tsv"))) {
		cells := strings.Split(row, "\t")
		if cells[2] == "1" {
			known[cells[0]] = true
		}
	}
	if len(known) != len(kinds.WasteCodes()) {
		t.Errorf("%d waste codes, the registry has %d", len(kinds.WasteCodes()), len(known))
	}
	for code := range known {
		if !kinds.WasteCodes()[code] {
			t.Errorf("waste code %s is missing", code)
		}
	}
	var operations struct {
		Operations []struct{ Code string }
		Modes      map[string][]string
	}
	must(t, json.Unmarshal(reference(t, "data/trackdechets-operations.json"), &operations))
	for _, operation := range operations.Operations {
		modes, ok := kinds.Modes(operation.Code)
		theirs := operations.Modes[operation.Code]
		slices.Sort(modes)
		slices.Sort(theirs)
		if !ok || !slices.Equal(modes, theirs) {
			t.Errorf("%s: modes %v, the registry's %v", operation.Code, modes, theirs)
		}
	}
}

// The client and the simulator share no code and embed nothing of each other. The
// public contract that both hold is the same text.
func TestClientAndSimulatorHoldTheSameContract(t *testing.T) {
	const client = "../../registries/trackdechets"
	pairs := map[string]string{"schema.graphql": filepath.Join(client, "wire", "contract.graphqls"), "kinds/wastecodes.txt": filepath.Join(client, "check", "wastecodes.txt")}
	for ours, theirs := range pairs {
		a, err := os.ReadFile(ours)
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(theirs)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s and %s differ: change both", ours, theirs)
		}
	}
}

// corrected are lines of the tables of fields in which the recordings contradict the published rules that the client holds.
var corrected = map[string]string{
	"bsda destination.reception.date":                     "required by the reception alone",
	"bsvhu destination.reception.date":                    "required by the reception alone",
	"bsdasri destination.reception.date":                  "required by the reception alone",
	"bsvhu emitter.company.street":                        "required where there is no address",
	"bsvhu emitter.company.city":                          "required where there is no address",
	"bsvhu emitter.company.postalCode":                    "required where there is no address",
	"bsvhu destination.plannedOperationCode":              "not required",
	"bsdasri emitter.company.name":                        "not required of a synthesis",
	"bsdasri emitter.company.siret":                       "not required of a synthesis",
	"bsdasri emitter.company.contact":                     "not required of a synthesis",
	"bsdasri emitter.company.phone":                       "not required of a synthesis",
	"bsdasri emitter.emission.packagings":                 "not required of a synthesis",
	"bsdasri transporter.transport.packagings":            "not required of a synthesis",
	"bspaoh emitter.emission.detail.weight.value":         "not required: a number of parts is enough",
	"bspaoh destination.reception.acceptation.packagings": "required by the reception alone",
}

// The tables of fields have the lines of the client's, and beside them names and lines that only the registry's answers show.
func TestTablesOfFieldsAgree(t *testing.T) {
	for _, kind := range []string{"bsda", "bsdasri", "bsff", "bsvhu", "bspaoh"} {
		ours := lines(t, filepath.Join("kinds", "tables", kind+".fields.tsv"))
		for path, theirs := range lines(t, filepath.Join("../../registries/trackdechets/documents/editions", kind+".tsv")) {
			mine := ours[path]
			if len(mine) != 6 {
				t.Errorf("%s: %s is missing", kind, path)
				continue
			}
			if strings.Contains(path, ".recepisse.") { // the client does not send them: they are those of the company's profile
				mine = slices.Concat(mine[:1], theirs[1:3], mine[3:])
			}
			if corrected[kind+" "+path] != "" {
				mine = slices.Concat(mine[:2], theirs[2:3], mine[3:])
			}
			if !slices.Equal(mine[:5], theirs[:5]) {
				t.Errorf("%s: %q, the client has %q: change both", kind, mine[:5], theirs)
			}
		}
	}
}

func lines(t *testing.T, file string) map[string][]string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for row := range strings.Lines(string(raw)) {
		cells := strings.Split(strings.TrimRight(row, "\n"), "\t")
		if _, known := found[cells[0]]; !known && !strings.HasPrefix(row, "#") {
			found[cells[0]] = cells
		}
	}
	return found
}
