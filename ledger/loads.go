package ledger

import (
	"context"
	"fmt"

	"sluss"
)

// A leg that has departed is still on its vehicle, until it ends.
const besides = `
select o.batch, min(o.leg) as leg, coalesce(c.declaration, b.declaration)->'waste'->'mass' as mass
from loads m
join loads o on o.vehicle = m.vehicle and o.batch <> m.batch and o.departure between m.departure - $3::interval and m.departure + $3::interval
join batches b on b.id = o.batch
left join lateral (select k.declaration from corrections k where k.batch = b.id order by k.line desc limit 1) c on true
where m.batch = $1 and m.leg = $2
group by 1, 3
order by 1`

// Beside returns the other open batches that go on a vehicle of a leg at about its planned
// departure (sluss.LoadWindow), whatever their tenant.
func (l *Ledger) Beside(ctx context.Context, batch sluss.BatchID, leg int) ([]sluss.LoadPart, error) {
	return many[sluss.LoadPart](ctx, l, "read what goes with "+string(batch), besides, batch, leg, fmt.Sprintf("%d seconds", int(sluss.LoadWindow.Seconds())))
}

const recordMoreOwed = `
insert into obligations (batch, id, due, obligation, at)
select $1, o->>'id', (o->>'due')::timestamptz, o, $3
from jsonb_array_elements($2) o
on conflict (batch, id) do nothing`

// RecordOwed records obligations. Recorded again, they change nothing; with other content
// the error is Faults.
func (l *Ledger) RecordOwed(ctx context.Context, r sluss.OwedRecord) error {
	if err := l.write(ctx, "record what "+string(r.Batch)+" owes", recordMoreOwed, r.Batch, jsonb(r.Obligations), r.At); err != nil {
		return err
	}
	return l.sameObligations(ctx, r.Batch, r.Obligations)
}
