package main

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"sluss"
	"sluss/api"
	"sluss/api/apitest"
	"sluss/config"
	samples "sluss/examples"
	"sluss/ledger"
	"sluss/postgres/pgtest"
	"sluss/service"
)

// today is when the tests of this package run. It is far ahead, so that what
// the database's clock calls late is late here too.
var today = time.Date(2031, 11, 25, 14, 0, 0, 0, winter)

// try runs one command line; standard output and standard error are what it
// returns.
func try(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	s := &starter{
		in: strings.NewReader(""), out: &stdout, err: &stderr, zone: winter, now: func() time.Time { return today }, transport: apitest.Client(t).Transport,
	}
	code = s.run(t.Context(), args)
	return code, stdout.String(), stderr.String()
}

var template = pgtest.NewTemplate(func(ctx context.Context, url string) error {
	l, err := ledger.Open(ctx, url)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := l.Migrate(ctx); err != nil {
		return err
	}
	companies, mandates, err := config.ReadRepresented(samples.Represented)
	if err != nil {
		return err
	}
	return l.Configure(ctx, companies, mandates, time.Now())
})

// nobody is a Temporal that does not answer.
type nobody struct{ client.Client }

var errNobody = serviceerror.NewUnavailable("no Temporal")

func (nobody) ExecuteWorkflow(context.Context, client.StartWorkflowOptions, any, ...any) (client.WorkflowRun, error) {
	return nil, errNobody
}

func (nobody) QueryWorkflow(context.Context, string, string, string, ...any) (converter.EncodedValue, error) {
	return nil, errNobody
}

func (nobody) UpdateWorkflow(context.Context, client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	return nil, errNobody
}

func (nobody) SignalWorkflow(context.Context, string, string, string, any) error { return errNobody }

// opened is the ledger of a service that the command line calls; Temporal does not answer.
func opened(t *testing.T) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	serving(t, &service.Service{Ledger: l, Temporal: nobody{}})
	return l
}

// serving serves the API at the address that the command line calls.
func serving(t *testing.T, sv *service.Service) {
	t.Helper()
	server := httptest.NewServer(api.New(sv, api.Options{}))
	t.Cleanup(server.Close)
	t.Setenv("SLUSS_API_URL", server.URL)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var noon = time.Date(2031, 11, 24, 12, 0, 0, 0, winter)

func example(t *testing.T, name, tenant, reference string) sluss.Declaration {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "examples", name))
	must(t, err)
	d, err := service.ReadDeclaration(data)
	must(t, err)
	d.Tenant, d.Reference = tenant, reference
	return d
}

// produced declares the batch and has it picked up.
func produced(t *testing.T, l *ledger.Ledger, d sluss.Declaration) []sluss.Event {
	t.Helper()
	anna := sluss.Person{Name: "Anna Ek"}
	events := []sluss.Event{
		{Kind: sluss.Produced, At: noon, By: anna},
		{Kind: sluss.PickedUp, Leg: 1, At: noon.Add(time.Hour), By: anna},
	}
	must(t, l.RecordEvent(t.Context(), sluss.EventRecord{Batch: d.ID(), Declaration: &d, Event: events[0], At: noon}))
	must(t, l.RecordEvent(t.Context(), sluss.EventRecord{Batch: d.ID(), Event: events[1], At: noon.Add(time.Hour)}))
	return events
}

func obligation(id sluss.ObligationID, note sluss.ReportKind, registry string, due time.Time) sluss.Obligation {
	return sluss.Obligation{
		ID: id, Registry: registry, Report: note, Role: sluss.Transporter, Leg: 1, Event: "pickedUp#1", Due: due,
		Rule: sluss.Rule{ID: "x", Statute: "Avfallsförordningen (2020:614)", Paragraph: "ch. 6 § 2", Title: "Each transporter reports its own leg", Country: "SE"},
	}
}

