-- A cache of what a registry said about a vehicle, so that we ask once a day. It
-- is not part of the record (answers is): rows are replaced and deleted.

-- +goose Up

create table lookups (
    key      text primary key, -- hash of the question; the plate itself is only in the answer
    asked_at timestamptz not null,
    status   integer not null,
    body     bytea not null -- as received, in any encoding; personal data
);
create index on lookups (asked_at);
