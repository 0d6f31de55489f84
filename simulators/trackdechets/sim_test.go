package trackdechets

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

func TestQuotaWindow(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	b, err := New(Options{Quota: Quota{Calls: 3, Per: time.Minute}, Now: func() time.Time { return now }})
	must(t, err)
	call := func(address string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/ping", nil)
		req.RemoteAddr = address
		b.ServeHTTP(w, req)
		return w
	}
	for i := range 3 {
		res := call(fmt.Sprintf("192.0.2.1:%d", 1000+i)) // the port is no part of the key
		if res.Code != http.StatusOK || res.Header().Get("X-RateLimit-Remaining") != fmt.Sprint(2-i) {
			t.Errorf("call %d: HTTP %d, remaining %s", i, res.Code, res.Header().Get("X-RateLimit-Remaining"))
		}
		now = now.Add(10 * time.Second)
	}
	res := call("192.0.2.1:1")
	if res.Code != http.StatusTooManyRequests || res.Header().Get("Retry-After") != "60" ||
		res.Header().Get("X-RateLimit-Reset") != fmt.Sprint(time.Date(2026, 11, 22, 12, 1, 0, 0, time.UTC).Unix()) ||
		!strings.HasPrefix(res.Header().Get("Content-Type"), "text/html") {
		t.Errorf("HTTP %d %v", res.Code, res.Header())
	}
	if call("192.0.2.2:1").Code != http.StatusOK {
		t.Error("another address has its own window")
	}
	now = time.Date(2026, 11, 22, 12, 1, 0, 0, time.UTC)
	if call("192.0.2.1:1").Code != http.StatusOK {
		t.Error("the window opened with the first call and must be over")
	}
	if c := b.Counters(); c.Requests != 6 || c.OverQuota != 1 {
		t.Errorf("%+v", c)
	}
}

func TestFaults(t *testing.T) {
	create := func(r *simulated) answer {
		return r.ask("producer", createQuery, map[string]any{"i": with(createInput(), "customId", "ERP-1")})
	}
	tests := []struct {
		name    string
		fault   Fault
		status  int
		code    string
		lost    bool
		effects int
	}{
		{"quota", Fault{Kind: FaultQuota}, 429, "", false, 0},
		{"bad gateway", Fault{Kind: FaultStatus}, 502, "", false, 0},
		{"timed out", Fault{Kind: FaultStatus, Status: 408}, 408, "", false, 0},
		{"timed out after the effect", Fault{Kind: FaultStatus, Status: 408, AfterEffect: true}, 408, "", false, 1},
		{"HTML", Fault{Kind: FaultHTML}, 200, "", false, 0},
		{"internal", Fault{Kind: FaultInternal}, 200, refusal.Broken, false, 0},
		{"internal after the effect", Fault{Kind: FaultInternal, AfterEffect: true}, 200, refusal.Broken, false, 1},
		{"closed", Fault{Kind: FaultClosed}, 0, "", true, 0},
		{"answer lost", Fault{Kind: FaultClosed, AfterEffect: true, Operation: "createForm", CustomID: "ERP-1"}, 0, "", true, 1},
		{"slow", Fault{Kind: FaultSlow, Delay: Duration(time.Millisecond)}, 200, "", false, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRegistry(t, Options{})
			must(t, r.Fault(test.fault))
			a := create(r)
			if a.status != test.status || a.code != test.code || a.lost != test.lost {
				t.Errorf("%+v", a)
			}
			if forms := r.Forms(); len(forms) != test.effects {
				t.Errorf("%d forms in the records, want %d", len(forms), test.effects)
			}
			if a := create(r); a.code != "" || a.status != 200 || a.lost {
				t.Errorf("the fault must be over: %+v", a)
			}
			if c := r.Counters(); c.Faults[test.fault.Kind] != 1 || c.Effects["createForm"] != test.effects+1 {
				t.Errorf("%+v", c)
			}
		})
	}
}

func TestFaultsAreAimed(t *testing.T) {
	r := newRegistry(t, Options{})
	aimed := r.bring(Draft, with(createInput(), "customId", "ERP-1"))
	other := r.bring(Draft, with(createInput(), "customId", "ERP-2"))
	must(t, r.Fault(Fault{Kind: FaultInternal, Operation: "markAsSealed", CustomID: "ERP-1", Times: 2, AfterEffect: true}))
	if a := r.ask("producer", formQuery, map[string]any{"id": aimed}); a.code != "" {
		t.Errorf("another operation: %+v", a)
	}
	if a := r.ask("producer", sealQuery, map[string]any{"id": other}); a.code != "" {
		t.Errorf("another form: %+v", a)
	}
	for range 2 {
		if a := r.ask("producer", sealQuery, map[string]any{"id": aimed}); a.code != refusal.Broken {
			t.Errorf("%+v", a)
		}
	}
	if a := r.ask("producer", sealQuery, map[string]any{"id": aimed}); a.code != refusal.BadUserInput {
		t.Errorf("the form was sealed behind the fault: %+v", a)
	}
	for _, wrong := range []Fault{{}, {Kind: "x"}, {Kind: FaultStatus, Status: 200}, {Kind: FaultSlow, Operation: "createNothing"}, {Kind: FaultSlow, Times: -1}} {
		if r.Fault(wrong) == nil {
			t.Errorf("%+v was taken", wrong)
		}
	}
}

func TestRefusalWithoutPDF(t *testing.T) {
	r := newRegistry(t, Options{PDFFails: true})
	for status, refused := range map[string]float64{"REFUSED": 1.5, "PARTIALLY_REFUSED": 0.5} {
		id := r.bring(Sent, createInput())
		a := r.ask("destination", receiveQuery, map[string]any{"id": id, "i": reception(status, 1.5, refused)})
		if a.code != refusal.Broken || a.status != 200 || a.message != "Erreur serveur" {
			t.Errorf("%s: %+v", status, a)
		}
		if f := r.recorded(id); tree.Text(f.Data, "wasteAcceptationStatus") != status || f.Status == Sent {
			t.Errorf("%s must stand: %s", status, f.Status)
		}
	}
}

