package service_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"sluss"
	"sluss/obligations"
	"sluss/service"
)

// batchClerk is a clerk that also records what a batch's workflow records of events and
// corrections.
type batchClerk struct {
	*clerk

	corrections int
}

func (c *batchClerk) UpdateWorkflow(ctx context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	batch := sluss.BatchID(o.WorkflowID)
	known, err := c.l.Batch(ctx, batch)
	must(c.t, err)
	events, err := c.l.Events(ctx, batch)
	must(c.t, err)
	switch told := o.Args[0].(type) {
	case sluss.Event:
		must(c.t, obligations.Check(known.Declaration, events, told))
		must(c.t, c.l.RecordEvent(ctx, sluss.EventRecord{Batch: batch, Event: told, Corrections: known.Corrections, At: told.At}))
	case sluss.Correction:
		d, now, err := obligations.Corrected(known.Declaration, events, told)
		must(c.t, err)
		c.corrections++
		must(c.t, c.l.RecordCorrection(ctx, sluss.CorrectionRecord{Batch: batch, Number: c.corrections, Correction: told, Declaration: d, Events: now}))
	default:
		return c.clerk.UpdateWorkflow(ctx, o)
	}
	return taken{}, nil
}

// underWay is a service on a ledger with a Swedish batch that has left, whose two notes
// are filed.
func underWay(t *testing.T, change func(*sluss.Declaration), more ...sluss.Event) (*service.Service, *batchClerk, sluss.BatchID) {
	t.Helper()
	d, temporal := world(t)
	b := example(t, "se-waste-oil")
	b.Reference = "VO-1"
	change(&b)
	var events []sluss.Event
	for _, e := range append([]sluss.Event{{Kind: sluss.Produced}, {Kind: sluss.PickedUp, Leg: 1}}, more...) {
		e.At, e.By = noon, sluss.Person{Name: "Anna Ek"}
		events = append(events, e)
		record := sluss.EventRecord{Batch: b.ID(), Event: e, Obligations: told(obligations.For(b, events)), At: noon}
		if len(events) == 1 {
			record.Declaration = &b
		}
		must(t, d.Ledger.RecordEvent(t.Context(), record))
		for _, o := range record.Obligations {
			filed(t, d.Ledger, b.ID().Filing(o.ID), sluss.Content{Declaration: b, Obligation: o, Events: slices.Clone(events)}, "0b5c-"+string(o.ID))
		}
	}
	c := &batchClerk{clerk: temporal}
	d.Temporal = c
	return d, c, b.ID()
}

var because = sluss.Person{Name: officer}

func asPlanned(*sluss.Declaration) {}

// What did not happen is taken back, and what was filed of it is annulled, in one act.
func TestACancelledBatchThatNeverLeftIsAnnulled(t *testing.T) {
	d, temporal, batch := underWay(t, asPlanned)
	asked := service.Cancelling{NeverLeft: true, Reason: "the wrong batch was reported", By: because}
	for range 2 { // the second one changes nothing
		done, err := d.Cancel(t.Context(), batch, asked)
		must(t, err)
		if len(done.Amendments) != 2 || len(done.Left) > 0 || len(temporal.started) != 2 {
			t.Fatalf("%+v; started %v", done, temporal.started)
		}
		for _, a := range done.Amendments {
			c := temporal.filed(a.Filing)
			if c.Amends.Annul != sluss.WrongNote || c.Amends.Reason != asked.Reason || a.Waiting != sluss.Officer || a.Hash != c.Hash() {
				t.Errorf("%+v: %+v", a, c.Amends)
			}
		}
	}
	events, err := d.Ledger.Events(t.Context(), batch)
	must(t, err)
	if len(events) != 2 || events[1].Kind != sluss.Cancelled {
		t.Errorf("it says that these happened: %+v", events)
	}
	if outdated, err := service.OutdatedNotes(t.Context(), d.Ledger, batch, ""); err != nil || len(outdated) > 0 {
		t.Errorf("outdated %+v, %v", outdated, err)
	}
}

// A transport that did start has started, even if it turned round.
func TestACancelledBatchThatLeftKeepsItsNotes(t *testing.T) {
	d, temporal, batch := underWay(t, asPlanned)
	done, err := d.Cancel(t.Context(), batch, service.Cancelling{Reason: "the lorry broke down", By: because, At: noon.Add(time.Hour)})
	if err != nil || len(done.Amendments)+len(done.Left)+len(temporal.started) != 0 {
		t.Errorf("%+v, %v; started %v", done, err, temporal.started)
	}
	var faults sluss.Faults
	if _, err := d.Cancel(t.Context(), batch, service.Cancelling{}); !errors.As(err, &faults) || len(faults) != 2 {
		t.Errorf("without reason and name: %v", err)
	}
}

