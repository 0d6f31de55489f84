package workflows_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/obligations"
	"sluss/workflows"
)

// step is a step of the plant's BSDD as the registry took it.
func (p *plant) step(note sluss.ReportKind, events ...sluss.Event) sluss.Content {
	p.t.Helper()
	all := []sluss.Event{{Kind: sluss.Produced, At: p.start, By: sluss.Person{Name: "Anna Ek"}}}
	owes := obligations.For(p.batch, all)
	for _, e := range events {
		e.At, e.By = p.start.Add(2*hour), sluss.Person{Name: "Bo Lind"}
		all = append(all, e)
		owes = append(owes, obligations.For(p.batch, all)...)
	}
	i := slices.IndexFunc(owes, func(o sluss.Obligation) bool { return o.Report == note })
	if i < 0 {
		p.t.Fatalf("no %s is owed", note)
	}
	return sluss.Content{Declaration: p.batch, Obligation: owes[i], Events: all}
}

func (p *plant) revision(filed sluss.Content, a sluss.Amendment) sluss.Content {
	p.t.Helper()
	a.Filing, a.Receipt, a.Reason, a.By.Name = p.filing(filed.Obligation.ID), "bsdd", "weighed again", "Karin Holm"
	c, err := obligations.Amend(filed, 1, a)
	if err != nil {
		p.t.Fatal(err)
	}
	return c
}

// pending has the registry keep a revision for the others to approve.
func (p *plant) pending(note sluss.ReportKind, answers ...sluss.Outcome) {
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		note: func(int, sluss.Submission) (sluss.Outcome, error) {
			return sluss.Outcome{Kind: sluss.Unknown, Pending: true, NotBefore: p.env.Now().Add(20 * time.Second), Detail: "waits for the approval of Solvants"}, nil
		},
	}
	p.registry.find = func(n int, _ sluss.Submission) (sluss.Outcome, error) {
		o := answers[min(n, len(answers))-1]
		if o.Kind == "" {
			return o, sluss.ErrAbsent
		}
		if o.Kind == sluss.Deferred {
			o.Pending, o.NotBefore, o.Detail = true, p.env.Now().Add(hour), "waits for the approval of Solvants"
		}
		return o, nil
	}
}

// TestRevisionIsOpenUntilTheOthersApprove: it is asked for once, looked at until
// all have said their word, and shown as what waits for them.
func TestRevisionIsOpenUntilTheOthersApprove(t *testing.T) {
	agreed := sluss.Outcome{Kind: sluss.Accepted, Receipt: &sluss.Receipt{Registry: sluss.Trackdechets, ID: "bsdd", Number: "BSD-1"}}
	p := newPlant(t, "fr-solvents")
	p.pending(sluss.ReportAcceptance, sluss.Outcome{Kind: sluss.Deferred}, sluss.Outcome{Kind: sluss.Deferred}, agreed)
	c := p.revision(p.step(sluss.ReportAcceptance, sluss.Event{Kind: sluss.PickedUp, Leg: 1}, sluss.Event{Kind: sluss.Received, Mass: 3 * sluss.Tonne}, sluss.Event{Kind: sluss.WasteAccepted}),
		sluss.Amendment{Set: map[string]string{"events.received.mass": "3100"}})
	p.approve(hour, sluss.Receiver, "Karin Holm", "another person must approve it")
	p.approve(2*hour, sluss.Receiver, "Rita Blanc", "")
	p.after(3*hour, func() {
		if s := p.state(); s.Stage != sluss.StageDeferred || s.Blocked() || !strings.Contains(s.Detail, "approval of Solvants") || len(s.Actions) != 0 {
			t.Errorf("pending: %+v", s)
		}
	})
	result := p.amendment(c)
	if result.Stage != sluss.StageAccepted || result.Receipt.ID != "bsdd" || len(p.registry.sent) != 1 || p.registry.asked != 3 {
		t.Errorf("%+v; sent %d, asked %d", result, len(p.registry.sent), p.registry.asked)
	}
}

