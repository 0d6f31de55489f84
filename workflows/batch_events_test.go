package workflows_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/workflows"
)

// told reports an event that happened at another moment than it is told.
func (p *plant) told(on, happened time.Duration, e sluss.Event) {
	e.At, e.By = p.start.Add(happened), sluss.Person{Name: "Bo Lind"}
	p.after(on, func() {
		p.env.UpdateWorkflow(workflows.EventUpdate.Name, p.update(), p.expect("event "+string(e.ID()), ""), e)
	})
}

// change sends a correction.
func (p *plant) change(at time.Duration, refused string, c sluss.Correction) {
	c.By, c.Reason = sluss.Person{Name: "Cecilia Berg"}, "told wrong"
	p.after(at, func() {
		p.env.UpdateWorkflow(workflows.CorrectUpdate.Name, p.update(), p.expect("correction", refused), c)
	})
}

// TestEventsAreToldInAnyOrder: what comes early is kept, and taken in the order of the
// batch's life.
func TestEventsAreToldInAnyOrder(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.told(40*hour, 30*hour, sluss.Event{Kind: sluss.Treated})
	p.told(41*hour, 6*hour, sluss.Event{Kind: sluss.WasteAccepted})
	p.told(42*hour, 5*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
	p.told(42*hour+time.Minute, 5*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass}) // once more
	p.told(43*hour, 2*hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	if result := p.run(); result.How != "treated" || len(p.registry.sent) != 3 {
		t.Errorf("ended %s, sent %d", result.How, len(p.registry.sent))
	}
	if want := []sluss.EventID{"produced", "pickedUp#1", "received", "accepted", "treated"}; !slices.Equal(p.ledger.events, want) {
		t.Errorf("recorded %v", p.ledger.events)
	}
	if len(p.ledger.kept) != 3 || !slices.Equal(p.ledger.kept[0].Missing, []sluss.EventID{"pickedUp#1", "received", "accepted"}) {
		t.Errorf("kept %+v", p.ledger.kept)
	}
	for _, s := range p.registry.sent {
		e := s.Content.Events[len(s.Content.Events)-1]
		if noted := e.NotedAt.Sub(p.start); noted < 41*hour || noted > 43*hour+time.Minute {
			t.Errorf("%s was noted %s after the start", e.ID(), noted)
		}
	}
}

// TestAKeptEventThatCannotBeTakenSaysWhy until it is taken back.
func TestAKeptEventThatCannotBeTakenSaysWhy(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.told(3*hour, 1*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
	p.told(4*hour, 2*hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1}) // after it was received
	p.change(5*hour, "", sluss.Correction{Remove: []string{"events.received"}})
	p.told(6*hour, 5*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
	p.told(7*hour, 6*hour, sluss.Event{Kind: sluss.WasteAccepted})
	p.told(8*hour, 7*hour, sluss.Event{Kind: sluss.Treated})
	if result := p.run(); result.How != "treated" {
		t.Errorf("ended %s", result.How)
	}
	if n := len(p.ledger.kept); n != 2 || !strings.Contains(p.ledger.kept[1].Why, "is before pickedUp#1") {
		t.Errorf("kept %+v", p.ledger.kept)
	}
}

// TestATakenBackEventWithdrawsWhatItOwed: what is not filed yet is withdrawn, and is filed
// once the event has happened after all.
func TestATakenBackEventWithdrawsWhatItOwed(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.batch.Approval = sluss.Officer
	p.told(2*hour, 2*hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	p.change(3*hour, "the batch begins with it", sluss.Correction{Remove: []string{"events.produced"}})
	p.change(3*hour, "", sluss.Correction{Remove: []string{"events.pickedUp#1"}})
	p.told(26*hour, 25*hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	p.told(30*hour, 30*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
	p.told(31*hour, 31*hour, sluss.Event{Kind: sluss.WasteAccepted})
	p.told(32*hour, 32*hour, sluss.Event{Kind: sluss.Treated})
	p.sign(40*hour, "se.removal.again2", sluss.Officer)
	p.sign(41*hour, "se.transport#1.again2", sluss.Officer)
	p.sign(42*hour, "se.reception", sluss.Officer)
	result := p.run()
	var sent []sluss.ObligationID
	for _, s := range p.registry.sent {
		sent = append(sent, s.Content.Obligation.ID)
	}
	if want := []sluss.ObligationID{"se.removal.again2", "se.transport#1.again2", "se.reception"}; !slices.Equal(sent, want) {
		t.Errorf("sent %v, want %v; ended %+v", sent, want, result)
	}
	if len(p.ledger.corrections) != 1 || len(p.ledger.corrections[0].Events) != 1 {
		t.Errorf("recorded %+v", p.ledger.corrections)
	}
}

// TestWhatMayHaveReachedTheRegistryIsSettledFirst: the answer to a note was lost when its
// event was taken back.
func TestWhatMayHaveReachedTheRegistryIsSettledFirst(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportRemoval: func(int, sluss.Submission) (sluss.Outcome, error) { return sluss.Outcome{Kind: sluss.Unknown}, nil },
	}
	p.registry.find = func(int, sluss.Submission) (sluss.Outcome, error) { return sluss.Outcome{}, sluss.ErrCannotAsk }
	p.told(2*hour, 2*hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	p.change(3*hour, "", sluss.Correction{Remove: []string{"events.pickedUp#1"}})
	p.told(4*hour, 3*hour, sluss.Event{Kind: sluss.Cancelled, Reason: "the waste was not there"})
	p.decide(20*hour, "se.removal", sluss.Decision{Kind: sluss.DecidedTaken, Receipt: filedByHand, Reason: "seen in the web service"}, "")
	result := p.run()
	if result.How != "cancelled" || result.Filings[0].Stage != sluss.StageAccepted || result.Filings[0].Receipt.ID != filedByHand {
		t.Errorf("ended %+v", result)
	}
}

// TestACancelledBatchEnds, and what only gated its way is withdrawn.
func TestACancelledBatchEnds(t *testing.T) {
	for _, batch := range []string{"se-waste-oil", "fr-solvents"} {
		p := newPlant(t, batch)
		p.told(2*hour, 1*hour, sluss.Event{Kind: sluss.Cancelled, Reason: "the waste was not there"})
		result := p.run()
		if result.How != "cancelled" || !slices.Equal(p.ledger.closed, []string{"cancelled"}) {
			t.Errorf("%s ended %+v", batch, result)
		}
		for _, f := range result.Filings {
			if f.Stage != sluss.StageAccepted && f.Stage != sluss.StageWithdrawn {
				t.Errorf("%s is %s", f.Filing, f.Stage)
			}
		}
	}
}
