package service

import (
	"context"
	"fmt"
	"time"
)

// Health is the answer to whether everything is well.
type Health struct {
	Status string `json:"status"`
	// Warnings are what an operator should see to before it hurts.
	Warnings []string `json:"warnings,omitempty"`
}

// Health is whether the ledger can work, with what an operator should know. The
// error wraps ErrNoAnswer.
func (sv *Service) Health(ctx context.Context) (Health, error) {
	if err := sv.Ledger.Health(ctx); err != nil {
		return Health{}, fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	warnings, err := sv.warnings(ctx)
	if err != nil {
		warnings = []string{"the reference data in the ledger cannot be read"}
	}
	return Health{Status: "ok", Warnings: warnings}, nil
}

// warnings are what an operator should know of the registries' reference data, of
// our certificates there, and of how their documents are followed.
func (sv *Service) warnings(ctx context.Context) (warnings []string, err error) {
	lists, err := sv.Ledger.ReferenceData(ctx, "")
	for _, l := range lists {
		if l.Error != "" { // it may tell addresses, and anybody may ask for health
			l.Error = "`starter reference` says why"
		}
		warnings = append(warnings, l.Warnings(time.Now())...)
	}
	if err != nil {
		return warnings, err
	}
	syncs, err := sv.Ledger.Syncs(ctx, "", "")
	for _, f := range syncs {
		if f.Error != "" {
			f.Error = "`starter sync` says why it does not get on"
		}
		if f.Hook != nil {
			f.Hook.Detail = "`starter sync` says more"
		}
		warnings = append(warnings, f.Warnings()...)
	}
	return warnings, err
}
