package engine

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"sluss"
	"sluss/activities"
	"sluss/examples"
	"sluss/ledger"
	"sluss/obligations"
	"sluss/postgres/pgtest"
	"sluss/quota"
	"sluss/registries/trackdechets"
	sim "sluss/simulators/trackdechets"
)

// The size of the bench, and the quota. The real one is 5000 and 1000/1m, and
// takes five minutes.
var (
	quotaCalls = flag.Int("quota-calls", 300, "calls in the bench of the quota")
	quotaLimit = flag.String("quota-limit", "60/6s", "limit in the bench of the quota")
)

const producer = "00000000283366"

// operation is a draft to be created in the French registry.
type operation struct {
	Input activities.SubmitInput
	After time.Duration // when it comes
}

// job is what a worker process of the bench has to do.
type job struct {
	Database, Register string
	Operations         []operation
}

// done is what it says of one.
type done struct {
	Filing sluss.FilingID
	Asks   int
	Took   time.Duration // from when it came
	Error  string
}

// BenchmarkTwoWorkersOnOneQuota makes two processes share the quota of one address at
// Trackdéchets, by its real rule: a window from the first call. All wait from
// the beginning, in no order of due times, except for urgent ones, one of a
// hundred, which come meanwhile.
func BenchmarkTwoWorkersOnOneQuota(b *testing.B) {
	limit, err := quota.ParseLimit(*quotaLimit)
	must(b, err)
	for b.Loop() {
		benchTwoWorkers(b, limit, *quotaCalls)
	}
}

func benchTwoWorkers(b *testing.B, limit quota.Limit, calls int) {
	b.Helper()
	database := pgtest.Database(b)
	l, err := ledger.Open(b.Context(), database)
	must(b, err)
	defer l.Close()
	must(b, l.Migrate(b.Context()))
	must(b, l.SetQuota(b.Context(), sluss.Trackdechets, quota.Quota{Limits: []quota.Limit{limit}}))
	registry := newWatched(b, limit)
	server := httptest.NewServer(registry)
	defer server.Close()

	must(b, l.PauseQuota(b.Context(), sluss.Trackdechets, "until all are queued", "bench"))
	length := time.Duration(float64(limit.Per) * float64(calls) / float64(limit.Calls))
	jobs := [2]job{}
	urgent := map[sluss.FilingID]bool{}
	random := rand.New(rand.NewPCG(1, 2))
	for n := range calls {
		o := operation{Input: draft(b, l, fmt.Sprintf("BENCH-%05d", n), time.Now().Add(limit.Per+time.Duration(random.Int64N(int64(length)))))}
		if n%100 == 50 {
			o.Input.Urgent, o.After = true, limit.Per/4+time.Duration(random.Int64N(int64(length*3/4)))
			urgent[o.Input.Submission.Filing] = true
		}
		jobs[n%2].Operations = append(jobs[n%2].Operations, o)
	}

	pipes := map[sluss.FilingID]io.Writer{}
	results := make(chan done, calls)
	var workers sync.WaitGroup
	var ins [2]io.Writer
	for n, j := range jobs {
		j.Database, j.Register = database, server.URL
		in := startBenchWorker(b, j, &workers, results)
		ins[n] = in
		for _, o := range j.Operations {
			pipes[o.Input.Submission.Filing] = in
		}
	}
	awaitQueued(b, l, calls-len(urgent))
	must(b, l.ResumeQuota(b.Context(), sluss.Trackdechets, "all are queued", "bench"))
	for _, in := range ins {
		must(b, json.NewEncoder(in).Encode(sluss.Reservation{})) // go
	}
	ctx, stop := context.WithCancel(b.Context())
	defer stop()
	for range 2 { // each of two processes has one
		d := &dispatcher{registry: sluss.Trackdechets, ledger: l, filings: &telling{pipes: pipes}, log: slog.New(slog.DiscardHandler)}
		go d.run(ctx)
	}

	asks, longest := 0, time.Duration(0)
	for range calls {
		select {
		case d := <-results:
			if d.Error != "" {
				b.Fatalf("%s: %s", d.Filing, d.Error)
			}
			asks += d.Asks
			if urgent[d.Filing] {
				longest = max(longest, d.Took)
			}
		case <-time.After(length + 2*time.Minute):
			b.Fatal("nothing more happens")
		}
	}
	workers.Wait()

	counters := registry.Counters()
	if counters.OverQuota > 0 || counters.Effects["createForm"] != calls {
		b.Errorf("%d calls were refused; effects %v of %d", counters.OverQuota, counters.Effects, calls)
	}
	windows := registry.windows()
	least := 1.0
	for _, used := range windows[:len(windows)-1] { // the last one ends with the queue
		least = min(least, float64(used)/float64(limit.Calls))
	}
	b.Logf("calls in each window of %s: %v", limit, windows)
	b.ReportMetric(100*least, "%used-at-least")
	b.ReportMetric(float64(counters.OverQuota), "refused")
	b.ReportMetric(float64(asks)/float64(calls), "asks/call")
	b.ReportMetric(longest.Seconds(), "s-urgent-at-most")
}

