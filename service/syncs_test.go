package service_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"sluss"
	"sluss/activities"
	"sluss/api"
	"sluss/ledger"
	"sluss/registries/trackdechets"
	changes "sluss/registries/trackdechets/sync"
	"sluss/service"
	sim "sluss/simulators/trackdechets"
	"sluss/workflows"
	"sluss/workflows/tasktest"
)

// guide is a fake of Temporal and the workflows that sync companies.
type guide struct {
	client.Client // nothing else is asked of it

	mu       sync.Mutex
	follows  []string // workflow ids
	signals  []string // id, and what was said
	down     bool
	print    func(in activities.PrintInput) activities.SyncStepResult
	asked    []activities.PrintInput
	followed func(company string) // what a look brings
}

func (g *guide) SignalWorkflow(_ context.Context, id, _, name string, message any) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.down:
		return serviceerror.NewUnavailable("no server")
	case !slices.Contains(g.follows, id) || name != "look" && name != "deleted":
		return serviceerror.NewNotFound("workflow not found")
	}
	text, _ := message.(string)
	g.signals = append(g.signals, id+": "+text)
	if g.followed != nil {
		g.followed(id[strings.LastIndex(id, "/")+1:])
	}
	return nil
}

func (g *guide) ExecuteWorkflow(_ context.Context, _ client.StartWorkflowOptions, _ any, args ...any) (client.WorkflowRun, error) {
	if g.down {
		return nil, serviceerror.NewUnavailable("no server")
	}
	in, is := args[0].(workflows.TaskInput)
	if !is {
		return nil, errors.New("a task is wanted")
	}
	return tasktest.Run(in, func(in any) (any, error) {
		asked, _ := in.(activities.PrintInput)
		g.asked = append(g.asked, asked)
		return g.print(asked), nil
	}), nil
}

const secretOfHooks = "0123456789abcdef0123456789abcdef"

func syncService(t *testing.T, g *guide) *service.Service {
	t.Helper()
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return &service.Service{Ledger: l, Temporal: g}
}

// TestADeliveryStartsASync: any delivery, in any order and repeated, only
// starts a sync; and does nothing without our token.
func TestADeliveryStartsASync(t *testing.T) {
	g := &guide{follows: []string{"sync/trackdechets/1", "sync/trackdechets/2"}}
	d := syncService(t, g)
	for _, company := range []string{"1", "2"} {
		must(t, d.Ledger.KeepSyncPage(t.Context(), sluss.Trackdechets, company, sluss.SyncPage{Until: noon}))
	}
	handler := api.New(d, api.Options{Token: "token-of-the-api", HookToken: secretOfHooks})
	const odd, one = "Bearer: " + secretOfHooks, `[{"action":"UPDATED","id":"BSD-1"}]`
	for _, test := range []struct {
		name, path, authorization, body string
		status                          int
		signals                         int
	}{
		{"as Trackdéchets sends it", "/hooks/trackdechets/1", odd, one, http.StatusOK, 1},
		{"the same again", "/hooks/trackdechets/1", odd, one, http.StatusOK, 1},
		{"without its odd colon", "/hooks/trackdechets/1", "Bearer " + secretOfHooks, one, http.StatusOK, 1},
		{"two deletions", "/hooks/trackdechets/2", odd, `[{"action":"DELETED","id":"BSD-1"},{"action":"DELETED","id":"cabc"}]`, http.StatusOK, 3},
		{"deletions of nothing", "/hooks/trackdechets/2", odd, `[{"action":"DELETED","id":""},{"action":"DELETED","id":"<b>"}]`, http.StatusOK, 1},
		{"of nobody by name", "/hooks/trackdechets", odd, one, http.StatusOK, 2},
		{"words that may come one day", "/hooks/trackdechets/1", odd, `[{"action":"FROZEN","id":"BSD-1","at":"2027"}]`, http.StatusOK, 1},
		{"nothing", "/hooks/trackdechets/1", odd, `[]`, http.StatusOK, 0},
		{"nobody that is followed", "/hooks/trackdechets/3", odd, one, http.StatusNotFound, 0},
		{"no token", "/hooks/trackdechets/1", "", one, http.StatusUnauthorized, 0},
		{"another token", "/hooks/trackdechets/1", "Bearer: 0123", one, http.StatusUnauthorized, 0},
		{"the API's token", "/hooks/trackdechets/1", "Bearer token-of-the-api", one, http.StatusUnauthorized, 0},
		{"no list", "/hooks/trackdechets/1", odd, `{"action":"UPDATED","id":"BSD-1"}`, http.StatusBadRequest, 0},
		{"no JSON", "/hooks/trackdechets/1", odd, `<html>`, http.StatusBadRequest, 0},
		{"half of one", "/hooks/trackdechets/1", odd, one[:20], http.StatusBadRequest, 0},
		{"too much", "/hooks/trackdechets/1", odd, `[{"action":"` + strings.Repeat("x", 1<<20) + `"}]`, http.StatusBadRequest, 0},
		{"its token opens nothing else", "/api/inbox", "Bearer " + secretOfHooks, one, http.StatusUnauthorized, 0},
	} {
		g.signals = nil
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, test.path, strings.NewReader(test.body))
		r.Host = "sluss.example" // it comes from outside
		r.Header.Set("Content-Type", "application/json")
		if test.authorization != "" {
			r.Header.Set("Authorization", test.authorization)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != test.status || len(g.signals) != test.signals {
			t.Errorf("%s: %d %s, signals %q", test.name, w.Code, w.Body, g.signals)
		}
		if strings.Contains(w.Body.String(), secretOfHooks) {
			t.Errorf("%s: tells the token", test.name)
		}
	}
	g.signals = nil
	g.down = true
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/trackdechets/1", strings.NewReader(one))
	r.Header.Set("Authorization", odd)
	w := httptest.NewRecorder()
	if handler.ServeHTTP(w, r); w.Code != http.StatusServiceUnavailable { // and it is delivered again
		t.Errorf("without Temporal: %d", w.Code)
	}
	w = httptest.NewRecorder()
	r.Header.Set("Authorization", "Bearer: ")
	if api.New(d, api.Options{}).ServeHTTP(w, r); w.Code == http.StatusOK || len(g.signals) > 0 {
		t.Errorf("without a webhook: %d", w.Code)
	}
}

