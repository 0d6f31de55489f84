-- What goes on which vehicle at which departure: the legs of open batches that have not
-- ended. Batches that share a vehicle at about one departure are one load. The table is not
-- part of the record. It follows from it, and triggers keep it.

-- +goose Up

create table loads (
    batch     text not null references batches,
    leg       integer not null, -- from 1
    vehicle   text not null,    -- its country, and its plate or chassis number; personal data
    departure timestamptz not null,
    primary key (batch, leg, vehicle)
);
create index on loads (vehicle, departure);

-- The lock makes whoever records a line see the lines that others record meanwhile.
-- +goose StatementBegin
create function keep_load(of text) returns void language plpgsql as $$
begin
    perform from batches where id = of for no key update;
    delete from loads where batch = of;
    insert into loads (batch, leg, vehicle, departure)
    select distinct b.id, l.number, (v->>'country') || '/' || upper(regexp_replace(n.number, '[\s\u00a0-]', '', 'g')), (l.leg->>'departure')::timestamptz
    from batches b
    left join lateral (select k.declaration from corrections k where k.batch = b.id order by k.line desc limit 1) c on true
    cross join lateral jsonb_array_elements(coalesce(nullif(coalesce(c.declaration, b.declaration)->'legs', 'null'), '[]')) with ordinality l(leg, number)
    cross join lateral jsonb_array_elements(coalesce(nullif(l.leg->'vehicles', 'null'), '[]')) v
    cross join lateral (values (v->>'plate'), (v->>'vin')) n(number)
    where b.id = of and n.number <> ''
        and not exists (select from closings where batch = b.id)
        and not exists (
            select from events e
            where e.batch = b.id and e.id in ('received', 'received#' || l.number, 'handedOver#' || (l.number + 1))
        );
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function keep_loads() returns trigger language plpgsql as $$
begin
    if tg_table_name = 'batches' then
        perform keep_load(new.id);
    else
        perform keep_load(new.batch);
    end if;
    return null;
end
$$;
-- +goose StatementEnd

create trigger keep_loads after insert on batches for each row execute function keep_loads();
create trigger keep_loads after insert on corrections for each row execute function keep_loads();
create trigger keep_loads after insert on closings for each row execute function keep_loads();
create trigger keep_loads after insert on events for each row when (new.kind in ('received', 'handedOver')) execute function keep_loads();

select keep_load(id) from batches;
