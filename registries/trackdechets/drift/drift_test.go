package drift

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"sluss"
	"sluss/registries/trackdechets/calls"
	sim "sluss/simulators/trackdechets"
)

const producerID = "00000000283366"

func watch(url, token string) Watch {
	return Watch{calls.New(calls.Options{URL: url, Tokens: map[string]string{producerID: token}})}
}

// registry is a simulated registry with one company.
type registry struct {
	*sim.Backend
	client Watch
}

func newRegistry(t *testing.T) *registry {
	t.Helper()
	b, err := sim.New(sim.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, b.Close()) })
	must(t, b.AddCompany(sim.Company{Siret: producerID, Name: "Producer", Address: "1 rue de Paris", Types: []string{"PRODUCER"}}))
	must(t, b.AddUser(sim.User{Token: "token-of-" + producerID, Email: "p@companies.example", Roles: map[string]sim.Role{producerID: sim.Member}}))
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	return &registry{b, watch(server.URL, "token-of-"+producerID)}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestSchemaOfTheSimulatorHasNoDrift: what we send is what the contract takes,
// and one look is one call.
func TestSchemaOfTheSimulatorHasNoDrift(t *testing.T) {
	r := newRegistry(t)
	before := r.Counters().Requests
	summary, drift, err := r.client.CheckReferenceData(t.Context(), nil)
	must(t, err)
	if len(drift) != 0 || r.Counters().Requests-before != r.client.ReferenceCalls() {
		t.Errorf("%v", drift)
	}
	var seen map[string]int
	must(t, json.Unmarshal(summary, &seen))
	if seen["used_fields"] < 100 || seen["used_inputs"] < 200 || seen["used_values"] < 50 {
		t.Errorf("looked at %v", seen)
	}
}

// TestDriftIsToldByWhetherItBreaksUs: what is gone or wanted breaks, what is new
// or deprecated is told, and what we do not use is none of ours.
func TestDriftIsToldByWhetherItBreaksUs(t *testing.T) {
	r := newRegistry(t)
	for name, test := range map[string]struct {
		change func(types map[string]map[string]any)
		want   string // list and code
		breaks bool
	}{
		"a field that we read is gone":    {func(s map[string]map[string]any) { drop(s["Form"], "fields", "status") }, "Form status", true},
		"a mutation is gone":              {func(s map[string]map[string]any) { drop(s["Mutation"], "fields", "markAsSealed") }, "Mutation markAsSealed", true},
		"one that we do not use is gone":  {func(s map[string]map[string]any) { drop(s["Query"], "fields", "formsLifeCycle") }, "", false},
		"an input that we send is gone":   {func(s map[string]map[string]any) { drop(s["WasteDetailsInput"], "inputFields", "isSubjectToADR") }, "WasteDetailsInput isSubjectToADR", true},
		"one that we do not send is gone": {func(s map[string]map[string]any) { drop(s["WasteDetailsInput"], "inputFields", "sampleNumber") }, "WasteDetailsInput sampleNumber", false},
		"an input is wanted that is new":  {func(s map[string]map[string]any) { grow(s["CreateFormInput"], "inputFields", "purpose", true) }, "CreateFormInput purpose", true},
		"an input is new":                 {func(s map[string]map[string]any) { grow(s["CreateFormInput"], "inputFields", "purpose", false) }, "", false},
		"an argument is wanted": {func(s map[string]map[string]any) {
			grow(member(s["Mutation"], "fields", "deleteForm"), "args", "why", true)
		}, "Mutation deleteForm", true},
		"an argument that we give is gone": {func(s map[string]map[string]any) { drop(member(s["Query"], "fields", "form"), "args", "readableId") }, "Query form", true},
		"a type has changed": {func(s map[string]map[string]any) {
			member(s["Form"], "fields", "customId")["type"] = map[string]any{"kind": "SCALAR", "name": "Int"}
		}, "Form customId", true},
		"a field is surer to be there": {func(s map[string]map[string]any) {
			f := member(s["Form"], "fields", "customId")
			f["type"] = map[string]any{"kind": "NON_NULL", "ofType": f["type"]}
		}, "Form customId", false},
		"a status is new":       {func(s map[string]map[string]any) { grow(s["FormStatus"], "enumValues", "LOST", false) }, "FormStatus LOST", false},
		"a field is deprecated": {func(s map[string]map[string]any) { member(s["Form"], "fields", "customId")["isDeprecated"] = true }, "Form customId", false},
	} {
		t.Run(name, func(t *testing.T) {
			c := changed(t, r, test.change)
			_, drift, err := c.CheckReferenceData(t.Context(), nil)
			must(t, err)
			if test.want == "" {
				if len(drift) != 0 {
					t.Errorf("%v", drift)
				}
				return
			}
			at := slices.IndexFunc(drift, func(d sluss.Drift) bool { return d.List+" "+d.Code == test.want })
			if at < 0 || drift[at].Breaks != test.breaks || drift[at].Problem == "" || drift[at].Remedy == "" {
				t.Errorf("%+v", drift)
			}
		})
	}
}

