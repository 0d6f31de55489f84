package workflows_test

import (
	"testing"
	"time"

	"sluss"
	"sluss/workflows"
)

// clears makes every look-up clear, for the day of departure.
func clears(s sluss.Submission) sluss.Outcome {
	o := accepted(s)
	departure := s.Content.Declaration.Legs[s.Content.Obligation.Leg-1].Departure
	o.Clearance = &sluss.Clearance{Verdict: sluss.Clear, Day: departure.Truncate(24 * time.Hour)}
	return o
}

func (p *plant) correct(at time.Duration, set map[string]string) { p.correctRefused(at, set, "") }

func (p *plant) correctRefused(at time.Duration, set map[string]string, refused string) {
	p.after(at, func() {
		c := sluss.Correction{By: sluss.Person{Name: "Bo Lind"}, Reason: "the dispatcher called", Set: set}
		p.env.UpdateWorkflow(workflows.CorrectUpdate.Name, p.update(), p.expect("correction", refused), c)
	})
}

func TestVehiclesAreLookedUpAgainWhenTheGroundsChange(t *testing.T) {
	for name, test := range map[string]struct {
		set     map[string]string
		lookups int
		refused string
	}{
		"another day":         {map[string]string{"legs.0.departure": "2026-11-26T09:00:00+01:00"}, 2, ""},
		"another lorry":       {map[string]string{"legs.0.vehicles.0.plate": "TS10007"}, 2, ""},
		"more load":           {map[string]string{"waste.mass": "18500"}, 2, ""},
		"something else":      {map[string]string{"producer.contact.phone": "+46 70 000 00 00"}, 1, ""},
		"the same once again": {map[string]string{"legs.0.vehicles.0.plate": "TS10003"}, 1, "says that already"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlant(t, "no-lorry-swedish-load")
			p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
				sluss.ReportClearance: func(_ int, s sluss.Submission) (sluss.Outcome, error) { return clears(s), nil },
			}
			p.correctRefused(hour, test.set, test.refused)
			departs := 2 * hour
			if test.set["legs.0.departure"] != "" {
				moved, err := time.Parse(time.RFC3339, test.set["legs.0.departure"])
				if err != nil {
					t.Fatal(err)
				}
				p.reportRefused(2*hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1}, "correct legs.0.departure first")
				departs = moved.Sub(p.start)
			}
			p.from(departs)
			p.run()
			if n := len(p.registry.of(sluss.ReportClearance)); n != test.lookups {
				t.Errorf("looked up %d times, want %d", n, test.lookups)
			}
		})
	}
}

func TestASecondLookUpShutsTheGateAgain(t *testing.T) {
	p := newPlant(t, "no-lorry-swedish-load")
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportClearance: func(_ int, s sluss.Submission) (sluss.Outcome, error) {
			if s.Content.Declaration.Legs[0].Vehicles[0].Plate == "TS10009" {
				return sluss.Outcome{Kind: sluss.Rejected, Clearance: &sluss.Clearance{Verdict: sluss.Stop, OverrideBy: []sluss.Role{sluss.Officer}}}, nil
			}
			return clears(s), nil
		},
	}
	p.correct(hour, map[string]string{"legs.0.vehicles.0.plate": "TS10009"})
	p.reportRefused(90*time.Minute, sluss.Event{Kind: sluss.PickedUp, Leg: 1}, "no.clearance#1.again2 is rejected")
	p.correct(100*time.Minute, map[string]string{"legs.0.vehicles.0.plate": "TS10003"})
	p.from(2 * hour)
	p.run()
	if n := len(p.registry.of(sluss.ReportClearance)); n != 3 {
		t.Errorf("looked up %d times, want 3", n)
	}
}

func TestOverrideIsSignedByWhoMay(t *testing.T) {
	p := newPlant(t, "no-lorry-swedish-load")
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportClearance: func(_ int, _ sluss.Submission) (sluss.Outcome, error) {
			return sluss.Outcome{Kind: sluss.Rejected, Clearance: &sluss.Clearance{Verdict: sluss.Stop, OverrideBy: []sluss.Role{sluss.Officer}}}, nil
		},
	}
	override := func(at time.Duration, refused string, change func(*sluss.Decision)) {
		p.after(at, func() {
			d := sluss.Decision{
				Kind: sluss.DecidedOverride, Role: sluss.Officer, ContentHash: p.hash("no.clearance#1"),
				Reason: "inspected this morning", By: sluss.Person{Name: "Cecilia Berg"}, At: p.start.Add(at),
			}
			change(&d)
			_ = p.env.UpdateWorkflowByID(p.filing("no.clearance#1").Workflow(), workflows.DecideUpdate.Name, p.update(), p.expect("override", refused), to(p.filing("no.clearance#1"), d))
		})
	}
	override(hour, `signed by the officer, not by "transporter"`, func(d *sluss.Decision) { d.Role = sluss.Transporter })
	override(hour, "read it again", func(d *sluss.Decision) { d.ContentHash = "sha256:0123456789abcdef" })
	override(90*time.Minute, "", func(*sluss.Decision) {})
	p.from(2 * hour)
	result := p.run()
	if got := result.Filings[0]; got.Obligation.Report != sluss.ReportClearance || got.Receipt == nil || got.Receipt.Status != string(sluss.DecidedOverride) {
		t.Errorf("the clearance ended as %+v", got)
	}
}

func TestARefusalThatNobodyMayOverride(t *testing.T) {
	p := newPlant(t, "no-lorry-swedish-load")
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportClearance: func(n int, s sluss.Submission) (sluss.Outcome, error) {
			if n == 1 {
				return sluss.Outcome{Kind: sluss.Rejected, Clearance: &sluss.Clearance{Verdict: sluss.Stop}}, nil
			}
			return clears(s), nil
		},
	}
	p.after(hour, func() {
		d := sluss.Decision{Kind: sluss.DecidedOverride, Role: sluss.Officer, ContentHash: p.hash("no.clearance#1"), Reason: "x", By: sluss.Person{Name: "Cecilia Berg"}}
		_ = p.env.UpdateWorkflowByID(p.filing("no.clearance#1").Workflow(), workflows.DecideUpdate.Name, p.update(), p.expect("override", "nobody may override"), to(p.filing("no.clearance#1"), d))
	})
	p.correct(90*time.Minute, map[string]string{"legs.0.vehicles.0.plate": "TS10007"})
	p.from(2 * hour)
	p.run()
}
