-- Views for reading the record.

-- +goose Up

-- The state of each filing: taken from the latest of its contents, stages, calls,
-- answers and decisions, unless a receipt or a person's decision has settled it.
create view filing_state as
select
    f.id as filing, f.batch, f.registry, f.obligation, f.line, f.at as opened_at,
    content.hash, content.obligation as duty, content.due, content.content->'amends' as amends,
    s.stage,
    s.open,
    case
        when not s.open then ''
        when stand.waiting <> '' then stand.waiting
        when s.stage = 'waiting for signature' then coalesce(nullif(content.obligation->>'signer', ''), 'officer')
        when s.stage = 'rejected' then 'officer'
        else ''
    end as waiting,
    case when s.open then stand.until end as until,
    case when s.open then stand.reasons end as reasons,
    case when s.open then stand.detail else coalesce(accepted.outcome->>'detail', decided.decision->>'reason', '') end as detail,
    case
        when accepted.line is not null then accepted.outcome->'receipt'
        when decided.kind in ('taken', 'override') then jsonb_build_object(
            'registry', f.registry, 'id', coalesce(decided.decision->>'receipt', ''),
            'status', decided.kind, 'at', decided.decision->>'at')
    end as receipt,
    (select a.outcome->'clearance' from answers a
     where a.filing = f.id and a.outcome ? 'clearance' order by a.line desc limit 1) as clearance,
    case when s.open then stand.at else coalesce(accepted.at, decided.at, stand.at) end as since,
    coalesce(s.open and content.due < now(), false) as overdue,
    tries.attempts,
    tries.unanswered
from filings f
cross join lateral (
    select c.* from contents c where c.filing = f.id order by c.line desc limit 1
) content
cross join lateral (
    select * from (
        select content.line, content.stage, content.waiting, null::timestamptz as until, null::jsonb as reasons,
            '' as detail, content.at
        union all
        (select t.line, t.stage, t.waiting, t.until, t.reasons, t.detail, t.at
         from stages t where t.filing = f.id and t.mark = '' order by t.line desc limit 1)
        union all
        (select t.line, case t.purpose when 'submit' then 'sending' else 'unknown' end, '', null, null, '', t.at
         from attempts t where t.filing = f.id order by t.line desc limit 1)
        union all
        (select a.line, lower(a.kind), '', (a.outcome->>'not_before')::timestamptz, a.outcome->'reasons',
            coalesce(a.outcome->>'detail', ''), a.at
         from answers a
         where a.filing = f.id and a.purpose = 'submit' and a.kind in ('Rejected', 'Deferred', 'Unknown')
         order by a.line desc limit 1)
        union all
        (select d.line, 'sending', '', null, null, '', d.at
         from decisions d where d.filing = f.id and d.kind = 'not-taken' order by d.line desc limit 1)
    ) latest order by line desc limit 1
) stand
left join lateral (
    select a.line, a.outcome, a.at from answers a where a.filing = f.id and a.kind = 'Accepted' order by a.line limit 1
) accepted on true
left join lateral (
    select d.kind, d.decision, d.at from decisions d
    where d.filing = f.id and d.kind in ('taken', 'override', 'withdrawn') order by d.line desc limit 1
) decided on true
cross join lateral (
    select stage, stage not in ('accepted', 'withdrawn') as open from (
        select case
            when accepted.line is not null or decided.kind in ('taken', 'override') then 'accepted'
            when decided.kind = 'withdrawn' then 'withdrawn'
            else stand.stage
        end as stage) settled
) s
cross join lateral (
    select count(*) as attempts, count(*) filter (where a.attempt is null) as unanswered
    from attempts t left join answers a on a.attempt = t.id where t.filing = f.id
) tries;

-- What is open: a small part of all. These tables are not part of the record. Except
-- for the run, they follow from it, and triggers keep them, so that lists need not read
-- what is closed.

-- Batches that are not closed, or have a filing that is open.
create table open_batches (
    batch        text primary key references batches,
    line         bigint not null, -- of the batch
    tenant       text not null,
    stage        text not null default 'declared', -- the kind of its latest event, or closed
    waiting      text[] not null default '{}',     -- the roles that its filings wait for
    due          timestamptz,     -- the next due time of a filing, or of an obligation whose filing is not opened yet
    open_filings integer not null default 0,
    blocked      boolean not null default false, -- a filing is rejected, or has an unknown outcome, and waits for a person
    run          text not null default ''        -- the latest run of its workflow that knows all of the record; empty: unknown
) with (fillfactor = 80);
create index on open_batches (line);

create table open_filings (
    filing   text primary key references filings,
    line     bigint not null, -- of the filing
    batch    text not null,
    tenant   text not null,
    registry text not null,
    stage    text not null,
    waiting  text not null,
    due      timestamptz
) with (fillfactor = 80);
create index on open_filings (batch);
create index on open_filings (due, line) include (filing, tenant, registry, waiting) where waiting <> '';

