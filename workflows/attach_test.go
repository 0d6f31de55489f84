package workflows_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/obligations"
	"sluss/workflows"
)

// removal is the content of the producer's note of a batch that was picked up.
func (p *plant) removal() sluss.Content {
	p.t.Helper()
	events := []sluss.Event{p.produced(), p.pickedUp()}
	for _, o := range obligations.For(p.batch, events) {
		if o.Report == sluss.ReportRemoval {
			return sluss.Content{Declaration: p.batch, Obligation: o, Events: events}
		}
	}
	p.t.Fatal("nobody owes the note of removal")
	return sluss.Content{}
}

func (p *plant) produced() sluss.Event {
	return sluss.Event{Kind: sluss.Produced, At: p.start, NotedAt: p.start, By: sluss.Person{Name: "Anna Ek"}}
}

func (p *plant) pickedUp() sluss.Event {
	return sluss.Event{Kind: sluss.PickedUp, Leg: 1, At: p.start.Add(2 * hour), NotedAt: p.start.Add(2 * hour), By: sluss.Person{Name: "Bo Lind"}}
}

// beside runs the batch together with filings that an earlier run of it has started,
// and returns the result of the batch.
func (p *plant) beside(in workflows.BatchInput, filings ...sluss.Content) workflows.BatchResult {
	p.t.Helper()
	beside := func(ctx workflow.Context) (result workflows.BatchResult, err error) {
		var started []workflow.Future
		for _, c := range filings {
			child := workflow.ExecuteChildWorkflow(workflow.WithWorkflowID(ctx, string(p.filing(c.Obligation.ID))), workflows.Filing,
				workflows.FilingInput{Batch: p.batch.ID(), Content: c, Policy: workflows.DefaultPolicy()})
			if err := child.GetChildWorkflowExecution().Get(ctx, nil); err != nil {
				return result, err
			}
			started = append(started, child)
		}
		err = workflow.ExecuteChildWorkflow(workflow.WithWorkflowID(ctx, string(p.batch.ID())), workflows.Batch, in).Get(ctx, &result)
		for _, filing := range started {
			err = errors.Join(err, filing.Get(ctx, nil))
		}
		return result, err
	}
	p.env.RegisterWorkflow(beside)
	p.env.ExecuteWorkflow(beside)
	if err := p.env.GetWorkflowError(); err != nil || !p.env.IsWorkflowCompleted() {
		p.t.Fatalf("the batch did not end: %v; recorded %v", err, p.ledger.stages)
	}
	var result workflows.BatchResult
	if err := p.env.GetWorkflowResult(&result); err != nil {
		p.t.Fatal(err)
	}
	return result
}

// tellBatch reports an event to the batch by its id, as people do.
func (p *plant) tellBatch(at time.Duration, e sluss.Event) {
	if e.At.IsZero() {
		e.At, e.By = p.start.Add(at), sluss.Person{Name: "Bo Lind"}
	}
	p.after(at, func() {
		if err := p.env.UpdateWorkflowByID(string(p.batch.ID()), workflows.EventUpdate.Name, p.update(), p.expect("event "+string(e.ID()), ""), e); err != nil {
			p.t.Error(err)
		}
	})
}

// input is how the batch is declared.
func (p *plant) input() workflows.BatchInput {
	return workflows.BatchInput{Declaration: p.batch, Policy: workflows.DefaultPolicy(), Produced: p.produced()}
}

// asked is how often a signature on the filing was asked for.
func (p *plant) asked(obligation string) (n int) {
	for _, line := range p.ledger.stages {
		if line == obligation+": waiting for signature" {
			n++
		}
	}
	return n
}

