package workflows_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/workflows"
)

// TestTimesThatCannotBeAreRefused: 1900 and 2099, by update and by signal.
func TestTimesThatCannotBeAreRefused(t *testing.T) {
	p := newPlant(t, "fr-solvents")
	for _, at := range []time.Time{time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)} {
		s := sluss.Signature{Role: sluss.Producer, Person: sluss.Person{Name: "Jeanne Morel"}, At: at}
		p.after(hour, func() {
			s.ContentHash = p.hash("fr.emission#1")
			_ = p.env.UpdateWorkflowByID(p.filing("fr.emission#1").Workflow(), workflows.SignUpdate.Name, p.update(), p.expect("signature", "at: "+at.Format(time.RFC3339)), to(p.filing("fr.emission#1"), s))
			if err := p.env.SignalWorkflowByID(p.filing("fr.emission#1").Workflow(), workflows.SignSignal.Name, to(p.filing("fr.emission#1"), s)); err != nil {
				t.Error(err)
			}
			c := sluss.Correction{Set: map[string]string{"waste.mass": "1180"}, Reason: "weighed", By: s.Person, At: at}
			p.env.UpdateWorkflow(workflows.CorrectUpdate.Name, p.update(), p.expect("correction", "at: "+at.Format(time.RFC3339)), c)
		})
		e := sluss.Event{Kind: sluss.PickedUp, Leg: 1, At: at, By: sluss.Person{Name: "Bo Lind"}}
		p.after(4*hour+hour/2, func() {
			p.env.UpdateWorkflow(workflows.EventUpdate.Name, p.update(), p.expect("event", "at: "+at.Format(time.RFC3339)), e)
		})
	}
	p.after(2*hour, func() { // on paper, an hour before it was entered
		s := sluss.Signature{Role: sluss.Producer, Person: sluss.Person{Name: "Jeanne Morel"}, At: p.start.Add(hour), ContentHash: p.hash("fr.emission#1")}
		_ = p.env.UpdateWorkflowByID(p.filing("fr.emission#1").Workflow(), workflows.SignUpdate.Name, p.update(), p.expect("signature", ""), to(p.filing("fr.emission#1"), s))
	})
	p.french(4 * hour)
	p.run()
	refused := slices.DeleteFunc(slices.Clone(p.ledger.signatures), func(s sluss.SignatureRecord) bool { return s.Refused == "" })
	if len(refused) != 2 || len(p.ledger.corrections) != 0 {
		t.Errorf("%d refused signatures, %d corrections are recorded", len(refused), len(p.ledger.corrections))
	}
}

// rejection is the error with which an update is refused.
type rejection struct{ err error }

func (r *rejection) Accept()             {}
func (r *rejection) Reject(err error)    { r.err = err }
func (r *rejection) Complete(any, error) {}

// TestATimeIsToldWrongOnce: the waste cannot have left before it was produced, nor can
// anything have happened to the batch.
func TestATimeIsToldWrongOnce(t *testing.T) {
	p, told := newPlant(t, "se-waste-oil"), rejection{}
	e := sluss.Event{Kind: sluss.PickedUp, Leg: 1, At: p.start.AddDate(0, 0, -8), By: sluss.Person{Name: "Bo Lind"}}
	p.after(hour, func() { p.env.UpdateWorkflow(workflows.EventUpdate.Name, p.update(), &told, e) })
	p.swedish()
	p.run()
	if told.err == nil || strings.Count(told.err.Error(), "at: ") != 1 || !strings.Contains(told.err.Error(), "is before produced, which happened at") {
		t.Errorf("%v", told.err)
	}
}

func TestDecisionsAndAmendmentsOfTimesThatCannotBeAreRefused(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	never := time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	moved := p.amended(p.removed(), sluss.Amendment{Set: map[string]string{
		"events.pickedUp#1.at": never.Format(time.RFC3339), "events.pickedUp#1.confirmed.0.field": "at", "events.pickedUp#1.confirmed.0.reason": "as it was told",
	}})
	fine := p.amended(p.removed(), sluss.Amendment{Set: map[string]string{"events.pickedUp#1.at": p.start.Add(hour).Format(time.RFC3339)}})
	p.approve(hour, sluss.Officer, "Eva Strand", "events.pickedUp#1.at: 2099") // as it was asked for
	d := sluss.Decision{Kind: sluss.DecidedWithdrawn, Reason: "a slip", By: sluss.Person{Name: "Karin Holm"}, At: never}
	p.after(2*hour, func() {
		p.env.UpdateWorkflow(workflows.DecideUpdate.Name, p.update(), p.expect("decision", "at: 2099"), to(p.alone, d))
	})
	p.after(3*hour, func() {
		p.env.UpdateWorkflow(workflows.AmendUpdate.Name, p.update(), p.expect("content", ""), to(p.alone, fine))
	})
	p.after(4*hour, func() {
		p.env.UpdateWorkflow(workflows.AmendUpdate.Name, p.update(), p.expect("content", "events.pickedUp#1.at: 2099"), to(p.alone, moved))
	})
	p.approve(5*hour, sluss.Officer, "Eva Strand", "")
	p.amendment(moved)
	if sent := p.registry.sent; len(sent) != 1 || sent[0].Content.Hash() != fine.Hash() {
		t.Errorf("sent %+v", sent)
	}
}

