-- Tasks: answers to revisions that others ask for, and registers of waste that were
-- fetched.

-- +goose Up

create table revision_answers (
    line     bigint primary key default nextval('record_line'),
    registry text not null,
    revision text not null,         -- the registry's id
    company  text not null,         -- ours
    answer   jsonb not null,        -- who answered what, and when
    outcome  jsonb not null
);
create unique index on revision_answers (revision, company, (answer ->> 'at'));
create trigger append_only before update or delete or truncate on revision_answers
    for each statement execute function refuse_change();

create table register_files (
    line       bigint primary key default nextval('record_line'),
    id         text not null unique, -- the registry's, of the order
    ordered    jsonb not null,
    content    bytea not null,
    sha256     text not null,
    fetched_at timestamptz not null default clock_timestamp()
);
create trigger append_only before update or delete or truncate on register_files
    for each statement execute function refuse_change();
