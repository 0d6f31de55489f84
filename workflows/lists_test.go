package workflows_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
	"sluss/workflows"
)

// shelf keeps what was found, and gives every turn.
type shelf struct {
	book

	found []sluss.CodeLists
}

func (s *shelf) RecordLists(_ context.Context, c sluss.CodeLists) error {
	s.found = append(s.found, c)
	return nil
}

// lister has lists, unless it is down.
type lister struct{ down bool }

func (l *lister) ListCalls() int { return 5 }

func (l *lister) CertificateEnds() time.Time { return time.Now().AddDate(0, 0, 20) }

func (l *lister) CheckLists(_ context.Context, codes []string) (json.RawMessage, []sluss.Drift, error) {
	if l.down {
		return nil, nil, errors.New("no answer")
	}
	return json.RawMessage(`{}`), []sluss.Drift{{List: "avfallstyper", Code: codes[0], Problem: "p", Remedy: "r"}}, nil
}

// TestCodeListsAreLookedAtEveryDay: and sooner where somebody asks, or nothing came.
func TestCodeListsAreLookedAtEveryDay(t *testing.T) {
	for name, test := range map[string]struct {
		down   bool
		signal time.Duration // 0: nobody asks
		after  time.Duration // which the next run starts
	}{
		"daily":        {after: 24 * time.Hour},
		"asked":        {signal: 2 * time.Hour, after: 2 * time.Hour},
		"nothing came": {down: true, after: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			env := newEnvironment()
			env.RegisterWorkflow(workflows.Lists)
			s := &shelf{book: book{attempts: map[string]bool{}}}
			env.RegisterActivity(&activities.Lists{
				Ledger: s, Registries: map[string]activities.Lister{sluss.Avfallsregistret: &lister{test.down}},
				Codes: func(time.Time) []string { return []string{"130205*"} }, Log: slog.New(slog.DiscardHandler),
			})
			start := env.Now()
			if test.signal > 0 {
				env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.LookSignal.Name, "a person") }, test.signal)
			}
			env.ExecuteWorkflow(workflows.Lists, workflows.ListsInput{Registry: sluss.Avfallsregistret})
			if again := (*workflow.ContinueAsNewError)(nil); !errors.As(env.GetWorkflowError(), &again) {
				t.Fatalf("ended: %v", env.GetWorkflowError())
			}
			if took := env.Now().Sub(start).Round(time.Minute); took != test.after {
				t.Errorf("looks again after %s, want %s", took, test.after)
			}
			if len(s.found) != 1 || len(s.answers) != 1 {
				t.Fatalf("found %+v, answers %+v", s.found, s.answers)
			}
			f := s.found[0]
			if (f.Error != "") != test.down || (len(f.Drift) == 1) == test.down || f.FetchedAt.IsZero() != test.down || len(f.Warnings(f.CheckedAt)) != 2 {
				t.Errorf("found %+v, warns %q", f, f.Warnings(f.CheckedAt))
			}
		})
	}
}
