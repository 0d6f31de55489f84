package trackdechets

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sluss/simulators/trackdechets/tree"
)

// The actors of the recorded probes.
const (
	producer       = "00000000283366"
	transporter    = "00000000283374"
	withoutReceipt = "00000000283382"
	destination    = "00000000283390"
	nextStop       = "00000000283416"
	outsider       = "00000000283424"
	administered   = "00000000283432"
)

var receipt = Receipt{Number: "the number", Department: "83", ValidityLimit: time.Date(2055, 1, 1, 0, 0, 0, 0, time.UTC)}

// register is a backend behind HTTP with the actors of the probes.
type simulated struct {
	*Backend
	t   *testing.T
	url string
}

func newRegistry(t *testing.T, options Options) *simulated {
	t.Helper()
	b, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	companies := []Company{
		{Siret: producer, Types: []string{"PRODUCER"}},
		{Siret: transporter, Types: []string{"TRANSPORTER"}, Receipt: receipt},
		{Siret: withoutReceipt, Types: []string{"TRANSPORTER"}},
		{Siret: destination, Types: []string{"WASTEPROCESSOR"}, WasteProcessorTypes: []string{"DANGEROUS_WASTES_INCINERATION"}},
		{Siret: nextStop, Types: []string{"COLLECTOR"}, CollectorTypes: []string{"DANGEROUS_WASTES"}},
		{Siret: outsider, Types: []string{"PRODUCER"}},
		{Siret: administered, Types: []string{"PRODUCER"}},
	}
	for _, c := range companies {
		c.Name, c.Address, c.SecurityCode = "Company "+c.Siret, "1 rue de Paris", 1234
		must(t, b.AddCompany(c))
	}
	users := map[string]map[string]Role{
		"producer": {producer: Member}, "transporter": {transporter: Member}, "driver": {transporter: Driver},
		"transporterWithoutReceipt": {withoutReceipt: Member}, "destination": {destination: Member},
		"outsider": {outsider: Member}, "admin": {administered: Admin}, "reader": {producer: Reader},
		"both": {producer: Member, destination: Member},
	}
	for name, roles := range users {
		must(t, b.AddUser(User{Token: name, Name: name, Email: name + "@example.test", Roles: roles}))
	}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	return &simulated{b, t, server.URL}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// reply is what came back; without a status the connection was lost.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// send posts a body as an actor.
func (r *simulated) send(actor, contentType string, body []byte) reply {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.url+"/", bytes.NewReader(body))
	must(r.t, err)
	req.Header.Set("Content-Type", contentType)
	if actor != "" && actor != "anonymous" {
		req.Header.Set("Authorization", "Bearer "+actor)
	}
	return r.do(req)
}

func (r *simulated) do(req *http.Request) reply {
	r.t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{}
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	must(r.t, err)
	return reply{res.StatusCode, res.Header, body}
}

// answer is what a call came to.
type answer struct {
	lost    bool
	status  int
	body    map[string]any
	code    string // of the first error
	message string
}

func (r *simulated) ask(actor, query string, variables map[string]any) answer {
	r.t.Helper()
	raw, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	must(r.t, err)
	got := r.send(actor, "application/json", raw)
	if got.status == 0 {
		return answer{lost: true}
	}
	return readAnswer(got.status, got.body)
}

func readAnswer(status int, raw []byte) answer {
	a := answer{status: status}
	_ = json.Unmarshal(raw, &a.body) // some answers are no JSON
	if errs := tree.List(a.body, "errors"); len(errs) > 0 {
		first, _ := errs[0].(map[string]any)
		a.code, a.message = tree.Text(first, "extensions.code"), tree.Text(first, "message")
	}
	return a
}

// bring makes a form and takes it to a status along the direct chain.
func (r *simulated) bring(status Status, input map[string]any) string {
	r.t.Helper()
	a := r.ask("producer", createQuery, map[string]any{"i": input})
	id := tree.Text(a.body, "data.createForm.id")
	if id == "" {
		r.t.Fatalf("createForm: %+v", a)
	}
	carrier := "transporter"
	if tree.Text(input, "transporter.company.siret") == withoutReceipt {
		carrier = "transporterWithoutReceipt"
	}
	steps := []struct {
		actor, query string
		input        map[string]any
		reaches      Status
	}{
		{"producer", sealQuery, nil, Sealed},
		{"producer", emitQuery, emission(), SignedByProducer},
		{carrier, carryQuery, transport(), Sent},
		{"destination", receiveQuery, map[string]any{"receivedBy": "Anna", "receivedAt": "2026-01-11T10:00:00Z"}, Received},
		{"destination", acceptQuery, acceptation("PARTIALLY_REFUSED", 1.4, 0.4), Accepted},
		{"destination", processQuery, processing(), Processed},
	}
	for reached := Draft; reached != status; {
		if len(steps) == 0 {
			r.t.Fatalf("no step leads to %s", status)
		}
		step := steps[0]
		steps = steps[1:]
		variables := map[string]any{"id": id}
		if step.input != nil {
			variables["i"] = step.input
		}
		if a := r.ask(step.actor, step.query, variables); a.code != "" {
			r.t.Fatalf("%s: %+v", step.reaches, a)
		}
		reached = step.reaches
	}
	return id
}

func (r *simulated) recorded(id string) Form {
	r.t.Helper()
	for _, f := range r.Forms() {
		if f.ID == id {
			return f
		}
	}
	r.t.Fatalf("no form %s in the records", id)
	return Form{}
}

// referenceFolder is the folder of recordings, data and contract beside the repository.
func referenceFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.Getwd()
	must(t, err)
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return filepath.Join(folder, "..", "shared")
		}
		if filepath.Dir(folder) == folder {
			t.Fatal("no go.mod above the test")
		}
		folder = filepath.Dir(folder)
	}
}

// reference reads a file of the reference folder.
func reference(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(referenceFolder(t), path))
	if err != nil {
		t.Skipf("the reference folder ../shared is not here: %v", err)
	}
	return raw
}
