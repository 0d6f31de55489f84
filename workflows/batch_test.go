package workflows_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/workflows"
)

const hour = time.Hour

// swedish reports the life of a Swedish batch of one leg.
func (p *plant) swedish() { p.from(2 * hour) }

// from is the same, with the departure so long after the declaration.
func (p *plant) from(departs time.Duration) {
	p.report(departs, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	p.report(departs+3*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
	p.report(departs+4*hour, sluss.Event{Kind: sluss.WasteAccepted})
	p.report(departs+28*hour, sluss.Event{Kind: sluss.Treated})
}

func TestSwedishBatchFilesThreeNotesInAChain(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.swedish()
	result := p.run()

	if result.How != "treated" || len(result.Filings) != 3 {
		t.Fatalf("ended %q with %d filings", result.How, len(result.Filings))
	}
	var sent []sluss.ObligationID
	for _, s := range p.registry.sent {
		sent = append(sent, s.Content.Obligation.ID)
	}
	if want := []sluss.ObligationID{"se.removal", "se.transport#1", "se.reception"}; !slices.Equal(sent, want) {
		t.Errorf("sent %v, want %v", sent, want)
	}
	if link := p.registry.of(sluss.ReportTransport)[0].Content.Receipts["se.removal"].ID; link != "id-of-se.removal" {
		t.Errorf("the transporter's note names %q", link)
	}
	if want := []sluss.EventID{"produced", "pickedUp#1", "received", "accepted", "treated"}; !slices.Equal(p.ledger.events, want) {
		t.Errorf("recorded %v", p.ledger.events)
	}
	if !slices.Equal(p.ledger.closed, []string{"treated"}) {
		t.Errorf("closed %v", p.ledger.closed)
	}
}

func TestFrenchLorryMayNotLeaveBeforeTheBSDDIsSigned(t *testing.T) {
	p := newPlant(t, "fr-solvents")
	p.reportRefused(1*hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1}, "fr.emission#1 is waiting for signature (the producer, Ateliers du Rhône SAS)")
	p.sign(2*hour, "fr.emission#1", sluss.Producer)
	p.reportRefused(3*hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1}, "fr.take-over#1 is waiting for signature (the transporter, Transports Cévenols SARL)")
	p.sign(4*hour, "fr.take-over#1", sluss.Transporter)
	p.report(5*hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	p.report(8*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
	p.sign(9*hour, "fr.arrival", sluss.Receiver)
	p.report(10*hour, sluss.Event{Kind: sluss.WasteAccepted, RefusedMass: 200 * sluss.Kilogram, Reason: "water in four drums"})
	p.sign(11*hour, "fr.acceptance", sluss.Receiver)
	p.report(30*hour, sluss.Event{Kind: sluss.Treated})
	p.sign(31*hour, "fr.processing", sluss.Receiver)
	p.run()

	var sent []string
	for _, s := range p.registry.sent {
		if s.Content.Obligation.Report == sluss.ReportPreflight { // beside the others
			continue
		}
		sent = append(sent, string(s.Content.Obligation.Report))
		if s.Content.Obligation.Report != sluss.ReportCreation && s.Content.Receipts["fr.creation"].ID == "" {
			t.Errorf("%s does not know the BSDD's id", s.Content.Obligation.ID)
		}
		if signer := s.Content.Obligation.Signer; signer != "" && (s.Signature == nil || s.Signature.Role != signer || s.Signature.ContentHash != s.Content.Hash()) {
			t.Errorf("%s went out with the signature %+v", s.Content.Obligation.ID, s.Signature)
		}
	}
	want := []string{"creation", "sealing", "emission", "take-over", "arrival", "acceptance", "processing"}
	if !slices.Equal(sent, want) {
		t.Errorf("sent %v, want %v", sent, want)
	}
}

func TestSignaturesAreRefusedOnTheSpot(t *testing.T) {
	p := newPlant(t, "fr-solvents")
	try := func(at time.Duration, refused string, change func(*sluss.Signature)) {
		p.after(at, func() {
			s := sluss.Signature{Role: sluss.Producer, Person: sluss.Person{Name: "Jeanne Morel"}, At: p.start.Add(at), ContentHash: p.hash("fr.emission#1")}
			change(&s)
			_ = p.env.UpdateWorkflowByID(p.filing("fr.emission#1").Workflow(), workflows.SignUpdate.Name, p.update(), p.expect("signature", refused), to(p.filing("fr.emission#1"), s))
		})
	}
	try(1*hour, "not by the receiver", func(s *sluss.Signature) { s.Role = sluss.Receiver })
	try(1*hour, "read that, then sign it", func(s *sluss.Signature) { s.ContentHash = "sha256:old" })
	try(1*hour, "name of the person", func(s *sluss.Signature) { s.Person.Name = "" })
	try(1*hour, "person.name: U+0000", func(s *sluss.Signature) { s.Person.Name = "Jeanne\x00" })
	try(1*hour, "person.organisation: U+202E", func(s *sluss.Signature) { s.Person.Organisation = "Ateliers \u202eSAS" })
	try(1*hour, "the time", func(s *sluss.Signature) { s.At = time.Time{} })
	p.after(2*hour, func() { // the same by signal changes nothing, and is recorded
		bad := sluss.Signature{Role: sluss.Receiver, Person: sluss.Person{Name: "Mallory"}, At: p.start, ContentHash: p.hash("fr.emission#1")}
		if err := p.env.SignalWorkflowByID(p.filing("fr.emission#1").Workflow(), workflows.SignSignal.Name, to(p.filing("fr.emission#1"), bad)); err != nil {
			t.Error(err)
		}
	})
	p.after(2*hour, func() {
		bad := sluss.Signature{Role: sluss.Producer, Person: sluss.Person{Name: "Jeanne\uFFFD"}, At: p.start, ContentHash: p.hash("fr.emission#1")}
		if err := p.env.SignalWorkflowByID(p.filing("fr.emission#1").Workflow(), workflows.SignSignal.Name, to(p.filing("fr.emission#1"), bad)); err != nil {
			t.Error(err)
		}
	})
	p.after(3*hour, func() { // and a good one by signal counts
		good := sluss.Signature{Role: sluss.Producer, Person: sluss.Person{Name: "Jeanne Morel"}, At: p.start, ContentHash: p.hash("fr.emission#1")}
		if err := p.env.SignalWorkflowByID(p.filing("fr.emission#1").Workflow(), workflows.SignSignal.Name, to(p.filing("fr.emission#1"), good)); err != nil {
			t.Error(err)
		}
	})
	p.french(4 * hour)
	p.run()

	var refused []sluss.SignatureRecord
	for _, s := range p.ledger.signatures {
		if s.Refused != "" {
			refused = append(refused, s)
		}
	}
	if len(refused) != 2 || refused[0].Signature.Person.Name != "Mallory" || !strings.Contains(refused[1].Refused, "person.name: U+FFFD") {
		t.Errorf("refused signatures recorded: %+v", refused)
	}
}

// french reports the rest of a French batch's life once the consignor has
// signed.
func (p *plant) french(from time.Duration) {
	p.sign(from, "fr.take-over#1", sluss.Transporter)
	p.report(from+hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	p.report(from+2*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
	p.sign(from+3*hour, "fr.arrival", sluss.Receiver)
	p.report(from+4*hour, sluss.Event{Kind: sluss.WasteRefused, Reason: "wrong code"})
	p.sign(from+5*hour, "fr.acceptance", sluss.Receiver)
}

func TestRejectionWaitsDaysForACorrectionThatReachesEveryOpenFiling(t *testing.T) {
	p := newPlant(t, "se-corrected")
	reject := func(_ int, s sluss.Submission) (sluss.Outcome, error) {
		if s.Content.Declaration.Legs[0].From.Establishment == "99999999" {
			return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{Code: "4713", Field: "legs.0.from.establishment", Message: "no such establishment"}}}, nil
		}
		return accepted(s), nil
	}
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){sluss.ReportRemoval: reject, sluss.ReportReception: reject}
	p.swedish()
	correct := func(at time.Duration, refused string, c sluss.Correction) {
		p.after(at, func() {
			p.env.UpdateWorkflow(workflows.CorrectUpdate.Name, p.update(), p.expect("correction", refused), c)
		})
	}
	by := sluss.Person{Name: "Cecilia Berg"}
	correct(60*hour, "four digits", sluss.Correction{By: by, Set: map[string]string{"legs.0.from.municipality": "Uppsala"}})
	correct(60*hour, "name of the person", sluss.Correction{Set: map[string]string{"legs.0.from.establishment": ""}})
	correct(9*24*hour, "", sluss.Correction{By: by, Reason: "typed wrong", Set: map[string]string{"legs.0.from.establishment": ""}})
	p.run()

	if sent := p.registry.of(sluss.ReportRemoval); len(sent) != 2 {
		t.Errorf("the producer's note was sent %d times, want 2: rejected, corrected", len(sent))
	}
	if len(p.ledger.corrections) != 1 || p.ledger.corrections[0].Declaration.Legs[0].From.Establishment != "" {
		t.Errorf("corrections recorded: %+v", p.ledger.corrections)
	}
	for _, want := range []string{"se.removal: rejected", "se.removal: reminder", "se.removal: overdue", "se.reception: rejected"} {
		if !slices.Contains(p.ledger.stages, want) {
			t.Errorf("want %q in %v", want, p.ledger.stages)
		}
	}
	// The transporter's note goes without the link rather than late.
	if s := p.registry.of(sluss.ReportTransport); len(s) != 1 || len(s[0].Content.Receipts) != 0 || slices.Contains(p.ledger.stages, "se.transport#1: overdue") {
		t.Errorf("the transporter's note: %+v, %v", s, p.ledger.stages)
	}
}

func TestLostAnswerIsSettledByAskingTheRegistry(t *testing.T) {
	lost := sluss.Outcome{Kind: sluss.Unknown, Detail: "connection closed"}
	for name, has := range map[string]bool{"it has it": true, "it has nothing": false} {
		t.Run(name, func(t *testing.T) {
			p := newPlant(t, "fr-solvents")
			p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
				sluss.ReportCreation: func(n int, s sluss.Submission) (sluss.Outcome, error) {
					if n == 1 {
						return lost, nil
					}
					return accepted(s), nil
				},
			}
			p.registry.find = func(_ int, s sluss.Submission) (sluss.Outcome, error) {
				if has {
					return accepted(s), nil
				}
				return sluss.Outcome{}, sluss.ErrAbsent
			}
			p.sign(hour, "fr.emission#1", sluss.Producer)
			p.french(2 * hour)
			p.run()
			sends, asks := 1, 1
			if !has { // asked twice before the same is sent again
				sends, asks = 2, 2
			}
			if got := len(p.registry.of(sluss.ReportCreation)); got != sends || p.registry.asked != asks {
				t.Errorf("sent %d times and asked %d times, want %d and %d", got, p.registry.asked, sends, asks)
			}
		})
	}
}

