package avfallsregistret_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sim "sluss/simulators/avfallsregistret"
)

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		fault    sim.Fault
		status   int // 0: no answer at all
		part     string
		recorded int
	}{
		"too many":      {sim.Fault{Kind: sim.TooMany, RetryAfterSeconds: 7}, 429, "throttled", 0},
		"down":          {sim.Fault{Kind: sim.Down}, 503, "suspended", 0},
		"bad gateway":   {sim.Fault{Kind: sim.Down, Status: 502}, 502, "", 0},
		"lost request":  {sim.Fault{Kind: sim.LostRequest}, 0, "", 0},
		"token expired": {sim.Fault{Kind: sim.TokenExpired}, 401, "900901", 0},
		"lost answer":   {sim.Fault{Kind: sim.LostAnswer}, 0, "", 1},
		"failed after":  {sim.Fault{Kind: sim.FailedAfter}, 500, "", 1},
		"HTML":          {sim.Fault{Kind: sim.HTMLAnswer}, 200, "<html>", 1},
		"null id":       {sim.Fault{Kind: sim.NullID}, 200, `{"avfallId":null}`, 1},
		"older answer":  {sim.Fault{Kind: sim.OlderAnswer}, 201, `{"AvfallsId":"`, 1},
		"respelt":       {sim.Fault{Kind: sim.Respelt}, 200, `{"AvfallId":"`, 1},
		"slow":          {sim.Fault{Kind: sim.SlowAnswer, DelayMillis: 1}, 200, `{"avfallId":"`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			registry, d := open(t, sim.Options{})
			if err := registry.Fault(c.fault); err != nil {
				t.Fatal(err)
			}
			got, err := d.try("POST", "/transporter", transport())
			switch {
			case c.status == 0 && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
				t.Errorf("want no answer, got %d %s, %v", got.status, got.body, err)
			case c.status != 0 && (err != nil || got.status != c.status || !strings.Contains(string(got.body), c.part)):
				t.Errorf("got %d %s, %v", got.status, got.body, err)
			}
			if want := c.fault.RetryAfterSeconds; want == 7 && got.header.Get("Retry-After") != "7" {
				t.Errorf("Retry-After %q", got.header.Get("Retry-After"))
			}
			if n := len(registry.Notes()); n != c.recorded {
				t.Errorf("records hold %d notes, want %d", n, c.recorded)
			}
			if registry.Counters().Faulted != 1 || len(registry.Faults()) != 0 {
				t.Errorf("counters %+v, still due %v", registry.Counters(), registry.Faults())
			}
			if c.fault.Kind == sim.TokenExpired {
				d.login()
			}
			d.take("POST", "/transporter", transport())
		})
	}
}

func TestFaultChoosesItsCalls(t *testing.T) {
	registry, d := open(t, sim.Options{})
	fault := sim.Fault{
		Kind: sim.FailedAfter, Method: "post", Path: "/transporter", Referens: "REF", Skip: 1, Count: 2,
		Match: func(_ *http.Request, body []byte) bool { return !bytes.Contains(body, []byte("spare me")) },
	}
	if err := registry.Fault(fault); err != nil {
		t.Fatal(err)
	}
	ref := m{"referens": "REF-1"}
	var got []int
	for _, call := range []struct {
		path string
		body m
	}{
		{"/transporter", transport(ref)},                           // skipped
		{"/behandlingsmottaganden", reception(ref)},                // other path
		{"/transporter", transport()},                              // other referens
		{"/transporter", transport(ref, m{"transportsatt": nil})},  // no effect
		{"/transporter", transport(m{"referens": "REF spare me"})}, // spared by the predicate
		{"/transporter", transport(ref)},                           // spoilt
		{"/transporter", transport(ref)},                           // spoilt
		{"/transporter", transport(ref)},                           // over
	} {
		got = append(got, d.call("POST", call.path, call.body).status)
	}
	want := []int{200, 200, 200, 400, 200, 500, 500, 200}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("statuses %v, want %v", got, want)
		}
	}
}

