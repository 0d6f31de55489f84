package activities_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/activities"
)

func TestRevisionsAreReadToTheLastPage(t *testing.T) {
	w := &world{}
	list, err := w.tasks().Revisions(t.Context(), activities.RevisionsInput{Registry: name})
	must(t, err)
	if len(list) != 2 || list[0].ID != "R-1" || list[1].ID != "R-2" || w.registry.calls != 2 || len(w.ledger.answers) != 2 {
		t.Errorf("%d calls, %+v", w.registry.calls, list)
	}
	if _, err := w.tasks().Revisions(t.Context(), activities.RevisionsInput{Registry: name, Company: "theirs"}); failure(err) != "error Operator for good" || w.registry.calls != 2 {
		t.Errorf("of a company that is not ours: %v", err)
	}
}

func TestRegisterOfWasteIsFetchedAndKept(t *testing.T) {
	w := &world{}
	got, err := w.tasks().FetchRegister(t.Context(), activities.FetchInput{ID: "X-1", RegisterOrder: sluss.RegisterOrder{Registry: name, Company: "ours"}})
	must(t, err)
	calls := 0
	for _, i := range w.ledger.intents {
		calls += i.Calls
	}
	if !got.Done || !slices.Equal(w.ledger.kept, []string{"register X-1 a;b"}) || calls != 3 {
		t.Errorf("%+v after %d calls, kept %q", got, calls, w.ledger.kept)
	}
}

// TestAnswerToARevisionIsKeptOnTheNextTry: if the ledger recorded the registry's
// answer, but not the person's, the next try sends nothing and records it.
func TestAnswerToARevisionIsKeptOnTheNextTry(t *testing.T) {
	w := &world{registry: registry{outcome: sluss.Outcome{Kind: sluss.Accepted}}, ledger: ledger{keepAway: true}}
	if got := ways["answer"](t.Context(), w); got != "error" {
		t.Errorf("it told %q", got)
	}
	w.ledger.keepAway = false
	if got := ways["answer"](t.Context(), w); got != "Accepted" || w.registry.calls != 1 || !slices.Equal(w.ledger.kept, []string{"revision R-1 Accepted"}) {
		t.Errorf("it told %q after %d calls, kept %q", got, w.registry.calls, w.ledger.kept)
	}
}

// TestStepsOfASync: each step asks once and stores the result; if a page fails, the
// ledger has the reason.
func TestStepsOfASync(t *testing.T) {
	in := activities.SyncStepInput{ID: "sync/ours", Registry: name, Company: "ours", Document: "D-1"}
	steps := map[string]struct {
		do   func(s *activities.Sync) (activities.SyncStepResult, error)
		kept string
	}{
		"sync":  {func(s *activities.Sync) (activities.SyncStepResult, error) { return s.SyncStep(t.Context(), in) }, "1 documents of ours"},
		"hook":  {func(s *activities.Sync) (activities.SyncStepResult, error) { return s.EnsureHook(t.Context(), in) }, "hook of ours"},
		"gone":  {func(s *activities.Sync) (activities.SyncStepResult, error) { return s.CheckDeleted(t.Context(), in) }, "gone D-1"},
		"print": {func(s *activities.Sync) (activities.SyncStepResult, error) { return s.PrintNext(t.Context(), in) }, "print P-1"},
	}
	for step, test := range steps {
		w := &world{registry: registry{outcome: sluss.Outcome{Kind: sluss.Accepted}}}
		r, err := test.do(w.sync())
		must(t, err)
		if r.NotSynced || r.Error != "" || len(w.ledger.kept) != 1 || !strings.HasPrefix(w.ledger.kept[0], test.kept) || w.registry.calls != 1 {
			t.Errorf("%s: %+v after %d calls, kept %q", step, r, w.registry.calls, w.ledger.kept)
		}
		if body := w.ledger.answers[0].Exchange.Response; body != "" {
			t.Errorf("%s: the record of the call has what is kept as documents: %q", step, body)
		}
		w = &world{registry: registry{err: fmt.Errorf("%w: no route", sluss.ErrNotSent)}}
		r, err = test.do(w.sync())
		must(t, err)
		if r.Error == "" || r.Until.IsZero() || len(w.ledger.kept) > 0 != (step == "sync") {
			t.Errorf("%s without an answer: %+v, kept %q", step, r, w.ledger.kept)
		}
	}
	in.Company = "theirs"
	for step, test := range steps {
		w := &world{}
		if r, err := test.do(w.sync()); err != nil || !r.NotSynced || w.registry.calls != 0 {
			t.Errorf("%s of a company that nobody follows: %+v, %v", step, r, err)
		}
	}
}

// service is a ledger that refuses.
type service struct{ activities.Ledger }

func (d *service) RecordStage(context.Context, sluss.StageRecord) error {
	return fmt.Errorf("record stage: %w", sluss.Faults{{Field: "stage", Problem: "is another"}})
}

func (d *service) Finish(context.Context, sluss.Answer) error { return errAway }

// TestWhatTheLedgerSays: other content under a name that is taken is a conflict and
// never tried again; anything else is.
func TestWhatTheLedgerSays(t *testing.T) {
	a := &activities.Activities{Ledger: &service{}, Log: quiet}
	if err := a.RecordStage(t.Context(), sluss.StageRecord{}); failure(err) != "error Conflict for good" || !strings.Contains(err.Error(), "stage: is another") {
		t.Errorf("%v", err)
	}
	if err := a.RecordAnswer(t.Context(), sluss.Answer{}); !errors.Is(err, errAway) || failure(err) != "error" {
		t.Errorf("%v", err)
	}
}

// results is the record of which batches are in results.
type results struct {
	activities.ResultsLedger

	recorded []sluss.Content
	before   time.Time
}

func (r *results) Unreported(_ context.Context, _ string, before time.Time) ([]sluss.TreatedBatch, error) {
	r.before = before
	return nil, nil
}

func (r *results) RecordResults(_ context.Context, compiled []sluss.Content, _ time.Time) error {
	r.recorded = compiled
	return nil
}

func (r *results) UnsettledResults(_ context.Context, site sluss.ResultSite) ([]sluss.CompiledResult, error) {
	if site == (sluss.ResultSite{}) {
		return nil, nil
	}
	return []sluss.CompiledResult{{Site: site}}, nil
}

// TestResultsOfASite: only the results of its quarter are recorded, each with a signer.
func TestResultsOfASite(t *testing.T) {
	of := func(quarter int) sluss.Content {
		return sluss.Content{
			Declaration: sluss.Declaration{Tenant: "T", Legs: []sluss.Leg{{}}},
			Result:      &sluss.Result{Quarter: sluss.Quarter{Year: 2026, Number: quarter}},
		}
	}
	r := &results{}
	a := &activities.Results{Ledger: r, Compile: func([]sluss.TreatedBatch) []sluss.Content { return []sluss.Content{of(3), of(4)} }}
	fourth := of(4)
	if _, err := a.CompileResults(t.Context(), fourth.ResultSite()); err != nil || len(r.recorded) != 1 || r.recorded[0].Obligation.Signer != sluss.Officer {
		t.Errorf("recorded %+v, %v", r.recorded, err)
	}
	if want := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC); !r.before.Equal(want) {
		t.Errorf("batches until %s, want %s", r.before, want)
	}
	sites, err := a.UnreportedResults(t.Context(), sluss.Quarter{Year: 2026, Number: 4})
	if err != nil || len(sites) != 1 || sites[0].Quarter.Number != 3 {
		t.Errorf("before the fourth quarter: %+v, %v", sites, err)
	}
}
