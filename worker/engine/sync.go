package engine

import (
	"context"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"sluss/activities"
	"sluss/workflows"
)

// syncers are the registries of the activities whose documents others change.
func syncers(acts *activities.Activities) map[string]activities.Syncer {
	found := map[string]activities.Syncer{}
	for name, registry := range acts.Registries {
		if syncer, can := registry.(activities.Syncer); can {
			found[name] = syncer
		}
	}
	return found
}

// following follows the documents of what the activities serve.
func (e *Engine) following(acts *activities.Activities) *activities.Sync {
	return &activities.Sync{Ledger: e.Ledger, Messenger: messenger{e.Temporal}, Registries: syncers(acts), Actor: acts.Actor, Log: acts.Log}
}

// startSync starts the following of each company of ours, unless it runs.
func (e *Engine) startSync(ctx context.Context, acts *activities.Activities) error {
	for name, syncer := range syncers(acts) {
		companies, _ := syncer.SyncedCompanies()
		for _, company := range companies {
			_, err := e.Temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
				ID: workflows.SyncID(name, company), TaskQueue: workflows.Queue, WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
				StaticSummary:         workflows.SyncSummary(name, company),
				TypedSearchAttributes: temporal.NewSearchAttributes(workflows.Registry.ValueSet([]string{name})),
			}, workflows.Sync, workflows.SyncInput{Registry: name, Company: company})
			if err != nil {
				return fmt.Errorf("start following %s at %s: %w", company, name, err)
			}
		}
	}
	return nil
}
