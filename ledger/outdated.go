package ledger

import (
	"context"
	"slices"

	"sluss"
)

// OutdatedFiling is a note that the Swedish registry took, and whose batch was
// corrected since.
type OutdatedFiling struct {
	Filing string // of the note
	// By is the filing that tells it now: that of the note, or of an amendment,
	// even one that is still open.
	By   string
	Told sluss.Content // what that one tells
	// Then and Now are the batch as it was when that was written, and as it is.
	Then, Now sluss.Declaration
	Events    []sluss.Event // of the batch
}

// What was sent is what the last attempt sent; a correction may have come
// between it and its answer.
const outdated = `
with corrected as (
    select batch, max(line) as line from corrections
    where case when $1 = '' then at > now() - interval '400 days' else batch = $1 end
    group by batch
)
select before.filing, before.by, before.content as told,
    coalesce((
        select k.declaration from corrections k where k.batch = b.id and k.line < before.line order by k.line desc limit 1
    ), b.declaration) as "then",
    (select k.declaration from corrections k where k.line = corrected.line) as now,
    (select jsonb_agg(e.event order by e.line) from events e where e.batch = b.id) as events
from corrected
join batches b on b.id = corrected.batch and ($2 = '' or b.tenant = $2)
cross join lateral (
    select note.id as filing, note.line as place, told.* from filings note
    cross join lateral (
        select f.id as by, c.line, c.content
        from filings f
        join contents c on c.filing = f.id
        where f.batch = b.id
            and (f.id = note.id or c.content->'amends'->>'filing' = note.id and not c.content @> '{"amends": {"double": true}}')
            and not exists (select from decisions d where d.filing = f.id and d.kind = 'withdrawn')
            and c.hash = coalesce(
                (select a.hash from attempts a where a.filing = f.id and a.purpose = 'submit' order by a.line desc limit 1),
                (select l.hash from contents l where l.filing = f.id order by l.line desc limit 1))
        order by c.line desc limit 1
    ) told
    where note.batch = b.id and note.registry = 'avfallsregistret' and told.line < corrected.line
        and note.obligation !~ '\.amend[0-9]+$' and note.obligation not like 'se.treatment#%'
        and not coalesce(told.content->'amends' ? 'annul', false)
    offset 0 -- few are left of whom the view below must be asked
) before
where exists (select from filing_state s where s.filing = before.filing and s.stage = 'accepted')
order by before.place`

// OutdatedFiling are the notes whose batches were corrected since they were told:
// of one batch; or, where none is given, of those that were corrected in the last
// 400 days, of one tenant or of all.
func (l *Ledger) OutdatedFiling(ctx context.Context, batch, tenant string) ([]OutdatedFiling, error) {
	return many[OutdatedFiling](ctx, l, "read what was filed before corrections", outdated, batch, tenant)
}

// ChangedResult is a result of a quarter some of whose batches were corrected,
// or the notes of them.
type ChangedResult struct {
	Filing   string
	Compiled sluss.Content        // as it was compiled
	Treated  []sluss.TreatedBatch // its batches, as they are
}

const changedResults = `
select r.filing, r.content as compiled from results r
where ($1 = '' or r.tenant = $1) and exists (
    select from result_batches told where told.result = r.filing and (
        exists (select from corrections k where k.batch = told.batch)
        or exists (select from filings f where f.batch = told.batch and f.obligation like 'se.reception.amend%')
    )
)
order by r.line`

// ChangedResults are the results that may tell something else than their
// batches, of a tenant, or of all where none is given.
func (l *Ledger) ChangedResults(ctx context.Context, tenant string) ([]ChangedResult, error) {
	list, err := many[ChangedResult](ctx, l, "read the results of corrected batches", changedResults, tenant)
	for i := range list {
		if list[i].Treated, err = l.treated(ctx, treatedOf, list[i].Filing); err != nil {
			return nil, err
		}
	}
	return list, err
}

// asAmended is a treated batch as the note of its reception tells it, where that
// was amended; false where that is annulled, and the batch is none of those that
// were received here.
func (r treatedRow) asAmended() (sluss.TreatedBatch, bool) {
	told := sluss.Content{Declaration: r.Declaration, Events: r.Events}
	for _, a := range r.Amendments {
		switch a.Annul {
		case "":
			told = with(told, a.Set)
		case sluss.SentTwice, sluss.NotCarried: // another note tells of it; no Swedish reason
		case sluss.WrongWaste, sluss.WrongNote, sluss.WrongOperator:
			return sluss.TreatedBatch{}, false
		}
	}
	return sluss.TreatedBatch{Declaration: told.Declaration, Events: told.Events}, true
}

// with is the content with values in it, as far as it still takes them.
func with(c sluss.Content, set map[string]string) sluss.Content {
	for path, value := range set {
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
