package service

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"sluss"
	"sluss/registries/avfallsregistret"
	"sluss/workflows"
)

// WithReferenceData are the registries whose code lists, or the schema of whose calls, are
// looked at.
func WithReferenceData() []string { return []string{sluss.Avfallsregistret, sluss.Trackdechets} }

// CheckReferenceData has a registry's code lists looked at now, and waits for what is
// found. It needs a running worker.
func (sv *Service) CheckReferenceData(ctx context.Context, registry string) (sluss.CodeLists, error) {
	before, err := sv.ReferenceData(ctx, registry)
	if err != nil {
		return sluss.CodeLists{}, err
	}
	_, err = sv.Temporal.SignalWithStartWorkflow(ctx, workflows.ListsID(registry), workflows.LookSignal.Name, "a person asks", client.StartWorkflowOptions{
		TaskQueue: workflows.Queue, StaticSummary: "Looks every day at the code lists of " + registry,
		TypedSearchAttributes: temporal.NewSearchAttributes(workflows.Registry.ValueSet(registry)),
	}, workflows.Lists, workflows.ListsInput{Registry: registry})
	if err != nil {
		return sluss.CodeLists{}, explained(err, workflows.ListsID(registry))
	}
	return awaited(ctx, workflows.ListsID(registry), func() (sluss.CodeLists, bool, error) {
		now, err := sv.ReferenceData(ctx, registry)
		return now, now.CheckedAt.After(before.CheckedAt), err
	})
}

// ReferenceData is what is known of a registry's reference data; zero if nobody has looked.
func (sv *Service) ReferenceData(ctx context.Context, registry string) (sluss.CodeLists, error) {
	if !slices.Contains(WithReferenceData(), registry) {
		return sluss.CodeLists{}, fmt.Errorf("%w registry with code lists or a schema as %s: %s have them", ErrNoSuch, registry, strings.Join(WithReferenceData(), " and "))
	}
	list, err := sv.Ledger.CodeLists(ctx, registry)
	if err != nil || len(list) == 0 {
		return sluss.CodeLists{Registry: registry, Drift: []sluss.Drift{}}, err
	}
	return list[0], nil
}

// AllReferenceData is that of all registries, without the lists themselves.
func (sv *Service) AllReferenceData(ctx context.Context) ([]sluss.CodeLists, error) {
	return sv.Ledger.CodeLists(ctx, "")
}

// Explain is what an error code of the Swedish registry means, in a note of that
// kind if one is given.
func Explain(code int, note sluss.Note) ([]Explanation, error) {
	if !slices.ContainsFunc(avfallsregistret.Catalogue(), func(e Explanation) bool { return e.Code == code }) {
		return nil, fmt.Errorf("%w code of the Swedish registry as %d: docs/avfallsregistret-codes.md lists all that it tells of", ErrNoSuch, code)
	}
	return avfallsregistret.Explain(code, note, ""), nil
}
