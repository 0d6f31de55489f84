package workflows_test

import (
	"slices"
	"testing"

	"sluss"
	"sluss/workflows"
)

// TestEachTransporterSignsTheBSDDBeforeItsOwnLeg: the second signature is asked
// for once the first leg is under way, keeps the second from beginning, and
// comes before the receiver's.
func TestEachTransporterSignsTheBSDDBeforeItsOwnLeg(t *testing.T) {
	p := newPlant(t, "fr-two-transporters")
	p.sign(1*hour, "fr.emission#1", sluss.Producer)
	p.after(hour+hour/2, func() {
		if _, err := p.env.QueryWorkflowByID(p.filing("fr.take-over#2").Workflow(), workflows.FilingQuery.Name, p.filing("fr.take-over#2")); err == nil {
			t.Error("the second transporter is asked to sign before the first leg began")
		}
	})
	p.sign(2*hour, "fr.take-over#1", sluss.Transporter)
	p.report(3*hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	p.reportRefused(4*hour, sluss.Event{Kind: sluss.HandedOver, Leg: 2}, "fr.take-over#2 is waiting for signature (the transporter, Batellerie du Rhône SAS)")
	p.sign(5*hour, "fr.take-over#2", sluss.Transporter)
	p.report(6*hour, sluss.Event{Kind: sluss.HandedOver, Leg: 2})
	p.report(8*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
	p.sign(9*hour, "fr.arrival", sluss.Receiver)
	p.report(10*hour, sluss.Event{Kind: sluss.WasteAccepted})
	p.sign(11*hour, "fr.acceptance", sluss.Receiver)
	p.report(30*hour, sluss.Event{Kind: sluss.Treated})
	p.sign(31*hour, "fr.processing", sluss.Receiver)
	if result := p.run(); result.How != "treated" {
		t.Errorf("ended %s", result.How)
	}

	var sent []sluss.ObligationID
	p.registry.sent = slices.DeleteFunc(p.registry.sent, func(s sluss.Submission) bool { return s.Content.Obligation.Report == sluss.ReportPreflight }) // beside the others
	for _, s := range p.registry.sent {
		sent = append(sent, s.Content.Obligation.ID)
		if s.Content.Obligation.Signer != "" && (s.Signature == nil || s.Signature.ContentHash != s.Content.Hash()) {
			t.Errorf("%s went out with the signature %+v", s.Content.Obligation.ID, s.Signature)
		}
	}
	want := []sluss.ObligationID{"fr.creation", "fr.sealing", "fr.emission#1", "fr.take-over#1", "fr.take-over#2", "fr.arrival", "fr.acceptance", "fr.processing"}
	if !slices.Equal(sent, want) {
		t.Errorf("sent %v, want %v", sent, want)
	}
	second := p.registry.sent[4].Content
	if party, path := second.Declaration.Obliged(second.Obligation); path != "legs.1.transporter" || party.Name != "Batellerie du Rhône SAS" {
		t.Errorf("the second take-over is %s's, at %s", party.Name, path)
	}
	if second.Receipts["fr.creation"].ID == "" || second.Receipts["fr.take-over#1"].ID == "" {
		t.Errorf("it names %v", second.Receipts)
	}
}
