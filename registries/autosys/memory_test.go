package autosys_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sluss"
	"sluss/registries/autosys"
	sim "sluss/simulators/autosys"
)

// notebook is a memory that may be out of order.
type notebook struct {
	lock         sync.Mutex
	pages        map[string]page
	broken, full error
}

type page struct {
	asked  time.Time
	status int
	body   []byte
}

func (n *notebook) RecallLookup(_ context.Context, key string, since time.Time) (int, []byte, error) {
	n.lock.Lock()
	defer n.lock.Unlock()
	if p, ok := n.pages[key]; ok && !p.asked.Before(since) && n.broken == nil {
		return p.status, p.body, nil
	}
	return 0, nil, n.broken
}

func (n *notebook) RememberLookup(_ context.Context, key string, asked time.Time, status int, body []byte) error {
	n.lock.Lock()
	defer n.lock.Unlock()
	if n.full == nil {
		n.pages[key] = page{asked, status, body}
	}
	return n.full
}

// archive is an office whose client has a memory and a clock that can be set.
type archive struct {
	*sim.Registry
	*autosys.Client
	*notebook
	now time.Time
}

func openArchive(t *testing.T, options sim.Options) *archive {
	t.Helper()
	a := &archive{Registry: registry(t, options), notebook: &notebook{pages: map[string]page{}}, now: today}
	client, err := autosys.New(autosys.Options{BaseURL: httptestURL(t, a.Registry), Key: testKey, Now: func() time.Time { return a.now }})
	if err != nil {
		t.Fatal(err)
	}
	a.Client = client.Remembering(a.notebook)
	return a
}