func TestLostAnswerOfASilentRegistryIsSettledByAPerson(t *testing.T) {
	for kind, sends := range map[sluss.DecisionKind]int{sluss.DecidedTaken: 1, sluss.DecidedNotTaken: 2} {
		t.Run(string(kind), func(t *testing.T) {
			p := newPlant(t, "se-lost-answer")
			p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
				sluss.ReportRemoval: func(n int, s sluss.Submission) (sluss.Outcome, error) {
					if n == 1 {
						return sluss.Outcome{Kind: sluss.Unknown}, nil
					}
					return accepted(s), nil
				},
			}
			p.registry.find = func(int, sluss.Submission) (sluss.Outcome, error) { return sluss.Outcome{}, sluss.ErrCannotAsk }
			p.swedish()
			decide := func(at time.Duration, refused string, d sluss.Decision) {
				p.after(at, func() {
					_ = p.env.UpdateWorkflowByID(p.filing("se.removal").Workflow(), workflows.DecideUpdate.Name, p.update(), p.expect("decision", refused), to(p.filing("se.removal"), d))
				})
			}
			d := sluss.Decision{Kind: kind, Reason: "the agency's extract", By: sluss.Person{Name: "Cecilia Berg"}, At: p.start}
			if kind == sluss.DecidedTaken {
				decide(40*hour, "give its receipt", d)
				d.Receipt = "072f294c-9e70-4cf6-b6a3-139922067ddc"
			}
			decide(40*hour, "cannot be decided", sluss.Decision{Kind: sluss.DecidedWithdrawn, Reason: "x", By: d.By})
			decide(41*hour, "", d)
			result := p.run()
			if got := len(p.registry.of(sluss.ReportRemoval)); got != sends {
				t.Errorf("sent %d times, want %d", got, sends)
			}
			if receipt := result.Filings[0].Receipt; kind == sluss.DecidedTaken && (receipt == nil || receipt.ID != d.Receipt) {
				t.Errorf("receipt %+v", receipt)
			}
		})
	}
}