func TestSchemaThatIsNotToldIsNoDrift(t *testing.T) {
	off := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"errors":[{"message":"GraphQL introspection is not allowed by Apollo Server","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`)
	}))
	t.Cleanup(off.Close)
	c := watch(off.URL, "token")
	if _, drift, err := c.CheckReferenceData(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "does not tell it") || drift != nil {
		t.Errorf("%v, %v", drift, err)
	}
	if _, _, err := (Watch{calls.New(calls.Options{URL: off.URL})}).CheckReferenceData(t.Context(), nil); err == nil {
		t.Error("asked without a token")
	}
}

// The registry hides deprecated arguments and inputs from who does not ask for
// them, as graphql-js does: what is deprecated is not gone.
func TestDeprecatedInputsAreNotGone(t *testing.T) {
	c := changedBy(t, newRegistry(t), func(query string, s map[string]map[string]any) {
		if !strings.Contains(query, "inputFields(includeDeprecated: true)") {
			drop(s["CreateFormInput"], "inputFields", "appendix2Forms")
			drop(s["TransporterInput"], "inputFields", "receipt")
		}
		if !strings.Contains(query, "args(includeDeprecated: true)") {
			drop(member(s["Query"], "fields", "forms"), "args", "cursorAfter")
		}
	})
	if _, drift, err := c.CheckReferenceData(t.Context(), nil); err != nil || len(drift) != 0 {
		t.Errorf("%v, %v", drift, err)
	}
}

// changed is a client of a registry whose schema is another.
func changed(t *testing.T, r *registry, change func(types map[string]map[string]any)) Watch {
	t.Helper()
	return changedBy(t, r, func(_ string, types map[string]map[string]any) { change(types) })
}

// changedBy is the same where the schema depends on how it is asked for.
func changedBy(t *testing.T, r *registry, change func(query string, types map[string]map[string]any)) Watch {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, asked *http.Request) {
		query, err := io.ReadAll(asked.Body)
		if err != nil {
			t.Error(err)
		}
		asked.Body = io.NopCloser(bytes.NewReader(query))
		answer := httptest.NewRecorder()
		r.ServeHTTP(answer, asked)
		var body struct {
			Data struct {
				Schema struct {
					Types []map[string]any `json:"types"`
				} `json:"__schema"`
			} `json:"data"`
		}
		if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
			t.Error(err)
		}
		types := map[string]map[string]any{}
		for _, described := range body.Data.Schema.Types {
			if name, is := described["name"].(string); is {
				types[name] = described
			}
		}
		change(string(query), types)
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(body)
	}))
	t.Cleanup(server.Close)
	return watch(server.URL, "token-of-"+producerID)
}

func members(of map[string]any, what string) []any {
	all, _ := of[what].([]any)
	return all
}

func member(of map[string]any, what, name string) map[string]any {
	for _, one := range members(of, what) {
		if m, is := one.(map[string]any); is && m["name"] == name {
			return m
		}
	}
	panic(name + " is not there")
}

func drop(of map[string]any, what, name string) {
	_ = member(of, what, name)
	of[what] = slices.DeleteFunc(members(of, what), func(one any) bool { return one.(map[string]any)["name"] == name })
}

func grow(of map[string]any, what, name string, wanted bool) {
	kind := map[string]any{"kind": "SCALAR", "name": "String"}
	if wanted {
		kind = map[string]any{"kind": "NON_NULL", "ofType": kind}
	}
	of[what] = append(members(of, what), map[string]any{"name": name, "type": kind})
}
