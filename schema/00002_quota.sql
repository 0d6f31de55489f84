-- Rate limits, and the queue for reservations. Calls that were made are counted
-- from the attempts in the record. Rows here are updated and deleted.

-- +goose Up

create index on attempts (registry, reserved_at) include (calls);

create table quotas (
    registry     text primary key,
    limits       text[] not null default '{}', -- what the registry allows, from the workers' configuration
    reserve      integer not null default 0,   -- of a day's limit, for urgent calls only
    lowered      text[] not null default '{}', -- stricter limits that operators have set
    paused       text not null default '',     -- why calls are paused; empty: they are not
    not_before   timestamptz,                  -- the registry asked us not to call before this moment
    held         text not null default '',     -- why the registry asked that
    version      bigint not null default 0,    -- changes with each call that is granted at once, round, and act
    given        bigint not null default 0,    -- how many reservations the dispatcher has made
    waiting      integer not null default 0,   -- calls without a reservation after the last round
    round_at     timestamptz not null default clock_timestamp(), -- when the next round is due, if there are tickets
    free_at      timestamptz,                  -- when the first call after those with a reservation can be made, as of the last round
    warned_at    timestamptz                   -- the last round that forecasts followed; null: none since nobody waited
);

-- Tickets: the queue for reservations. A ticket is deleted when its call is about
-- to be made.
create table tickets (
    id       bigint generated always as identity primary key,
    registry text not null,
    filing   text not null,
    number   integer not null,
    purpose  text not null,
    calls    integer not null,
    due      timestamptz,           -- when the registry must have the report
    by       timestamptz not null,  -- the order of the queue, earliest first
    asked    timestamptz not null,
    reserved_at timestamptz,           -- the reservation; null: none yet
    tell_at  timestamptz,              -- when the filing must be told its reservation; null: it knows, or has none
    missed   integer not null default 0, -- how many reservations expired unused
    suspended_until timestamptz,         -- it gets no reservation before this moment
    late_by  interval,              -- the delay that its officer was warned of
    unique (filing, number, purpose)
) with (fillfactor = 80);
create index on tickets (registry, by, id) where reserved_at is null;
create index on tickets (registry, reserved_at) where reserved_at is not null;

-- Calls that others made on our quota, according to the registry's own counters.
create table foreign_calls (
    registry text not null,
    at       timestamptz not null,
    calls    integer not null
);
create index on foreign_calls (registry, at);

-- What operators changed on a quota.
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
