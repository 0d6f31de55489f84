package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"sluss"
)

// A treated batch with its corrected declaration, and the amendments of the note of its
// reception.
const treatedBatch = `
select b.id,
    coalesce(
        (select k.declaration from corrections k where k.batch = b.id order by k.line desc limit 1),
        b.declaration) as declaration,
    (select jsonb_agg(e.event order by e.line, e.place) from current_events e where e.batch = b.id) as events,
    case when exists (select from filings f where f.batch = b.id and f.obligation like 'se.reception.%') then (
        select jsonb_agg(v.amendment order by v.line) from report_versions v
        where v.batch = b.id and v.amendment is not null and v.report = (
            select f.id from filings f
            where f.batch = b.id and f.obligation ~ '^se\.reception(\.again[0-9]+)?$' order by f.line desc limit 1)
    ) end as amendments
from batches b`

// Only Swedish sites owe results. Which of their batches do is decided by package
// obligations.
const (
	unreported = `
select declaration, events, amendments from (` + treatedBatch + `
    join current_events t on t.batch = b.id
    where t.kind = 'treated' and t.happened_at < $1 and ($2 = '' or b.tenant = $2)
        and not exists (select from result_batches r where r.batch = b.id)
) treated
where declaration->'legs'->-1->'to'->>'country' = 'SE'
order by id`

	treatedOf = `
select declaration, events, amendments from (` + treatedBatch + `
    join result_batches r on r.batch = b.id
    where r.result = $1
) in_result
order by id`
)

type treatedRow struct {
	Declaration sluss.Declaration
	Events      []sluss.Event
	Amendments  []sluss.Amendment
}

// Unreported returns the batches that were treated at a Swedish site before a moment and
// are in no result yet; of all tenants if none is given. Corrections of the batch and
// amendments of the note of its reception are applied.
func (l *Ledger) Unreported(ctx context.Context, tenant string, before time.Time) ([]sluss.TreatedBatch, error) {
	return l.treated(ctx, unreported, before, tenant)
}

const (
	recordResult = `
insert into results (filing, batch, tenant, quarter, site, content, at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (filing) do nothing`

	recordOwed = `
insert into obligations (batch, id, due, obligation, at) values ($1, $2, $3, $4, $5)
on conflict (batch, id) do nothing`

	claimBatches = `
insert into result_batches (batch, result) select unnest($1::text[]), $2
on conflict (batch) do nothing`

	claimedBatches = `select count(*) from result_batches where batch = any ($1) and result = $2`
)

