-- Quarterly results of treatment, and the batches that each of them reports. A
-- primary key ensures that a treated batch is in one result only.

-- +goose Up

create table results (
    filing  text primary key,
    line    bigint not null unique default nextval('record_line'),
    batch   text not null references batches, -- the largest batch; the result is filed under it
    tenant  text not null,
    quarter text not null, -- 2026-Q4
    site    text not null, -- the treater's number, and a hash of the address
    content jsonb not null, -- as compiled
    at      timestamptz not null
);
create index on results (tenant, quarter, site);

create table result_batches (
    batch  text primary key references batches,
    line   bigint not null unique default nextval('record_line'),
    result text not null references results
);
create index on result_batches (result);

create table result_corrections (
    line       bigint primary key default nextval('record_line'),
    result     text not null references results,
    number     integer not null,
    correction jsonb not null,
    corrected  jsonb not null, -- the result as corrected
    at         timestamptz not null
);
create unique index on result_corrections (result, number, md5(correction::text));

create index on events (happened_at) where kind = 'treated';

-- +goose StatementBegin
do $$
declare
    record_table text;
begin
    foreach record_table in array array['results', 'result_batches', 'result_corrections']
    loop
        execute format('create trigger append_only before update or delete or truncate on %I
            for each statement execute function refuse_change()', record_table);
    end loop;
end
$$;
-- +goose StatementEnd
