package workflows_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/obligations"
	"sluss/workflows"
)

const noteID = "72c37c0e-8f3a-4ff9-a4d3-3f1f6b6d9f01"

// removed is the producer's note of the plant's batch, as the registry took it.
func (p *plant) removed() sluss.Content {
	p.t.Helper()
	events := []sluss.Event{
		{Kind: sluss.Produced, At: p.start, By: sluss.Person{Name: "Anna Ek"}},
		{Kind: sluss.PickedUp, Leg: 1, At: p.start.Add(2 * hour), By: sluss.Person{Name: "Bo Lind"}},
	}
	for _, o := range obligations.For(p.batch, events) {
		if o.Report == sluss.ReportRemoval {
			return sluss.Content{Declaration: p.batch, Obligation: o, Events: events}
		}
	}
	p.t.Fatal("no removal is owed")
	return sluss.Content{}
}

// amended is the content that amends a note, asked for by Karin Holm.
func (p *plant) amended(filed sluss.Content, a sluss.Amendment) sluss.Content {
	p.t.Helper()
	a.Filing, a.Receipt, a.Reason, a.By.Name = p.filing("se.removal"), noteID, "weighed again", "Karin Holm"
	c, err := obligations.Amend(filed, 1, a)
	if err != nil {
		p.t.Fatal(err)
	}
	return c
}

func weighed(mass string) sluss.Amendment {
	return sluss.Amendment{Set: map[string]string{"waste.mass": mass}}
}

func doubled() sluss.Amendment { return sluss.Amendment{Annul: sluss.SentTwice} }

// amendment runs an amendment of a batch that was closed long ago.
func (p *plant) amendment(c sluss.Content) workflows.FilingResult {
	p.t.Helper()
	const whatever = "mock.Anything"
	p.env.OnSignalExternalWorkflow(whatever, string(p.batch.ID()), "", "amended", whatever).Return(errors.New("there is no such workflow"))
	p.executeFiling(workflows.Amendment, workflows.FilingInput{Batch: p.batch.ID(), Content: c, Policy: workflows.DefaultPolicy()})
	if !p.env.IsWorkflowCompleted() || p.env.GetWorkflowError() != nil {
		p.t.Fatalf("the amendment did not end well: %v; recorded: %v", p.env.GetWorkflowError(), p.ledger.stages)
	}
	var result workflows.FilingResult
	if err := p.env.GetWorkflowResult(&result); err != nil {
		p.t.Fatal(err)
	}
	return result
}

// state is the state of the amendment.
func (p *plant) state() workflows.FilingState {
	p.t.Helper()
	var state workflows.FilingState
	value, err := p.env.QueryWorkflow(workflows.FilingQuery.Name, p.alone)
	if err == nil {
		err = value.Get(&state)
	}
	if err != nil {
		p.t.Error(err)
	}
	return state
}

// approve signs the amendment's current content.
func (p *plant) approve(at time.Duration, role sluss.Role, name, refused string) {
	p.after(at, func() {
		s := sluss.Signature{Role: role, Person: sluss.Person{Name: name}, At: p.start.Add(at), ContentHash: p.state().Hash}
		p.env.UpdateWorkflow(workflows.SignUpdate.Name, p.update(), p.expect("signature", refused), to(p.alone, s))
	})
}

func (p *plant) settle(at time.Duration, d sluss.Decision, refused string) {
	d.Reason, d.By.Name, d.At = "seen in the e-service", "Karin Holm", p.start.Add(at)
	p.after(at, func() {
		p.env.UpdateWorkflow(workflows.DecideUpdate.Name, p.update(), p.expect("decision", refused), to(p.alone, d))
	})
}

func TestCorrectionIsApprovedAndSubmittedOnce(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	c := p.amended(p.removed(), weighed("1180"))
	p.approve(hour, sluss.Officer, "Karin Holm", "") // an officer's signature is enough
	result := p.amendment(c)

	if result.Stage != sluss.StageAccepted || result.Receipt.ID != "id-of-se.removal.amend1" {
		t.Errorf("result %+v", result)
	}
	if sent := p.registry.sent; len(sent) != 1 || sent[0].Content.Hash() != c.Hash() || sent[0].Signature.ContentHash != c.Hash() || sent[0].Content.Amends.Receipt != noteID {
		t.Errorf("sent %+v", sent)
	}
	if s := p.ledger.signatures; len(s) != 1 || s[0].Refused != "" {
		t.Errorf("signatures %+v", s)
	}
}