// TestSameMessageTwiceIsOne: the answer to the first message was lost. A missing time is
// filled in, which does not make it another message.
func TestSameMessageTwiceIsOne(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportRemoval: func(n int, s sluss.Submission) (sluss.Outcome, error) {
			if n > 1 {
				return accepted(s), nil
			}
			return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{Message: "no profile"}}}, nil
		},
	}
	p.queued(20*hour-3*time.Second, sluss.QueuePlace{Granted: true, In: 18 * hour, At: p.start.Add(20 * hour)})
	p.swedish()
	for range 2 {
		p.report(2*hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1}) // with the one above, three in all
	}
	for _, at := range []time.Duration{hour, hour + time.Minute} { // before the batch is on its way
		p.correct(at, map[string]string{"waste.mass": "1180"})
	}
	p.correct(90*time.Minute, map[string]string{"waste.mass": "1190"})
	p.correct(100*time.Minute, map[string]string{"waste.mass": "1180"}) // another one: it changes something
	again := sluss.Decision{Kind: sluss.DecidedAgain, Reason: "the profile is there now", By: sluss.Person{Name: "Cecilia Berg"}}
	p.away(25*hour, 26*hour)
	p.settles(25*hour, "", again)
	p.settles(25*hour+time.Minute, "", again)
	p.run()
	if n := len(p.ledger.corrections); n != 3 {
		t.Errorf("%d corrections are recorded", n)
	}
	for _, c := range p.ledger.corrections {
		if c.Correction.At.IsZero() {
			t.Errorf("a correction is recorded without its time: %+v", c)
		}
	}
	if d := p.ledger.decisions; len(d) != 1 || d[0].Decision.At.IsZero() {
		t.Errorf("decisions recorded: %+v", d)
	}
	if n := len(slices.DeleteFunc(slices.Clone(p.ledger.events), func(e sluss.EventID) bool { return e != "pickedUp#1" })); n != 1 {
		t.Errorf("picked up %d times", n)
	}
	if sent := len(p.registry.of(sluss.ReportRemoval)); sent != 2 {
		t.Errorf("sent %d times, want 2", sent)
	}
}

func TestSameSignatureAmendmentAndResultTwiceAreOne(t *testing.T) {
	t.Run("signature and amendment", func(t *testing.T) {
		p := newPlant(t, "se-waste-oil")
		first, second := p.amended(p.removed(), weighed("1180")), p.amended(p.removed(), weighed("1190"))
		for _, at := range []time.Duration{hour, 2 * hour} {
			p.after(at, func() {
				p.env.UpdateWorkflow(workflows.AmendUpdate.Name, p.update(), p.expect("another content", ""), to(p.alone, second))
			})
		}
		p.queued(0, sluss.QueuePlace{})
		p.ledger.wait = func(sluss.Intent) *sluss.QueuePlace {
			if p.env.Now().Before(p.start.Add(20 * hour)) {
				return &sluss.QueuePlace{Granted: true, In: 15 * hour, At: p.start.Add(20 * hour)}
			}
			return nil
		}
		s := sluss.Signature{Role: sluss.Officer, Person: sluss.Person{Name: "Eva Strand"}, At: p.start.Add(4 * hour), ContentHash: second.Hash()}
		for _, at := range []time.Duration{5 * hour, 6 * hour} {
			p.after(at, func() {
				p.env.UpdateWorkflow(workflows.SignUpdate.Name, p.update(), p.expect("signature", ""), to(p.alone, s))
			})
		}
		p.amendment(first)
		if len(p.ledger.signatures) != 1 || len(p.registry.sent) != 1 {
			t.Errorf("%d signatures, sent %d times", len(p.ledger.signatures), len(p.registry.sent))
		}
	})
	t.Run("result", func(t *testing.T) {
		p, l := newTreater(t, map[string]int{"A": 3})
		filing := sluss.FilingID("filing/default/A/se.treatment#2026-Q4")
		for _, at := range []time.Duration{9 * day, 10 * day} {
			p.after(at, func() {
				c := workflows.ResultCorrection{Filing: filing, Correction: sluss.Correction{Set: map[string]string{"product": "1000"}, Reason: "our records", By: sluss.Person{Name: "Cecilia Berg"}}}
				if err := p.env.UpdateWorkflowByID(p.site().ID(), workflows.CorrectResultUpdate.Name, p.update(), p.expect("correction", ""), c); err != nil {
					t.Error(err)
				}
			})
		}
		p.until(12 * day)
		if n := len(l.corrections); n != 1 || l.corrections[0].Correction.At.IsZero() {
			t.Errorf("recorded %+v", l.corrections)
		}
	})
}

// TestSameEventTwiceIsOneInAFreshHistoryToo: the run that took it has ended.
func TestSameEventTwiceIsOneInAFreshHistoryToo(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.ledger.known = &sluss.BatchSnapshot{Declaration: p.batch, Events: []sluss.Event{p.produced(), p.pickedUp()}}
	p.swedish() // its pick-up is the one that is known
	p.run()
	if slices.Contains(p.ledger.events, "pickedUp#1") {
		t.Errorf("recorded %v", p.ledger.events)
	}
}
