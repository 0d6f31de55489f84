package ledger_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"sluss"
	"sluss/ledger"
	"sluss/registries/autosys"
	sim "sluss/simulators/autosys"
)

func TestReferenceDataStayWhereNoneCame(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	if none, err := l.ReferenceData(t.Context(), ""); err != nil || none == nil || len(none) != 0 {
		t.Fatalf("%+v, %v", none, err)
	}
	drift := []sluss.Drift{{List: "avfallstyper", Code: "160605", Problem: "p", Remedy: "r"}}
	first := sluss.ReferenceData{Registry: sluss.Avfallsregistret, CheckedAt: noon, FetchedAt: noon, Lists: json.RawMessage(`{"a":1}`), Drift: drift, CertificateEnds: noon.AddDate(1, 0, 0)}
	must(t, l.RecordReferenceData(t.Context(), first))
	must(t, l.RecordReferenceData(t.Context(), sluss.ReferenceData{Registry: sluss.Avfallsregistret, CheckedAt: noon.Add(time.Hour), Error: "no answer", CertificateEnds: noon.AddDate(2, 0, 0)}))
	must(t, l.RecordReferenceData(t.Context(), first)) // comes late
	must(t, l.RecordReferenceData(t.Context(), sluss.ReferenceData{Registry: "another", CheckedAt: noon}))
	all, err := l.ReferenceData(t.Context(), "")
	must(t, err)
	if len(all) != 2 || all[0].Registry != "another" || all[0].Drift == nil || !all[0].FetchedAt.IsZero() || all[1].Lists != nil {
		t.Errorf("%+v", all)
	}
	one, err := l.ReferenceData(t.Context(), sluss.Avfallsregistret)
	must(t, err)
	if got := one[0]; got.Error != "no answer" || !got.CheckedAt.Equal(noon.Add(time.Hour)) || !got.FetchedAt.Equal(noon) ||
		len(got.Drift) != 1 || string(got.Lists) != `{"a": 1}` || !got.CertificateEnds.Equal(noon.AddDate(2, 0, 0)) {
		t.Errorf("%+v", got)
	}
	must(t, l.RecordReferenceData(t.Context(), sluss.ReferenceData{Registry: sluss.Avfallsregistret, CheckedAt: noon.Add(2 * time.Hour), FetchedAt: noon.Add(2 * time.Hour), Lists: json.RawMessage(`{}`)}))
	if one, err = l.ReferenceData(t.Context(), sluss.Avfallsregistret); err != nil || len(one[0].Drift) != 0 || one[0].Error != "" {
		t.Errorf("%+v, %v", one, err)
	}
}

var _ autosys.Memory = (*ledger.Ledger)(nil)

// Two workers with one ledger: what one has asked, the other knows for the day.
func TestWorkersShareARegistrysAnswers(t *testing.T) {
	t.Parallel()
	l, url := fresh(t)
	clock := noon
	register, err := sim.New(sim.Options{Now: func() time.Time { return clock }})
	must(t, err)
	must(t, register.Add(sim.SampleVehicles(noon)...))
	server := httptest.NewServer(register)
	t.Cleanup(server.Close)
	worker := func(memory autosys.Memory) *autosys.Client {
		client, err := autosys.New(autosys.Options{BaseURL: server.URL, Key: "key", Now: func() time.Time { return clock }})
		must(t, err)
		return client.Remembering(memory)
	}
	one, other := worker(l), worker(open(t, url))
	s := sluss.Submission{Content: sluss.Content{
		Obligation: sluss.Obligation{Registry: sluss.Autosys, Report: sluss.ReportClearance, Leg: 1},
		Declaration: sluss.Declaration{Waste: sluss.Waste{Mass: 500 * sluss.Kilogram}, Legs: []sluss.Leg{{
			Departure: noon, Vehicles: []sluss.Vehicle{
				{Country: "NO", Plate: "TS10003", Kind: sluss.Lorry}, {Country: "NO", Plate: "ZZ9999", Kind: sluss.Trailer},
			},
		}}},
	}}
	for _, step := range []struct {
		client *autosys.Client
		later  time.Duration
		calls  int
	}{{one, 0, 2}, {other, time.Hour, 0}, {one, 11 * time.Hour, 0}, {other, 13 * time.Hour, 2}, {one, 13 * time.Hour, 0}} {
		clock = noon.Add(step.later)
		before := len(register.Lookups())
		announced, err := step.client.Calls(t.Context(), s.Content)
		must(t, err)
		outcome, _, err := step.client.Submit(t.Context(), s)
		must(t, err)
		if made := len(register.Lookups()) - before; announced != step.calls || made != step.calls {
			t.Errorf("after %v: %d announced, %d made, want %d", step.later, announced, made, step.calls)
		}
		if len(outcome.Reasons) != 1 || outcome.Reasons[0].Code != "kjoretoydataListe" {
			t.Errorf("after %v: %+v", step.later, outcome)
		}
	}
	if n := count(t, rows(t, url), "lookups where key !~ '^[0-9a-f]{64}$'"); n != 0 {
		t.Errorf("%d keys are no hashes", n)
	}
}

