package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
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
	"sluss/config"
	"sluss/examples"
	"sluss/ledger"
	"sluss/postgres/pgtest"
	"sluss/quota"
	"sluss/registries/trackdechets"
	"sluss/registries/trackdechets/sync"
	sim "sluss/simulators/trackdechets"
	"sluss/workflows"
)

// shared is a world in which others change a batch's BSDD as well: a ledger on
// PostgreSQL, the simulator of the French registry, and the batch's workflow in
// virtual time.
type shared struct {
	url       string // of the ledger's database
	t         *testing.T
	env       *testsuite.TestWorkflowEnvironment
	ledger    *ledger.Ledger
	registry  *sim.Backend
	client    *trackdechets.Client
	platform  *trackdechets.Client // as which anybody acts on the platform itself
	batch     sluss.Declaration
	following *activities.Sync
	updates   int
	told      int
}

// Strangers, by the SIRETs of the sample batch, are not ours, and we have no token of them.
func openShared(t *testing.T, strangers ...string) *shared {
	t.Helper()
	w := &shared{t: t}
	var err error
	w.url = pgtest.Database(t)
	w.ledger, err = ledger.Open(t.Context(), w.url)
	must(t, err)
	t.Cleanup(func() { _ = w.ledger.Close() })
	must(t, w.ledger.Migrate(t.Context()))
	if len(strangers) == 0 {
		representAll(t, w.ledger)
	}
	must(t, w.ledger.SetQuota(t.Context(), sluss.Trackdechets, quota.Quota{}))
	data, err := os.ReadFile("../../examples/fr-solvents.json")
	must(t, err)
	must(t, json.Unmarshal(data, &w.batch))
	w.batch.Tenant = sluss.DefaultTenant

	w.registry, err = sim.New(sim.Options{ExportTime: 300 * time.Millisecond})
	must(t, err)
	t.Cleanup(func() { _ = w.registry.Close() })
	tokens := map[string]string{}
	for _, c := range []sim.Company{
		{Siret: w.batch.Producer.ID, Types: []string{"PRODUCER"}},
		{Siret: w.batch.Legs[0].Transporter.ID, Types: []string{"TRANSPORTER"}, Receipt: sim.Receipt{Number: "R-1", Department: "07", ValidityLimit: time.Date(2055, 1, 1, 0, 0, 0, 0, time.UTC)}},
		{Siret: w.batch.Receiver.ID, Types: []string{"WASTEPROCESSOR"}, WasteProcessorTypes: []string{"DANGEROUS_WASTES_INCINERATION"}},
	} {
		c.Name, c.Address, c.SecurityCode = "Company "+c.Siret, "1 rue de Paris", theCode
		must(t, w.registry.AddCompany(c))
		tokens[c.Siret] = "token-of-" + c.Siret
		must(t, w.registry.AddUser(sim.User{Token: tokens[c.Siret], Name: c.Name, Email: c.Siret + "@companies.example", Roles: map[string]sim.Role{c.Siret: sim.Member}}))
	}
	server := httptest.NewServer(w.registry)
	t.Cleanup(server.Close)
	w.platform = trackdechets.New(trackdechets.Options{URL: server.URL, Tokens: maps.Clone(tokens), TestCompanies: true})
	maps.DeleteFunc(tokens, func(siret, _ string) bool { return slices.Contains(strangers, siret) })
	for siret := range tokens {
		if len(strangers) > 0 {
			_, _, err := w.ledger.AddCompany(t.Context(), sluss.Company{Country: "FR", ID: siret, Name: "Company " + siret})
			must(t, err)
		}
	}
	w.client = trackdechets.New(trackdechets.Options{URL: server.URL, Tokens: tokens, TestCompanies: true, Sync: sync.Options{Every: time.Minute}})

	var suite testsuite.WorkflowTestSuite
	quiet := slog.New(slog.DiscardHandler)
	suite.SetLogger(sdklog.NewStructuredLogger(quiet))
	w.env = suite.NewTestWorkflowEnvironment()
	w.env.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: time.Minute})
	w.env.SetTestTimeout(time.Minute)
	w.env.SetStartTime(w.batch.Legs[0].Departure.Add(-12 * time.Hour))
	w.env.RegisterWorkflow(workflows.Batch)
	acts := &activities.Activities{
		Ledger: w.ledger, Registries: map[string]activities.Registry{sluss.Trackdechets: w.client}, Log: quiet, Actor: "test",
	}
	w.env.RegisterActivity(acts)
	w.following = &activities.Sync{Ledger: w.ledger, Messenger: w, Registries: syncers(acts), Actor: "test", Log: quiet}
	return w
}

