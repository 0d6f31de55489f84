package autosys_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"sluss/registries/autosys"
)

func published(t *testing.T) *openapi3.SchemaRef {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromFile(reference(t, "contracts", "autosys-openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	return document.Components.Schemas["KjoretoydataResponse"]
}

// leaf is a single value of the published schema: where it stands, and an answer that holds it and nothing else.
type leaf struct {
	path   []string
	value  any
	answer any
}

// leaves are all values that the schema has, lists with one entry.
func leaves(schema *openapi3.Schema, path []string, around func(any) any) (all []leaf) {
	switch {
	case schema.Type.Is("object"):
		for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
			all = append(all, leaves(schema.Properties[name].Value, append(slices.Clone(path), name), func(inner any) any {
				return around(map[string]any{name: inner})
			})...)
		}
		return all
	case schema.Type.Is("array"):
		return leaves(schema.Items.Value, append(slices.Clone(path), "0"), func(inner any) any { return around([]any{inner}) })
	}
	var value any
	switch {
	case schema.Type.Is("boolean"):
		value = true
	case schema.Type.Is("integer"):
		value = 4711.0
	case schema.Type.Is("number"):
		value = 47.11
	case schema.Format == "date":
		value = "2026-11-23"
	case schema.Format == "date-time":
		value = "2026-11-23T08:02:43.42+01:00"
	case len(schema.Enum) > 0:
		value = schema.Enum[0]
	default:
		value = "tekst"
	}
	return []leaf{{path, value, around(value)}}
}

// at is the value at a path of what came out of JSON.
func at(value any, path []string) any {
	for _, step := range path {
		switch inner := value.(type) {
		case map[string]any:
			value = inner[step]
		case []any:
			if step != "0" || len(inner) != 1 {
				return nil
			}
			value = inner[0]
		default:
			return nil
		}
	}
	return value
}

// Every value that the published schema has is found again in what we read: nothing of it is left to the raw answer.
func TestEveryPublishedFieldIsRead(t *testing.T) {
	all := leaves(published(t).Value, nil, func(inner any) any { return inner })
	if len(all) < 400 {
		t.Fatalf("the schema has only %d values: has it moved?", len(all))
	}
	for _, l := range all {
		body, err := json.Marshal(l.answer)
		if err != nil {
			t.Fatal(err)
		}
		var read autosys.Response
		if err := json.Unmarshal(body, &read); err != nil {
			t.Errorf("%s: %v", strings.Join(l.path, "."), err)
			continue
		}
		again, err := json.Marshal(read)
		if err != nil {
			t.Fatal(err)
		}
		var back any
		if err := json.Unmarshal(again, &back); err != nil {
			t.Fatal(err)
		}
		if got := at(back, l.path); !reflect.DeepEqual(got, l.value) {
			t.Errorf("%s: we read %v, the registry wrote %v", strings.Join(l.path, "."), got, l.value)
		}
	}
	t.Logf("%d values", len(all))
}

// Every field that we read is one that the published schema has, with a type that it can be read into.
func TestWireTypesAreThePublishedOnes(t *testing.T) {
	compare(t, "KjoretoydataResponse", reflect.TypeFor[autosys.Response](), published(t))
}

func compare(t *testing.T, path string, typ reflect.Type, schema *openapi3.SchemaRef) {
	t.Helper()
	if strings.HasPrefix(typ.Name(), "Aside[") {
		typ = typ.Field(0).Type
	}
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

// A field of another type costs that field, not the answer; what a verdict can rest on is named.
func TestFieldsOfAnotherTypeAreToldApart(t *testing.T) {
	const technical = `{"kjoretoydataListe":[{"kjoretoyId":{"kjennemerke":"CU 10149"},"godkjenning":{"tekniskGodkjenning":{"tekniskeData":{%s,"vekter":{"egenvekt":1520}}}}}]}`
	for name, test := range map[string]struct {
		body    string
		misread string
	}{
		"beside a verdict": {fmt.Sprintf(technical, `"akslinger":"to","miljodata":{"miljoOgdrivstoffGruppe":[{"lyd":{"kjorestoy":70.5}}]}`), ""},
		"a list beside it": {fmt.Sprintf(technical, `"ovrigeTekniskeData":{}`), ""},
		"of a verdict":     {fmt.Sprintf(technical, `"motorOgDrivverk":{"motor":"diesel"}`), "godkjenning.tekniskGodkjenning.tekniskeData.motorOgDrivverk.motor"},
	} {
		t.Run(name, func(t *testing.T) {
			answer, ok := autosys.Classify(200, nil, []byte(test.body)).(autosys.Found)
			if !ok || answer.Misread != test.misread {
				t.Fatalf("got %#v, want misread %q", answer, test.misread)
			}
			if v := answer.Vehicles[0]; v.ID.Plate != "CU 10149" || kg(v.Approval.Technical.Data.Weights.Kerb) != 1520 {
				t.Errorf("the rest is not read: %+v", v)
			}
		})
	}
	v := found(t, autosys.Classify(200, nil, fmt.Appendf(nil, technical, `"miljodata":{"okoInnovasjon":true,"miljoOgdrivstoffGruppe":[{"lyd":{"kjorestoy":70.5,"standstoy":80}}]}`)))
	environment := v.Approval.Technical.Data.Environment
	if environment.Unread != "miljoOgdrivstoffGruppe.lyd.kjorestoy" || !environment.Value.EcoInnovation || environment.Value.Fuels[0].Noise.Standing != 80 {
		t.Errorf("got %+v", environment)
	}
}
