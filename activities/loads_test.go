package activities_test

import (
	"context"
	"errors"
	"testing"

	"sluss"
	"sluss/activities"
)

// loads knows one other batch on the vehicles of every look-up.
type loads struct {
	told []sluss.LoadChange
	away bool
}

func (l *loads) Beside(context.Context, sluss.BatchID, int) ([]sluss.LoadPart, error) {
	return []sluss.LoadPart{{Batch: "batch/default/B", Leg: 2, Mass: 9 * sluss.Tonne}}, nil
}

func (l *loads) LoadChanged(_ context.Context, batch sluss.BatchID, change sluss.LoadChange) (bool, error) {
	if l.away {
		return false, errAway
	}
	if batch == "batch/default/B" {
		l.told = append(l.told, change)
	}
	return true, nil
}

func (l *loads) RecordOwed(context.Context, sluss.OwedRecord) error { return nil }

// weighbridge is a registry that refuses every load, and adds up all that it is shown.
type weighbridge struct {
	registry

	shown sluss.Mass
}

func (b *weighbridge) Submit(_ context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	b.shown += s.Content.Declaration.Waste.Mass
	for _, other := range s.Beside {
		b.shown += other.Mass
	}
	return sluss.Outcome{Kind: sluss.Rejected, Clearance: &sluss.Clearance{Verdict: sluss.Stop, Load: b.shown}}, sluss.Exchange{}, nil
}

func TestTheOtherBatchesOfALoadAreToldWhatGoesOnIt(t *testing.T) {
	var w world
	l := &loads{away: true}
	a := w.filings()
	a.Loads = l
	bridge := &weighbridge{}
	a.Registries[name] = bridge
	in := activities.SubmitInput{Number: 1, Submission: sluss.Submission{
		Filing: "filing/default/A/no.clearance#1",
		Content: sluss.Content{
			Declaration: sluss.Declaration{Reference: "A", Waste: sluss.Waste{Mass: 9 * sluss.Tonne}},
			Obligation:  sluss.Obligation{ID: "no.clearance#1", Registry: name, Report: sluss.ReportClearance, Leg: 1},
		},
	}}
	if _, err := a.Submit(t.Context(), in); !errors.Is(err, errAway) {
		t.Fatalf("not told: %v", err)
	}
	l.away = false
	r, err := a.Submit(t.Context(), in) // tried again, it tells, and does not ask again
	if err != nil || r.Outcome.Kind != sluss.Rejected || bridge.shown != 18*sluss.Tonne || len(l.told) != 1 || l.told[0] != (sluss.LoadChange{Leg: 2, Mass: 18 * sluss.Tonne}) {
		t.Errorf("%+v, %v, %s, %+v", r, err, bridge.shown, l.told)
	}
	// A look-up without a batch, and what is no look-up, has nothing beside it.
	in.Submission.Filing = "vehicle/1"
	in.Submission.Content.Obligation.Report = sluss.ReportClearance
	bridge.shown = 0
	if _, err := a.Submit(t.Context(), in); err != nil || bridge.shown != 9*sluss.Tonne || len(l.told) != 1 {
		t.Errorf("%v, %s, %+v", err, bridge.shown, l.told)
	}
}
