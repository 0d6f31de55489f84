package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/serviceerror"

	"sluss"
	"sluss/ledger"
	"sluss/obligations"
	"sluss/workflows"
)

// replace puts another receipt in the place of one that a person gave by mistake, when the
// filing has ended by that. The later reports of the batch name the new one. The error wraps
// ErrRefused if there is no such receipt any more, and is Faults if the decision is not
// complete. The same replacement again changes nothing.
func (sv *Service) replace(ctx context.Context, id sluss.FilingID, d sluss.Decision) (FilingState, error) {
	f, err := sv.filing(ctx, id)
	if err != nil {
		return FilingState{}, err
	}
	if faults := checkReplacement(f, d); len(faults) > 0 {
		return FilingState{}, faults
	}
	batch, obligation, err := id.Split()
	if err != nil {
		return FilingState{}, err
	}
	if f.Receipt.ID != d.Receipt {
		if err := sv.mayReplace(ctx, batch, f, d); err != nil {
			return FilingState{}, err
		}
		d.At = timed(d.At)
		if err := sv.checkTime(ctx, id, d.At); err != nil {
			return FilingState{}, err
		}
		if err := sv.Ledger.RecordDecision(ctx, sluss.DecisionRecord{Filing: id, Number: 1, Decision: d}); err != nil {
			return FilingState{}, err
		}
		if f, err = sv.filing(ctx, id); err != nil {
			return FilingState{}, err
		}
	}
	signal, message := workflows.ReceiptReplaced(obligation, *f.Receipt)
	err = sv.Temporal.SignalWorkflow(ctx, string(batch), "", signal, message)
	if closed := (*serviceerror.NotFound)(nil); err != nil && !errors.As(err, &closed) {
		return FilingState{}, explained(err, string(batch))
	}
	return stateOf(f), nil
}

// checkReplacement tells what is wrong with a replacement, all at once.
func checkReplacement(f ledger.Filing, d sluss.Decision) (faults sluss.Faults) {
	add := func(field, problem, remedy string) {
		faults = append(faults, sluss.Fault{Field: field, Problem: problem, Remedy: remedy})
	}
	if d.Kind != sluss.DecidedTaken {
		add("kind", "only a receipt is replaced", "decide taken, with the right receipt")
	}
	if d.Reason == "" {
		add("reason", "is missing", "say how the right receipt is known")
	}
	if d.By.Name == "" {
		add("by.name", "is missing", "give the name of the person who decides")
	}
	if d.Receipt == d.Replaces {
		add("receipt", "is the one that it replaces", "give the right one")
	}
	faults = append(faults, obligations.CheckReceipt(f.Obligation.Registry, d.Receipt)...)
	if f.Receipt == nil || f.Receipt.Status != string(sluss.DecidedTaken) {
		add("replaces", "the filing has no receipt that a person gave", "`starter amend` corrects or annuls what a registry has accepted")
	}
	return faults
}

// mayReplace refuses to replace a receipt that is another by now, or that amendments name.
func (sv *Service) mayReplace(ctx context.Context, batch sluss.BatchID, f ledger.Filing, d sluss.Decision) error {
	if f.Receipt.ID != d.Replaces {
		return &Refusal{Why: fmt.Sprintf("the receipt of %s is %s since %s, not %s", f.ID, f.Receipt.ID, f.Receipt.At.Format(time.RFC3339), d.Replaces)}
	}
	reports, err := sv.Ledger.FiledReports(ctx, batch)
	if err != nil {
		return err
	}
	for _, r := range reports {
		if r.Obligation == f.Obligation.ID && len(r.Versions) > 1 {
			return &Refusal{Why: fmt.Sprintf("%s was amended since, under its receipt %s", f.ID, f.Receipt.ID)}
		}
	}
	return nil
}
