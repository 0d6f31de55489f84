package activities_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"

	"sluss"
	"sluss/activities"
)

// installation is a ledger and Temporal in memory.
type installation struct {
	open       map[sluss.BatchID]string // batch -> run that knows all of the ledger
	closed     []sluss.BatchID          // since the batches were listed
	amendments []sluss.FilingID
	sites      []sluss.ResultSite
	revivals   map[string]int // within a day, the last an hour ago
	recorded   []sluss.Revival

	listed   map[string]activities.Execution // as running
	latest   map[string]activities.Execution
	started  []string
	reloaded []string
	faster   bool // another process starts the workflows first
	broken   error
	acts     map[sluss.BatchID]int // recorded in the ledger
	kept     int
}

func (w *installation) OpenBatches(_ context.Context, after sluss.BatchID, limit int) ([]sluss.OpenBatch, error) {
	var page []sluss.OpenBatch
	ids := make([]sluss.BatchID, 0, len(w.open))
	for id := range w.open {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		if id > after && len(page) < limit {
			page = append(page, sluss.OpenBatch{Batch: id, Run: w.open[id], Acts: w.acts[id]})
		}
	}
	return page, nil
}

func (w *installation) OpenAmendments(context.Context) ([]sluss.FilingID, error) {
	return w.amendments, nil
}

func (w *installation) OpenSites(context.Context) ([]sluss.ResultSite, error) { return w.sites, nil }

func (w *installation) Declared(_ context.Context, batch sluss.BatchID) (sluss.Declaration, sluss.Event, bool, error) {
	return sluss.Declaration{Reference: strings.TrimPrefix(string(batch), "batch/default/")}, sluss.Event{}, !slices.Contains(w.closed, batch), nil
}

func (w *installation) Content(context.Context, sluss.FilingID) (sluss.Content, string, bool, error) {
	return sluss.Content{Amends: &sluss.Amendment{}}, "", true, nil
}

func (w *installation) RecordRevival(_ context.Context, r sluss.Revival) error {
	w.recorded = append(w.recorded, r)
	return nil
}

func (w *installation) Revivals(_ context.Context, workflow string) (int, time.Time, error) {
	return w.revivals[workflow], time.Now().Add(-time.Hour), nil
}

func (w *installation) Running(context.Context) (map[string]activities.Execution, error) {
	return w.listed, nil
}

func (w *installation) Latest(_ context.Context, id string) (activities.Execution, error) {
	e, known := w.latest[id]
	if !known {
		e = activities.Execution{Ended: "deleted"}
	}
	return e, w.broken
}

func (w *installation) start(r sluss.Revival) (string, error) {
	if w.faster {
		return "", nil
	}
	w.started = append(w.started, r.Workflow)
	return "fresh run of " + r.Workflow, nil
}

func (w *installation) StartBatch(_ context.Context, _ sluss.Declaration, _ sluss.Event, r sluss.Revival) (string, error) {
	return w.start(r)
}

func (w *installation) StartAmendment(_ context.Context, _ sluss.Content, r sluss.Revival) (string, error) {
	return w.start(r)
}

func (w *installation) StartResults(_ context.Context, _ sluss.ResultSite, r sluss.Revival) (string, error) {
	return w.start(r)
}

func (w *installation) Reload(_ context.Context, id string) error {
	w.reloaded = append(w.reloaded, id)
	return nil
}

// look checks the installation once.
func (w *installation) look(t *testing.T) (activities.Revived, error) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	a := &activities.Reviving{
		Ledger: w, Executions: w, Log: slog.New(slog.DiscardHandler),
		Keep: func(context.Context) error { w.kept++; return nil },
	}
	env.RegisterActivity(a)
	var found activities.Revived
	value, err := env.ExecuteActivity(a.ReviveLost)
	if err == nil {
		err = value.Get(&found)
	}
	return found, err
}

