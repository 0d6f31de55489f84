-- The record: what happened, in the order in which we learned of it. Lines are
-- only ever added; a trigger refuses every update and delete.

-- +goose Up

-- Every line of the record has a number. The numbers of a batch's lines are in
-- the order in which its workflows recorded them.
create sequence record_line;

create table batches (
    id          text primary key,
    line        bigint not null unique default nextval('record_line'),
    tenant      text not null,
    reference   text not null,
    predecessor text not null,
    declaration jsonb not null,
    hash        text not null,
    declared_at timestamptz not null,
    unique (tenant, reference)
);
create index on batches (tenant, predecessor) where predecessor <> '';
create index on batches (tenant, line);

create table events (
    batch       text not null references batches,
    id          text not null,
    line        bigint not null unique default nextval('record_line'),
    kind        text not null,
    happened_at timestamptz not null,
    event       jsonb not null,
    corrections integer not null default 0, -- of the batch, before the event was recorded
    at          timestamptz not null,
    primary key (batch, id, corrections)
);

-- Events that were reported before those that they follow. The line of an event
-- that is highest is current.
create table kept_events (
    line  bigint primary key default nextval('record_line'),
    batch text not null references batches,
    id    text not null,
    kept  jsonb not null,
    at    timestamptz not null
);
-- The same event may be kept again after it was taken back, or wait again for the same.
create unique index on kept_events (batch, id, at, md5(kept::text));

create table obligations (
    batch      text not null references batches,
    id         text not null,
    line       bigint not null unique default nextval('record_line'),
    due        timestamptz,
    obligation jsonb not null,
    at         timestamptz not null,
    primary key (batch, id)
);

create table filings (
    id         text primary key,
    line       bigint not null unique default nextval('record_line'),
    batch      text not null references batches,
    obligation text not null,
    registry   text not null,
    at         timestamptz not null
);
create index on filings (batch, obligation);

-- The versions of a filing's content. The one with the highest line is current.
create table contents (
    filing     text not null references filings,
    line       bigint not null unique default nextval('record_line'),
    hash       text not null,
    content    jsonb not null,
    obligation jsonb not null,
    due        timestamptz,
    stage      text not null,
    waiting    text not null,
    at         timestamptz not null,
    primary key (filing, line)
);

-- Stages of filings, and marks, which do not change the stage. A workflow that was
-- interrupted may record other values under the same number: these are another line.
create table stages (
    line    bigint primary key default nextval('record_line'),
    filing  text not null references filings,
    number  integer not null,
    stage   text not null,
    waiting text not null,
    until   timestamptz,
    reasons jsonb,
    detail  text not null,
    mark    text not null,
    at      timestamptz not null
);
create unique index on stages (filing, number, stage, waiting, mark, md5(detail), md5(coalesce(reasons::text, '')));
create index on stages (filing, line);

-- Intents to call a registry. The row is committed before the call is made.
create table attempts (
    id       uuid primary key,
    line     bigint not null unique default nextval('record_line'),
    filing   text not null, -- a filing of a batch, or vehicle/… for a look-up without a batch
    number   integer not null,
    purpose  text not null,
    registry text not null,
    hash     text not null,
    calls    integer not null,
    actor    text not null,
    reserved_at timestamptz not null, -- the call was allowed from this moment on
    at       timestamptz not null
);
create index on attempts (filing, line);

-- Answers to attempts, at most one for each. Bodies are stored as received, in any
-- encoding.
create table answers (
    attempt     uuid primary key references attempts,
    line        bigint not null unique default nextval('record_line'),
    filing      text not null,
    number      integer not null,
    purpose     text not null,
    kind        text not null, -- of the outcome; empty: nothing was sent, or the registry found nothing
    outcome     jsonb,
    absent      boolean not null,
    error       text not null,
    operation   text not null,
    request     bytea not null,
    status      integer not null,
    response    bytea not null,
    tracking_id text not null,
    trace_id    text not null,
    started     timestamptz,
    ended       timestamptz,
    at          timestamptz not null
);
create index on answers (filing, line);
create index on answers (filing) where kind = 'Accepted';

-- Signatures, including refused ones, which changed nothing.
create table signatures (
    line         bigint primary key default nextval('record_line'),
    filing       text not null references filings,
    role         text not null,
    content_hash text not null,
    signature    jsonb not null,
    refused      text not null,
    at           timestamptz not null
);
create unique index on signatures (filing, md5(signature::text), md5(refused));

create table corrections (
    line        bigint primary key default nextval('record_line'),
    batch       text not null references batches,
    number      integer not null,
    correction  jsonb not null,
    declaration jsonb not null, -- as corrected
    events      jsonb,          -- all events of the batch with their ids, if the correction changed them
    at          timestamptz not null
);
create index on corrections (batch, line) where events is not null;
create unique index on corrections (batch, number, md5(correction::text));
create index on corrections (at) include (batch);

create table decisions (
    line     bigint primary key default nextval('record_line'),
    filing   text not null references filings,
    number   integer not null,
    kind     text not null,
    decision jsonb not null,
    at       timestamptz not null
);
create unique index on decisions (filing, number, md5(decision::text));

create table closings (
    batch    text primary key references batches,
    line     bigint not null unique default nextval('record_line'),
    declared bigint not null, -- the line of the batch, by which closed batches are listed
    how      text not null,
    at       timestamptz not null
);

-- The events of a batch as corrected, in the order of line and place.
create view current_events as
select e.batch, e.id, e.line, 0::bigint as place, e.kind, e.happened_at, e.event, e.at
from events e
where not exists (select from corrections k where k.batch = e.batch and k.events is not null and k.line > e.line)
union all
select k.batch, c.item->>'id', k.line, c.place, c.item->'event'->>'kind',
    coalesce((c.item->'event'->>'at')::timestamptz, '0001-01-01 00:00:00+00'), c.item->'event', k.at
from corrections k
cross join lateral jsonb_array_elements(k.events) with ordinality c (item, place)
where k.events is not null
    and not exists (select from corrections later where later.batch = k.batch and later.events is not null and later.line > k.line);

-- The kept events that were neither taken nor taken back.
create view open_kept_events as
select distinct on (k.batch, k.id) k.*
from kept_events k
where not exists (select from events e where e.batch = k.batch and e.id = k.id and e.line > k.line)
    and not exists (select from corrections c where c.batch = k.batch and c.line > k.line and c.correction->'remove' ? ('events.' || k.id))
    and not exists (select from closings c where c.batch = k.batch)
order by k.batch, k.id, k.line desc;
create index on closings (declared);

-- +goose StatementBegin
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the record is append-only: % of % is refused', tg_op, tg_table_name
        using errcode = 'integrity_constraint_violation',
              hint = 'add another line that corrects it';
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
do $$
declare
    record_table text;
begin
    foreach record_table in array array['batches', 'events', 'kept_events', 'obligations', 'filings', 'contents', 'stages', 'attempts',
        'answers', 'signatures', 'corrections', 'decisions', 'closings']
    loop
        execute format('create trigger append_only before update or delete or truncate on %I
            for each statement execute function refuse_change()', record_table);
    end loop;
end
$$;
-- +goose StatementEnd