// TestABatchAttachesToAFilingThatRuns: the batch was reset, or declared anew,
// while a filing of it runs that waits three days for its signature.
func TestABatchAttachesToAFilingThatRuns(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.batch.Approval = sluss.Officer
	removal := p.removal()
	p.tellBatch(2*hour, p.pickedUp())
	p.tellBatch(5*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
	p.tellBatch(6*hour, sluss.Event{Kind: sluss.WasteAccepted})
	p.tellBatch(30*hour, sluss.Event{Kind: sluss.Treated})
	p.sign(72*hour, "se.removal", sluss.Officer)
	p.sign(73*hour, "se.transport#1", sluss.Officer)
	p.sign(74*hour, "se.reception", sluss.Officer)
	visits := 0
	p.env.SetOnLocalActivityStartedListener(func(info *activity.Info, _ context.Context, _ []any) {
		if info.ActivityType.Name == "LookFiling" {
			visits++
		}
	})
	result := p.beside(p.input(), removal)

	for _, obligation := range []string{"se.removal", "se.transport#1", "se.reception"} {
		if n := p.asked(obligation); n != 1 {
			t.Errorf("a signature on %s was asked for %d times", obligation, n)
		}
	}
	if len(p.registry.sent) != 3 || len(p.ledger.signatures) != 3 {
		t.Errorf("sent %d notes with %d signatures", len(p.registry.sent), len(p.ledger.signatures))
	}
	if f := result.Filings[0]; f.Obligation.ID != "se.removal" || f.Stage != sluss.StageAccepted || f.Receipt == nil || f.Receipt.ID != "id-of-se.removal" {
		t.Errorf("the batch has %+v", f)
	}
	if visits == 0 || visits > 20 {
		t.Errorf("the filing was looked at %d times in three days", visits)
	}
}

// TestAnAttachedFilingGetsCorrections: a correction voids its signature only if
// the content is different.
func TestAnAttachedFilingGetsCorrections(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.batch.Approval = sluss.Officer
	removal := p.removal()
	corrected, err := p.batch.Corrected(sluss.Correction{Set: map[string]string{"waste.mass": "1180"}})
	if err != nil {
		t.Fatal(err)
	}
	now := removal
	now.Declaration = corrected
	// The ledger has the correction, which the filing never received.
	p.ledger.known = &sluss.BatchSnapshot{
		Declaration: corrected, Corrections: 1, Events: removal.Events,
		Filings: []sluss.ObligationSnapshot{{Obligation: removal.Obligation, Opened: true, Stage: sluss.StageSignature, Waiting: sluss.Officer, Outdated: true}},
	}
	p.after(hour, func() {
		if hash := p.hash("se.removal"); hash != now.Hash() {
			t.Errorf("the filing still tells %s", hash)
		}
	})
	p.after(2*hour, func() {
		c := sluss.Correction{By: sluss.Person{Name: "Cecilia Berg"}, Reason: "typed wrong", Set: map[string]string{"waste.mass": "1190"}}
		if err := p.env.UpdateWorkflowByID(string(p.batch.ID()), workflows.CorrectUpdate.Name, p.update(), p.expect("correction", ""), c); err != nil {
			t.Error(err)
		}
	})
	p.sign(3*hour, "se.removal", sluss.Officer)
	p.after(4*hour, p.env.CancelWorkflow)
	p.env.SetDetachedChildWait(false)
	p.cancelled(removal)
	sent := p.registry.of(sluss.ReportRemoval)
	if len(sent) != 1 || sent[0].Content.Declaration.Waste.Mass.Kilograms() != "1190" {
		t.Errorf("sent %+v", sent)
	}
}

// TestASignatureHoldsWhereTheContentIsTheSame: a note that went without the receipt
// of the one before keeps its signature when its batch attaches to it.
func TestASignatureHoldsWhereTheContentIsTheSame(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.batch.Approval = sluss.Officer
	removal := p.removal()
	transport := removal
	for _, o := range obligations.For(p.batch, removal.Events) {
		if o.Report == sluss.ReportTransport {
			transport.Obligation = o
		}
	}
	p.ledger.known = &sluss.BatchSnapshot{Declaration: p.batch, Events: removal.Events, Filings: []sluss.ObligationSnapshot{
		{Obligation: removal.Obligation, Opened: true, End: &sluss.FilingEnd{Stage: sluss.StageAccepted, Receipt: &sluss.Receipt{ID: "late"}}},
		{Obligation: transport.Obligation, Opened: true, Stage: sluss.StageDeferred},
	}}
	busy := true
	p.ledger.wait = func(i sluss.Intent) *sluss.QueuePlace {
		if busy {
			return &sluss.QueuePlace{In: hour, At: p.env.Now().Add(hour)}
		}
		return nil
	}
	s := sluss.Signature{Role: sluss.Officer, Person: sluss.Person{Name: "Claire Dupuis"}, At: p.start, ContentHash: transport.Hash()}
	p.ledger.filing(p.filing("se.transport#1")).FilingSnapshot = sluss.FilingSnapshot{Opened: true, Number: 1, Signature: &s}
	p.after(6*hour, func() { busy = false })
	p.after(48*hour, p.env.CancelWorkflow) // it has asked again by itself
	p.env.SetDetachedChildWait(false)
	p.cancelled(transport)
	if sent := p.registry.of(sluss.ReportTransport); len(sent) != 1 || sent[0].Signature == nil || p.asked("se.transport#1") != 0 {
		t.Errorf("sent %+v; recorded %v", sent, p.ledger.stages)
	}
}

// cancelled is beside, for a batch that is cancelled in the middle.
func (p *plant) cancelled(filings ...sluss.Content) {
	p.t.Helper()
	beside := func(ctx workflow.Context) error {
		for _, c := range filings {
			child := workflow.ExecuteChildWorkflow(workflow.WithWorkflowID(ctx, string(p.filing(c.Obligation.ID))), workflows.Filing,
				workflows.FilingInput{Batch: p.batch.ID(), Content: c, Policy: workflows.DefaultPolicy()})
			if err := child.GetChildWorkflowExecution().Get(ctx, nil); err != nil {
				return err
			}
		}
		return workflow.ExecuteChildWorkflow(workflow.WithWorkflowID(ctx, string(p.batch.ID())), workflows.Batch, p.input()).Get(ctx, nil)
	}
	p.env.RegisterWorkflow(beside)
	p.env.ExecuteWorkflow(beside)
	if err := p.env.GetWorkflowError(); !temporal.IsCanceledError(err) {
		p.t.Fatalf("the batch ended by itself: %v", err)
	}
}

// TestWhatHasEndedIsNotFiledAgain: the ledger has the end of a filing that Temporal has deleted.
func TestWhatHasEndedIsNotFiledAgain(t *testing.T) {
	for name, end := range map[string]sluss.FilingEnd{
		"accepted":  {Stage: sluss.StageAccepted, Receipt: &sluss.Receipt{ID: "in-the-ledger"}},
		"withdrawn": {Stage: sluss.StageWithdrawn},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlant(t, "se-waste-oil")
			p.batch.Approval = sluss.Officer
			p.ledger.filing(p.filing("se.removal")).FilingSnapshot = sluss.FilingSnapshot{Opened: true, End: &end}
			p.swedish()
			p.sign(40*hour, "se.transport#1", sluss.Officer)
			p.sign(41*hour, "se.reception", sluss.Officer)
			result := p.run()
			if p.asked("se.removal") != 0 || len(p.registry.of(sluss.ReportRemoval)) != 0 || slices.ContainsFunc(p.ledger.stages, func(s string) bool { return strings.HasPrefix(s, "se.removal:") }) {
				t.Errorf("it was opened again: %v", p.ledger.stages)
			}
			if f := result.Filings[0]; f.Stage != end.Stage || (f.Receipt == nil) != (end.Receipt == nil) {
				t.Errorf("the batch has %+v", f)
			}
		})
	}
}

