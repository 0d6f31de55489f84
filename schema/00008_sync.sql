-- Documents as last seen at a registry, whoever changed them, and how far they are
-- synced. They are not part of the record: each sync replaces what the one before
-- found. Prints are part of the record: each is the document when it was fetched.

-- +goose Up

create table syncs (
    registry text not null,
    company  text not null,         -- one of ours; its token is used
    since    timestamptz,           -- by the registry's clock; documents has every change before this moment
    synced_at timestamptz,          -- when the last sync ended
    error    text not null,         -- why no sync has ended since
    hook     jsonb,                 -- the webhook
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
    notified   boolean not null,    -- its batches know of the change, or need not
    company    text not null,       -- the company of ours that saw it last
    primary key (registry, id)
) with (fillfactor = 80);
create index on documents (registry, seen_at) where not notified;
create index on documents (registry, number);
create index on documents (registry, company, seen_at);
create index on documents (updated_at desc, id) where status in ('REFUSED', 'CANCELED', 'DELETED');

create table prints (
    line       bigint primary key default nextval('record_line'),
    batch      text not null references batches,
    registry   text not null,
    document   text not null,       -- opaque id
    number     text not null,
    status     text not null,       -- of the document when it was printed
    final      boolean not null,    -- the document can change only by a revision
    updated_at timestamptz not null, -- of the document, by the registry's clock
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
