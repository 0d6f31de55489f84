-- What went otherwise than planned.

-- +goose Up

-- Cancelled batches are few, and are looked for in every inbox.
create index on events (batch) where kind = 'cancelled';
