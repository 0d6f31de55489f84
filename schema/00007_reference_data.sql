-- The registries' reference data as they were last seen, how they differ from what is
-- carried, and when our certificates end. It is a memory and no record: each look
-- takes the place of the one before.

-- +goose Up

create table reference_data (
    registry         text primary key,
    checked_at       timestamptz not null,
    error            text not null,     -- why no lists came; the others are then those of before
    fetched_at       timestamptz,       -- null: never
    drift            jsonb not null,
    lists            jsonb,
    certificate_ends timestamptz
);
