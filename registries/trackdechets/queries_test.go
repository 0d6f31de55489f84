package trackdechets

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"sluss"
)

// Every text that we send, with the variables of the examples, fits the
// public schema and the simulator's.
func TestQueriesFitTheSchema(t *testing.T) {
	for name, path := range map[string]string{
		"public schema":      filepath.Join(root(t), "..", "shared", "contracts", "trackdechets-public.graphql"),
		"simulator's schema": filepath.Join("sim", "schema.graphql"),
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(path)
			if os.IsNotExist(err) && name == "public schema" {
				t.Skipf("the reference folder ../shared is not here: %v", err)
			}
			must(t, err)
			schema, err := gqlparser.LoadSchema(&ast.Source{Name: name, Input: string(raw)})
			must(t, err)
			fits := func(query string, variables any) {
				t.Helper()
				document, faults := gqlparser.LoadQueryWithRules(schema, query, rules.NewDefaultRules())
				if len(faults) > 0 {
					t.Fatalf("%s\n%v", query, faults)
				}
				wire, err := json.Marshal(variables)
				must(t, err)
				var plain map[string]any
				decoder := json.NewDecoder(bytes.NewReader(wire))
				decoder.UseNumber()
				must(t, decoder.Decode(&plain))
				if _, err := validator.VariableValues(schema, document.Operations[0], plain); err != nil {
					t.Errorf("%s\n%s\n%v", query, wire, err)
				}
			}
			for _, example := range []string{"fr-solvents.json", "fr-refused.json", "fr-partly-accepted.json", "se-to-fr.json"} {
				b := newBatch(t, example)
				fit := func(notes ...sluss.Note) {
					for _, note := range notes {
						d, err := newDocument(b.submission(note))
						must(t, err)
						step, known := stepOf(note)
						if !known {
							t.Fatal(note)
						}
						fits(step.query, d.variables("cmwrc44c800000o7de5bj57lq"))
					}
				}
				fit(beforeDeparture()...)
				b.happens(sluss.Event{Kind: sluss.Received, At: at("2026-11-25T17:00:00+01:00"), Mass: sluss.Tonne})
				fit(sluss.NoteArrival)
				for _, verdict := range []sluss.Event{{Kind: sluss.Refused, Reason: "wet"}, {Kind: sluss.Taken, RefusedMass: 1, Reason: "wet"}, {Kind: sluss.Taken}} {
					b.happens(verdict)
					fit(sluss.NoteAcceptance)
				}
				b.happens(sluss.Event{Kind: sluss.Treated})
				fit(sluss.NoteProcessing)
			}
			fits(findForms, map[string]any{"siret": producerID, "customId": "batch/default/A"})
			fits(findForm, lookUp("cmwrc44c800000o7de5bj57lq", actor{}).variables)
			fits(findForm, lookUp("BSD-20261122-AAAAAAAAA", actor{}).variables)
			for _, m := range []sluss.Mode{sluss.Road, sluss.Rail, sluss.Sea, sluss.Air, sluss.InlandWaterway, sluss.Pipeline} {
				defined(t, schema, "TransportMode", string(mode(m)))
			}
			for _, m := range []string{"reuse", "recycling", "energy-recovery", "other", "elimination"} {
				defined(t, schema, "OperationMode", string(operationMode(m)))
			}
			for _, k := range []sluss.PackagingKind{sluss.Drum, sluss.IBC, sluss.Tank, sluss.Skip, sluss.OtherPackaging} {
				defined(t, schema, "Packagings", packagingKind(k))
			}
			for _, status := range schema.Types["FormStatus"].EnumValues {
				if _, known := rank(status.Name); !known && status.Name != canceled {
					t.Errorf("the status %s is not known", status.Name)
				}
			}
		})
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