// TestTheRegistrysOwnDeliveriesAreTaken: as the simulator sends them, to the
// webhook that our client has made.
func TestTheRegistrysOwnDeliveriesAreTaken(t *testing.T) {
	batch := example(t, "fr-solvents")
	company := batch.Producer.ID
	g := &guide{follows: []string{"sync/trackdechets/" + company}}
	d, ctx := syncService(t, g), t.Context()
	api := httptest.NewServer(api.New(d, api.Options{Token: "token-of-the-api", HookToken: secretOfHooks}))
	t.Cleanup(api.Close)
	registry, err := sim.New(sim.Options{LocalWebhooks: true})
	must(t, err)
	t.Cleanup(func() { _ = registry.Close() })
	for _, c := range []sim.Company{
		{Siret: company, Types: []string{"PRODUCER"}},
		{Siret: batch.Legs[0].Transporter.ID, Types: []string{"TRANSPORTER"}},
		{Siret: batch.Receiver.ID, Types: []string{"WASTEPROCESSOR"}, WasteProcessorTypes: []string{"DANGEROUS_WASTES_INCINERATION"}},
	} {
		c.Name, c.Address = "Company "+c.Siret, "1 rue de Paris"
		must(t, registry.AddCompany(c))
	}
	must(t, registry.AddUser(sim.User{Token: "token-of-ours", Name: "Admin", Email: "admin@companies.example", Roles: map[string]sim.Role{company: sim.Admin}}))
	server := httptest.NewServer(registry)
	t.Cleanup(server.Close)
	client := trackdechets.New(trackdechets.Options{
		URL: server.URL, Tokens: map[string]string{company: "token-of-ours"}, TestCompanies: true,
		Sync: changes.Options{Every: time.Minute, Endpoint: api.URL + "/hooks/trackdechets", Secret: secretOfHooks},
	})
	if hook, o, _, err := client.EnsureHook(ctx, company); err != nil || hook.State != sluss.HookMade {
		t.Fatalf("%+v, %+v, %v", hook, o, err)
	}
	if o, e, err := client.Submit(ctx, sluss.Submission{Content: sluss.Content{Declaration: batch, Obligation: sluss.Obligation{Report: sluss.ReportCreation}}}); err != nil || o.Kind != sluss.Accepted {
		t.Fatalf("%+v, %v\n%s", o, err, e.Response)
	}
	for until := time.Now().Add(10 * time.Second); ; {
		g.mu.Lock()
		signals := slices.Clone(g.signals)
		g.mu.Unlock()
		if len(signals) > 0 {
			if !strings.Contains(signals[0], "CREATED") || !strings.Contains(signals[0], "BSD-") {
				t.Errorf("%q", signals)
			}
			break
		}
		if time.Now().After(until) {
			t.Fatal("nothing was delivered")
		}
		time.Sleep(5 * time.Millisecond)
	}
	if hook, _, _, err := client.EnsureHook(ctx, company); err != nil || hook.State != sluss.HookActive {
		t.Errorf("%+v, %v", hook, err)
	}
}

