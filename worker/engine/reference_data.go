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

// sources are the registries of the activities that have reference data.
func sources(acts *activities.Activities) map[string]activities.ReferenceSource {
	found := map[string]activities.ReferenceSource{}
	for name, registry := range acts.Registries {
		if source, has := registry.(activities.ReferenceSource); has {
			found[name] = source
		}
	}
	return found
}

// lists looks after the reference data of what the activities serve.
func (e *Engine) lists(acts *activities.Activities) *activities.ReferenceData {
	return &activities.ReferenceData{Ledger: e.Ledger, Registries: sources(acts), Codes: obligations.WasteCodes, Actor: acts.Actor, Log: acts.Log}
}

// warnOfCertificates logs which of ours end soon, whoever looks at the lists.
func warnOfCertificates(acts *activities.Activities) {
	for name, source := range sources(acts) {
		ours := sluss.ReferenceData{Registry: name, CertificateEnds: source.CertificateEnds()}
		for _, warning := range ours.Warnings(time.Now()) {
			acts.Log.Warn(warning)
		}
	}
}

// startReferenceData starts the daily look at the reference data of each registry that has
// them, unless it runs.
func (e *Engine) startReferenceData(ctx context.Context, acts *activities.Activities) error {
	for name := range sources(acts) {
		_, err := e.Temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
			ID: workflows.ReferenceDataID(name), TaskQueue: workflows.Queue, WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
			StaticSummary:         "Looks every day at the reference data of " + name,
			TypedSearchAttributes: temporal.NewSearchAttributes(workflows.Registry.ValueSet(name)),
		}, workflows.ReferenceData, workflows.ReferenceDataInput{Registry: name})
		if err != nil {
			return fmt.Errorf("start the look at the reference data of %s: %w", name, err)
		}
	}
	return nil
}
