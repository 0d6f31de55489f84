package workflows_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"sluss"
	"sluss/activities"
	"sluss/workflows"
)

// shelf keeps what was found, and grants every permit.
type shelf struct {
	fakeLedger

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

func (s *shelf) ReferenceData(context.Context, string) ([]sluss.ReferenceData, error) {
	return s.found, nil
}

// TestACheckOfReferenceDataEnds: the result is stored, even if the check failed. A
// check that is not due makes no call, unless a person asks.
func TestACheckOfReferenceDataEnds(t *testing.T) {
	for name, test := range map[string]struct {
		down  bool
		known []sluss.ReferenceData
		now   bool
		calls int
	}{
		"the first":         {calls: 1},
		"nothing came":      {down: true, calls: 1},
		"not due":           {known: []sluss.ReferenceData{{CheckedAt: time.Now().Add(-time.Hour)}}},
		"a person asks":     {known: []sluss.ReferenceData{{CheckedAt: time.Now().Add(-time.Hour)}}, now: true, calls: 1},
		"not due, and down": {down: true, known: []sluss.ReferenceData{{CheckedAt: time.Now().Add(-time.Hour)}}},
	} {
		t.Run(name, func(t *testing.T) {
			env := newEnvironment()
			env.RegisterWorkflow(workflows.ReferenceData)
			s := &shelf{fakeLedger: fakeLedger{attempts: map[string]bool{}}, found: test.known}
			env.RegisterActivity(&activities.ReferenceData{
				Ledger: s, Registries: map[string]activities.ReferenceSource{sluss.Avfallsregistret: &source{test.down}},
				Codes: func(time.Time) []string { return []string{"130205*"} }, Log: slog.New(slog.DiscardHandler),
			})
			env.ExecuteWorkflow(workflows.ReferenceData, activities.ReferenceDataInput{Registry: sluss.Avfallsregistret, Now: test.now})
			if err := env.GetWorkflowError(); err != nil {
				t.Fatalf("failed: %v", err)
			}
			if len(s.found) != len(test.known)+test.calls || len(s.answers) != test.calls {
				t.Fatalf("found %+v, answers %+v", s.found, s.answers)
			}
			if test.calls == 0 {
				return
			}
			f := s.found[len(s.found)-1]
			if (f.Error != "") != test.down || (len(f.Drift) == 1) == test.down || f.FetchedAt.IsZero() != test.down || len(f.Warnings(f.CheckedAt)) != 2 {
				t.Errorf("found %+v, warns %q", f, f.Warnings(f.CheckedAt))
			}
		})
	}
}
