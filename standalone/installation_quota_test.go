package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"sluss"
	"sluss/bars"
	"sluss/ledger"
	"sluss/obligations"
	"sluss/quota"
	"sluss/service"
	trackdechets "sluss/simulators/trackdechets"
	"sluss/workflows"
)

// The size of the test of the quota, and the quota. `make quota-test` has the
// real one.
var (
	quotaCalls = flag.Int("quota-calls", 300, "calls in the test of the quota")
	quotaLimit = flag.String("quota-limit", "60/6s", "limit in the test of the quota")
)

// testQuota makes three processes share the quota of one simulated registry, with far
// more filings than it allows at once, each due at another time.
func testQuota(t *testing.T, h *Installation) {
	t.Helper()
	limit, err := quota.ParseLimit(*quotaLimit)
	must(t, err)
	backend, err := trackdechets.New(trackdechets.Options{Quota: trackdechets.Quota{Calls: limit.Calls, Per: limit.Per}})
	must(t, err)
	use := &quotaUse{handler: backend}
	file := h.anotherTrackdechets(t, backend, use, *quotaLimit)

	// Its filings are of batches without workflows, which must not be revived.
	must(t, h.Service.Temporal.ScheduleClient().GetHandle(t.Context(), workflows.RevivalID).Pause(t.Context(), client.SchedulePauseOptions{Note: "test"}))
	h.stopEngine()
	for range 3 {
		startWorkerProcess(t, file)
	}
	began := time.Now()
	ids := make([]sluss.FilingID, *quotaCalls)
	random := rand.New(rand.NewPCG(1, 2))
	start := errgroup.Group{}
	start.SetLimit(16)
	for n := range ids {
		due := began.Add(limit.Per + time.Duration(random.Int64N(int64(limit.Per)*int64(len(ids))/int64(limit.Calls))))
		start.Go(func() (err error) {
			ids[n], err = h.fileAlone(t, fmt.Sprintf("QUOTA-%05d", n+1), due)
			use.opened()
			return err
		})
	}
	must(t, start.Wait())
	t.Logf("%d filings were opened in %s", len(ids), since(began))
	most := 5*time.Minute + 3*limit.Per*time.Duration(len(ids)/limit.Calls+1)
	eventually(t, most, func(context.Context) error { return use.reached(len(ids)) })
	took := time.Since(began)
	eventually(t, 5*time.Minute, func(ctx context.Context) error {
		receipts, err := h.receiptsOf(ctx, "QUOTA-")
		if len(receipts) < len(ids) {
			time.Sleep(time.Second) // all of them are read each time
			return fmt.Errorf("%d receipts, %v", len(receipts), err)
		}
		return nil
	})
	use.check(t, limit)

	counters := backend.Counters()
	bars.AtMost("calls-refused-for-the-quota", float64(counters.OverQuota), 0)
	if counters.OverQuota != 0 {
		t.Errorf("%d calls were refused for the quota", counters.OverQuota)
	}
	documents := map[string]int{}
	for _, form := range backend.Forms() {
		documents[form.CustomID]++
	}
	for id, n := range documents {
		if n != 1 {
			t.Errorf("%s was created %d times", id, n)
		}
	}
	if len(documents) != len(ids) || counters.Effects["createForm"] != len(ids) {
		t.Errorf("%d documents of %d filings; effects %v", len(documents), len(ids), counters.Effects)
	}
	actors := map[string]int{}
	for _, id := range ids {
		attempts, err := h.Service.Ledger.Attempts(t.Context(), string(id))
		must(t, err)
		for _, a := range attempts {
			actors[a.Actor]++
		}
	}
	if len(actors) != 3 {
		t.Errorf("the calls were made by %v, want all three processes", actors)
	}
	asked := 0
	const sample = 100
	for _, id := range ids[:min(sample, len(ids))] {
		asked += h.submissions(t, id)
	}
	t.Logf("%d calls under %s in %s: %.1f %% of the quota; %.2f attempts a call; %v",
		len(ids), limit, took.Round(time.Second),
		100*float64(len(ids))/float64(limit.Calls)/max(1, took.Seconds()/limit.Per.Seconds()),
		float64(asked)/float64(min(sample, len(ids))), slices.Sorted(maps.Values(actors)))
	testPause(t, h)
}

