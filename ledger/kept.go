package ledger

import (
	"context"
	"time"

	"sluss"
)

// KeptEvent is an event of an open batch that was reported before it could be taken.
type KeptEvent struct {
	sluss.KeptEvent

	Batch sluss.BatchID `json:"batch"`
	Since time.Time     `json:"since"` // when it was first reported
}

// A kept event is recorded anew when what it waits for changes.
const keptEvents = `
select k.batch, k.kept, (
        select min(first.at) from kept_events first
        where first.batch = k.batch and first.id = k.id and first.line > coalesce((
            select max(c.line) from corrections c where c.batch = k.batch and c.line < k.line and c.correction->'remove' ? ('events.' || k.id)), 0)
    ) as since
from open_kept_events k join batches b on b.id = k.batch
where ($1 = '' or k.batch = $1) and ($2 = '' or b.tenant = $2)
order by since, k.line
limit 100`

// KeptEvents returns the first hundred kept events: of one batch, or, if none is given, of
// all open batches of one tenant or of all, the longest kept first.
func (l *Ledger) KeptEvents(ctx context.Context, batch sluss.BatchID, tenant string) ([]KeptEvent, error) {
	rows, err := many[struct {
		Batch sluss.BatchID
		Kept  sluss.KeptEvent
		Since time.Time
	}](ctx, l, "read the kept events", keptEvents, batch, tenant)
	list := make([]KeptEvent, len(rows))
	for i, r := range rows {
		list[i] = KeptEvent{KeptEvent: r.Kept, Batch: r.Batch, Since: r.Since}
	}
	return list, err
}

// Events returns the events of a batch as corrected, in the order of its life.
func (l *Ledger) Events(ctx context.Context, batch sluss.BatchID) ([]sluss.Event, error) {
	rows, err := many[struct{ Event sluss.Event }](ctx, l, "read the events of "+string(batch), eventsOf, batch)
	events := make([]sluss.Event, len(rows))
	for i, r := range rows {
		events[i] = r.Event
	}
	return events, err
}
