package autosys_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	sim "sluss/simulators/autosys"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	parsed, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// The quota's day is Oslo's: it has 23 hours on 29 March 2026 and 25 on 25 October 2026.
func TestQuotaEndsAtOsloMidnight(t *testing.T) {
	tests := []struct {
		name    string
		options sim.Options
		spentAt string
		status  int
		wait    string // Retry-After
		still   string // refused
		free    string // answered
	}{
		{
			"winter, 429",
			sim.Options{},
			"2026-01-10T12:00:00Z",
			429, "39600", "2026-01-10T22:59:59Z", "2026-01-10T23:00:00Z",
		},
		{
			"summer, 422",
			sim.Options{QuotaAnswer: 422},
			"2026-07-10T12:00:00Z",
			422, "36000", "2026-07-10T21:59:59Z", "2026-07-10T22:00:00Z",
		},
		{
			"the day of 23 hours",
			sim.Options{},
			"2026-03-28T23:00:00Z",
			429, "82800", "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z",
		},
		{
			"the day of 25 hours",
			sim.Options{QuotaAnswer: 422, RetryAfter: sim.RetryAfterDate},
			"2026-10-24T22:00:00Z",
			422, "Sun, 25 Oct 2026 23:00:00 GMT", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z",
		},
		{
			"no header",
			sim.Options{RetryAfter: sim.RetryAfterNone},
			"2026-01-10T12:00:00Z",
			429, "", "2026-01-10T22:59:59Z", "2026-01-10T23:00:00Z",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := &clock{at(t, test.spentAt)}
			test.options.Now, test.options.DailyQuota = c.now, 2
			o := open(t, test.options)
			for range 2 {
				if a := o.ask(t, plate("TS10003")); a.status != 200 {
					t.Fatalf("within the quota: %d", a.status)
				}
			}
			a := o.ask(t, plate("TS10003"))
			if a.status != test.status || a.header.Get("Retry-After") != test.wait {
				t.Errorf("got %d, Retry-After %q, want %d, %q", a.status, a.header.Get("Retry-After"), test.status, test.wait)
			}
			if strings.Contains(strings.ToLower(a.body), "kvote") != (test.status == 422) {
				t.Errorf("body %q", a.body)
			}
			if other, err := o.get(t, sim.QueryPath, plate("TS10003"), "Apikey other"); err != nil || other.status != 200 {
				t.Errorf("another key has its own quota: %d %v", other.status, err)
			}
			c.at = at(t, test.still)
			if a := o.ask(t, plate("TS10003")); a.status != test.status {
				t.Errorf("before midnight: %d", a.status)
			}
			c.at = at(t, test.free)
			if a := o.ask(t, plate("TS10003")); a.status != 200 {
				t.Errorf("after midnight: %d", a.status)
			}
		})
	}
}

func TestWhatCounts(t *testing.T) {
	for _, free := range []bool{false, true} {
		o := open(t, sim.Options{Keys: []string{"good"}, FreeMisses: free, FreeBadRequests: free})
		o.ask(t, plate("TS10003")) // counts
		o.ask(t, plate("TS20004")) // shielded: counts
		o.ask(t, plate("ZZ99999"))
		o.ask(t, "")
		if _, err := o.get(t, sim.QueryPath, plate("TS10003"), "Apikey bad"); err != nil {
			t.Fatal(err)
		}
		want := sim.Counter{Key: sim.KeyHash("good"), Day: "2026-06-15", Used: 4, Left: 49_996}
		if free {
			want.Used, want.Left = 2, 49_998
		}
		if got := o.Counters(); len(got) != 1 || got[0] != want {
			t.Errorf("free %v: got %+v, want %+v", free, got, want)
		}
	}
}

func TestPerMinute(t *testing.T) {
	c := &clock{noon}
	o := open(t, sim.Options{PerMinute: 2, Now: c.now})
	o.ask(t, plate("TS10003"))
	c.at = noon.Add(20 * time.Second)
	o.ask(t, plate("TS10003"))
	if a := o.ask(t, plate("TS10003")); a.status != 429 || a.header.Get("Retry-After") != "40" {
		t.Errorf("third call: %d, Retry-After %q", a.status, a.header.Get("Retry-After"))
	}
	c.at = noon.Add(time.Minute)
	if a := o.ask(t, plate("TS10003")); a.status != 200 {
		t.Errorf("a minute after the first: %d", a.status)
	}
}

func TestQuotaHoldsWhenCallsComeTogether(t *testing.T) {
	o := open(t, sim.Options{DailyQuota: 10})
	var calls sync.WaitGroup
	for range 30 {
		calls.Go(func() { _, _ = o.get(t, sim.QueryPath, plate("TS10003"), "Apikey good") })
	}
	calls.Wait()
	answered := 0
	for _, call := range o.Lookups() {
		if call.Status == 200 {
			answered++
		}
	}
	if answered != 10 || len(o.Lookups()) != 30 {
		t.Errorf("%d of %d calls answered, want 10 of 30", answered, len(o.Lookups()))
	}
}

func TestRestart(t *testing.T) {
	log := filepath.Join(t.TempDir(), "calls.jsonl")
	options := sim.Options{DailyQuota: 3, Path: log}
	first := open(t, options)
	first.ask(t, plate("TS10003"))
	first.ask(t, "understellsnummer=TESTSYNTHO4000001")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(written), "good") {
		t.Errorf("the log holds the key: %s", written)
	}
	torn := append(written, `{"at":"2026-06-15T12:0`...)
	if err := os.WriteFile(log, torn, 0o600); err != nil {
		t.Fatal(err)
	}

	second := open(t, options)
	if got := len(second.Lookups()); got != 2 {
		t.Fatalf("%d calls after the restart, want 2", got)
	}
	if a := second.ask(t, plate("TS10003")); a.status != 200 {
		t.Errorf("third call: %d", a.status)
	}
	if a := second.ask(t, plate("TS10003")); a.status != 429 {
		t.Errorf("fourth call: %d, want 429", a.status)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	third := open(t, options)
	records := third.Lookups()
	if len(records) != 4 || records[1].By != sim.ByVIN || records[1].Asked != "TESTSYNTHO4000001" || records[3].Counted {
		t.Errorf("records after the second restart: %+v", records)
	}
}

func TestDamagedLogIsRefused(t *testing.T) {
	log := filepath.Join(t.TempDir(), "calls.jsonl")
	if err := os.WriteFile(log, []byte("{}\nnonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sim.New(sim.Options{Path: log}); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("got %v, want an error naming line 2", err)
	}
}

func TestWrongOptionsAreAllNamed(t *testing.T) {
	_, err := sim.New(sim.Options{QuotaAnswer: 500, NotFound: "no", RetryAfter: "x", ErrorBody: "y", MissingKeyAnswer: 1, DailyQuota: -1, PerMinute: -1, Sparse: "z", WithheldStatus: 7})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, name := range []string{"QuotaAnswer", "NotFound", "RetryAfter", "ErrorBody", "MissingKeyAnswer", "DailyQuota", "PerMinute", "Sparse", "WithheldStatus"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in: %v", name, err)
		}
	}
}
