package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"sluss"
	"sluss/obligations"
	"sluss/service"
	avfallsregistret "sluss/simulators/avfallsregistret"
	"sluss/workflows"
)

// TestRevival ends the workflows of batches from outside, in every way that
// Temporal has, before something is signed and after something was filed: they go
// on from the ledger, nothing is filed twice, and nobody is asked twice.
func TestRevival(t *testing.T) {
	h, _ := openInstallation(t)
	forget := []enumspb.ResetReapplyExcludeType{enumspb.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL, enumspb.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE}
	for name, end := range map[string]func(t *testing.T, id string){ // the first word is how the run ended
		"canceled":   h.cancel,
		"terminated": h.terminate,
		"deleted":    h.forget,
		"reset to its start": func(t *testing.T, id string) {
			t.Helper()
			h.reset(t, id, 0)
		},
		"reset to its middle": func(t *testing.T, id string) {
			t.Helper()
			h.reset(t, id, 0.5)
		},
		"reset to its end": func(t *testing.T, id string) {
			t.Helper()
			h.reset(t, id, 1)
		},
		"reset, and forgotten": func(t *testing.T, id string) {
			t.Helper()
			h.reset(t, id, 0.5, forget...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			how, _, _ := strings.Cut(name, ",")
			shown := testRevived(t, h, "REV-"+strings.ToUpper(strings.NewReplacer(" ", "-", ",", "").Replace(name)), end)
			told := 0
			for _, line := range shown.Timeline {
				// Temporal may take a minute to delete a run, and it is found terminated meanwhile.
				if line.Kind == "revived" && (strings.Contains(line.Text, "("+how) || how == "deleted" && strings.Contains(line.Text, "(terminated")) {
					told++
				}
			}
			if want := 2; !strings.HasPrefix(how, "reset") && told != want {
				t.Errorf("the record tells of %d revivals, want %d", told, want)
			}
		})
	}
	t.Run("corrected", func(t *testing.T) { testCorrectedIsRevived(t, h) })
	t.Run("corrected often", func(t *testing.T) { testCorrectedOftenGoesOn(t, h) })
	t.Run("missed act", func(t *testing.T) { testMissedActIsRead(t, h) })
	t.Run("amendment", func(t *testing.T) { testAmendmentIsRevived(t, h) })
	t.Run("paused", func(t *testing.T) { testPausedRevivesNothing(t, h) })
	t.Run("records", func(t *testing.T) {
		report, err := h.compareRecords(t.Context())
		must(t, err)
		if !report.agree() {
			t.Error(report)
		}
	})
	t.Run("replay", func(t *testing.T) {
		if replayed := h.replay(t, "ExecutionStatus = 'Completed' OR ExecutionStatus = 'ContinuedAsNew'"); replayed["Batch"] < 10 || replayed["Revive"] < 5 {
			t.Errorf("replayed only %v", replayed)
		}
	})
}

