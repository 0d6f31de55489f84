-- The memory of the quotas. It is no record: rows are changed and pruned.

-- +goose Up

create table quotas (
    registry   text primary key,
    next_seq   bigint not null default 1,
    not_before timestamptz -- the registry asked us to hold back until then
);

-- A slot is a moment in which one call may begin; used is set with its intent.
create table slots (
    registry text not null,
    seq      bigint not null,
    at       timestamptz not null,
    filing   text not null,
    number   integer not null,
    purpose  text not null,
    used     boolean not null,
    primary key (registry, seq)
) with (fillfactor = 80);
create index on slots (filing, number, purpose) where not used;
create index on slots (registry, at);
