package api_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/api"
	"sluss/api/apitest"
	"sluss/config"
	"sluss/examples"
	"sluss/ledger"
	"sluss/postgres/pgtest"
	"sluss/quota"
	"sluss/service"
)

var template = pgtest.NewTemplate(func(ctx context.Context, url string) error {
	l, err := ledger.Open(ctx, url)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := l.Migrate(ctx); err != nil {
		return err
	}
	companies, mandates, err := config.ReadRepresented(examples.Represented)
	if err != nil {
		return err
	}
	return l.Configure(ctx, companies, mandates, time.Now())
})

// office is the API on a ledger with one closed batch of an accepted report,
// and one that waits for the officer's signature. There is no Temporal: what
// is asked here must do without.
func office(t *testing.T, token string) *httptest.Server {
	t.Helper()
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	for _, name := range []string{"se-waste-oil", "se-two-transporters"} {
		record(t, l, example(t, name))
	}
	must(t, l.CloseBatch(t.Context(), sluss.CloseRecord{Batch: example(t, "se-waste-oil").ID(), How: "treated", At: noon}))
	server := httptest.NewServer(api.New(&service.Service{Ledger: l}, api.Options{Token: token}))
	t.Cleanup(server.Close)
	return server
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.FixedZone("", 3600))

func example(t *testing.T, name string) sluss.Declaration {
	t.Helper()
	d, err := service.ReadDeclaration([]byte(exampleText(t, name)))
	must(t, err)
	d.Tenant = sluss.DefaultTenant
	return d
}

