package workflows_test

import (
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/workflows"
)

// away is a ledger that cannot record a person's message for a while.
func (p *plant) away(from, until time.Duration) {
	p.ledger.word = func(any) error {
		return p.unanswered(from, until)
	}
}

// unanswered is an error from one moment to another, after which it is tried again:
// the test environment gives up after ten tries.
func (p *plant) unanswered(from, until time.Duration) error {
	if now := p.env.Now().Sub(p.start); now >= from && now < until {
		return temporal.NewApplicationErrorWithOptions("no answer", "", temporal.ApplicationErrorOptions{NextRetryDelay: until - now})
	}
	return nil
}

// late warns the officer of the producer's note, which then may be decided.
func (p *plant) late(at time.Duration) {
	p.after(at, func() {
		f := sluss.Forecast{Filing: string(p.filing("se.removal")), Due: p.start.Add(50 * hour), At: p.start.Add(302 * hour), Late: true}
		if err := p.env.SignalWorkflowByID(sluss.FilingID(f.Filing).Workflow(), workflows.ForecastSignal.Name, f); err != nil {
			p.t.Error(err)
		}
	})
}

// reserve tells a filing that it may call at once.
func (p *plant) reserve(at time.Duration, filing sluss.FilingID) {
	p.after(at, func() {
		if err := p.env.SignalWorkflowByID(filing.Workflow(), workflows.ReservedSignal.Name, sluss.Reservation{Filing: string(filing), Number: 1, At: p.start.Add(at)}); err != nil {
			p.t.Error(err)
		}
	})
}

func (p *plant) settles(at time.Duration, refused string, d sluss.Decision) {
	p.after(at, func() {
		_ = p.env.UpdateWorkflowByID(p.filing("se.removal").Workflow(), workflows.DecideUpdate.Name, p.update(), p.expect("decision", refused), to(p.filing("se.removal"), d))
	})
}

func byHand(kind sluss.DecisionKind) sluss.Decision {
	d := sluss.Decision{Kind: kind, Reason: "typed into the e-service", By: sluss.Person{Name: "Cecilia Berg"}}
	if kind == sluss.DecidedTaken {
		d.Receipt = "072f294c-9e70-4cf6-b6a3-139922067ddc"
	}
	return d
}

// TestNothingIsSentWhileADecisionIsRecorded: the officer's decision that a late note
// was filed by hand, or is not owed, is accepted just when its reservation comes.
func TestNothingIsSentWhileADecisionIsRecorded(t *testing.T) {
	for name, when := range map[string]func(p *plant){
		"the ledger is slow": func(p *plant) {
			p.ledger.slow = 100 * time.Millisecond
			p.reserve(7*hour+time.Millisecond, p.filing("se.removal"))
		},
		"the ledger is away": func(p *plant) {
			p.away(7*hour, 8*hour)
			p.reserve(7*hour+hour/2, p.filing("se.removal"))
		},
		"it asks again": func(p *plant) {
			p.away(7*hour, 30*hour)
			p.queued(6*hour+hour/2, sluss.QueuePlace{In: hour, At: p.start.Add(hour)}) // it asks again after 26 hours
		},
	} {
		for _, kind := range []sluss.DecisionKind{sluss.DecidedTaken, sluss.DecidedWithdrawn} {
			t.Run(name+", "+string(kind), func(t *testing.T) {
				p := newPlant(t, "se-waste-oil")
				p.queued(6*hour+hour/2, sluss.QueuePlace{In: 300 * hour, At: p.start.Add(302 * hour)})
				when(p)
				p.late(6 * hour)
				p.settles(7*hour, "", byHand(kind))
				p.swedish()
				result := p.run()
				if sent := len(p.registry.of(sluss.ReportRemoval)); sent != 0 || len(p.ledger.decisions) != 1 {
					t.Errorf("sent %d times, although it was decided %d times", sent, len(p.ledger.decisions))
				}
				if receipt := result.Filings[0].Receipt; kind == sluss.DecidedTaken && (receipt == nil || receipt.ID != byHand(kind).Receipt) {
					t.Errorf("receipt %+v", receipt)
				}
			})
		}
	}
}