func TestOutageIsRetriedWithoutFilingTwice(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportRemoval: func(n int, s sluss.Submission) (sluss.Outcome, error) {
			if n <= 5 {
				return sluss.Outcome{}, sluss.ErrNotSent
			}
			return accepted(s), nil
		},
	}
	p.swedish()
	p.run()
	if sent := p.registry.of(sluss.ReportRemoval); len(sent) != 6 {
		t.Errorf("tried %d times, want until it got through", len(sent))
	}
}

func TestRefusedClearanceHoldsTheLorryUntilItIsOverriddenOrCorrected(t *testing.T) {
	p := newPlant(t, "no-lorry-swedish-load")
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportClearance: func(_ int, s sluss.Submission) (sluss.Outcome, error) {
			if s.Content.Declaration.Legs[0].Vehicles[0].Plate == "TS10003" {
				return sluss.Outcome{
					Kind: sluss.Rejected, Reasons: []sluss.Reason{{Field: "legs.0.vehicles.0", Message: "inspection overdue"}},
					Clearance: &sluss.Clearance{Verdict: sluss.Stop},
				}, nil
			}
			return accepted(s), nil
		},
	}
	p.reportRefused(1*hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1}, "no.clearance#1 is rejected")
	p.after(90*time.Minute, func() {
		p.env.UpdateWorkflow(workflows.CorrectUpdate.Name, p.update(), p.expect("correction", ""), sluss.Correction{
			By: sluss.Person{Name: "Bo Lind"}, Set: map[string]string{"legs.0.vehicles.0.plate": "TS10007"},
		})
	})
	p.swedish()
	p.run()
	if n := len(p.registry.of(sluss.ReportClearance)); n != 2 {
		t.Errorf("looked up %d times, want 2", n)
	}
}

