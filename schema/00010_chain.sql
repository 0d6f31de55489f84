-- Predecessors of batches: a batch may name several.

-- +goose Up

create index on batches using gin ((declaration->'predecessors') jsonb_path_ops);
create index on corrections using gin ((declaration->'predecessors') jsonb_path_ops);
create index on corrections ((declaration->>'predecessor')) where declaration->>'predecessor' <> '';

-- The predecessors that each batch names in its corrected declaration. If a batch
-- names a single predecessor, it holds all of that one.
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
