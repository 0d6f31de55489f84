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

	found []sluss.ReferenceData
}

func (s *shelf) RecordReferenceData(_ context.Context, c sluss.ReferenceData) error {
	s.found = append(s.found, c)
	return nil
}

// source has lists, unless it is down.
type source struct{ down bool }

func (l *source) ReferenceCalls() int { return 5 }

func (l *source) CertificateEnds() time.Time { return time.Now().AddDate(0, 0, 20) }

func (l *source) CheckReferenceData(_ context.Context, codes []string) (json.RawMessage, []sluss.Drift, error) {
	if l.down {
		return nil, nil, errors.New("no answer")
	}
	return json.RawMessage(`{}`), []sluss.Drift{{List: "avfallstyper", Code: codes[0], Problem: "p", Remedy: "r"}}, nil
}

// TestReferenceDataAreLookedAtEveryDay: and sooner where somebody asks, or nothing came.
func TestReferenceDataAreLookedAtEveryDay(t *testing.T) {
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
			env.RegisterWorkflow(workflows.ReferenceData)
			s := &shelf{book: book{attempts: map[string]bool{}}}
			env.RegisterActivity(&activities.ReferenceData{
				Ledger: s, Registries: map[string]activities.ReferenceSource{sluss.Avfallsregistret: &source{test.down}},
				Codes: func(time.Time) []string { return []string{"130205*"} }, Log: slog.New(slog.DiscardHandler),
			})
			start := env.Now()
			if test.signal > 0 {
				env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.LookSignal.Name, "a person") }, test.signal)
			}
			env.ExecuteWorkflow(workflows.ReferenceData, workflows.ReferenceDataInput{Registry: sluss.Avfallsregistret})
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
