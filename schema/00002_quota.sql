-- Who waits for a registry's quota. What was called is in the record: the reservations
-- of attempts are the memory of the quotas, and need no other. Rows are changed
-- and pruned.

-- +goose Up

create index on attempts (registry, reserved_at) include (calls);

create table quotas (
    registry     text primary key,
    limits       text[] not null default '{}', -- what the registry allows, as workers are configured
    reserve      integer not null default 0,   -- of a day's limit, for urgent calls only
    lowered      text[] not null default '{}', -- what operators set beside the limits
    paused       text not null default '',     -- why nobody may call; empty: they may
    not_before   timestamptz,                  -- the registry asked us to hold back until then
    held         text not null default '',     -- why not before not_before
    turns        bigint not null default 0,    -- handed out so far
    waiting      integer not null default 0,   -- calls without a reserved_at, when turns were handed out last
    looked_again timestamptz                   -- until when whoever hands out turns will have looked again
);

-- A wait for a turn, until its call is about to be made.
create table tickets (
    id       bigint generated always as identity primary key,
    registry text not null,
    filing   text not null,
    number   integer not null,
    purpose  text not null,
    calls    integer not null,
    due      timestamptz,           -- when the registry must have it
    by       timestamptz not null,  -- the order: who is due sooner calls sooner
    asked    timestamptz not null,
    reserved_at     timestamptz,           -- reserved
    told     boolean not null default false,
    missed   integer not null default 0, -- reservations that nobody used
    rests    timestamptz,                -- until when it is reserved none again
    late_by  interval,              -- what its officer was warned of
    unique (filing, number, purpose)
) with (fillfactor = 80);
create index on tickets (registry, by, id) where reserved_at is null;
create index on tickets (registry, reserved_at) where reserved_at is not null;

-- Calls that others made on our quota, as the registry's own counters tell.
create table foreign_calls (
    registry text not null,
    at       timestamptz not null,
    calls    integer not null
);
create index on foreign_calls (registry, at);

-- What operators did to a quota.
create table quota_acts (
    line     bigint primary key default nextval('record_line'),
    registry text not null,
    act      text not null, -- pause, resume, lower
    value    text not null,
    reason   text not null,
    by       text not null,
    at       timestamptz not null default clock_timestamp()
);
create trigger append_only before update or delete or truncate on quota_acts
    for each statement execute function refuse_change();
