package trackdechets

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/registries/trackdechets/bsdd"
	sim "sluss/simulators/trackdechets"
)

// The companies of the examples.
const (
	producerID    = "00000000283366"
	transporterID = "00000000283374"
	receiverID    = "00000000283390"
	platformID    = "00000000283416"
	outsiderID    = "00000000283424"
)

// registry is a simulated registry with the companies of the examples, and the
// client of all of them.
type registry struct {
	*sim.Backend
	t       *testing.T
	options Options
	client  *Client
}

// as is a client that differs from the registry's own.
func (r *registry) as(change func(*Options)) *Client {
	o := r.options
	o.Tokens = maps.Clone(o.Tokens)
	change(&o)
	return New(o)
}

// of is a client that has the tokens of those companies only.
func (r *registry) of(companies ...string) *Client {
	return r.as(func(o *Options) {
		maps.DeleteFunc(o.Tokens, func(company, _ string) bool { return !slices.Contains(companies, company) })
	})
}

// joins adds a company, with its user.
func (r *registry) joins(c sim.Company) {
	r.t.Helper()
	c.Name, c.Address, c.SecurityCode = "Company "+c.Siret, "1 rue de Paris", 1234
	must(r.t, r.AddCompany(c))
	token := "token-of-" + c.Siret
	must(r.t, r.AddUser(sim.User{Token: token, Name: c.Name, Email: c.Siret + "@companies.example", Roles: map[string]sim.Role{c.Siret: sim.Member}}))
	r.options.Tokens[c.Siret] = token
	r.client = New(r.options)
}

func newRegistry(t *testing.T, options sim.Options) *registry {
	t.Helper()
	b, err := sim.New(options)
	must(t, err)
	t.Cleanup(func() { must(t, b.Close()) })
	server := httptest.NewServer(listed(t, b))
	t.Cleanup(server.Close)
	r := &registry{b, t, Options{URL: server.URL, Tokens: map[string]string{}, Timeout: 5 * time.Second, TestCompanies: true, Unchecked: true}, nil}
	for _, c := range []sim.Company{
		{Siret: producerID, Types: []string{"PRODUCER"}},
		{Siret: transporterID, Types: []string{"TRANSPORTER"}, Receipt: sim.Receipt{Number: "R-1", Department: "07", ValidityLimit: time.Date(2055, 1, 1, 0, 0, 0, 0, time.UTC)}},
		{Siret: receiverID, Types: []string{"WASTEPROCESSOR"}, WasteProcessorTypes: []string{"DANGEROUS_WASTES_INCINERATION"}},
		{Siret: platformID, Types: []string{"COLLECTOR"}, CollectorTypes: []string{"DANGEROUS_WASTES"}},
		{Siret: outsiderID, Types: []string{"PRODUCER"}},
	} {
		r.joins(c)
	}
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// root is the folder of the module.
func root(t *testing.T) string {
	t.Helper()
	folder, err := os.Getwd()
	must(t, err)
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		if filepath.Dir(folder) == folder {
			t.Fatal("no go.mod above the test")
		}
		folder = filepath.Dir(folder)
	}
}

func example(t *testing.T, name string) sluss.Declaration {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root(t), "examples", name))
	must(t, err)
	var d sluss.Declaration
	must(t, json.Unmarshal(raw, &d))
	return d
}

// sent brings a batch of its own on its way, and gives the id of its BSDD.
func (r *registry) sent(reference string) string {
	r.t.Helper()
	b := newBatch(r.t, "fr-solvents.json")
	b.declaration.Reference = reference
	r.bring(b, sluss.ReportTakeOver)
	return b.receipts[bsdd.CreationID].ID
}

func party(siret string) sluss.Party {
	return sluss.Party{
		ID: siret, Country: "FR", Name: "Company " + siret, Address: "1 rue de Paris",
		Contact: sluss.Contact{Name: "Anna", Phone: "0102030405", Email: "anna@companies.example"},
	}
}

func contains(text, part string) bool { return strings.Contains(text, part) }

func pickupID(n int) string { return fmt.Sprintf("fr.pickup#%d", n) }

// takes wants a call to be accepted, in a status where one is named.
func (r *registry) takes(status string, o sluss.Outcome, e sluss.Exchange, err error) sluss.Receipt {
	r.t.Helper()
	must(r.t, err)
	if o.Kind != sluss.Accepted || status != "" && o.Receipt.Status != status {
		r.t.Fatalf("%s: %+v, want %s\n%s\n%s", e.Operation, o, status, e.Request, e.Response)
	}
	return *o.Receipt
}

