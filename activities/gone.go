package activities

import (
	"context"
	"time"

	"sluss"
)

// LookGone looks whether a document that is said to be deleted is, since it comes
// in no sweep, and tells its batch. One of which nothing is known is nobody's. It
// may be repeated.
func (f *Following) LookGone(ctx context.Context, in FollowInput) (FollowResult, error) {
	follower, result, err := f.follower(in)
	if err != nil || result.Gone {
		return result, err
	}
	known, found, err := f.Ledger.Document(ctx, in.Registry, in.Document)
	if err != nil || !found || known.Status == sluss.DocumentDeleted {
		return result, err
	}
	gone := false
	went, err := f.inTurn(ctx, turnOf{in.ID, in.Registry, false}, 1, &result, func(ctx context.Context) (outcome sluss.Outcome, exchange sluss.Exchange, err error) {
		gone, outcome, exchange, err = follower.Gone(ctx, in.Company, known.ID)
		return outcome, exchange, err
	})
	if err != nil || !went || !gone {
		return result, err
	}
	known.SeenAt = time.Now()
	if err := f.Ledger.DocumentGone(ctx, known); err != nil {
		return FollowResult{}, err
	}
	result.Count = 1
	result.Told, err = f.tell(ctx, in.Registry)
	return result, err
}