// TestAFilingThatWasEndedByHandGoesOn in its last state: nobody signs twice, and what
// was sent is not sent again.
func TestAFilingThatWasEndedByHandGoesOn(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.batch.Approval = sluss.Officer
	busy := true
	p.ledger.wait = func(i sluss.Intent) *sluss.QueuePlace { // it waits for its reservation
		if busy && strings.HasSuffix(i.Filing, "se.removal") {
			return &sluss.QueuePlace{In: hour, At: p.env.Now().Add(hour)}
		}
		return nil
	}
	p.swedish()
	p.sign(3*hour, "se.removal", sluss.Officer)
	p.after(4*hour, func() {
		busy = false
		p.env.CancelWorkflowByID(string(p.filing("se.removal")), "")
	})
	p.sign(40*hour, "se.transport#1", sluss.Officer)
	p.sign(41*hour, "se.reception", sluss.Officer)
	p.run()
	if n := p.asked("se.removal"); n != 1 || len(p.ledger.signatures) != 3 {
		t.Errorf("a signature was asked for %d times; there are %d", n, len(p.ledger.signatures))
	}
	if sent := p.registry.of(sluss.ReportRemoval); len(sent) != 1 || sent[0].Signature == nil {
		t.Errorf("sent %+v", sent)
	}
}