// TestADecisionThatCannotBeRecordedChangesNothing: its receipt has not the form of its
// registry's, or the ledger has another in its place, so that the run reads the ledger anew.
func TestADecisionThatCannotBeRecordedChangesNothing(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.queued(6*hour+hour/2, sluss.QueuePlace{In: 300 * hour, At: p.start.Add(302 * hour)})
	p.ledger.word = func(record any) error {
		if _, is := record.(sluss.DecisionRecord); is {
			return sluss.Faults{{Problem: "another decision is recorded"}}
		}
		return nil
	}
	p.late(6 * hour)
	mistyped := byHand(sluss.DecidedTaken)
	mistyped.Receipt = "nonsense"
	p.settles(7*hour, "receipt: ", mistyped)
	p.settles(7*hour+hour/2, "look at the batch, then try once more", byHand(sluss.DecidedTaken))
	p.reserve(8*hour, p.filing("se.removal"))
	p.swedish()
	p.execute(p.input())
	if in := next[workflows.BatchInput](p); in.Resumed != nil || len(p.ledger.decisions) != 0 {
		t.Errorf("it goes on from %+v, decided %+v", in.Resumed, p.ledger.decisions)
	}
}

func TestNothingIsSentWhileItsSignatureIsRecorded(t *testing.T) {
	p := newPlant(t, "fr-solvents")
	p.away(2*hour, 3*hour)
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportEmission: func(_ int, s sluss.Submission) (sluss.Outcome, error) {
			p.ledger.Lock()
			defer p.ledger.Unlock()
			if len(p.ledger.signatures) != 1 {
				t.Errorf("sent with %d signatures in the ledger", len(p.ledger.signatures))
			}
			return accepted(s), nil
		},
	}
	p.sign(2*hour, "fr.emission#1", sluss.Producer)
	p.french(4 * hour)
	p.run()
}

// TestSignatureThatCannotBeRecordedIsNone: the ledger has another, which the run then reads.
func TestSignatureThatCannotBeRecordedIsNone(t *testing.T) {
	p := newPlant(t, "fr-solvents")
	p.ledger.word = func(record any) error {
		if _, is := record.(sluss.SignatureRecord); is {
			return sluss.Faults{{Problem: "the ledger has another one"}}
		}
		return nil
	}
	s := sluss.Signature{Role: sluss.Producer, Person: sluss.Person{Name: "Jeanne Morel"}, At: p.start}
	p.after(2*hour, func() {
		s.ContentHash = p.hash("fr.emission#1")
		_ = p.env.UpdateWorkflowByID(p.filing("fr.emission#1").Workflow(), workflows.SignUpdate.Name, p.update(), p.expect("signature", "look at the batch, then try once more"), to(p.filing("fr.emission#1"), s))
	})
	p.french(4 * hour)
	p.execute(p.input())
	if in := next[workflows.BatchInput](p); in.Resumed != nil || len(p.registry.of(sluss.ReportEmission)) != 0 {
		t.Errorf("it goes on from %+v, sent %+v", in.Resumed, p.registry.of(sluss.ReportEmission))
	}
}

// TestNothingIsSentWhileTheBatchRecordsACorrection: the batch has accepted the
// correction when the note's reservation comes.
func TestNothingIsSentWhileTheBatchRecordsACorrection(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.queued(6*hour+hour/2, sluss.QueuePlace{In: 300 * hour, At: p.start.Add(302 * hour)})
	p.away(7*hour, 8*hour)
	p.correct(7*hour, map[string]string{"waste.mass": "1180"})
	p.reserve(7*hour+hour/2, p.filing("se.removal"))
	sentAt := p.sentAt()
	p.swedish()
	p.run()
	sent := p.registry.of(sluss.ReportRemoval)
	if len(sent) != 1 || sent[0].Content.Declaration.Waste.Mass != 1180*sluss.Kilogram || *sentAt < 8*hour || *sentAt > 9*hour {
		t.Errorf("sent after %s: %+v", *sentAt, sent)
	}
}

// TestCorrectionThatCannotBeRecordedChangesNothing: the ledger has something else
// in its place, so the run reads the ledger anew, and holds no filing.
func TestCorrectionThatCannotBeRecordedChangesNothing(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.queued(6*hour+hour/2, sluss.QueuePlace{In: 300 * hour, At: p.start.Add(302 * hour)})
	p.ledger.word = func(record any) error {
		if _, is := record.(sluss.CorrectionRecord); is {
			return sluss.Faults{{Problem: "the ledger has another obligation"}}
		}
		return nil
	}
	p.correctRefused(7*hour, map[string]string{"waste.mass": "1180"}, "look at the batch, then try once more")
	p.execute(p.input())
	var next *workflow.ContinueAsNewError
	if err := p.env.GetWorkflowError(); !errors.As(err, &next) {
		t.Fatalf("the batch does not read the ledger anew: %v", err)
	}
	if c := p.ledger.corrections; len(c) != 0 {
		t.Errorf("recorded %+v", c)
	}
}

