package service

import (
	"context"
	"fmt"
	"slices"
	"time"

	"sluss"
	"sluss/ledger"
	"sluss/obligations"
)

// keptEvents adds to an inbox the batches with events that were reported before those that
// they follow: the longest kept first, each with what a person can do. A batch of which
// nothing is reported to any registry is left out.
func (sv *Service) keptEvents(ctx context.Context, tenant string, list []Filing) ([]Filing, error) {
	kept, err := sv.Ledger.KeptEvents(ctx, "", tenant)
	if err != nil {
		return nil, err
	}
	for _, k := range kept {
		i := slices.IndexFunc(list, func(f Filing) bool { return f.Batch == k.Batch })
		if i < 0 {
			filing, known, err := sv.firstFiling(ctx, k)
			if err != nil {
				return nil, err
			}
			if !known {
				continue
			}
			list, i = append(list, Seen(filing)), len(list)
		}
		list[i].Warnings = append(list[i].Warnings, keptWarning(k))
	}
	return list, nil
}

// firstFiling stands for a batch in the inbox: its first filing, or, if none was opened,
// the first that its declaration leads to; false if there is none.
func (sv *Service) firstFiling(ctx context.Context, k ledger.KeptEvent) (f ledger.Filing, known bool, err error) {
	filings, err := sv.Ledger.Filings(ctx, k.Batch)
	if err != nil {
		return f, false, err
	}
	if len(filings) > 0 {
		return filings[0], true, nil
	}
	batch, err := sv.Ledger.Batch(ctx, k.Batch)
	if err != nil {
		return f, false, err
	}
	planned := obligations.Planned(batch.Declaration)
	if len(planned) == 0 {
		return f, false, nil
	}
	o := planned[0].Obligation
	o.NoteBy, o.Due, o.AfterUntil = time.Time{}, time.Time{}, time.Time{} // it is not owed yet
	f = ledger.Filing{ID: k.Batch.Filing(o.ID), Batch: k.Batch, Registry: o.Registry, Obligation: o, Stage: sluss.StageSending, Since: k.Since, OpenedAt: k.Since}
	f.Tenant, f.Reference, err = k.Batch.Split()
	return f, true, err
}

// keptWarning says since when an event is kept, and how that is mended.
func keptWarning(k ledger.KeptEvent) sluss.Fault {
	id := k.Event.ID()
	remedy := "correct what prevents it; "
	if len(k.Missing) > 0 {
		remedy = fmt.Sprintf("report %s; if a leg never came about, drop it: `starter correct %s --remove legs.N`; ", k.Missing[0], k.Batch.Name())
	}
	return sluss.Fault{
		Field:   "events." + string(id),
		Problem: fmt.Sprintf("%s of %s is kept since %s: it %s", id, k.Event.At.Format(time.RFC3339), k.Since.In(k.Event.At.Location()).Format(time.RFC3339), k.Text()),
		Remedy:  remedy + fmt.Sprintf("report %s again to correct it, or take it back: `starter correct %s --remove events.%s`", id, k.Batch.Name(), id),
	}
}
