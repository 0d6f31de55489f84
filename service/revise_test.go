package service_test

import (
	"errors"
	"strings"
	"testing"

	"sluss"
	"sluss/ledger"
	"sluss/obligations"
	"sluss/service"
)

// platform is a service on a ledger with a French batch, of which the steps up to a
// note are taken.
func platform(t *testing.T, last sluss.ReportKind) (s *service.Service, c *clerk, filing func(obligation sluss.ObligationID) sluss.FilingID) {
	t.Helper()
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	batch := example(t, "fr-solvents")
	by := sluss.Person{Name: "Anna Ek"}
	var events []sluss.Event
	taken := true
	for _, e := range []sluss.Event{{Kind: sluss.Produced}, {Kind: sluss.PickedUp, Leg: 1}, {Kind: sluss.Received, Mass: batch.Waste.Mass}, {Kind: sluss.WasteAccepted}, {Kind: sluss.Treated}} {
		if !taken {
			break
		}
		e.At, e.By = noon, by
		events = append(events, e)
		owed := obligations.For(batch, events)
		must(t, l.RecordEvent(t.Context(), sluss.EventRecord{Batch: batch.ID(), Declaration: &batch, Event: e, Obligations: owed, At: noon}))
		for _, o := range owed {
			if !taken {
				break
			}
			id := batch.ID().Filing(o.ID)
			content := sluss.Content{Declaration: batch, Obligation: o, Events: events}
			must(t, l.OpenFiling(t.Context(), sluss.FilingRecord{Filing: id, Batch: batch.ID(), Content: content, Hash: content.Hash(), Stage: sluss.StageRejected, At: noon}))
			must(t, l.RecordDecision(t.Context(), sluss.DecisionRecord{Filing: id, Number: 1, Decision: sluss.Decision{Kind: sluss.DecidedTaken, Receipt: "bsdd", At: noon}}))
			taken = o.Report != last
		}
	}
	c = &clerk{t: t, l: l, updates: map[string]bool{}, contents: map[sluss.FilingID]sluss.Content{}}
	return &service.Service{Ledger: l, Temporal: c}, c, func(obligation sluss.ObligationID) sluss.FilingID {
		return batch.ID().Filing(obligation)
	}
}

func TestABSDDIsRevisedOrAnnulled(t *testing.T) {
	d, temporal, filing := platform(t, sluss.ReportTakeOver)
	done, err := d.Amend(t.Context(), filing("fr.emission#1"), correction("waste.name", "Solvents"))
	must(t, err)
	c := temporal.contents[done.Filing]
	if done.Receipt != "bsdd" || done.Waiting != sluss.Producer || c.Obligation.Rule.ID != sluss.RuleRevision || c.Obligation.Registry != sluss.Trackdechets {
		t.Errorf("%+v; %+v", done, c.Obligation)
	}
	refused(t, d, filing("fr.take-over#1"), correction("waste.name", "Other"), "wait until it is settled")
	refused(t, d, filing("fr.creation"), annulment(sluss.NotCarried), "wait until it is settled")
	must(t, d.Ledger.RecordDecision(t.Context(), sluss.DecisionRecord{Filing: done.Filing, Number: 1, Decision: sluss.Decision{Kind: sluss.DecidedWithdrawn, Reason: "it was right", At: noon}}))

	var faults sluss.Faults
	if _, err := d.Amend(t.Context(), filing("fr.take-over#1"), correction("legs.0.transporter.name", "Other")); !errors.As(err, &faults) || !strings.Contains(faults[0].Problem, "sealed by its own signature") {
		t.Errorf("what is sealed: %v", err)
	}
	if _, err := d.Amend(t.Context(), filing("fr.emission#1"), annulment(sluss.NotCarried)); !errors.As(err, &faults) || faults[0].Remedy != "annul fr.creation" {
		t.Errorf("a step is annulled: %v", err)
	}
	gone, err := d.Amend(t.Context(), filing("fr.creation"), annulment(sluss.NotCarried))
	must(t, err)
	if c := temporal.contents[gone.Filing]; c.Obligation.Rule.ID != sluss.RuleCancellation || gone.Waiting != sluss.Officer {
		t.Errorf("%+v", c.Obligation)
	}
	must(t, d.Ledger.RecordStage(t.Context(), sluss.StageRecord{Filing: gone.Filing, Number: 1, Stage: sluss.StageRejected, Waiting: sluss.Officer, At: noon}))
	must(t, d.Ledger.RecordDecision(t.Context(), sluss.DecisionRecord{Filing: gone.Filing, Number: 1, Decision: sluss.Decision{Kind: sluss.DecidedTaken, Receipt: "bsdd", At: noon}}))
	for _, id := range []sluss.ObligationID{"fr.creation", "fr.emission#1"} {
		refused(t, d, filing(id), correction("waste.name", "Solvents"), "declare the batch anew")
	}
}

func TestABSDDThatCannotBeRevisedYetOrAnnulledAnyMore(t *testing.T) {
	d, _, filing := platform(t, sluss.ReportSealing)
	refused(t, d, filing("fr.creation"), correction("waste.mass", "2950"), "starter correct")
	refused(t, d, filing("fr.preflight"), annulment(sluss.NotCarried), "it is asked again")
	d, _, filing = platform(t, sluss.ReportArrival)
	refused(t, d, filing("fr.creation"), annulment(sluss.NotCarried), "revise the BSDD")
}
