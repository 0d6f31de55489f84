package ledger

import (
	"context"
	"time"

	"sluss"
)

// Drawn is a predecessor that a batch names, and what came and went of it.
type Drawn struct {
	Reference string
	Known     bool       // it is declared
	Code      string     // of its waste
	Came      sluss.Mass // received, without what was refused; planned, if it is not received yet
	Received  bool
	Others    sluss.Mass // that other batches hold of it, unless they were refused or annulled
}

const drawnFrom = `
with named as (
    select value as reference, jsonb_build_array(jsonb_build_object('reference', value)) as list from jsonb_array_elements_text($2::jsonb)
), candidates as (
    select n.reference, b.id from named n join batches b on b.tenant = $1 and b.predecessor = n.reference and b.predecessor <> ''
    union select n.reference, b.id from named n join batches b on b.tenant = $1 and b.declaration->'predecessors' @> n.list
    union select n.reference, k.batch from named n join corrections k on k.declaration->'predecessors' @> n.list
    union select n.reference, k.batch from named n join corrections k on k.declaration->>'predecessor' = n.reference and k.declaration->>'predecessor' <> ''
), others as (
    select d.reference, sum(coalesce(c.mass, (now.declaration->'waste'->>'mass')::numeric)) as mass
    from candidates d
    join chain c on c.batch = d.id and c.tenant = $1 and c.predecessor = d.reference
    cross join lateral (
        select coalesce(
            (select k.declaration from corrections k where k.batch = d.id order by k.line desc limit 1),
            (select b.declaration from batches b where b.id = d.id)) as declaration
    ) now
    where d.id <> $3 and not exists (select from closings where batch = d.id and how not in ('treated', 'accepted'))
    group by d.reference
)
select n.reference, b.id is not null as known, coalesce(now.declaration->'waste'->>'code', '') as code,
    coalesce(came.mass, (now.declaration->'waste'->>'mass')::numeric, 0) as came, came.mass is not null as received,
    coalesce(o.mass, 0) as others
from named n
left join batches b on b.tenant = $1 and b.reference = n.reference
left join others o on o.reference = n.reference
left join lateral (
    select coalesce(
        (select k.declaration from corrections k where k.batch = b.id order by k.line desc limit 1),
        b.declaration) as declaration
) now on true
left join lateral (
    select (r.event->>'mass')::numeric
        - coalesce((select (a.event->>'refused_mass')::numeric from current_events a where a.batch = b.id and a.id = 'accepted'), 0) as mass
    from current_events r where r.batch = b.id and r.id = 'received'
) came on true`

// DrawnFrom returns what is known of the predecessors that a batch names, in no order.
// What the batch itself draws is left out.
func (l *Ledger) DrawnFrom(ctx context.Context, batch sluss.BatchID, references []string) ([]Drawn, error) {
	tenant, _, err := batch.Split()
	if err != nil || len(references) == 0 {
		return nil, err
	}
	return many[Drawn](ctx, l, "read the predecessors of "+string(batch), drawnFrom, tenant, jsonb(references), batch)
}

// UnknownPredecessor is a predecessor that an open batch names and nobody declared.
type UnknownPredecessor struct {
	Batch       sluss.BatchID
	Obligation  sluss.Obligation // the first of the batch
	At          time.Time        // when that was recorded
	Predecessor string
}

const unknownPredecessors = `
with naming as (
    select id from batches where predecessor <> '' or declaration ? 'predecessors'
    union select batch from corrections where declaration ? 'predecessors' or declaration->>'predecessor' <> ''
)
select c.batch, first.obligation, first.at, c.predecessor
from naming n
join open_batches o on o.batch = n.id
join chain c on c.batch = n.id
cross join lateral (select obligation, at from obligations where batch = n.id order by line limit 1) first
where c.predecessor <> '' and ($1 = '' or c.tenant = $1)
    and not exists (select from batches p where p.tenant = c.tenant and p.reference = c.predecessor)
order by c.batch, c.predecessor
limit 100`

// UnknownPredecessors returns the first hundred predecessors that open batches of a
// tenant, or of all, name and nobody declared.
func (l *Ledger) UnknownPredecessors(ctx context.Context, tenant string) ([]UnknownPredecessor, error) {
	return many[UnknownPredecessor](ctx, l, "look for unknown predecessors", unknownPredecessors, tenant)
}