// TestResultsThatWereEndedStopNoFiling: the run that recorded a correction has ended.
func TestResultsThatWereEndedStopNoFiling(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.queued(6*hour+hour/2, sluss.QueuePlace{In: 300 * hour, At: p.start.Add(302 * hour)})
	gone := map[string]any{"recording": map[string]string{"ID": "batch/default/gone", "RunID": "gone"}}
	const whatever = "mock.Anything"
	p.env.OnSignalExternalWorkflow(whatever, "batch/default/gone", "gone", "state", whatever).Return(errors.New("there is no such workflow"))
	p.after(7*hour, func() { p.env.SignalWorkflow("content", gone) })
	p.after(7*hour, func() {
		p.env.SignalWorkflow(workflows.ReservedSignal.Name, sluss.Reservation{Filing: string(p.alone), Number: 1, At: p.start.Add(7 * hour)})
	})
	sentAt := p.sentAt()
	p.executeFiling(workflows.Filing, workflows.FilingInput{Batch: p.batch.ID(), Content: p.removal(), Policy: workflows.DefaultPolicy()})
	if *sentAt < 7*hour+time.Minute || *sentAt > 7*hour+2*time.Minute {
		t.Errorf("sent after %s", *sentAt)
	}
}

// TestAmendmentThatChangesWhileItsSignatureIsRecordedIsSignedAnew: both are
// recorded, and the signature is on what it was given on.
func TestAmendmentThatChangesWhileItsSignatureIsRecordedIsSignedAnew(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.away(hour, 2*hour)
	first, second := p.amended(p.removed(), weighed("1180")), p.amended(p.removed(), weighed("1190"))
	p.approve(hour, sluss.Officer, "Eva Strand", "")
	p.after(hour+time.Minute, func() {
		p.env.UpdateWorkflow(workflows.AmendUpdate.Name, p.update(), p.expect("another content", ""), to(p.alone, second))
	})
	p.approve(3*hour, sluss.Officer, "Eva Strand", "")
	p.amendment(first)
	if sent := p.registry.sent; len(sent) != 1 || sent[0].Content.Hash() != second.Hash() || sent[0].Signature.ContentHash != second.Hash() {
		t.Errorf("sent %+v", sent)
	}
	if len(p.ledger.signatures) != 2 {
		t.Errorf("%d signatures are recorded", len(p.ledger.signatures))
	}
}

// TestNothingIsSentWhileACorrectionOfAResultIsRecorded: it is signed, and its
// reservation comes.
func TestNothingIsSentWhileACorrectionOfAResultIsRecorded(t *testing.T) {
	p, l := newTreater(t, map[string]int{"A": 3})
	filing := sluss.FilingID("filing/default/A/se.treatment#2026-Q4")
	p.ledger.wait = func(sluss.Intent) *sluss.QueuePlace {
		if p.env.Now().Before(p.start.Add(10*day + 2*hour)) {
			return &sluss.QueuePlace{In: 300 * hour, At: p.start.Add(30 * day)}
		}
		return nil
	}
	l.word = func() error {
		return p.unanswered(10*day, 10*day+4*hour)
	}
	p.correctResult(9*day, filing, "", map[string]string{"product": "1000"})
	p.signResult(9*day+hour, filing, "")
	p.correctResult(10*day+hour, filing, "", map[string]string{"product": "1100"})
	p.reserve(10*day+3*hour, filing)
	p.signResult(11*day, filing, "")
	p.until(20 * day)
	sent := p.registry.of(sluss.ReportTreatment)
	if len(sent) != 1 || sent[0].Content.Result.Product.Kilograms() != "1100" {
		t.Errorf("sent %d times: %+v", len(sent), sent)
	}
}

// TestEventsReportedAtOnceAreRecordedInOrder: the next is reported before the one before
// it is recorded.
func TestEventsReportedAtOnceAreRecordedInOrder(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.away(0, hour)
	for _, e := range []sluss.Event{{Kind: sluss.PickedUp, Leg: 1}, {Kind: sluss.Received, Mass: p.batch.Waste.Mass}, {Kind: sluss.WasteAccepted}} {
		p.report(time.Minute, e)
	}
	p.reportRefused(time.Minute, sluss.Event{Kind: sluss.Received, Mass: 1}, "has happened already")
	p.report(2*hour, sluss.Event{Kind: sluss.Treated})
	if result := p.run(); result.How != "treated" {
		t.Errorf("ended %q", result.How)
	}
}
