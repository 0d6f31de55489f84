-- Which batches go on from which: a batch may name several that went into it.

-- +goose Up

create index on batches using gin ((declaration->'predecessors') jsonb_path_ops);
create index on corrections using gin ((declaration->'predecessors') jsonb_path_ops);
create index on corrections ((declaration->>'predecessor')) where declaration->>'predecessor' <> '';

-- The batches that each batch says went into it, as it stands corrected. One
-- that names a single predecessor holds all of it.
create view chain as
select b.tenant, b.id as batch, b.reference, went.reference as predecessor, went.mass, went.receipt
from batches b
cross join lateral (
    select coalesce(
        (select k.declaration from corrections k where k.batch = b.id order by k.line desc limit 1),
        b.declaration) as declaration
) now
cross join lateral (
    select coalesce(p->>'reference', '') as reference, (p->>'mass')::numeric as mass, coalesce(p->>'receipt', '') as receipt
    from jsonb_array_elements(case jsonb_typeof(now.declaration->'predecessors') when 'array' then now.declaration->'predecessors' else '[]' end) p
    union all
    select now.declaration->>'predecessor', null, ''
    where coalesce(now.declaration->>'predecessor', '') <> ''
        and jsonb_typeof(now.declaration->'predecessors') is distinct from 'array'
) went;
