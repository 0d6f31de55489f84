package api

import (
	"encoding/json"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"sluss"
)

// recorder is a router that only records its routes.
type recorder struct {
	http.Handler
	patterns []string
}

func (r *recorder) HandleFunc(pattern string, _ func(http.ResponseWriter, *http.Request)) {
	r.patterns = append(r.patterns, pattern)
}

func TestServedRoutesAreThoseOfTheDocument(t *testing.T) {
	doc := Spec()
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	var served recorder
	s := &server{}
	s.routes(&served)
	s.hooks(&served)
	var declared []string
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			declared = append(declared, method+" "+path)
			if operation.Summary == "" || len(operation.Tags) != 1 || operation.Responses.Default() == nil {
				t.Errorf("%s %s wants a summary, one tag, and an answer by default", method, path)
			}
		}
	}
	slices.Sort(served.patterns)
	slices.Sort(declared)
	if !slices.Equal(served.patterns, declared) {
		t.Errorf("served\n%s\nin the document\n%s", strings.Join(served.patterns, "\n"), strings.Join(declared, "\n"))
	}
}

// TestSchemasAreTheTypes compares each schema with its Go type: they must have the same fields.
func TestSchemasAreTheTypes(t *testing.T) {
	h := holding{t: t, schemas: Spec().Components.Schemas, seen: map[string]bool{}}
	for name, value := range map[string]any{
		"Declaration": Declaration{}, "Event": Event{}, "Correction": Correction{}, "Signature": Signature{}, "Decision": Decision{}, "Amending": Amending{}, "AmendingAll": AmendingAll{}, "Cancelling": Cancelling{}, "AmendedAll": AmendedAll{},
		"QuotaAct": QuotaAct{}, "Answering": Answering{}, "VehicleQuestion": VehicleQuestion{}, "ExportOrder": ExportOrder{}, "CodeSignature": CodeSignature{},
		"Compiling": Compiling{}, "Notice": Notice{}, "Problem": Problem{}, "Declared": Declared{}, "Report": Report{}, "ImportLine": ImportLine{}, "BatchRow": BatchRow{}, "Batch": Batch{},
		"EventReply": EventReply{}, "Corrected": Corrected{}, "FilingState": FilingState{}, "Amended": Amended{}, "Attempt": Attempt{}, "FiledContent": FiledContent{},
		"Extracted": Extracted{}, "ReferenceData": ReferenceData{}, "Syncs": Syncs{}, "Quota": Quota{}, "Usage": Usage{}, "QuarterResult": QuarterResult{},
		"Answered": Answered{}, "VehicleAnswer": VehicleAnswer{}, "Explanation": Explanation{}, "Health": Health{}, "Revision": Revision{},
		"Company": Company{}, "Mandate": Mandate{}, "Ending": Ending{}, "Told": Told{}, "TheirState": TheirState{}, "Assignment": Assignment{},
	} {
		h.named(name, reflect.TypeOf(value))
	}
	for name := range h.schemas {
		if !h.seen[name] {
			t.Errorf("schema %s is held against no type: take it out, or name its type in this test", name)
		}
	}
}

type holding struct {
	t       *testing.T
	schemas openapi3.Schemas
	seen    map[string]bool
}

func (h holding) named(name string, of reflect.Type) {
	if !h.seen[name] {
		h.seen[name] = true
		h.hold(name, h.schemas[name].Value, of)
	}
}

func (h holding) ref(at string, ref *openapi3.SchemaRef, of reflect.Type) {
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if name, ok := strings.CutPrefix(ref.Ref, "#/components/schemas/"); ok {
		h.named(name, of)
		return
	}
	h.hold(at, ref.Value, of)
}

func (h holding) hold(at string, schema *openapi3.Schema, of reflect.Type) {
	want := map[reflect.Kind]string{
		reflect.String: "string", reflect.Bool: "boolean", reflect.Int: "integer", reflect.Int64: "integer", reflect.Slice: "array", reflect.Map: "object", reflect.Struct: "object",
	}[of.Kind()]
	switch of {
	case reflect.TypeFor[time.Time]():
		want = "string"
	case reflect.TypeFor[sluss.Mass]():
		want = "number"
	case reflect.TypeFor[json.RawMessage](), reflect.TypeFor[any]():
		return // anything
	}
	if !schema.Type.Is(want) {
		h.t.Errorf("%s is %s in the document, and %s (%s) in Go", at, schema.Type.Slice(), want, of)
		return
	}
	switch {
	case want == "array":
		h.ref(at, schema.Items, of.Elem())
	case of.Kind() == reflect.Map:
		if more := schema.AdditionalProperties.Schema; more != nil {
			h.ref(at, more, of.Elem())
		}
	case want == "object":
		fields := fieldsOf(of)
		for name, ref := range schema.Properties {
			field, known := fields[name]
			if !known {
				h.t.Errorf("%s.%s is in the document, and not in %s", at, name, of)
				continue
			}
			h.ref(at+"."+name, ref, field)
			delete(fields, name)
		}
		for name := range fields {
			h.t.Errorf("%s.%s is in %s, and not in the document: put it into api/openapi.yaml", at, name, of)
		}
	}
}

// fieldsOf are the fields of a struct by their names in JSON; of several with one
// name the outermost.
func fieldsOf(of reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for _, field := range reflect.VisibleFields(of) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if before, known := of.FieldByName(field.Name); field.Anonymous || name == "-" || name == "" || !known || len(before.Index) < len(field.Index) {
			continue
		}
		fields[name] = field.Type
	}
	return fields
}

// TestPageNamesRoutesThatThereAre holds docs/api.md against the document.
func TestPageNamesRoutesThatThereAre(t *testing.T) {
	page, err := os.ReadFile("../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	paths := Spec().Paths
	for _, word := range strings.FieldsFunc(string(page), func(r rune) bool { return strings.ContainsRune(" `'\n()|?", r) }) {
		word = strings.TrimPrefix(word, "http://127.0.0.1:8090")
		if !strings.HasPrefix(word, "/api/") && !strings.HasPrefix(word, "/hooks/") && word != "/healthz" {
			continue
		}
		word = strings.TrimRight(word, ".,:;…")
		if !slices.ContainsFunc(paths.InMatchingOrder(), func(path string) bool { return matches(path, word) }) {
			t.Errorf("docs/api.md names %s, which is no route of the document", word)
		}
	}
}

// matches tells whether a path, or another template, matches the template.
func matches(template, path string) bool {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i, part := range want {
		if part != got[i] && !strings.HasPrefix(part, "{") {
			return false
		}
	}
	return true
}
