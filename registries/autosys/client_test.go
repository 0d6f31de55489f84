package autosys_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
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
	"sluss/registries/autosys/sim"
)

const testKey = "good-key"

// office is a simulated register on a port of this machine, and a client that speaks with it.
type office struct {
	*sim.Register
	*autosys.Client
}

func open(t *testing.T, options sim.Options) office {
	t.Helper()
	if options.Keys == nil {
		options.Keys = []string{testKey}
	}
	r := register(t, options)
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
			Obligation: sluss.Obligation{ID: "no.clearance#1", Registry: sluss.Autosys, Note: sluss.NoteClearance, Leg: 1},
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
			if books := o.Books(); len(books) != test.calls || o.Calls(s.Content) != test.calls || exchange.Operation != fmt.Sprintf("GET kjoretoydata × %d", test.calls) {
				t.Errorf("%d calls counted by the register, %d announced, %q kept", len(books), o.Calls(s.Content), exchange.Operation)
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

// Whatever goes wrong, the first look-up that fails ends the submission: it is deferred, or an operator must help.
func TestWhatGoesWrong(t *testing.T) {
	soon, minute := today.Add(10*time.Second), today.Add(time.Minute)
	midnight := time.Date(2026, 6, 16, 0, 0, 0, 0, oslo(t))
	tests := []struct {
		name      string
		options   sim.Options
		fault     sim.Fault
		notBefore time.Time // zero: ErrOperator
		throttled bool
	}{
		{"429", sim.Options{}, sim.Fault{Kind: sim.FaultStatus, Status: 429}, midnight, true},
		{"429, date", sim.Options{RetryAfter: sim.RetryAfterDate}, sim.Fault{Kind: sim.FaultStatus, Status: 429}, midnight, true},
		{"429 without hint", sim.Options{RetryAfter: sim.RetryAfterNone}, sim.Fault{Kind: sim.FaultStatus, Status: 429}, today.Add(10 * time.Minute), true},
		{"429, a burst", sim.Options{}, sim.Fault{Kind: sim.FaultStatus, Status: 429, RetryAfter: "120"}, today.Add(2 * time.Minute), true},
		{"422", sim.Options{}, sim.Fault{Kind: sim.FaultStatus, Status: 422}, midnight, true},
		{"422, date", sim.Options{RetryAfter: sim.RetryAfterDate}, sim.Fault{Kind: sim.FaultStatus, Status: 422}, midnight, true},
		{"422 without hint", sim.Options{RetryAfter: sim.RetryAfterNone}, sim.Fault{Kind: sim.FaultStatus, Status: 422}, midnight.Add(time.Minute), true},
		{"422, a date that is past", sim.Options{}, sim.Fault{Kind: sim.FaultStatus, Status: 422, RetryAfter: "Mon, 15 Jun 2026 11:00:00 GMT"}, soon, true},
		{"422, a date in a year", sim.Options{}, sim.Fault{Kind: sim.FaultStatus, Status: 422, RetryAfter: "Tue, 15 Jun 2027 11:00:00 GMT"}, today.Add(25*time.Hour + 5*time.Minute), true},
		{"500", sim.Options{}, sim.Fault{Kind: sim.FaultStatus, Status: 500}, soon, false},
		{"500 with a page", sim.Options{ErrorBody: sim.ErrorBodyText}, sim.Fault{Kind: sim.FaultStatus, Status: 500}, soon, false},
		{"503", sim.Options{}, sim.Fault{Kind: sim.FaultStatus, Status: 503}, soon, false},
		{"503 with hint", sim.Options{}, sim.Fault{Kind: sim.FaultStatus, Status: 503, RetryAfter: "300"}, today.Add(5 * time.Minute), true},
		{"a status of tomorrow", sim.Options{}, sim.Fault{Kind: sim.FaultStatus, Status: 218}, soon, false},
		{"a page with 200", sim.Options{}, sim.Fault{Kind: sim.FaultText, Code: "<html>Vedlikehold</html>"}, minute, false},
		{"cut off", sim.Options{}, sim.Fault{Kind: sim.FaultTruncated}, soon, false},
		{"closed", sim.Options{}, sim.Fault{Kind: sim.FaultClosed}, soon, false},
		{"slow", sim.Options{}, sim.Fault{Kind: sim.FaultSlow, DelayMillis: 60_000}, soon, false},
		{"key refused, 401", sim.Options{}, sim.Fault{Kind: sim.FaultStatus, Status: 401}, time.Time{}, false},
		{"key refused, 403", sim.Options{ErrorBody: sim.ErrorBodyJSON}, sim.Fault{Kind: sim.FaultStatus, Status: 403}, time.Time{}, false},
		{"a dead address", sim.Options{}, sim.Fault{Kind: sim.FaultStatus, Status: 410}, time.Time{}, false},
		{"a redirection", sim.Options{}, sim.Fault{Kind: sim.FaultStatus, Status: 301}, time.Time{}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := open(t, test.options)
			if test.fault.Kind == sim.FaultSlow {
				server := httptest.NewServer(o.Register)
				t.Cleanup(server.Close)
				o.Client = newClient(t, server.URL, 300*time.Millisecond)
			}
			test.fault.Asked = "TS1004"
			if err := o.Fault(test.fault); err != nil {
				t.Fatal(err)
			}
			s := submission(lorry("TS10003"), pulled("TS1004"), pulled("TS2005"))
			got, exchange, err := o.Submit(t.Context(), s)
			switch {
			case test.notBefore.IsZero():
				if !errors.Is(err, sluss.ErrOperator) {
					t.Errorf("got %+v, %v, want ErrOperator", got, err)
				}
			case err != nil || got.Kind != sluss.Deferred || !got.NotBefore.Equal(test.notBefore) || got.Throttled != test.throttled || got.Detail == "":
				t.Errorf("got %+v, %v, want Deferred until %v, throttled %v", got, err, test.notBefore, test.throttled)
			}
			books := o.Books()
			if len(books) != 2 || books[1].Fault != test.fault.Kind {
				t.Errorf("the register counts %d calls, want two, the second spoiled: %+v", len(books), books)
			}
			if exchange.Operation != "GET kjoretoydata × 2" || exchange.Request != "kjennemerke, kjennemerke" {
				t.Errorf("exchange %+v", exchange)
			}
			// Asking again is all that is needed.
			if again, _, err := o.Submit(t.Context(), s); err != nil || again.Kind != sluss.Accepted {
				t.Errorf("asked again: %+v, %v", again, err)
			}
		})
	}
}

func TestBadRequestIsForAPersonToCorrect(t *testing.T) {
	for _, body := range []sim.ErrorBody{sim.ErrorBodyEmpty, sim.ErrorBodyText, sim.ErrorBodyJSON} {
		o := open(t, sim.Options{ErrorBody: body, FreeBadRequests: true})
		if err := o.Fault(sim.Fault{Kind: sim.FaultStatus, Status: 400}); err != nil {
			t.Fatal(err)
		}
		got, _, err := o.Submit(t.Context(), submission(lorry("TS10003"), pulled("TS1004")))
		if err != nil || got.Kind != sluss.Rejected || codes(got.Reasons) != "legs.0.vehicles.0.plate kjennemerke" {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
}

func TestWrongKeyIsForTheOperator(t *testing.T) {
	for _, options := range []sim.Options{{Keys: []string{"other"}}, {Keys: []string{"other"}, MissingKeyAnswer: 401}} {
		o := open(t, options)
		_, _, err := o.Submit(t.Context(), submission(lorry("TS10003")))
		if !errors.Is(err, sluss.ErrOperator) || !strings.Contains(err.Error(), "key_file") || strings.Contains(err.Error(), testKey) {
			t.Errorf("got %v", err)
		}
	}
}

func TestSpentQuotaIsDeferredToMidnight(t *testing.T) {
	for _, status := range []int{429, 422} {
		o := open(t, sim.Options{DailyQuota: 2, QuotaAnswer: status})
		s := submission(lorry("TS10003"), pulled("TS1004"))
		if got, _, err := o.Submit(t.Context(), s); err != nil || got.Kind != sluss.Accepted {
			t.Fatalf("within the quota: %+v, %v", got, err)
		}
		got, _, err := o.Submit(t.Context(), s)
		if want := time.Date(2026, 6, 16, 0, 0, 0, 0, oslo(t)); err != nil || got.Kind != sluss.Deferred || !got.Throttled || !got.NotBefore.Equal(want) {
			t.Errorf("%d: %+v, %v", status, got, err)
		}
		if counters := o.Counters(); len(o.Books()) != 3 || counters[0].Used != 2 {
			t.Errorf("%d: %d calls, counters %+v", status, len(o.Books()), counters)
		}
	}
}

func TestBurstIsDeferredByWhatTheRegisterSays(t *testing.T) {
	o := open(t, sim.Options{PerMinute: 1})
	got, _, err := o.Submit(t.Context(), submission(lorry("TS10003"), pulled("TS1004")))
	if err != nil || got.Kind != sluss.Deferred || !got.Throttled || !got.NotBefore.Equal(today.Add(time.Minute)) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWhatNeverLeftIsNotSent(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	refused := newClient(t, "http://"+listener.Addr().String(), time.Second)
	_, exchange, err := refused.Submit(t.Context(), submission(lorry("TS10003")))
	if !errors.Is(err, sluss.ErrNotSent) || strings.Contains(err.Error(), "TS10003") || exchange.Status != 0 || exchange.Operation != "GET kjoretoydata × 0" {
		t.Errorf("refused: %v, %+v", err, exchange)
	}
	o := open(t, sim.Options{})
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := o.Submit(cancelled, submission(lorry("TS10003"))); !errors.Is(err, sluss.ErrNotSent) || len(o.Books()) != 0 {
		t.Errorf("cancelled before: %v, %d calls", err, len(o.Books()))
	}
}

func TestUntrustedCertificateIsForTheOperator(t *testing.T) {
	o := open(t, sim.Options{})
	secure := httptest.NewTLSServer(o.Register)
	t.Cleanup(secure.Close)
	_, _, err := newClient(t, secure.URL, 5*time.Second).Submit(t.Context(), submission(lorry("TS10003")))
	if !errors.Is(err, sluss.ErrOperator) || strings.Contains(err.Error(), "TS10003") {
		t.Errorf("an untrusted certificate: %v", err)
	}
	plain := strings.Replace(httptestURL(t, o.Register), "http://", "https://", 1)
	_, _, err = newClient(t, plain, 5*time.Second).Submit(t.Context(), submission(lorry("TS10003")))
	if !errors.Is(err, sluss.ErrOperator) || len(o.Books()) != 0 {
		t.Errorf("no TLS at all: %v, %d calls", err, len(o.Books()))
	}
}

func httptestURL(t *testing.T, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// On a connection that was used before, net/http would send a look-up again by itself.
func TestEachLookUpIsCountedOnce(t *testing.T) {
	o := open(t, sim.Options{})
	for range 5 {
		if err := o.Fault(sim.Fault{Kind: sim.FaultClosed, Asked: "TS10003"}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := o.Lookup(t.Context(), "TS1004"); err != nil {
			t.Fatal(err)
		}
		answer, _, err := o.Lookup(t.Context(), "TS10003")
		if lost, ok := answer.(autosys.Unavailable); err != nil || !ok || lost.Status != 0 || lost.Reason == "" {
			t.Fatalf("got %#v, %v", answer, err)
		}
	}
	if calls := len(o.Books()); calls != 10 {
		t.Errorf("%d calls for 10 look-ups", calls)
	}
}

func TestLongAnswersAreNotKeptWhole(t *testing.T) {
	page := httptestURL(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"kjoretoydataListe":[{"fyll":%q}]}`, strings.Repeat("x", 300<<10))
	}))
	got, exchange, err := newClient(t, page, 5*time.Second).Submit(t.Context(), submission(lorry("TS10003")))
	if err != nil || got.Kind != sluss.Deferred || len(exchange.Response) > 256<<10 {
		t.Errorf("got %+v, %v, %d bytes kept", got, err, len(exchange.Response))
	}
}

func TestFindHasNothingToFind(t *testing.T) {
	o := open(t, sim.Options{})
	if _, exchange, err := o.Find(t.Context(), submission(lorry("TS10003"))); !errors.Is(err, sluss.ErrAbsent) || exchange.Operation == "" || len(o.Books()) != 0 {
		t.Errorf("got %v, %+v, %d calls", err, exchange, len(o.Books()))
	}
}

func TestLookup(t *testing.T) {
	o := open(t, sim.Options{})
	for written, by := range map[string]sim.By{"ts 10003": sim.ByPlate, "TESTSYNTHN3000001": sim.ByVIN, "BLÅ BÆR": sim.ByPlate} {
		answer, exchange, err := o.Lookup(t.Context(), written)
		if hit, ok := answer.(autosys.Found); err != nil || !ok || len(hit.Vehicles) != 1 || exchange.Status != 200 || exchange.Request != string(by) {
			t.Errorf("%s: %#v, %+v, %v", written, answer, exchange, err)
		}
	}
	if answer, _, err := o.Lookup(t.Context(), "ZZ99999"); err != nil || answer != (autosys.NotFound{Status: 204}) {
		t.Errorf("unknown: %#v, %v", answer, err)
	}
	calls := len(o.Books())
	_, _, err := o.Lookup(t.Context(), "TS?10003")
	if _, ok := errors.AsType[sluss.Faults](err); !ok || strings.Contains(err.Error(), "10003") || len(o.Books()) != calls {
		t.Errorf("neither plate nor chassis number: %v", err)
	}
}

func TestOtherNotesAreForTheOperator(t *testing.T) {
	o := open(t, sim.Options{})
	note, leg := submission(lorry("TS10003")), submission(lorry("TS10003"))
	note.Content.Obligation.Note = sluss.NoteTransport
	leg.Content.Obligation.Leg = 2
	for _, s := range []sluss.Submission{note, leg} {
		if _, _, err := o.Submit(t.Context(), s); !errors.Is(err, sluss.ErrOperator) || len(o.Books()) != 0 || o.Calls(s.Content) != 0 {
			t.Errorf("got %v after %d calls", err, len(o.Books()))
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
	if calls := len(o.Books()); calls != 40 {
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