// testRevived plays a French batch and ends it twice.
func testRevived(t *testing.T, h *Installation, reference string, end func(t *testing.T, id string)) service.Shown {
	t.Helper()
	d := example(t, "fr-solvents", reference)
	h.declare(t, d)
	id := d.ID()
	h.awaitStage(t, d, "fr.emission#1", sluss.StageSignature)
	end(t, string(id))
	h.revive(t, d, "produced")
	h.signAll(t, d, "fr.emission#1", sluss.Producer)
	h.signAll(t, d, "fr.take-over#1", sluss.Transporter)
	h.awaitStage(t, d, "fr.take-over#1", sluss.StageAccepted)
	h.happens(t, d, "pickedUp#1")
	end(t, string(id))
	h.revive(t, d, "pickedUp")
	h.happens(t, d, "received")
	h.signAll(t, d, "fr.arrival", sluss.Receiver)
	h.happens(t, d, "accepted")
	h.signAll(t, d, "fr.acceptance", sluss.Receiver)
	h.happens(t, d, "treated")
	h.signAll(t, d, "fr.processing", sluss.Receiver)
	shown := h.closed(t, d)
	for _, f := range shown.Filings {
		attempts, err := h.Service.Ledger.Attempts(t.Context(), string(f.ID))
		must(t, err)
		sent := 0
		for _, a := range attempts {
			if a.Purpose == sluss.ToSubmit {
				sent++
			}
		}
		if f.Receipt == nil || sent != 1 {
			t.Errorf("%s was sent %d times, receipt %+v", f.ID, sent, f.Receipt)
		}
		signatures, err := h.Service.Ledger.Signatures(t.Context(), f.ID)
		must(t, err)
		asked := 0
		for _, line := range shown.Timeline {
			if line.Filing == f.ID && (line.Kind == "content" || line.Kind == "stage") && strings.Contains(line.Text, string(sluss.StageSignature)) {
				asked++
			}
		}
		want := 0
		if f.Obligation.Signer != "" {
			want = 1
		}
		if len(signatures) != want || asked != want {
			t.Errorf("%s: %d signatures, asked for %d times, want %d", f.ID, len(signatures), asked, want)
		}
	}
	return shown
}

// testCorrectedIsRevived: the batch goes on with its correction.
func testCorrectedIsRevived(t *testing.T, h *Installation) {
	t.Helper()
	d := example(t, "se-waste-oil", "REV-CORRECTED")
	d.Approval = sluss.Officer
	h.declare(t, d)
	h.happens(t, d, "pickedUp#1")
	h.awaitStage(t, d, "se.removal", sluss.StageSignature)
	_, err := h.Service.Correct(t.Context(), d.ID(), sluss.Correction{Set: map[string]string{"waste.mass": "1180"}, Reason: "weighed again", By: officer})
	must(t, err)
	h.terminate(t, string(d.ID()))
	h.revive(t, d, "pickedUp")
	h.signAll(t, d, "se.removal", sluss.Officer)
	h.signAll(t, d, "se.transport#1", sluss.Officer)
	h.terminate(t, string(d.ID()))
	h.revive(t, d, "pickedUp")
	d.Waste.Mass = 1180 * sluss.Kilogram // as much comes
	h.happens(t, d, "received", "accepted", "treated")
	h.signAll(t, d, "se.reception", sluss.Officer)
	h.closed(t, d)
	h.onceEach(t, d)
	for _, n := range h.notes(d) {
		if !strings.Contains(strings.ReplaceAll(string(n.Body), " ", ""), `"mangd":1180`) {
			t.Errorf("%s tells %s", n.Path, n.Body)
		}
	}
}

// often is how many corrections must be accepted, besides those that fill a history:
// Temporal suggests a new one after some four thousand events.
var often = flag.Int("corrections", 10, "corrections in the test of a batch that is corrected often, at least")

