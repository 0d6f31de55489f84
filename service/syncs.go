package service

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"sluss"
	"sluss/workflows"
)

// Syncs is how far registries' documents are followed, and which open batches
// stand there as if they had come to an end.
type Syncs struct {
	Syncs []sluss.SyncState `json:"syncs"`
	// Adrift are documents of open batches that others have refused or cancelled.
	Adrift []sluss.ChangedDocument `json:"adrift"`
}

// adriftAt are the ends that others can put to a document.
var adriftAt = []string{refusedThere, "CANCELED", sluss.DocumentDeleted}

const refusedThere = "REFUSED"

// Syncs is how far what others change at registries is followed.
func (sv *Service) Syncs(ctx context.Context) (f Syncs, err error) {
	if f.Syncs, err = sv.Ledger.Syncs(ctx, "", ""); err != nil {
		return f, err
	}
	f.Adrift, err = sv.Ledger.Adrift(ctx, adriftAt)
	return f, err
}

// SyncNow has what has changed of a company's documents looked at now, and waits
// until that is kept. It needs a running worker.
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
	if err := sv.look(ctx, registry, company, "a person asks"); errors.Is(err, ErrNoSuch) {
		return before, fmt.Errorf("%w company that is followed as %s at %s: `starter sync` lists them", ErrNoSuch, company, registry)
	} else if err != nil {
		return before, err
	}
	return awaited(ctx, "the sync of "+company, func() (sluss.SyncState, bool, error) {
		now, err := following(ctx)
		return now, now.SyncedAt.After(before.SyncedAt), err
	})
}

// Notice is one event at Trackdéchets. It says no more than that, comes in any
// order, and more than once.
type Notice struct {
	Action string `json:"action"` // CREATED, UPDATED, DELETED
	ID     string `json:"id"`
}

// Noticed has a company's changes looked at; without one, those of all.
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
		wrong = append(wrong, sv.look(ctx, sluss.Trackdechets, c, why))
		for _, n := range notices {
			if n.Action == "DELETED" && documentID.MatchString(n.ID) { // what is deleted comes in no sync
				id := workflows.SyncID(sluss.Trackdechets, c)
				wrong = append(wrong, explained(sv.Temporal.SignalWorkflow(ctx, id, "", workflows.DeletedSignal.Name, n.ID), id))
			}
		}
	}
	return errors.Join(wrong...)
}

var documentID = regexp.MustCompile(`^[A-Za-z0-9-]{1,60}$`)

// look has the changes of a company looked at now.
func (sv *Service) look(ctx context.Context, registry, company, why string) error {
	id := workflows.SyncID(registry, company)
	return explained(sv.Temporal.SignalWorkflow(ctx, id, "", workflows.LookSignal.Name, why), id)
}
