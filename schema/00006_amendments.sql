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

alter view timeline rename to timeline_of_record;

-- The timeline tells of an amendment's content what it amends, and why.
create view timeline as
select * from timeline_of_record r
where r.kind <> 'content' or not exists (select from contents c where c.line = r.line and c.content ? 'amends')
union all
select f.batch, c.line, c.at, 'amendment', c.filing,
    format('%s %s %s: %s%s: %s%s',
        a->'by'->>'name',
        case when a ? 'annul' then 'annuls' else 'corrects' end,
        a->>'receipt',
        coalesce(a->>'annul', (select string_agg(format('%s = %s', key, value), ', ' order by key) from jsonb_each_text(a->'set')), ''),
        case when a->>'reason' <> '' then format(' (%s)', a->>'reason') end,
        c.stage,
        case when c.waiting <> '' then format(', waits for the %s', c.waiting) end),
    a
from contents c
join filings f on f.id = c.filing
cross join lateral (select c.content->'amends' as a) amendment
where c.content ? 'amends';
