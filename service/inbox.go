package service

import (
	"cmp"
	"context"

	"sluss"
)

// Inbox is what waits for a person, the most urgent first. The first page ends with
// batches whose predecessors nobody declared, those with events that are kept, and reports
// that are filed and have become outdated.
func (sv *Service) Inbox(ctx context.Context, f InboxFilter) ([]Filing, error) {
	filings, err := sv.Ledger.Inbox(ctx, f)
	if err != nil {
		return nil, err
	}
	list := make([]Filing, len(filings))
	for i, filing := range filings {
		list[i] = Seen(filing)
	}
	officers := (f.Waiting == "" || f.Waiting == sluss.Officer) && (f.Registry == "" || sluss.RegistryOf(f.Registry).Amends())
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
	if f.Registry == "" {
		if list, err = sv.keptEvents(ctx, f.Tenant, list); err != nil {
			return nil, err
		}
	}
	place := map[sluss.FilingID]int{}
	for i, filing := range list {
		place[filing.ID] = i
	}
	var others []sluss.FilingID
	outdated = append(together(outdated), results...)
	for _, s := range outdated {
		if _, waits := place[s.Filing]; !waits {
			others = append(others, s.Filing)
		}
	}
	settled, err := sv.Ledger.FilingsByID(ctx, others)
	if err != nil {
		return nil, err
	}
	for _, s := range outdated {
		i, listed := place[s.Filing]
		if !listed {
			filing := settled[s.Filing]
			if at := cmp.Or(filing.Registry, sluss.Avfallsregistret); f.Registry != "" && at != f.Registry { // a result that is not filed yet
				continue
			}
			filing.ID, i = s.Filing, len(list)
			list, place[s.Filing] = append(list, Seen(filing)), i
		}
		list[i].Outdated = &s
	}
	return list, nil
}
