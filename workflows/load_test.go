package workflows_test

import (
	"context"
	"testing"
	"time"

	"sluss"
	"sluss/workflows"
)

// Beside tells that no other batch is on a vehicle: what is, the tests tell by signals.
func (b *fakeLedger) Beside(context.Context, sluss.BatchID, int) ([]sluss.LoadPart, error) {
	return nil, nil
}

func (b *fakeLedger) LoadChanged(context.Context, sluss.BatchID, sluss.LoadChange) (bool, error) {
	return false, nil
}

// RecordOwed records obligations.
func (b *fakeLedger) RecordOwed(_ context.Context, r sluss.OwedRecord) error {
	b.Lock()
	defer b.Unlock()
	for _, o := range r.Obligations {
		b.more = append(b.more, o.ID)
	}
	return nil
}

// clearsFor makes every look-up clear for the load that is on the lorry at that time.
func clearsFor(load func(n int) sluss.Mass) map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error) {
	return map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportClearance: func(n int, s sluss.Submission) (sluss.Outcome, error) {
			o := clears(s)
			if o.Clearance.Load = load(n); o.Clearance.Load > 30*sluss.Tonne {
				o.Kind, o.Receipt, o.Clearance.Verdict, o.Clearance.OverrideBy = sluss.Rejected, nil, sluss.Stop, []sluss.Role{sluss.Officer}
			}
			return o, nil
		},
	}
}

// TestABatchThatJoinsALoadHasItLookedUpAgain tells a cleared batch that more goes on its
// lorry: the gate is shut until that is cleared too.
func TestABatchThatJoinsALoadHasItLookedUpAgain(t *testing.T) {
	change := func(p *plant, at time.Duration, l sluss.LoadChange) {
		p.after(at, func() { p.env.SignalWorkflow(workflows.LoadChangedSignal.Name, l) })
	}
	for name, test := range map[string]struct {
		loads   []sluss.Mass // on the lorry, by look-up
		changes []sluss.LoadChange
		lookups int
		gate    string
	}{
		"more":             {[]sluss.Mass{18 * sluss.Tonne, 27 * sluss.Tonne}, []sluss.LoadChange{{Leg: 1, Mass: 27 * sluss.Tonne}}, 2, ""},
		"told twice":       {[]sluss.Mass{18 * sluss.Tonne, 27 * sluss.Tonne}, []sluss.LoadChange{{Leg: 1, Mass: 27 * sluss.Tonne}, {Leg: 1, Mass: 27 * sluss.Tonne}}, 2, ""},
		"as cleared":       {[]sluss.Mass{27 * sluss.Tonne}, []sluss.LoadChange{{Leg: 1, Mass: 27 * sluss.Tonne}}, 1, ""},
		"another leg":      {[]sluss.Mass{18 * sluss.Tonne}, []sluss.LoadChange{{Leg: 2, Mass: 27 * sluss.Tonne}}, 1, ""},
		"more and more":    {[]sluss.Mass{18 * sluss.Tonne, 27 * sluss.Tonne, 29 * sluss.Tonne}, []sluss.LoadChange{{Leg: 1, Mass: 27 * sluss.Tonne}, {Leg: 1, Mass: 29 * sluss.Tonne}}, 3, ""},
		"more than it may": {[]sluss.Mass{18 * sluss.Tonne, 36 * sluss.Tonne}, []sluss.LoadChange{{Leg: 1, Mass: 36 * sluss.Tonne}}, 2, "no.clearance#1.again2 is rejected"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlant(t, "no-lorry-swedish-load")
			p.registry.submit = clearsFor(func(n int) sluss.Mass { return test.loads[min(n, len(test.loads))-1] })
			for i, l := range test.changes {
				change(p, time.Duration(10*(i+1))*time.Minute, l)
			}
			if test.gate != "" {
				p.reportRefused(90*time.Minute, sluss.Event{Kind: sluss.PickedUp, Leg: 1}, test.gate)
				p.after(100*time.Minute, func() { test.loads = []sluss.Mass{18 * sluss.Tonne} })
				p.correct(110*time.Minute, map[string]string{"legs.0.vehicles.0.plate": "TS10007"})
			}
			p.from(2 * hour)
			change(p, 3*hour, sluss.LoadChange{Leg: 1, Mass: 99 * sluss.Tonne}) // it has departed
			p.run()
			want := test.lookups
			if test.gate != "" {
				want++ // with the other lorry
			}
			if n := len(p.registry.of(sluss.ReportClearance)); n != want || len(p.ledger.more) != test.lookups-1 {
				t.Errorf("looked up %d times, want %d; owed besides: %v", n, want, p.ledger.more)
			}
		})
	}
}

// A batch that is told while its own look-up is under way looks up again after it.
func TestALoadThatGrowsWhileItIsLookedUpIsLookedUpAgain(t *testing.T) {
	p := newPlant(t, "no-lorry-swedish-load")
	p.registry.submit = clearsFor(func(n int) sluss.Mass { return sluss.Mass(n-1) * 9 * sluss.Tonne })
	clear := p.registry.submit[sluss.ReportClearance]
	p.registry.submit[sluss.ReportClearance] = func(n int, s sluss.Submission) (sluss.Outcome, error) {
		if n == 1 {
			return sluss.Outcome{Kind: sluss.Deferred, NotBefore: p.env.Now().Add(20 * time.Minute)}, nil
		}
		return clear(n, s)
	}
	p.after(10*time.Minute, func() {
		p.env.SignalWorkflow(workflows.LoadChangedSignal.Name, sluss.LoadChange{Leg: 1, Mass: 18 * sluss.Tonne})
	})
	p.from(2 * hour)
	p.run()
	if n := len(p.registry.of(sluss.ReportClearance)); n != 3 {
		t.Errorf("asked %d times", n)
	}
}