// RecordResults records compiled results, all or none. A batch can be in one result
// only: if one of the batches is in another result already, the error says so, and the
// results must be compiled again.
func (l *Ledger) RecordResults(ctx context.Context, compiled []sluss.Content, at time.Time) error {
	err := l.db.transaction(ctx, nil, func(ctx context.Context, tx *work) error {
		for _, c := range compiled {
			if err := recordOneResult(ctx, tx, c, at); err != nil {
				return fmt.Errorf("of %s in %s: %w", c.Result.Code, c.Result.Quarter, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("record results: %w", err)
	}
	return nil
}

func recordOneResult(ctx context.Context, tx *work, c sluss.Content, at time.Time) error {
	site, o, batch := c.ResultSite(), c.Obligation, c.Declaration.ID()
	filing := sluss.NewBatchID(site.Tenant, c.Declaration.Reference).Filing(o.ID)
	if _, err := tx.ExecContext(ctx, recordResult, filing, batch, site.Tenant, site.Quarter.String(), site.Site, jsonb(c), at); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, recordOwed, batch, o.ID, moment(o.Due), jsonb(o), at); err != nil {
		return err
	}
	batches := pq.Array(c.Result.Batches)
	if _, err := tx.ExecContext(ctx, claimBatches, batches, filing); err != nil {
		return err
	}
	claimed := 0
	if err := tx.GetContext(ctx, &claimed, claimedBatches, batches, filing); err != nil {
		return err
	}
	if claimed < len(c.Result.Batches) {
		return fmt.Errorf("%d of its %d batches are in another result already", len(c.Result.Batches)-claimed, len(c.Result.Batches))
	}
	return nil
}

// QuarterResult is a quarterly result as compiled, with its corrections.
type QuarterResult struct {
	Filing      sluss.FilingID   `json:"filing"` // the filing's id, also before it is opened
	Site        sluss.ResultSite `json:"site"`
	Content     sluss.Content    `json:"content"`              // as corrected
	Hash        string           `json:"hash"`                 // of that content, which a signature must name
	CompiledAt  time.Time        `json:"compiled_at,omitzero"` // zero: not yet
	Corrections int              `json:"corrections"`
	// State is the state of its filing; nil if it was not opened yet.
	State *Filing `json:"state,omitempty"`
}

// Corrections count even if the filing does not have them yet.
const resultsOf = `
select r.filing, r.tenant as "site.tenant", r.quarter, r.site as "site.site", r.at as compiled_at, latest.corrections,
    case when latest.line > coalesce(opened.line, 0) then jsonb_set(coalesce(opened.content, r.content), '{result}', latest.corrected)
        else coalesce(opened.content, r.content) end as content,
    case when latest.line > opened.line then '' else coalesce(opened.hash, '') end as hash
from results r
left join lateral (select c.line, c.content, c.hash from contents c where c.filing = r.filing order by c.line desc limit 1) opened on true
left join lateral (
    select k.line, k.corrected, count(*) over () as corrections from result_corrections k where k.result = r.filing order by k.line desc limit 1
) latest on true
where ($1 = '' or r.tenant = $1) and ($2 = '' or r.quarter = $2) and ($3 = '' or r.site = $3)
    and (not $4 or opened.line is null or exists (select from open_filings o where o.filing = r.filing))
order by r.line`

// Results returns the results of a quarter, in the order in which they were compiled;
// of all tenants, or all quarters, if none is given.
func (l *Ledger) Results(ctx context.Context, tenant string, q sluss.Quarter) ([]QuarterResult, error) {
	list, err := l.results(ctx, sluss.ResultSite{Tenant: tenant, Quarter: q}, false)
	if err != nil {
		return nil, err
	}
	ids := make([]sluss.FilingID, len(list))
	for i, r := range list {
		ids[i] = r.Filing
	}
	states, err := l.FilingsByID(ctx, ids)
	for i, r := range list {
		if state, opened := states[r.Filing]; opened {
			list[i].State = &state
		}
	}
	return list, err
}

// UnsettledResults returns compiled results that are not settled yet. A zero field of
// the site matches all.
func (l *Ledger) UnsettledResults(ctx context.Context, site sluss.ResultSite) ([]sluss.CompiledResult, error) {
	list, err := l.results(ctx, site, true)
	compiled := make([]sluss.CompiledResult, len(list))
	for i, r := range list {
		compiled[i] = sluss.CompiledResult{Site: r.Site, Content: r.Content, Corrections: r.Corrections}
	}
	return compiled, err
}

func (l *Ledger) results(ctx context.Context, site sluss.ResultSite, unsettled bool) ([]QuarterResult, error) {
	quarter := ""
	if site.Quarter != (sluss.Quarter{}) {
		quarter = site.Quarter.String()
	}
	rows, err := many[struct {
		QuarterResult
		Quarter string
	}](ctx, l, "read the results", resultsOf, site.Tenant, quarter, site.Site, unsettled)
	if err != nil {
		return nil, err
	}
	list := make([]QuarterResult, len(rows))
	for i, r := range rows {
		if r.Site.Quarter, err = sluss.ParseQuarter(r.Quarter); err != nil {
			return nil, fmt.Errorf("read the results: %s: %w", r.Filing, err)
		}
		if r.Hash == "" {
			r.Hash = r.Content.Hash()
		}
		list[i] = r.QuarterResult
	}
	return list, nil
}

const recordResultCorrection = `
insert into result_corrections (result, number, correction, corrected, at)
values ($1, $2, $3, $4, $5)
on conflict do nothing`

// RecordResultCorrection records a correction of a result, with the corrected result.
func (l *Ledger) RecordResultCorrection(ctx context.Context, r sluss.ResultCorrectionRecord) error {
	return l.write(ctx, fmt.Sprintf("record correction %d of %s", r.Number, r.Filing), recordResultCorrection, r.Filing, r.Number, jsonb(r.Correction), jsonb(r.Result), r.At)
}
