package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"sluss"
	"sluss/quota"
)

const (
	// Unused reservations are released. Their tickets get no reservation for a while,
	// longer each time, because their filing may not be able to call.
	releaseMissed = `
update tickets set reserved_at = null, notified = false, missed = missed + 1,
    suspended_until = clock_timestamp() + least(interval '10 seconds' * 2 ^ missed, interval '5 minutes')
where registry = $1 and reserved_at < clock_timestamp() - $2::interval`

	lookQueue = `
select now,` + readPast + `,
    (select coalesce(sum(calls), 0) from tickets where registry = $1 and reserved_at is null) as waiting,
    (select coalesce(sum(calls), 0) from tickets where registry = $1 and reserved_at < now - interval '1 second') as behind
from (select clock_timestamp() as now) clock`

	// A page of the tickets that can be in time, in order, and the late tickets.
	nextInTime = `
select id, filing, by, asked, due, calls from tickets
where registry = $1 and reserved_at is null and coalesce(due >= $2, true) and coalesce(suspended_until <= $3, true) and (by, id) > ($4, $5)
order by by, id limit $6`
	nextLate = `
select id, filing, by, asked, due, calls from tickets
where registry = $1 and reserved_at is null and due < $2 and coalesce(suspended_until <= $2, true)
order by by, id limit $3`

	reservation = `
update tickets set reserved_at = given.reserved_at, notified = false
from unnest($1::bigint[], $2::timestamptz[]) as given (id, reserved_at)
where tickets.id = given.id`

	unnotified = `
select id as ticket, filing, number, purpose, reserved_at from tickets
where registry = $1 and reserved_at is not null and not notified
order by reserved_at, id`

	keepRound = `update quotas set given = $2, waiting = $3, dispatcher_due = $4 where registry = $1`
)

// Dispatch makes the reservations of the next seconds, as many as the rate limits
// allow, for the tickets that are due first. It returns the reservations that filings
// were not told of yet; MarkNotified must follow.
func (l *Ledger) Dispatch(ctx context.Context, registry string) (sluss.Dispatched, error) {
	var d sluss.Dispatched
	err := l.withQuota(ctx, registry, func(q *queue) (err error) {
		d, err = q.dispatch()
		return err
	})
	if err != nil {
		return sluss.Dispatched{}, fmt.Errorf("make reservations for %s: %w", registry, err)
	}
	return d, nil
}

// ticket is a ticket without a reservation.
type ticket struct {
	ID     int64
	Filing string
	By     time.Time
	Asked  time.Time
	Due    time.Time
	Calls  int
}

// forQuota is the ticket as package quota has it. It is never urgent: urgent calls are
// not queued.
func (t ticket) forQuota() quota.Ticket {
	return quota.Ticket{ID: t.ID, Asked: t.Asked, Due: t.Due, Calls: t.Calls}
}

func (q *queue) dispatch() (sluss.Dispatched, error) {
	if _, err := q.ExecContext(q.ctx, releaseMissed, q.registry, interval(q.quota.Grace())); err != nil {
		return sluss.Dispatched{}, err
	}
	var before struct {
		pastRow
		Waiting int
		Behind  int // calls whose reservation has passed and that were not made
	}
	args, midnights := pastArgs(q.quota)
	if err := q.Get(&before, lookQueue, append([]any{q.registry}, args...)...); err != nil {
		return sluss.Dispatched{}, err
	}
	d := sluss.Dispatched{Waiting: before.Waiting, Why: q.why(before.Now)}
	if before.Waiting > 0 {
		given, next, err := q.give(before.Now, before.past(midnights), before.Behind)
		if err != nil {
			return sluss.Dispatched{}, err
		}
		d.Waiting -= given
		d.Next = next
		d.Clears = q.quota.Beyond(before.Now.Add(next), d.Waiting)
	}
	var err error
	if d.Reservations, err = q.unnotified(before.Now); err != nil {
		return sluss.Dispatched{}, err
	}
	again := time.Time{}
	if d.Waiting > 0 {
		again = before.Now.Add(d.Next)
	}
	_, err = q.ExecContext(q.ctx, keepRound, q.registry, q.row.Given, d.Waiting, moment(again))
	return d, err
}

// pausedAgain is how long after a round a paused quota is checked again, unless an
// operator resumes it earlier.
const pausedAgain = 10 * time.Minute

// outrun is how many fewer reservations are made for each call that workers are
// behind with.
const outrun = 4

