package activities

import (
	"context"

	"sluss"
)

// Link is what has come of a filing that another batch's filing names.
type Link struct {
	Receipt *sluss.Receipt `json:"receipt,omitempty"`
	// Ended: there will be no receipt any more, if there is none now.
	Ended bool `json:"ended,omitempty"`
}

// Link looks up what has come of the filing of another batch. One that the
// ledger does not know may still come.
func (a *Activities) Link(ctx context.Context, filing string) (Link, error) {
	receipt, ended, err := a.Ledger.Receipt(ctx, filing)
	return Link{Receipt: receipt, Ended: ended}, err
}