// file opens a filing at the stage.
func file(t *testing.T, l *ledger.Ledger, d sluss.Declaration, events []sluss.Event, o sluss.Obligation, stage sluss.FilingStage, waiting sluss.Role) (id sluss.FilingID, hash string) {
	t.Helper()
	content := sluss.Content{Declaration: d, Obligation: o, Events: events}
	id, hash = d.ID().Filing(o.ID), content.Hash()
	must(t, l.OpenFiling(t.Context(), sluss.FilingRecord{
		Filing: id, Batch: d.ID(), Content: content, Hash: hash, Stage: stage, Waiting: waiting, At: noon.Add(time.Hour),
	}))
	return id, hash
}

// story is a ledger with a closed batch of one accepted report, an open one
// with a refused check of its vehicles, and one that waits for signatures.
func story(t *testing.T) (l *ledger.Ledger, hash string) {
	t.Helper()
	l = opened(t)
	done := example(t, "se-waste-oil.json", "", "VO-1")
	events := produced(t, l, done)
	id, content := file(t, l, done, events, obligation("se.transport#1", sluss.ReportTransport, sluss.Avfallsregistret, noon.AddDate(0, 0, 2)), sluss.StageSending, "")
	permit, err := l.Begin(t.Context(), sluss.Intent{Filing: string(id), Number: 1, Purpose: sluss.ToSubmit, Registry: sluss.Avfallsregistret, Calls: 1, Hash: content, Actor: "test"})
	must(t, err)
	must(t, l.Finish(t.Context(), sluss.Answer{
		Attempt:  permit.Attempt,
		Outcome:  &sluss.Outcome{Kind: sluss.Accepted, Receipt: &sluss.Receipt{Registry: sluss.Avfallsregistret, ID: "0b5c", Number: "AV-7", At: noon}},
		Exchange: sluss.Exchange{Operation: "POST /transporter", Status: 200, Request: "secret", TraceID: "tr-1", Started: noon, Ended: noon.Add(250 * time.Millisecond)},
	}))
	must(t, l.CloseBatch(t.Context(), sluss.CloseRecord{Batch: done.ID(), How: "treated", At: noon.Add(20 * time.Hour)}))

	stopped := example(t, "no-lorry-swedish-load.json", "north", "NO-1")
	events = produced(t, l, stopped)
	id, _ = file(t, l, stopped, events, obligation("no.clearance#1", sluss.ReportClearance, sluss.Autosys, time.Date(2020, 1, 2, 8, 0, 0, 0, winter)), sluss.StageSending, "")
	must(t, l.RecordStage(t.Context(), sluss.StageRecord{
		Filing: id, Number: 1, Stage: sluss.StageRejected, Waiting: sluss.Officer, At: noon.Add(2 * time.Hour),
		Reasons: []sluss.Reason{{Code: "registrering.registreringsstatus", Field: "legs.0.vehicles.0.plate", Message: "the vehicle is \x1b[31mscrapped", Remedy: "use another one"}},
	}))

	signs := example(t, "se-corrected.json", "", "VO-2")
	events = produced(t, l, signs)
	o := obligation("se.removal", sluss.ReportRemoval, sluss.Avfallsregistret, noon.AddDate(0, 0, 2))
	o.Signer = sluss.Officer
	_, hash = file(t, l, signs, events, o, sluss.StageSignature, sluss.Officer)
	next := obligation("se.transport#1", sluss.ReportTransport, sluss.Avfallsregistret, noon.AddDate(0, 0, 2))
	next.After = []string{string(o.ID)}
	must(t, l.RecordCorrection(t.Context(), sluss.CorrectionRecord{
		Batch: signs.ID(), Number: 1, Declaration: signs, Obligations: []sluss.Obligation{next},
		Correction: sluss.Correction{Set: map[string]string{"waste.estimated": "true"}, Reason: "weighed", By: events[0].By, At: noon},
	}))
	return l, hash
}