// The BSDD of a cancelled batch is annulled as a whole, and stands in the inbox until then.
func TestTheBSDDOfACancelledBatchIsAnnulled(t *testing.T) {
	d, temporal, filing := platform(t, sluss.ReportTakeOver)
	d.Temporal = &batchClerk{clerk: temporal}
	creation := filing("fr.creation")
	batch, _, err := creation.Split()
	must(t, err)
	must(t, d.Ledger.RecordEvent(t.Context(), sluss.EventRecord{Batch: batch, Event: sluss.Event{Kind: sluss.Cancelled, At: noon, Reason: "x", By: because}, At: noon}))
	items, err := d.Inbox(t.Context(), service.InboxFilter{Waiting: sluss.Officer, Limit: 10})
	must(t, err)
	if !slices.ContainsFunc(items, func(f service.Filing) bool {
		return f.ID == creation && f.Outdated != nil && f.Outdated.Annul == sluss.NotCarried
	}) {
		t.Errorf("the inbox has %+v", items)
	}
	done, err := d.Cancel(t.Context(), batch, service.Cancelling{Reason: "called off", By: because})
	must(t, err)
	if len(done.Amendments) != 1 || temporal.filed(done.Amendments[0].Filing).Obligation.Rule.ID != sluss.RuleCancellation {
		t.Errorf("%+v", done)
	}
	if outdated, err := service.OutdatedNotes(t.Context(), d.Ledger, "", ""); err != nil || len(outdated) > 0 {
		t.Errorf("outdated %+v, %v", outdated, err)
	}
}

// What was filed with an estimate is corrected once the waste is weighed, in one act.
func TestAnEstimateIsCorrectedInOneAct(t *testing.T) {
	d, temporal, batch := underWay(t, func(d *sluss.Declaration) { d.Waste.Estimated = true },
		sluss.Event{Kind: sluss.Received, Mass: 1312 * sluss.Kilogram}, sluss.Event{Kind: sluss.WasteAccepted})
	items, err := d.Inbox(t.Context(), service.InboxFilter{Limit: 10})
	must(t, err)
	if len(items) != 1 || items[0].Outdated == nil || len(items[0].Outdated.Others) != 1 || items[0].Outdated.Set["waste.mass"] != "1312" {
		t.Fatalf("the inbox has %+v", items)
	}
	for range 2 {
		done, err := d.AmendAll(t.Context(), batch, service.AmendingAll{Reason: "weighed on arrival", By: because})
		must(t, err)
		if len(done.Amendments) != 2 || len(temporal.started) != 2 {
			t.Fatalf("%+v; started %v", done, temporal.started)
		}
		for _, a := range done.Amendments {
			if c := temporal.filed(a.Filing); c.Declaration.Waste.Mass != 1312*sluss.Kilogram || c.Obligation.Rule.ID != sluss.RuleCorrection {
				t.Errorf("%s says %s by %s", a.Filing, c.Declaration.Waste.Mass, c.Obligation.Rule.ID)
			}
		}
	}
}

// A report of another party than it should be is annulled as that, and one that was filed
// beside it is left alone.
func TestAReportOfAnotherPartyIsAnnulled(t *testing.T) {
	d, temporal, batch := underWay(t, asPlanned)
	done, err := d.Correct(t.Context(), batch, sluss.Correction{
		Set: map[string]string{"legs.0.transporter.id": "5560007089", "legs.0.transporter.name": "Uppsala Transport AB"}, Reason: "their lorry came", By: because,
	})
	must(t, err)
	if len(done.Outdated) != 2 { // the producer's note names the transporter
		t.Errorf("outdated %+v", done.Outdated)
	}
	all, err := d.AmendAll(t.Context(), batch, service.AmendingAll{Reason: "their lorry came", By: because})
	must(t, err)
	for _, a := range all.Amendments {
		want := sluss.AnnulReason("")
		if a.Note == batch.Filing("se.transport#1") {
			want = sluss.WrongOperator
		}
		if c := temporal.filed(a.Filing); c.Amends.Annul != want {
			t.Errorf("%s is amended %+v", a.Note, c.Amends)
		}
	}
	if len(all.Amendments) != 2 || len(all.Left) > 0 {
		t.Errorf("%+v", all)
	}
}
