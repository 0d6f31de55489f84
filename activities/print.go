package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sluss"
)

// PrintInput asks for the print of a batch's document.
type PrintInput struct {
	ID        string   `json:"id"` // of who asks, in the record of calls
	Registry  string   `json:"registry"`
	Batch     string   `json:"batch"`
	Document  string   `json:"document"`  // either of its ids
	Companies []string `json:"companies"` // on it: one of ours among them fetches it
}

// PrintNext fetches the print of the next of a company's documents that has come
// to its end and is not kept yet, and keeps it. Count tells whether there was one.
// It may be repeated.
func (f *Following) PrintNext(ctx context.Context, in FollowInput) (FollowResult, error) {
	follower, result, err := f.follower(in)
	if err != nil || result.Gone {
		return result, err
	}
	next, found, err := f.Ledger.Unprinted(ctx, in.Registry, in.Company, follower.FinalStatuses(), in.Skip)
	if err != nil || !found {
		return result, err
	}
	result.Count = 1
	return result, f.print(ctx, turnOf{in.ID, in.Registry, false}, follower, in.Company, next.Batch, next.Document.ID, &result)
}

// Print fetches the print of a batch's document for a person who waits for it,
// and keeps it. Where the registry does not give it now, the result says why.
func (f *Following) Print(ctx context.Context, in PrintInput) (FollowResult, error) {
	follower, _, err := f.follower(FollowInput{Registry: in.Registry})
	if err != nil {
		return FollowResult{}, err
	}
	result := FollowResult{}
	company, found := follower.Reader(in.Companies)
	if !found {
		result.Error = "there is no token of any company on it: configure one"
		return result, nil
	}
	result.Count = 1
	return result, f.print(ctx, turnOf{in.ID, in.Registry, true}, follower, company, in.Batch, in.Document, &result)
}

func (f *Following) print(ctx context.Context, turn turnOf, follower Follower, company, batch, document string, result *FollowResult) error {
	var p sluss.Print
	went, err := f.inTurn(ctx, turn, follower.PrintCalls(), result, func(ctx context.Context) (outcome sluss.Outcome, exchange sluss.Exchange, err error) {
		p, outcome, exchange, err = follower.Print(ctx, company, document)
		if errors.Is(err, sluss.ErrAbsent) {
			return sluss.Outcome{Kind: sluss.Deferred, NotBefore: time.Now().Add(followAgain), Detail: fmt.Sprintf("there is no document %s (any more)", document)}, exchange, nil
		}
		return outcome, exchange, err
	})
	if err != nil || !went {
		return err
	}
	p.Batch = batch
	return f.Ledger.KeepPrint(ctx, p)
}
