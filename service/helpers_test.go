package service_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/api/apitest"
	"sluss/config"
	"sluss/examples"
	"sluss/ledger"
	"sluss/postgres/pgtest"
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
func send(t *testing.T, server *httptest.Server, r request, value any) (status int, header http.Header) { //nolint:unparam // as its neighbours in other packages have it
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
