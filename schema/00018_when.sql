-- When things happened, when they were noted, and what is outdated since.

-- +goose Up

-- Every event of a batch as it was at some line: as reported, and as each correction of
-- events has it.
create view event_versions as
select batch, id, line, event from events
union all
select k.batch, c.item->>'id', k.line, c.item->'event'
from corrections k cross join lateral jsonb_array_elements(k.events) c (item)
where k.events is not null;

-- The timeline with what was late from the beginning: an event noted long after it
-- happened, an obligation of such an event, and one that was overdue when it arose. Clocks
-- may differ by five minutes.
alter view timeline rename to timeline_of_lines;

create view timeline as
select t.batch, t.line, t.at, t.kind, t.filing,
    t.text || case t.kind
        when 'event' then coalesce(case
            when (t.detail->>'noted_at')::timestamptz - (t.detail->>'at')::timestamptz >= interval '1 day'
                then format('; noted late, at %s', t.detail->>'noted_at')
            when (t.detail->>'noted_at')::timestamptz - (t.detail->>'at')::timestamptz > interval '5 minutes'
                then format('; noted at %s', t.detail->>'noted_at')
        end, '')
        when 'obligation' then concat(
            (select format('; noted late, at %s: to be noted by %s', noted.at, t.detail->>'note_by')
             from (select e.event->>'noted_at' as at from event_versions e
                   where e.batch = t.batch and e.id = t.detail->>'event' and e.line <= t.line order by e.line desc limit 1) noted
             where noted.at::timestamptz > (t.detail->>'note_by')::timestamptz + interval '5 minutes'),
            case when (t.detail->>'due')::timestamptz < t.at then '; it was overdue when it arose' end)
        else ''
    end as text,
    t.detail
from timeline_of_lines t;
