package workflows_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sluss"
	"sluss/workflows"
)

// represents has the fake ledger answer by companies and mandates.
func (p *plant) represents(r sluss.Represented) {
	p.ledger.whose = func(d *sluss.Declaration, events []sluss.Event, owed []sluss.Obligation) []sluss.Obligation {
		if d == nil {
			d = &p.batch
			if n := len(p.ledger.corrections); n > 0 {
				d = &p.ledger.corrections[n-1].Declaration
			}
		}
		list := slices.Clone(owed)
		for i, o := range list {
			at := slices.IndexFunc(events, func(e sluss.Event) bool { return e.ID() == o.Event })
			if at < 0 {
				p.t.Errorf("nobody says when %s happened", o.Event)
				continue
			}
			list[i] = r.Whose(*d, o, events[at].At)
		}
		return list
	}
}

func ourCompanies(parties ...sluss.Party) (r sluss.Represented) {
	for _, p := range parties {
		r.Companies = append(r.Companies, sluss.Company{Country: p.Country, ID: p.ID, Name: p.Name})
	}
	return r
}

func mandateOf(p sluss.Party, as sluss.Capacity, duties ...string) sluss.Mandate {
	return sluss.Mandate{Country: p.Country, ID: p.ID, Duties: duties, From: "2020-01-01", As: as}
}

// tell tells a receipt of theirs.
func (p *plant) tell(at time.Duration, obligation sluss.ObligationID, receipt, reason, refused string) {
	p.after(at, func() {
		p.env.UpdateWorkflow(workflows.ReceiptUpdate.Name, p.update(), p.expect("receipt of "+string(obligation), refused), sluss.TheirReceipt{
			Obligation: obligation, Receipt: sluss.Receipt{ID: receipt}, Reason: reason, By: sluss.Person{Name: "Karin Holm"}, At: p.start.Add(at),
		})
	})
}

// assign says whose a duty is, by a correction.
func (p *plant) assign(at time.Duration, n int, obligation sluss.ObligationID, whose sluss.Whose, refused string) {
	p.after(at, func() {
		path := fmt.Sprintf("duties.%d.", n)
		p.env.UpdateWorkflow(workflows.CorrectUpdate.Name, p.update(), p.expect(string(obligation)+" "+string(whose), refused), sluss.Correction{
			Set:    map[string]string{path + "obligation": string(obligation), path + "whose": string(whose), path + "reason": "their word"},
			Reason: "their word", By: sluss.Person{Name: "Karin Holm"}, At: p.start.Add(at),
		})
	})
}

// state looks at the batch.
func (p *plant) look(at time.Duration, do func(s workflows.BatchState)) {
	p.after(at, func() {
		value, err := p.env.QueryWorkflow(workflows.BatchQuery.Name)
		var s workflows.BatchState
		if err == nil {
			err = value.Get(&s)
		}
		if err != nil {
			p.t.Error(err)
		}
		do(s)
	})
}

func (p *plant) sentObligations() (ids []sluss.ObligationID) {
	for _, s := range p.registry.sent {
		ids = append(ids, s.Content.Obligation.ID)
	}
	slices.Sort(ids)
	return ids
}

const toldID = "1b5c294c-9e70-4cf6-b6a3-139922067ddc"

