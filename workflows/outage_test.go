package workflows_test

import (
	"slices"
	"testing"
	"time"

	"sluss"
	"sluss/workflows"
)

// TestCorrectionReachesWhatAnOutageKeepsFromBeingSent: what was right before it is
// not sent when the registry is back.
func TestCorrectionReachesWhatAnOutageKeepsFromBeingSent(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	var taken []sluss.Mass
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportRemoval: func(_ int, s sluss.Submission) (sluss.Outcome, error) {
			told := s.Content.Declaration.Waste.Mass
			// The test environment tries on what was taken back; Temporal does not.
			if told == p.batch.Waste.Mass && p.env.Now().Before(p.start.Add(2*hour+8*time.Minute)) || len(taken) > 0 {
				return sluss.Outcome{}, sluss.ErrNotSent
			}
			taken = append(taken, told)
			return accepted(s), nil
		},
	}
	p.swedish()
	p.correct(2*hour+5*time.Minute, map[string]string{"waste.mass": "1180"})
	p.run()
	if !slices.Equal(taken, []sluss.Mass{1180 * sluss.Kilogram}) {
		t.Errorf("%s was sent", taken)
	}
}

// TestAnnulmentReachesWhatIsOnItsWay: in an outage, and while a person is asked about the outcome.
func TestAnnulmentReachesWhatIsOnItsWay(t *testing.T) {
	for name, answer := range map[string]func(n int) (sluss.Outcome, error){
		"an outage": func(n int) (sluss.Outcome, error) {
			if n < 20 { // some minutes after the annulment
				return sluss.Outcome{}, sluss.ErrNotSent
			}
			return sluss.Outcome{Kind: sluss.Accepted}, nil
		},
		"a lost answer": func(int) (sluss.Outcome, error) { return sluss.Outcome{Kind: sluss.Unknown}, nil },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlant(t, "fr-solvents")
			p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
				sluss.ReportSealing: func(n int, _ sluss.Submission) (sluss.Outcome, error) { return answer(n) },
			}
			p.registry.find = func(int, sluss.Submission) (sluss.Outcome, error) { return sluss.Outcome{}, sluss.ErrCannotAsk }
			p.after(5*time.Minute, func() {
				p.env.SignalWorkflow("amended", map[string]any{"obligation": "fr.creation", "withdraws": sluss.Decision{
					Kind: sluss.DecidedWithdrawn, Reason: "the BSDD is annulled", By: sluss.Person{Name: "Karin"},
				}})
			})
			for _, f := range p.run().Filings {
				if f.Obligation.Report == sluss.ReportSealing && f.Stage != sluss.StageWithdrawn {
					t.Errorf("%+v", f)
				}
			}
		})
	}
}

// TestACreationWhoseAnswerWasLostIsSettledBeforeItIsWithdrawn: if there is a BSDD of a
// cancelled batch, somebody must annul it.
func TestACreationWhoseAnswerWasLostIsSettledBeforeItIsWithdrawn(t *testing.T) {
	p := newPlant(t, "fr-solvents")
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportCreation: func(int, sluss.Submission) (sluss.Outcome, error) { return sluss.Outcome{Kind: sluss.Unknown}, nil },
	}
	p.registry.find = func(int, sluss.Submission) (sluss.Outcome, error) { return sluss.Outcome{}, sluss.ErrCannotAsk }
	p.report(30*time.Minute, sluss.Event{Kind: sluss.Cancelled, Reason: "called off"})
	p.after(hour, func() {
		d := sluss.Decision{Kind: sluss.DecidedTaken, Receipt: "cm3v2z0000000000000000000", Reason: "seen there", By: sluss.Person{Name: "Karin"}, At: p.env.Now()}
		id := p.filing("fr.creation")
		_ = p.env.UpdateWorkflowByID(id.Workflow(), workflows.DecideUpdate.Name, p.update(), p.expect("decision", ""), to(id, d))
	})
	result := p.run()
	if f := result.Filings[1]; result.How != "cancelled" || f.Obligation.Report != sluss.ReportCreation || f.Stage != sluss.StageAccepted || f.Receipt == nil {
		t.Errorf("ended %s, %+v", result.How, f)
	}
}
