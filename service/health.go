package service

import (
	"context"
	"fmt"
	"time"
)

// Health is the state of the service.
type Health struct {
	Status string `json:"status"`
	// Warnings are what an operator should attend to before it causes failures.
	Warnings []string `json:"warnings,omitempty"`
}

// Health reports whether the ledger works, with warnings for an operator. The error
// wraps ErrNoAnswer.
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

// warnings are about the registries' reference data, our certificates, and the syncs.
func (sv *Service) warnings(ctx context.Context) (warnings []string, err error) {
	lists, err := sv.Ledger.ReferenceData(ctx, "")
	for _, l := range lists {
		if l.Error != "" { // it may contain addresses, and anybody may ask for health
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
			f.Error = "`starter sync` says why it fails"
		}
		if f.Hook != nil {
			f.Hook.Detail = "`starter sync` says more"
		}
		warnings = append(warnings, f.Warnings()...)
	}
	return warnings, err
}