// accepts wants a submission to be accepted.
func (r *registry) accepts(s sluss.Submission) sluss.Receipt {
	r.t.Helper()
	o, e, err := r.client.Submit(r.t.Context(), s)
	return r.takes("", o, e, err)
}

// batch tells what owes what: it makes the submissions of a life.
type batch struct {
	declaration sluss.Declaration
	leg         int
	events      []sluss.Event
	receipts    map[string]sluss.Receipt
}

func newBatch(t *testing.T, name string) *batch {
	t.Helper()
	d := example(t, name)
	b := &batch{declaration: d, leg: len(d.Legs), receipts: map[string]sluss.Receipt{}}
	b.happens(sluss.Event{Kind: sluss.Produced, At: at("2026-11-22T10:00:00+01:00")})
	if b.leg > 1 {
		b.happens(sluss.Event{Kind: sluss.PickedUp, Leg: 1, At: at("2026-11-23T06:00:00+01:00")})
	}
	return b
}

func at(text string) time.Time {
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return moment
}

func (b *batch) happens(e sluss.Event) {
	e.By = sluss.Person{Name: "Reporter of " + string(e.ID())}
	b.events = append(b.events, e)
}

// submission is the report of a note, signed where people sign.
func (b *batch) submission(note sluss.ReportKind) sluss.Submission {
	id := "fr." + string(note)
	s := sluss.Submission{
		Filing: sluss.FilingID("filing/default/" + b.declaration.Reference + "/" + id),
		Content: sluss.Content{
			Declaration: b.declaration, Events: slices.Clone(b.events), Receipts: b.receipts,
			Obligation: sluss.Obligation{ID: sluss.ObligationID(id), Registry: sluss.Trackdechets, Report: note, Leg: b.leg, Event: b.events[len(b.events)-1].ID()},
		},
	}
	if note != sluss.ReportCreation && note != sluss.ReportSealing {
		s.Signature = &sluss.Signature{Person: sluss.Person{Name: "Signer of " + string(note)}, At: at("2026-11-23T08:59:30+01:00")}
	}
	return s
}

// The life of a batch up to the departure of its French leg.
func beforeDeparture() []sluss.ReportKind {
	return []sluss.ReportKind{sluss.ReportCreation, sluss.ReportSealing, sluss.ReportEmission, sluss.ReportTakeOver}
}

// file submits, and keeps the receipt.
func (r *registry) file(b *batch, note sluss.ReportKind) sluss.Receipt {
	r.t.Helper()
	receipt := r.accepts(b.submission(note))
	b.receipts["fr."+string(note)] = receipt
	return receipt
}

// bring files everything up to and including a note.
func (r *registry) bring(b *batch, last sluss.ReportKind) {
	r.t.Helper()
	for _, note := range beforeDeparture() {
		r.file(b, note)
		if note == last {
			return
		}
	}
	b.happens(sluss.Event{Kind: sluss.PickedUp, Leg: b.leg, At: at("2026-11-23T09:05:00+01:00")})
	b.happens(sluss.Event{Kind: sluss.Received, At: at("2026-11-23T15:20:00+01:00"), Mass: 3_150 * sluss.Kilogram})
	r.file(b, sluss.ReportArrival)
	if last == sluss.ReportArrival {
		return
	}
	b.happens(sluss.Event{Kind: sluss.WasteAccepted, At: at("2026-11-23T16:00:00+01:00")})
	r.file(b, sluss.ReportAcceptance)
	if last == sluss.ReportAcceptance {
		return
	}
	b.happens(sluss.Event{Kind: sluss.Treated, At: at("2026-12-01T10:00:00+01:00")})
	r.file(b, sluss.ReportProcessing)
}

// recorded are the documents in the registry's own records that were not deleted.
func (r *registry) recorded() []sim.Form {
	var standing []sim.Form
	for _, f := range r.Forms() {
		if !f.Deleted {
			standing = append(standing, f)
		}
	}
	return standing
}

// only is the single document in the records.
func (r *registry) only() sim.Form {
	r.t.Helper()
	forms := r.recorded()
	if len(forms) != 1 {
		r.t.Fatalf("%d documents in the records, want 1", len(forms))
	}
	return forms[0]
}

// dig follows keys and indices through a document of the records.
func dig(value any, keys ...any) any {
	for _, key := range keys {
		switch key := key.(type) {
		case string:
			object, _ := value.(map[string]any)
			value = object[key]
		case int:
			list, _ := value.([]any)
			if key >= len(list) {
				return nil
			}
			value = list[key]
		}
	}
	return value
}