// representAll enters the parties of the examples.
func representAll(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	companies, mandates, err := config.ReadRepresented(examples.Represented)
	must(t, err)
	must(t, l.Configure(t.Context(), companies, mandates, time.Now()))
}

// DocumentChanged stands in for Temporal.
func (w *shared) DocumentChanged(_ context.Context, batch sluss.BatchID, d sluss.Document) (bool, error) {
	w.told++
	return true, w.env.SignalWorkflowByID(string(batch), workflows.DocumentChangedSignal.Name, d)
}

// after does something a given time after the declaration.
func (w *shared) after(d time.Duration, do func(at time.Time)) {
	w.env.RegisterDelayedCallback(func() { do(w.env.Now()) }, d)
}

func (w *shared) report(after time.Duration, e sluss.Event) {
	w.after(after, func(at time.Time) {
		e.At, e.By = at, sluss.Person{Name: "Bo Lind"}
		w.updates++
		w.env.UpdateWorkflow(workflows.EventUpdate.Name, time.Duration(w.updates).String(), answered{w.t}, e)
	})
}

func (w *shared) sign(after time.Duration, obligation sluss.ObligationID, role sluss.Role) {
	w.after(after, func(at time.Time) {
		filing := w.batch.ID().Filing(obligation)
		f, _, err := w.ledger.Filing(context.Background(), filing)
		if err != nil {
			w.t.Error(err)
		}
		w.updates++
		s := sluss.Signature{Role: role, Person: sluss.Person{Name: "Claire Dupuis"}, At: at, ContentHash: f.Hash}
		if err := w.env.UpdateWorkflowByID(filing.Workflow(), workflows.SignUpdate.Name, time.Duration(w.updates).String(), answered{w.t},
			workflows.Addressed[sluss.Signature]{Filing: filing, Message: s}); err != nil {
			w.t.Errorf("%s: %v", obligation, err)
		}
	})
}

// others do something on the platform itself, and then our companies' changes
// are synced.
func (w *shared) others(after time.Duration, do func(id string, at time.Time) (sluss.Outcome, sluss.Exchange, error)) {
	w.after(after, func(at time.Time) {
		o, exchange, err := do(w.registry.Forms()[0].ID, at)
		if err != nil || o.Kind != sluss.Accepted {
			w.t.Errorf("others: %+v, %v\n%s", o, err, exchange.Response)
		}
		w.syncing()
	})
}

// step is taken on the platform itself, after the events.
func (w *shared) step(ctx context.Context, note sluss.ReportKind, id string, at time.Time, events ...sluss.Event) (sluss.Outcome, sluss.Exchange, error) {
	o := sluss.Obligation{Registry: sluss.Trackdechets, Report: note, Leg: 1}
	if len(events) > 0 {
		o.Event = events[len(events)-1].ID()
	}
	return w.platform.Submit(ctx, sluss.Submission{
		Content:   sluss.Content{Declaration: w.batch, Obligation: o, Events: events, Receipts: map[string]sluss.Receipt{"fr.creation": {ID: id}}},
		Signature: &sluss.Signature{Person: sluss.Person{Name: "Somebody"}, At: at},
	})
}

func (w *shared) syncing() {
	companies, _ := w.client.SyncedCompanies()
	for _, company := range companies {
		in := activities.SyncStepInput{ID: workflows.SyncID(sluss.Trackdechets, company), Registry: sluss.Trackdechets, Company: company}
		if result, err := w.following.SyncStep(context.Background(), in); err != nil || result.Error != "" || result.Next != nil {
			w.t.Errorf("sync of %s: %+v, %v", company, result, err)
		}
	}
}