func recalled(t *testing.T, l *ledger.Ledger, key string, since time.Time) string {
	t.Helper()
	status, body, err := l.RecallLookup(t.Context(), key, since)
	must(t, err)
	if status == 0 {
		return "nothing"
	}
	return fmt.Sprintf("%d %s", status, body)
}

func TestLookupsAreRecalledSinceAMoment(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	if got := recalled(t, l, "a", time.Time{}); got != "nothing" {
		t.Errorf("before anything: %s", got)
	}
	must(t, l.RememberLookup(t.Context(), "a", noon, 200, []byte("{\x00\xff}")))
	must(t, l.RememberLookup(t.Context(), "b", noon, 204, nil))
	for _, test := range []struct {
		key   string
		since time.Time
		want  string
	}{
		{"a", noon, "200 {\x00\xff}"},
		{"a", noon.Add(-time.Hour), "200 {\x00\xff}"},
		{"a", noon.Add(time.Microsecond), "nothing"},
		{"b", noon, "204 "},
		{"c", noon, "nothing"},
	} {
		if got := recalled(t, l, test.key, test.since); got != test.want {
			t.Errorf("%s since %v: %q, want %q", test.key, test.since, got, test.want)
		}
	}
	must(t, l.RememberLookup(t.Context(), "a", noon.Add(time.Hour), 200, []byte("later")))
	must(t, l.RememberLookup(t.Context(), "a", noon, 200, []byte("earlier")))
	if got := recalled(t, l, "a", noon); got != "200 later" {
		t.Errorf("the later one stays: %q", got)
	}
}

func TestLookupsAreForgotten(t *testing.T) {
	t.Parallel()
	l, url := fresh(t)
	db := rows(t, url)
	for i := range 150 {
		must(t, l.RememberLookup(t.Context(), fmt.Sprint(i), noon, 200, []byte("{}")))
	}
	for _, step := range []struct {
		after time.Duration
		left  int
	}{
		{48 * time.Hour, 151},            // not yet
		{48*time.Hour + time.Second, 52}, // a hundred with each new one
		{49 * time.Hour, 3},
	} {
		must(t, l.RememberLookup(t.Context(), "new"+step.after.String(), noon.Add(step.after), 200, []byte("{}")))
		if got := count(t, db, "lookups"); got != step.left {
			t.Errorf("after %v there are %d, want %d", step.after, got, step.left)
		}
	}
}

// Many that ask for the same fleet, and prune, get in nobody's way.
func TestLookupsOfManyAtOnce(t *testing.T) {
	t.Parallel()
	l, url := fresh(t)
	for i := range 40 {
		must(t, l.RememberLookup(t.Context(), fmt.Sprint(i), noon, 200, []byte("old")))
	}
	body := bytes.Repeat([]byte("x"), 20<<10)
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := range 40 {
				key := fmt.Sprint((i*7 + worker*5) % 40)
				if err := l.RememberLookup(t.Context(), key, noon.Add(72*time.Hour), 200, body); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := count(t, rows(t, url), "lookups where length(body) = 20480"); got != 40 {
		t.Errorf("%d of 40 are there", got)
	}
}