func TestEventsThatHappenedAreRefused(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.reportRefused(1*hour, sluss.Event{Kind: sluss.Produced}, "produced")
	p.swedish()
	p.reportRefused(3*hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1}, "pickedUp#1")
	p.reportRefused(3*hour, sluss.Event{Kind: sluss.HandedOver, Leg: 2}, "handedOver#2")
	p.run()
}

func TestRejectionMayBeSettledWithoutACorrection(t *testing.T) {
	for kind, want := range map[sluss.DecisionKind]struct {
		sends int
		stage sluss.FilingStage
	}{
		sluss.DecidedAgain:     {2, sluss.StageAccepted}, // the profile at the registry was mended
		sluss.DecidedTaken:     {1, sluss.StageAccepted}, // filed by hand
		sluss.DecidedWithdrawn: {1, sluss.StageWithdrawn},
	} {
		t.Run(string(kind), func(t *testing.T) {
			p := newPlant(t, "se-waste-oil")
			p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
				sluss.ReportReception: func(n int, s sluss.Submission) (sluss.Outcome, error) {
					if n == 1 {
						return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{Message: "not registered"}}}, nil
					}
					return accepted(s), nil
				},
			}
			p.swedish()
			p.after(40*hour, func() {
				d := sluss.Decision{Kind: kind, Receipt: filedByHand, Reason: "the agency's support", By: sluss.Person{Name: "Cecilia Berg"}, At: p.start}
				_ = p.env.UpdateWorkflowByID(p.filing("se.reception").Workflow(), workflows.DecideUpdate.Name, p.update(), p.expect("decision", ""), to(p.filing("se.reception"), d))
			})
			result := p.run()
			if got := result.Filings[2]; len(p.registry.of(sluss.ReportReception)) != want.sends || got.Stage != want.stage {
				t.Errorf("sent %d times, %s", len(p.registry.of(sluss.ReportReception)), got.Stage)
			}
		})
	}
}

