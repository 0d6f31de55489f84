package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/api/workflowservice/v1"

	"sluss"
	"sluss/config"
	"sluss/workflows"
)

// recordable are batches whose histories, together, hold every branch of the
// workflows that the demo reaches.
var recordable = []string{"VO-2026-0103", "VO-2026-0104", "SOLV-2026-0009", "NO-2026-0042", "XB-2026-0003"}

// ofEachType is how many histories of each further type of workflow are recorded.
const ofEachType = 2

// record writes the histories of the batches, and some of every other type of workflow, with payloads in clear, for the replay tests: one file a
// workflow.
func (h *Installation) record(ctx context.Context, batches []sluss.Declaration, dir string) error {
	c, err := config.Load(h.ConfigFile)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var runs []*commonpb.WorkflowExecution
	for _, d := range batches {
		if !slices.Contains(recordable, d.Reference) {
			continue
		}
		runs = append(runs, &commonpb.WorkflowExecution{WorkflowId: string(d.ID())})
	}
	for name := range workflows.Types() {
		if name == "Batch" {
			continue
		}
		found, err := h.someOf(ctx, name)
		if err != nil {
			return err
		}
		runs = append(runs, found...)
	}
	for _, run := range runs {
		if err := h.recordOne(ctx, c.Temporal, run, dir); err != nil {
			return fmt.Errorf("history of %s: %w", run.GetWorkflowId(), err)
		}
	}
	say("recorded %d histories in %s", len(runs), dir)
	return nil
}

// someOf are runs of a type of workflow, those that have ended first.
func (h *Installation) someOf(ctx context.Context, name string) (found []*commonpb.WorkflowExecution, err error) {
	for _, status := range []string{"!=", "="} {
		query := fmt.Sprintf("WorkflowType = '%s' and ExecutionStatus %s 'Running'", name, status)
		listed, err := h.Service.Temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Query: query, PageSize: ofEachType})
		if err != nil {
			return nil, fmt.Errorf("list workflows of type %s: %w", name, err)
		}
		for _, e := range listed.GetExecutions() {
			if len(found) < ofEachType {
				found = append(found, e.GetExecution())
			}
		}
	}
	return found, nil
}

func (h *Installation) recordOne(ctx context.Context, t config.Temporal, run *commonpb.WorkflowExecution, dir string) error {
	history := &historypb.History{}
	events := h.Service.Temporal.GetWorkflowHistory(ctx, run.GetWorkflowId(), run.GetRunId(), false, 0)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			return err
		}
		history.Events = append(history.Events, event)
	}
	if err := t.Decrypt(ctx, history); err != nil {
		return err
	}
	data, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(history)
	if err != nil {
		return err
	}
	name := strings.NewReplacer("/", "_", "#", "-").Replace(run.GetWorkflowId())
	if len(run.GetRunId()) > 8 { // one id has many runs
		name += "_" + run.GetRunId()[:8]
	}
	return os.WriteFile(filepath.Join(dir, name+".json"), append(data, '\n'), 0o644)
}