-- The locks make whoever records a line see the lines that others record meanwhile.
-- +goose StatementBegin
create function keep_open_batch(of text) returns void language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
    perform from batches where id = of for no key update;
    insert into open_batches as o (batch, line, tenant, stage, waiting, due, open_filings, blocked)
    select b.id, b.line, b.tenant,
        case when c.batch is not null then 'closed'
            else coalesce((select kind from current_events where batch = b.id order by line desc, place desc limit 1), 'declared') end,
        coalesce(f.waiting, '{}'),
        least(f.due, case when c.batch is null then (
            select min(due) from obligations
            where batch = b.id and not exists (select from filings where batch = b.id and obligation = obligations.id)
        ) end),
        f.open, coalesce(f.blocked, false)
    from batches b
    left join closings c on c.batch = b.id
    cross join lateral (
        select count(*) as open, min(due) as due,
            array_agg(distinct waiting order by waiting) filter (where waiting <> '') as waiting,
            bool_or(stage in ('rejected', 'unknown') and waiting <> '') as blocked
        from open_filings where batch = b.id
    ) f
    where b.id = of and (c.batch is null or f.open > 0)
    on conflict (batch) do update
    set stage = excluded.stage, waiting = excluded.waiting, due = excluded.due, open_filings = excluded.open_filings, blocked = excluded.blocked;
    if not found then
        delete from open_batches where batch = of;
    end if;
    perform keep_corrected_filings(of);
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function keep_open_filing(of text) returns void language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
    perform from filings where id = of for no key update;
    if not found then
        return; -- a call for something else
    end if;
    insert into open_filings (filing, line, batch, tenant, registry, stage, waiting, due)
    select s.filing, s.line, s.batch, b.tenant, s.registry, s.stage, s.waiting, s.due
    from filing_state s join batches b on b.id = s.batch
    where s.filing = of and s.open
    on conflict (filing) do update set stage = excluded.stage, waiting = excluded.waiting, due = excluded.due;
    if not found then
        delete from open_filings where filing = of;
    end if;
    perform keep_open_batch(batch) from filings where id = of;
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function keep_open() returns trigger language plpgsql as $$
begin
    if tg_table_name in ('events', 'obligations', 'corrections', 'closings') then
        perform keep_open_batch(new.batch);
    else
        perform keep_open_filing(new.filing);
    end if;
    return null;
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
do $$
declare
    record_table text;
begin
    foreach record_table in array array['events', 'obligations', 'corrections', 'closings', 'contents', 'stages', 'attempts', 'answers', 'decisions']
    loop
        execute format('create trigger keep_open after insert on %I for each row execute function keep_open()', record_table);
    end loop;
end
$$;
-- +goose StatementEnd

-- The list of batches.
create view batch_list as
select
    b.id, b.line, b.tenant, b.reference, b.declared_at,
    coalesce(d.declaration->>'predecessor', '') as predecessor,
    d.declaration->'waste' as waste,
    case when c.batch is not null then 'closed' else coalesce(e.kind, 'declared') end as stage,
    coalesce(c.how, '') as how,
    coalesce(c.at, e.happened_at, b.declared_at) as since,
    coalesce(o.open_filings, 0) as open_filings,
    coalesce(o.waiting, '{}') as waiting,
    o.due as next_due,
    coalesce(o.due < now(), false) as overdue,
    coalesce(o.blocked, false) as blocked
from batches b
cross join lateral (
    select coalesce(
        (select k.declaration from corrections k where k.batch = b.id order by k.line desc limit 1),
        b.declaration) as declaration
    offset 0 -- it is read once, not for each column
) d
left join closings c on c.batch = b.id
left join open_batches o on o.batch = b.id
left join lateral (
    select kind, nullif(happened_at, '0001-01-01 00:00:00+00') as happened_at from current_events where batch = b.id order by line desc, place desc limit 1
) e on true;

-- Everything about a batch, one line each, in the order in which it was recorded.
create view timeline as
select id as batch, line, declared_at as at, 'declared' as kind, '' as filing,
    format('Declared: %s %s, %s kg', declaration->'waste'->>'code', declaration->'waste'->>'name', declaration->'waste'->>'mass') as text,
    declaration as detail
from batches
union all
select batch, line, at, 'event', '',
    format('%s%s%s%s%s%s%s',
        case kind
            when 'produced' then 'Produced'
            when 'pickedUp' then 'Picked up'
            when 'handedOver' then 'Handed over'
            when 'received' then 'Received'
            when 'accepted' then 'Accepted by the receiver'
            when 'refused' then 'Refused by the receiver'
            when 'treated' then 'Treated'
            when 'cancelled' then 'Cancelled'
            else kind
        end,
        case when event->>'leg' is not null then format(' (leg %s)', event->>'leg') end,
        ' at ' || nullif(event->>'at', '0001-01-01T00:00:00Z'),
        case when (event->>'mass')::numeric > 0 then format(', %s kg', event->>'mass') end,
        case when (event->>'refused_mass')::numeric > 0 then format(', %s kg of it refused', event->>'refused_mass') end,
        case when event->>'reason' <> '' then format(': %s', event->>'reason') end,
        (select string_agg(format('; %s confirmed: %s', c->>'field', c->>'reason'), '') from jsonb_array_elements(event->'confirmed') c)),
    event
