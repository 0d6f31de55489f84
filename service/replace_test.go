package service_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"sluss"
	"sluss/ledger"
	"sluss/service"
)

// toldOf is a Temporal that takes signals.
type toldOf struct {
	client.Client
	signals []string // workflow and name
	away    bool
	closed  bool
}

func (s *toldOf) SignalWorkflow(_ context.Context, workflow, _, name string, _ any) error {
	switch {
	case s.away:
		return serviceerror.NewUnavailable("no Temporal")
	case s.closed:
		return serviceerror.NewNotFound("closed")
	}
	s.signals = append(s.signals, workflow+" "+name)
	return nil
}

func TestAReceiptThatAPersonTypedWrongIsReplaced(t *testing.T) {
	const wrong, right = "0b5c6d7e-0000-4000-8000-00000000dead", "0b5c6d7e-0000-4000-8000-00000000beef"
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	d := example(t, "se-two-transporters")
	record(t, l, d)
	filing := d.ID().Filing("se.transport#1")
	temporal := &toldOf{}
	sv := &service.Service{Ledger: l, Temporal: temporal}
	replace := sluss.Decision{Kind: sluss.DecidedTaken, Receipt: right, Replaces: wrong, Reason: "typed wrong", By: sluss.Person{Name: officer}}
	var faults sluss.Faults
	if _, err := sv.Decide(t.Context(), filing, replace); !errors.As(err, &faults) || !strings.Contains(err.Error(), "no receipt that a person gave") {
		t.Errorf("before it is decided: %v", err)
	}
	must(t, l.RecordDecision(t.Context(), sluss.DecisionRecord{Filing: filing, Number: 1, Decision: sluss.Decision{Kind: sluss.DecidedTaken, Receipt: wrong, Reason: "seen", By: sluss.Person{Name: officer}, At: noon}}))
	bad := replace
	bad.Receipt, bad.Reason, bad.Kind = "nonsense", "", sluss.DecidedWithdrawn
	if _, err := sv.Decide(t.Context(), filing, bad); !errors.As(err, &faults) || len(faults) != 3 {
		t.Errorf("all faults at once: %v", err)
	}
	other := replace
	other.Replaces = "0b5c6d7e-0000-4000-8000-0000000000ff"
	if _, err := sv.Decide(t.Context(), filing, other); !errors.Is(err, service.ErrRefused) {
		t.Errorf("another receipt than it has: %v", err)
	}
	early := replace
	early.At = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	if _, err := sv.Decide(t.Context(), filing, early); !errors.As(err, &faults) {
		t.Errorf("in 1900: %v", err)
	}
	temporal.away = true
	if _, err := sv.Decide(t.Context(), filing, replace); !errors.Is(err, service.ErrNoAnswer) {
		t.Errorf("the batch cannot be told: %v", err)
	}
	temporal.away = false
	for range 2 {
		state, err := sv.Decide(t.Context(), filing, replace)
		if err != nil || state.Receipt == nil || state.Receipt.ID != right {
			t.Fatalf("%+v, %v", state.Receipt, err)
		}
	}
	if len(temporal.signals) != 2 || temporal.signals[0] != string(d.ID())+" amended" {
		t.Errorf("told %v", temporal.signals)
	}
	lines, err := l.Timeline(t.Context(), d.ID())
	must(t, err)
	decided := 0
	for _, line := range lines {
		if line.Kind == "decision" {
			decided++
		}
	}
	if decided != 2 {
		t.Errorf("%d decisions are recorded", decided)
	}
	temporal.closed = true
	again := replace
	again.Receipt, again.Replaces, again.Reason = wrong, right, "it was right after all"
	if state, err := sv.Decide(t.Context(), filing, again); err != nil || state.Receipt.ID != wrong {
		t.Errorf("of a closed batch: %+v, %v", state.Receipt, err)
	}
}
