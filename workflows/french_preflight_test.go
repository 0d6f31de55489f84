package workflows_test

import (
	"slices"
	"testing"
	"time"

	"sluss"
	"sluss/workflows"
)

// blocked refuses a preflight for as long as the receiver has that number, or so
// many times.
func (p *plant) blocked(receiver string, times int) {
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportPreflight: func(n int, s sluss.Submission) (sluss.Outcome, error) {
			if n > times || s.Content.Declaration.Receiver.ID != receiver {
				return accepted(s), nil
			}
			return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{
				Code: "wrong-profile", Field: "receiver.id", Message: "is not registered as destination", Remedy: "name another establishment",
			}}}, nil
		},
	}
}

// lives signs and reports all there is of a French batch, from that hour on.
func (p *plant) lives(from time.Duration) {
	p.sign(from, "fr.emission#1", sluss.Producer)
	p.sign(from+hour, "fr.take-over#1", sluss.Transporter)
	p.report(from+2*hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	p.report(from+3*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
	p.sign(from+4*hour, "fr.arrival", sluss.Receiver)
	p.report(from+5*hour, sluss.Event{Kind: sluss.WasteAccepted})
	p.sign(from+6*hour, "fr.acceptance", sluss.Receiver)
	p.report(from+7*hour, sluss.Event{Kind: sluss.Treated})
	p.sign(from+8*hour, "fr.processing", sluss.Receiver)
}

func (p *plant) decide(at time.Duration, obligation sluss.ObligationID, d sluss.Decision, refused string) {
	d.Reason, d.By.Name, d.At = "rung them up", "Karin Holm", p.start.Add(at)
	p.after(at, func() {
		if d.Kind == sluss.DecidedOverride {
			d.ContentHash = p.hash(obligation)
		}
		if err := p.env.UpdateWorkflowByID(p.filing(obligation).Workflow(), workflows.DecideUpdate.Name, p.update(), p.expect("decision on "+string(obligation), refused), to(p.filing(obligation), d)); err != nil {
			p.t.Errorf("decision on %s: %v", obligation, err)
		}
	})
}

// TestLorryWaitsForThePreflight: what blocks is an officer's task, which the gate
// waits for; it is settled by asking again, by an override, or by a correction.
func TestLorryWaitsForThePreflight(t *testing.T) {
	const shut = "fr.preflight is rejected (the officer)"
	for name, test := range map[string]struct {
		times  int
		settle func(p *plant)
		asked  int
		status string // of the receipt
	}{
		"again": {1, func(p *plant) { p.decide(2*hour, "fr.preflight", sluss.Decision{Kind: sluss.DecidedAgain}, "") }, 2, ""},
		"override": {9, func(p *plant) {
			p.decide(hour, "fr.preflight", sluss.Decision{Kind: sluss.DecidedOverride, Role: sluss.Producer}, "signed by the officer")
			p.decide(2*hour, "fr.preflight", sluss.Decision{Kind: sluss.DecidedOverride, Role: sluss.Officer}, "")
		}, 1, "override"},
		"correction": {9, func(p *plant) {
			c := sluss.Correction{Set: map[string]string{"receiver.id": "00000000283416"}, Reason: "the other site", By: sluss.Person{Name: "Karin Holm"}, At: p.start.Add(2 * hour)}
			p.after(2*hour, func() {
				p.env.UpdateWorkflow(workflows.CorrectUpdate.Name, p.update(), p.expect("correction", ""), c)
			})
		}, 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlant(t, "fr-solvents")
			p.blocked(p.batch.Receiver.ID, test.times)
			p.reportRefused(30*time.Minute, sluss.Event{Kind: sluss.PickedUp, Leg: 1}, shut)
			test.settle(p)
			p.lives(3 * hour)
			result := p.run()
			if asked := p.registry.of(sluss.ReportPreflight); len(asked) != test.asked {
				t.Errorf("asked %d times, want %d", len(asked), test.asked)
			}
			i := slices.IndexFunc(result.Filings, func(f workflows.FilingState) bool { return f.Obligation.Report == sluss.ReportPreflight })
			if i < 0 || result.Filings[i].Stage != sluss.StageAccepted || result.Filings[i].Receipt.Status != test.status {
				t.Errorf("filings %+v", result.Filings)
			}
		})
	}
}

// TestOtherCompaniesAreLookedUpAgain: a correction of the companies on the BSDD after
// their look-up leads to another look-up; any other does not.
func TestOtherCompaniesAreLookedUpAgain(t *testing.T) {
	for set, want := range map[string]int{"receiver.id": 2, "waste.mass": 1} {
		p := newPlant(t, "fr-solvents")
		value := map[string]string{"receiver.id": "00000000283416", "waste.mass": "2900"}[set]
		c := sluss.Correction{Set: map[string]string{set: value}, Reason: "planned anew", By: sluss.Person{Name: "Karin Holm"}, At: p.start.Add(hour)}
		p.after(hour, func() {
			p.env.UpdateWorkflow(workflows.CorrectUpdate.Name, p.update(), p.expect("correction", ""), c)
		})
		p.lives(3 * hour)
		p.run()
		if asked := p.registry.of(sluss.ReportPreflight); len(asked) != want {
			t.Errorf("%s: asked %d times, want %d", set, len(asked), want)
		}
	}
}
