package workflows_test

import (
	"slices"
	"testing"

	"sluss"
	sim "sluss/simulators/trackdechets"
	"sluss/workflows"
)

// beforeStorage brings the waste to its storage by the seventh hour.
func (p *plant) beforeStorage() {
	p.sign(1*hour, "fr.emission#1", sluss.Producer)
	p.sign(2*hour, "fr.take-over#1", sluss.Transporter)
	p.report(3*hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	p.report(5*hour, sluss.Event{Kind: sluss.Received, Leg: 1, Mass: p.batch.Waste.Mass})
	p.reportRefused(6*hour, sluss.Event{Kind: sluss.WasteAccepted, Leg: 1}, "fr.storing#1 is waiting for signature (the collector, Transit de Feyzin SAS)")
	p.reportRefused(6*hour, sluss.Event{Kind: sluss.WasteRefused, Leg: 1, Reason: "wet"}, "fr.storing#1 is waiting for signature")
	p.sign(7*hour, "fr.storing#1", sluss.Collector)
}

// filed are the steps that were sent, in order, without the look-up of the companies.
func (p *plant) filed() (ids []sluss.ObligationID) {
	for _, s := range p.registry.sent {
		if id := s.Content.Obligation.ID; id != "fr.preflight" {
			ids = append(ids, id)
		}
	}
	return ids
}

// TestABatchIsStoredOnItsWay: the storage signs the arrival and its verdict, seals
// and signs again, and the next transporter signs, before the second leg begins; all
// under one BSDD.
func TestABatchIsStoredOnItsWay(t *testing.T) {
	p := newPlant(t, "fr-temporary-storage")
	p.beforeStorage()
	p.report(8*hour, sluss.Event{Kind: sluss.WasteAccepted, Leg: 1, RefusedMass: 300 * sluss.Kilogram, Reason: "one container leaks"})
	p.reportRefused(9*hour, sluss.Event{Kind: sluss.HandedOver, Leg: 2}, "fr.storing-verdict#1 is waiting for signature")
	p.sign(10*hour, "fr.storing-verdict#1", sluss.Collector)
	p.sign(11*hour, "fr.emission#2", sluss.Collector)
	p.reportRefused(12*hour, sluss.Event{Kind: sluss.HandedOver, Leg: 2}, "fr.take-over#2 is waiting for signature (the transporter, Batellerie du Rhône SAS)")
	p.sign(13*hour, "fr.take-over#2", sluss.Transporter)
	p.report(40*hour, sluss.Event{Kind: sluss.HandedOver, Leg: 2})
	p.report(44*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass - 300*sluss.Kilogram})
	p.sign(45*hour, "fr.arrival", sluss.Receiver)
	p.report(46*hour, sluss.Event{Kind: sluss.WasteAccepted})
	p.sign(47*hour, "fr.acceptance", sluss.Receiver)
	p.report(60*hour, sluss.Event{Kind: sluss.Treated})
	p.sign(61*hour, "fr.processing", sluss.Receiver)
	if result := p.run(); result.How != "treated" {
		t.Errorf("ended %s", result.How)
	}
	want := []sluss.ObligationID{
		"fr.creation", "fr.sealing", "fr.emission#1", "fr.take-over#1",
		"fr.storing#1", "fr.storing-verdict#1", "fr.resealing#2", "fr.emission#2", "fr.take-over#2",
		"fr.arrival", "fr.acceptance", "fr.processing",
	}
	if sent := p.filed(); !slices.Equal(sent, want) {
		t.Errorf("sent %v, want %v", sent, want)
	}
	for _, s := range p.registry.sent {
		o := s.Content.Obligation
		if o.Signer != "" && (s.Signature == nil || s.Signature.ContentHash != s.Content.Hash()) {
			t.Errorf("%s went out with the signature %+v", o.ID, s.Signature)
		}
		if len(o.After) > 0 && s.Content.Receipts["fr.creation"].ID != "id-of-fr.creation" {
			t.Errorf("%s names %v", o.ID, s.Content.Receipts)
		}
	}
}

// TestAStorageRefusesABatch: the batch ends once the refusal is reported.
func TestAStorageRefusesABatch(t *testing.T) {
	p := newPlant(t, "fr-temporary-storage")
	p.beforeStorage()
	p.report(8*hour, sluss.Event{Kind: sluss.WasteRefused, Leg: 1, Reason: "not what was declared"})
	p.sign(9*hour, "fr.storing-verdict#1", sluss.Collector)
	if result := p.run(); result.How != "refused" {
		t.Errorf("ended %s", result.How)
	}
	want := []sluss.ObligationID{"fr.creation", "fr.sealing", "fr.emission#1", "fr.take-over#1", "fr.storing#1", "fr.storing-verdict#1"}
	if sent := p.filed(); !slices.Equal(sent, want) {
		t.Errorf("sent %v, want %v", sent, want)
	}
}

// TestAStorageCannotBeCorrectedAwayUnderWay: what happens next depends on it.
func TestAStorageCannotBeCorrectedAwayUnderWay(t *testing.T) {
	p := newPlant(t, "fr-temporary-storage")
	p.beforeStorage()
	p.after(4*hour+hour/2, func() {
		c := sluss.Correction{Set: map[string]string{"legs.0.storage": "", "legs.1.consignor": ""}, Reason: "straight on", By: sluss.Person{Name: "Ingrid"}, At: p.start}
		p.env.UpdateWorkflow(workflows.CorrectUpdate.Name, p.update(), p.expect("correction", "legs.0.storage: leg 1 is under way"), c)
	})
	p.report(8*hour, sluss.Event{Kind: sluss.WasteRefused, Leg: 1, Reason: "not what was declared"})
	p.sign(9*hour, "fr.storing-verdict#1", sluss.Collector)
	p.run()
}

// TestTheReportsOfABatchThatIsStoredOnItsWay: with the registry's simulator, every
// filing of the batch is one step there, and it ends as its people said.
func TestTheReportsOfABatchThatIsStoredOnItsWay(t *testing.T) {
	refuse := func(id sluss.EventID) func(*sluss.Event) {
		return func(e *sluss.Event) {
			if e.ID() == id {
				e.Kind, e.Reason = sluss.WasteRefused, "not what was declared"
			}
		}
	}
	for name, test := range map[string]struct {
		say  func(*sluss.Event)
		how  string
		want sim.Status
	}{
		"taken": {nil, "treated", sim.Processed},
		"taken in part by who stores it": {func(e *sluss.Event) {
			switch e.ID() {
			case "accepted#1":
				e.RefusedMass, e.Reason = 300*sluss.Kilogram, "one container leaks"
			case "received":
				e.Mass -= 300 * sluss.Kilogram
			}
		}, "treated", sim.Processed},
		"refused by who stores it": {refuse("accepted#1"), "refused", sim.Refused},
		"refused by the receiver":  {refuse("accepted"), "refused", sim.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			b, d := newTaskRegistry(t), sample(t, "fr-temporary-storage")
			result := b.play(t, d, test.say)
			if f := b.agree(t, d, result); f.Status != test.want || result.How != test.how {
				t.Errorf("ended %s, %s in the registry's records", result.How, f.Status)
			}
		})
	}
}
