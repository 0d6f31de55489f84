package avfallsregistret_test

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sluss"
	"sluss/registries/avfallsregistret"
	sim "sluss/simulators/avfallsregistret"
)

// refinery is the receiver of the samples; it reports for all parties.
var refinery = sluss.Party{
	ID: "5560069618", Country: "SE", Name: "Mälarens Oljeraffinaderi AB",
	Contact: sluss.Contact{Name: "Cecilia Berg", Phone: "021-123456", Email: "cecilia.berg@malaren.example"},
}

var evening = time.Date(2026, time.November, 23, 20, 0, 0, 0, time.UTC)

// service is a registry and a client of it over HTTPS.
type service struct {
	*sim.Registry
	*avfallsregistret.Client
	url  string
	seen *witness
}

func open(t *testing.T, options sim.Options, changes ...func(*avfallsregistret.Options)) service {
	t.Helper()
	if options.Now == nil {
		options.Now = func() time.Time { return evening }
	}
	registry, err := sim.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = registry.Close() })
	seen := &witness{t: t, next: registry, seen: map[string]int{}}
	url := serve(t, registry, seen)
	client, err := avfallsregistret.New(clientOptions(t, registry, url, changes...))
	if err != nil {
		t.Fatal(err)
	}
	return service{registry, client, url, seen}
}

// serve serves the handler over HTTPS as the registry does.
func serve(t *testing.T, registry *sim.Registry, handler http.Handler) (url string) {
	t.Helper()
	config, err := registry.TLSConfig()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(handler)
	server.TLS = config
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}

func clientOptions(t *testing.T, registry *sim.Registry, url string, changes ...func(*avfallsregistret.Options)) avfallsregistret.Options {
	t.Helper()
	certificate, err := registry.Authority().ClientCertificate(refinery.ID, refinery.Name)
	if err != nil {
		t.Fatal(err)
	}
	o := avfallsregistret.Options{
		BaseURL: url + sim.BasePath, TokenURL: url + sim.TokenPath, Readable: true,
		Certificate: certificate, Authorities: registry.Authority().Pool(),
		Key: sim.DefaultKey, Secret: sim.DefaultSecret, Reporter: refinery,
		Uncheckable: true, // the registry itself is to refuse what is wrong
	}
	for _, change := range changes {
		change(&o)
	}
	return o
}

func (d service) fault(t *testing.T, f sim.Fault) {
	t.Helper()
	if err := d.Fault(f); err != nil {
		t.Fatal(err)
	}
}

func example(t *testing.T, name string) sluss.Declaration {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root(t), "examples", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var d sluss.Declaration
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// root is the folder of go.mod.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// life is all events of a batch that departs as planned and is received eight
// hours after its last departure.
func life(d sluss.Declaration) []sluss.Event {
	start := d.Legs[0].Departure
	events := []sluss.Event{
		{Kind: sluss.Produced, At: start.Add(-time.Hour)},
		{Kind: sluss.PickedUp, Leg: 1, At: start},
	}
	last := start
	for i, l := range d.Legs[1:] {
		last = l.Departure
		events = append(events, sluss.Event{Kind: sluss.HandedOver, Leg: i + 2, At: last})
	}
	return append(events, sluss.Event{Kind: sluss.Received, At: last.Add(8 * time.Hour), Mass: d.Waste.Mass})
}

func filing(d sluss.Declaration, o sluss.Obligation, receipts map[string]sluss.Receipt) sluss.Submission {
	o.Registry = sluss.Avfallsregistret
	return sluss.Submission{
		Filing:  d.ID().Filing(o.ID),
		Content: sluss.Content{Declaration: d, Obligation: o, Events: life(d), Receipts: receipts},
	}
}

func removal(d sluss.Declaration) sluss.Submission {
	at := d.Legs[0].Departure
	return filing(d, sluss.Obligation{ID: "se.removal", Report: sluss.ReportRemoval, Role: sluss.Producer, Event: sluss.Departure(1), ReportBy: at}, nil)
}

func carriage(d sluss.Declaration, leg int, receipts map[string]sluss.Receipt) sluss.Submission {
	event := sluss.Departure(leg)
	return filing(d, sluss.Obligation{
		ID: sluss.NewObligationID("se.transport", leg), Report: sluss.ReportTransport, Role: sluss.Transporter, Leg: leg, Event: event, ReportBy: d.Legs[leg-1].Departure,
	}, receipts)
}

func reception(d sluss.Declaration, receipts map[string]sluss.Receipt) sluss.Submission {
	return filing(d, sluss.Obligation{
		ID: "se.reception", Report: sluss.ReportReception, Role: sluss.Receiver, Event: sluss.EventID(sluss.Received), ReportBy: evening.AddDate(0, 0, 2),
	}, receipts)
}

func accepted(t *testing.T, d service, s sluss.Submission) sluss.Receipt {
	t.Helper()
	o, exchange, err := d.Submit(t.Context(), s)
	if err != nil || o.Kind != sluss.Accepted || o.Receipt == nil {
		t.Fatalf("%s: %+v, %v; %s", s.Filing, o, err, exchange.Response)
	}
	return *o.Receipt
}
