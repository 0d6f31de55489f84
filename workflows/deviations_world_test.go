package workflows_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"go.temporal.io/sdk/client"

	"sluss"
	"sluss/activities"
	"sluss/obligations"
	"sluss/registries/autosys"
	"sluss/registries/avfallsregistret"
	"sluss/registries/trackdechets"
	autosyssim "sluss/simulators/autosys"
	sim "sluss/simulators/avfallsregistret"
	trackdechetssim "sluss/simulators/trackdechets"
	"sluss/workflows"
)

// world is a plant whose registries are simulators, reached by their clients. What waits
// for a signature is signed within twenty minutes.
type world struct {
	*plant
	sweden *sim.Registry
	france *trackdechetssim.Backend
	td     *trackdechets.Client
	seen   *witness
	held   map[sluss.ObligationID]bool // not signed by itself
}

// witness remembers what the registries accepted.
type witness struct {
	sync.Mutex
	now      func() time.Time
	accepted map[sluss.ObligationID]taken
	order    []sluss.ObligationID
}

// observed is a client whose answers are remembered.
type observed struct {
	activities.Registry
	by *witness
}

func (o observed) Submit(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	outcome, exchange, err := o.Registry.Submit(ctx, s)
	if err == nil && outcome.Kind == sluss.Accepted {
		o.by.Lock()
		defer o.by.Unlock()
		id := s.Content.Obligation.ID
		o.by.accepted[id] = taken{content: s.Content, receipt: outcome.Receipt.ID, at: o.by.now()}
		o.by.order = append(o.by.order, id)
	}
	return outcome, exchange, err
}

// otherwise is the world of one batch. Other batches that it continues are told by receipts.
func otherwise(t *testing.T, d sluss.Declaration, receipts map[sluss.FilingID]string) *world {
	t.Helper()
	w := &world{plant: newPlantOf(t, d), seen: &witness{accepted: map[sluss.ObligationID]taken{}}, held: map[sluss.ObligationID]bool{}}
	w.seen.now = w.env.Now
	w.ledger.elsewhere = func(filing sluss.FilingID) (*sluss.Receipt, bool) {
		id, known := receipts[filing]
		if !known {
			return nil, false
		}
		return &sluss.Receipt{Registry: sluss.Avfallsregistret, ID: id}, true
	}
	o := openOffice(t)
	var err error
	w.sweden, err = sim.New(sim.Options{Now: w.env.Now, Authority: o.authority, TokenLife: 100 * 365 * 24 * time.Hour, CheckDigits: true})
	must(t, err)
	o.registry.Store(w.sweden)
	w.france, err = trackdechetssim.New(trackdechetssim.Options{})
	must(t, err)
	server := httptest.NewServer(w.france)
	t.Cleanup(server.Close)
	tokens := map[string]string{}
	receipt := trackdechetssim.Receipt{Number: "R-1", Department: "07", ValidityLimit: time.Date(2055, 1, 1, 0, 0, 0, 0, time.UTC)}
	for _, c := range []trackdechetssim.Company{
		{Siret: "00000000283366", Types: []string{"PRODUCER"}},
		{Siret: "00000000283374", Types: []string{"TRANSPORTER"}, Receipt: receipt},
		{Siret: "00000000283432", Types: []string{"TRANSPORTER"}, Receipt: receipt},
		{Siret: "00000000283390", Types: []string{"WASTEPROCESSOR"}, WasteProcessorTypes: []string{"DANGEROUS_WASTES_INCINERATION", "OTHER_DANGEROUS_WASTES"}},
	} {
		c.Name, c.Address, c.SecurityCode = "Company "+c.Siret, "1 rue de Paris", 1234
		must(t, w.france.AddCompany(c))
		tokens[c.Siret] = "token-of-" + c.Siret
		must(t, w.france.AddUser(trackdechetssim.User{
			Token: tokens[c.Siret], Name: c.Name, Email: c.Siret + "@companies.example", Roles: map[string]trackdechetssim.Role{c.Siret: trackdechetssim.Member},
		}))
	}
	w.td = trackdechets.New(trackdechets.Options{URL: server.URL, Tokens: tokens, TestCompanies: true})
	norway, err := autosyssim.New(autosyssim.Options{Keys: []string{"key"}})
	must(t, err)
	must(t, norway.Add(autosyssim.SampleVehicles(w.start)...))
	lookups := httptest.NewServer(norway)
	t.Cleanup(lookups.Close)
	no, err := autosys.New(autosys.Options{BaseURL: lookups.URL + autosyssim.QueryPath, Key: "key", Now: w.env.Now})
	must(t, err)
	for name, client := range map[string]activities.Registry{sluss.Avfallsregistret: o.client, sluss.Trackdechets: w.td, sluss.Autosys: no} {
		w.registries[name] = observed{client, w.seen}
	}
	w.attend(w.env, func() []sluss.FilingID {
		value, err := w.env.QueryWorkflow(workflows.BatchQuery.Name)
		if err != nil {
			return nil
		}
		var state workflows.BatchState
		must(t, value.Get(&state))
		var filings []sluss.FilingID
		for _, f := range state.Filings {
			filings = append(filings, f.Filing)
		}
		return filings
	})
	return w
}