func TestSyncOverTheAPI(t *testing.T) {
	g := &guide{follows: []string{"sync/trackdechets/1"}}
	d := syncService(t, g)
	g.followed = func(company string) {
		_ = d.Ledger.KeepSyncPage(context.Background(), sluss.Trackdechets, company, sluss.SyncPage{Until: noon.Add(time.Hour)})
	}
	server := httptest.NewServer(api.New(d, api.Options{}))
	t.Cleanup(server.Close)
	if none := get[service.Syncs](t, server, "/api/syncs"); len(none.Syncs) != 0 || none.Syncs == nil || none.Adrift == nil {
		t.Errorf("%+v", none)
	}
	must(t, d.Ledger.KeepHook(t.Context(), sluss.Trackdechets, "1", &sluss.Hook{State: sluss.HookRefused, Detail: "the account of a person"}))
	must(t, d.Ledger.SyncFailed(t.Context(), sluss.Trackdechets, "1", "dial 10.0.0.1"))
	health := strings.Join(get[service.Health](t, server, "/healthz").Warnings, "\n")
	if !strings.Contains(health, "webhook is refused") || strings.Contains(health, "10.0.0.1") || strings.Contains(health, "of a person") {
		t.Errorf("health %q", health)
	}
	var one sluss.SyncState
	if status, _ := send(t, server, request{method: http.MethodPost, path: "/api/syncs/trackdechets/1", kind: "application/json"}, &one); status != http.StatusOK || !one.Since.Equal(noon.Add(time.Hour)) || one.Error != "" {
		t.Errorf("%d %+v", status, one)
	}
	var problem api.Problem
	for _, path := range []string{"/api/syncs/trackdechets/2", "/api/syncs/autosys/1"} {
		if status, _ := send(t, server, request{method: http.MethodPost, path: path, kind: "application/json"}, &problem); status != http.StatusNotFound || !strings.Contains(problem.Error, "starter sync") {
			t.Errorf("%s: %d %+v", path, status, problem)
		}
	}
	g.down = true
	if _, err := d.SyncNow(t.Context(), sluss.Trackdechets, "1"); !errors.Is(err, service.ErrNoAnswer) {
		t.Errorf("%v", err)
	}
}

func TestABatchShowsWhatOthersHaveEnded(t *testing.T) {
	document := func(status string) []sluss.Document {
		return []sluss.Document{{Registry: sluss.Trackdechets, Number: "BSD-1", Status: status, UpdatedAt: noon}}
	}
	refused := []sluss.Event{{Kind: sluss.WasteRefused, At: noon}}
	for name, test := range map[string]struct {
		shown service.Shown
		told  bool
	}{
		"sent by others":           {service.Shown{Documents: document("SENT")}, false},
		"refused by others":        {service.Shown{Documents: document("REFUSED")}, true},
		"refused, as was reported": {service.Shown{Documents: document("REFUSED"), Events: refused}, false},
		"cancelled":                {service.Shown{Documents: document("CANCELED"), Events: refused}, true},
		"closed":                   {service.Shown{Documents: document("CANCELED"), Batch: ledger.Batch{Closed: "treated"}}, false},
	} {
		test.shown.Declaration = example(t, "fr-solvents")
		test.shown.Warn()
		told := slices.ContainsFunc(test.shown.Warnings, func(f sluss.Fault) bool { return f.Field == "documents" && strings.Contains(f.Problem, "BSD-1") })
		if told != test.told {
			t.Errorf("%s: %v", name, test.shown.Warnings)
		}
	}
}