func awaitQueued(b *testing.B, l *ledger.Ledger, calls int) {
	b.Helper()
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); time.Sleep(time.Second) {
		quotas, err := l.Quotas(b.Context(), ledger.WhatIf{})
		must(b, err)
		if len(quotas) == 1 && quotas[0].Waiting == calls {
			return
		}
	}
	b.Fatalf("not all of %d are queued", calls)
}

// draft is a filing that is in the ledger.
func draft(b *testing.B, l *ledger.Ledger, reference string, due time.Time) activities.SubmitInput {
	b.Helper()
	var d sluss.Declaration
	for name, raw := range examples.All() {
		if name == "fr-solvents.json" {
			must(b, json.Unmarshal(raw, &d))
		}
	}
	d.Reference = reference
	produced := sluss.Event{Kind: sluss.Produced, At: time.Now().Add(-time.Hour).Truncate(time.Second), By: sluss.Person{Name: "bench"}}
	owed := obligations.For(d, []sluss.Event{produced})
	n := slices.IndexFunc(owed, func(o sluss.Obligation) bool { return o.Report == sluss.ReportCreation })
	owed[n].Due = due
	must(b, l.RecordEvent(b.Context(), sluss.EventRecord{Batch: d.ID(), Declaration: &d, Event: produced, Obligations: owed[n : n+1], At: time.Now()}))
	content := sluss.Content{Declaration: d, Obligation: owed[n], Events: []sluss.Event{produced}}
	id := d.ID().Filing(owed[n].ID)
	must(b, l.OpenFiling(b.Context(), sluss.FilingRecord{Filing: id, Batch: d.ID(), Content: content, Hash: content.Hash(), Stage: sluss.StageSending, At: time.Now()}))
	return activities.SubmitInput{Submission: sluss.Submission{Filing: id, Content: content}, Number: 1}
}

// watched is a simulated registry that notes when it was called.
type watched struct {
	*sim.Backend
	per   time.Duration
	mu    sync.Mutex
	calls []time.Time
}

func newWatched(b *testing.B, limit quota.Limit) *watched {
	b.Helper()
	backend, err := sim.New(sim.Options{Quota: sim.Quota{Calls: limit.Calls, Per: limit.Per}})
	must(b, err)
	for _, c := range []sim.Company{
		{Siret: producer, Types: []string{"PRODUCER"}},
		{Siret: "00000000283374", Types: []string{"TRANSPORTER"}},
		{Siret: "00000000283390", Types: []string{"WASTEPROCESSOR"}, WasteProcessorTypes: []string{"DANGEROUS_WASTES_INCINERATION"}},
	} {
		c.Name, c.Address, c.SecurityCode = "Company", "1 rue de Paris", 1234
		must(b, backend.AddCompany(c))
	}
	must(b, backend.AddUser(sim.User{Token: "token-of-the-bench", Name: "bench", Email: "bench@companies.example", Roles: map[string]sim.Role{producer: sim.Member}}))
	return &watched{Backend: backend, per: limit.Per}
}

func (w *watched) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.calls = append(w.calls, time.Now())
	w.mu.Unlock()
	w.Backend.ServeHTTP(rw, r)
}

// windows are how many calls there were in each, the next of which begins with
// the first call after the one before.
func (w *watched) windows() (counts []int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var opened time.Time
	for _, call := range w.calls {
		if call.Sub(opened) >= w.per {
			opened, counts = call, append(counts, 0)
		}
		counts[len(counts)-1]++
	}
	return counts
}

