package trackdechets

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"sluss"
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

// register is a simulated register with the companies of the examples, and the
// client of all of them.
type register struct {
	*sim.Backend
	t      *testing.T
	url    string
	client *Client
}

func newRegister(t *testing.T, options sim.Options) *register {
	t.Helper()
	b, err := sim.New(options)
	must(t, err)
	t.Cleanup(func() { must(t, b.Close()) })
	tokens := map[string]string{}
	for _, c := range []sim.Company{
		{Siret: producerID, Types: []string{"PRODUCER"}},
		{Siret: transporterID, Types: []string{"TRANSPORTER"}, Receipt: sim.Receipt{Number: "R-1", Department: "07", ValidityLimit: time.Date(2055, 1, 1, 0, 0, 0, 0, time.UTC)}},
		{Siret: receiverID, Types: []string{"WASTEPROCESSOR"}, WasteProcessorTypes: []string{"DANGEROUS_WASTES_INCINERATION"}},
		{Siret: platformID, Types: []string{"COLLECTOR"}, CollectorTypes: []string{"DANGEROUS_WASTES"}},
		{Siret: outsiderID, Types: []string{"PRODUCER"}},
	} {
		c.Name, c.Address, c.SecurityCode = "Company "+c.Siret, "1 rue de Paris", 1234
		must(t, b.AddCompany(c))
		token := "token-of-" + c.Siret
		must(t, b.AddUser(sim.User{Token: token, Name: c.Name, Email: c.Siret + "@companies.example", Roles: map[string]sim.Role{c.Siret: sim.Member}}))
		tokens[c.Siret] = token
	}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	return &register{b, t, server.URL, New(Options{URL: server.URL, Tokens: tokens, Timeout: 5 * time.Second, TestCompanies: true, Unforeseeing: true})}
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
	e.By = sluss.Person{Name: "Reporter of " + e.ID()}
	b.events = append(b.events, e)
}

// submission is the report of a note, signed where people sign.
func (b *batch) submission(note sluss.Note) sluss.Submission {
	id := "fr." + string(note)
	s := sluss.Submission{
		Filing: "filing/default/" + b.declaration.Reference + "/" + id,
		Content: sluss.Content{
			Declaration: b.declaration, Events: slices.Clone(b.events), Receipts: b.receipts,
			Obligation: sluss.Obligation{ID: id, Registry: sluss.Trackdechets, Note: note, Leg: b.leg, Event: b.events[len(b.events)-1].ID()},
		},
	}
	if note != sluss.NoteCreation && note != sluss.NoteSealing {
		s.Signature = &sluss.Signature{Person: sluss.Person{Name: "Signer of " + string(note)}, At: at("2026-11-23T08:59:30+01:00")}
	}
	return s
}

// The life of a batch up to the departure of its French leg.
func beforeDeparture() []sluss.Note {
	return []sluss.Note{sluss.NoteCreation, sluss.NoteSealing, sluss.NoteEmission, sluss.NoteTakeOver}
}

// file submits, and keeps the receipt.
func (r *register) file(b *batch, note sluss.Note) sluss.Receipt {
	r.t.Helper()
	told, exchange, err := r.client.Submit(r.t.Context(), b.submission(note))
	must(r.t, err)
	if told.Kind != sluss.Accepted {
		r.t.Fatalf("%s: %+v\n%s", note, told, exchange.Response)
	}
	b.receipts["fr."+string(note)] = *told.Receipt
	return *told.Receipt
}

// bring files everything up to and including a note.
func (r *register) bring(b *batch, last sluss.Note) {
	r.t.Helper()
	for _, note := range beforeDeparture() {
		r.file(b, note)
		if note == last {
			return
		}
	}
	b.happens(sluss.Event{Kind: sluss.PickedUp, Leg: b.leg, At: at("2026-11-23T09:05:00+01:00")})
	b.happens(sluss.Event{Kind: sluss.Received, At: at("2026-11-23T15:20:00+01:00"), Mass: 3_150 * sluss.Kilogram})
	r.file(b, sluss.NoteArrival)
	if last == sluss.NoteArrival {
		return
	}
	b.happens(sluss.Event{Kind: sluss.Taken, At: at("2026-11-23T16:00:00+01:00")})
	r.file(b, sluss.NoteAcceptance)
	if last == sluss.NoteAcceptance {
		return
	}
	b.happens(sluss.Event{Kind: sluss.Treated, At: at("2026-12-01T10:00:00+01:00")})
	r.file(b, sluss.NoteProcessing)
}

// booked are the documents in the register's own books that were not deleted.
func (r *register) booked() []sim.Form {
	var standing []sim.Form
	for _, f := range r.Books() {
		if !f.Deleted {
			standing = append(standing, f)
		}
	}
	return standing
}

// only is the single document in the books.
func (r *register) only() sim.Form {
	r.t.Helper()
	forms := r.booked()
	if len(forms) != 1 {
		r.t.Fatalf("%d documents in the books, want 1", len(forms))
	}
	return forms[0]
}

// dig follows keys and indices through a document of the books.
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
