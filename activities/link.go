package activities

import (
	"context"

	"sluss"
)

// Link is the result of a filing that another batch's filing depends on.
type Link struct {
	Receipt *sluss.Receipt `json:"receipt,omitempty"`
	// Ended: if there is no receipt now, none will follow.
	Ended bool `json:"ended,omitempty"`
}

// Link looks up the receipt of another batch's filing. If the ledger does not know the
// filing, it may still be opened.
func (a *Activities) Link(ctx context.Context, filing sluss.FilingID) (Link, error) {
	receipt, ended, err := a.Ledger.Receipt(ctx, filing)
	return Link{Receipt: receipt, Ended: ended}, err
}
