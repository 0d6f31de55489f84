-- Corrections and annulments of notes that a registry took. Each is a filing of
-- its own, whose content says in "amends" which note it amends.

-- +goose Up

-- The versions of every note that was taken, in order of their lines: the first
-- is that of the note's own filing, each further one that of an amendment. The
-- last one counts; where it annuls, nothing does. An annulment of a double leaves
-- the note as it was.
create view note_versions as
select
    s.batch, coalesce(c.content->'amends'->>'filing', s.filing) as note, s.filing, s.registry, s.line,
    s.receipt, c.content->'amends' as amendment, s.since as at
from filing_state s
cross join lateral (
    select content from contents where filing = s.filing order by line desc limit 1
) c
where s.stage = 'accepted' and s.receipt is not null and not c.content @> '{"amends": {"double": true}}';
