-- The registries' reference data as last fetched, how they differ from ours, and
-- when our certificates expire. It is not part of the record: each check replaces
-- the one before.

-- +goose Up

create table reference_data (
    registry         text primary key,
    checked_at       timestamptz not null,
    error            text not null,     -- why they could not be fetched; lists and drift are then from an earlier check
    fetched_at       timestamptz,       -- null: never
    drift            jsonb not null,
    lists            jsonb,
    certificate_ends timestamptz
);
