package engine

import (
	"context"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
	"sluss/obligations"
	"sluss/workflows"
)

// TestARevisionFromAskingToTheRecords: a person asks, another signs, the receiver
// sees it and approves, and then ledger and registry say the same; the BSDD is
// cancelled by the same way, and its batch ends.
func TestARevisionFromAskingToTheRecords(t *testing.T) {
	w := openShared(t)
	d, ctx := w.batch, t.Context()
	w.env.RegisterWorkflow(workflows.Amendment)
	id := func(obligation sluss.ObligationID) sluss.FilingID { return d.ID().Filing(obligation) }
	beside := func(ctx workflow.Context, in workflows.BatchInput) error {
		child := func(id string) workflow.Context {
			return workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{WorkflowID: id})
		}
		batch := workflow.ExecuteChildWorkflow(child(string(d.ID())), workflows.Batch, in)
		workflow.Go(ctx, func(ctx workflow.Context) {
			for {
				var asked workflows.FilingInput
				workflow.GetSignalChannel(ctx, "amend").Receive(ctx, &asked)
				workflow.ExecuteChildWorkflow(child(string(id(asked.Content.Obligation.ID))), workflows.Amendment, asked)
			}
		})
		return batch.Get(ctx, nil)
	}
	w.env.RegisterWorkflow(beside)
	amend := func(after time.Duration, obligation sluss.ObligationID, a sluss.Amendment) {
		w.after(after, func(time.Time) {
			filed, _, _, err := w.ledger.Content(context.Background(), id(obligation))
			if err != nil {
				t.Error(err)
			}
			a.Filing, a.Receipt, a.By.Name = id(obligation), w.registry.Forms()[0].ID, "Karin Holm"
			content, err := obligations.Amend(filed, 1, a)
			if err != nil {
				t.Error(err)
			}
			w.env.SignalWorkflow("amend", workflows.FilingInput{Batch: d.ID(), Content: content, Policy: workflows.Policy{Settle: time.Second}})
		})
	}
	// approve sees what is pending, as the ledger has it, and has the receiver say its word.
	approve := func(after time.Duration, amendment string) {
		w.after(after, func(at time.Time) {
			f, _, err := w.ledger.Filing(context.Background(), id(sluss.ObligationID(amendment)))
			if err != nil || f.Stage != sluss.StageDeferred || f.Waiting != "" || !strings.Contains(f.Detail, "waits for the approval of "+d.Receiver.Name) {
				t.Errorf("%s is %s (%s), %v", amendment, f.Stage, f.Detail, err)
			}
			office := w.office()
			all, err := office.Revisions(context.Background(), activities.RevisionsInput{Registry: sluss.Trackdechets})
			if err != nil || len(all) != 2 {
				t.Errorf("%+v, %v", all, err)
				return
			}
			in := activities.AnswerInput{Task: amendment, RevisionAnswer: sluss.RevisionAnswer{
				Registry: sluss.Trackdechets, Revision: all[0].ID, Company: d.Receiver.ID, Approve: true, By: sluss.Person{Name: "Rita"}, At: at,
			}}
			if o, err := office.AnswerRevision(context.Background(), in); err != nil || o.Kind != sluss.Accepted {
				t.Errorf("%+v, %v", o, err)
			}
		})
	}
	w.sign(time.Hour, "fr.emission#1", sluss.Producer)
	w.sign(2*time.Hour, "fr.take-over#1", sluss.Transporter)
	amend(3*time.Hour, "fr.emission#1", sluss.Amendment{Set: map[string]string{"waste.name": "Solvents"}, Reason: "looked at again"})
	w.sign(3*time.Hour+time.Minute, "fr.emission#1.amend1", sluss.Producer)
	approve(3*time.Hour+3*time.Minute, "fr.emission#1.amend1")
	amend(4*time.Hour, "fr.creation", sluss.Amendment{Annul: sluss.NotCarried, Reason: "the lorry broke down"})
	w.sign(4*time.Hour+time.Minute, "fr.creation.amend1", sluss.Officer)
	approve(4*time.Hour+3*time.Minute, "fr.creation.amend1")
	w.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: "beside", TaskQueue: workflows.Queue})
	w.env.ExecuteWorkflow(beside, workflows.BatchInput{
		Declaration: d, Policy: workflows.Policy{Settle: time.Second}, Produced: sluss.Event{Kind: sluss.Produced, At: w.env.Now(), By: sluss.Person{Name: "Anna Ek"}},
	})
	if err := w.env.GetWorkflowError(); err != nil || !w.env.IsWorkflowCompleted() {
		t.Fatalf("the batch did not end: %v", err)
	}
	form := w.registry.Forms()[0]
	waste, _ := form.Data["wasteDetails"].(map[string]any)
	if form.Status != "CANCELED" || waste["name"] != "Solvents" {
		t.Errorf("the records have %s with %v", form.Status, waste["name"])
	}
	known, err := w.ledger.Batch(ctx, d.ID())
	if err != nil || known.Closed != "annulled" {
		t.Errorf("closed %q, %v", known.Closed, err)
	}
	notes, err := w.ledger.FiledReports(ctx, d.ID())
	must(t, err)
	for _, n := range notes {
		want := map[sluss.ObligationID]int{"fr.emission#1": 2, "fr.creation": 2}[n.Obligation]
		if want == 0 {
			want = 1
		}
		if len(n.Versions) != want || (n.Annulled != "") != (n.Obligation == "fr.creation") {
			t.Errorf("%s: %d versions, annulled %q", n.Obligation, len(n.Versions), n.Annulled)
		}
	}
	filings, err := w.ledger.Filings(ctx, d.ID())
	must(t, err)
	for _, f := range filings {
		if f.Open {
			t.Errorf("%s is %s", f.Obligation.ID, f.Stage)
		}
	}
}
