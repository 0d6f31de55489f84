package service

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"sluss"
	"sluss/workflows"
)

// Syncs is the state of the syncs with registries, and the open batches whose documents
// have ended there.
type Syncs struct {
	Syncs []sluss.SyncState `json:"syncs"`
	// Adrift are documents of open batches that others have refused or cancelled.
	Adrift []sluss.ChangedDocument `json:"adrift"`
}

// adriftAt are the final statuses that others can give a document.
var adriftAt = []string{refusedThere, "CANCELED", sluss.DocumentDeleted}

const refusedThere = "REFUSED"

// Syncs returns the state of all syncs.
func (sv *Service) Syncs(ctx context.Context) (f Syncs, err error) {
	if f.Syncs, err = sv.Ledger.Syncs(ctx, "", ""); err != nil {
		return f, err
	}
	f.Adrift, err = sv.Ledger.Adrift(ctx, adriftAt)
	return f, err
}

// SyncNow syncs a company's documents now, and waits until the changes are stored. It
// needs a running worker.
func (sv *Service) SyncNow(ctx context.Context, registry, company string) (sluss.SyncState, error) {
	following := func(ctx context.Context) (sluss.SyncState, error) {
		list, err := sv.Ledger.Syncs(ctx, registry, company)
		if err != nil || len(list) == 0 {
			return sluss.SyncState{Registry: registry, Company: company}, err
		}
		return list[0], nil
	}
	before, err := following(ctx)
	if err != nil {
		return before, err
	}
	if err := sv.signalSync(ctx, registry, company, "a person asks"); errors.Is(err, ErrNoSuch) {
		return before, fmt.Errorf("%w company that is followed as %s at %s: `starter sync` lists them", ErrNoSuch, company, registry)
	} else if err != nil {
		return before, err
	}
	return awaited(ctx, "the sync of "+company, func() (sluss.SyncState, bool, error) {
		now, err := following(ctx)
		return now, now.SyncedAt.After(before.SyncedAt), err
	})
}

// Notice is one event of a webhook of Trackdéchets. Notices may come in any order, and
// more than once.
type Notice struct {
	Action string `json:"action"` // CREATED, UPDATED, DELETED
	ID     string `json:"id"`
}

// Noticed starts a sync of a company, or of all companies if none is given.
func (sv *Service) Noticed(ctx context.Context, company string, notices []Notice) error {
	companies := []string{company}
	if company == "" {
		syncs, err := sv.Ledger.Syncs(ctx, sluss.Trackdechets, "")
		if err != nil {
			return err
		}
		companies = nil
		for _, f := range syncs {
			companies = append(companies, f.Company)
		}
	}
	why := fmt.Sprintf("a webhook: %.10q %.40q", notices[0].Action, notices[0].ID)
	if more := len(notices) - 1; more > 0 {
		why += fmt.Sprintf(" and %d more", more)
	}
	var wrong []error
	for _, c := range companies {
		wrong = append(wrong, sv.signalSync(ctx, sluss.Trackdechets, c, why))
		for _, n := range notices {
			if n.Action == "DELETED" && documentID.MatchString(n.ID) { // a sync does not report deleted documents
				id := workflows.SyncID(sluss.Trackdechets, c)
				wrong = append(wrong, explained(sv.Temporal.SignalWorkflow(ctx, id, "", workflows.DeletedSignal.Name, n.ID), id))
			}
		}
	}
	return errors.Join(wrong...)
}

var documentID = regexp.MustCompile(`^[A-Za-z0-9-]{1,60}$`)

// signalSync signals the workflow that syncs a company to do so now.
func (sv *Service) signalSync(ctx context.Context, registry, company, why string) error {
	id := workflows.SyncID(registry, company)
	return explained(sv.Temporal.SignalWorkflow(ctx, id, "", workflows.LookSignal.Name, why), id)
}