func exampleText(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile("../examples/" + name + ".json")
	must(t, err)
	return string(data)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// record declares a batch that owes one report, which waits for the officer's
// signature, or is accepted if the batch needs no approval.
func record(t *testing.T, l *ledger.Ledger, d sluss.Declaration) {
	t.Helper()
	o := sluss.Obligation{
		ID: "se.transport#1", Registry: sluss.Avfallsregistret, Report: sluss.ReportTransport, Role: sluss.Transporter, Leg: 1, Event: "produced",
		Rule: sluss.Rule{ID: "se.transport", Statute: "Avfallsförordningen (2020:614)", Paragraph: "ch. 6 § 2", Title: "Each transporter reports its own leg"},
		Due:  noon.AddDate(0, 0, 2), Signer: sluss.Officer,
	}
	happened := sluss.Event{Kind: sluss.Produced, At: noon, By: sluss.Person{Name: "Anna Ek"}}
	must(t, l.RecordEvent(t.Context(), sluss.EventRecord{Batch: d.ID(), Declaration: &d, Event: happened, Obligations: []sluss.Obligation{o}, At: noon}))
	content := sluss.Content{Declaration: d, Obligation: o, Events: []sluss.Event{happened, {Kind: sluss.PickedUp, Leg: 1, At: noon}}}
	filing := d.ID().Filing(o.ID)
	must(t, l.OpenFiling(t.Context(), sluss.FilingRecord{
		Filing: filing, Batch: d.ID(), Content: content, Hash: content.Hash(), Stage: sluss.StageSignature, Waiting: sluss.Officer, At: noon,
	}))
	if d.Approval != "" {
		return
	}
	permit, err := l.Begin(t.Context(), sluss.Intent{Filing: string(filing), Number: 1, Purpose: sluss.ToSubmit, Registry: o.Registry, Calls: 1, Hash: content.Hash(), Actor: "test"})
	must(t, err)
	must(t, l.Finish(t.Context(), sluss.Answer{
		Attempt: permit.Attempt, Outcome: &sluss.Outcome{Kind: sluss.Accepted, Receipt: &sluss.Receipt{Registry: o.Registry, ID: "0b5c", At: noon}},
	}))
}

type request struct {
	method, path, kind, token, body string
}

// send sends a request and reads the answer into value, which must have all
// its fields.
func send(t *testing.T, server *httptest.Server, r request, value any) (status int, header http.Header) {
	t.Helper()
	sent, err := http.NewRequestWithContext(t.Context(), r.method, server.URL+r.path, strings.NewReader(r.body))
	must(t, err)
	if r.kind != "" {
		sent.Header.Set("Content-Type", r.kind)
	}
	if r.token != "" {
		sent.Header.Set("Authorization", "Bearer "+r.token)
	}
	response, err := apitest.Client(t).Do(sent)
	must(t, err)
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	must(t, err)
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(value); err != nil {
		t.Errorf("%s %s: %v in %s", r.method, r.path, err, data)
	}
	return response.StatusCode, response.Header
}

func get[T any](t *testing.T, server *httptest.Server, path string) (value T) {
	t.Helper()
	if status, _ := send(t, server, request{method: http.MethodGet, path: path}, &value); status != http.StatusOK {
		t.Errorf("GET %s: %d", path, status)
	}
	return value
}

func TestAPIShowsWhatTheLedgerKnows(t *testing.T) {
	t.Parallel()
	server := office(t, "")
	closed, open := example(t, "se-waste-oil"), example(t, "se-two-transporters")

	rows := get[[]ledger.BatchRow](t, server, "/api/batches")
	if len(rows) != 2 || rows[0].Reference != open.Reference || rows[1].Stage != "closed" || rows[1].Waste.Mass != closed.Waste.Mass {
		t.Errorf("batches %+v", rows)
	}
	for query, want := range map[string]int{
		"?waiting=officer": 1, "?stage=closed": 1, "?tenant=nobody": 0, "?limit=1": 1, "?tenant=default&waiting=producer": 0,
	} {
		if rows := get[[]ledger.BatchRow](t, server, "/api/batches"+query); len(rows) != want || rows == nil {
			t.Errorf("%s: %d batches, want %d, in a list", query, len(rows), want)
		}
	}

	shown := get[service.Shown](t, server, "/api/batches/default/"+closed.Reference)
	if shown.Stage != "closed" || shown.Closed != "treated" || len(shown.Filings) != 1 || shown.Filings[0].Receipt.ID != "0b5c" ||
		len(shown.Timeline) == 0 || shown.Actions != nil || shown.Declaration.Hash() != closed.Hash() {
		t.Errorf("shown %+v", shown)
	}

	filings := get[[]service.Filing](t, server, "/api/inbox?role=officer&registry=avfallsregistret")
	if len(filings) != 1 || filings[0].Reference != open.Reference || !strings.HasPrefix(filings[0].Hash, "sha256:") || filings[0].Obligation.Rule.Paragraph != "ch. 6 § 2" {
		t.Errorf("inbox %+v", filings)
	}
	if filings := get[[]service.Filing](t, server, "/api/inbox?skip=1"); len(filings) != 0 || filings == nil {
		t.Errorf("the next page of the inbox: %+v", filings)
	}

	attempts := get[[]ledger.Attempt](t, server, "/api/filings/default/"+closed.Reference+"/se.transport%231/attempts")
	if len(attempts) != 1 || attempts[0].Outcome.Kind != sluss.Accepted {
		t.Errorf("attempts %+v", attempts)
	}
	if quotas := get[[]ledger.Quota](t, server, "/api/quota"); quotas == nil {
		t.Error("the quotas are null, not a list")
	}
	if health := get[map[string]string](t, server, "/healthz"); health["status"] != "ok" {
		t.Errorf("health %v", health)
	}
}

func TestAPISaysWhatIsWrong(t *testing.T) {
	server := office(t, "")
	const asJSON = "application/json"
	other := strings.Replace(exampleText(t, "se-waste-oil"), "1250", "1251", 1)
	for name, test := range map[string]struct {
		request
		status int
		want   string
		faults int
	}{
		"no such batch":      {request{method: "GET", path: "/api/batches/default/NONE"}, 404, "batch/default/NONE", 0},
		"no such route":      {request{method: "GET", path: "/api/batch"}, 404, "openapi.yaml", 0},
		"no such method":     {request{method: "DELETE", path: "/api/batches"}, 404, "DELETE /api/batches", 0},
		"bad numbers":        {request{method: "GET", path: "/api/batches?limit=x&skip=-1&after=y"}, 422, "3 faults", 3},
		"no type":            {request{method: "POST", path: "/api/batches", body: "{}"}, 415, "text/csv", 0},
		"a form":             {request{method: "POST", path: "/api/batches", kind: "application/x-www-form-urlencoded", body: "reference=A"}, 415, "application/json", 0},
		"text":               {request{method: "POST", path: "/api/batches/default/A/events", kind: "text/plain", body: "{}"}, 415, "application/json", 0},
		"no JSON":            {request{method: "POST", path: "/api/batches", kind: asJSON, body: "{"}, 422, "not JSON", 1},
		"unknown field":      {request{method: "POST", path: "/api/batches", kind: asJSON, body: `{"colour":"red","waste":{"mass":"heavy"}}`}, 422, "colour", 10},
		"invalid batch":      {request{method: "POST", path: "/api/batches", kind: asJSON, body: `{"reference":"A"}`}, 422, "waste.code", -1},
		"other content":      {request{method: "POST", path: "/api/batches", kind: asJSON + "; charset=utf-8", body: other}, 422, "declared already", 1},
		"bad header":         {request{method: "POST", path: "/api/batches", kind: "text/csv", body: "waste.nam,waste.nam\n"}, 422, "header", -1},
		"ways of reading":    {request{method: "POST", path: "/api/batches?encoding=latin&decimal=x&strict=2", kind: "text/csv", body: "reference\n"}, 422, "use utf-8, utf-16le", 3},
		"unknown locale":     {request{method: "POST", path: "/api/batches?locale=en&profile=none", kind: "text/csv", body: "reference\n"}, 422, "there is no profile \"none\"", 1},
		"no parts":           {request{method: "POST", path: "/api/batches", kind: "multipart/mixed; boundary=x", body: "--x--"}, 422, "the body has no parts", 1},
		"bad profile":        {request{method: "POST", path: "/api/batches", kind: "multipart/mixed; boundary=x", body: "--x\r\n\r\ncolumns: {A: {to: [b]}, C: {}}\r\n--x--"}, 422, "columns.A.to", 2},
		"no workbook":        {request{method: "POST", path: "/api/batches", kind: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body: "PK\x03\x04"}, 422, "the workbook cannot be read", 1},
		"template":           {request{method: "GET", path: "/api/templates/no?format=ods"}, 422, "use se or fr", 2},
		"unknown event":      {request{method: "POST", path: "/api/batches/default/A/events", kind: asJSON, body: `{"kindd":"received"}`}, 422, "kindd", 3},
		"mass of an event":   {request{method: "POST", path: "/api/batches/default/A/events", kind: asJSON, body: `{"mass":"heavy"}`}, 422, "mass: is no number", 3},
		"two masses":         {request{method: "POST", path: "/api/batches/default/A/events", kind: asJSON, body: `{"mass":1,"mass":1250}`}, 422, "mass: is given more than once", 1},
		"no signature":       {request{method: "POST", path: "/api/filings/default/A/x/signatures", kind: asJSON, body: `[]`}, 422, "is no object", 1},
		"too large":          {request{method: "POST", path: "/api/batches", kind: asJSON, body: strings.Repeat(" ", 8<<20+1)}, 413, "8 MiB", 0},
		"too large, as CSV":  {request{method: "POST", path: "/api/batches", kind: "text/csv", body: strings.Repeat(" ", 8<<20+1)}, 413, "split it", 0},
		"text as JSON":       {request{method: "POST", path: "/api/batches", kind: asJSON, body: "{\"waste\":{\"name\":\"Spillolja fr\xe5n\"}}"}, 422, "waste.name: byte 0xE5 at offset 30", 1},
		"text as CSV":        {request{method: "POST", path: "/api/batches?encoding=utf-8", kind: "text/csv", body: "reference;waste.n\xe5me\n"}, 422, "the file is not UTF-8: byte 0xE5 at offset 17", 1},
		"text of a person":   {request{method: "POST", path: "/api/filings/default/A/x/signatures", kind: asJSON, body: "{\"person\":{\"name\":\"\xc5sa\"}}"}, 422, "person.name: byte 0xC5 at offset 19", 1},
		"escaped text":       {request{method: "POST", path: "/api/filings/default/A/x/decisions", kind: asJSON, body: `{"reason":"a\u0000b","by":{"name":"\ud800"}}`}, 422, "2 faults", 2},
		"text in a URL":      {request{method: "POST", path: "/api/extracts?by=K%E5rin", kind: "text/csv", body: "x"}, 422, "by: byte 0xE5", 1},
		"no role":            {request{method: "GET", path: "/api/batches?waiting=boss"}, 422, "is not known", 1},
		"no role in inbox":   {request{method: "GET", path: "/api/inbox?role=eco-organisme"}, 422, "treater or officer", 1},
		"empty correction":   {request{method: "POST", path: "/api/batches/default/A/corrections", kind: asJSON}, 422, "EOF", 1},
		"unknown decision ?": {request{method: "POST", path: "/api/filings/default/A/x/decisions", kind: asJSON, body: `{"reasons":"x"}`}, 422, "reasons", 4},
	} {
		var p api.Problem
		status, header := send(t, server, test.request, &p)
		if status != test.status || !strings.Contains(p.Error, test.want) || test.faults >= 0 && len(p.Faults) != test.faults || test.faults < 0 && len(p.Faults) < 2 {
			t.Errorf("%s: %d, %+v; want %d, %q and %d faults", name, status, p, test.status, test.want, test.faults)
		}
		if kind := header.Get("Content-Type"); kind != "application/json" {
			t.Errorf("%s: answered as %s", name, kind)
		}
	}
}

func TestAPITakesTheSameBatchAgain(t *testing.T) {
	server := office(t, "")
	var again service.Declared
	status, _ := send(t, server, request{method: http.MethodPost, path: "/api/batches", kind: "application/json", body: exampleText(t, "se-waste-oil")}, &again)
	if status != http.StatusOK || again.Fresh || again.Batch != example(t, "se-waste-oil").ID() {
		t.Errorf("%d, %+v; want 200 and nothing fresh", status, again)
	}
	csv, err := os.ReadFile("../examples/batches.csv")
	must(t, err)
	lines := strings.SplitAfter(string(csv), "\n")
	var report service.Report
	file := lines[0] + lines[1] + strings.Replace(lines[1], ",1250,", ",heavy,", 1) // the first line is of se-waste-oil
	status, _ = send(t, server, request{method: http.MethodPost, path: "/api/batches", kind: "text/csv", body: file}, &report)
	if status != http.StatusOK || report.Unchanged != 1 || report.Refused != 1 || len(report.Rows) != 2 || report.Rows[1].Line != 3 || len(report.Rows[1].Faults) < 2 {
		t.Errorf("%d, %+v", status, report)
	}
}

func TestAPIWantsItsToken(t *testing.T) {
	server := office(t, "s3cret")
	for name, test := range map[string]struct {
		path, token string
		status      int
	}{
		"none":     {"/api/batches", "", 401},
		"wrong":    {"/api/batches", "s3cre", 401},
		"longer":   {"/api/batches", "s3cret1", 401},
		"right":    {"/api/batches", "s3cret", 200},
		"no route": {"/nothing", "", 401},
		"health":   {"/healthz", "", 200},
	} {
		var body any
		status, header := send(t, server, request{method: http.MethodGet, path: test.path, token: test.token}, &body)
		if status != test.status || (test.status == http.StatusUnauthorized) != (header.Get("WWW-Authenticate") == "Bearer") {
			t.Errorf("%s: %d", name, status)
		}
	}
}

func TestAPISaysWhenTheLedgerIsGone(t *testing.T) {
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	must(t, l.Close())
	server := httptest.NewServer(api.New(&service.Service{Ledger: l}, api.Options{}))
	t.Cleanup(server.Close)
	for _, path := range []string{"/api/batches", "/api/inbox", "/api/batches/default/A", "/healthz"} {
		var p api.Problem
		if status, _ := send(t, server, request{method: http.MethodGet, path: path}, &p); status != http.StatusServiceUnavailable || p.Error == "" {
			t.Errorf("%s: %d, %+v", path, status, p)
		}
	}
}

func TestHealthIsRedWhileAQuotaIsHeld(t *testing.T) {
	t.Parallel()
	url := template.Database(t)
	l, err := ledger.Open(t.Context(), url)
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	must(t, l.SetQuota(t.Context(), sluss.Trackdechets, quota.Quota{}))
	server := httptest.NewServer(api.New(&service.Service{Ledger: l}, api.Options{Token: "s3cret"}))
	t.Cleanup(server.Close)
	db, err := sql.Open("postgres", url)
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	forgotten, err := db.BeginTx(t.Context(), nil)
	must(t, err)
	_, err = forgotten.ExecContext(t.Context(), "select from quotas for update")
	must(t, err)
	var p api.Problem
	if status, _ := send(t, server, request{method: http.MethodGet, path: "/healthz"}, &p); status != http.StatusServiceUnavailable || !strings.Contains(p.Error, "nobody can call trackdechets") || !strings.Contains(p.Error, "idle in transaction") {
		t.Errorf("while somebody holds the quota: %d, %+v", status, p)
	}
	must(t, forgotten.Rollback())
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		var health any
		if status, _ := send(t, server, request{method: http.MethodGet, path: "/healthz"}, &health); status == http.StatusOK {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("it stays red: %v", health)
		}
	}
}

func TestAPIWithoutTokenAnswersOnlyToThisMachine(t *testing.T) {
	handler := api.New(&service.Service{}, api.Options{})
	for host, want := range map[string]int{
		"127.0.0.1:8090": http.StatusNotFound, "localhost:8090": http.StatusNotFound, "localhost": http.StatusNotFound, "[::1]:8090": http.StatusNotFound, "[::1]": http.StatusNotFound,
		"evil.example": http.StatusMisdirectedRequest, "evil.example:8090": http.StatusMisdirectedRequest, "": http.StatusMisdirectedRequest,
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/nothing", nil)
		r.Host = host
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%q: %d, want %d", host, w.Code, want)
		}
	}
}
