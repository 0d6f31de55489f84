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
func (f *Sync) PrintNext(ctx context.Context, in SyncStepInput) (SyncStepResult, error) {
	syncer, result, err := f.syncer(in)
	if err != nil || result.Gone {
		return result, err
	}
	next, found, err := f.Ledger.Unprinted(ctx, in.Registry, in.Company, syncer.FinalStatuses(), in.Skip)
	if err != nil || !found {
		return result, err
	}
	result.Count = 1
	return result, f.print(ctx, turnOf{in.ID, in.Registry, false}, syncer, in.Company, next, &result)
}

// Print fetches the print of a batch's document for a person who waits for it,
// and keeps it. Where the registry does not give it now, the result says why.
func (f *Sync) Print(ctx context.Context, in PrintInput) (SyncStepResult, error) {
	syncer, _, err := f.syncer(SyncStepInput{Registry: in.Registry})
	if err != nil {
		return SyncStepResult{}, err
	}
	result := SyncStepResult{}
	known, found, err := f.Ledger.Document(ctx, in.Registry, in.Document)
	if err != nil {
		return SyncStepResult{}, err
	}
	if !found {
		known.ID = in.Document
	}
	company, found := syncer.Reader(in.Companies)
	if !found {
		result.Error = "there is no token of any company on it: configure one"
		return result, nil
	}
	result.Count = 1
	return result, f.print(ctx, turnOf{in.ID, in.Registry, true}, syncer, company, sluss.ChangedDocument{Batch: in.Batch, Document: known}, &result)
}

func (f *Sync) print(ctx context.Context, turn turnOf, syncer Syncer, company string, of sluss.ChangedDocument, result *SyncStepResult) error {
	var p sluss.Print
	went, err := f.withReservation(ctx, turn, syncer.PrintCalls(), result, func(ctx context.Context) (outcome sluss.Outcome, exchange sluss.Exchange, err error) {
		p, outcome, exchange, err = syncer.Print(ctx, company, of.Document.ID)
		if errors.Is(err, sluss.ErrAbsent) {
			return sluss.Outcome{Kind: sluss.Deferred, NotBefore: time.Now().Add(syncAgain), Detail: fmt.Sprintf("there is no document %s (any more)", of.Document.ID)}, exchange, nil
		}
		return outcome, exchange, err
	})
	if err != nil || !went {
		return err
	}
	// The registry has said that the document is that young.
	if p.Batch = of.Batch; p.UpdatedAt.Before(of.Document.UpdatedAt) && of.Document.Status != sluss.DocumentDeleted {
		p.UpdatedAt = of.Document.UpdatedAt
	}
	return f.Ledger.KeepPrint(ctx, p)
}
