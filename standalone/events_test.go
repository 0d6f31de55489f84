package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"sluss"
)

// TestEventsOfABatch: a batch with its filings takes few events, which are what Temporal
// writes, and keeps, of it.
func TestEventsOfABatch(t *testing.T) {
	h, _ := openInstallation(t)
	t.Run("Sweden", func(t *testing.T) {
		d, before := example(t, "se-waste-oil", "EVENTS-SE"), h.engine.Ledger.Statements()
		h.declare(t, d)
		for _, event := range []sluss.EventID{"pickedUp#1", "received", "accepted", "treated"} {
			h.happens(t, d, event)
			h.idle(t, d)
		}
		h.closed(t, d)
		h.onceEach(t, d)
		t.Logf("%d statements of the worker to the ledger", h.engine.Ledger.Statements()-before)
		h.tookEvents(t, d, 60)
	})
	t.Run("France", func(t *testing.T) {
		d, before := example(t, "fr-solvents", "EVENTS-FR"), h.engine.Ledger.Statements()
		h.declare(t, d)
		h.signAll(t, d, "fr.emission#1", sluss.Producer)
		h.signAll(t, d, "fr.take-over#1", sluss.Transporter)
		h.idle(t, d)
		h.happens(t, d, "pickedUp#1", "received")
		h.signAll(t, d, "fr.arrival", sluss.Receiver)
		h.idle(t, d)
		h.happens(t, d, "accepted")
		h.signAll(t, d, "fr.acceptance", sluss.Receiver)
		h.idle(t, d)
		h.happens(t, d, "treated")
		h.signAll(t, d, "fr.processing", sluss.Receiver)
		h.closed(t, d)
		t.Logf("%d statements of the worker to the ledger", h.engine.Ledger.Statements()-before)
		h.tookEvents(t, d, 135) // some 120; a refused update costs more
	})
	t.Run("amendment", func(t *testing.T) {
		testAmendmentIsRevived(t, h)
		eventually(t, 20*time.Second, func(ctx context.Context) error { // the list is some seconds behind
			found, err := h.Service.Temporal.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{
				Query: "WorkflowType = 'Amendment' AND ExecutionStatus = 'Completed'",
			})
			if err != nil || found.GetCount() == 0 {
				return fmt.Errorf("no amendment has ended, %w", err)
			}
			return nil
		})
	})
	t.Run("replay", func(t *testing.T) {
		if replayed := h.replay(t, "ExecutionStatus = 'Completed'"); replayed["Batch"] < 3 || replayed["Amendment"] != 1 {
			t.Errorf("replayed %v", replayed)
		}
	})
}

// idle waits until all filings of a batch are accepted that are open.
func (h *Installation) idle(t *testing.T, d sluss.Declaration) {
	t.Helper()
	eventually(t, 20*time.Second, func(ctx context.Context) error {
		filings, err := h.Service.Ledger.Filings(ctx, d.ID())
		for _, f := range filings {
			if f.Open && f.Waiting == "" {
				return fmt.Errorf("%s is %s", f.ID, f.Stage)
			}
		}
		return err
	})
}

// tookEvents counts the events of all histories of a batch and its filings.
func (h *Installation) tookEvents(t *testing.T, d sluss.Declaration, most int) {
	t.Helper()
	ids := map[string]bool{string(d.ID()): true}
	filings, err := h.Service.Ledger.Filings(t.Context(), d.ID())
	must(t, err)
	for _, f := range filings {
		ids[f.ID.Workflow()] = true
	}
	all, kinds := 0, map[enumspb.EventType]int{}
	for id := range ids {
		eventually(t, 20*time.Second, func(ctx context.Context) error { // the ledger closes it first
			described, err := h.Service.Temporal.DescribeWorkflowExecution(ctx, id, "")
			if status := described.GetWorkflowExecutionInfo().GetStatus(); err != nil || status != enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED {
				return fmt.Errorf("%s is %s, %w", id, status, err)
			}
			return nil
		})
		events := h.Service.Temporal.GetWorkflowHistory(t.Context(), id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			event, err := events.Next()
			must(t, err)
			all++
			kinds[event.GetEventType()]++
		}
	}
	t.Logf("%d events, with %d filings: %v", all, len(filings), kinds)
	if all > most {
		t.Errorf("%d events, want %d at most", all, most)
	}
}
