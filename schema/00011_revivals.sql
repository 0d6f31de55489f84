-- Workflows that were started again after somebody had ended them from outside.

-- +goose Up

create table revivals (
    line     bigint primary key default nextval('record_line'),
    workflow text not null,
    batch    text references batches, -- null: the workflow is about several batches
    run      text not null unique,    -- the new run
    how      text not null,           -- how the earlier run had ended
    reason   text not null,
    ended_at timestamptz,
    at       timestamptz not null
);
create index on revivals (workflow, at);
create index on revivals (batch, line);
create trigger append_only before update or delete or truncate on revivals
    for each statement execute function refuse_change();

create index on filings (id) where obligation ~ '\.amend[0-9]+$';

alter view timeline rename to timeline_of_record;

create view timeline as
select * from timeline_of_record
union all
select batch, line, at, 'revived', case when workflow = batch then '' else workflow end,
    format('Its workflow had ended from outside (%s%s) and was started again from the ledger', how,
        case when reason <> '' then format(': %s', reason) else '' end),
    null
from revivals
where batch is not null;