// testPause has an operator pause the registry, and lower its quota so far that
// filings will be late.
func testPause(t *testing.T, h *Installation) {
	t.Helper()
	act := service.QuotaAct{Reason: "outage announced", By: "Karin Holm"}
	must(t, h.Service.Pause(t.Context(), sluss.Trackdechets, act))
	paused, err := h.fileAlone(t, "PAUSED-1", time.Now().Add(time.Hour))
	must(t, err)
	time.Sleep(3 * time.Second)
	if attempts, err := h.Service.Ledger.Attempts(t.Context(), string(paused)); err != nil || len(attempts) != 0 {
		t.Errorf("%d calls while the registry was paused, %v", len(attempts), err)
	}
	must(t, h.Service.Resume(t.Context(), sluss.Trackdechets, act))
	eventually(t, time.Minute, func(ctx context.Context) error { return h.accepted(ctx, paused) })

	act.Limits = []string{"1/1h"}
	must(t, h.Service.Lower(t.Context(), sluss.Trackdechets, act))
	var late []sluss.FilingID
	for n := range 3 {
		id, err := h.fileAlone(t, fmt.Sprintf("LATE-%d", n+1), time.Now().Add(time.Hour+10*time.Minute))
		must(t, err)
		late = append(late, id)
	}
	eventually(t, time.Minute, func(ctx context.Context) error {
		items, err := h.Service.Ledger.Inbox(ctx, ledger.InboxFilter{Waiting: sluss.Officer, Registry: sluss.Trackdechets, Limit: 100})
		warned := 0
		for _, item := range items {
			if slices.Contains(late, item.ID) && item.Stage == sluss.StageDeferred {
				warned++
			}
		}
		if warned < 2 {
			return fmt.Errorf("%d of 2 officers were warned, %v", warned, err)
		}
		return nil
	})
	quotas, err := h.Service.Ledger.Quotas(t.Context(), ledger.WhatIf{Registry: sluss.Trackdechets, More: 1000})
	must(t, err)
	for _, q := range quotas {
		if q.Registry == sluss.Trackdechets && (q.Late < 2 || q.WhatIf != 1000 || !q.HasDispatcher) {
			t.Errorf("forecast %+v", q)
		}
	}
	act.Limits = nil
	must(t, h.Service.Lower(t.Context(), sluss.Trackdechets, act))
	for _, id := range late {
		eventually(t, time.Minute, func(ctx context.Context) error { return h.accepted(ctx, id) })
	}
}

// accepted tells whether a filing is accepted.
func (h *Installation) accepted(ctx context.Context, id sluss.FilingID) error {
	f, known, err := h.Service.Ledger.Filing(ctx, id)
	if err != nil || !known || f.Stage != sluss.StageAccepted {
		return fmt.Errorf("%s is %s, %v", id, f.Stage, err)
	}
	return nil
}

