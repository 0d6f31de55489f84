package engine

import (
	"context"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"sluss"
	"sluss/activities"
	"sluss/obligations"
	"sluss/workflows"
)

// listers are the registries of the activities that have code lists.
func listers(acts *activities.Activities) map[string]activities.Lister {
	found := map[string]activities.Lister{}
	for name, registry := range acts.Registries {
		if lister, has := registry.(activities.Lister); has {
			found[name] = lister
		}
	}
	return found
}

// lists looks after the code lists of what the activities serve.
func (e *Engine) lists(acts *activities.Activities) *activities.Lists {
	return &activities.Lists{Ledger: e.Ledger, Registries: listers(acts), Codes: obligations.WasteCodes, Actor: acts.Actor, Log: acts.Log}
}

// warnOfCertificates logs which of ours end soon, whoever looks at the lists.
func warnOfCertificates(acts *activities.Activities) {
	for name, lister := range listers(acts) {
		ours := sluss.CodeLists{Registry: name, CertificateEnds: lister.CertificateEnds()}
		for _, warning := range ours.Warnings(time.Now()) {
			acts.Log.Warn(warning)
		}
	}
}

// startLists starts the daily look at the code lists of each registry that has
// them, unless it runs.
func (e *Engine) startLists(ctx context.Context, acts *activities.Activities) error {
	for name := range listers(acts) {
		_, err := e.Temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
			ID: workflows.ListsID(name), TaskQueue: workflows.Queue, WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
			StaticSummary:         "Looks every day at the code lists of " + name,
			TypedSearchAttributes: temporal.NewSearchAttributes(workflows.Registry.ValueSet(name)),
		}, workflows.Lists, workflows.ListsInput{Registry: name})
		if err != nil {
			return fmt.Errorf("start the look at the code lists of %s: %w", name, err)
		}
	}
	return nil
}
