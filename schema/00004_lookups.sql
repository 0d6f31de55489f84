-- What a registry said about a vehicle today, so that it is asked once a day.
-- It is no record, which the answers are: rows are replaced and pruned.

-- +goose Up

create table lookups (
    key      text primary key, -- hash of what was asked; the plate itself is only in the answer
    asked_at timestamptz not null,
    status   integer not null,
    body     bytea not null -- as it came, in whatever encoding; personal data
);
create index on lookups (asked_at);