// anotherTrackdechets serves a registry for this test, and returns the file that
// configures processes for it alone.
func (h *Installation) anotherTrackdechets(t *testing.T, backend *trackdechets.Backend, handler http.Handler, limit string) string {
	t.Helper()
	tokens := t.TempDir()
	for _, company := range frenchCompanies() {
		must(t, backend.AddCompany(company))
		id := company.Siret + company.VATNumber
		token := "token-of-" + id + "-for-the-test-of-quotas"
		must(t, backend.AddUser(trackdechets.User{Token: token, Name: company.Name, Email: id + "@example.org", Roles: map[string]trackdechets.Role{id: trackdechets.Member}}))
		must(t, os.WriteFile(filepath.Join(tokens, id+".token"), []byte(token), 0o600))
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	settings, err := os.ReadFile(h.ConfigFile)
	must(t, err)
	common, _, _ := strings.Cut(string(settings), "registries:\n")
	file := filepath.Join(t.TempDir(), "sluss.yaml")
	must(t, os.WriteFile(file, fmt.Appendf(nil, "%sregistries:\n  trackdechets:\n    environment: test\n    base_url: %s\n    quota: %s\n    follow: off\n    tokens_dir: %s\n", common, server.URL, limit, tokens), 0o600))
	return file
}

// fileAlone starts the filing that creates a French document, without the rest
// of its batch.
func (h *Installation) fileAlone(t *testing.T, reference string, due time.Time) (sluss.FilingID, error) {
	t.Helper()
	d := example(t, "fr-solvents", reference)
	produced := sluss.Event{Kind: sluss.Produced, At: time.Now().Add(-time.Hour).Truncate(time.Second), By: sluss.Person{Name: "test"}}
	owed := obligations.For(d, []sluss.Event{produced})
	n := slices.IndexFunc(owed, func(o sluss.Obligation) bool { return o.Report == sluss.ReportCreation })
	if n < 0 {
		return "", fmt.Errorf("nothing is to be created of %s", reference)
	}
	owed[n].Due = due
	owed[n].ID = owed[n].ID.Amendment(1) // which lives on its own
	err := h.Service.Ledger.RecordEvent(t.Context(), sluss.EventRecord{Batch: d.ID(), Declaration: &d, Event: produced, Obligations: owed[n : n+1], At: time.Now()})
	if err != nil {
		return "", err
	}
	id := d.ID().Filing(owed[n].ID)
	return id, poll(t.Context(), 2*time.Minute, func(ctx context.Context) error { // a busy server may not answer at once
		_, err := h.Service.Temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: string(id), TaskQueue: workflows.Queue}, workflows.Filing, workflows.FilingInput{
			Batch: d.ID(), Policy: h.Service.Policy,
			Content: sluss.Content{Declaration: d, Obligation: owed[n], Events: []sluss.Event{produced}},
		})
		return err
	})
}

// submissions is how often a filing asked for a permit to submit.
func (h *Installation) submissions(t *testing.T, id sluss.FilingID) (n int) {
	t.Helper()
	history := h.Service.Temporal.GetWorkflowHistory(t.Context(), string(id), "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for history.HasNext() {
		event, err := history.Next()
		must(t, err)
		if a := event.GetActivityTaskScheduledEventAttributes(); a != nil && a.GetActivityType().GetName() == "Submit" {
			n++
		}
	}
	return n
}

// workerProcess is a worker in a process of its own.
type workerProcess struct {
	command *exec.Cmd
	ended   bool
}

// startWorkerProcess starts a worker and returns when it polls.
func startWorkerProcess(t *testing.T, file string) *workerProcess {
	t.Helper()
	log := filepath.Join(t.TempDir(), "worker.log")
	output, err := os.Create(log)
	must(t, err)
	w := &workerProcess{command: exec.CommandContext(context.WithoutCancel(t.Context()), program(t, "worker"), "--config", file)}
	w.command.Stdout, w.command.Stderr = output, output
	must(t, w.command.Start())
	must(t, output.Close())
	t.Cleanup(func() {
		if !w.ended {
			w.kill(t)
		}
	})
	eventually(t, time.Minute, func(context.Context) error {
		said, err := os.ReadFile(log)
		if err != nil || !strings.Contains(string(said), "the worker is ready") {
			return fmt.Errorf("the worker said %q, %v", said, err)
		}
		return nil
	})
	return w
}

// kill ends the process as a power cut would.
func (w *workerProcess) kill(t *testing.T) {
	t.Helper()
	must(t, w.command.Process.Kill())
	w.ended = true
	if err := w.command.Wait(); err == nil {
		t.Error("the killed worker ended well")
	}
}
