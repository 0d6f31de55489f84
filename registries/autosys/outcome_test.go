package autosys_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sluss"
	sim "sluss/simulators/autosys"
)

// Whatever goes wrong, the first look-up that fails ends the submission: it is deferred, or an operator must help.
func TestWhatGoesWrong(t *testing.T) {
	soon := today.Add(10 * time.Second)
	unanswered := today // ErrUnavailable: Temporal asks again
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
		{"500", sim.Options{}, sim.Fault{Kind: sim.FaultStatus, Status: 500}, unanswered, false},
		{"500 with a page", sim.Options{ErrorBody: sim.ErrorBodyText}, sim.Fault{Kind: sim.FaultStatus, Status: 500}, unanswered, false},
		{"503", sim.Options{}, sim.Fault{Kind: sim.FaultStatus, Status: 503}, unanswered, false},
		{"503 with hint", sim.Options{}, sim.Fault{Kind: sim.FaultStatus, Status: 503, RetryAfter: "300"}, today.Add(5 * time.Minute), true},
		{"a status of tomorrow", sim.Options{}, sim.Fault{Kind: sim.FaultStatus, Status: 218}, unanswered, false},
		{"a page with 200", sim.Options{}, sim.Fault{Kind: sim.FaultText, Code: "<html>Vedlikehold</html>"}, unanswered, false},
		{"cut off", sim.Options{}, sim.Fault{Kind: sim.FaultTruncated}, unanswered, false},
		{"closed", sim.Options{}, sim.Fault{Kind: sim.FaultClosed}, unanswered, false},
		{"slow", sim.Options{}, sim.Fault{Kind: sim.FaultSlow, DelayMillis: 60_000}, unanswered, false},
		{"key refused, 401", sim.Options{}, sim.Fault{Kind: sim.FaultStatus, Status: 401}, time.Time{}, false},
		{"key refused, 403", sim.Options{ErrorBody: sim.ErrorBodyJSON}, sim.Fault{Kind: sim.FaultStatus, Status: 403}, time.Time{}, false},
		{"a dead address", sim.Options{}, sim.Fault{Kind: sim.FaultStatus, Status: 410}, time.Time{}, false},
		{"a redirection", sim.Options{}, sim.Fault{Kind: sim.FaultStatus, Status: 301}, time.Time{}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := open(t, test.options)
			if test.fault.Kind == sim.FaultSlow {
				server := httptest.NewServer(o.Registry)
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
			case test.notBefore.Equal(unanswered):
				if !errors.Is(err, sluss.ErrUnavailable) {
					t.Errorf("got %+v, %v, want ErrUnavailable", got, err)
				}
			case err != nil || got.Kind != sluss.Deferred || !got.NotBefore.Equal(test.notBefore) || got.Throttled != test.throttled || got.Detail == "":
				t.Errorf("got %+v, %v, want Deferred until %v, throttled %v", got, err, test.notBefore, test.throttled)
			}
			records := o.Lookups()
			if len(records) != 2 || records[1].Fault != test.fault.Kind {
				t.Errorf("the registry counts %d calls, want two, the second spoiled: %+v", len(records), records)
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
		if counters := o.Counters(); len(o.Lookups()) != 3 || counters[0].Used != 2 {
			t.Errorf("%d: %d calls, counters %+v", status, len(o.Lookups()), counters)
		}
	}
}

func TestBurstIsDeferredByWhatTheRegistrySays(t *testing.T) {
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
	if _, _, err := o.Submit(cancelled, submission(lorry("TS10003"))); !errors.Is(err, sluss.ErrNotSent) || len(o.Lookups()) != 0 {
		t.Errorf("cancelled before: %v, %d calls", err, len(o.Lookups()))
	}
}

func TestUntrustedCertificateIsForTheOperator(t *testing.T) {
	o := open(t, sim.Options{})
	secure := httptest.NewTLSServer(o.Registry)
	t.Cleanup(secure.Close)
	_, _, err := newClient(t, secure.URL, 5*time.Second).Submit(t.Context(), submission(lorry("TS10003")))
	if !errors.Is(err, sluss.ErrOperator) || strings.Contains(err.Error(), "TS10003") {
		t.Errorf("an untrusted certificate: %v", err)
	}
	plain := strings.Replace(httptestURL(t, o.Registry), "http://", "https://", 1)
	_, _, err = newClient(t, plain, 5*time.Second).Submit(t.Context(), submission(lorry("TS10003")))
	if !errors.Is(err, sluss.ErrOperator) || len(o.Lookups()) != 0 {
		t.Errorf("no TLS at all: %v, %d calls", err, len(o.Lookups()))
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
		if _, _, err := o.Submit(t.Context(), submission(lorry("TS30001"))); err != nil {
			t.Fatal(err)
		}
		if got, _, err := o.Submit(t.Context(), submission(lorry("TS10003"))); !errors.Is(err, sluss.ErrUnavailable) {
			t.Fatalf("got %+v, %v", got, err)
		}
	}
	if calls := len(o.Lookups()); calls != 10 {
		t.Errorf("%d calls for 10 look-ups", calls)
	}
}

func TestLongAnswersAreNotKeptWhole(t *testing.T) {
	page := httptestURL(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"kjoretoydataListe":[{"fyll":%q}]}`, strings.Repeat("x", 300<<10))
	}))
	got, exchange, err := newClient(t, page, 5*time.Second).Submit(t.Context(), submission(lorry("TS10003")))
	if !errors.Is(err, sluss.ErrUnavailable) || len(exchange.Response) > 256<<10 {
		t.Errorf("got %+v, %v, %d bytes kept", got, err, len(exchange.Response))
	}
}

// An answer that says nothing is a question to a person, and is asked for again.
func TestAnswerThatSaysNothingIsAQuestion(t *testing.T) {
	for _, body := range []string{" ", "{}", `{"feilmelding":"NOE NYTT"}`} {
		a := openArchive(t, sim.Options{})
		if err := a.Fault(sim.Fault{Kind: sim.FaultText, Code: body, Asked: "TS10003"}); err != nil {
			t.Fatal(err)
		}
		got, _, _, _ := a.submit(t, lorry("TS10003"))
		if got.Kind != sluss.Rejected || got.Clearance.Verdict != sluss.Stop || len(got.Clearance.OverrideBy) == 0 || len(a.pages) > 0 {
			t.Errorf("%q: %+v, remembered %d", body, got, len(a.pages))
		}
		if again, _, made, _ := a.submit(t, lorry("TS10003")); made != 1 {
			t.Errorf("%q: %+v without asking", body, again)
		}
	}
}
