-- Fills an empty ledger with many batches, some of them open, without its triggers and
-- foreign keys. The settings fill.batches, fill.open, fill.content (JSON of a content)
-- and fill.owed (JSON of an obligation) come before. A batch has about twenty lines.
set session_replication_role = replica;
set synchronous_commit = off;

create temporary table fill as
select n,
    'batch/' || tenant || '/F-' || n as batch, tenant, 'F-' || n as reference,
    'filing/' || tenant || '/F-' || n || '/' as filing,
    n * 30::bigint as line,
    now() - (total - n) * interval '1 minute' as at,
    n > total - open as open,
    case when n > total - open then n % 5 else 5 end as happened,
    case when n % 4 = 0 then 'trackdechets' else 'avfallsregistret' end as registry,
    case when n % 5 = 0 and n > 3 then 'F-' || n - 3 else '' end as predecessor,
    case when n % 8 = 0 then now() - interval '1 day' else now() + n % 1000 * interval '1 hour' end as due
from (
    select n, case when n % 10 = 2 then 'north' else 'default' end as tenant,
        current_setting('fill.batches')::int as total, current_setting('fill.open')::int as open
    from generate_series(1, current_setting('fill.batches')::int) n
) numbered;

insert into batches (id, line, tenant, reference, predecessor, declaration, hash, declared_at)
select batch, line, tenant, reference, predecessor,
    current_setting('fill.content')::jsonb->'declaration' || jsonb_build_object('reference', reference, 'tenant', tenant)
        || case when predecessor <> '' then jsonb_build_object('predecessor', predecessor) else '{}' end
        || case when n % 7 = 0 and predecessor = '' and n > 2 then jsonb_build_object('predecessors', jsonb_build_array(
            jsonb_build_object('reference', 'F-' || n - 1, 'mass', 400), jsonb_build_object('reference', 'F-' || n - 2, 'mass', 600))) else '{}' end,
    'sha256:' || md5(batch), at
from fill;

insert into events (batch, id, line, kind, happened_at, event, at)
select batch, kind, line + k, kind, at + k * interval '1 hour',
    jsonb_build_object('kind', kind, 'at', at + k * interval '1 hour', 'by', jsonb_build_object('name', 'Anna Ek')), at + k * interval '1 hour'
from fill, unnest(array['produced', 'pickedUp', 'received', 'accepted', 'treated']) with ordinality as e (kind, k)
where k <= greatest(1, happened);

-- The third is another party's: it has no filing.
insert into obligations (batch, id, line, due, obligation, at)
select batch, id, line + 6 + k, case when k = 3 then now() + interval '30 days' else due end,
    current_setting('fill.owed')::jsonb || jsonb_build_object('id', id, 'registry', registry, 'due', due), at
from fill, unnest(array['se.transport#1', 'se.reception', 'theirs']) with ordinality as o (id, k);

create temporary table fill_filings as
select f.*, f.filing || obligation as id, f.line + 9 * k as place, md5(f.filing || obligation) as digest,
    case when f.open and k = happened % 2 + 1 then (array['signature', 'sending', 'deferred', 'rejected', 'unknown', 'signature'])[n % 6 + 1]
        else 'accepted' end as stand, k, obligation
from fill f, unnest(array['se.transport#1', 'se.reception']) with ordinality as o (obligation, k)
where not open or k <= happened % 2 + 1;
analyze fill_filings;

insert into filings (id, line, batch, obligation, registry, at)
select id, place, batch, obligation, registry, at from fill_filings;

insert into contents (filing, line, hash, content, obligation, due, stage, waiting, at)
select id, place + 1, 'sha256:' || digest,
    current_setting('fill.content')::jsonb || jsonb_build_object('obligation', owed), owed, due,
    'waiting for signature', case when n % 3 = 0 then 'officer' else 'transporter' end, at
from fill_filings, lateral (
    select current_setting('fill.owed')::jsonb || jsonb_build_object('id', obligation, 'registry', registry, 'due', due) as owed
) o;

insert into signatures (line, filing, role, content_hash, signature, refused, at)
select place + 2, id, 'transporter', 'sha256:' || digest, jsonb_build_object('person', jsonb_build_object('name', 'Anna Ek'), 'at', at), '', at
from fill_filings where stand <> 'signature';

insert into stages (line, filing, number, stage, waiting, detail, mark, at)
select place + 3, id, 1, 'sending', '', '', '', at from fill_filings where stand <> 'signature';

insert into attempts (id, line, filing, number, purpose, registry, hash, calls, actor, reserved_at, at)
select digest::uuid, place + 4, id, 1, 'submit', registry, 'sha256:' || digest, 1, 'fill', at, at
from fill_filings where stand <> 'signature';

insert into answers (attempt, line, filing, number, purpose, kind, outcome, absent, error, operation, request, status, response, tracking_id, trace_id, at)
select digest::uuid, place + 5, id, 1, 'submit', initcap(stand),
    jsonb_build_object('kind', initcap(stand)) || case stand
        when 'accepted' then jsonb_build_object('receipt', jsonb_build_object('registry', registry, 'id', 'doc-' || id, 'at', at))
        when 'rejected' then jsonb_build_object('reasons', jsonb_build_array(jsonb_build_object('message', 'too heavy')))
        when 'deferred' then jsonb_build_object('not_before', now() + interval '1 day')
        else '{}' end,
    false, '', 'POST /note', '{}', 200, '{}', '', '', at
from fill_filings where stand not in ('signature', 'sending');

insert into stages (line, filing, number, stage, waiting, detail, mark, at)
select place + 6, id, 2, stand, case when stand in ('rejected', 'unknown') then 'officer' else '' end, '', '', at
from fill_filings where stand not in ('signature', 'sending');

insert into corrections (line, batch, number, correction, declaration, at)
select line + case when n % 1000 = 5 then 28 else 6 end, batch, 1, jsonb_build_object('set', jsonb_build_object('waste.mass', '1200'), 'by', jsonb_build_object('name', 'Anna Ek')),
    (select declaration from batches where id = batch) || '{"tenant": "default"}', at + interval '1 day'
from fill where n % 20 = 5;

insert into closings (batch, line, declared, how, at)
select batch, line + 29, line, 'treated', at + interval '2 days' from fill where not open;

insert into documents (registry, id, number, custom_id, status, verdict, updated_at, seen_at, notified, company)
select registry, 'doc-' || id, 'BSD-' || id, '', case when n % 400 = 8 then 'REFUSED' when open then 'SENT' else 'PROCESSED' end, '', at + interval '1 minute', at,
    n < (select max(n) from fill) - 1000, '11111111111111'
from fill_filings where registry = 'trackdechets' and stand = 'accepted';

insert into open_filings (filing, line, batch, tenant, registry, stage, waiting, due)
select s.filing, s.line, s.batch, f.tenant, s.registry, s.stage, s.waiting, s.due
from fill_filings f cross join lateral (select * from filing_state s where s.filing = f.id offset 0) s where f.open and s.open;

analyze;
select keep_open_batch(batch) from fill where open;
select keep_corrected_filings(batch) from fill where n % 1000 = 5;

select setval('record_line', (select max(line) + 100 from fill));
drop table fill, fill_filings;
reset session_replication_role;