func TestConcurrentSignatures(t *testing.T) {
	r := newRegistry(t, Options{})
	id := r.bring(Sealed, createInput())
	must(t, r.Fault(Fault{Kind: FaultSlow, Operation: "signEmissionForm", Delay: Duration(300 * time.Millisecond)}))
	var wait sync.WaitGroup
	answers := make([]answer, 4)
	for i := range answers {
		wait.Go(func() { answers[i] = r.ask("producer", emitQuery, map[string]any{"id": id, "i": emission()}) })
	}
	wait.Wait()
	signed := 0
	for _, a := range answers {
		switch a.code {
		case "":
			signed++
		case refusal.Broken, refusal.BadUserInput: // under way, or over when the request arrived
		default:
			t.Errorf("%+v", a)
		}
	}
	effects := 0
	for _, entry := range r.recorded(id).Log {
		if entry.Name == "signEmissionForm" {
			effects++
		}
	}
	if signed != 1 || effects != 1 {
		t.Errorf("%d signatures answered, %d took effect", signed, effects)
	}
}

func TestBooksSurviveACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.jsonl")
	r := newRegistry(t, Options{Path: path})
	sent := r.bring(Sent, with(createInput(), "customId", "ERP-1"))
	gone := r.bring(Draft, createInput())
	r.ask("producer", deleteQuery, map[string]any{"id": gone})
	before := r.Forms()

	// The process is killed in the middle of a line: nothing is closed, and a copy of the file is what the next one finds.
	raw, err := os.ReadFile(path)
	must(t, err)
	torn := filepath.Join(t.TempDir(), "torn.jsonl")
	must(t, os.WriteFile(torn, append(raw, []byte(`{"form":{"id":"half`)...), 0o600))

	again := newRegistry(t, Options{Path: torn})
	if after := again.Forms(); !reflect.DeepEqual(before, after) {
		t.Fatalf("before\n%+v\nafter\n%+v", before, after)
	}
	if a := again.ask("destination", receiveQuery, map[string]any{"id": sent, "i": reception("ACCEPTED", 1.5, 0)}); a.code != "" {
		t.Errorf("the form must go on: %+v", a)
	}
	if a := again.ask("producer", formQuery, map[string]any{"id": gone}); a.code != refusal.BadUserInput {
		t.Errorf("deleted forms stay deleted: %+v", a)
	}
	third, err := New(Options{Path: torn})
	must(t, err)
	if f := third.Forms()[0]; f.Status != Accepted || f.CustomID != "ERP-1" || len(f.Log) != 5 {
		t.Errorf("after a second restart: %s, %d log entries", f.Status, len(f.Log))
	}
	must(t, third.Close())

	must(t, os.WriteFile(torn, []byte("{}\nnonsense\n"), 0o600))
	if _, err := New(Options{Path: torn}); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("records that cannot be read: %v", err)
	}
}

func TestAdmin(t *testing.T) {
	r := newRegistry(t, Options{})
	r.bring(Draft, createInput())
	call := func(method, path, body string) (int, string) {
		w := httptest.NewRecorder()
		r.Admin().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, "http://localhost"+path, strings.NewReader(body)))
		return w.Code, w.Body.String()
	}
	for _, test := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"POST", "/sim/faults", `{"kind":"closed","operation":"createForm","afterEffect":true,"delay":"1ms"}`, 204, ""},
		{"POST", "/sim/faults", `{"kind":"nonsense"}`, 400, "nonsense"},
		{"POST", "/sim/faults", `{"kindness":"closed"}`, 400, "kindness"},
		{"POST", "/sim/companies", `{"siret":"00000000283457","name":"New","types":["PRODUCER"]}`, 204, ""},
		{"POST", "/sim/companies", `{}`, 400, "siret"},
		{"POST", "/sim/users", `{"token":"new","email":"n@example.test","roles":{"00000000283457":"MEMBER"}}`, 204, ""},
		{"POST", "/sim/users", `{"token":"new","email":"n@example.test","roles":{"00000000283457":"KING"}}`, 400, "KING"},
		{"GET", "/sim/counters", "", 200, `"createForm":1`},
		{"GET", "/sim/other-records", "", 200, `[]`},
		{"POST", "/sim/clients", `{"id":"erp","secret":"s"}`, 204, ""},
		{"POST", "/sim/grants", `{"client":"erp","token":"producer","code":"c"}`, 204, ""},
		{"POST", "/sim/grants", `{"client":"nobody","token":"producer","code":"c"}`, 400, "nobody"},
	} {
		if status, body := call(test.method, test.path, test.body); status != test.status || !strings.Contains(body, test.want) {
			t.Errorf("%s %s %s: HTTP %d %s", test.method, test.path, test.body, status, body)
		}
	}
	_, body := call("GET", "/sim/records", "")
	var forms []Form
	if err := json.Unmarshal([]byte(body), &forms); err != nil || len(forms) != 1 || forms[0].Log[0].Name != "createForm" {
		t.Errorf("%v %s", err, body)
	}
	if a := r.ask("new", `{me{email}}`, nil); tree.Text(a.body, "data.me.email") != "n@example.test" {
		t.Errorf("%+v", a)
	}
	if a := r.ask("producer", createQuery, map[string]any{"i": createInput()}); !a.lost || len(r.Forms()) != 2 {
		t.Errorf("%+v, %d forms", a, len(r.Forms()))
	}
}