// testCorrectedOftenGoesOn: a batch goes on in new histories, with a filing that
// waits for its signature all the time.
func testCorrectedOftenGoesOn(t *testing.T, h *Installation) {
	t.Helper()
	d := example(t, "se-waste-oil", "REV-OFTEN")
	d.Approval = sluss.Officer
	h.declare(t, d)
	h.happens(t, d, "pickedUp#1")
	h.awaitStage(t, d, "se.removal", sluss.StageSignature)
	first, n := h.run(t, string(d.ID())), 0
	for ; n < *often || n%10 > 0 || n < 2000 && h.run(t, string(d.ID())) == first; n++ {
		mass := fmt.Sprint(1000 + n%2)
		_, err := h.Service.Correct(t.Context(), d.ID(), sluss.Correction{Set: map[string]string{"waste.mass": mass}, Reason: fmt.Sprint("weighing ", n), By: officer})
		must(t, err)
		d.Waste.Mass = sluss.Mass(1000+n%2) * sluss.Kilogram
	}
	if h.run(t, string(d.ID())) == first {
		t.Errorf("%d corrections are in one history", n)
	}
	t.Logf("corrected %d times", n)
	state, err := h.Service.State(t.Context(), d.ID())
	if err != nil || state.Corrections != n {
		t.Errorf("%d corrections, %v; want %d", state.Corrections, err, n)
	}
	eventually(t, time.Minute, func(ctx context.Context) error { // the filing has heard of the last one
		tells, _, _, err := h.Service.Ledger.Content(ctx, sluss.NewBatchID("", d.Reference).Filing("se.removal"))
		if err != nil || tells.Declaration.Waste.Mass != d.Waste.Mass {
			return fmt.Errorf("the filing tells %s, %w", tells.Declaration.Waste.Mass, err)
		}
		return nil
	})
	for _, obligation := range []sluss.ObligationID{"se.removal", "se.transport#1"} {
		h.signAll(t, d, obligation, sluss.Officer)
	}
	h.happens(t, d, "received", "accepted", "treated")
	h.signAll(t, d, "se.reception", sluss.Officer)
	h.closed(t, d)
	h.onceEach(t, d)
}

// run is the run of a workflow that is there now.
func (h *Installation) run(t *testing.T, id string) string {
	t.Helper()
	described, err := h.Service.Temporal.DescribeWorkflowExecution(t.Context(), id, "")
	must(t, err)
	return described.GetWorkflowExecutionInfo().GetExecution().GetRunId()
}

// testMissedActIsRead: the ledger has an event, and the worker died before Temporal had it.
func testMissedActIsRead(t *testing.T, h *Installation) {
	t.Helper()
	d := example(t, "se-waste-oil", "REV-MISSED")
	h.declare(t, d)
	h.happens(t, d, "pickedUp#1")
	state, err := h.Service.State(t.Context(), d.ID())
	must(t, err)
	e, err := eventOf(d, "received")
	must(t, err)
	e.At = time.Now().Truncate(time.Second)
	must(t, h.Service.Ledger.RecordEvent(t.Context(), sluss.EventRecord{
		Batch: d.ID(), Event: e, Obligations: obligations.For(d, append(state.Events, e)), At: time.Now(),
	}))
	before := h.run(t, string(d.ID()))
	h.revive(t, d, "received")
	if h.run(t, string(d.ID())) == before {
		t.Error("it did not read the ledger")
	}
	if _, err := h.Service.Event(t.Context(), d.ID(), e); err != nil {
		t.Errorf("the same event again: %v", err)
	}
	h.happens(t, d, "accepted", "treated")
	h.closed(t, d)
	h.onceEach(t, d)
}

// testAmendmentIsRevived: an amendment is no part of a batch.
func testAmendmentIsRevived(t *testing.T, h *Installation) {
	t.Helper()
	d := example(t, "se-waste-oil", "REV-AMENDED")
	h.declare(t, d)
	h.happens(t, d, "pickedUp#1", "received", "accepted", "treated")
	h.closed(t, d)
	amended, err := h.Service.Amend(t.Context(), sluss.NewBatchID("", d.Reference).Filing("se.transport#1"), service.Amending{
		Set: map[string]string{"waste.mass": "1180"}, Reason: "weighed again", By: sluss.Person{Name: "Karin Holm"},
	})
	must(t, err)
	_, obligation, _ := amended.Filing.Split()
	h.awaitStage(t, d, obligation, sluss.StageSignature)
	h.terminate(t, string(amended.Filing))
	eventually(t, time.Minute, func(ctx context.Context) error {
		if err := h.triggerRevival(ctx); err != nil {
			return err
		}
		_, err := h.Service.Sign(ctx, amended.Filing, sluss.Signature{Role: sluss.Officer, Person: officer, At: time.Now().Truncate(time.Second), ContentHash: amended.Hash})
		return err
	})
	h.awaitStage(t, d, obligation, sluss.StageAccepted)
	notes := slices.DeleteFunc(h.notes(d), func(n avfallsregistret.Note) bool { return n.Path != "transporter" })
	if len(notes) != 2 {
		t.Errorf("the registry has %d versions of the note, want 2", len(notes))
	}
}

