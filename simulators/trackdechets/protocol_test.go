package trackdechets

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

func TestTransport(t *testing.T) {
	r := newRegistry(t, Options{})
	for _, test := range []struct {
		name, contentType, body string
		status                  int
		want                    string
	}{
		{"malformed JSON", "application/json", `{"query":`, 400, `{"error":"JSON mal formaté ou invalide"}`},
		{"form post", "application/x-www-form-urlencoded", `query={me{email}}`, 400, "CSRF"},
		{"unknown operation name", "application/json", `{"query":"query A{me{id}} query B{me{id}}","operationName":"C"}`, 400, "operation"},
		{"unknown field", "application/json", `{"query":"{me{nobody}}"}`, 400, refusal.Validation},
		{"bad enumeration", "application/json", `{"query":"query($s:[FormStatus!]){forms(status:$s){id}}","variables":{"s":["LOST"]}}`, 400, `does not exist in \"FormStatus\" enum`},
		{"bad number", "application/json", `{"query":"query($n:Int){forms(first:$n){id}}","variables":{"n":1.5}}`, 400, "Int cannot represent"},
		{"batch with one fault", "application/json", `[{"query":"{me{email}}"},{"query":"{"}]`, 400, "producer@example.test"},
		{"introspection", "application/json", `{"query":"{__type(name:\"SignTransportFormInput\"){inputFields{name}}}"}`, 200, "transporterNumberPlate"},
		{"variables that are no object", "application/json", `{"query":"{me{id}}","variables":[1]}`, 400, "must be an object"},
		{"text in place of an object", "application/json", `"query"`, 400, `{"error":"JSON mal formaté ou invalide"}`},
		{"no query", "application/json", `{"variables":{}}`, 400, "must contain a non-empty"},
		{"query that is no text", "application/json", `{"query":1}`, 400, "GraphQL queries must be strings."},
		{"batch with one without query", "application/json", `[{"query":"{me{email}}"},{"query":""}]`, 400, "producer@example.test"},
		{"no document", "application/json", `{"query":" "}`, 400, `Syntax Error: Unexpected \u003cEOF\u003e.`},
		{"empty selection", "application/json", `{"query":"{me{}}"}`, 400, `Expected Name, found \"}\".`},
		{"unknown character", "application/json", `{"query":"{me{id?}}"}`, 400, `Unexpected character: \"?\".`},
		{"large number", "application/json", `{"query":"query($n:Int){forms(first:$n){id}}","variables":{"n":3000000000}}`, 400, "non 32-bit signed integer"},
		{"misspelt value", "application/json", `{"query":"query($s:[FormStatus!]){forms(status:$s){id}}","variables":{"s":["SEALLED"]}}`, 400, `Did you mean the enum value \"SEALED\"`},
		{"variable of an unknown type", "application/json", `{"query":"query($i:Nope!){form(id:$i){id}}"}`, 400, `"Unknown type \"Nope\"."`},
		{"session of the web interface", "application/json", `{"query":"{favorites(orgId:\"x\", type:EMITTER){siret}}"}`, 200, refusal.Unauthenticated},
		{"mutation of that session", "application/json", `{"query":"mutation($s:String!){renewSecurityCode(siret:$s){id}}","variables":{"s":"x"}}`, 200, refusal.Unauthenticated},
		{"fragment cycle", "application/json", `{"query":"{me{...a}} fragment a on User{...a}"}`, 500, refusal.Broken},
	} {
		got := r.send("producer", test.contentType, []byte(test.body))
		if got.status != test.status || !strings.Contains(string(got.body), test.want) {
			t.Errorf("%s: HTTP %d %s", test.name, got.status, got.body)
		}
	}
	for path, want := range map[string]int{"/graphql": 404, "/?query=%7Bme%7Bid%7D%7D&access_token=producer": 200, "/?query=mutation%7BdeleteForm(id:1)%7Bid%7D%7D": 405} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+path, nil)
		must(t, err)
		req.Header.Set("Apollo-Require-Preflight", "true")
		if got := r.do(req); got.status != want || (want == 200 && strings.Contains(string(got.body), "errors")) {
			t.Errorf("GET %s: HTTP %d %s", path, got.status, got.body)
		}
	}
}

// Methods that GraphQL does not have are refused as the other requests are, after the guard against forgery.
func TestOtherMethods(t *testing.T) {
	r := newRegistry(t, Options{})
	for _, test := range []struct {
		method, contentType string
		want                int
	}{{http.MethodPut, "application/json", 405}, {http.MethodPatch, "application/json", 405}, {http.MethodDelete, "", 400}, {http.MethodHead, "", 400}} {
		req, err := http.NewRequestWithContext(t.Context(), test.method, r.url+"/", strings.NewReader(`{"query":"{me{id}}"}`))
		must(t, err)
		req.Header.Set("Content-Type", test.contentType)
		if got := r.do(req); got.status != test.want || (test.method != http.MethodHead && !strings.Contains(string(got.body), refusal.BadRequest)) {
			t.Errorf("%s: HTTP %d %s", test.method, got.status, got.body)
		}
	}
}

