-- Amendments of reports that a registry has accepted. Each is a filing of its own;
-- "amends" in its content says which report it amends.

-- +goose Up

-- The versions of every accepted report, in the order of their lines. The first
-- version is from the report's own filing, each later one from an amendment. The
-- last version is current; if it is an annulment, none is. The annulment of a
-- duplicate leaves the report as it was.
create view report_versions as
select
    s.batch, coalesce(c.content->'amends'->>'filing', s.filing) as report, s.filing, s.registry, s.line,
    s.receipt, c.content->'amends' as amendment, s.since as at
from filing_state s
cross join lateral (
    select content from contents where filing = s.filing order by line desc limit 1
) c
where s.stage = 'accepted' and s.receipt is not null and not c.content @> '{"amends": {"double": true}}';