func TestAmendmentOfAnothersRoleNeedsASecondPerson(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	filed := p.removed()
	filed.Obligation.Signer = sluss.Producer
	p.approve(hour, sluss.Producer, "Karin Holm", "another person must approve it")
	p.approve(2*hour, sluss.Officer, "Eva Strand", "signed by the producer")
	p.approve(3*hour, sluss.Producer, "Eva Strand", "")
	if result := p.amendment(p.amended(filed, doubled())); result.Stage != sluss.StageAccepted || len(p.registry.sent) != 1 {
		t.Errorf("%+v, sent %d", result, len(p.registry.sent))
	}
}

func TestAmendmentIsWithdrawnBeforeItIsSigned(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.settle(hour, sluss.Decision{Kind: sluss.DecidedTaken, Receipt: "x"}, `only ["withdrawn"]`)
	p.settle(2*hour, sluss.Decision{Kind: sluss.DecidedWithdrawn}, "")
	if result := p.amendment(p.amended(p.removed(), doubled())); result.Stage != sluss.StageWithdrawn || len(p.registry.sent) != 0 {
		t.Errorf("%+v, sent %d", result, len(p.registry.sent))
	}
}

func TestRejectedCorrectionIsCorrectedByItself(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportRemoval: func(n int, s sluss.Submission) (sluss.Outcome, error) {
			if n == 1 {
				return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{Field: "waste.mass", Message: "too little"}}}, nil
			}
			return accepted(s), nil
		},
	}
	first, second := p.amended(p.removed(), weighed("1180")), p.amended(p.removed(), weighed("1190"))
	reword := func(at time.Duration, c sluss.Content, refused string) {
		p.after(at, func() {
			p.env.UpdateWorkflow(workflows.AmendUpdate.Name, p.update(), p.expect("another content", refused), to(p.alone, c))
		})
	}
	reword(30*time.Minute, p.amended(p.removed(), doubled()), "amends another report, or in another way")
	p.approve(hour, sluss.Officer, "Eva Strand", "")
	p.after(2*hour, func() {
		actions := p.state().Actions
		if len(actions) == 0 || actions[0].Kind != workflows.ActAmend || sluss.BatchID(actions[0].Target) == p.batch.ID() {
			t.Errorf("rejected: %+v", actions)
		}
	})
	reword(3*hour, first, "says that already")
	reword(4*hour, second, "")
	p.approve(5*hour, sluss.Officer, "Eva Strand", "") // what was signed has changed
	if result := p.amendment(first); result.Stage != sluss.StageAccepted {
		t.Fatalf("%+v", result)
	}
	if sent := p.registry.sent; len(sent) != 2 || sent[1].Content.Hash() != second.Hash() || sent[1].Signature.ContentHash != second.Hash() {
		t.Errorf("sent %+v", sent)
	}
	for _, stage := range []string{"waiting for signature", "rejected", "sending"} {
		if !slices.ContainsFunc(p.ledger.stages, func(s string) bool { return strings.HasSuffix(s, stage) }) {
			t.Errorf("%q was not recorded: %q", stage, p.ledger.stages)
		}
	}
}

func TestLostAnswerToAnAmendmentIsNeverSentTwice(t *testing.T) {
	for name, test := range map[string]struct {
		find   func(int, sluss.Submission) (sluss.Outcome, error)
		decide *sluss.Decision
		sent   int
		id     string
	}{
		"found":     {func(_ int, s sluss.Submission) (sluss.Outcome, error) { return accepted(s), nil }, nil, 1, "id-of-se.removal.amend1"},
		"taken":     {func(int, sluss.Submission) (sluss.Outcome, error) { return sluss.Outcome{}, sluss.ErrCannotAsk }, &sluss.Decision{Kind: sluss.DecidedTaken, Receipt: filedByHand}, 1, filedByHand},
		"not taken": {func(int, sluss.Submission) (sluss.Outcome, error) { return sluss.Outcome{}, sluss.ErrCannotAsk }, &sluss.Decision{Kind: sluss.DecidedNotTaken}, 2, "id-of-se.removal.amend1"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlant(t, "se-waste-oil")
			p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
				sluss.ReportRemoval: func(n int, s sluss.Submission) (sluss.Outcome, error) {
					if n == 1 {
						return sluss.Outcome{Kind: sluss.Unknown}, nil
					}
					return accepted(s), nil
				},
			}
			p.registry.find = test.find
			p.approve(hour, sluss.Officer, "Eva Strand", "")
			if test.decide != nil {
				p.settle(100*24*hour, *test.decide, "")
			}
			if result := p.amendment(p.amended(p.removed(), weighed("1180"))); result.Stage != sluss.StageAccepted || result.Receipt.ID != test.id {
				t.Errorf("%+v", result)
			}
			if len(p.registry.sent) != test.sent {
				t.Errorf("sent %d times, want %d", len(p.registry.sent), test.sent)
			}
		})
	}
}

