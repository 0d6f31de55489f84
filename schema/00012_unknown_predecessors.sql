-- Predecessors that nobody declared: what the inbox looks through.

-- +goose Up

create index on batches (id) where predecessor <> '' or declaration ? 'predecessors';
create index on corrections (batch) where declaration ? 'predecessors' or declaration->>'predecessor' <> '';
