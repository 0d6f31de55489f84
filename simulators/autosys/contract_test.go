package autosys_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	sim "sluss/simulators/autosys"
)

// reference is the path of a file in the reference folder beside the repository; without it the test is skipped.
func reference(t *testing.T, name ...string) string {
	t.Helper()
	root, err := os.Getwd()
	for ; err == nil; root = filepath.Dir(root) {
		if _, missing := os.Stat(filepath.Join(root, "go.mod")); missing == nil || root == filepath.Dir(root) {
			break
		}
	}
	path := filepath.Join(append([]string{root, "..", "shared"}, name...)...)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the reference folder ../shared is not here: %v", err)
	}
	return path
}

// responseSchema is the answer's schema in the published OpenAPI file. The file as a whole is not valid (no
// info.version, a header without schema), so only its schemas are used, here refusing fields that they do not name.
func responseSchema(t *testing.T) *openapi3.Schema {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromFile(reference(t, "contracts", "autosys-openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, schema := range document.Components.Schemas {
		schema.Value.AdditionalProperties = openapi3.AdditionalProperties{Has: new(false)}
	}
	return document.Components.Schemas["KjoretoydataResponse"].Value
}

func validate(schema *openapi3.Schema, body []byte) error {
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return err
	}
	return schema.VisitJSON(v, openapi3.MultiErrors(), openapi3.EnableFormatValidation())
}

func TestAnswersFollowThePublishedSchema(t *testing.T) {
	schema := responseSchema(t)
	for _, options := range []sim.Options{
		{},
		{Kuid: true, PersonalAsID: true, OmitNoInspection: true, HideADR: true},
		{NotFound: sim.NotFoundMessage},
		{NotFound: sim.NotFoundEmptyList},
	} {
		o := open(t, options)
		for _, asked := range []string{
			"TS10003", "TS1004", "TS20001", "TS20002", "TS20003", "TS20004", "TS30001", "TS2005", "TS30002", "BLÅBÆR", "ZZ99999",
		} {
			a := o.ask(t, plate(asked))
			if a.status == 204 {
				continue
			}
			if err := validate(schema, []byte(a.body)); err != nil {
				t.Errorf("%+v, %s: %v", options, asked, err)
			}
		}
	}
}

func TestDriftLeavesThePublishedSchema(t *testing.T) {
	o := open(t, sim.Options{Drift: true})
	body := o.ask(t, plate("TS10003")).body
	if validate(responseSchema(t), []byte(body)) == nil {
		t.Error("drift adds nothing that the schema does not know")
	}
}

// The synthetic answers and the simulator are two readings of one schema: both must pass it.
func TestSyntheticAnswersPassTheSameCheck(t *testing.T) {
	schema := responseSchema(t)
	files, err := filepath.Glob(filepath.Join(reference(t, "recordings", "autosys"), "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no synthetic answers: %v", err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(schema, body); err != nil {
			t.Errorf("%s: %v", filepath.Base(file), err)
		}
	}
}