// telling writes reservations to the processes.
type telling struct {
	mu    sync.Mutex
	pipes map[sluss.FilingID]io.Writer
}

func (m *telling) Reserved(_ context.Context, p sluss.Reservation) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return true, json.NewEncoder(m.pipes[sluss.FilingID(p.Filing)]).Encode(p)
}

func (m *telling) Forecast(context.Context, sluss.Forecast) error { return nil }

// startBenchWorker runs this program once more, as a worker.
func startBenchWorker(b *testing.B, j job, group *sync.WaitGroup, results chan<- done) io.Writer {
	b.Helper()
	program, err := os.Executable()
	must(b, err)
	command := exec.CommandContext(b.Context(), program, "-test.run=^TestBenchWorker$")
	command.Env = append(os.Environ(), "SLUSS_BENCH_WORKER=1")
	command.Stderr = os.Stderr
	in, err := command.StdinPipe()
	must(b, err)
	out, err := command.StdoutPipe()
	must(b, err)
	must(b, command.Start())
	must(b, json.NewEncoder(in).Encode(j))
	group.Go(func() {
		for lines := json.NewDecoder(out); ; {
			var d done
			if lines.Decode(&d) != nil {
				break
			}
			results <- d
		}
		if err := command.Wait(); err != nil {
			results <- done{Error: err.Error()}
		}
	})
	return in
}

// TestBenchWorker is a worker process of the bench.
func TestBenchWorker(t *testing.T) {
	if os.Getenv("SLUSS_BENCH_WORKER") == "" {
		t.Skip("it is a part of BenchmarkTwoWorkersOnOneQuota")
	}
	told := json.NewDecoder(bufio.NewReader(os.Stdin))
	var j job
	must(t, told.Decode(&j))
	l, err := ledger.Open(t.Context(), j.Database)
	must(t, err)
	defer l.Close()
	client := trackdechets.New(trackdechets.Options{URL: j.Register, Tokens: map[string]string{producer: "token-of-the-bench"}, TestCompanies: true, Unchecked: true})
	w := &benchWorker{reservations: map[sluss.FilingID]chan sluss.Reservation{}, acts: &activities.Activities{
		Ledger: l, Registries: map[string]activities.Registry{sluss.Trackdechets: client}, Actor: fmt.Sprint(os.Getpid()), Log: slog.New(slog.DiscardHandler),
	}}
	for _, o := range j.Operations {
		w.reservations[o.Input.Submission.Filing] = make(chan sluss.Reservation, 8)
	}
	begun := make(chan struct{})
	go func() {
		for {
			var p sluss.Reservation
			switch {
			case told.Decode(&p) != nil:
				return
			case p.Filing == "":
				close(begun)
			default:
				w.reservations[sluss.FilingID(p.Filing)] <- p
			}
		}
	}()
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, o := range j.Operations {
		all.Go(func() {
			if o.After > 0 {
				<-begun
				time.Sleep(o.After)
			}
			d := w.run(t.Context(), o.Input)
			mu.Lock()
			defer mu.Unlock()
			line, _ := json.Marshal(d) // of plain fields
			fmt.Println(string(line))
		})
	}
	all.Wait()
	os.Exit(0) // nothing but results may be printed
}

type benchWorker struct {
	acts         *activities.Activities
	reservations map[sluss.FilingID]chan sluss.Reservation
}

// run files one as the workflow does: it asks, waits until shortly before its
// reservation, and asks again.
func (w *benchWorker) run(ctx context.Context, in activities.SubmitInput) done {
	began := time.Now()
	d := done{Filing: in.Submission.Filing}
	for {
		d.Asks++
		result, err := w.acts.Submit(ctx, in)
		d.Took = time.Since(began)
		switch {
		case err != nil:
			d.Error = err.Error()
			return d
		case result.Wait == nil && result.Outcome.Kind != sluss.Accepted:
			d.Error = fmt.Sprintf("%+v", result.Outcome)
			return d
		case result.Wait == nil:
			return d
		case in.Urgent:
			time.Sleep(500 * time.Millisecond)
			continue
		}
		pause := result.Wait.In
		if !result.Wait.Granted {
			<-w.reservations[d.Filing] // Submit waits for the moment
			continue
		}
		time.Sleep(pause - activities.Soon)
	}
}
