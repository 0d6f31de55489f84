package service

import (
	"context"
	"fmt"
	"slices"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"sluss"
	"sluss/activities"
	"sluss/registries/avfallsregistret"
	"sluss/workflows"
)

// CheckReferenceData checks a registry's reference data now and waits for the result.
// It needs a running worker.
func (sv *Service) CheckReferenceData(ctx context.Context, registry string) (sluss.ReferenceData, error) {
	before, err := sv.ReferenceData(ctx, registry)
	if err != nil {
		return sluss.ReferenceData{}, err
	}
	id := workflows.ReferenceDataNowID(registry)
	_, err = sv.Temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: id, TaskQueue: workflows.Queue, WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		StaticSummary:         "Checks the reference data of " + registry + " for a person",
		TypedSearchAttributes: temporal.NewSearchAttributes(workflows.Registry.ValueSet([]string{registry})),
	}, workflows.ReferenceData, activities.ReferenceDataInput{Registry: registry, Now: true})
	if err != nil {
		return sluss.ReferenceData{}, explained(err, id)
	}
	return awaited(ctx, id, func() (sluss.ReferenceData, bool, error) {
		now, err := sv.ReferenceData(ctx, registry)
		return now, now.CheckedAt.After(before.CheckedAt), err
	})
}

// ReferenceData is the last check of a registry's reference data; its times are zero if
// there was none.
func (sv *Service) ReferenceData(ctx context.Context, registry string) (sluss.ReferenceData, error) {
	if watched := sluss.WatchedRegistries(); !slices.Contains(watched, registry) {
		return sluss.ReferenceData{}, fmt.Errorf("%w registry with reference data or a schema as %s: %s have them", ErrNoSuch, registry, strings.Join(watched, " and "))
	}
	list, err := sv.Ledger.ReferenceData(ctx, registry)
	if err != nil || len(list) == 0 {
		return sluss.ReferenceData{Registry: registry, Drift: []sluss.Drift{}}, err
	}
	return list[0], nil
}

// AllReferenceData is that of all registries, without the lists themselves.
func (sv *Service) AllReferenceData(ctx context.Context) ([]sluss.ReferenceData, error) {
	return sv.Ledger.ReferenceData(ctx, "")
}

// Explain says what an error code of the Swedish registry means, for the given kind of
// note if there is one.
func Explain(code int, note sluss.ReportKind) ([]Explanation, error) {
	if !slices.ContainsFunc(avfallsregistret.Catalogue(), func(e Explanation) bool { return e.Code == code }) {
		return nil, fmt.Errorf("%w code of the Swedish registry as %d: docs/avfallsregistret-codes.md lists all codes", ErrNoSuch, code)
	}
	return avfallsregistret.Explain(code, note, ""), nil
}