// testPausedRevivesNothing: an engineer who wants a batch to stay ended pauses the
// schedule, and a worker that starts leaves it paused.
func testPausedRevivesNothing(t *testing.T, h *Installation) {
	t.Helper()
	schedule := h.Service.Temporal.ScheduleClient().GetHandle(t.Context(), workflows.RevivalID)
	must(t, schedule.Pause(t.Context(), client.SchedulePauseOptions{Note: "test"}))
	h.stopEngine()
	h.startEngine(t)
	described, err := schedule.Describe(t.Context())
	must(t, err)
	if !described.Schedule.State.Paused || described.Schedule.State.Note != "test" {
		t.Errorf("after a worker's start the schedule is %+v", described.Schedule.State)
	}
	must(t, schedule.Unpause(t.Context(), client.ScheduleUnpauseOptions{}))
}

func (h *Installation) cancel(t *testing.T, id string) {
	t.Helper()
	must(t, h.Service.Temporal.CancelWorkflow(t.Context(), id, ""))
	eventually(t, 30*time.Second, func(ctx context.Context) error {
		described, err := h.Service.Temporal.DescribeWorkflowExecution(ctx, id, "")
		if status := described.GetWorkflowExecutionInfo().GetStatus(); err != nil || status != enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED {
			return fmt.Errorf("%s is %s, %w", id, status, err)
		}
		return nil
	})
}

func (h *Installation) terminate(t *testing.T, id string) {
	t.Helper()
	must(t, h.Service.Temporal.TerminateWorkflow(t.Context(), id, "", "a slip of the hand"))
}

// forget deletes all that Temporal has of a workflow.
func (h *Installation) forget(t *testing.T, id string) {
	t.Helper()
	run := h.run(t, id) // another may be revived as soon as this one has ended
	h.terminate(t, id)
	_, err := h.Service.Temporal.WorkflowService().DeleteWorkflowExecution(t.Context(), &workflowservice.DeleteWorkflowExecutionRequest{
		Namespace: h.Service.Namespace, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: id, RunId: run},
	})
	must(t, err)
	eventually(t, 3*time.Minute, func(ctx context.Context) error {
		_, err := h.Service.Temporal.DescribeWorkflowExecution(ctx, id, run)
		if missing := (*serviceerror.NotFound)(nil); errors.As(err, &missing) {
			return nil
		}
		return errors.Join(fmt.Errorf("run %s of %s is still there", run, id), err)
	})
}

// reset resets a workflow to a place in its history: 0 is its first step, 1 its
// last. Later messages are reapplied, unless they are excluded.
func (h *Installation) reset(t *testing.T, id string, place float64, excluded ...enumspb.ResetReapplyExcludeType) {
	t.Helper()
	var steps []*historypb.HistoryEvent
	events := h.Service.Temporal.GetWorkflowHistory(t.Context(), id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		must(t, err)
		if event.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			steps = append(steps, event)
		}
	}
	step := steps[int(place*float64(len(steps)-1))]
	_, err := h.Service.Temporal.ResetWorkflowExecution(t.Context(), &workflowservice.ResetWorkflowExecutionRequest{
		Namespace: h.Service.Namespace, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: id},
		Reason: "a test", WorkflowTaskFinishEventId: step.GetEventId(), RequestId: uuid.NewString(), ResetReapplyExcludeTypes: excluded,
	})
	must(t, err)
}

func (h *Installation) triggerRevival(ctx context.Context) error {
	return h.Service.Temporal.ScheduleClient().GetHandle(ctx, workflows.RevivalID).Trigger(ctx, client.ScheduleTriggerOptions{})
}

