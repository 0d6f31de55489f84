package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"sluss"
)

func TestOpenBatchesAreListedPageByPage(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	for n := range 5 {
		r := produced()
		r.Declaration.Reference = fmt.Sprint("VO-", n)
		r.Batch = r.Declaration.ID()
		_, err := l.Declare(t.Context(), r, fmt.Sprint("run-", n))
		must(t, err)
	}
	must(t, l.CloseBatch(t.Context(), sluss.CloseRecord{Batch: "batch/default/VO-2", How: "treated", At: noon}))
	var seen []string
	after := sluss.BatchID("")
	for {
		page, err := l.OpenBatches(t.Context(), after, 2)
		must(t, err)
		for _, b := range page {
			seen = append(seen, string(b.Batch[len("batch/default/"):])+" "+b.Run)
			after = b.Batch
		}
		if len(page) < 2 {
			break
		}
	}
	if got, want := fmt.Sprint(seen), "[VO-0 run-0 VO-1 run-1 VO-3 run-3 VO-4 run-4]"; got != want {
		t.Errorf("open are %s, want %s", got, want)
	}
}

// TestTheRunThatKnowsAll: a run that was reset knows less than the ledger, and is
// found by it.
func TestTheRunThatKnowsAll(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	run := func(want string) {
		t.Helper()
		page, err := l.OpenBatches(t.Context(), "", 10)
		must(t, err)
		if len(page) != 1 || page[0].Run != want {
			t.Errorf("open %+v, want the run %s", page, want)
		}
	}
	declare(t, l, "one")
	run("one")
	must(t, l.ContinueBatch(t.Context(), batchID, "one", "two"))
	run("two")
	must(t, l.ContinueBatch(t.Context(), batchID, "one", "reset")) // the fresh history of an old run
	run("two")
	declare(t, l, "three") // a run that has read it all
	run("three")
}

func TestRevivalsAreRecordedOnce(t *testing.T) {
	t.Parallel()
	l, _ := ready(t, filingID)
	r := sluss.Revival{Workflow: batchID, Batch: batchID, Run: "two", How: "terminated", Reason: "a slip", EndedAt: noon, At: time.Now()}
	must(t, l.RecordRevival(t.Context(), r))
	r.At = r.At.Add(time.Second)
	must(t, l.RecordRevival(t.Context(), r))
	r.Run, r.At = "three", r.At.Add(-48*time.Hour)
	must(t, l.RecordRevival(t.Context(), r))
	n, last, err := l.Revivals(t.Context(), batchID)
	if err != nil || n != 1 || time.Since(last) > time.Minute {
		t.Errorf("%d revivals within a day, the last at %s, %v", n, last, err)
	}
	must(t, l.RecordRevival(t.Context(), sluss.Revival{Workflow: "results/default/2026-Q4/x", Run: "four", How: "canceled", At: noon}))
	lines, err := l.Timeline(t.Context(), batchID)
	must(t, err)
	found := 0
	for _, line := range lines {
		if line.Kind == "revived" {
			found++
			if want := "Its workflow had ended from outside (terminated: a slip) and was started again from the ledger"; line.Text != want {
				t.Errorf("the timeline says %q, want %q", line.Text, want)
			}
		}
	}
	if found != 2 {
		t.Errorf("the timeline has %d revivals, want 2", found)
	}
	d, first, open, err := l.Declared(t.Context(), batchID)
	if err != nil || !open || d.Reference != "VO-1" || first.Kind != sluss.Produced {
		t.Errorf("declared %+v, %+v, %v, %v", d, first, open, err)
	}
	must(t, l.CloseBatch(t.Context(), sluss.CloseRecord{Batch: batchID, How: "treated", At: noon}))
	if _, _, open, err := l.Declared(t.Context(), batchID); err != nil || open {
		t.Errorf("a closed batch is open: %v", err)
	}
}