func TestLostAnswerOfAnnulment(t *testing.T) {
	registry, d := open(t, sim.Options{})
	id := d.take("POST", "/transporter", transport())
	if err := registry.Fault(sim.Fault{Kind: sim.LostAnswer, Path: "/anteckningar"}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.try("DELETE", "/anteckningar", annulment(id, "FelAvfall")); err == nil {
		t.Error("the answer was not lost")
	}
	if registry.Notes()[0].Annulled == nil {
		t.Error("the annulment is not in the records")
	}
}

func TestSlowAnswerOutlivesAnImpatientCaller(t *testing.T) {
	registry, d := open(t, sim.Options{})
	d.login()
	if err := registry.Fault(sim.Fault{Kind: sim.SlowAnswer, DelayMillis: 60_000}); err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(transport())
	if err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	go func() {
		for len(registry.Notes()) == 0 && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		leave()
	}()
	header := d.header.Clone()
	header.Set("Authorization", "Bearer "+d.token)
	if _, err := d.send(ctx, "POST", sim.BasePath+"/transporter", header, body); !errors.Is(err, context.Canceled) {
		t.Errorf("want a caller that left, got %v", err)
	}
	if len(registry.Notes()) != 1 {
		t.Error("the note is not in the records")
	}
}

func TestTokenEndpointFails(t *testing.T) {
	registry, d := open(t, sim.Options{})
	if err := registry.Fault(sim.Fault{Kind: sim.Down, Path: sim.TokenPath}); err != nil {
		t.Fatal(err)
	}
	if got := d.fetchToken(sim.DefaultKey, sim.DefaultSecret, "grant_type=client_credentials"); got.status != 503 {
		t.Errorf("token: %d", got.status)
	}
	d.take("POST", "/transporter", transport())
}

func TestBooksOutliveTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.jsonl")
	options := sim.Options{Path: path}
	registry, d := open(t, options)
	first := d.take("POST", "/transporter", transport(m{"referens": "REF-1"}))
	second := d.take("PUT", "/transporter/"+first, transport())
	third := d.take("POST", "/transportplaneringar", planned())
	d.call("DELETE", "/anteckningar", annulment(third, "FelVU"))
	if err := registry.Fault(sim.Fault{Kind: sim.LostAnswer}); err != nil {
		t.Fatal(err)
	}
	_, _ = d.try("POST", "/behandlingsmottaganden", reception())
	before := registry.Notes()

	// The first registry is not closed, as after a kill; its last line was cut in the writing.
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(`{"note":{"avfallId":"07`); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}

	reopened, d := open(t, options)
	after := reopened.Notes()
	if got, want := asJSON(t, after), asJSON(t, before); got != want {
		t.Errorf("records after the kill\n%s\nbefore\n%s", got, want)
	}
	if len(after) != 4 || after[0].ReplacedBy != second || after[2].Annulled == nil || after[3].Type != "Behandlingsmottagning" {
		t.Errorf("records: %s", asJSON(t, after))
	}
	d.take("PUT", "/transporter/"+second, transport())
	last, _ := open(t, options)
	if n := len(last.Notes()); n != 5 {
		t.Errorf("records hold %d notes after the second restart, want 5", n)
	}
}

func TestDamagedBooksAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.jsonl")
	if err := os.WriteFile(path, []byte("nonsense\n{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sim.New(sim.Options{Path: path}); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("damaged records: %v", err)
	}
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	content, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestAdmin(t *testing.T) {
	registry, d := open(t, sim.Options{})
	server := httptest.NewServer(registry.Admin())
	t.Cleanup(server.Close)
	admin := &service{t: t, url: server.URL, client: server.Client()}
	ask := func(method, path, body string) reply {
		got, err := admin.send(t.Context(), method, path, nil, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := ask("POST", "/sim/faults", `[{"kind":"failedAfter","path":"/transporter","count":1},{"kind":"down","skip":9}]`); got.status != 200 {
		t.Fatalf("faults: %d %s", got.status, got.body)
	}
	if got := d.call("POST", "/transporter", transport()); got.status != 500 {
		t.Errorf("the fault is not due: %d", got.status)
	}
	var records []sim.Note
	if got := ask("GET", "/sim/records", ""); json.Unmarshal(got.body, &records) != nil || len(records) != 1 || records[0].Operator != companyA {
		t.Errorf("records: %s", got.body)
	}
	var counters sim.Counters
	if got := ask("GET", "/sim/counters", ""); json.Unmarshal(got.body, &counters) != nil || counters.Served != 1 || counters.Faulted != 1 {
		t.Errorf("counters: %s", got.body)
	}
	if got := ask("GET", "/sim/faults", ""); !strings.Contains(string(got.body), `"down"`) {
		t.Errorf("faults left: %s", got.body)
	}
	ask("DELETE", "/sim/faults", "")
	if len(registry.Faults()) != 0 {
		t.Error("faults were not called off")
	}
	got := ask("POST", "/sim/faults", `[{"kind":"down"},{"kind":"sulk","status":200,"path":"x","count":-1}]`)
	for _, part := range []string{"fault 2", "sulk", "status 200", `path \"x\"`, "negative"} {
		if got.status != 400 || !strings.Contains(string(got.body), part) {
			t.Errorf("no %q in %d %s", part, got.status, got.body)
		}
	}
	if len(registry.Faults()) != 0 {
		t.Error("a list with a bad fault was taken in part")
	}
	if got := ask("POST", "/sim/faults", `{"kind":"down","often":true}`); got.status != 400 {
		t.Errorf("unknown field: %d", got.status)
	}
}
