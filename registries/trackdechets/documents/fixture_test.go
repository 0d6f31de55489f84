package documents

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sluss"
	"sluss/registries/trackdechets/calls"
	sim "sluss/simulators/trackdechets"
)

const (
	producerID    = "00000000283366"
	transporterID = "00000000283374"
	receiverID    = "00000000283390"
	platformID    = "00000000283416"
	outsiderID    = "00000000283424"
)

var signedAt = at("2026-11-23T09:00:00+01:00")

// registry is a simulated registry, and the client of some companies.
type registry struct {
	*sim.Backend
	t      *testing.T
	tokens map[string]string
	client Client
}

func bareRegistry(t *testing.T) *registry {
	t.Helper()
	b, err := sim.New(sim.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, b.Close()) })
	return &registry{Backend: b, t: t, tokens: map[string]string{}}
}

// joins adds a company, with its user and a token.
func (r *registry) joins(token string, c sim.Company) {
	r.t.Helper()
	for _, kind := range c.Types {
		if kind == "TRANSPORTER" {
			c.Receipt = sim.Receipt{Number: "R-1", Department: "07", ValidityLimit: time.Date(2055, 1, 1, 0, 0, 0, 0, time.UTC)}
		}
	}
	must(r.t, r.AddCompany(c))
	must(r.t, r.AddUser(sim.User{Token: token, Name: c.Name, Email: token + "@companies.example", Roles: map[string]sim.Role{c.Siret: sim.Member}}))
	r.tokens[c.Siret] = token
}

// open makes the client of all who have joined.
func (r *registry) open() *registry {
	server := httptest.NewServer(r.Backend)
	r.t.Cleanup(server.Close)
	r.client = Client{calls.New(calls.Options{URL: server.URL, Tokens: r.tokens, Timeout: 5 * time.Second})}
	return r
}

func newRegistry(t *testing.T) *registry {
	t.Helper()
	r := bareRegistry(t)
	for _, c := range []sim.Company{
		{Siret: producerID, Types: []string{"PRODUCER"}},
		{Siret: transporterID, Types: []string{"TRANSPORTER"}},
		{Siret: receiverID, Types: []string{"WASTEPROCESSOR", "WASTE_VEHICLES"}, WasteProcessorTypes: []string{"DANGEROUS_WASTES_INCINERATION", "CREMATION"}, WasteVehiclesTypes: []string{"BROYEUR", "DEMOLISSEUR"}},
		{Siret: platformID, Types: []string{"COLLECTOR"}, CollectorTypes: []string{"DANGEROUS_WASTES"}},
		{Siret: outsiderID, Types: []string{"PRODUCER"}},
	} {
		c.Name, c.Address, c.SecurityCode = "Company "+c.Siret, "1 rue de Paris", 1234
		r.joins("token-of-"+c.Siret, c)
	}
	return r.open()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func at(text string) time.Time {
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return moment
}

// shared is the folder of references beside the module.
var shared = filepath.Join("..", "..", "..", "..", "shared")

// reference reads a file of the reference folder.
func reference(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(shared, path))
	if os.IsNotExist(err) {
		t.Skipf("the reference folder ../shared is not here: %v", err)
	}
	must(t, err)
	return raw
}

// takes wants a call to be accepted, in a status where one is named.
func (r *registry) takes(status string, o sluss.Outcome, e sluss.Exchange, err error) sluss.Receipt {
	r.t.Helper()
	must(r.t, err)
	if o.Kind != sluss.Accepted || status != "" && o.Receipt.Status != status {
		r.t.Fatalf("%s: %+v, want %s\n%s\n%s", e.Operation, o, status, e.Request, e.Response)
	}
	return *o.Receipt
}

func (r *registry) read(company, id string) Document {
	r.t.Helper()
	d, e, err := r.client.Document(r.t.Context(), company, id)
	if err != nil {
		r.t.Fatalf("%s: %v\n%s", id, err, e.Response)
	}
	return d
}

// ask makes a call of a text of the test's own.
func ask(t *testing.T, s *calls.Session, query string, variables map[string]any, field string, into any) {
	t.Helper()
	must(t, s.Send(t.Context(), calls.Request{OperationName: field, Query: query, Variables: variables}))
	must(t, s.Read(into))
}