// TestRefusedRevisionIsAPersonsTask: with the other party's words; one that
// somebody withdrew is not asked for again by itself.
func TestRefusedRevisionIsAPersonsTask(t *testing.T) {
	for name, test := range map[string]struct {
		answer sluss.Outcome
		why    string
	}{
		"refused":   {sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{Message: "Solvants refuses the revision: not ours", Remedy: "agree"}}}, "not ours"},
		"withdrawn": {sluss.Outcome{}, "somebody withdrew it"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlant(t, "fr-solvents")
			p.pending(sluss.ReportEmission, sluss.Outcome{Kind: sluss.Deferred}, test.answer)
			c := p.revision(p.step(sluss.ReportEmission), sluss.Amendment{Set: map[string]string{"waste.name": "Solvents"}})
			p.approve(hour, sluss.Producer, "Emil Roux", "")
			p.after(4*hour, func() {
				s := p.state()
				if s.Stage != sluss.StageRejected || len(s.Reasons) != 1 || !strings.Contains(s.Reasons[0].Message, test.why) || s.Actions[0].Kind != workflows.ActAmend {
					t.Errorf("%+v", s)
				}
			})
			p.settle(5*hour, sluss.Decision{Kind: sluss.DecidedWithdrawn}, "")
			if result := p.amendment(c); result.Stage != sluss.StageWithdrawn || len(p.registry.sent) != 1 {
				t.Errorf("%+v; sent %d", result, len(p.registry.sent))
			}
		})
	}
}

// TestAnnulledBSDDEndsItsBatch: what waits is withdrawn, what was to come is not
// begun, and a batch that was all under it is closed.
func TestAnnulledBSDDEndsItsBatch(t *testing.T) {
	p := newPlant(t, "fr-solvents")
	p.env.RegisterWorkflow(workflows.Amendment)
	c := p.revision(p.step(sluss.ReportCreation), sluss.Amendment{Annul: sluss.NotCarried})
	beside := func(ctx workflow.Context, in workflows.BatchInput) (workflows.BatchResult, error) {
		var result workflows.BatchResult
		options := func(id string) workflow.Context {
			return workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{WorkflowID: id})
		}
		batch := workflow.ExecuteChildWorkflow(options(string(p.batch.ID())), workflows.Batch, in)
		if err := workflow.Sleep(ctx, 2*hour); err != nil {
			return result, err
		}
		workflow.ExecuteChildWorkflow(options(string(p.filing(c.Obligation.ID))), workflows.Amendment, workflows.FilingInput{Batch: p.batch.ID(), Content: c, Policy: in.Policy})
		return result, batch.Get(ctx, &result)
	}
	p.env.RegisterWorkflow(beside)
	p.sign(3*hour, c.Obligation.ID, sluss.Officer)
	p.env.ExecuteWorkflow(beside, workflows.BatchInput{
		Declaration: p.batch, Policy: workflows.DefaultPolicy(),
		Produced: sluss.Event{Kind: sluss.Produced, At: p.start, By: sluss.Person{Name: "Anna Ek"}},
	})
	var result workflows.BatchResult
	if err := p.env.GetWorkflowError(); err != nil || p.env.GetWorkflowResult(&result) != nil {
		t.Fatalf("%v; recorded %q", err, p.ledger.stages)
	}
	stands := map[sluss.ObligationID]sluss.FilingStage{}
	for _, f := range result.Filings {
		stands[f.Obligation.ID] = f.Stage
	}
	if result.How != "annulled" || stands["fr.creation"] != sluss.StageAccepted || stands["fr.emission#1"] != sluss.StageWithdrawn || stands["fr.take-over#1"] != sluss.StageWithdrawn {
		t.Errorf("%s: %v", result.How, stands)
	}
	for _, s := range p.registry.sent {
		if note := s.Content.Obligation.Report; note == sluss.ReportEmission || note == sluss.ReportTakeOver {
			t.Errorf("%s was sent", note)
		}
	}
	if !slices.Contains(p.ledger.stages, "fr.take-over#1: withdrawn") || len(p.ledger.decisions) != 1 || p.ledger.decisions[0].Decision.By.Name != "Karin Holm" {
		t.Errorf("recorded %q, %+v", p.ledger.stages, p.ledger.decisions)
	}
}
