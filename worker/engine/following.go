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

// followers are the registries of the activities whose documents others change.
func followers(acts *activities.Activities) map[string]activities.Follower {
	found := map[string]activities.Follower{}
	for name, registry := range acts.Registries {
		if follower, can := registry.(activities.Follower); can {
			found[name] = follower
		}
	}
	return found
}

// following follows the documents of what the activities serve.
func (e *Engine) following(acts *activities.Activities) *activities.Following {
	return &activities.Following{Ledger: e.Ledger, Messenger: messenger{e.Temporal}, Registries: followers(acts), Actor: acts.Actor, Log: acts.Log}
}

// startFollowing starts the following of each company of ours, unless it runs.
func (e *Engine) startFollowing(ctx context.Context, acts *activities.Activities) error {
	for name, follower := range followers(acts) {
		companies, _ := follower.Followed()
		for _, company := range companies {
			_, err := e.Temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
				ID: workflows.FollowingID(name, company), TaskQueue: workflows.Queue, WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
				StaticSummary:         workflows.FollowingSummary(name, company),
				TypedSearchAttributes: temporal.NewSearchAttributes(workflows.Registry.ValueSet(name)),
			}, workflows.Following, workflows.FollowingInput{Registry: name, Company: company})
			if err != nil {
				return fmt.Errorf("start following %s at %s: %w", company, name, err)
			}
		}
	}
	return nil
}
