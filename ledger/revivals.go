package ledger

import (
	"context"
	"fmt"
	"time"

	"sluss"
)

// actsOf counts the events and corrections of a batch, and the decisions on its filings.
// Amendments and quarterly results have workflows of their own.
const actsOf = `(
    (select count(*) from events where batch = b.id) + (select count(*) from corrections where batch = b.id) + (
        select count(*) from filings f join decisions d on d.filing = f.id
        where f.batch = b.id and f.obligation !~ '\.amend[0-9]+$|#[0-9]+-Q'
    )
)`

const openBatches = `
select o.batch, o.run, ` + actsOf + ` as acts
from open_batches o join batches b on b.id = o.batch
where o.batch > $1 and o.stage <> 'closed'
order by o.batch limit $2`

// OpenBatches returns batches that are not closed, in the order of their ids, after the
// given id ("": from the first).
func (l *Ledger) OpenBatches(ctx context.Context, after sluss.BatchID, limit int) ([]sluss.OpenBatch, error) {
	return many[sluss.OpenBatch](ctx, l, "list open batches", openBatches, after, limit)
}

const declared = `
select b.declaration, e.event from batches b join events e on e.batch = b.id
where b.id = $1 and not exists (select from closings c where c.batch = b.id)
order by e.line limit 1`

// Declared returns an open batch as first declared, with its first event. open is false
// if the batch is closed or was never declared.
func (l *Ledger) Declared(ctx context.Context, batch sluss.BatchID) (d sluss.Declaration, produced sluss.Event, open bool, err error) {
	row, open, err := one[struct {
		Declaration sluss.Declaration
		Event       sluss.Event
	}](ctx, l, "read the declaration of "+string(batch), declared, batch)
	return row.Declaration, row.Event, open, err
}

const openAmendments = `
select f.id from filings f
where f.obligation ~ '\.amend[0-9]+$' and f.id in (select filing from open_filings)
order by f.id`

// OpenAmendments returns the ids of amendments that are not settled yet.
func (l *Ledger) OpenAmendments(ctx context.Context) ([]sluss.FilingID, error) {
	return many[sluss.FilingID](ctx, l, "list open amendments", openAmendments)
}

const openSites = `
select distinct r.tenant, r.quarter, r.site from results r
where not exists (select from filings f where f.id = r.filing) or exists (select from open_filings o where o.filing = r.filing)
order by 1, 2, 3`

// OpenSites returns the sites and quarters with compiled results that are not settled.
func (l *Ledger) OpenSites(ctx context.Context) ([]sluss.ResultSite, error) {
	rows, err := many[struct{ Tenant, Quarter, Site string }](ctx, l, "list sites with open results", openSites)
	if err != nil {
		return nil, err
	}
	list := make([]sluss.ResultSite, len(rows))
	for i, r := range rows {
		quarter, err := sluss.ParseQuarter(r.Quarter)
		if err != nil {
			return nil, fmt.Errorf("list sites with open results: %w", err)
		}
		list[i] = sluss.ResultSite{Tenant: r.Tenant, Quarter: quarter, Site: r.Site}
	}
	return list, nil
}

const recordRevival = `
insert into revivals (workflow, batch, run, how, reason, ended_at, at)
values ($1, nullif($2, ''), $3, $4, $5, $6, $7)
on conflict (run) do nothing`

// RecordRevival records that a workflow was started again.
func (l *Ledger) RecordRevival(ctx context.Context, r sluss.Revival) error {
	return l.write(ctx, "record the revival of "+r.Workflow, recordRevival, r.Workflow, r.Batch, r.Run, r.How, clean(r.Reason), moment(r.EndedAt), r.At)
}

const revivalsOf = `select count(*) as count, max(at) as last from revivals where workflow = $1 and at > clock_timestamp() - interval '1 day'`

// Revivals returns how often a workflow was started again within the last day, and when
// it last was.
func (l *Ledger) Revivals(ctx context.Context, workflow string) (count int, last time.Time, err error) {
	row, _, err := one[struct {
		Count int
		Last  time.Time
	}](ctx, l, "read the revivals of "+workflow, revivalsOf, workflow)
	return row.Count, row.Last, err
}