// TestAPrintIsFetchedUntilItIsFinal: and given as the file that it is.
func TestAPrintIsFetchedUntilItIsFinal(t *testing.T) {
	g := &guide{}
	d, ctx := syncService(t, g), t.Context()
	batch := example(t, "fr-solvents")
	must(t, d.Ledger.RecordEvent(ctx, sluss.EventRecord{Batch: batch.ID(), Declaration: &batch, Event: sluss.Event{Kind: sluss.Produced, At: noon}, At: noon}))
	server := httptest.NewServer(api.New(d, api.Options{}))
	t.Cleanup(server.Close)
	path := "/api/batches/default/" + batch.Reference + "/pdf"
	ask := func(path string) (int, http.Header, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+path, nil)
		must(t, err)
		response, err := server.Client().Do(r)
		must(t, err)
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		must(t, err)
		return response.StatusCode, response.Header, string(body)
	}
	for name, path := range map[string]string{"no such batch": "/api/batches/default/NONE/pdf", "no document yet": path} {
		if status, _, body := ask(path); status != http.StatusNotFound || !strings.Contains(body, "error") {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	content := sluss.Content{Declaration: batch, Obligation: sluss.Obligation{ID: "fr.creation", Registry: sluss.Trackdechets, Report: sluss.ReportCreation}}
	filing := batch.ID().Filing("fr.creation")
	must(t, d.Ledger.OpenFiling(ctx, sluss.FilingRecord{Filing: filing, Batch: batch.ID(), Content: content, Hash: content.Hash(), Stage: sluss.StageSending, At: noon}))
	must(t, d.Ledger.RecordDecision(ctx, sluss.DecisionRecord{Filing: filing, Number: 1, Decision: sluss.Decision{
		Kind: sluss.DecidedTaken, Receipt: "BSD-1", Reason: "seen there", By: sluss.Person{Name: officer}, At: noon,
	}}))
	for name, test := range map[string]struct {
		result activities.SyncStepResult
		down   bool
		status int
	}{
		"not now":     {activities.SyncStepResult{Error: "not now"}, false, http.StatusConflict},
		"no quota":    {activities.SyncStepResult{Wait: &sluss.QueuePlace{}}, false, http.StatusServiceUnavailable},
		"no Temporal": {activities.SyncStepResult{}, true, http.StatusServiceUnavailable},
	} {
		g.down, g.print = test.down, func(activities.PrintInput) activities.SyncStepResult { return test.result }
		if status, _, body := ask(path); status != test.status {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	g.down, g.asked = false, nil
	p := sluss.Print{Batch: batch.ID(), Registry: sluss.Trackdechets, Document: "a", Number: "BSD-1", Status: "SENT", Content: []byte("%PDF on its way"), FetchedAt: noon}
	g.print = func(in activities.PrintInput) activities.SyncStepResult {
		if in.Batch != batch.ID() || in.Document != "BSD-1" || !slices.Contains(in.Companies, batch.Producer.ID) || !slices.Contains(in.Companies, batch.Legs[0].Transporter.ID) {
			t.Errorf("asked for %+v", in)
		}
		must(t, d.Ledger.KeepPrint(ctx, p))
		return activities.SyncStepResult{Count: 1}
	}
	status, header, body := ask(path)
	if status != http.StatusOK || header.Get("Content-Type") != "application/pdf" || !strings.Contains(header.Get("Content-Disposition"), "BSD-1.pdf") || body != "%PDF on its way" {
		t.Errorf("%d %v %s", status, header, body)
	}
	p.Status, p.Final, p.UpdatedAt, p.Content = "PROCESSED", true, noon, []byte("%PDF at its end")
	for range 2 {
		if status, _, body = ask(path); status != http.StatusOK || body != "%PDF at its end" {
			t.Errorf("%d %s", status, body)
		}
	}
	if len(g.asked) != 2 {
		t.Errorf("fetched %d times: the end is kept", len(g.asked))
	}
	revised := sluss.Document{Registry: sluss.Trackdechets, ID: "a", Number: "BSD-1", Status: "PROCESSED", UpdatedAt: p.UpdatedAt.Add(time.Hour), SeenAt: noon}
	must(t, d.Ledger.KeepSyncPage(ctx, sluss.Trackdechets, "1", sluss.SyncPage{Documents: []sluss.Document{revised}, Until: noon}))
	p.UpdatedAt, p.Content = revised.UpdatedAt, []byte("%PDF as revised")
	for range 2 {
		if status, _, body = ask(path); status != http.StatusOK || body != "%PDF as revised" || len(g.asked) != 3 {
			t.Errorf("after a revision: %d %s, fetched %d times", status, body, len(g.asked))
		}
	}
}
