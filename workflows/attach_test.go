package workflows_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

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

// TestABatchGoesOnFromTheLedger: it was ended from outside, or reset, while a filing of it
// waits three days for its signature.
func TestABatchGoesOnFromTheLedger(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.batch.Approval = sluss.Officer
	p.goesOn(p.removal())
	p.report(5*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
	p.report(6*hour, sluss.Event{Kind: sluss.WasteAccepted})
	p.report(30*hour, sluss.Event{Kind: sluss.Treated})
	p.sign(72*hour, "se.removal", sluss.Officer)
	p.sign(73*hour, "se.transport#1", sluss.Officer)
	p.sign(74*hour, "se.reception", sluss.Officer)
	result := p.run()

	for _, obligation := range []string{"se.removal", "se.transport#1", "se.reception"} {
		want := 1
		if obligation == "se.removal" {
			want = 0 // by the run before
		}
		if n := p.asked(obligation); n != want {
			t.Errorf("a signature on %s was asked for %d times", obligation, n)
		}
	}
	if len(p.registry.sent) != 3 || len(p.ledger.signatures) != 3 {
		t.Errorf("sent %d notes with %d signatures", len(p.registry.sent), len(p.ledger.signatures))
	}
	if f := result.Filings[0]; f.Obligation.ID != "se.removal" || f.Stage != sluss.StageAccepted || f.Receipt == nil || f.Receipt.ID != "id-of-se.removal" {
		t.Errorf("the batch has %+v", f)
	}
}

// goesOn is a ledger that has the batch, with filings that are opened.
func (p *plant) goesOn(opened ...sluss.Content) {
	p.ledger.known = &sluss.BatchSnapshot{Declaration: p.batch, Events: opened[0].Events}
	for _, o := range obligations.For(p.batch, opened[0].Events) {
		s := sluss.ObligationSnapshot{Obligation: o}
		for _, c := range opened {
			if c.Obligation.ID == o.ID {
				s.Opened, s.Stage, s.Waiting = true, sluss.StageSignature, o.Signer
				f := p.ledger.filing(p.filing(o.ID))
				f.Opened, f.hash, f.open = true, c.Hash(), string(sluss.StageSignature)
			}
		}
		p.ledger.known.Filings = append(p.ledger.known.Filings, s)
	}
	for _, e := range opened[0].Events {
		p.ledger.events = append(p.ledger.events, e.ID())
	}
}

// TestAFilingGetsTheCorrectionsThatItMissed: a correction voids its signature only if
// the content is different.
func TestAFilingGetsTheCorrectionsThatItMissed(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.batch.Approval = sluss.Officer
	removal := p.removal()
	corrected, err := p.batch.Corrected(sluss.Correction{Set: map[string]string{"waste.mass": "1180"}})
	if err != nil {
		t.Fatal(err)
	}
	now := removal
	now.Declaration = corrected
	p.goesOn(removal)
	// The ledger has the correction, which the filing never received.
	p.ledger.known.Declaration, p.ledger.known.Corrections, p.ledger.known.Filings[0].Outdated = corrected, 1, true
	p.after(hour, func() {
		if hash := p.hash("se.removal"); hash != now.Hash() {
			t.Errorf("the filing still tells %s", hash)
		}
	})
	p.correct(2*hour, map[string]string{"waste.mass": "1190"})
	p.sign(3*hour, "se.removal", sluss.Officer)
	p.after(4*hour, p.env.CancelWorkflow)
	p.cancelled()
	sent := p.registry.of(sluss.ReportRemoval)
	if len(sent) != 1 || sent[0].Content.Declaration.Waste.Mass.Kilograms() != "1190" {
		t.Errorf("sent %+v", sent)
	}
}

// TestASignatureHoldsWhereTheContentIsTheSame: a note that went without the receipt
// of the one before keeps its signature when its batch goes on in another run.
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
	p.cancelled()
	if sent := p.registry.of(sluss.ReportTransport); len(sent) != 1 || sent[0].Signature == nil || p.asked("se.transport#1") != 0 {
		t.Errorf("sent %+v; recorded %v", sent, p.ledger.stages)
	}
}

