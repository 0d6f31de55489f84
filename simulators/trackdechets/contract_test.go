package trackdechets

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// sessionOnly names what the live schema serves beside the public one.
var sessionOnly = []string{"createAccessToken", "CreateAccessTokenInput", "AccessToken"}

func TestSchemaIsPartOfTheContract(t *testing.T) {
	contract, err := gqlparser.LoadSchema(&ast.Source{Input: string(reference(t, "contracts/trackdechets-public.graphql"))})
	must(t, err)
	ours, err := loadSchema()
	must(t, err)
	for name, definition := range ours.Types {
		if strings.HasPrefix(name, "__") || definition.BuiltIn || slices.Contains(sessionOnly, name) {
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
			if strings.HasPrefix(field.Name, "__") || slices.Contains(sessionOnly, field.Name) {
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
	for _, path := range workflows(t) {
		for _, step := range readWorkflow(t, path).Steps {
			for name, schema := range map[string]*ast.Schema{"contract": contract, "simulator": ours.Schema} {
				if _, err := gqlparser.LoadQueryWithRules(schema, step.Query, rules.NewDefaultRules()); err != nil {
					t.Errorf("%s: %s: %v\n%s", path, name, err, step.Query)
				}
			}
		}
	}
}

func TestCodesAreThoseOfTheRegister(t *testing.T) {
	known := map[string]bool{}
	for row := range strings.Lines(string(reference(t, "data/trackdechets-waste-codes.tsv"))) {
		cells := strings.Split(row, "\t")
		if cells[2] == "1" {
			known[cells[0]] = true
		}
	}
	if len(known) != len(wasteCodes()) {
		t.Errorf("%d waste codes, the register has %d", len(wasteCodes()), len(known))
	}
	for code := range known {
		if !wasteCodes()[code] {
			t.Errorf("waste code %s is missing", code)
		}
	}
	var operations struct {
		Operations []struct{ Code string }
		Modes      map[string][]string
	}
	must(t, json.Unmarshal(reference(t, "data/trackdechets-operations.json"), &operations))
	for _, operation := range operations.Operations {
		modes, ok := operationModes(operation.Code)
		theirs := operations.Modes[operation.Code]
		slices.Sort(modes)
		slices.Sort(theirs)
		if !ok || !slices.Equal(modes, theirs) {
			t.Errorf("%s: modes %v, the register's %v", operation.Code, modes, theirs)
		}
	}
}
