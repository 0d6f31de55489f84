package trackdechets

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/registries/trackdechets/sync"
	sim "sluss/simulators/trackdechets"
)

// batches makes BSDDs, each a millisecond after the one before.
func (r *registry) batches(count int, tick func()) (ids []string) {
	r.t.Helper()
	for n := range count {
		b := newBatch(r.t, "fr-solvents.json")
		b.declaration.Reference = fmt.Sprintf("C-%d", n)
		ids = append(ids, r.file(b, sluss.ReportCreation).ID)
		tick()
	}
	return ids
}

// pageSize is how many BSDDs one page has.
const pageSize = 100

func (r *registry) synced(since time.Time) (documents []sluss.Document, until time.Time, pages int) {
	r.t.Helper()
	for place := (sluss.SyncPlace{Since: since}); ; {
		page, o, _, err := r.client.SyncStep(r.t.Context(), producerID, place)
		must(r.t, err)
		if o.Kind != sluss.Accepted {
			r.t.Fatalf("%+v", o)
		}
		documents, pages = append(documents, page.Documents...), pages+1
		if page.Next == nil {
			return documents, page.Until, pages
		}
		place = *page.Next
	}
}

func TestSync(t *testing.T) {
	r := newRegistry(t, sim.Options{})
	ids := r.batches(pageSize+1, func() {})
	began := time.Now()
	documents, until, pages := r.synced(began.Add(-time.Hour))
	if len(documents) != pageSize+1 || pages != 2 {
		t.Fatalf("%d documents on %d pages", len(documents), pages)
	}
	if until.After(began) || until.Before(began.Add(-5*time.Second)) {
		t.Errorf("the cursor moved to %s, the sync began at %s", until, began)
	}
	d := documents[0]
	var raw map[string]any
	must(t, json.Unmarshal(d.Raw, &raw))
	if d.Registry != sluss.Trackdechets || d.Status != "DRAFT" || d.Number == "" || !strings.HasPrefix(d.CustomID, "batch/") || d.UpdatedAt.IsZero() || d.SeenAt.IsZero() ||
		raw["status"] != "DRAFT" || raw["readableId"] != d.Number {
		t.Errorf("%+v %s", d, d.Raw)
	}
	sealed := newBatch(t, "fr-solvents.json")
	sealed.declaration.Reference, sealed.receipts["fr.creation"] = fmt.Sprintf("C-%d", slices.Index(ids, d.ID)), sluss.Receipt{ID: d.ID}
	r.file(sealed, sluss.ReportSealing)
	later, moved, _ := r.synced(until)
	if !slices.ContainsFunc(later, func(l sluss.Document) bool { return l.ID == d.ID && l.Status == "SEALED" }) || moved.Before(until) {
		t.Errorf("%+v, %s", later, moved)
	}
	if r.client.SyncCalls(sluss.SyncPlace{}) != 1 || r.client.SyncCalls(sluss.SyncPlace{After: "x"}) != 2 {
		t.Error("calls")
	}
	for fault, throttled := range map[sim.FaultKind]bool{sim.FaultQuota: true, sim.FaultInternal: false} {
		must(t, r.Fault(sim.Fault{Kind: fault, Operation: "forms"}))
		if page, o, _, err := r.client.SyncStep(t.Context(), producerID, sluss.SyncPlace{Since: until}); err != nil || o.Kind != sluss.Deferred || o.Throttled != throttled || o.NotBefore.IsZero() || !page.Until.IsZero() {
			t.Errorf("%s: %+v, %+v, %v", fault, page, o, err)
		}
	}
	if _, _, _, err := r.client.SyncStep(t.Context(), "1", sluss.SyncPlace{}); !errors.Is(err, sluss.ErrOperator) {
		t.Errorf("no token: %v", err)
	}
}

// TestSyncAtTheEndOfAPage: a list that ends exactly there has an empty page after it,
// and so has one whose place was deleted.
func TestSyncAtTheEndOfAPage(t *testing.T) {
	now := at("2026-11-22T10:00:00Z")
	r := newRegistry(t, sim.Options{Now: func() time.Time { return now }})
	r.batches(pageSize, func() { now = now.Add(time.Millisecond) })
	since := at("2026-11-22T00:00:00Z")
	page, _, _, err := r.client.SyncStep(t.Context(), producerID, sluss.SyncPlace{Since: since})
	if err != nil || page.Next == nil || len(page.Documents) != pageSize {
		t.Fatalf("%+v, %v", page.Next, err)
	}
	if last, o, _, err := r.client.SyncStep(t.Context(), producerID, *page.Next); err != nil || o.Kind != sluss.Accepted || last.Next != nil || len(last.Documents) != 0 || last.Until.Before(since) {
		t.Errorf("after the last: %+v, %+v, %v", last, o, err)
	}
	gone := newBatch(t, "fr-solvents.json")
	gone.declaration.Reference, gone.receipts["fr.creation"] = "C-0", sluss.Receipt{ID: page.Next.After}
	r.accepts(gone.amendment(sluss.ReportCreation, sluss.Amendment{Annul: sluss.NotCarried}))
	if last, o, _, err := r.client.SyncStep(t.Context(), producerID, *page.Next); err != nil || o.Kind != sluss.Deferred || !last.Until.IsZero() {
		t.Errorf("after what is gone: %+v, %+v, %v", last, o, err)
	}
}