// cancelled runs a batch that is cancelled in the middle.
func (p *plant) cancelled() {
	p.t.Helper()
	p.execute(p.input())
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

// TestAFilingWithoutAnOutcomeGoesOn in its last state: nobody signs twice, and nothing is
// sent twice.
func TestAFilingWithoutAnOutcomeGoesOn(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.batch.Approval = sluss.Officer
	tries := 0
	p.ledger.broken = func(i sluss.Intent) error {
		if strings.HasSuffix(i.Filing, "se.removal") {
			if tries++; tries < 3 {
				return temporal.NewNonRetryableApplicationError("the ledger is broken", "broken", nil)
			}
		}
		return nil
	}
	p.swedish()
	p.sign(3*hour, "se.removal", sluss.Officer)
	p.sign(40*hour, "se.transport#1", sluss.Officer)
	p.sign(41*hour, "se.reception", sluss.Officer)
	p.run()
	if n := p.asked("se.removal"); n != 1 || len(p.ledger.signatures) != 3 {
		t.Errorf("a signature was asked for %d times; there are %d", n, len(p.ledger.signatures))
	}
	if sent := p.registry.of(sluss.ReportRemoval); len(sent) != 1 || sent[0].Signature == nil || tries != 3 {
		t.Errorf("tried %d times, sent %+v", tries, sent)
	}
}

// TestABatchGoesOnInAFreshHistory with an open filing and a pending signature.
func TestABatchGoesOnInAFreshHistory(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.batch.Approval = sluss.Officer
	p.swedish()
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
	p.execute(p.input())
	in := next[workflows.BatchInput](p)
	s := in.Resumed
	if s == nil || s.Corrections != 1 || s.Declaration.Waste.Mass.Kilograms() != "1190" || len(s.Events) != 4 || len(s.Filings) != 3 || in.Declaration.Hash() != p.batch.Hash() {
		t.Fatalf("it goes on from %+v", s)
	}
	if f := s.Filings[0]; !f.Opened || f.End != nil || s.Filings[1].Opened {
		t.Errorf("the filings stand at %+v", s.Filings)
	}
	asked := p.asked("se.removal")

	q := newPlantOf(t, p.batch)
	q.ledger.stages, q.ledger.filings = p.ledger.stages, p.ledger.filings
	q.report(30*hour, sluss.Event{Kind: sluss.Treated})
	q.sign(31*hour, "se.removal", sluss.Officer)
	q.sign(32*hour, "se.transport#1", sluss.Officer)
	q.sign(33*hour, "se.reception", sluss.Officer)
	q.execute(in)
	var result workflows.BatchResult
	if err := q.env.GetWorkflowResult(&result); err != nil {
		t.Fatal(err)
	}
	if result.How != "treated" || len(result.Filings) != 3 || len(q.registry.sent) != 3 || len(q.ledger.signatures) != 3 {
		t.Errorf("ended %+v; sent %d notes", result, len(q.registry.sent))
	}
	if n := q.asked("se.removal"); n != asked {
		t.Errorf("a signature was asked for %d times, then %d", asked, n)
	}
	for _, s := range q.registry.sent {
		if s.Content.Declaration.Waste.Mass.Kilograms() != "1190" {
			t.Errorf("%s tells %s", s.Filing, s.Content.Declaration.Waste.Mass)
		}
	}
}

// TestABatchThatKnowsLessThanTheLedgerReadsIt: a batch was reset to before an
// event, or a correction, and must not file its old state.
func TestABatchThatKnowsLessThanTheLedgerReadsIt(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.ledger.corrections = []sluss.CorrectionRecord{{}} // of which this run knows nothing
	p.ledger.filing(p.filing("se.removal")).Opened = true
	p.report(2*hour, p.pickedUp())
	p.execute(p.input())
	if in := next[workflows.BatchInput](p); in.Resumed != nil {
		t.Error("it takes along what it knows, which is less than the ledger does")
	}
	if len(p.registry.sent) != 0 {
		t.Errorf("it has sent what is outdated: %+v", p.registry.sent)
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
	p.after(hour, func() { p.env.SignalWorkflow(workflows.ReloadSignal.Name, "somebody has reset it") })
	p.execute(p.input())
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
	p.ledger.correcting = func() error {
		return sluss.Faults{{Field: "number", Problem: "correction 1 is recorded with other content"}}
	}
	p.after(hour, func() {
		c := sluss.Correction{By: sluss.Person{Name: "Cecilia Berg"}, Reason: "typed wrong", Set: map[string]string{"waste.mass": "1190"}}
		p.env.UpdateWorkflow(workflows.CorrectUpdate.Name, p.update(), p.expect("correction", "look at the batch, then try once more"), c)
	})
	p.execute(p.input())
	if in := next[workflows.BatchInput](p); in.Resumed != nil {
		t.Errorf("it goes on from %+v", in.Resumed)
	}
}