// TestTheTransporterSignsAtTrackdechets: the batch that waits for its signature goes
// on, up to the receiver's refusal there, and the registry's records agree with the
// ledger.
func TestTheTransporterSignsAtTrackdechets(t *testing.T) {
	w := openShared(t)
	d, ctx := w.batch, t.Context()
	w.after(30*time.Minute, func(time.Time) { w.syncing() }) // our own acts are not changes by others
	w.after(31*time.Minute, func(time.Time) {
		if w.told != 0 {
			t.Errorf("told of our own acts")
		}
	})
	w.others(time.Hour, func(id string, at time.Time) (sluss.Outcome, sluss.Exchange, error) {
		return w.step(ctx, sluss.ReportEmission, id, at)
	})
	w.others(2*time.Hour, func(id string, at time.Time) (sluss.Outcome, sluss.Exchange, error) {
		return w.step(ctx, sluss.ReportTakeOver, id, at)
	})
	w.report(3*time.Hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	w.report(4*time.Hour, sluss.Event{Kind: sluss.Received, Mass: d.Waste.Mass})
	w.sign(5*time.Hour, "fr.arrival", sluss.Receiver)
	w.others(6*time.Hour, func(id string, at time.Time) (sluss.Outcome, sluss.Exchange, error) {
		return w.step(ctx, sluss.ReportAcceptance, id, at, sluss.Event{Kind: sluss.Received, Mass: d.Waste.Mass, At: at}, sluss.Event{Kind: sluss.WasteRefused, Reason: "wet", At: at})
	})
	w.after(7*time.Hour, func(time.Time) {
		adrift, err := w.ledger.Adrift(ctx, []string{"REFUSED"})
		if err != nil || len(adrift) != 1 || adrift[0].Batch != d.ID() {
			t.Errorf("adrift: %+v, %v", adrift, err)
		}
	})
	w.report(8*time.Hour, sluss.Event{Kind: sluss.WasteRefused, Reason: "wet"})
	w.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: string(d.ID()), TaskQueue: workflows.Queue})
	w.env.ExecuteWorkflow(workflows.Batch, workflows.BatchInput{
		Declaration: d, Policy: workflows.Policy{Settle: time.Second}, Produced: sluss.Event{Kind: sluss.Produced, At: w.env.Now(), By: sluss.Person{Name: "Anna Ek"}},
	})
	if err := w.env.GetWorkflowError(); err != nil || !w.env.IsWorkflowCompleted() {
		t.Fatalf("the batch did not end: %v", err)
	}
	filings, err := w.ledger.Filings(ctx, d.ID())
	must(t, err)
	form := w.registry.Forms()[0]
	asked := map[sluss.ObligationID]bool{}
	for _, f := range filings {
		if f.Stage != sluss.StageAccepted {
			t.Errorf("%s is %s: %s", f.Obligation.ID, f.Stage, f.Detail)
		}
		if f.Obligation.Report != sluss.ReportPreflight && (f.Receipt == nil || f.Receipt.ID != form.ID) {
			t.Errorf("%s: receipt %+v", f.Obligation.ID, f.Receipt)
		}
		attempts, err := w.ledger.Attempts(ctx, string(f.ID))
		must(t, err)
		asked[f.Obligation.ID] = !slices.ContainsFunc(attempts, func(a ledger.Attempt) bool { return a.Purpose == sluss.ToSubmit })
	}
	for obligation, want := range map[sluss.ObligationID]bool{"fr.creation": false, "fr.emission#1": true, "fr.take-over#1": true, "fr.arrival": false, "fr.acceptance": true} {
		if asked[obligation] != want {
			t.Errorf("%s was only asked for: %v, want %v", obligation, asked[obligation], want)
		}
	}
	documents, err := w.ledger.Documents(ctx, d.ID())
	must(t, err)
	if len(documents) != 1 || documents[0].Status != string(form.Status) || form.Status != "REFUSED" || documents[0].Number != form.ReadableID {
		t.Errorf("the records have %s, the ledger %+v", form.Status, documents)
	}
	prints := 0
	companies, _ := w.client.SyncedCompanies()
	for _, company := range slices.Concat(companies, companies) {
		result, err := w.following.PrintNext(ctx, activities.SyncStepInput{ID: "print/1", Registry: sluss.Trackdechets, Company: company})
		if err != nil || result.Error != "" {
			t.Errorf("%+v, %v", result, err)
		}
		prints += result.Count
	}
	p, found, _, err := w.ledger.Print(ctx, d.ID())
	must(t, err)
	if prints != 1 || !found || !p.Final || p.Status != "REFUSED" || p.Number != form.ReadableID || !strings.HasPrefix(string(p.Content), "%PDF") {
		t.Errorf("%d prints, the last %+v", prints, p)
	}
}

