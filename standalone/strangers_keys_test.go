package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"sluss"
	"sluss/workflows"
)

// awaitSignature declares a batch whose removal waits for the officer's
// signature, and returns that signature.
func awaitSignature(t *testing.T, h *Installation, reference string) (d sluss.Declaration, filing sluss.FilingID, signature sluss.Signature) {
	t.Helper()
	d = example(t, "se-waste-oil", reference)
	d.Approval = sluss.Officer
	h.declare(t, d)
	h.report(t, d, "pickedUp#1")
	filing = sluss.NewBatchID("", reference).Filing("se.removal")
	eventually(t, 30*time.Second, func(ctx context.Context) error {
		shown, err := h.Service.Show(ctx, d.ID())
		if err != nil {
			return err
		}
		for _, action := range shown.Possible() {
			if action.Kind == workflows.ActSign && sluss.FilingID(action.Target) == filing {
				signature = sluss.Signature{Role: action.Role, Person: officer, At: time.Now().Truncate(time.Second), ContentHash: action.Hash}
				return nil
			}
		}
		return fmt.Errorf("%s does not wait for a signature yet", filing)
	})
	return d, filing, signature
}

// testInClear sends messages to workflows without the key: signals, updates and
// queries that would be accepted if they were encrypted. They may only be recorded,
// and the workflows must go on.
func testInClear(t *testing.T, h *Installation) {
	t.Helper()
	d, filing, signature := awaitSignature(t, h, "CLEAR-1")
	c := effective(t, h)
	stranger, err := client.DialContext(t.Context(), client.Options{HostPort: c.Temporal.Address, Namespace: c.Temporal.Namespace})
	must(t, err)
	defer stranger.Close()

	forged := signature.Person
	forged.Name = "Nobody Known"
	content, _, _, err := h.Service.Ledger.Content(t.Context(), filing)
	must(t, err)
	content.Declaration.Waste.Mass = sluss.Tonne
	for _, signal := range []struct {
		workflow, name string
		arg            any
	}{
		{filing.Workflow(), workflows.SignSignal.Name, workflows.Addressed[sluss.Signature]{Filing: filing, Message: sluss.Signature{
			Role: signature.Role, Person: forged, At: signature.At, ContentHash: signature.ContentHash,
		}}},
		{filing.Workflow(), workflows.UnreadableSignal.Name, workflows.Addressed[string]{Filing: filing, Message: "the officer's mother is ill"}},
		{filing.Workflow(), "content", content},
		{filing.Workflow(), "amended", map[string]any{"obligation": "se.removal", "withdraws": sluss.Decision{Kind: sluss.DecidedWithdrawn, Reason: "none", By: forged, At: signature.At}}},
		{string(d.ID()), workflows.DocumentChangedSignal.Name, sluss.Document{Registry: sluss.Avfallsregistret}},
	} {
		must(t, stranger.SignalWorkflow(t.Context(), signal.workflow, "", signal.name, signal.arg))
		must(t, emptySignal(t.Context(), stranger, c.Temporal.Namespace, signal.workflow, signal.name))
	}
	for name, send := range map[string]func(ctx context.Context) error{
		"update": func(ctx context.Context) error {
			handle, err := stranger.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{WorkflowID: filing.Workflow(), UpdateName: workflows.SignUpdate.Name, Args: []any{workflows.Addressed[sluss.Signature]{Filing: filing, Message: signature}}, WaitForStage: client.WorkflowUpdateStageCompleted})
			if err != nil {
				return err
			}
			return handle.Get(ctx, nil)
		},
		"empty update": func(ctx context.Context) error {
			handle, err := stranger.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{WorkflowID: string(d.ID()), UpdateName: workflows.CorrectUpdate.Name, WaitForStage: client.WorkflowUpdateStageCompleted})
			if err != nil {
				return err
			}
			return handle.Get(ctx, nil)
		},
		"start without input": func(ctx context.Context) error {
			run, err := stranger.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: "batch/default/CLEAR-3", TaskQueue: workflows.Queue}, "Batch")
			must(t, err)
			return run.Get(ctx, nil)
		},
		"start": func(ctx context.Context) error {
			run, err := stranger.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: "batch/default/CLEAR-2", TaskQueue: workflows.Queue}, "Batch", map[string]any{"declaration": d})
			must(t, err)
			return run.Get(ctx, nil)
		},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if err := send(ctx); err == nil || !strings.Contains(err.Error(), "not encrypted, and only encrypted ones are taken here") {
			t.Errorf("%s in clear: %v", name, err)
		}
	}

	// A signature of the real officer comes after all of them, and is accepted.
	_, err = h.Service.Sign(t.Context(), filing, signature)
	must(t, err)
	h.report(t, d, "received", "accepted", "treated")
	for _, action := range []string{"se.transport#1", "se.reception"} {
		h.signAs(t, d, sluss.NewBatchID("", d.Reference).Filing(sluss.ObligationID(action)))
	}
	h.awaitClosed(t, d)
	signatures, err := h.Service.Ledger.Signatures(t.Context(), filing)
	must(t, err)
	refused, taken := 0, 0
	for _, s := range signatures {
		switch {
		case strings.Contains(s.Refused, "cannot be read: ") && strings.Contains(s.Refused, "not encrypted"):
			refused++
		case s.Refused == "" && s.Signature.Person.Name == officer.Name:
			taken++
		default:
			t.Errorf("in the ledger is %+v", s)
		}
	}
	if refused != 2 || taken != 1 {
		t.Errorf("%d signatures are recorded as unreadable, want 2; %d as taken, want 1", refused, taken)
	}
	if failed := taskFailures(t, h, string(d.ID())); len(failed) > 0 {
		t.Errorf("%s: %v", d.ID(), failed)
	}
}

