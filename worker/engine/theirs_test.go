package engine

import (
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"sluss"
	"sluss/workflows"
)

// TestAStrangerSignsAtTrackdechets: the transporter is not ours, and we have no token of
// it. Its step is never asked of our people nor sent by us; it discharges itself once the
// registry shows it, and the receiver's steps follow on the same BSDD.
func TestAStrangerSignsAtTrackdechets(t *testing.T) {
	w := openShared(t, "00000000283374")
	d, ctx := w.batch, t.Context()
	w.sign(time.Hour, "fr.emission#1", sluss.Producer)
	w.after(90*time.Minute, func(time.Time) {
		theirs, err := w.ledger.Theirs(ctx, d)
		if must(t, err); len(theirs) != 1 || theirs[0].Obligation.ID != "fr.take-over#1" || theirs[0].Receipt != nil {
			t.Errorf("theirs before: %+v", theirs)
		}
	})
	w.others(2*time.Hour, func(id string, at time.Time) (sluss.Outcome, sluss.Exchange, error) {
		return w.step(ctx, sluss.ReportTakeOver, id, at)
	})
	w.report(3*time.Hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	w.report(4*time.Hour, sluss.Event{Kind: sluss.Received, Mass: d.Waste.Mass})
	w.sign(5*time.Hour, "fr.arrival", sluss.Receiver)
	w.report(6*time.Hour, sluss.Event{Kind: sluss.WasteAccepted})
	w.sign(7*time.Hour, "fr.acceptance", sluss.Receiver)
	w.report(8*time.Hour, sluss.Event{Kind: sluss.Treated})
	w.sign(9*time.Hour, "fr.processing", sluss.Receiver)
	w.treat(d)
	form := w.registry.Forms()[0]
	theirs, err := w.ledger.Theirs(ctx, d)
	must(t, err)
	if len(theirs) != 1 || theirs[0].Receipt == nil || theirs[0].Receipt.Receipt.ID != form.ID || theirs[0].Receipt.By.Name != "" {
		t.Errorf("theirs: %+v", theirs)
	}
	if _, filed, err := w.ledger.Filing(ctx, d.ID().Filing("fr.take-over#1")); err != nil || filed {
		t.Errorf("a filing of theirs: %v, %v", filed, err)
	}
	if form.Status != "PROCESSED" {
		t.Errorf("the records have %s", form.Status)
	}
}

// TestStrangersCreateTheBSDD: producer and transporter are strangers. Once a person has told
// the number, what they have done is found, and the receiver's steps follow.
func TestStrangersCreateTheBSDD(t *testing.T) {
	w := openShared(t, "00000000283366", "00000000283374")
	d, ctx := w.batch, t.Context()
	w.after(time.Hour, func(at time.Time) {
		created, _, err := w.step(ctx, sluss.ReportCreation, "", at, sluss.Event{Kind: sluss.Produced, At: at})
		if err != nil || created.Kind != sluss.Accepted {
			t.Fatalf("%+v, %v", created, err)
		}
		for _, step := range []sluss.ReportKind{sluss.ReportSealing, sluss.ReportEmission, sluss.ReportTakeOver} {
			if o, exchange, err := w.step(ctx, step, created.Receipt.ID, at); err != nil || o.Kind != sluss.Accepted {
				t.Fatalf("%s: %+v, %v\n%s", step, o, err, exchange.Response)
			}
		}
		w.updates++
		w.env.UpdateWorkflow(workflows.ReceiptUpdate.Name, time.Duration(w.updates).String(), answered{t}, sluss.TheirReceipt{
			Obligation: "fr.creation", Receipt: sluss.Receipt{ID: w.registry.Forms()[0].ReadableID}, By: sluss.Person{Name: "Karin Holm"},
		})
	})
	w.report(3*time.Hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	w.report(4*time.Hour, sluss.Event{Kind: sluss.Received, Mass: d.Waste.Mass})
	w.sign(5*time.Hour, "fr.arrival", sluss.Receiver)
	w.report(6*time.Hour, sluss.Event{Kind: sluss.WasteAccepted})
	w.sign(7*time.Hour, "fr.acceptance", sluss.Receiver)
	w.report(8*time.Hour, sluss.Event{Kind: sluss.Treated})
	w.sign(9*time.Hour, "fr.processing", sluss.Receiver)
	w.treat(d)
	if form := w.registry.Forms()[0]; form.Status != "PROCESSED" || len(w.registry.Forms()) != 1 {
		t.Errorf("the records have %d, the first %s", len(w.registry.Forms()), form.Status)
	}
	filings, err := w.ledger.Filings(ctx, d.ID())
	if must(t, err); len(filings) != 3 {
		t.Errorf("%d filings, want those of the receiver", len(filings))
	}
}

// treat runs the batch to its end.
func (w *shared) treat(d sluss.Declaration) {
	w.t.Helper()
	w.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: string(d.ID()), TaskQueue: workflows.Queue})
	w.env.ExecuteWorkflow(workflows.Batch, workflows.BatchInput{
		Declaration: d, Policy: workflows.Policy{Settle: time.Second}, Produced: sluss.Event{Kind: sluss.Produced, At: w.env.Now(), By: sluss.Person{Name: "Anna Ek"}},
	})
	if err := w.env.GetWorkflowError(); err != nil || !w.env.IsWorkflowCompleted() {
		w.t.Fatalf("the batch did not end: %v", err)
	}
}
