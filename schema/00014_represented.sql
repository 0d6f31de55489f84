-- In whose name: our companies, the mandates that others gave us, and the receipts of
-- what others report themselves.

-- +goose Up

create table companies (
    line    bigint primary key default nextval('record_line'),
    tenant  text not null,
    country text not null,
    id      text not null,
    company jsonb not null,
    at      timestamptz not null default clock_timestamp()
);
create index on companies (tenant, country, id);

create table mandates (
    line    bigint primary key default nextval('record_line'),
    tenant  text not null,
    mandate jsonb not null,
    at      timestamptz not null default clock_timestamp()
);
create index on mandates (tenant);

-- Ends of companies and mandates, each by its line.
create table endings (
    of     bigint primary key,
    line   bigint not null unique default nextval('record_line'),
    ending jsonb not null,
    at     timestamptz not null default clock_timestamp()
);

-- Receipts of obligations of theirs, as people told them, or as the registry shows them.
-- The one with the highest number is current.
create table their_receipts (
    line       bigint primary key default nextval('record_line'),
    batch      text not null references batches,
    obligation text not null,
    number     integer not null,
    registry   text not null,
    receipt_id text not null,
    told       jsonb not null,
    at         timestamptz not null default clock_timestamp(),
    unique (batch, obligation, number)
);
create index on their_receipts (receipt_id);

-- +goose StatementBegin
do $$
declare
    record_table text;
begin
    foreach record_table in array array['companies', 'mandates', 'endings', 'their_receipts']
    loop
        execute format('create trigger append_only before update or delete or truncate on %I
            for each statement execute function refuse_change()', record_table);
    end loop;
end
$$;
-- +goose StatementEnd

alter view timeline rename to timeline_of_ours;

create view timeline as
select batch, line, at, kind, filing,
    case when kind = 'obligation' and detail ? 'theirs' then regexp_replace(text, '^Owed', 'Theirs') else text end as text,
    detail
from timeline_of_ours
union all
select batch, line, at, 'receipt', '',
    format('%s: %s: %s%s', obligation,
        case when told->'by'->>'name' <> '' then format('%s told the receipt', told->'by'->>'name') else format('%s shows that others did it', registry) end,
        coalesce(nullif(told->'receipt'->>'number', ''), receipt_id),
        case when told->>'reason' <> '' then format(' (%s)', told->>'reason') end),
    told
from their_receipts;
