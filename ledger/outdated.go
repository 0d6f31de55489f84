package ledger

import (
	"context"
	"slices"

	"sluss"
)

// OutdatedFiling is a note in the Swedish registry whose batch was corrected since.
type OutdatedFiling struct {
	Filing sluss.FilingID // that made the note
	// By is the filing with the latest content of the note: Filing itself, or an
	// amendment, even one that is still open.
	By      string
	Content sluss.Content // the content of By
	// Then and Now are the batch when that content was made, and as it is.
	Then, Now sluss.Declaration
	Events    []sluss.Event // of the batch
}

// What was sent is the content of the last attempt: a correction may have been
// recorded between the attempt and its answer.
const outdated = `
with corrected as (
    select batch, max(line) as line from corrections
    where case when $1 = '' then at > now() - interval '400 days' else batch = $1 end
    group by batch
)
select before.filing, before.by, before.content,
    coalesce((
        select k.declaration from corrections k where k.batch = b.id and k.line < before.line order by k.line desc limit 1
    ), b.declaration) as "then",
    (select k.declaration from corrections k where k.line = corrected.line) as now,
    (select jsonb_agg(e.event order by e.line) from events e where e.batch = b.id) as events
from corrected
join batches b on b.id = corrected.batch and ($2 = '' or b.tenant = $2)
cross join lateral (
    select note.id as filing, note.line as place, sent.* from filings note
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
    ) sent
    where note.batch = b.id and note.registry = 'avfallsregistret' and sent.line < corrected.line
        and note.obligation !~ '\.amend[0-9]+$' and note.obligation not like 'se.treatment#%'
        and not coalesce(sent.content->'amends' ? 'annul', false)
    offset 0 -- few are left of whom the view below must be asked
) before
where exists (select from filing_state s where s.filing = before.filing and s.stage = 'accepted')
order by before.place`

// OutdatedFilings returns the notes whose batches were corrected after they were filed:
// of one batch, or, if none is given, of all batches that were corrected in the last 400
// days, of one tenant or of all.
func (l *Ledger) OutdatedFilings(ctx context.Context, batch sluss.BatchID, tenant string) ([]OutdatedFiling, error) {
	return many[OutdatedFiling](ctx, l, "read what was filed before corrections", outdated, batch, tenant)
}

// ChangedResult is a quarterly result with batches that were corrected, or whose notes
// were amended.
type ChangedResult struct {
	Filing   sluss.FilingID
	Compiled sluss.Content        // as compiled
	Treated  []sluss.TreatedBatch // its batches, as they are now
}

const changedResults = `
select r.filing, r.content as compiled from results r
where ($1 = '' or r.tenant = $1) and exists (
    select from result_batches part where part.result = r.filing and (
        exists (select from corrections k where k.batch = part.batch)
        or exists (select from filings f where f.batch = part.batch and f.obligation like 'se.reception.amend%')
    )
)
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
			treated = withValues(treated, a.Set)
		case sluss.SentTwice, sluss.NotCarried: // another note covers it; not a reason in Sweden
		case sluss.WrongWaste, sluss.WrongNote, sluss.WrongOperator:
			return sluss.TreatedBatch{}, false
		}
	}
	return sluss.TreatedBatch{Declaration: treated.Declaration, Events: treated.Events}, true
}

// withValues is the content with the values set; values that do not fit any more are skipped.
func withValues(c sluss.Content, set map[string]string) sluss.Content {
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