// attend signs what waits, and is not held, every twenty minutes.
func (w *world) attend(env *environment, filings func() []sluss.FilingID) {
	var look func()
	look = func() {
		if env.Now().Sub(w.start) > 20*24*time.Hour { // something waits for ever
			env.SetDetachedChildWait(false)
			env.CancelWorkflow()
			return
		}
		for _, filing := range filings() {
			_, obligation, _ := filing.Split()
			value, err := env.QueryWorkflowByID(filing.Workflow(), workflows.FilingQuery.Name, filing)
			if err != nil || w.held[obligation] {
				continue
			}
			var f workflows.FilingState
			must(w.t, value.Get(&f))
			if f.Stage == sluss.StageSignature && f.Waiting != "" {
				s := sluss.Signature{Role: f.Waiting, Person: sluss.Person{Name: "Karin Holm"}, At: env.Now(), ContentHash: f.Hash}
				_ = env.UpdateWorkflowByID(filing.Workflow(), workflows.SignUpdate.Name, w.update(), &reaction{}, to(filing, s))
			}
		}
		env.RegisterDelayedCallback(look, 20*time.Minute)
	}
	env.RegisterDelayedCallback(look, 10*time.Minute)
}

func (w *world) correct(at time.Duration, c sluss.Correction) {
	c.By, c.Reason = sluss.Person{Name: "Karin Holm"}, "it went otherwise"
	w.after(at, func() {
		w.env.UpdateWorkflow(workflows.CorrectUpdate.Name, w.update(), w.expect("correction", ""), c)
	})
}

func (w *world) decide(at time.Duration, obligation sluss.ObligationID, kind sluss.DecisionKind) {
	w.after(at, func() {
		d := sluss.Decision{Kind: kind, Reason: "it was never ours", By: sluss.Person{Name: "Karin Holm"}, At: w.env.Now()}
		_ = w.env.UpdateWorkflowByID(w.filing(obligation).Workflow(), workflows.DecideUpdate.Name, w.update(), w.expect("decision on "+string(obligation), ""), to(w.filing(obligation), d))
	})
}

// ends wants the batch to end in that way.
func (w *world) ends(how string) {
	w.t.Helper()
	if result := w.run(); result.How != how {
		w.t.Errorf("ended %s, want %s", result.How, how)
	}
}

// files wants those reports to have been accepted, in that order.
func (w *world) files(want ...sluss.ObligationID) {
	w.t.Helper()
	var got []sluss.ObligationID
	for _, id := range w.seen.order {
		if report := w.seen.accepted[id].content.Obligation.Report; report != sluss.ReportPreflight && report != sluss.ReportClearance {
			got = append(got, id)
		}
	}
	if strings.Join(textsOf(got), " ") != strings.Join(textsOf(want), " ") {
		w.t.Errorf("accepted %v, want %v", got, want)
	}
}

