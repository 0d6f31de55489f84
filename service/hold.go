package service

import (
	"context"
	"fmt"

	"sluss"
	"sluss/workflows"
)

// Hold keeps a filing from being sent while a person enters it by hand; see sluss.Hold. A
// second hold replaces the first. The error wraps ErrRefused if the filing refuses it.
func (sv *Service) Hold(ctx context.Context, filing sluss.FilingID, h sluss.Hold) (FilingState, error) {
	act, err := sv.holdAct(ctx, filing, h)
	if err != nil {
		return FilingState{}, err
	}
	return updateFiling(ctx, sv, filing, workflows.HoldUpdate, h, act)
}

// Release ends a hold before its time. The error wraps ErrRefused if the filing is not held.
func (sv *Service) Release(ctx context.Context, filing sluss.FilingID, r sluss.Release) (FilingState, error) {
	act, err := sv.holdAct(ctx, filing, r)
	if err != nil {
		return FilingState{}, err
	}
	return updateFiling(ctx, sv, filing, workflows.ReleaseUpdate, r, act)
}

// held is an act about a hold, with the number of those before it: sent again before it is
// recorded, it is the same.
type held struct {
	Before int
	Act    any
}

func (sv *Service) holdAct(ctx context.Context, filing sluss.FilingID, act any) (held, error) {
	f, err := sv.filing(ctx, filing)
	if err != nil {
		return held{}, err
	}
	if !f.Open {
		return held{}, &Refusal{Why: fmt.Sprintf("%s is %s: there is nothing to hold", filing, f.Stage)}
	}
	lines, err := sv.Ledger.Timeline(ctx, f.Batch)
	if err != nil {
		return held{}, err
	}
	before := 0
	for _, line := range lines {
		if line.Filing == filing && (line.Kind == string(sluss.MarkHeld) || line.Kind == string(sluss.MarkReleased)) {
			before++
		}
	}
	return held{before, act}, nil
}
