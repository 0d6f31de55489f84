package engine

import (
	"context"
	"fmt"
	"slices"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"

	"sluss"
	"sluss/activities"
	"sluss/obligations"
	"sluss/workflows"
)

// registerResults lets a worker compile quarterly results.
func (e *Engine) registerResults(w worker.Worker) {
	w.RegisterWorkflow(workflows.Quarterly)
	w.RegisterWorkflow(workflows.Results)
	w.RegisterActivity(&activities.Results{Ledger: e.Ledger, Compile: obligations.Compiled})
}

// startQuarterly starts the workflow that sees to it that results are compiled,
// unless it runs, where the registry that wants them is served.
func (e *Engine) startQuarterly(ctx context.Context, policy workflows.Policy) error {
	if !slices.Contains(e.names, sluss.Avfallsregistret) {
		return nil
	}
	_, err := e.Temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: workflows.QuarterlyID, TaskQueue: workflows.Queue, WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		StaticSummary:         "Looks every morning for quarterly results to compile",
		TypedSearchAttributes: temporal.NewSearchAttributes(workflows.Registry.ValueSet(sluss.Avfallsregistret)),
	}, workflows.Quarterly, workflows.QuarterlyInput{Policy: policy})
	if err != nil {
		return fmt.Errorf("start the workflow that compiles quarterly results: %w", err)
	}
	return nil
}