// TestWhatComesAtTheEndOfAHistoryIsNotLost: the BSDD is annulled in the moment in
// which a batch would go on in a fresh history.
func TestWhatComesAtTheEndOfAHistoryIsNotLost(t *testing.T) {
	p := newPlant(t, "fr-solvents")
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportSealing: func(int, sluss.Submission) (sluss.Outcome, error) {
			p.env.SetContinueAsNewSuggested(true)
			p.env.SignalWorkflow("amended", map[string]any{"obligation": "fr.creation", "withdraws": sluss.Decision{
				Kind: sluss.DecidedWithdrawn, Reason: "the BSDD is annulled", By: sluss.Person{Name: "Karin"},
			}})
			return sluss.Outcome{Kind: sluss.Deferred, Throttled: true, NotBefore: p.env.Now()}, nil
		},
	}
	p.ledger.slow = 100 * time.Millisecond // the withdrawal is still being recorded then
	p.execute(p.input())
	if in := next[workflows.BatchInput](p); in.Resumed == nil || in.Resumed.Annulment == nil {
		t.Errorf("it goes on from %+v", in.Resumed)
	}
	if len(p.ledger.decisions) == 0 {
		t.Errorf("no filing is withdrawn: %v", p.ledger.stages)
	}
}

// TestFilingThatIsPutOffForWeeksGoesOnInAFreshHistory of its batch, from what is recorded.
func TestFilingThatIsPutOffForWeeksGoesOnInAFreshHistory(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.batch.Approval = sluss.Officer
	deferred := 0
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportRemoval: func(int, sluss.Submission) (sluss.Outcome, error) {
			if deferred++; deferred == 20 {
				p.env.SetContinueAsNewSuggested(true)
			}
			return sluss.Outcome{Kind: sluss.Deferred, Throttled: true, NotBefore: p.env.Now().Add(hour)}, nil
		},
	}
	p.swedish()
	p.sign(3*hour, "se.removal", sluss.Officer)
	p.execute(p.input())
	in := next[workflows.BatchInput](p)
	if f := in.Resumed.Filings[0]; !f.Opened || f.End != nil || deferred != 20 {
		t.Fatalf("put off %d times; goes on with %+v", deferred, f)
	}
	stages := p.ledger.filing(p.filing("se.removal")).Stages

	q := newPlantOf(t, p.batch)
	q.ledger.filings, q.ledger.stages = p.ledger.filings, p.ledger.stages
	q.report(30*hour, sluss.Event{Kind: sluss.Treated})
	q.sign(40*hour, "se.transport#1", sluss.Officer)
	q.sign(41*hour, "se.reception", sluss.Officer)
	q.execute(in)
	if n := q.asked("se.removal"); n != 1 {
		t.Errorf("a signature was asked for %d times", n)
	}
	if sent := q.registry.of(sluss.ReportRemoval); len(sent) != 1 || sent[0].Signature == nil {
		t.Errorf("sent %+v; %d stages before", sent, stages)
	}
}
