package service

import (
	"context"
	"slices"

	"sluss"
)

// Inbox is what waits for a person, the most urgent first. The first page ends with
// batches whose predecessors nobody declared, and reports that are filed and have become
// outdated.
func (sv *Service) Inbox(ctx context.Context, f InboxFilter) ([]Filing, error) {
	filings, err := sv.Ledger.Inbox(ctx, f)
	if err != nil {
		return nil, err
	}
	list := make([]Filing, len(filings))
	for i, filing := range filings {
		list[i] = Seen(filing)
	}
	officers := (f.Waiting == "" || f.Waiting == sluss.Officer) && (f.Registry == "" || f.Registry == sluss.Avfallsregistret)
	if f.Skip > 0 || f.Overdue || !officers {
		return list, nil
	}
	outdated, err := OutdatedNotes(ctx, sv.Ledger, "", f.Tenant)
	if err != nil {
		return nil, err
	}
	results, err := sv.OutdatedResults(ctx, f.Tenant)
	if err != nil {
		return nil, err
	}
	if list, err = sv.unknownPredecessors(ctx, f.Tenant, list); err != nil {
		return nil, err
	}
	for _, s := range append(outdated, results...) {
		i := slices.IndexFunc(list, func(w Filing) bool { return w.ID == s.Filing })
		if i < 0 {
			filing, _, err := sv.Ledger.Filing(ctx, s.Filing)
			if err != nil {
				return nil, err
			}
			filing.ID = s.Filing
			list, i = append(list, Seen(filing)), len(list)
		}
		list[i].Outdated = &s
	}
	return list, nil
}