func TestWhatWasEndedFromOutsideIsStartedAgain(t *testing.T) {
	const batch = "batch/default/A"
	terminated := activities.Execution{Run: "old", Ended: "terminated", Reason: "a slip", EndedAt: time.Now().Add(-time.Hour)}
	for name, test := range map[string]struct {
		change   func(w *installation)
		started  bool
		reloaded bool
	}{
		"it runs": {func(w *installation) {
			w.listed[batch] = activities.Execution{Run: "one"}
			w.latest[batch] = activities.Execution{Run: "one"}
		}, false, false},
		"it was just declared, and is not listed yet": {func(w *installation) { w.latest[batch] = activities.Execution{Run: "one"} }, false, false},
		"it was terminated":                           {func(w *installation) { w.latest[batch] = terminated }, true, false},
		"Temporal has nothing of it":                  {func(*installation) {}, true, false},
		"it closed meanwhile": {func(w *installation) {
			w.closed, w.latest[batch] = []sluss.BatchID{batch}, activities.Execution{Run: "one", Ended: "completed"}
		}, false, false},
		"somebody was faster": {func(w *installation) { w.faster = true }, false, false},
		"it was reset": {func(w *installation) {
			w.listed[batch], w.latest[batch] = activities.Execution{Run: "two"}, activities.Execution{Run: "two"}
		}, false, true},
		"the list is behind": {func(w *installation) {
			w.listed[batch], w.latest[batch] = activities.Execution{Run: "zero"}, activities.Execution{Run: "one"}
		}, false, false},
		"it ends by itself each time":     {func(w *installation) { w.revivals[batch], w.latest[batch] = 6, terminated }, false, false},
		"it was ended a few times before": {func(w *installation) { w.revivals[batch], w.latest[batch] = 5, terminated }, true, false},
		"it is closed, and was reset": {func(w *installation) {
			delete(w.open, batch)
			w.listed[batch], w.latest[batch] = activities.Execution{Run: "two", Started: time.Now().Add(-time.Hour)}, activities.Execution{Run: "two"}
		}, false, true},
		"its record is on its way": {func(w *installation) {
			delete(w.open, batch)
			w.listed[batch], w.latest[batch] = activities.Execution{Run: "one", Started: time.Now()}, activities.Execution{Run: "one"}
		}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := &installation{
				open: map[sluss.BatchID]string{batch: "one"}, revivals: map[string]int{},
				listed: map[string]activities.Execution{}, latest: map[string]activities.Execution{},
			}
			test.change(w)
			found, err := w.look(t)
			if err != nil || found.Failed != 0 || w.kept != 1 {
				t.Fatalf("%+v, %v", found, err)
			}
			if got := slices.Contains(w.started, batch); got != test.started || (found.Count == 1) != test.started || (len(w.recorded) == 1) != test.started {
				t.Errorf("started: %v, want %v; %+v, recorded %+v", got, test.started, found, w.recorded)
			}
			if got := slices.Contains(w.reloaded, batch); got != test.reloaded || (found.Reloaded == 1) != test.reloaded {
				t.Errorf("told to read the ledger: %v, want %v", got, test.reloaded)
			}
			for _, r := range w.recorded {
				if r.Workflow != batch || r.Batch != batch || r.Run != "fresh run of "+batch || r.How == "" || r.At.IsZero() {
					t.Errorf("recorded %+v", r)
				}
			}
		})
	}
}

func TestAmendmentsAndResultsAreRevivedToo(t *testing.T) {
	amendment := sluss.FilingID("filing/default/A/se.transport#1.amend1")
	site := sluss.ResultSite{Tenant: "default", Quarter: sluss.Quarter{Year: 2026, Number: 4}, Site: "x"}
	w := &installation{amendments: []sluss.FilingID{amendment, "filing/default/B/se.transport#1.amend1"}, sites: []sluss.ResultSite{site}}
	w.listed = map[string]activities.Execution{"filing/default/B/se.transport#1.amend1": {Run: "one"}}
	found, err := w.look(t)
	if err != nil || found.Open != 3 || !slices.Equal(w.started, []string{string(amendment), site.ID()}) {
		t.Fatalf("started %v; %+v, %v", w.started, found, err)
	}
	if w.recorded[0].Batch != "batch/default/A" || w.recorded[1].Batch != "" {
		t.Errorf("recorded %+v", w.recorded)
	}
}

// TestABatchThatMissesAnActReadsTheLedger: a worker died after it had recorded it.
func TestABatchThatMissesAnActReadsTheLedger(t *testing.T) {
	w := &installation{
		open: map[sluss.BatchID]string{"batch/default/A": "one", "batch/default/B": "two", "batch/default/C": "three"},
		acts: map[sluss.BatchID]int{"batch/default/A": 4, "batch/default/B": 4, "batch/default/C": 4},
		listed: map[string]activities.Execution{
			"batch/default/A": {Run: "one", Recorded: 3}, "batch/default/B": {Run: "two", Recorded: 4}, "batch/default/C": {Run: "three", Recorded: 3},
		},
		latest: map[string]activities.Execution{"batch/default/A": {Run: "one", Recorded: 3}, "batch/default/C": {Run: "three", Recorded: 4}},
	}
	found, err := w.look(t)
	if err != nil || !slices.Equal(w.reloaded, []string{"batch/default/A"}) || found.Reloaded != 1 {
		t.Errorf("told %v to read the ledger; %+v, %v", w.reloaded, found, err)
	}
}

// TestManyBatchesAreCheckedPageByPage: one check covers all of them, and gives up if
// nothing succeeds.
func TestManyBatchesAreCheckedPageByPage(t *testing.T) {
	w := &installation{open: map[sluss.BatchID]string{}, listed: map[string]activities.Execution{}}
	for n := range 2500 {
		id := fmt.Sprintf("batch/default/%04d", n)
		w.open[sluss.BatchID(id)] = "one"
		if n%1000 != 7 {
			w.listed[id] = activities.Execution{Run: "one"}
		}
	}
	found, err := w.look(t)
	if err != nil || found.Open != 2500 || found.Count != 3 {
		t.Errorf("%+v, %v", found, err)
	}
	w.listed, w.broken = map[string]activities.Execution{}, errors.New("no route")
	if found, err := w.look(t); err == nil {
		t.Errorf("it went on: %+v", found)
	}
}