// A registry that was killed and started again on its data still knows what was used of the open windows.
func TestQuotaSurvivesACrash(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	options := Options{Path: filepath.Join(t.TempDir(), "records.jsonl"), Quota: Quota{Calls: 3, Per: time.Minute}, Now: func() time.Time { return now }}
	open := func() *Backend {
		t.Helper()
		b, err := New(options)
		must(t, err)
		t.Cleanup(func() { _ = b.Close() })
		return b
	}
	call := func(b *Backend, address string) (int, string) {
		w := httptest.NewRecorder()
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/ping", nil)
		req.RemoteAddr = address + ":1"
		b.ServeHTTP(w, req)
		return w.Code, w.Header().Get("X-RateLimit-Reset")
	}
	first := open()
	_, reset := call(first, "192.0.2.1")
	now = now.Add(20 * time.Second)
	call(first, "192.0.2.1")

	// Nothing is closed, and the last line is torn.
	file, err := os.OpenFile(options.Path+".quota", os.O_APPEND|os.O_WRONLY, 0o600)
	must(t, err)
	_, err = file.WriteString(`{"address":"192.0.2.1","ends":"20`)
	must(t, err)
	must(t, file.Close())

	second := open()
	if status, again := call(second, "192.0.2.1"); status != http.StatusOK || again != reset {
		t.Errorf("HTTP %d, the window ends at %s, not %s", status, again, reset)
	}
	if status, _ := call(second, "192.0.2.1"); status != http.StatusTooManyRequests {
		t.Errorf("the fourth call of the window: HTTP %d", status)
	}
	if status, _ := call(second, "192.0.2.2"); status != http.StatusOK {
		t.Errorf("another address: HTTP %d", status)
	}
	third := open()
	if status, _ := call(third, "192.0.2.1"); status != http.StatusTooManyRequests {
		t.Errorf("after a second restart: HTTP %d", status)
	}
	now = now.Add(40 * time.Second) // a minute from the first call
	if status, _ := call(open(), "192.0.2.1"); status != http.StatusOK {
		t.Errorf("in the next window: HTTP %d", status)
	}
}

func TestPDF(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	r := newRegistry(t, Options{Now: func() time.Time { return now }})
	id := r.bring(Draft, createInput()) // drafts have one too
	const query = `query($id: ID!){formPdf(id:$id){token downloadLink}}`
	if a := r.ask("outsider", query, map[string]any{"id": id}); a.code != refusal.Denied {
		t.Errorf("%+v", a)
	}
	a := r.ask("producer", query, map[string]any{"id": id})
	link := tree.Text(a.body, "data.formPdf.downloadLink")
	if !strings.HasPrefix(link, "/download?token=") {
		t.Fatalf("%+v", a)
	}
	get := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, link, nil))
		return w
	}
	for range 2 { // as often as one likes
		if w := get(); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "%PDF") || w.Header().Get("Content-Type") != "application/pdf" {
			t.Errorf("HTTP %d %s", w.Code, w.Body)
		}
		now = now.Add(9 * time.Second)
	}
	if w := get(); w.Code != http.StatusForbidden || w.Body.String() != "Token invalide ou expiré." {
		t.Errorf("after ten seconds: HTTP %d %s", w.Code, w.Body)
	}
}

const (
	exportQuery = `mutation($s: String,$d: DateFilter!){generateRegistryV2Export(registryType:INCOMING,format:CSV,siret:$s,dateRange:$d){id status}}`
	exportRead  = `query($id: ID!){registryV2Export(id:$id){status sirets createdBy{email}}}`
	exportURL   = `query($id: String!){registryV2ExportDownloadSignedUrl(exportId:$id){fileKey signedUrl}}`
)

func TestRegistryExport(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	r := newRegistry(t, Options{Now: func() time.Time { return now }, ExportTime: 10 * time.Second})
	in := r.bring(Processed, createInput())
	r.bring(Sent, createInput())
	ask := func() answer {
		return r.ask("destination", exportQuery, map[string]any{"s": destination, "d": map[string]any{"_gte": "2026-01-01"}})
	}
	a := ask()
	id := tree.Text(a.body, "data.generateRegistryV2Export.id")
	if tree.Text(a.body, "data.generateRegistryV2Export.status") != "PENDING" {
		t.Fatalf("%+v", a)
	}
	if a := ask(); a.code != refusal.TooManyRequests || a.status != 200 {
		t.Errorf("the same once more: %+v", a)
	}
	if a := r.ask("destination", exportURL, map[string]any{"id": id}); a.code != refusal.Denied {
		t.Errorf("too early: %+v", a)
	}
	status := func() string {
		return tree.Text(r.ask("destination", exportRead, map[string]any{"id": id}).body, "data.registryV2Export.status")
	}
	now = now.Add(6 * time.Second)
	if status() != "STARTED" {
		t.Errorf("%s", status())
	}
	now = now.Add(6 * time.Second)
	if status() != "SUCCESSFUL" {
		t.Errorf("%s", status())
	}
	if a := r.ask("producer", exportRead, map[string]any{"id": id}); a.code != refusal.BadUserInput {
		t.Errorf("another's export: %+v", a)
	}
	link := tree.Text(r.ask("destination", exportURL, map[string]any{"id": id}).body, "data.registryV2ExportDownloadSignedUrl.signedUrl")
	now = now.Add(9 * time.Minute)
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, link, nil))
	rows := strings.Split(strings.TrimSpace(w.Body.String()), "\n")
	if w.Code != http.StatusOK || len(rows) != 2 || !strings.HasPrefix(rows[1], in+";BSD-") {
		t.Errorf("HTTP %d %q", w.Code, rows)
	}
}
