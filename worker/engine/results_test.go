package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"sluss"
	"sluss/activities"
	"sluss/ledger"
	"sluss/obligations"
	"sluss/postgres/pgtest"
	"sluss/quota"
	"sluss/registries/avfallsregistret"
	sim "sluss/simulators/avfallsregistret"
	"sluss/workflows"
)

// quarter is a world in which the results of a quarter are compiled: a ledger
// on PostgreSQL, the simulator of the Swedish registry with its client, and the
// workflows in virtual time.
type quarter struct {
	t        *testing.T
	env      *testsuite.TestWorkflowEnvironment
	ledger   *ledger.Ledger
	registry *sim.Registry
	updates  int
}

var newYear = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.FixedZone("", 3600))

const reception = "0f2b8d5e-6f5c-4b0e-9a53-3f6f2f0f1a11"

func openQuarter(t *testing.T, options sim.Options) *quarter {
	t.Helper()
	q := &quarter{t: t}
	var err error
	q.ledger, err = ledger.Open(t.Context(), pgtest.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = q.ledger.Close() })
	must(t, q.ledger.Migrate(t.Context()))
	representAll(t, q.ledger)
	must(t, q.ledger.SetQuota(t.Context(), sluss.Avfallsregistret, quota.Quota{}))

	options.Now = func() time.Time { return newYear.AddDate(0, 0, 20) }
	q.registry, err = sim.New(options)
	must(t, err)
	t.Cleanup(func() { _ = q.registry.Close() })
	tls, err := q.registry.TLSConfig()
	must(t, err)
	server := httptest.NewUnstartedServer(q.registry)
	server.TLS, server.Config.ErrorLog = tls, log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	treater := batch(t, "X").Receiver
	certificate, err := q.registry.Authority().ClientCertificate(treater.ID, treater.Name)
	must(t, err)
	swedish, err := avfallsregistret.New(avfallsregistret.Options{
		BaseURL: server.URL + sim.BasePath, TokenURL: server.URL + sim.TokenPath, Readable: true,
		Certificate: certificate, Authorities: q.registry.Authority().Pool(), Key: sim.DefaultKey, Secret: sim.DefaultSecret, Reporter: treater,
	})
	must(t, err)

	var suite testsuite.WorkflowTestSuite
	quiet := slog.New(slog.DiscardHandler)
	suite.SetLogger(sdklog.NewStructuredLogger(quiet))
	q.env = suite.NewTestWorkflowEnvironment()
	q.env.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: time.Minute})
	q.env.SetTestTimeout(time.Minute)
	q.env.SetStartTime(newYear.AddDate(0, 0, 8))
	q.env.RegisterWorkflow(workflows.Results)
	q.env.RegisterWorkflow(workflows.Filing)
	q.env.RegisterActivity(&activities.Activities{
		Ledger: q.ledger, Registries: map[string]activities.Registry{sluss.Avfallsregistret: swedish}, Log: quiet, Actor: "test",
	})
	q.env.RegisterActivity(&activities.Results{Ledger: q.ledger, Compile: obligations.Compiled, Now: q.env.Now})
	return q
}

func batch(t *testing.T, reference string) sluss.Declaration {
	t.Helper()
	data, err := os.ReadFile("../../examples/se-waste-oil.json")
	must(t, err)
	var d sluss.Declaration
	must(t, json.Unmarshal(data, &d))
	d.Tenant, d.Reference = sluss.DefaultTenant, reference
	return d
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// treat records a batch that was treated in December, with the reception that
// the registry took.
func (q *quarter) treat(d sluss.Declaration, day int) {
	q.t.Helper()
	at := newYear.AddDate(0, 0, day-32).Add(12 * time.Hour)
	var events []sluss.Event
	for i, e := range []sluss.Event{
		{Kind: sluss.Produced}, {Kind: sluss.PickedUp, Leg: 1}, {Kind: sluss.Received, Mass: d.Waste.Mass}, {Kind: sluss.WasteAccepted}, {Kind: sluss.Treated},
	} {
		e.At, e.By = at.Add(time.Duration(i-4)*time.Hour), sluss.Person{Name: "Cecilia Berg"}
		events = append(events, e)
		record := sluss.EventRecord{Batch: d.ID(), Event: e, At: e.At, Obligations: told(obligations.For(d, events))}
		if i == 0 {
			record.Declaration = &d
		}
		must(q.t, q.ledger.RecordEvent(q.t.Context(), record))
		for _, o := range record.Obligations {
			if o.Report != sluss.ReportReception {
				continue
			}
			content := sluss.Content{Declaration: d, Obligation: o, Events: events}
			filing := d.ID().Filing(o.ID)
			must(q.t, q.ledger.OpenFiling(q.t.Context(), sluss.FilingRecord{Filing: filing, Batch: d.ID(), Content: content, Hash: content.Hash(), Stage: sluss.StageSending, At: e.At}))
			must(q.t, q.ledger.RecordDecision(q.t.Context(), sluss.DecisionRecord{Filing: filing, Number: 1, Decision: sluss.Decision{
				Kind: sluss.DecidedTaken, Receipt: reception, Reason: "in the extract", By: e.By, At: e.At,
			}}))
		}
	}
}

// answered fails the test if an update is refused.
type answered struct{ t *testing.T }

func (a answered) Accept()          {}
func (a answered) Reject(err error) { a.t.Errorf("refused: %v", err) }
func (a answered) Complete(_ any, err error) {
	if err != nil {
		a.t.Errorf("failed: %v", err)
	}
}

func (q *quarter) update(workflow, name string, message any) {
	q.updates++
	if err := q.env.UpdateWorkflowByID(workflow, name, fmt.Sprint(q.updates), answered{q.t}, message); err != nil {
		q.t.Error(err)
	}
}

// complete reports what the waste became, and signs the content in the ledger.
func (q *quarter) complete(after time.Duration, code string, set map[string]string) {
	find := func() (found ledger.QuarterResult) {
		list, err := q.ledger.Results(context.Background(), "", sluss.Quarter{})
		if err != nil {
			q.t.Error(err)
		}
		for _, r := range list {
			if r.Content.Result.Code == code {
				found = r
			}
		}
		return found
	}
	q.env.RegisterDelayedCallback(func() {
		r := find()
		q.update(r.Site.ID(), workflows.CorrectResultUpdate.Name, workflows.ResultCorrection{Filing: r.Filing, Correction: sluss.Correction{
			Set: set, Reason: "our accounts", By: sluss.Person{Name: "Cecilia Berg"}, At: q.env.Now(),
		}})
	}, after)
	q.env.RegisterDelayedCallback(func() {
		r := find()
		q.update(string(r.Filing), workflows.SignUpdate.Name, workflows.Addressed[sluss.Signature]{Filing: r.Filing, Message: sluss.Signature{
			Role: sluss.Officer, Person: sluss.Person{Name: "Ingrid Falk"}, At: q.env.Now(), ContentHash: r.Hash,
		}})
	}, after+time.Hour)
}

// run compiles the results of the site, and gives them as they were settled.
func (q *quarter) run() []ledger.QuarterResult {
	q.t.Helper()
	treated, err := q.ledger.Unreported(q.t.Context(), "", newYear.AddDate(1, 0, 0))
	must(q.t, err)
	site := obligations.Compiled(treated)[0].ResultSite()
	q.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: site.ID(), TaskQueue: workflows.Queue})
	q.env.ExecuteWorkflow(workflows.Results, workflows.ResultsInput{Site: site, Policy: workflows.Policy{Settle: time.Second}})
	if err := q.env.GetWorkflowError(); err != nil || !q.env.IsWorkflowCompleted() {
		q.t.Fatalf("the results did not come to an end: %v", err)
	}
	list, err := q.ledger.Results(q.t.Context(), "", sluss.Quarter{})
	must(q.t, err)
	return list
}