// TestNotesNameTheVersionThatCounts runs a batch and an amendment of it, as the service starts one.
func TestNotesNameTheVersionThatCounts(t *testing.T) {
	for name, test := range map[string]struct {
		amendment sluss.Amendment
		want      string
	}{"corrected": {weighed("1180"), "id-of-se.removal.amend1"}, "annulled": {doubled(), ""}} {
		t.Run(name, func(t *testing.T) {
			p := newPlant(t, "se-waste-oil")
			p.batch.Approval = sluss.Officer
			c := p.amended(p.removed(), test.amendment)
			beside := func(ctx workflow.Context, in workflows.BatchInput) error {
				with := func(id string) workflow.Context {
					return workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{WorkflowID: id, ParentClosePolicy: enumspb.PARENT_CLOSE_POLICY_ABANDON})
				}
				batch := workflow.ExecuteChildWorkflow(with(string(p.batch.ID())), workflows.Batch, in)
				if err := workflow.Sleep(ctx, 4*hour); err != nil {
					return err
				}
				amendment := workflow.ExecuteChildWorkflow(with(string(p.filing(c.Obligation.ID))), workflows.Amendment, workflows.FilingInput{Batch: p.batch.ID(), Content: c, Policy: workflows.DefaultPolicy()})
				if err := amendment.Get(ctx, nil); err != nil {
					return err
				}
				return batch.Get(ctx, nil)
			}
			p.env.RegisterWorkflow(workflows.Amendment)
			p.env.RegisterWorkflow(beside)
			report := func(at time.Duration, e sluss.Event) {
				e.At, e.By = p.start.Add(at), sluss.Person{Name: "Bo Lind"}
				p.after(at, func() {
					_ = p.env.UpdateWorkflowByID(string(p.batch.ID()), workflows.EventUpdate.Name, p.update(), p.expect("event "+string(e.ID()), ""), e)
				})
			}
			report(2*hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
			p.sign(3*hour, "se.removal", sluss.Officer)
			before := ""
			p.after(210*time.Minute, func() { before = p.hash("se.transport#1") }) // waits for its signature
			p.sign(5*hour, c.Obligation.ID, sluss.Officer)
			p.after(6*hour, func() {
				if p.hash("se.transport#1") == before {
					t.Error("the next note is still to be signed as it was")
				}
			})
			p.sign(7*hour, "se.transport#1", sluss.Officer)
			if name == "corrected" { // a note that is filed later
				news := struct {
					Obligation string         `json:"obligation"`
					Receipt    *sluss.Receipt `json:"receipt"`
				}{"se.transport#1", &sluss.Receipt{ID: "corrected too"}}
				p.after(450*time.Minute, func() { _ = p.env.SignalWorkflowByID(string(p.batch.ID()), "amended", news) })
			}
			report(8*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
			report(10*hour, sluss.Event{Kind: sluss.WasteAccepted})
			p.sign(11*hour, "se.reception", sluss.Officer)
			report(30*hour, sluss.Event{Kind: sluss.Treated})
			p.env.ExecuteWorkflow(beside, workflows.BatchInput{
				Declaration: p.batch, Policy: workflows.DefaultPolicy(),
				Produced: sluss.Event{Kind: sluss.Produced, At: p.start, By: sluss.Person{Name: "Anna Ek"}},
			})
			if err := p.env.GetWorkflowError(); err != nil || !p.env.IsWorkflowCompleted() {
				t.Fatalf("%v; recorded %q", err, p.ledger.stages)
			}
			carried := p.registry.of(sluss.ReportTransport)
			if len(carried) != 1 || carried[0].Content.Receipts["se.removal"].ID != test.want {
				t.Fatalf("%d notes of transport, which name %q, want %q", len(carried), carried[0].Content.Receipts["se.removal"].ID, test.want)
			}
			received := p.registry.of(sluss.ReportReception)
			if id := received[0].Content.Receipts["se.transport#1"].ID; len(received) != 1 || name == "corrected" && id != "corrected too" || name == "annulled" && id != "id-of-se.transport#1" {
				t.Errorf("%d notes of reception, which name %q", len(received), id)
			}
		})
	}
}

func TestAmendmentOfNothingIsRefused(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.env.ExecuteWorkflow(workflows.Amendment, workflows.FilingInput{Batch: p.batch.ID(), Content: p.removed()})
	var refusal *temporal.ApplicationError
	if err := p.env.GetWorkflowError(); !errors.As(err, &refusal) || refusal.Type() != workflows.Refused {
		t.Errorf("%v", err)
	}
}
