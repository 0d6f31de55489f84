-- What stands at a registry, whoever changed it there, and how far we have
-- followed. It is a memory and no record: each look takes the place of the one
-- before. Prints are a record: each is the document as it was when it was fetched.

-- +goose Up

create table syncs (
    registry text not null,
    company  text not null,         -- ours, by whose token
    since    timestamptz,           -- by the registry's clock; all that changed before is in documents
    synced_at timestamptz,           -- when the last sync ended
    error    text not null,         -- why none has since
    hook     jsonb,                 -- where the registry tells of changes
    primary key (registry, company)
);

create table documents (
    registry   text not null,
    id         text not null,       -- opaque
    number     text not null,
    custom_id  text not null,
    status     text not null,
    verdict    text not null,
    updated_at timestamptz not null, -- by the registry's clock
    seen_at    timestamptz not null,
    raw        jsonb,
    told       boolean not null,    -- its batch knows, or need not
    company    text not null,       -- ours, which saw it so
    primary key (registry, id)
) with (fillfactor = 80);
create index on documents (registry, seen_at) where not told;
create index on documents (registry, number);
create index on documents (registry, company, seen_at);
create index on documents (updated_at desc, id) where status in ('REFUSED', 'CANCELED', 'DELETED');

create table prints (
    line       bigint primary key default nextval('record_line'),
    batch      text not null references batches,
    registry   text not null,
    document   text not null,       -- opaque id
    number     text not null,
    status     text not null,       -- that it had
    final      boolean not null,    -- nothing more was to come, but for revisions
    updated_at timestamptz not null, -- the document, by the registry's clock
    content    bytea not null,
    sha256     text not null,
    fetched_at timestamptz not null
);
create unique index on prints (registry, document, batch, updated_at) where final;
create index on prints (batch, line);
create trigger append_only before update or delete or truncate on prints
    for each statement execute function refuse_change();

create index on answers ((outcome #>> '{receipt,id}')) where kind = 'Accepted';
create index on decisions ((decision ->> 'receipt')) where kind = 'taken';