// give makes the reservations within the horizon, fewer if workers cannot keep up with
// them. It returns for how many calls it made them, and the time until the next round.
func (q *queue) give(now time.Time, past *quota.Past, behind int) (calls int, next time.Duration, err error) {
	if q.row.Paused != "" {
		return 0, pausedAgain, nil
	}
	horizon := q.quota.Horizon()
	// Filings need time to be told and to ask for their permit.
	from := q.earliest(now.Add(min(500*time.Millisecond, horizon/4)))
	until := now.Add(horizon)
	most := max(0, q.quota.Most()-outrun*behind)
	waiting := &quota.Queue{Given: q.row.Given}
	var failed error
	if !from.After(until) {
		var late []ticket
		if err := q.SelectContext(q.ctx, &late, nextLate, q.registry, now, most); err != nil {
			return 0, 0, err
		}
		for _, t := range late {
			waiting.Push(t.forQuota())
		}
		var last ticket
		waiting.More = func(due time.Time) (page []quota.Ticket) {
			var rows []ticket
			failed = q.SelectContext(q.ctx, &rows, nextInTime, q.registry, due, now, last.By, last.ID, most)
			for _, t := range rows {
				page, last = append(page, t.forQuota()), t
			}
			return page
		}
	} else {
		waiting.Push(quota.Ticket{Calls: 1}) // to learn when the next round is
	}
	grants, first := q.quota.Plan(from, until, past, waiting)
	if failed != nil {
		return 0, 0, failed
	}
	grants = grants[:min(len(grants), most)]
	q.row.Given = waiting.Given
	if len(grants) > 0 {
		ids, reservations := make([]int64, len(grants)), make([]string, len(grants))
		for i, g := range grants {
			ids[i], reservations[i] = g.Ticket.ID, g.At.Format(time.RFC3339Nano)
			calls += max(1, g.Ticket.Calls)
		}
		if _, err := q.ExecContext(q.ctx, reservation, int64s(ids), pq.StringArray(reservations)); err != nil {
			return 0, 0, err
		}
	}
	// After half a horizon there is room for another half.
	next = horizon / 2
	if ahead := first.Sub(now) - horizon; !first.IsZero() && ahead > next {
		next = ahead
	}
	return calls, next, nil
}

func (q *queue) unnotified(now time.Time) ([]sluss.Reservation, error) {
	var rows []struct {
		Ticket     int64
		Filing     string
		Number     int
		Purpose    sluss.Purpose
		ReservedAt time.Time
	}
	if err := q.SelectContext(q.ctx, &rows, unnotified, q.registry); err != nil {
		return nil, err
	}
	reservations := make([]sluss.Reservation, len(rows))
	for i, r := range rows {
		reservations[i] = sluss.Reservation{Ticket: r.Ticket, Filing: r.Filing, Number: r.Number, Purpose: r.Purpose, In: max(0, r.ReservedAt.Sub(now)), At: r.ReservedAt.UTC()}
	}
	return reservations, nil
}

const (
	markNotified = `update tickets set notified = true where id = any ($1::bigint[])`
	dropTickets  = `delete from tickets where id = any ($1::bigint[])`
)

// MarkNotified records which tickets' filings were told their reservation. Tickets whose
// filing has ended are deleted, so that their reservations are free again.
func (l *Ledger) MarkNotified(ctx context.Context, told, ended []int64) error {
	if len(told) > 0 {
		if err := l.write(ctx, "record which filings know their reservation", markNotified, int64s(told)); err != nil {
			return err
		}
	}
	if len(ended) > 0 {
		return l.write(ctx, "remove the tickets of filings that have ended", dropTickets, int64s(ended))
	}
	return nil
}

const stillWaits = `
select coalesce(q.dispatcher_due + $4::interval > clock_timestamp(), false) as has_dispatcher
from tickets t join quotas q on q.registry = t.registry
where t.filing = $1 and t.number = $2 and t.purpose = $3`

// Waits tells whether a submission, or the question about it, is in the queue, and
// whether a dispatcher runs for its registry.
func (l *Ledger) Waits(ctx context.Context, filing string, number int, purpose sluss.Purpose) (waits, hasDispatcher bool, err error) {
	hasDispatcher, waits, err = one[bool](ctx, l, "look for "+filing+" in the queue", stillWaits, filing, number, purpose, interval(dispatcherGrace))
	return waits, hasDispatcher, err
}

func int64s(ids []int64) pq.Int64Array { return ids }