// TestABatchGoesOnInAFreshHistory with an open filing and a pending signature.
func TestABatchGoesOnInAFreshHistory(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.batch.Approval = sluss.Officer
	removal := p.removal()
	p.swedish()
	p.env.SetDetachedChildWait(false)
	p.ledger.correcting = func() error { // in the middle of it
		p.env.SetContinueAsNewSuggested(true)
		p.env.SignalWorkflow("nothing", "wakes it")
		time.Sleep(100 * time.Millisecond)
		return nil
	}
	p.after(7*hour, func() {
		c := sluss.Correction{By: sluss.Person{Name: "Cecilia Berg"}, Reason: "typed wrong", Set: map[string]string{"waste.mass": "1190"}}
		p.env.UpdateWorkflow(workflows.CorrectUpdate.Name, p.update(), p.expect("correction", ""), c)
	})
	p.env.ExecuteWorkflow(workflows.Batch, p.input())
	in := next[workflows.BatchInput](p)
	s := in.Resumed
	if s == nil || s.Corrections != 1 || s.Declaration.Waste.Mass.Kilograms() != "1190" || len(s.Events) != 4 || len(s.Filings) != 3 || in.Declaration.Hash() != p.batch.Hash() {
		t.Fatalf("it goes on from %+v", s)
	}
	if f := s.Filings[0]; !f.Opened || f.End != nil || s.Filings[1].Opened {
		t.Errorf("the filings stand at %+v", s.Filings)
	}
	asked := p.asked("se.removal")

	q := newPlant(t, "se-waste-oil")
	q.batch, q.ledger.stages = p.batch, p.ledger.stages
	removal.Declaration, removal.Events = s.Declaration, s.Events[:2] // the filing knows the correction
	q.tellBatch(30*hour, sluss.Event{Kind: sluss.Treated})
	q.sign(31*hour, "se.removal", sluss.Officer)
	q.sign(32*hour, "se.transport#1", sluss.Officer)
	q.sign(33*hour, "se.reception", sluss.Officer)
	result := q.beside(in, removal)
	if result.How != "treated" || len(result.Filings) != 3 || len(q.registry.sent) != 3 || len(q.ledger.signatures) != 3 {
		t.Errorf("ended %+v; sent %d notes", result, len(q.registry.sent))
	}
	if n := q.asked("se.removal"); n != asked+1 { // once by the filing of each of the two worlds
		t.Errorf("a signature was asked for %d times, then %d", asked, n)
	}
	for _, s := range q.registry.sent {
		if s.Content.Declaration.Waste.Mass.Kilograms() != "1190" {
			t.Errorf("%s tells %s", s.Filing, s.Content.Declaration.Waste.Mass)
		}
	}
}

// TestABatchThatKnowsLessThanTheLedgerReadsIt: a batch was reset to before an
// event, or a correction, and must not send its old state to any filing.
func TestABatchThatKnowsLessThanTheLedgerReadsIt(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.batch.Approval = sluss.Officer
	removal := p.removal()
	p.ledger.corrections = []sluss.CorrectionRecord{{}} // of which this run knows nothing
	p.tellBatch(2*hour, p.pickedUp())
	p.env.SetDetachedChildWait(false)
	beside := func(ctx workflow.Context) error {
		corrected := removal
		corrected.Declaration.Waste.Mass = 1190 * sluss.Kilogram
		old := workflow.ExecuteChildWorkflow(workflow.WithWorkflowID(ctx, string(p.filing("se.removal"))), workflows.Filing,
			workflows.FilingInput{Batch: p.batch.ID(), Content: corrected, Policy: workflows.DefaultPolicy()})
		if err := old.GetChildWorkflowExecution().Get(ctx, nil); err != nil {
			return err
		}
		return workflow.ExecuteChildWorkflow(workflow.WithWorkflowID(ctx, string(p.batch.ID())), "once", p.input()).Get(ctx, nil)
	}
	reloaded := 0
	p.env.RegisterWorkflow(beside)
	p.env.RegisterWorkflowWithOptions(func(ctx workflow.Context, in workflows.BatchInput) error {
		_, err := workflows.Batch(ctx, in)
		if next := (*workflow.ContinueAsNewError)(nil); errors.As(err, &next) {
			reloaded++
			if err := converter.GetDefaultDataConverter().FromPayloads(next.Input, &in); err != nil {
				return err
			}
			if in.Resumed != nil {
				t.Error("it takes along what it knows, which is less than the ledger does")
			}
			return nil
		}
		return err
	}, workflow.RegisterOptions{Name: "once"})
	p.env.ExecuteWorkflow(beside)
	if err := p.env.GetWorkflowError(); err != nil || reloaded != 1 {
		t.Errorf("read the ledger %d times, %v", reloaded, err)
	}
	if n := p.asked("se.removal"); n != 1 {
		t.Errorf("the filing was told what is outdated: %v", p.ledger.stages)
	}
}