// TestOnlyOursIsFiledInSweden: the producer is a stranger, the transporter is ours, the
// receiver gave a mandate. Nothing is filed for the producer, nobody is asked about it,
// and the batch closes without it; the id that the producer tells is named by the
// transporter's note.
func TestOnlyOursIsFiledInSweden(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	r := ourCompanies(p.batch.Legs[0].Transporter)
	r.Mandates = []sluss.Mandate{mandateOf(p.batch.Receiver, sluss.AsAgent, sluss.AllDuties)}
	p.represents(r)
	p.report(hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	p.look(hour+time.Minute, func(s workflows.BatchState) {
		if len(s.Theirs) != 1 || s.Theirs[0].Obligation.ID != "se.removal" || s.Theirs[0].Obligation.Due.IsZero() || s.Theirs[0].Receipt != nil {
			t.Errorf("theirs: %+v", s.Theirs)
		}
		if len(s.Filings) != 1 || s.Filings[0].Obligation.ID != "se.transport#1" || len(p.registry.sent) != 0 {
			t.Errorf("the transporter's note must wait for the id of the producer's: %+v, sent %v", s.Filings, p.registry.sent)
		}
	})
	p.tell(2*hour, "se.removal", "not a GUID", "", "is not a waste id")
	p.tell(2*hour, "se.transport#1", toldID, "", "is ours")
	p.tell(2*hour, "se.transport#7", toldID, "", "has no obligation")
	p.tell(3*hour, "se.removal", toldID, "", "")
	p.report(4*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
	p.report(5*hour, sluss.Event{Kind: sluss.WasteAccepted})
	p.report(6*hour, sluss.Event{Kind: sluss.Treated})
	if result := p.run(); result.How != "treated" || len(result.Filings) != 2 {
		t.Errorf("%+v", result)
	}
	if sent := p.sentObligations(); !slices.Equal(sent, []sluss.ObligationID{"se.reception", "se.transport#1"}) {
		t.Errorf("sent %v", sent)
	}
	for _, s := range p.registry.sent {
		if s.Content.Obligation.ID == "se.transport#1" && s.Content.Receipts["se.removal"].ID != toldID {
			t.Errorf("the transport names %+v", s.Content.Receipts)
		}
		if s.Content.Obligation.Theirs || s.Content.Obligation.Own {
			t.Errorf("%+v", s.Content.Obligation)
		}
	}
	if slices.ContainsFunc(p.ledger.stages, func(line string) bool { return strings.HasPrefix(line, "se.removal") }) {
		t.Errorf("recorded %q", p.ledger.stages)
	}
	if len(p.ledger.theirs) != 1 || p.ledger.theirs[0].Number != 1 || p.ledger.theirs[0].By.Name != "Karin Holm" {
		t.Errorf("recorded %+v", p.ledger.theirs)
	}
}

// TestALinkToTheirsIsWaitedForOnlySoLong: then the note is filed without, and the batch
// closes though nobody ever tells the id.
func TestALinkToTheirsIsWaitedForOnlySoLong(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.represents(ourCompanies(p.batch.Legs[0].Transporter, p.batch.Receiver))
	p.report(hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	p.report(4*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
	p.report(5*hour, sluss.Event{Kind: sluss.WasteAccepted})
	p.report(6*hour, sluss.Event{Kind: sluss.Treated})
	if result := p.run(); result.How != "treated" {
		t.Errorf("%+v", result)
	}
	for _, s := range p.registry.sent {
		if s.Content.Obligation.ID == "se.transport#1" && len(s.Content.Receipts) > 0 {
			t.Errorf("it names %+v", s.Content.Receipts)
		}
	}
	if sent := p.sentObligations(); !slices.Equal(sent, []sluss.ObligationID{"se.reception", "se.transport#1"}) {
		t.Errorf("sent %v", sent)
	}
}

// TestAReceiptOfTheirsIsReplacedWithAReason, and what is not filed yet names the new one.
func TestAReceiptOfTheirsIsReplacedWithAReason(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.batch.Approval = sluss.Officer
	p.represents(ourCompanies(p.batch.Legs[0].Transporter))
	p.report(hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	p.tell(2*hour, "se.removal", filedByHand, "", "")
	p.tell(3*hour, "se.removal", filedByHand, "", "known already")
	p.tell(4*hour, "se.removal", toldID, "", "not said why")
	p.tell(5*hour, "se.removal", toldID, "the first was of another batch", "")
	p.sign(6*hour, "se.transport#1", sluss.Officer)
	p.report(7*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
	p.report(8*hour, sluss.Event{Kind: sluss.WasteAccepted})
	p.report(9*hour, sluss.Event{Kind: sluss.Treated})
	p.run()
	if len(p.registry.sent) != 1 || p.registry.sent[0].Content.Receipts["se.removal"].ID != toldID {
		t.Errorf("sent %+v", p.registry.sent)
	}
	if n := len(p.ledger.theirs); n != 2 || p.ledger.theirs[1].Number != 2 || p.ledger.theirs[1].Reason == "" {
		t.Errorf("recorded %+v", p.ledger.theirs)
	}
}

// TestTheirsBecomesOursByAPersonsWord, and only then: a mandate that is entered later files
// nothing of before.
func TestTheirsBecomesOursByAPersonsWord(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.represents(ourCompanies(p.batch.Receiver))
	p.report(hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	p.after(2*hour, func() {
		p.represents(ourCompanies(p.batch.Producer, p.batch.Legs[0].Transporter, p.batch.Receiver))
	})
	p.look(3*hour, func(s workflows.BatchState) {
		if len(s.Theirs) != 2 || len(s.Filings) != 0 || len(p.registry.sent) != 0 {
			t.Errorf("theirs %+v, filings %+v", s.Theirs, s.Filings)
		}
	})
	p.assign(4*hour, 0, "se.transport#1", sluss.Ours, "")
	p.look(4*hour+time.Minute, func(s workflows.BatchState) {
		if len(s.Theirs) != 1 || len(s.Filings) != 1 {
			t.Errorf("theirs %+v, filings %+v", s.Theirs, s.Filings)
		}
	})
	p.tell(5*hour, "se.removal", toldID, "", "")
	p.assign(6*hour, 1, "se.removal", sluss.Ours, "is reported already, by the party itself")
	p.assign(7*hour, 0, "se.transport#1", sluss.Theirs, "is filed already")
	p.report(8*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
	p.report(9*hour, sluss.Event{Kind: sluss.WasteAccepted})
	p.report(10*hour, sluss.Event{Kind: sluss.Treated})
	p.run()
	if sent := p.sentObligations(); !slices.Equal(sent, []sluss.ObligationID{"se.reception", "se.transport#1"}) {
		t.Errorf("sent %v", sent)
	}
}

// TestOursBecomesTheirsByAPersonsWord: the open filing is withdrawn, whether it has begun or
// waits for another, and does not come back.
func TestOursBecomesTheirsByAPersonsWord(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.batch.Approval = sluss.Officer
	p.represents(ourCompanies(p.batch.Producer, p.batch.Legs[0].Transporter, p.batch.Receiver))
	p.report(hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	p.assign(2*hour, 0, "se.removal", sluss.Theirs, "")     // it waits for its signature
	p.assign(3*hour, 1, "se.transport#1", sluss.Theirs, "") // it waits for the removal
	p.assign(4*hour, 0, "se.removal", sluss.Ours, "was withdrawn")
	p.assign(4*hour, 1, "se.transport#1", sluss.Ours, "was withdrawn")
	p.after(4*hour, func() { // the word about the transport would be gone
		p.env.UpdateWorkflow(workflows.CorrectUpdate.Name, p.update(), p.expect("nothing said any more", "cannot be left out any more"), sluss.Correction{
			Set: map[string]string{"duties.1.obligation": "se.reception"}, Reason: "x", By: sluss.Person{Name: "Karin Holm"}, At: p.start.Add(4 * hour),
		})
	})
	p.look(5*hour, func(s workflows.BatchState) {
		if len(s.Theirs) != 2 || len(s.Filings) != 0 {
			t.Errorf("theirs %+v, filings %+v", s.Theirs, s.Filings)
		}
	})
	p.report(8*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
	p.sign(100*hour, "se.reception", sluss.Officer)
	p.report(9*hour, sluss.Event{Kind: sluss.WasteAccepted})
	p.report(10*hour, sluss.Event{Kind: sluss.Treated})
	p.run()
	if sent := p.sentObligations(); !slices.Equal(sent, []sluss.ObligationID{"se.reception"}) {
		t.Errorf("sent %v, recorded %q", sent, p.ledger.stages)
	}
}

// becomes corrects the transporter into another company.
func (p *plant) becomes(at time.Duration, id, refused string) {
	p.after(at, func() {
		p.env.UpdateWorkflow(workflows.CorrectUpdate.Name, p.update(), p.expect("another transporter", refused), sluss.Correction{
			Set: map[string]string{"legs.0.transporter.id": id}, Reason: "mistyped", By: sluss.Person{Name: "Karin Holm"}, At: p.start.Add(at),
		})
	})
}

const strangersNumber = "5560360793"

// TestACorrectedPartyIsReportedForOnlyIfItIsOurs: the open note of a transporter that turns
// out to be a stranger is withdrawn, and that of a stranger who turns out to be ours is filed.
func TestACorrectedPartyIsReportedForOnlyIfItIsOurs(t *testing.T) {
	for name, test := range map[string]struct {
		first, then string // the transporter's number
		sent        []sluss.ObligationID
	}{
		"ours, then a stranger": {"5560065087", strangersNumber, []sluss.ObligationID{"se.reception", "se.removal"}},
		"a stranger, then ours": {strangersNumber, "5560065087", []sluss.ObligationID{"se.reception", "se.removal", "se.transport#1"}},
		"ours, then mandated":   {"5560065087", "2021004748", []sluss.ObligationID{"se.reception", "se.removal", "se.transport#1"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlant(t, "se-waste-oil")
			ours := ourCompanies(p.batch.Producer, p.batch.Legs[0].Transporter, p.batch.Receiver)
			ours.Mandates = []sluss.Mandate{{Country: "SE", ID: "2021004748", Duties: []string{"transport"}, From: "2020-01-01", As: sluss.AsItself}}
			p.represents(ours)
			p.batch.Approval, p.batch.Legs[0].Transporter.ID = sluss.Officer, test.first
			p.report(hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
			p.sign(2*hour, "se.removal", sluss.Officer)
			p.becomes(3*hour, test.then, "")
			if slices.Contains(test.sent, "se.transport#1") {
				p.sign(4*hour, "se.transport#1", sluss.Officer)
			}
			p.report(5*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
			p.sign(100*hour, "se.reception", sluss.Officer)
			p.report(6*hour, sluss.Event{Kind: sluss.WasteAccepted})
			p.report(7*hour, sluss.Event{Kind: sluss.Treated})
			p.run()
			if sent := p.sentObligations(); !slices.Equal(sent, test.sent) {
				t.Errorf("sent %v, want %v; recorded %q", sent, test.sent, p.ledger.stages)
			}
			for _, s := range p.registry.of(sluss.ReportTransport) {
				if s.Content.Obligation.Own != (name == "ours, then mandated") {
					t.Errorf("own: %v", s.Content.Obligation.Own)
				}
			}
			d := p.ledger.corrections[0].Declaration
			if said, says := d.Whose("se.transport#1"); says != (name != "ours, then mandated") || says && (said == sluss.Theirs) != (test.then == strangersNumber) {
				t.Errorf("recorded %+v", d.Duties)
			}
		})
	}
}

// TestAPartyIsNotCorrectedWhileItsNoteMayBeThere into one that it must not be sent for: the
// answer was lost.
func TestAPartyIsNotCorrectedWhileItsNoteMayBeThere(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.represents(ourCompanies(p.batch.Producer, p.batch.Legs[0].Transporter, p.batch.Receiver))
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){
		sluss.ReportTransport: func(int, sluss.Submission) (sluss.Outcome, error) { return sluss.Outcome{Kind: sluss.Unknown}, nil },
	}
	p.registry.find = func(n int, s sluss.Submission) (sluss.Outcome, error) {
		if n == 1 {
			return sluss.Outcome{Kind: sluss.Deferred, NotBefore: p.start.Add(4 * hour)}, nil
		}
		return accepted(s), nil
	}
	p.report(hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	p.becomes(2*hour, strangersNumber, "is being sent")
	p.report(5*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
	p.report(6*hour, sluss.Event{Kind: sluss.WasteAccepted})
	p.report(7*hour, sluss.Event{Kind: sluss.Treated})
	p.run()
	if len(p.ledger.corrections) != 0 {
		t.Errorf("recorded %+v", p.ledger.corrections)
	}
}

// TestAQueuedNoteIsWithdrawnIfItsPartyBecomesAStranger.
func TestAQueuedNoteIsWithdrawnIfItsPartyBecomesAStranger(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	p.represents(ourCompanies(p.batch.Producer, p.batch.Legs[0].Transporter, p.batch.Receiver))
	p.ledger.wait = func(i sluss.Intent) *sluss.QueuePlace {
		if strings.HasSuffix(i.Filing, "se.transport#1") && len(p.ledger.corrections) == 0 {
			return &sluss.QueuePlace{In: 3 * hour, At: p.start.Add(4 * hour)}
		}
		return nil
	}
	p.report(hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	p.becomes(2*hour, strangersNumber, "")
	p.report(5*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
	p.report(6*hour, sluss.Event{Kind: sluss.WasteAccepted})
	p.report(7*hour, sluss.Event{Kind: sluss.Treated})
	p.run()
	if sent := p.sentObligations(); !slices.Equal(sent, []sluss.ObligationID{"se.reception", "se.removal"}) {
		t.Errorf("sent %v", sent)
	}
}

// TestADeclarationSaysWhoseADutyIs, from the beginning.
func TestADeclarationSaysWhoseADutyIs(t *testing.T) {
	p := newPlant(t, "fr-solvents")
	p.batch.Duties = []sluss.Duty{{Obligation: "fr.preflight", Whose: sluss.Theirs, Reason: "x"}}
	p.represents(ourCompanies(p.batch.Producer, p.batch.Legs[0].Transporter, p.batch.Receiver))
	p.sign(1*hour, "fr.emission#1", sluss.Producer)
	p.sign(2*hour, "fr.take-over#1", sluss.Transporter)
	p.restOfTheWay()
	p.run()
	if slices.ContainsFunc(p.registry.sent, func(s sluss.Submission) bool { return s.Content.Obligation.Report == sluss.ReportPreflight }) {
		t.Error("the companies were looked up")
	}
}

// TestTheTransporterSignsForItself: its step is followed at the registry and asks nobody
// here; until the registry shows it, the gate stays shut, and the receiver's step waits.
func TestTheTransporterSignsForItself(t *testing.T) {
	p := newPlant(t, "fr-solvents")
	p.represents(ourCompanies(p.batch.Producer, p.batch.Receiver))
	done := map[sluss.ReportKind]sluss.Outcome{}
	p.there(done)
	p.sign(1*hour, "fr.emission#1", sluss.Producer)
	p.reportRefused(2*hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1}, "fr.take-over#1 is theirs: waiting until trackdechets shows that Transports Cévenols SARL has done it")
	p.others(3*hour, "SIGNED_BY_PRODUCER")
	p.look(3*hour+time.Minute, func(s workflows.BatchState) {
		if len(s.Theirs) != 1 || s.Theirs[0].Receipt != nil {
			t.Errorf("%+v", s.Theirs)
		}
	})
	p.after(4*hour, func() { done[sluss.ReportTakeOver] = sluss.Outcome{Kind: sluss.Accepted} })
	p.others(5*hour, "SENT")
	p.restOfTheWay()
	result := p.run()
	if want := []sluss.ReportKind{sluss.ReportCreation, sluss.ReportSealing, sluss.ReportEmission, sluss.ReportArrival, sluss.ReportAcceptance, sluss.ReportProcessing}; !slices.Equal(p.sentNotes(), want) {
		t.Errorf("sent %q, want %q", p.sentNotes(), want)
	}
	if len(p.ledger.theirs) != 1 || p.ledger.theirs[0].Obligation != "fr.take-over#1" || p.ledger.theirs[0].Receipt.ID != "id-of-fr.creation" || p.ledger.theirs[0].By.Name != "" {
		t.Errorf("recorded %+v", p.ledger.theirs)
	}
	if slices.ContainsFunc(result.Filings, func(f workflows.FilingState) bool { return f.Obligation.ID == "fr.take-over#1" }) {
		t.Error("there is a filing of theirs")
	}
}

// TestOthersCreateTheBSDD: a person tells its number, and its steps are followed from there.
func TestOthersCreateTheBSDD(t *testing.T) {
	p := newPlant(t, "fr-solvents")
	p.represents(ourCompanies(p.batch.Receiver))
	const number = "BSD-20261123-ABCDEFGHJ"
	p.registry.find = func(_ int, s sluss.Submission) (sluss.Outcome, error) {
		if s.Content.Receipts["fr.creation"].ID != number || !s.Content.Obligation.Theirs {
			return sluss.Outcome{}, sluss.ErrAbsent
		}
		return sluss.Outcome{Kind: sluss.Accepted, Receipt: &sluss.Receipt{Registry: sluss.Trackdechets, ID: "id-of-fr.creation"}}, nil
	}
	p.reportRefused(2*hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1}, "`starter receipt default/SOLV-2026-0007 fr.creation NUMBER --by NAME` says under which number")
	p.after(2*hour+time.Minute, func() {
		if p.registry.asked != 0 {
			t.Error("the registry is asked about a document that nobody knows")
		}
	})
	p.tell(3*hour, "fr.creation", "BSD-20261123-XXXXXXXXX", "", "") // of another batch
	p.tell(4*hour, "fr.creation", number, "mistyped", "")
	p.restOfTheWay()
	p.run()
	if want := []sluss.ReportKind{sluss.ReportArrival, sluss.ReportAcceptance, sluss.ReportProcessing}; !slices.Equal(p.sentNotes(), want) || len(p.registry.sent) != 3 {
		t.Errorf("sent %q, want %q", p.sentNotes(), want)
	}
	if arrival := p.registry.sent[0].Content; arrival.Receipts["fr.creation"].ID != number {
		t.Errorf("it names %+v", arrival.Receipts)
	}
	if len(p.ledger.theirs) != 5 || p.registry.asked != 4 {
		t.Errorf("asked %d times, recorded %+v", p.registry.asked, p.ledger.theirs)
	}
}

// TestWhatOthersCannotDoIsShown: a cancelled BSDD is told, and asked about again once it changes.
func TestWhatOthersCannotDoIsShown(t *testing.T) {
	p := newPlant(t, "fr-solvents")
	p.represents(ourCompanies(p.batch.Producer, p.batch.Receiver))
	done := map[sluss.ReportKind]sluss.Outcome{sluss.ReportTakeOver: {Kind: sluss.Rejected, Reasons: []sluss.Reason{{Message: "was cancelled"}}}}
	p.there(done)
	p.sign(1*hour, "fr.emission#1", sluss.Producer)
	p.others(2*hour, "CANCELED")
	p.look(3*hour, func(s workflows.BatchState) {
		if len(s.Theirs) != 1 || s.Theirs[0].Detail != "was cancelled" {
			t.Errorf("%+v", s.Theirs)
		}
	})
	p.after(4*hour, func() { done[sluss.ReportTakeOver] = sluss.Outcome{Kind: sluss.Accepted} })
	p.others(5*hour, "SENT")
	p.restOfTheWay()
	if result := p.run(); result.How != "treated" {
		t.Errorf("%+v", result)
	}
}

// TestTheirsIsAskedForLaterIfTheQuotaIsUsedUp.
func TestTheirsIsAskedForLaterIfTheQuotaIsUsedUp(t *testing.T) {
	p := newPlant(t, "fr-solvents")
	p.represents(ourCompanies(p.batch.Producer, p.batch.Receiver))
	p.there(map[sluss.ReportKind]sluss.Outcome{sluss.ReportTakeOver: {Kind: sluss.Accepted}})
	var asked []bool
	p.ledger.wait = func(i sluss.Intent) *sluss.QueuePlace {
		if i.Purpose != sluss.ToAsk {
			return nil
		}
		if asked = append(asked, i.Urgent); len(asked) < 3 {
			return &sluss.QueuePlace{In: time.Minute}
		}
		return nil
	}
	p.sign(1*hour, "fr.emission#1", sluss.Producer)
	p.others(2*hour, "SENT")
	p.restOfTheWay()
	p.run()
	if len(asked) < 3 || !slices.Equal(asked[:3], []bool{false, true, true}) || len(p.ledger.theirs) != 1 {
		t.Errorf("asked urgently %v, recorded %+v", asked, p.ledger.theirs)
	}
}

// TestTheirsGoesOnInANewHistory: the receipts of theirs, and that they are theirs, are taken over.
func TestTheirsGoesOnInANewHistory(t *testing.T) {
	p := newPlant(t, "se-waste-oil")
	o := sluss.Obligation{ID: "se.removal", Registry: sluss.Avfallsregistret, Report: sluss.ReportRemoval, Role: sluss.Producer, Event: "pickedUp#1", Theirs: true}
	open := o
	open.ID, open.Report, open.Role, open.Leg = "se.transport#1", sluss.ReportTransport, sluss.Transporter, 1
	p.represents(ourCompanies(p.batch.Receiver))
	p.ledger.known = &sluss.BatchSnapshot{
		Declaration: p.batch, Events: []sluss.Event{{Kind: sluss.Produced, At: p.start}, {Kind: sluss.PickedUp, Leg: 1, At: p.start}},
		Filings: []sluss.ObligationSnapshot{
			{Obligation: o, Told: 1, End: &sluss.FilingEnd{Stage: sluss.StageAccepted, Receipt: &sluss.Receipt{ID: filedByHand}, Others: true}},
			{Obligation: open},
		},
	}
	p.look(time.Minute, func(s workflows.BatchState) {
		if len(s.Theirs) != 2 || s.Theirs[0].Receipt == nil || s.Theirs[0].Receipt.ID != filedByHand || s.Theirs[1].Receipt != nil || len(s.Filings) != 0 {
			t.Errorf("%+v, %+v", s.Theirs, s.Filings)
		}
	})
	p.tell(2*hour, "se.removal", toldID, "mistyped", "")
	p.report(8*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
	p.report(9*hour, sluss.Event{Kind: sluss.WasteAccepted})
	p.report(10*hour, sluss.Event{Kind: sluss.Treated})
	p.run()
	if sent := p.sentObligations(); !slices.Equal(sent, []sluss.ObligationID{"se.reception"}) || len(p.ledger.theirs) != 1 || p.ledger.theirs[0].Number != 2 {
		t.Errorf("sent %v, recorded %+v", sent, p.ledger.theirs)
	}
}

// TestNothingIsFiledForStrangers: whoever of the parties is ours, gave a mandate, or neither,
// only what is ours is sent, and all of it.
func TestNothingIsFiledForStrangers(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		example := rapid.SampledFrom([]string{"se-waste-oil", "se-two-transporters", "fr-solvents", "no-lorry-swedish-load"}).Draw(r, "example")
		p := newPlant(t, example)
		p.batch.Approval = ""
		by := sluss.Represented{}
		for i, party := range p.batch.Parties() {
			switch rapid.SampledFrom([]string{"ours", "agent", "own", "one duty", "over", "stranger"}).Draw(r, fmt.Sprintf("party %d", i)) {
			case "ours":
				by.Companies = append(by.Companies, sluss.Company{Country: party.Country, ID: party.ID})
			case "agent":
				by.Mandates = append(by.Mandates, mandateOf(party, sluss.AsAgent, sluss.AllDuties))
			case "own":
				by.Mandates = append(by.Mandates, mandateOf(party, sluss.AsItself, sluss.AllDuties))
			case "one duty":
				by.Mandates = append(by.Mandates, mandateOf(party, sluss.AsAgent, rapid.SampledFrom([]string{"removal", "transport", "reception", "fr.emission", "take-over"}).Draw(r, "duty")))
			case "over":
				over := mandateOf(party, sluss.AsAgent, sluss.AllDuties)
				over.Until = sluss.DayOf(p.start.AddDate(0, 0, -1))
				by.Mandates = append(by.Mandates, over)
			}
		}
		p.represents(by)
		p.registry.find = func(_ int, s sluss.Submission) (sluss.Outcome, error) {
			if !s.Content.Obligation.Theirs {
				return sluss.Outcome{}, sluss.ErrAbsent
			}
			return sluss.Outcome{Kind: sluss.Accepted, Receipt: &sluss.Receipt{Registry: sluss.Trackdechets, ID: "id-of-fr.creation"}}, nil
		}
		if example == "fr-solvents" {
			for i, status := range []string{"SENT", "RECEIVED", "ACCEPTED", "PROCESSED"} {
				p.others(time.Duration(5+10*i+7*min(i, 1))*hour, status)
			}
		}
		owed := map[sluss.ObligationID]sluss.Obligation{}
		whose := p.ledger.whose
		p.ledger.whose = func(d *sluss.Declaration, events []sluss.Event, list []sluss.Obligation) []sluss.Obligation {
			list = whose(d, events, list)
			for _, o := range list {
				owed[o.ID] = o
			}
			return list
		}
		p.after(time.Minute, func() {
			if owed["fr.creation"].Theirs {
				p.env.UpdateWorkflow(workflows.ReceiptUpdate.Name, p.update(), p.expect("number", ""), sluss.TheirReceipt{
					Obligation: "fr.creation", Receipt: sluss.Receipt{ID: "BSD-20261123-ABCDEFGHJ"}, By: sluss.Person{Name: "Karin Holm"},
				})
			}
		})
		signs := func(at time.Duration, obligation sluss.ObligationID) {
			p.after(at, func() {
				if o, is := owed[obligation]; is && !o.Theirs && o.Signer != "" {
					s := sluss.Signature{Role: o.Signer, Person: sluss.Person{Name: "Claire Dupuis"}, At: p.start.Add(at), ContentHash: p.hash(obligation)}
					_ = p.env.UpdateWorkflowByID(p.filing(obligation).Workflow(), workflows.SignUpdate.Name, p.update(), p.expect("signature", ""), to(p.filing(obligation), s))
				}
			})
		}
		signs(1*hour, "fr.emission#1")
		signs(2*hour, "fr.take-over#1")
		events := []sluss.Event{{Kind: sluss.PickedUp, Leg: 1}}
		for leg := range p.batch.Legs[1:] {
			events = append(events, sluss.Event{Kind: sluss.HandedOver, Leg: leg + 2})
		}
		events = append(events, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass}, sluss.Event{Kind: sluss.WasteAccepted}, sluss.Event{Kind: sluss.Treated})
		for i, e := range events {
			p.report(time.Duration(10+10*i)*hour, e)
		}
		for i, step := range []sluss.ObligationID{"fr.arrival", "fr.acceptance", "fr.processing"} {
			signs(time.Duration(25+10*i)*hour, step)
		}
		p.run()
		for _, s := range p.registry.sent {
			o := s.Content.Obligation
			e, _ := s.Content.Happened(o.Event)
			if by.Whose(p.batch, o, e.At).Theirs || o.Theirs {
				r.Fatalf("%s is sent for a stranger", o.ID)
			}
		}
		for id, o := range owed {
			sent := slices.ContainsFunc(p.registry.sent, func(s sluss.Submission) bool { return s.Content.Obligation.ID == id })
			if sent == o.Theirs {
				r.Fatalf("%s: theirs %v, sent %v", id, o.Theirs, sent)
			}
		}
	})
}
