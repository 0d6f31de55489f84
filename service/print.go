package service

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"sluss"
	"sluss/activities"
)

// Print is a batch's document as its registry prints it. The print of a final document
// is kept in the ledger and returned from there, unless the document has changed
// since. Before that it is fetched each time, which takes calls of the registry's quota
// and needs a running worker.
func (sv *Service) Print(ctx context.Context, batch sluss.BatchID) (sluss.Print, error) {
	kept, found, outdated, err := sv.Ledger.Print(ctx, batch)
	if err != nil || found && !outdated {
		return kept, err
	}
	known, err := sv.Ledger.Batch(ctx, batch)
	if err != nil {
		return sluss.Print{}, err
	}
	if !known.Declared {
		return sluss.Print{}, noSuchBatch(batch)
	}
	document, err := sv.printable(ctx, batch)
	if err != nil {
		return sluss.Print{}, err
	}
	name := uuid.NewString()
	in := activities.PrintInput{
		ID: sluss.TaskID(sluss.Trackdechets, sluss.TaskPrint, name), Registry: sluss.Trackdechets, Batch: batch, Document: document, Companies: companiesOf(known.Declaration),
	}
	result, err := run[activities.SyncStepResult](ctx, sv, sluss.Trackdechets, sluss.TaskPrint, name, in)
	if err != nil {
		return sluss.Print{}, err
	}
	switch {
	case result.Wait != nil:
		return sluss.Print{}, fmt.Errorf("%w from %s: %s: ask again then", ErrNoAnswer, sluss.Trackdechets, result.Wait)
	case result.Error != "":
		return sluss.Print{}, &Refusal{Why: sluss.Trackdechets + " gives no print: " + result.Error}
	}
	p, _, _, err := sv.Ledger.Print(ctx, batch)
	return p, err
}

// printable is the id of the batch's BSDD.
func (sv *Service) printable(ctx context.Context, batch sluss.BatchID) (string, error) {
	filings, err := sv.Ledger.Filings(ctx, batch)
	if err != nil {
		return "", err
	}
	for _, f := range filings {
		made := f.Obligation.Report == sluss.ReportCreation || f.Obligation.Report == sluss.ReportPaper
		if f.Registry == sluss.Trackdechets && made && f.Receipt != nil {
			return f.Receipt.ID, nil
		}
	}
	return "", fmt.Errorf("%w print: %s has no document at %s", ErrNoSuch, batch, sluss.Trackdechets)
}

// companiesOf are the ids of the parties of a declaration, as in its documents.
func companiesOf(d sluss.Declaration) (ids []string) {
	add := func(p sluss.Party) {
		for _, id := range []string{p.ID, p.VAT} {
			if id != "" {
				ids = append(ids, id)
			}
		}
	}
	add(d.Receiver)
	add(d.Producer)
	for _, l := range d.Legs {
		if l.Consignor != nil {
			add(*l.Consignor)
		}
		add(l.Transporter)
	}
	return ids
}
