package autosys_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sluss"
	"sluss/registries/autosys"
	sim "sluss/simulators/autosys"
)

const testKey = "good-key"

// office is a simulated registry on a port of this machine, and a client that speaks with it.
type office struct {
	*sim.Registry
	*autosys.Client
}

func open(t *testing.T, options sim.Options) office {
	t.Helper()
	if options.Keys == nil {
		options.Keys = []string{testKey}
	}
	r := registry(t, options)
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	return office{r, newClient(t, server.URL, 5*time.Second)}
}

func newClient(t *testing.T, base string, timeout time.Duration) *autosys.Client {
	t.Helper()
	client, err := autosys.New(autosys.Options{BaseURL: base, Key: testKey, Timeout: timeout, Now: func() time.Time { return today }})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func lorry(plate string) sluss.Vehicle {
	return sluss.Vehicle{Country: "NO", Plate: plate, Kind: sluss.Lorry}
}

func pulled(plate string) sluss.Vehicle {
	return sluss.Vehicle{Country: "NO", Plate: plate, Kind: sluss.Trailer}
}

// submission is one of 500 kg of packaged waste, to leave a day from now with the vehicles.
func submission(vehicles ...sluss.Vehicle) sluss.Submission {
	return sluss.Submission{
		Filing: "filing/default/NO-1/no.clearance#1",
		Content: sluss.Content{
			Declaration: sluss.Declaration{
				Reference: "NO-1", Waste: sluss.Waste{Code: "130502*", Mass: 500 * sluss.Kilogram},
				Legs: []sluss.Leg{{
					Mode: sluss.Road, Departure: today.AddDate(0, 0, 1), Vehicles: vehicles,
					From: sluss.Place{Country: "SE"}, To: sluss.Place{Country: "NO"},
				}},
			},
			Obligation: sluss.Obligation{ID: "no.clearance#1", Registry: sluss.Autosys, Report: sluss.ReportClearance, Leg: 1},
		},
	}
}

func codes(reasons []sluss.Reason) string {
	var all []string
	for _, r := range reasons {
		all = append(all, r.Field+" "+r.Code)
	}
	return strings.Join(all, "; ")
}

const (
	status     = "registrering.registreringsstatus"
	inspection = "periodiskKjoretoyKontroll.kontrollfrist"
)

// Every verdict, every way of finding nothing, and every switch of the simulator that shows in the answer.
func TestSubmit(t *testing.T) {
	tests := []struct {
		name     string
		options  sim.Options
		vehicles []sluss.Vehicle
		kind     sluss.OutcomeKind
		verdict  sluss.Verdict
		reasons  string // of the clearance
		calls    int
	}{
		{"a combination", sim.Options{}, []sluss.Vehicle{lorry("TS10003"), pulled("TS1004")}, sluss.Accepted, sluss.Clear, "", 2},
		{"as people write it", sim.Options{}, []sluss.Vehicle{lorry("ts 10-003")}, sluss.Accepted, sluss.Clear, "", 1},
		{"by chassis number", sim.Options{}, []sluss.Vehicle{{Country: "NO", VIN: "testsynthn3000001", Kind: sluss.Lorry}}, sluss.Accepted, sluss.Clear, "", 1},
		{"no inspection duty", sim.Options{}, []sluss.Vehicle{lorry("TS30001"), pulled("TS2005")}, sluss.Accepted, sluss.Clear, "", 2},
		{"no inspection duty, nothing written", sim.Options{OmitNoInspection: true}, []sluss.Vehicle{lorry("TS30001"), pulled("TS2005")}, sluss.Accepted, sluss.Clear, "", 2},
		{"fields of tomorrow", sim.Options{Drift: true, Kuid: true, ADRCode: "ADR_NY"}, []sluss.Vehicle{lorry("TS10003")}, sluss.Accepted, sluss.Clear, "", 1},
		{"lenient about the form", sim.Options{Lenient: true, RawKey: true}, []sluss.Vehicle{lorry("TS10003")}, sluss.Accepted, sluss.Clear, "", 1},
		{"foreign vehicles only", sim.Options{}, []sluss.Vehicle{{Country: "SE", Plate: "ABC123", Kind: sluss.Lorry}}, sluss.Accepted, sluss.Clear, "", 0},
		{"no vehicles", sim.Options{}, nil, sluss.Accepted, sluss.Clear, "", 0},

		{"overdue inspection", sim.Options{}, []sluss.Vehicle{lorry("TS20001")}, sluss.Rejected, sluss.Stop, "legs.0.vehicles.0.plate " + inspection, 1},
		{"de-registered", sim.Options{}, []sluss.Vehicle{lorry("TS20002")}, sluss.Rejected, sluss.Stop, "legs.0.vehicles.0.plate " + status, 1},
		{"scrapped", sim.Options{}, []sluss.Vehicle{lorry("TS20003")}, sluss.Rejected, sluss.Stop, "legs.0.vehicles.0.plate " + status + "; waste.mass " + payload, 1},
		{"scrapped and gone", sim.Options{GoneNotFound: true}, []sluss.Vehicle{lorry("TS20003")}, sluss.Rejected, sluss.Stop, "legs.0.vehicles.0.plate kjoretoydataListe; waste.mass " + payload, 1},
		{"all faults at once", sim.Options{}, []sluss.Vehicle{lorry("TS20001"), pulled("TS10003")}, sluss.Rejected, sluss.Stop, "legs.0.vehicles.0.plate " + inspection + "; legs.0.vehicles.1.plate " + category, 2},

		{"unknown, 204", sim.Options{}, []sluss.Vehicle{lorry("TS10003"), pulled("ZZ9999")}, sluss.Rejected, sluss.Stop, "legs.0.vehicles.1.plate kjoretoydataListe", 2},
		{"unknown, empty list", sim.Options{NotFound: sim.NotFoundEmptyList, FreeMisses: true}, []sluss.Vehicle{lorry("TS10003"), pulled("ZZ9999")}, sluss.Rejected, sluss.Stop, "legs.0.vehicles.1.plate kjoretoydataListe", 2},
		{"unknown, 404", sim.Options{NotFound: sim.NotFoundStatus}, []sluss.Vehicle{lorry("TS10003"), pulled("ZZ9999")}, sluss.Rejected, sluss.Stop, "legs.0.vehicles.1.plate kjoretoydataListe", 2},
		{"unknown, as if withheld", sim.Options{NotFound: sim.NotFoundMessage}, []sluss.Vehicle{lorry("TS10003"), pulled("ZZ9999")}, sluss.Accepted, sluss.Warning, "legs.0.vehicles.1.plate feilmelding", 2},
		{"withheld", sim.Options{}, []sluss.Vehicle{lorry("TS20004"), pulled("TS1004")}, sluss.Accepted, sluss.Warning, "legs.0.vehicles.0.plate feilmelding", 2},
		{"withheld, text", sim.Options{WithheldText: true}, []sluss.Vehicle{lorry("TS20004"), pulled("TS1004")}, sluss.Accepted, sluss.Warning, "legs.0.vehicles.0.plate feilmelding", 2},

		{"personal plate", sim.Options{}, []sluss.Vehicle{lorry("blå bær"), pulled("TS2005")}, sluss.Accepted, sluss.Warning, "legs.0.vehicles.0.plate " + category, 2},
		{"personal plate as identity", sim.Options{PersonalAsID: true}, []sluss.Vehicle{lorry("blå bær"), pulled("TS2005")}, sluss.Accepted, sluss.Warning, "legs.0.vehicles.0.plate " + category, 2},
		{"personal plate, wanted with its spaces", sim.Options{PersonalSpaces: true}, []sluss.Vehicle{lorry("blå bær"), pulled("TS2005")}, sluss.Rejected, sluss.Stop, "legs.0.vehicles.0.plate kjoretoydataListe", 2},
		{"not a plate", sim.Options{}, []sluss.Vehicle{lorry("TS-10003-X"), pulled("TS1004")}, sluss.Rejected, sluss.Stop, "legs.0.vehicles.0.plate kjennemerke", 1},
		{"another chassis number", sim.Options{}, []sluss.Vehicle{{Country: "NO", Plate: "TS10003", VIN: "X1", Kind: sluss.Lorry}, pulled("TS1004")}, sluss.Accepted, sluss.Warning, "legs.0.vehicles.0.plate kjoretoyId.understellsnummer", 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := open(t, test.options)
			s := submission(test.vehicles...)
			got, exchange, err := o.Submit(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			if got.Clearance == nil {
				t.Fatalf("no clearance: %+v", got)
			}
			if reasons := codes(got.Clearance.Reasons); got.Kind != test.kind || got.Clearance.Verdict != test.verdict || reasons != test.reasons {
				t.Errorf("got %s, %s, %q\nwant %s, %s, %q", got.Kind, got.Clearance.Verdict, reasons, test.kind, test.verdict, test.reasons)
			}
			if want := time.Date(2026, 6, 16, 0, 0, 0, 0, oslo(t)); !got.Clearance.Day.Equal(want) {
				t.Errorf("it holds for %v, want %v", got.Clearance.Day, want)
			}
			if test.kind == sluss.Accepted {
				if r := got.Receipt; r == nil || r.Registry != sluss.Autosys || r.Status != string(test.verdict) || !strings.HasPrefix(r.ID, "clearance-") || !strings.HasSuffix(r.ID, "-2026-06-16") || !r.At.Equal(today) {
					t.Errorf("receipt %+v", r)
				}
			} else if len(got.Reasons) == 0 || got.Receipt != nil {
				t.Errorf("a rejection with %d reasons and the receipt %v", len(got.Reasons), got.Receipt)
			}
			for _, r := range slices.Concat(got.Reasons, got.Clearance.Reasons) {
				if r.Message == "" || r.Remedy == "" {
					t.Errorf("a reason that does not help: %+v", r)
				}
			}
			announced, err := o.Calls(t.Context(), s.Content)
			if records := o.Lookups(); err != nil || len(records) != test.calls || announced != test.calls || exchange.Operation != fmt.Sprintf("GET kjoretoydata × %d", test.calls) {
				t.Errorf("%d calls counted by the registry, %d announced, %q kept", len(records), announced, exchange.Operation)
			}
			checkExchange(t, exchange, test.calls)
		})
	}
}

// The ledger gets the answers as they came, and neither the plates that were asked for nor the key.
func checkExchange(t *testing.T, e sluss.Exchange, calls int) {
	t.Helper()
	var answers []json.RawMessage
	if e.Response != "" {
		if err := json.Unmarshal([]byte(e.Response), &answers); err != nil {
			t.Errorf("response: %v in %s", err, e.Response)
		}
	}
	if len(answers) != calls || e.Started.IsZero() || e.Ended.IsZero() || calls > 0 && e.Status == 0 {
		t.Errorf("exchange %+v", e)
	}
	for asked := range strings.SplitSeq(e.Request, ", ") {
		if calls > 0 && asked != "kjennemerke" && asked != "understellsnummer" {
			t.Errorf("request %q", e.Request)
		}
	}
	if strings.Contains(fmt.Sprint(e), testKey) {
		t.Error("the key is in the exchange")
	}
}

func oslo(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestFindHasNothingToFind(t *testing.T) {
	o := open(t, sim.Options{})
	if _, exchange, err := o.Find(t.Context(), submission(lorry("TS10003"))); !errors.Is(err, sluss.ErrAbsent) || exchange.Operation == "" || len(o.Lookups()) != 0 {
		t.Errorf("got %v, %+v, %d calls", err, exchange, len(o.Lookups()))
	}
}

func TestOtherNotesAreForTheOperator(t *testing.T) {
	o := open(t, sim.Options{})
	note, leg := submission(lorry("TS10003")), submission(lorry("TS10003"))
	note.Content.Obligation.Report = sluss.ReportTransport
	leg.Content.Obligation.Leg = 2
	for _, s := range []sluss.Submission{note, leg} {
		announced, wrong := o.Calls(t.Context(), s.Content)
		if _, _, err := o.Submit(t.Context(), s); !errors.Is(err, sluss.ErrOperator) || len(o.Lookups()) != 0 || wrong != nil || announced != 0 {
			t.Errorf("got %v after %d calls", err, len(o.Lookups()))
		}
	}
}

// The day is that of the departure, in Oslo, as far as it is known.
func TestDayOfTransport(t *testing.T) {
	o := open(t, sim.Options{})
	day := func(planned time.Time, events ...sluss.Event) string {
		t.Helper()
		s := submission(lorry("TS10003"))
		s.Content.Declaration.Legs[0].Departure, s.Content.Events = planned, events
		got, _, err := o.Submit(t.Context(), s)
		if err != nil || got.Clearance == nil {
			t.Fatalf("%+v, %v", got, err)
		}
		return got.Clearance.Day.Format(time.RFC3339)
	}
	late := time.Date(2026, 6, 20, 22, 30, 0, 0, time.UTC)
	if got := day(late); got != "2026-06-21T00:00:00+02:00" {
		t.Errorf("planned: %s", got)
	}
	if got := day(today.AddDate(0, 0, -3)); got != "2026-06-15T00:00:00+02:00" {
		t.Errorf("planned in the past, not departed: %s", got)
	}
	left := sluss.Event{Kind: sluss.PickedUp, Leg: 1, At: today.AddDate(0, 0, -2)}
	if got := day(late, sluss.Event{Kind: sluss.Produced, At: today}, left); got != "2026-06-13T00:00:00+02:00" {
		t.Errorf("departed: %s", got)
	}
}

func TestClientIsSafeForConcurrentUse(t *testing.T) {
	o := open(t, sim.Options{})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if got, _, err := o.Submit(t.Context(), submission(lorry("TS10003"), pulled("TS1004"))); err != nil || got.Kind != sluss.Accepted {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	all.Wait()
	if calls := len(o.Lookups()); calls != 40 {
		t.Errorf("%d calls, want 40", calls)
	}
}

func TestExampleIsCleared(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "examples", "no-lorry-swedish-load.json"))
	if err != nil {
		t.Fatal(err)
	}
	s := submission()
	s.Content.Declaration = sluss.Declaration{}
	if err := json.Unmarshal(data, &s.Content.Declaration); err != nil {
		t.Fatal(err)
	}
	o := open(t, sim.Options{})
	if got, _, err := o.Submit(t.Context(), s); err != nil || got.Kind != sluss.Accepted || got.Clearance.Verdict != sluss.Clear {
		t.Errorf("got %+v, %+v, %v", got, got.Clearance, err)
	}
	hidden := open(t, sim.Options{HideADR: true})
	got, _, err := hidden.Submit(t.Context(), s)
	if want := "legs.0.vehicles.0.plate " + approvals + "; legs.0.vehicles.1.plate " + approvals; err != nil || got.Kind != sluss.Accepted || codes(got.Clearance.Reasons) != want {
		t.Errorf("ADR not given out: %+v, %+v, %v", got, got.Clearance, err)
	}
}
