package sim

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
type register struct {
	*Backend
	t   *testing.T
	url string
}

func newRegister(t *testing.T, options Options) *register {
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
	return &register{b, t, server.URL}
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
func (r *register) send(actor, contentType string, body []byte) reply {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.url+"/", bytes.NewReader(body))
	must(r.t, err)
	req.Header.Set("Content-Type", contentType)
	if actor != "" && actor != "anonymous" {
		req.Header.Set("Authorization", "Bearer "+actor)
	}
	return r.do(req)
}

func (r *register) do(req *http.Request) reply {
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

func (r *register) ask(actor, query string, variables map[string]any) answer {
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
	if errs := list(a.body, "errors"); len(errs) > 0 {
		first, _ := errs[0].(map[string]any)
		a.code, a.message = text(first, "extensions.code"), text(first, "message")
	}
	return a
}

// the operations, as a client would send them
const (
	createQuery  = `mutation($i: CreateFormInput!){createForm(createFormInput:$i){id readableId status customId}}`
	updateQuery  = `mutation($i: UpdateFormInput!){updateForm(updateFormInput:$i){id status}}`
	deleteQuery  = `mutation($id: ID!){deleteForm(id:$id){id status}}`
	sealQuery    = `mutation($id: ID!){markAsSealed(id:$id){id status}}`
	emitQuery    = `mutation($id: ID!,$i: SignEmissionFormInput!,$c: Int){signEmissionForm(id:$id,input:$i,securityCode:$c){id status}}`
	carryQuery   = `mutation($id: ID!,$i: SignTransportFormInput!,$c: Int){signTransportForm(id:$id,input:$i,securityCode:$c){id status}}`
	receiveQuery = `mutation($id: ID!,$i: ReceivedFormInput!){markAsReceived(id:$id,receivedInfo:$i){id status}}`
	acceptQuery  = `mutation($id: ID!,$i: AcceptedFormInput!){markAsAccepted(id:$id,acceptedInfo:$i){id status}}`
	processQuery = `mutation($id: ID!,$i: ProcessedFormInput!){markAsProcessed(id:$id,processedInfo:$i){id status}}`
	formQuery    = `query($id: ID){form(id:$id){id status}}`
)

func company(siret string) map[string]any {
	return map[string]any{"siret": siret, "name": "ignored name", "address": "ignored address", "contact": "Jean", "phone": "0100000000", "mail": "a@b.fr"}
}

// createInput is a form that can be sealed.
func createInput() map[string]any {
	return map[string]any{
		"emitter":     map[string]any{"type": "PRODUCER", "company": company(producer)},
		"recipient":   map[string]any{"processingOperation": "D 10", "cap": "CAP1", "company": company(destination)},
		"transporter": map[string]any{"company": company(transporter)},
		"wasteDetails": map[string]any{
			"code": "06 05 02*", "name": "Boues", "isSubjectToADR": true, "onuCode": "UN 3082", "pop": false,
			"packagingInfos": []any{map[string]any{"type": "FUT", "quantity": 2}},
			"quantity":       1.5, "quantityType": "ESTIMATED", "consistences": []any{"SOLID"},
		},
	}
}

func emission() map[string]any {
	return map[string]any{"emittedAt": "2026-01-10T10:00:00Z", "emittedBy": "Jean", "quantity": 1.5}
}

func transport() map[string]any {
	return map[string]any{
		"takenOverAt": "2026-01-10T11:00:00Z", "takenOverBy": "Paul", "transporterNumberPlate": "AB-123-CD", "transporterTransportMode": "ROAD",
	}
}

func reception(status string, received, refused float64) map[string]any {
	input := map[string]any{
		"receivedBy": "Anna", "receivedAt": "2026-01-11T10:00:00Z", "signedAt": "2026-01-11T10:00:00Z",
		"wasteAcceptationStatus": status, "quantityReceived": received, "quantityRefused": refused,
	}
	if refused > 0 {
		input["wasteRefusalReason"] = "wet"
	}
	return input
}

func acceptation(status string, received, refused float64) map[string]any {
	input := reception(status, received, refused)
	delete(input, "receivedBy")
	delete(input, "receivedAt")
	input["signedBy"] = "Anna"
	return input
}

func processing() map[string]any {
	return map[string]any{
		"processedBy": "Luc", "processedAt": "2026-01-12T10:00:00Z", "processingOperationDone": "D 10", "destinationOperationMode": "ELIMINATION",
	}
}

// with returns the input with the value at a dotted path replaced; nil takes the key away.
func with(input map[string]any, path string, value any) map[string]any {
	copied, _ := clone(input).(map[string]any)
	inner := copied
	for {
		i := bytes.IndexByte([]byte(path), '.')
		if i < 0 {
			break
		}
		next, ok := inner[path[:i]].(map[string]any)
		if !ok {
			next = map[string]any{}
			inner[path[:i]] = next
		}
		inner, path = next, path[i+1:]
	}
	if value == nil {
		delete(inner, path)
	} else {
		inner[path] = value
	}
	return copied
}

// bring makes a form and takes it to a status along the direct chain.
func (r *register) bring(status Status, input map[string]any) string {
	r.t.Helper()
	a := r.ask("producer", createQuery, map[string]any{"i": input})
	id := text(a.body, "data.createForm.id")
	if id == "" {
		r.t.Fatalf("createForm: %+v", a)
	}
	carrier := "transporter"
	if text(input, "transporter.company.siret") == withoutReceipt {
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

func (r *register) booked(id string) Form {
	r.t.Helper()
	for _, f := range r.Books() {
		if f.ID == id {
			return f
		}
	}
	r.t.Fatalf("no form %s in the books", id)
	return Form{}
}

// reference finds a file of the reference folder beside the repository.
func reference(t *testing.T, path string) []byte {
	t.Helper()
	folder, err := os.Getwd()
	must(t, err)
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			break
		}
		if filepath.Dir(folder) == folder {
			t.Fatal("no go.mod above the test")
		}
		folder = filepath.Dir(folder)
	}
	raw, err := os.ReadFile(filepath.Join(folder, "..", "shared", path))
	if err != nil {
		t.Skipf("the reference folder ../shared is not here: %v", err)
	}
	return raw
}