func lead(d sluss.Declaration) sluss.Declaration {
	d.Waste.Code, d.Treatment.Operation = "160601*", "R4"
	return d
}

func TestQuarterlyResultsStandInTheRegistrysRecordsOnce(t *testing.T) {
	q := openQuarter(t, sim.Options{})
	small := batch(t, "VO-2")
	small.Waste.Mass = 500 * sluss.Kilogram
	q.treat(batch(t, "VO-1"), 3)
	q.treat(small, 15)
	q.treat(lead(batch(t, "PB-1")), 31)
	must(t, q.registry.Fault(sim.Fault{Kind: sim.LostAnswer, Method: "POST", Path: "/behandlingsresultat", Count: 1}))
	q.complete(24*time.Hour, "130205*", map[string]string{"product": "1600", "oil.kind": "01", "oil.regenerated": "1600"})
	q.complete(48*time.Hour, "160601*", map[string]string{"product": "0", "non_hazardous": "900.5"})
	results := q.run()

	var records []sim.Note
	for _, n := range q.registry.Notes() {
		if n.Path == "behandlingsresultat" {
			records = append(records, n)
		}
	}
	if len(results) != 2 || len(records) != 2 {
		t.Fatalf("%d results, %d notes in the records", len(results), len(records))
	}
	for _, r := range results {
		if r.State == nil || r.State.Stage != sluss.StageAccepted || r.State.Receipt == nil {
			t.Fatalf("%s: %+v", r.Filing, r.State)
		}
		i := slices.IndexFunc(records, func(n sim.Note) bool { return n.AvfallID == r.State.Receipt.ID })
		if i < 0 {
			t.Fatalf("the records have nothing under the receipt %s of %s", r.State.Receipt.ID, r.Filing)
		}
		body := string(records[i].Body)
		want := []string{`"tidpunkt":"2026-01-09T00:00:0`, `"rapporteringsar":2025`, `"rapporteringskvartalNr":4`, `"foregaendeAvfallId":"` + reception + `"`}
		switch r.Content.Result.Code {
		case "130205*":
			want = append(want, `"kod":"130205"`, `"mangd":1750`, `"mangdMaterialProdukt":1600`, `"mangdRegenerering":1600`, `"kod":"R9"`, `"2025-Q4 130205"`)
		default:
			want = append(want, `"kod":"160601"`, `"mangd":1250`, `"mangdIckeFarligtAvfall":900.5`, `"kod":"R4"`)
		}
		for _, text := range want {
			if !strings.Contains(strings.ReplaceAll(body, " ", ""), strings.ReplaceAll(text, " ", "")) {
				t.Errorf("%s: the records lack %s in %s", r.Filing, text, body)
			}
		}
		signatures, err := q.ledger.Signatures(t.Context(), r.Filing)
		must(t, err)
		if len(signatures) != 1 || signatures[0].Signature.ContentHash != r.Hash || r.Corrections != 1 {
			t.Errorf("%s: signatures %+v, %d corrections", r.Filing, signatures, r.Corrections)
		}
	}
	if left, err := q.ledger.Unreported(t.Context(), "", newYear.AddDate(1, 0, 0)); err != nil || len(left) != 0 {
		t.Errorf("%d batches are in no result, %v", len(left), err)
	}
}

// told are the obligations that wait for no verdict.
func told(owed []sluss.Obligation) []sluss.Obligation {
	return slices.DeleteFunc(owed, func(o sluss.Obligation) bool { return o.Awaits != "" })
}