from events
union all
select batch, line, at, 'event kept', '',
    format('Kept: %s at %s, %s', id, kept->'event'->>'at',
        coalesce('cannot be taken: ' || (kept->>'why'), format('until %s is reported', (select string_agg(m, ' and ') from jsonb_array_elements_text(kept->'missing') m)))),
    kept
from kept_events
union all
select batch, line, at, 'obligation', '',
    format('Owed: %s (%s, %s)%s', obligation->'rule'->>'title', obligation->'rule'->>'statute', obligation->'rule'->>'paragraph',
        case when obligation->>'due' is not null then format(', due %s', obligation->>'due') end),
    obligation
from obligations
union all
select batch, line, at, 'correction', '',
    format('Corrected by %s: %s%s', correction->'by'->>'name',
        concat_ws(', ',
            (select string_agg(format('%s removed', path), ', ') from jsonb_array_elements_text(correction->'remove') path),
            (select string_agg(format('%s added', key), ', ' order by key) from jsonb_each(correction->'add')),
            (select string_agg(format('%s = %s', key, value), ', ' order by key) from jsonb_each_text(correction->'set'))),
        case when correction->>'reason' <> '' then format(' (%s)', correction->>'reason') end),
    correction
from corrections
union all
select batch, line, at, 'closed', '', format('Closed: %s', how), null
from closings
union all
select f.batch, about.line, about.at, about.kind, f.id, about.text, about.detail
from filings f
cross join lateral (
    select c.line, c.at, 'content',
        format('Content %s of %s for %s: %s%s', left(c.hash, 15), f.obligation, f.registry, c.stage,
            case when c.waiting <> '' then format(', waits for the %s', c.waiting) end),
        null
    from contents c where c.filing = f.id and not c.content ? 'amends'
    union all
    select c.line, c.at, 'amendment', -- what it amends, and why
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
    cross join lateral (select c.content->'amends' as a) amendment
    where c.filing = f.id and c.content ? 'amends'
    union all
    select s.line, s.at, case s.mark when '' then 'stage' else s.mark end,
        format('%s: %s%s%s%s%s',
            case s.mark when '' then 'Stage' when 'reminder' then 'Reminder' when 'overdue' then 'Overdue' else s.mark end, s.stage,
            case when s.waiting <> '' then format(', waits for the %s', s.waiting) end,
            case when s.until is not null then format(', until %s', to_char(s.until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) end,
            case when s.detail <> '' then format(': %s', s.detail) end,
            (select string_agg(format('; %s', r->>'message'), '')
             from jsonb_array_elements(case jsonb_typeof(s.reasons) when 'array' then s.reasons end) r)),
        s.reasons
    from stages s where s.filing = f.id
    union all
    select t.line, t.at, 'attempt',
        format('Call of %s to %s, submission %s', t.registry, t.purpose, t.number),
        null
    from attempts t where t.filing = f.id
    union all
    select a.line, a.at, 'answer',
        case
            when a.absent then format('%s does not have submission %s', f.registry, a.number)
            when a.kind = 'Accepted' then format('Accepted: %s',
                coalesce(nullif(a.outcome->'receipt'->>'number', ''), a.outcome->'receipt'->>'id', 'no receipt'))
            when a.kind = 'Rejected' then format('Rejected: %s', coalesce(
                (select string_agg(r->>'message', '; ')
                 from jsonb_array_elements(case jsonb_typeof(a.outcome->'reasons') when 'array' then a.outcome->'reasons' end) r),
                'no reason given'))
            when a.kind = 'Deferred' then format('Deferred until %s%s', a.outcome->>'not_before',
                case when a.outcome->>'detail' <> '' then format(': %s', a.outcome->>'detail') end)
            when a.kind = 'Unknown' then format('Unknown whether the registry has it: %s', coalesce(a.outcome->>'detail', ''))
            else format('No answer: %s', a.error)
        end,
        a.outcome
    from answers a where a.filing = f.id
    union all
    select s.line, s.at, 'signature',
        format('%s %s as %s%s',
            case s.refused when '' then 'Signed by' else 'Refused the signature of' end,
            s.signature->'person'->>'name', s.role,
            case when s.refused <> '' then format(': %s', s.refused) end),
        s.signature
    from signatures s where s.filing = f.id
    union all
    select d.line, d.at, 'decision',
        format('%s decided: %s%s%s', d.decision->'by'->>'name', d.kind,
            case when d.decision->>'receipt' <> '' then format(', receipt %s', d.decision->>'receipt') end,
            case when d.decision->>'reason' <> '' then format(' (%s)', d.decision->>'reason') end),
        d.decision
    from decisions d where d.filing = f.id
) about (line, at, kind, text, detail);