func textsOf(ids []sluss.ObligationID) (texts []string) {
	for _, id := range ids {
		texts = append(texts, string(id))
	}
	return texts
}

// amend brings a report up to date, or annuls it, as an officer asks and signs. Meanwhile
// the others do what they must.
func (w *world) amend(obligation sluss.ObligationID, a sluss.Amendment, others ...func()) {
	w.t.Helper()
	filed, known := w.seen.accepted[obligation]
	if !known {
		w.t.Fatalf("%s was not filed", obligation)
	}
	a.Filing, a.Receipt, a.Reason, a.By.Name = w.filing(obligation), filed.receipt, "it went otherwise", "Karin Holm"
	c, err := obligations.Amend(filed.content, 1, a)
	must(w.t, err)
	env := newEnvironment()
	env.SetStartTime(w.env.Now())
	env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: string(w.filing(c.Obligation.ID))})
	env.RegisterWorkflow(workflows.Amendment)
	env.RegisterActivity(&activities.Activities{
		Ledger: &fakeLedger{attempts: map[string]bool{}}, Log: slog.New(slog.DiscardHandler), Actor: "test", Registries: w.registries,
	})
	env.OnSignalExternalWorkflow(mock.Anything, mock.Anything, mock.Anything, mock.Anything, mock.Anything).Return(nil) // the batch has ended
	sign := func() {
		s := sluss.Signature{Role: c.Obligation.Signer, Person: sluss.Person{Name: "Ingrid Falk"}, At: env.Now(), ContentHash: c.Hash()}
		env.UpdateWorkflow(workflows.SignUpdate.Name, w.update(), w.expect("signature on "+string(c.Obligation.ID), ""), to(w.filing(c.Obligation.ID), s))
	}
	env.RegisterDelayedCallback(sign, time.Hour)
	env.RegisterDelayedCallback(env.CancelWorkflow, 20*24*time.Hour) // something waits for ever
	for i, do := range others {
		env.RegisterDelayedCallback(do, time.Duration(i+2)*time.Hour)
	}
	env.ExecuteWorkflow(workflows.Amendment, workflows.FilingInput{Batch: w.batch.ID(), Content: c, Policy: workflows.DefaultPolicy()})
	var result workflows.FilingResult
	must(w.t, env.GetWorkflowError())
	must(w.t, env.GetWorkflowResult(&result))
	if result.Stage != sluss.StageAccepted {
		w.t.Errorf("the amendment of %s ended %+v", obligation, result)
	}
}

// upToDate amends the Swedish reports that a change of the batch outdates.
func (w *world) upToDate(change sluss.Correction, reports ...sluss.ObligationID) {
	w.t.Helper()
	for _, id := range reports {
		filed := w.seen.accepted[id].content
		now, err := filed.Changed(change)
		must(w.t, err)
		differs, err := avfallsregistret.Differing(filed, now)
		must(w.t, err)
		if differs.Empty() {
			w.t.Errorf("%s is not outdated", id)
			continue
		}
		w.amend(id, sluss.Amendment{Set: differs.Set, Remove: differs.Remove, Add: differs.Add})
	}
}

// notes are the current notes of the Swedish registry, by resource.
func (w *world) notes() map[string][]sim.Note {
	current := map[string][]sim.Note{}
	for _, n := range w.sweden.Notes() {
		if n.Current() {
			current[n.Path] = append(current[n.Path], n)
		}
	}
	return current
}

// says is a value in a note, by its path in the registry's words.
func says(t *testing.T, n sim.Note, path ...string) any {
	t.Helper()
	var body any
	must(t, json.Unmarshal(n.Body, &body))
	for _, step := range path {
		body = body.(map[string]any)[step]
	}
	return body
}

// status is that of the only BSDD.
func (w *world) status() string {
	w.t.Helper()
	forms := w.france.Forms()
	if len(forms) != 1 {
		w.t.Fatalf("%d BSDDs", len(forms))
	}
	return string(forms[0].Status)
}