// submit announces and makes a submission. It is for calls announced, calls made, and what is kept of it.
func (a *archive) submit(t *testing.T, vehicles ...sluss.Vehicle) (got sluss.Outcome, announced, made int, e sluss.Exchange) {
	t.Helper()
	s := submission(vehicles...)
	announced, err := a.Calls(t.Context(), s.Content)
	if err != nil {
		t.Fatal(err)
	}
	before := len(a.Lookups())
	got, e, err = a.Submit(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return got, announced, len(a.Lookups()) - before, e
}

func TestVehicleCostsOneCallADay(t *testing.T) {
	a := openArchive(t, sim.Options{})
	for _, step := range []struct {
		at        string
		vehicles  []sluss.Vehicle
		calls     int
		operation string
		request   string
	}{
		{"2026-06-15T08:00:00+02:00", []sluss.Vehicle{lorry("TS10003"), pulled("TS1004")}, 2, "GET kjoretoydata × 2", "kjennemerke, kjennemerke"},
		{"2026-06-15T09:00:00+02:00", []sluss.Vehicle{lorry("TS10003"), pulled("TS1004")}, 0, "GET kjoretoydata × 0, 2 from memory", "kjennemerke (from memory), kjennemerke (from memory)"},
		{"2026-06-15T09:30:00+02:00", []sluss.Vehicle{lorry("ts 10-003"), pulled("TS2005")}, 1, "GET kjoretoydata × 1, 1 from memory", "kjennemerke (from memory), kjennemerke"},
		{"2026-06-15T23:59:59+02:00", []sluss.Vehicle{lorry("TS10003")}, 0, "GET kjoretoydata × 0, 1 from memory", "kjennemerke (from memory)"},
		{"2026-06-16T00:01:00+02:00", []sluss.Vehicle{lorry("TS10003")}, 1, "GET kjoretoydata × 1", "kjennemerke"},
		{"2026-06-16T00:02:00+02:00", []sluss.Vehicle{{Country: "NO", VIN: "TESTSYNTHN3000001", Kind: sluss.Lorry}}, 1, "GET kjoretoydata × 1", "understellsnummer"},
		{"2026-06-16T00:03:00+02:00", []sluss.Vehicle{lorry("TS10003"), lorry("TS10003"), lorry("TS30001"), lorry("TS30001")}, 1, "GET kjoretoydata × 1, 3 from memory", "kjennemerke (from memory), kjennemerke (from memory), kjennemerke, kjennemerke (from memory)"},
	} {
		var err error
		if a.now, err = time.Parse(time.RFC3339, step.at); err != nil {
			t.Fatal(err)
		}
		got, announced, made, e := a.submit(t, step.vehicles...)
		if announced != step.calls || made != step.calls || e.Operation != step.operation || e.Request != step.request || e.Status != 200 {
			t.Errorf("%s: %d announced, %d made, %q, %q, want %d", step.at, announced, made, e.Operation, e.Request, step.calls)
		}
		if got.Clearance == nil || strings.Count(e.Response, "kjoretoydataListe") != len(step.vehicles) {
			t.Errorf("%s: %+v\nnot all answers are kept: %s", step.at, got, e.Response)
		}
	}
	form := regexp.MustCompile(`^[0-9a-f]{64}$`)
	for _, key := range slices.Collect(maps.Keys(a.pages)) {
		if !form.MatchString(key) {
			t.Errorf("the key %q", key)
		}
	}
	if len(a.pages) != 5 {
		t.Errorf("%d vehicles are in memory, want 5", len(a.pages))
	}
}

// What says something about the vehicle is kept; what does not is asked again.
func TestWhatIsRemembered(t *testing.T) {
	for _, test := range []struct {
		name    string
		options sim.Options
		plate   string
		fault   sim.Fault
		kept    bool
	}{
		{"found", sim.Options{}, "TS10003", sim.Fault{}, true},
		{"de-registered", sim.Options{}, "TS20002", sim.Fault{}, true},
		{"unknown, 204", sim.Options{}, "ZZ9999", sim.Fault{}, true},
		{"unknown, empty list", sim.Options{NotFound: sim.NotFoundEmptyList}, "ZZ9999", sim.Fault{}, true},
		{"withheld", sim.Options{}, "TS20004", sim.Fault{}, true},
		{"withheld, text", sim.Options{WithheldText: true}, "TS20004", sim.Fault{}, true},
		{"unknown, 404: the address may be wrong", sim.Options{NotFound: sim.NotFoundStatus}, "ZZ9999", sim.Fault{}, false},
		{"400", sim.Options{}, "TS10003", sim.Fault{Kind: sim.FaultStatus, Status: 400}, false},
		{"403", sim.Options{}, "TS10003", sim.Fault{Kind: sim.FaultStatus, Status: 403}, false},
		{"422", sim.Options{}, "TS10003", sim.Fault{Kind: sim.FaultStatus, Status: 422}, false},
		{"429", sim.Options{}, "TS10003", sim.Fault{Kind: sim.FaultStatus, Status: 429}, false},
		{"500", sim.Options{}, "TS10003", sim.Fault{Kind: sim.FaultStatus, Status: 500}, false},
		{"cut off", sim.Options{}, "TS10003", sim.Fault{Kind: sim.FaultTruncated}, false},
		{"the service fails", sim.Options{}, "TS10003", sim.Fault{Kind: sim.FaultMessage, Code: "TEKNISK_FEIL"}, false},
		{"a page", sim.Options{}, "TS10003", sim.Fault{Kind: sim.FaultText, Code: "<html>"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := openArchive(t, test.options)
			if test.fault.Kind != "" {
				if err := a.Fault(test.fault); err != nil {
					t.Fatal(err)
				}
			}
			s := submission(lorry(test.plate))
			first, _, wrong := a.Submit(t.Context(), s)
			again, _, err := a.Submit(t.Context(), s)
			calls := len(a.Lookups())
			if kept := len(a.pages) > 0; test.kept != (calls == 1) || test.kept && !kept || err != nil {
				t.Errorf("%d calls for two submissions, %d in memory, %v", calls, len(a.pages), err)
			}
			if test.kept && (wrong != nil || fmt.Sprintf("%+v", again.Clearance) != fmt.Sprintf("%+v", first.Clearance)) {
				t.Errorf("from memory: %+v\nfrom the registry: %+v, %v", again.Clearance, first.Clearance, wrong)
			}
		})
	}
}

// The reservations of a submission are counted just before it is made: what was still there then must not cost a call that
// nobody counted.
func TestMidnightBetweenCountingAndAsking(t *testing.T) {
	a := openArchive(t, sim.Options{})
	midnight := time.Date(2026, 6, 16, 0, 0, 0, 0, oslo(t))
	a.now = midnight.Add(-time.Hour)
	a.submit(t, lorry("TS10003"))
	s := submission(lorry("TS10003"))
	a.now = midnight.Add(-time.Second)
	if n, err := a.Calls(t.Context(), s.Content); n != 0 || err != nil {
		t.Fatalf("%d calls announced, %v", n, err)
	}
	a.now = midnight.Add(30 * time.Second)
	if _, _, err := a.Submit(t.Context(), s); err != nil || len(a.Lookups()) != 1 {
		t.Errorf("%d calls, %v", len(a.Lookups()), err)
	}
	if n, err := a.Calls(t.Context(), s.Content); n != 1 || err != nil {
		t.Errorf("after midnight %d calls announced, %v", n, err)
	}
}

func TestMemoryOutOfOrder(t *testing.T) {
	a := openArchive(t, sim.Options{})
	a.broken = errors.New("the shelf is empty")
	s := submission(lorry("TS10003"))
	_, wrong := a.Calls(t.Context(), s.Content)
	_, e, err := a.Submit(t.Context(), s)
	if !errors.Is(wrong, sluss.ErrNotSent) || !errors.Is(err, sluss.ErrNotSent) || len(a.Lookups()) != 0 || e.Operation != "GET kjoretoydata × 0" {
		t.Errorf("%v, %v, %d calls", wrong, err, len(a.Lookups()))
	}
	for _, err := range []error{wrong, err} {
		if strings.Contains(err.Error(), "10003") {
			t.Errorf("the plate is in: %v", err)
		}
	}
	a.broken, a.full = nil, errors.New("no page left")
	if got, announced, made, _ := a.submit(t, lorry("TS10003")); got.Kind != sluss.Accepted || announced != 1 || made != 1 {
		t.Errorf("what cannot be kept is still an answer: %+v, %d, %d", got, announced, made)
	}
}

// Many batches leave at once with the same lorry: one of them asks.
func TestFleetAsksOnce(t *testing.T) {
	a := openArchive(t, sim.Options{})
	var all sync.WaitGroup
	for i := range 24 {
		all.Go(func() {
			got, _, err := a.Submit(t.Context(), submission(lorry("TS10003"), pulled([]string{"TS1004", "TS2005"}[i%2])))
			if err != nil || got.Clearance == nil {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	all.Wait()
	if calls := len(a.Lookups()); calls != 3 {
		t.Errorf("%d calls for three vehicles", calls)
	}
}

// Who waits for another's answer gives up in time.
func TestWaitingForAnotherEnds(t *testing.T) {
	a := openArchive(t, sim.Options{})
	if err := a.Fault(sim.Fault{Kind: sim.FaultSlow, DelayMillis: 60_000}); err != nil {
		t.Fatal(err)
	}
	slow, stop := context.WithCancel(t.Context())
	var first sync.WaitGroup
	first.Go(func() { _, _, _ = a.Submit(slow, submission(lorry("TS10003"))) })
	for deadline := time.Now().Add(10 * time.Second); len(a.Lookups()) == 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	impatient, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, _, err := a.Submit(impatient, submission(lorry("TS10003"))); !errors.Is(err, sluss.ErrNotSent) || len(a.Lookups()) != 1 {
		t.Errorf("%v after %d calls", err, len(a.Lookups()))
	}
	stop()
	first.Wait()
	if got, _, _, _ := a.submit(t, lorry("TS10003")); got.Kind != sluss.Accepted {
		t.Errorf("afterwards: %+v", got)
	}
}

func TestSameVehicleTwiceIsAskedOnce(t *testing.T) {
	o := open(t, sim.Options{})
	s := submission(lorry("TS10003"), lorry("ts10003"))
	announced, err := o.Calls(t.Context(), s.Content)
	if _, _, wrong := o.Submit(t.Context(), s); err != nil || wrong != nil || announced != 1 || len(o.Lookups()) != 1 {
		t.Errorf("%d announced, %d made, %v, %v", announced, len(o.Lookups()), err, wrong)
	}
}

// A veteran plate and an old chassis number can be the same four digits.
func TestPlatesAndChassisNumbersAreRememberedApart(t *testing.T) {
	a := openArchive(t, sim.Options{})
	if err := a.Add(sim.Vehicle{Plate: "1234", VIN: "OLD1", Category: "N2"}, sim.Vehicle{Plate: "TS40001", VIN: "1234", Category: "N1"}); err != nil {
		t.Fatal(err)
	}
	for vehicle, category := range map[sluss.Vehicle]string{
		{Country: "NO", Plate: "1234", Kind: sluss.Lorry}: "N2",
		{Country: "NO", VIN: "1234", Kind: sluss.Lorry}:   "N1",
	} {
		got, announced, made, _ := a.submit(t, vehicle)
		if announced != 1 || made != 1 || got.Clearance.Vehicles[0].Category != category {
			t.Errorf("%s: %d announced, %d made, %+v", category, announced, made, got.Clearance)
		}
	}
}

// What is in memory was not sent: a first call that does not leave may be made again.
func TestNothingLeftButMemoryIsNotSent(t *testing.T) {
	a := openArchive(t, sim.Options{})
	a.submit(t, lorry("TS10003"))
	gone := newClient(t, "http://127.0.0.1:1", time.Second).Remembering(a.notebook)
	_, e, err := gone.Submit(t.Context(), submission(lorry("TS10003"), pulled("TS1004")))
	if !errors.Is(err, sluss.ErrNotSent) || e.Operation != "GET kjoretoydata × 0, 1 from memory" {
		t.Errorf("%v, %+v", err, e)
	}
}
