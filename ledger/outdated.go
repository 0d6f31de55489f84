package ledger

import (
	"context"
	"slices"

	"sluss"
)

// OutdatedFiling is a note in the Swedish registry whose batch was corrected or cancelled
// since.
type OutdatedFiling struct {
	Filing sluss.FilingID // that made the note
	// By is the filing with the latest content of the note: Filing itself, or an
	// amendment, even one that is still open.
	By      string
	Content sluss.Content // the content of By
	// Then and Now are the batch when that content was made, and as it is.
	Then, Now sluss.Declaration
	// Happened are the events of the batch then, in no order, and Events as they are.
	Happened, Events []sluss.Event
}

const outdated = `
select s.filing, s.by, told.content,
    coalesce((
        select k.declaration from corrections k where k.batch = s.batch and k.line < s.told order by k.line desc limit 1
    ), b.declaration) as "then",
    coalesce((select k.declaration from corrections k where k.batch = s.batch order by k.line desc limit 1), b.declaration) as now,
    (select jsonb_agg(v.event) from (
        select distinct on (id) event from event_versions where batch = s.batch and line < s.told order by id, line desc) v) as happened,
    (select jsonb_agg(e.event order by e.line, e.place) from current_events e where e.batch = s.batch) as events
from corrected_filings s
join batches b on b.id = s.batch
join filings f on f.id = s.filing
join contents told on told.filing = s.by and told.line = s.told
cross join lateral (
    select at from corrections where line = s.corrected union all select at from events where line = s.corrected
) changed
where ($1 = '' or s.batch = $1) and ($2 = '' or b.tenant = $2) and ($1 <> '' or changed.at > now() - interval '400 days')
order by f.line`

// OutdatedFilings returns the notes whose batches were corrected or cancelled after they
// were filed: of one batch, or, if none is given, of all batches that were in the last 400
// days, of one tenant or of all.
func (l *Ledger) OutdatedFilings(ctx context.Context, batch sluss.BatchID, tenant string) ([]OutdatedFiling, error) {
	return many[OutdatedFiling](ctx, l, "read what was filed before corrections", outdated, batch, tenant)
}

// FiledDocument is a filing that created a document at a registry.
type FiledDocument struct {
	Filing   sluss.FilingID
	Registry string
}

const documentsOfCancelled = `
select s.filing, s.registry
from events e
join filing_state s on s.batch = e.batch and s.stage = 'accepted' and s.duty->>'report' = 'creation' and s.amends is null
join batches b on b.id = e.batch
where e.kind = 'cancelled' and ($1 = '' or e.batch = $1) and ($2 = '' or b.tenant = $2) and ($1 <> '' or e.at > now() - interval '400 days')
    and exists (select from current_events c where c.batch = e.batch and c.kind = 'cancelled')
    and not exists (
        select from filings f join contents c on c.filing = f.id
        where f.batch = e.batch and c.content->'amends'->>'filing' = s.filing and c.content->'amends' ? 'annul'
            and not exists (select from decisions d where d.filing = f.id and d.kind = 'withdrawn'))
order by s.line`

// DocumentsOfCancelled returns the documents of cancelled batches that nobody has annulled
// or asked to annul: of one batch, or, if none is given, of all that were cancelled in the
// last 400 days, of one tenant or of all.
func (l *Ledger) DocumentsOfCancelled(ctx context.Context, batch sluss.BatchID, tenant string) ([]FiledDocument, error) {
	return many[FiledDocument](ctx, l, "read the documents of cancelled batches", documentsOfCancelled, batch, tenant)
}

// ChangedResult is a quarterly result with batches that were corrected, or whose notes
// were amended.
type ChangedResult struct {
	Filing   sluss.FilingID
	Compiled sluss.Content        // as compiled
	Treated  []sluss.TreatedBatch // its batches, as they are now
}

// What was corrected or amended an hour before a result was compiled is in the result.
const changedResults = `
with changed as (
    select told.result, k.at from corrections k join result_batches told on told.batch = k.batch
    where k.at > (select min(at) from results) - interval '1 hour'
    union all
    select told.result, coalesce((select min(a.at) from answers a where a.filing = f.id and a.kind = 'Accepted'), 'infinity')
    from filings f join result_batches told on told.batch = f.batch
    where f.obligation ~ '\.amend[0-9]+$' and f.obligation like 'se.reception.amend%'
)
select r.filing, r.content as compiled from results r
where ($1 = '' or r.tenant = $1)
    and exists (select from changed c where c.result = r.filing and c.at > r.at - interval '1 hour')
order by r.line`

// ChangedResults returns the results that may differ from their batches, of one tenant
// or, if none is given, of all.
func (l *Ledger) ChangedResults(ctx context.Context, tenant string) ([]ChangedResult, error) {
	list, err := many[ChangedResult](ctx, l, "read the results of corrected batches", changedResults, tenant)
	for i := range list {
		if list[i].Treated, err = l.treated(ctx, treatedOf, list[i].Filing); err != nil {
			return nil, err
		}
	}
	return list, err
}

// asAmended is a treated batch with the amendments of its reception's note applied;
// false if that note is annulled: the batch then does not count as received here.
func (r treatedRow) asAmended() (sluss.TreatedBatch, bool) {
	treated := sluss.Content{Declaration: r.Declaration, Events: r.Events}
	for _, a := range r.Amendments {
		switch a.Annul {
		case "":
			treated = withValues(treated, a)
		case sluss.SentTwice, sluss.NotCarried: // another note covers it; not a reason in Sweden
		case sluss.WrongWaste, sluss.WrongNote, sluss.WrongOperator:
			return sluss.TreatedBatch{}, false
		}
	}
	return sluss.TreatedBatch{Declaration: treated.Declaration, Events: treated.Events}, true
}

// withValues is the content as amended; values that do not fit any more are skipped.
func withValues(c sluss.Content, a sluss.Amendment) sluss.Content {
	if changed, err := c.Changed(a.Change()); err == nil {
		return changed
	}
	for path, value := range a.Set {
		if changed, err := c.Corrected(map[string]string{path: value}); err == nil {
			c = changed
		}
	}
	return c
}

func (l *Ledger) treated(ctx context.Context, query string, args ...any) ([]sluss.TreatedBatch, error) {
	rows, err := many[treatedRow](ctx, l, "read what was treated", query, args...)
	if err != nil {
		return nil, err
	}
	list := make([]sluss.TreatedBatch, 0, len(rows))
	for _, r := range rows {
		if t, here := r.asAmended(); here {
			list = append(list, t)
		}
	}
	return slices.Clip(list), nil
}