// next is the input with which a workflow continues as new.
func next[In any](p *plant) (in In) {
	p.t.Helper()
	var next *workflow.ContinueAsNewError
	if err := p.env.GetWorkflowError(); !errors.As(err, &next) {
		p.t.Fatalf("it ended with %v", err)
	}
	if err := converter.GetDefaultDataConverter().FromPayloads(next.Input, &in); err != nil {
		p.t.Fatal(err)
	}
	return in
}

// TestARunThatIsToldSoReadsTheLedger: it was reset, and waits for what has long
// happened.
func TestARunThatIsToldSoReadsTheLedger(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.env.SetDetachedChildWait(false)
	p.after(hour, func() { p.env.SignalWorkflow(workflows.ReloadSignal.Name, "somebody has reset it") })
	p.env.ExecuteWorkflow(workflows.Batch, p.input())
	if in := next[workflows.BatchInput](p); in.Resumed != nil || in.Declaration.Hash() != p.batch.Hash() {
		t.Errorf("it goes on from %+v", in)
	}

	q, _ := newTreater(t, map[string]int{"A": 3})
	q.env.SetDetachedChildWait(false)
	q.after(hour, func() { q.env.SignalWorkflow(workflows.ReloadSignal.Name, "somebody has reset it") })
	q.env.ExecuteWorkflow(workflows.Results, workflows.ResultsInput{Site: q.site(), Policy: workflows.DefaultPolicy()})
	if in := next[workflows.ResultsInput](q); in.Site != q.site() {
		t.Errorf("it goes on from %+v", in)
	}
}

// TestAnActThatDiffersFromTheLedgersIsRefused: this run was reset, and does not know
// that another act came first.
func TestAnActThatDiffersFromTheLedgersIsRefused(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.env.SetDetachedChildWait(false)
	p.ledger.correcting = func() error {
		return sluss.Faults{{Field: "number", Problem: "correction 1 is recorded with other content"}}
	}
	p.after(hour, func() {
		c := sluss.Correction{By: sluss.Person{Name: "Cecilia Berg"}, Reason: "typed wrong", Set: map[string]string{"waste.mass": "1190"}}
		p.env.UpdateWorkflow(workflows.CorrectUpdate.Name, p.update(), p.expect("correction", "look at the batch, then try once more"), c)
	})
	p.env.ExecuteWorkflow(workflows.Batch, p.input())
	if in := next[workflows.BatchInput](p); in.Resumed != nil {
		t.Errorf("it goes on from %+v", in.Resumed)
	}
}

// TestAttachingTellsNoContentThatIsBeingCorrected: a filing of an earlier run, at
// which the batch looks every few minutes.
func TestAttachingTellsNoContentThatIsBeingCorrected(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.queued(2*hour+20*time.Minute, sluss.QueuePlace{In: 300 * hour, At: p.start.Add(302 * hour)})
	p.away(2*hour+3*time.Minute, 3*hour)
	p.tellBatch(2*hour, p.pickedUp())
	p.after(2*hour+3*time.Minute, func() {
		c := sluss.Correction{By: sluss.Person{Name: "Bo Lind"}, Reason: "weighed", Set: map[string]string{"waste.mass": "1180"}}
		if err := p.env.UpdateWorkflowByID(string(p.batch.ID()), workflows.CorrectUpdate.Name, p.update(), p.expect("correction", ""), c); err != nil {
			t.Error(err)
		}
	})
	p.reserve(2*hour+hour/2, p.filing("se.removal"))
	p.tellBatch(5*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
	p.tellBatch(6*hour, sluss.Event{Kind: sluss.WasteAccepted})
	p.tellBatch(30*hour, sluss.Event{Kind: sluss.Treated})
	sentAt := p.sentAt()
	p.beside(p.input(), p.removal())
	sent := p.registry.of(sluss.ReportRemoval)
	if len(sent) != 1 || sent[0].Content.Declaration.Waste.Mass != 1180*sluss.Kilogram || *sentAt < 3*hour {
		t.Errorf("sent after %s: %d times, %s", *sentAt, len(sent), sent[0].Content.Declaration.Waste.Mass)
	}
}