// TestHookIsSeenTo: it is made, used, switched on again after deliveries failed,
// and left alone where it is another's.
func TestHookIsSeenTo(t *testing.T) {
	status, got := http.StatusOK, make(chan string, 100)
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got <- r.URL.Path + " " + r.Header.Get("Authorization")
		w.WriteHeader(status)
	}))
	t.Cleanup(listener.Close)
	r, ctx := newRegistry(t, sim.Options{LocalWebhooks: true, WebhookBackoff: time.Millisecond}), t.Context()
	hooked := func(endpoint string) {
		r.client = r.as(func(o *Options) { o.Sync = sync.Options{Endpoint: endpoint, Secret: strings.Repeat("s", 20)} })
	}
	hooked(listener.URL + "/hooks/trackdechets")
	look := func(company string, want sluss.HookState) sluss.Hook {
		t.Helper()
		hook, o, e, err := r.client.EnsureHook(ctx, company)
		if err != nil || o.Kind != sluss.Accepted || hook.State != want {
			t.Fatalf("%s: %+v, %+v, %v, want %s\n%s", company, hook, o, err, want, e.Response)
		}
		return hook
	}
	if refused := look(producerID, sluss.HookRefused); !strings.Contains(refused.Detail, "admin") {
		t.Errorf("%+v", refused)
	}
	must(t, r.AddUser(sim.User{Token: "token-of-" + producerID, Name: "Admin", Email: "admin@companies.example", Roles: map[string]sim.Role{producerID: sim.Admin}}))
	look(producerID, sluss.HookMade)
	look(producerID, sluss.HookActive)
	status = http.StatusServiceUnavailable
	b := newBatch(t, "fr-solvents.json")
	r.file(b, sluss.ReportCreation)
	r.file(b, sluss.ReportSealing)
	for range 6 { // the sixth failed attempt switches it off
		if line := <-got; line != "/hooks/trackdechets/"+producerID+" Bearer: "+strings.Repeat("s", 20) {
			t.Fatalf("delivered %q", line)
		}
	}
	found := sluss.HookActive
	for until := time.Now().Add(10 * time.Second); found != sluss.HookOnAgain && time.Now().Before(until); {
		hook, _, _, err := r.client.EnsureHook(ctx, producerID)
		must(t, err)
		found = hook.State
	}
	if found != sluss.HookOnAgain {
		t.Fatalf("the webhook is %s", found)
	}
	look(producerID, sluss.HookActive)
	hooked("https://elsewhere.example/hooks")
	if other := look(producerID, sluss.HookElsewhere); !strings.Contains(other.Detail, listener.URL) {
		t.Errorf("%+v", other)
	}
	must(t, r.Fault(sim.Fault{Kind: sim.FaultQuota, Operation: "webhooksettings"}))
	if _, o, _, err := r.client.EnsureHook(ctx, producerID); err != nil || o.Kind != sluss.Deferred || !o.Throttled {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestSyncIsConfigured(t *testing.T) {
	t.Setenv("SLUSS_TRACKDECHETS_TOKEN_"+producerID, "token-of-the-producer")
	file := filepath.Join(t.TempDir(), "secret")
	must(t, os.WriteFile(file, []byte(strings.Repeat("x", 40)+"\n"), 0o600))
	const at = "https://sluss.example/hooks/trackdechets"
	for name, test := range map[string]struct {
		config Config
		every  time.Duration
		calls  int
		wrong  []string
	}{
		"nothing said":     {config: Config{}, every: 5 * time.Minute},
		"a pace":           {config: Config{Follow: "1m30s"}, every: 90 * time.Second},
		"off":              {config: Config{Follow: "off"}},
		"a webhook":        {config: Config{Webhook: HookConfig{URL: at + "/", TokenFile: file}}, every: 5 * time.Minute, calls: 3},
		"too often":        {config: Config{Follow: "1s"}, wrong: []string{"follow"}},
		"no pace":          {config: Config{Follow: "often", Webhook: HookConfig{URL: at}}, wrong: []string{"follow", "webhook.token_file"}},
		"no secret":        {config: Config{Webhook: HookConfig{URL: at, TokenFile: file + "-none"}}, wrong: []string{"webhook.token_file"}},
		"no address":       {config: Config{Webhook: HookConfig{TokenFile: file}}, wrong: []string{"webhook.url"}},
		"a bad address":    {config: Config{Webhook: HookConfig{URL: "sluss.example", TokenFile: file}}, wrong: []string{"webhook.url"}},
		"in the clear":     {config: Config{Webhook: HookConfig{URL: "http://sluss.example/hooks/trackdechets", TokenFile: file}}, wrong: []string{"webhook.url"}},
		"with credentials": {config: Config{Webhook: HookConfig{URL: "https://a:b@sluss.example/", TokenFile: file}}, wrong: []string{"webhook.url"}},
	} {
		test.config.Environment = "production"
		client, _, err := test.config.Open()
		for _, want := range test.wrong {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: want a fault of %s in %v", name, want, err)
			}
		}
		if len(test.wrong) > 0 {
			continue
		}
		must(t, err)
		companies, every := client.SyncedCompanies()
		if every != test.every || (len(companies) == 1) != (every > 0) || client.HookCalls() != test.calls {
			t.Errorf("%s: %v, %s, %d calls", name, companies, every, client.HookCalls())
		}
		if test.calls > 0 && (client.Options.Endpoint != at || len(client.Options.Secret) != 40) {
			t.Errorf("%s: %+v", name, client.Options)
		}
	}
}
