-- Amendments of reports that a registry has accepted. Each is a filing of its own;
-- "amends" in its content says which report it amends.

-- +goose Up

-- The versions of every accepted report, in the order of their lines. The first
-- version is from the report's own filing, each later one from an amendment. The
-- last version is current; if it is an annulment, none is. The annulment of a
-- duplicate leaves the report as it was.
create view report_versions as
select
    s.batch, coalesce(s.amends->>'filing', s.filing) as report, s.filing, s.registry, s.line,
    s.receipt, s.amends as amendment, s.since as at
from filing_state s
where s.stage = 'accepted' and s.receipt is not null and not coalesce(s.amends @> '{"double": true}', false);

-- Notes in the Swedish registry whose batch was corrected after their content was made.
-- Like what is open, they follow from the record, and triggers keep them.
create table corrected_filings (
    filing    text primary key references filings, -- that made the note
    batch     text not null,
    by        text not null,   -- the filing with the latest content of the note: itself, or an amendment, even an open one
    told      bigint not null, -- the line of that content
    corrected bigint not null  -- the line of the batch's latest correction
);
create index on corrected_filings (batch);

-- Notes are outdated by a correction of their batch, or of what happened to it, by its
-- cancellation, and by the weighing of what was estimated. So are the steps of a French
-- document, if what happened was another thing. What was sent is the content of the last
-- attempt: a correction may have been recorded between the attempt and its answer.
-- +goose StatementBegin
create function keep_corrected_filings(of text) returns void language plpgsql as $$
declare
    latest bigint := greatest(
        (select max(line) from corrections where batch = of), (select max(line) from events where batch = of and kind = 'cancelled'),
        (select max(e.line) from events e join batches b on b.id = e.batch
         where e.batch = of and e.id = 'received' and b.declaration @> '{"waste": {"estimated": true}}'));
begin
    if latest is null then
        return;
    end if;
    delete from corrected_filings where batch = of;
    insert into corrected_filings (filing, batch, by, told, corrected)
    select note.id, of, told.by, told.line, latest
    from filings note
    cross join lateral (
        select f.id as by, c.line, c.content
        from filings f
        join contents c on c.filing = f.id
        where f.batch = of
            and (f.id = note.id or c.content->'amends'->>'filing' = note.id and not c.content @> '{"amends": {"double": true}}')
            and not exists (select from decisions d where d.filing = f.id and d.kind = 'withdrawn')
            and c.hash = coalesce(
                (select a.hash from attempts a where a.filing = f.id and a.purpose = 'submit' order by a.line desc limit 1),
                (select l.hash from contents l where l.filing = f.id order by l.line desc limit 1))
        order by c.line desc limit 1
    ) told
    where note.batch = of and (note.registry = 'avfallsregistret' or note.obligation ~ '^fr\.' and note.obligation <> 'fr.preflight') and told.line < latest
        and note.obligation !~ '\.amend[0-9]+$' and note.obligation not like 'se.treatment#%'
        and not coalesce(told.content->'amends' ? 'annul', false)
        and exists (select from filing_state s where s.filing = note.id and s.stage = 'accepted');
end
$$;
-- +goose StatementEnd