// TestADeletedBSDDReachesTheOfficer: the webhook alone tells of it.
func TestADeletedBSDDReachesTheOfficer(t *testing.T) {
	w := openShared(t)
	d, ctx := w.batch, t.Context()
	w.others(time.Hour, func(id string, _ time.Time) (sluss.Outcome, sluss.Exchange, error) {
		w.syncing()
		return w.client.Submit(ctx, sluss.Submission{Content: sluss.Content{ // nobody has signed it
			Declaration: w.batch, Obligation: sluss.Obligation{Report: sluss.ReportCreation}, Amends: &sluss.Amendment{Annul: sluss.NotCarried, Receipt: id},
		}})
	})
	w.after(2*time.Hour, func(time.Time) {
		in := activities.SyncStepInput{
			ID: "sync/test", Registry: sluss.Trackdechets, Company: d.Producer.ID, Document: w.registry.Forms()[0].ReadableID,
		}
		for range 2 { // it is told twice
			if result, err := w.following.CheckDeleted(ctx, in); err != nil || result.Error != "" {
				t.Errorf("%+v, %v", result, err)
			}
		}
	})
	w.after(3*time.Hour, func(time.Time) { w.env.CancelWorkflow() })
	w.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: string(d.ID()), TaskQueue: workflows.Queue})
	w.env.ExecuteWorkflow(workflows.Batch, workflows.BatchInput{
		Declaration: d, Policy: workflows.Policy{Settle: time.Second}, Produced: sluss.Event{Kind: sluss.Produced, At: w.env.Now(), By: sluss.Person{Name: "Anna Ek"}},
	})
	f, _, err := w.ledger.Filing(ctx, d.ID().Filing("fr.emission#1"))
	must(t, err)
	if f.Stage != sluss.StageRejected || f.Waiting != sluss.Officer || len(f.Reasons) != 1 || f.Reasons[0].Code != sluss.DocumentDeleted || w.told != 1 {
		t.Errorf("%s waits for %q: %+v, told %d times", f.Stage, f.Waiting, f.Reasons, w.told)
	}
	documents, err := w.ledger.Documents(ctx, d.ID())
	must(t, err)
	if len(documents) != 1 || documents[0].Status != sluss.DocumentDeleted {
		t.Errorf("%+v", documents)
	}
}

// Filings that wait for a signature do not ask the registry what others have changed: the sync has read it. Over all branches
// there are at most 1.2 calls for a filing, beside those of the sync.
func TestFilingsThatWaitDoNotAskForEachChange(t *testing.T) {
	const parts = 7
	w := openShared(t)
	d := &w.batch
	producer := d.Producer
	d.Producer, d.Waste.Code, d.Treatment.Operation = d.Legs[0].Transporter, "130205*", "R9"
	for range parts {
		d.Pickups = append(d.Pickups, sluss.Pickup{Producer: producer, Mass: d.Waste.Mass / parts, Packagings: d.Waste.Packagings})
	}
	d.Waste.Mass = d.Pickups[0].Mass * parts
	syncs := 0
	sync := func(after time.Duration) {
		w.after(after, func(time.Time) {
			before := w.registry.Counters().Requests
			w.syncing()
			syncs += w.registry.Counters().Requests - before
		})
	}
	at := time.Hour
	signed := func(obligation string, role sluss.Role) {
		w.sign(at, sluss.ObligationID(obligation), role)
		sync(at + 10*time.Minute)
		at += 20 * time.Minute
	}
	for n := range parts {
		signed(fmt.Sprintf("fr.emission#%d", n+1), sluss.Producer)
		signed(fmt.Sprintf("fr.take-over#%d", n+1), sluss.Transporter)
	}
	happened := func(e sluss.Event) {
		w.report(at, e)
		at += 10 * time.Minute
	}
	happened(sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	happened(sluss.Event{Kind: sluss.Received, Mass: d.Waste.Mass})
	signed("fr.arrival", sluss.Receiver)
	happened(sluss.Event{Kind: sluss.WasteAccepted})
	signed("fr.acceptance", sluss.Receiver)
	happened(sluss.Event{Kind: sluss.Treated})
	signed("fr.processing", sluss.Receiver)
	w.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: string(d.ID()), TaskQueue: workflows.Queue})
	w.env.ExecuteWorkflow(workflows.Batch, workflows.BatchInput{
		Declaration: *d, Policy: workflows.Policy{Settle: time.Second}, Produced: sluss.Event{Kind: sluss.Produced, At: w.env.Now(), By: sluss.Person{Name: "Anna Ek"}},
	})
	if err := w.env.GetWorkflowError(); err != nil || !w.env.IsWorkflowCompleted() {
		t.Fatalf("the batch did not end: %v", err)
	}
	filings, err := w.ledger.Filings(t.Context(), d.ID())
	must(t, err)
	for _, f := range filings {
		if f.Stage != sluss.StageAccepted {
			t.Errorf("%s is %s: %s", f.Obligation.ID, f.Stage, f.Detail)
		}
	}
	calls := w.registry.Counters().Requests - syncs
	t.Logf("%d calls for %d filings, told %d times; %v", calls, len(filings), w.told, w.registry.Counters().Operations)
	if len(filings) != 4*parts || float64(calls) > 1.2*float64(len(filings)) {
		t.Errorf("%d calls for %d filings", calls, len(filings))
	}
}