// revive starts a revival and waits until the batch runs and knows all of the ledger.
func (h *Installation) revive(t *testing.T, d sluss.Declaration, stage string) {
	t.Helper()
	began := time.Now()
	for limit := time.Minute; ; {
		must(t, h.triggerRevival(t.Context()))
		err := poll(t.Context(), 5*time.Second, func(ctx context.Context) error {
			described, err := h.Service.Temporal.DescribeWorkflowExecution(ctx, string(d.ID()), "")
			if err != nil {
				return err
			}
			run := described.GetWorkflowExecutionInfo().GetExecution().GetRunId()
			if status := described.GetWorkflowExecutionInfo().GetStatus(); status != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
				return fmt.Errorf("%s is %s", d.ID(), status)
			}
			open, err := h.Service.Ledger.OpenBatches(ctx, "", 1000)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(open, func(b sluss.OpenBatch) bool { return b.Batch == d.ID() && b.Run == run }) {
				return fmt.Errorf("the run %s of %s is not that which knows the ledger: %+v", run, d.ID(), open)
			}
			state, err := h.Service.State(ctx, d.ID())
			if err != nil || state.Stage != stage {
				return fmt.Errorf("%s is %s, want %s: %w", d.ID(), state.Stage, stage, err)
			}
			return nil
		})
		switch {
		case err == nil:
			t.Logf("it went on after %s", time.Since(began).Round(100*time.Millisecond))
			return
		case time.Since(began) > limit:
			t.Fatal(err)
		}
	}
}

func (h *Installation) awaitStage(t *testing.T, d sluss.Declaration, obligation sluss.ObligationID, stage sluss.FilingStage) {
	t.Helper()
	id := d.ID().Filing(obligation)
	eventually(t, time.Minute, func(ctx context.Context) error {
		f, known, err := h.Service.Ledger.Filing(ctx, id)
		if err != nil || !known || f.Stage != stage {
			return fmt.Errorf("%s is %q, want %q, %w", id, f.Stage, stage, err)
		}
		return nil
	})
}

// signAll signs what the role must sign, once the obligation waits for it.
func (h *Installation) signAll(t *testing.T, d sluss.Declaration, obligation sluss.ObligationID, role sluss.Role) {
	t.Helper()
	h.awaitStage(t, d, obligation, sluss.StageSignature)
	at := time.Now()
	eventually(t, 2*time.Minute, func(ctx context.Context) error { // it may be about to be started again
		shown, err := h.Service.Show(ctx, d.ID())
		signed := false
		for _, f := range shown.Filings {
			if err != nil || f.Stage != sluss.StageSignature || f.Waiting != role {
				continue
			}
			signed = true
			_, err = h.Service.Sign(ctx, f.ID, sluss.Signature{Role: role, Person: sluss.Person{Name: "Claire Dupuis"}, At: at.Truncate(time.Second), ContentHash: f.Hash})
		}
		if err == nil && !signed {
			err = fmt.Errorf("nothing waits for the signature of the %s", role)
		}
		return err
	})
}

// happens reports events, each as soon as its gate opens.
func (h *Installation) happens(t *testing.T, d sluss.Declaration, events ...sluss.EventID) {
	t.Helper()
	for _, id := range events {
		eventually(t, time.Minute, func(ctx context.Context) error {
			e, err := eventOf(d, id)
			if err == nil {
				_, err = h.Service.Event(ctx, d.ID(), e)
			}
			return err
		})
	}
}

// closed waits until the batch is.
func (h *Installation) closed(t *testing.T, d sluss.Declaration) (shown service.Shown) {
	t.Helper()
	eventually(t, time.Minute, func(ctx context.Context) (err error) {
		if shown, err = h.Service.Show(ctx, d.ID()); err == nil && shown.Closed != "treated" {
			err = errors.New(d.Reference + " is not closed: " + waits(shown))
		}
		return err
	})
	return shown
}