// emptySignal sends a signal without any content.
func emptySignal(ctx context.Context, c client.Client, namespace, workflow, name string) error {
	_, err := c.WorkflowService().SignalWorkflowExecution(ctx, &workflowservice.SignalWorkflowExecutionRequest{
		Namespace: namespace, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: workflow}, SignalName: name,
	})
	return err
}

// keysIn counts the payloads of a workflow by the ids of their keys.
func keysIn(t *testing.T, h *Installation, id string) map[string]int {
	t.Helper()
	used := map[string]int{}
	events := h.Service.Temporal.GetWorkflowHistory(t.Context(), id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		must(t, err)
		must(t, proxy.VisitPayloads(t.Context(), event, proxy.VisitPayloadsOptions{
			SkipSearchAttributes: true,
			Visitor: func(_ *proxy.VisitPayloadsContext, payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
				for _, p := range payloads {
					used[string(p.GetMetadata()["encryption-key-id"])]++
				}
				return payloads, nil
			},
		}))
	}
	return used
}

// signAs signs a filing as its officer, once it waits for that.
func (h *Installation) signAs(t *testing.T, d sluss.Declaration, filing sluss.FilingID) {
	t.Helper()
	eventually(t, 30*time.Second, func(ctx context.Context) error {
		shown, err := h.Service.Show(ctx, d.ID())
		if err != nil {
			return err
		}
		for _, action := range shown.Possible() {
			if action.Kind == workflows.ActSign && sluss.FilingID(action.Target) == filing {
				_, err := h.Service.Sign(ctx, filing, sluss.Signature{Role: action.Role, Person: officer, At: time.Now().Truncate(time.Second), ContentHash: action.Hash})
				return err
			}
		}
		return fmt.Errorf("%s does not wait for a signature", filing)
	})
}

// taskFailures are the reasons for which workflow tasks of a workflow failed.
func taskFailures(t *testing.T, h *Installation, id string) (why []string) {
	t.Helper()
	events := h.Service.Temporal.GetWorkflowHistory(t.Context(), id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		must(t, err)
		if failed := event.GetWorkflowTaskFailedEventAttributes(); failed != nil {
			why = append(why, failed.GetFailure().GetMessage())
		}
	}
	return why
}

// testAnotherKey sends messages that are encrypted with a new key before the worker
// has it. Nothing may be lost: all messages wait, and the engineer sees which key is
// missing; once the worker has the key, everything goes on.
func testAnotherKey(t *testing.T, h *Installation) {
	t.Helper()
	_, filing, signature := awaitSignature(t, h, "KEY-1")
	c := effective(t, h)
	own, err := os.ReadFile(c.Temporal.KeyFile)
	must(t, err)
	dir := t.TempDir()
	c.Temporal.KeyFile = filepath.Join(dir, "keys")
	must(t, os.WriteFile(c.Temporal.KeyFile, []byte(strings.Repeat("3c", 32)+"\n"+string(own)), 0o600))
	both := filepath.Join(dir, "both.yaml")
	must(t, c.Write(both, "with a new key"))
	ids, err := c.Temporal.KeyIDs()
	must(t, err)

	before := h.Service.Temporal
	h.Service.Temporal, err = c.Temporal.Dial(t.Context(), quiet)
	must(t, err)
	defer func() {
		h.Service.Temporal.Close()
		h.Service.Temporal = before
	}()
	must(t, h.Service.Temporal.SignalWorkflow(t.Context(), filing.Workflow(), "", workflows.SignSignal.Name, workflows.Addressed[sluss.Signature]{Filing: filing, Message: signature}))
	fresh := example(t, "se-waste-oil", "KEY-2")
	_, err = h.Service.Declare(t.Context(), fresh, sluss.Person{Name: "test"}, time.Now().Add(-time.Hour).Truncate(time.Second))
	must(t, err)
	eventually(t, 30*time.Second, func(ctx context.Context) error {
		for _, id := range []string{filing.Workflow(), string(fresh.ID())} {
			described, err := h.Service.Temporal.DescribeWorkflowExecution(ctx, id, "")
			if err != nil || described.GetPendingWorkflowTask().GetAttempt() < 2 {
				return fmt.Errorf("%s is at attempt %d, %v", id, described.GetPendingWorkflowTask().GetAttempt(), err)
			}
			if why := strings.Join(taskFailures(t, h, id), "; "); !strings.Contains(why, "encrypted with the key "+ids[0]+", and the keys here are "+ids[1]) {
				return fmt.Errorf("%s says %q", id, why)
			}
		}
		return nil
	})

	h.stopEngine()
	h.engine = startEngine(t, both)
	eventually(t, time.Minute, func(ctx context.Context) error {
		f, _, err := h.Service.Ledger.Filing(ctx, filing)
		if err != nil || f.Stage != sluss.StageAccepted {
			return fmt.Errorf("%s is %q, %v", filing, f.Stage, err)
		}
		return nil
	})
	h.report(t, fresh, "pickedUp#1", "received", "accepted", "treated")
	h.awaitClosed(t, fresh)
	for id, keys := range map[string][]string{filing.Workflow(): ids, string(fresh.ID()): ids[:1]} {
		used := keysIn(t, h, id)
		for _, key := range keys {
			if used[key] == 0 {
				t.Errorf("%s has nothing with the key %s: %v", id, key, used)
			}
			delete(used, key)
		}
		if len(used) > 0 {
			t.Errorf("%s has the keys %v too", id, used)
		}
	}
}
