package trackdechets

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"sluss/simulators/trackdechets/tree"
)

const (
	hookQuery       = `mutation($i: WebhookSettingCreateInput!){createWebhookSetting(input:$i){id activated}}`
	hookUpdateQuery = `mutation($id: ID!,$i: WebhookSettingUpdateInput!){updateWebhookSetting(id:$id,input:$i){activated}}`
	hookReadQuery   = `query($id: ID!){webhooksetting(id:$id){activated endpointUri orgId}}`
	hookToken       = "12345678901234567890"
)

// notice is what a webhook is told.
type notice struct {
	Action string `json:"action"`
	ID     string `json:"id"`
}

// listener is a receiver of webhooks that answers as told.
type listener struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	header []string
	got    []notice
}

func newListener(t *testing.T, status int) *listener {
	t.Helper()
	l := &listener{status: status}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		defer l.mu.Unlock()
		var notices []notice
		if json.NewDecoder(r.Body).Decode(&notices) == nil {
			l.got = append(l.got, notices...)
		}
		l.header = append(l.header, r.Header.Get("Authorization"))
		w.WriteHeader(l.status)
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *listener) events() []notice {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.got)
}

// wait polls until as many requests have come.
func (l *listener) wait(t *testing.T, count int) []notice {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		got := l.events()
		if len(got) >= count {
			return got
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d requests, want %d: %+v", len(got), count, got)
		}
		time.Sleep(time.Millisecond)
	}
}

// hook makes the producer's webhook.
func (r *simulated) hook(endpoint string) string {
	r.t.Helper()
	must(r.t, r.AddUser(User{Token: "chief", Email: "chief@example.test", Roles: map[string]Role{producer: Admin}}))
	a := r.ask("chief", `{myCompanies{edges{node{id siret}}}}`, nil)
	edge, _ := tree.List(a.body, "data.myCompanies.edges")[0].(map[string]any)
	a = r.ask("chief", hookQuery, map[string]any{"i": map[string]any{
		"companyId": tree.Text(edge, "node.id"), "endpointUri": endpoint, "token": hookToken, "activated": true,
	}})
	id := tree.Text(a.body, "data.createWebhookSetting.id")
	if id == "" {
		r.t.Fatalf("%+v", a)
	}
	return id
}

func TestWebhook(t *testing.T) {
	l := newListener(t, http.StatusAccepted)
	r := newRegistry(t, Options{LocalWebhooks: true, WebhookBackoff: time.Millisecond})
	r.hook(l.URL)
	id := r.bring(Sealed, createInput())
	l.wait(t, 2)
	r.must("producer", deleteQuery, id, nil)
	got := l.wait(t, 4)
	readable := r.recorded(id).ReadableID
	for _, want := range []notice{{Action: "CREATED", ID: readable}, {Action: "UPDATED", ID: readable}, {Action: "DELETED", ID: readable}, {Action: "DELETED", ID: id}} {
		if !slices.ContainsFunc(got, func(n notice) bool { return n.Action == want.Action && n.ID == want.ID }) {
			t.Errorf("%+v is missing in %+v", want, got)
		}
	}
	if l.header[0] != "Bearer: "+hookToken {
		t.Errorf("header %q", l.header[0])
	}
	// Another's draft is not told of.
	r.ask("outsider", createQuery, map[string]any{"i": with(createInput(), "emitter.company", company(outsider))})
	r.bring(Draft, createInput())
	if got := l.wait(t, 5); len(got) != 5 {
		t.Errorf("%+v", got)
	}
}

func TestWebhookIsTurnedOff(t *testing.T) {
	l := newListener(t, http.StatusInternalServerError)
	r := newRegistry(t, Options{LocalWebhooks: true, WebhookBackoff: time.Millisecond})
	hook := r.hook(l.URL)
	r.bring(Draft, createInput())
	l.wait(t, 3)
	active := func() bool {
		a := r.ask("chief", hookReadQuery, map[string]any{"id": hook})
		return tree.Truth(a.body, "data.webhooksetting.activated")
	}
	if !active() {
		t.Error("one event that failed is not enough")
	}
	r.bring(Draft, createInput())
	l.wait(t, 6)
	deadline := time.Now().Add(10 * time.Second)
	for active() {
		if time.Now().After(deadline) {
			t.Fatal("two events that failed must turn the webhook off")
		}
		time.Sleep(time.Millisecond)
	}
	l.mu.Lock()
	l.status = http.StatusOK
	l.mu.Unlock()
	if a := r.ask("chief", hookUpdateQuery, map[string]any{"id": hook, "i": map[string]any{"activated": true}}); a.code != "" {
		t.Fatalf("%+v", a)
	}
	r.bring(Draft, createInput())
	l.wait(t, 7)
	if !active() {
		t.Error("turned on again, and delivered")
	}
}

func TestWebhookAddresses(t *testing.T) {
	r := newRegistry(t, Options{})
	for endpoint, safe := range map[string]bool{
		"https://example.test/h": true, "http://example.test/h": false, "https://127.0.0.1/h": false, "https://10.1.2.3/h": false,
		"https://localhost:8443/": false, "https://[::1]/": false, "nonsense": false,
	} {
		if r.webhooks.Safe(endpoint) != safe {
			t.Errorf("%s: safe %v", endpoint, !safe)
		}
	}
}
