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
	ID        string        `json:"id"` // under which the call is recorded
	Registry  string        `json:"registry"`
	Batch     sluss.BatchID `json:"batch"`
	Document  string        `json:"document"`  // either of its ids
	Companies []string      `json:"companies"` // on the document: one of ours among them fetches it
}

// PrintNext fetches and stores the next missing print of a company's documents that have
// ended. Count is 0 if there is none. PrintNext may be repeated.
func (f *Sync) PrintNext(ctx context.Context, in SyncStepInput) (SyncStepResult, error) {
	syncer, result, err := f.syncer(in)
	if err != nil || result.NotSynced {
		return result, err
	}
	next, found, err := f.Ledger.Unprinted(ctx, in.Registry, in.Company, syncer.FinalStatuses(), in.Skip)
	if err != nil || !found {
		return result, err
	}
	result.Count = 1
	return result, f.print(ctx, asker{in.ID, in.Registry, false}, syncer, in.Company, next, &result)
}

// Print fetches and stores the print of a batch's document while a person waits. If it
// cannot be fetched now, the result says why.
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
		result.Error = "there is no token for any company on the document: configure one"
		return result, nil
	}
	result.Count = 1
	return result, f.print(ctx, asker{in.ID, in.Registry, true}, syncer, company, sluss.ChangedDocument{Batch: in.Batch, Document: known}, &result)
}

func (f *Sync) print(ctx context.Context, by asker, syncer Syncer, company string, d sluss.ChangedDocument, result *SyncStepResult) error {
	var p sluss.Print
	ok, err := f.withReservation(ctx, by, syncer.PrintCalls(), result, func(ctx context.Context) (outcome sluss.Outcome, exchange sluss.Exchange, err error) {
		p, outcome, exchange, err = syncer.Print(ctx, company, d.Document.ID)
		if errors.Is(err, sluss.ErrAbsent) {
			return sluss.Outcome{Kind: sluss.Deferred, NotBefore: time.Now().Add(syncAgain), Detail: fmt.Sprintf("there is no document %s (any more)", d.Document.ID)}, exchange, nil
		}
		return outcome, exchange, err
	})
	if err != nil || !ok {
		return err
	}
	// We know from the registry that this version exists.
	if p.Batch = d.Batch; p.UpdatedAt.Before(d.Document.UpdatedAt) && d.Document.Status != sluss.DocumentDeleted {
		p.UpdatedAt = d.Document.UpdatedAt
	}
	return f.Ledger.KeepPrint(ctx, p)
}
