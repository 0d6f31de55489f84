package autosys_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"sluss"
	"sluss/registries/autosys"
	sim "sluss/simulators/autosys"
)

func published(t *testing.T) *openapi3.SchemaRef {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromFile(reference(t, "contracts", "autosys-openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	return document.Components.Schemas["KjoretoydataResponse"]
}

// node is a place in the published schema, by its path in an answer (lists with one entry, 0), with a value of the
// published type and one of another.
type node struct {
	path         []string
	right, wrong any
}

// nodes are all places at and below the path.
func nodes(schema *openapi3.Schema, path []string) (all []node) {
	here := node{path: path, wrong: "tekst"}
	switch {
	case schema.Type.Is("object"):
		here.right = map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
			all = append(all, nodes(schema.Properties[name].Value, append(slices.Clone(path), name))...)
		}
	case schema.Type.Is("array"):
		here.right = []any{}
		all = nodes(schema.Items.Value, append(slices.Clone(path), "0"))
	case schema.Type.Is("boolean"):
		here.right = false
	case schema.Type.Is("integer"), schema.Type.Is("number"):
		here.right = 4711
	default:
		here.right, here.wrong = "2026-11-23", 4711
	}
	return append(all, here)
}

// set writes the value at the path, and makes the objects and lists on the way to it.
func set(in any, path []string, value any) any {
	if len(path) == 0 {
		return value
	}
	if path[0] == "0" {
		list, _ := in.([]any)
		if len(list) == 0 {
			list = []any{nil}
		}
		list[0] = set(list[0], path[1:], value)
		return list
	}
	object, ok := in.(map[string]any)
	if !ok {
		object = map[string]any{}
	}
	object[path[0]] = set(object[path[0]], path[1:], value)
	return object
}

// reads are the paths that the type reads, lists with one entry.
func reads(typ reflect.Type, path string, all map[string]bool) {
	all[path] = true
	switch typ.Kind() {
	case reflect.Pointer:
		reads(typ.Elem(), path, all)
	case reflect.Slice:
		reads(typ.Elem(), path+".0", all)
	case reflect.Struct:
		for field := range typ.Fields() {
			reads(field.Type, path+"."+field.Tag.Get("json"), all)
		}
	default:
	}
}

// Every place of the published schema is written otherwise in turn, in an answer that is clear. A place that is read
// costs that field and leads to a question; any other changes nothing. The whole answer is kept in both cases.
func TestPlacesWrittenOtherwise(t *testing.T) {
	const vehicle = "kjoretoydataListe.0"
	read := map[string]bool{}
	reads(reflect.TypeFor[autosys.Vehicle](), vehicle, read)
	base := found(t, lookup(t, registry(t, sim.Options{}), "TS10003")).Raw
	judge := func(path []string, value any) (autosys.Answer, sluss.Clearance) {
		var answer any
		if err := json.Unmarshal(base, &answer); err != nil {
			t.Fatal(err)
		}
		body, err := json.Marshal(set(answer, path, value))
		if err != nil {
			t.Fatal(err)
		}
		got := autosys.Classify(200, nil, body)
		if hit, ok := got.(autosys.Found); ok && string(hit.Raw) != string(body) {
			t.Errorf("%v: kept %s of %s", path, hit.Raw, body)
		}
		load := autosys.Load{Leg: 1, Mass: 500 * sluss.Kilogram}
		return got, autosys.Clear(load, today, []autosys.Checked{{Vehicle: lorry("TS10003"), Answer: got}})
	}
	if _, c := judge([]string{"kjoretoydataListe", "0", "ny"}, 1); c.Verdict != sluss.Clear {
		t.Fatalf("the answer is not clear: %+v", c)
	}
	all := nodes(published(t).Value, nil)
	if len(all) < 683 {
		t.Fatalf("the schema has only %d places: has it moved?", len(all))
	}
	for _, n := range all {
		path := strings.Join(n.path, ".")
		if !strings.HasPrefix(path, vehicle+".") {
			continue // the list itself, and the feilmelding beside it
		}
		right, before := judge(n.path, n.right)
		wrong, after := judge(n.path, n.wrong)
		hit, ok := wrong.(autosys.Found)
		if misread := right.(autosys.Found).Misread; !ok || misread != "" {
			t.Errorf("%s: as published it is misread: %q, and otherwise it is %#v", path, misread, wrong)
			continue
		}
		field := strings.ReplaceAll(strings.TrimPrefix(path, vehicle+"."), ".0", "")
		switch {
		case read[path] && (hit.Misread != field || after.Verdict == sluss.Clear):
			t.Errorf("%s is read, but written otherwise it is misread at %q, %s", path, hit.Misread, after.Verdict)
		case !read[path] && (hit.Misread != "" || !reflect.DeepEqual(after, before)):
			t.Errorf("%s is not read, but written otherwise it is misread at %q, %s", path, hit.Misread, after.Verdict)
		}
		const plate, kerb = "kjoretoyId.kjennemerke", "godkjenning.tekniskGodkjenning.tekniskeData.vekter.egenvekt"
		v := hit.Vehicles[0]
		if !strings.HasPrefix(plate, field) && v.ID.Plate != "TS 10003" || !strings.HasPrefix(kerb, field) && kg(v.Approval.Technical.Data.Weights.Kerb) != 11_200 {
			t.Errorf("%s: the rest is not read: %+v", path, v)
		}
	}
	t.Logf("%d places, %d of them read", len(all), len(read))
}

// Every field that we read is one that the published schema has, with a type that it can be read into.
func TestWireTypesAreThePublishedOnes(t *testing.T) {
	list := published(t).Value.Properties["kjoretoydataListe"]
	compare(t, "kjoretoydataListe", reflect.TypeFor[[]autosys.Vehicle](), list)
}

func compare(t *testing.T, path string, typ reflect.Type, schema *openapi3.SchemaRef) {
	t.Helper()
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	kinds := map[reflect.Kind]string{
		reflect.String: "string", reflect.Int: "integer", reflect.Int64: "integer", reflect.Float64: "number",
		reflect.Bool: "boolean", reflect.Slice: "array", reflect.Struct: "object",
	}
	if !schema.Value.Type.Is(kinds[typ.Kind()]) {
		t.Errorf("%s: we read a %v, the schema has %v", path, typ, schema.Value.Type)
		return
	}
	wantFormat := map[reflect.Type]string{reflect.TypeFor[autosys.Date](): "date", reflect.TypeFor[autosys.Moment](): "date-time"}[typ]
	if typ.Kind() == reflect.String && schema.Value.Format != wantFormat {
		t.Errorf("%s: we read a %v, the schema has the format %q", path, typ, schema.Value.Format)
	}
	switch typ.Kind() {
	case reflect.Slice:
		compare(t, path+"[]", typ.Elem(), schema.Value.Items)
	case reflect.Struct:
		for field := range typ.Fields() {
			name := field.Tag.Get("json")
			property := schema.Value.Properties[name]
			if property == nil {
				t.Errorf("%s.%s: the schema has no such field", path, name)
				continue
			}
			compare(t, path+"."+name, field.Type, property)
		}
	default:
	}
}
