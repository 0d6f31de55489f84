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
	// A reservation that nobody used is given to another. Who did not come rests for a
	// while, ever longer: nobody may be there to call.
	releaseMissed = `
update tickets set reserved_at = null, notified = false, missed = missed + 1,
    suspended_until = clock_timestamp() + least(interval '10 seconds' * 2 ^ missed, interval '5 minutes')
where registry = $1 and reserved_at < clock_timestamp() - $2::interval`

	lookQueue = `
select now,` + readPast + `,
    (select coalesce(sum(calls), 0) from tickets where registry = $1 and reserved_at is null) as waiting,
    (select coalesce(sum(calls), 0) from tickets where registry = $1 and reserved_at < now - interval '1 second') as behind
from (select clock_timestamp() as now) clock`

	// A page of those in time, in order; and of those that are late the latest.
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

// Dispatch hands out the turns of the next seconds: to who is due soonest, as
// far as the quota goes. It gives the reservations that nobody was told of yet; Told
// must follow.
func (l *Ledger) Dispatch(ctx context.Context, registry string) (sluss.Dispatched, error) {
	var d sluss.Dispatched
	err := l.withQuota(ctx, registry, func(q *queue) (err error) {
		d, err = q.dispatch()
		return err
	})
	if err != nil {
		return sluss.Dispatched{}, fmt.Errorf("hand out turns for %s: %w", registry, err)
	}
	return d, nil
}

// ticket is one that waits.
type ticket struct {
	ID     int64
	Filing string
	By     time.Time
	Asked  time.Time
	Due    time.Time
	Calls  int
}

// word is the ticket in the words of package quota. It is never urgent: those
// are not queued.
func (t ticket) word() quota.Ticket {
	return quota.Ticket{ID: t.ID, Asked: t.Asked, Due: t.Due, Calls: t.Calls}
}

func (q *queue) dispatch() (sluss.Dispatched, error) {
	if _, err := q.ExecContext(q.ctx, releaseMissed, q.registry, interval(q.terms.Grace())); err != nil {
		return sluss.Dispatched{}, err
	}
	var before struct {
		pastRow
		Waiting int
		Behind  int // calls that were reserved a reservation which has come, and have not been made
	}
	args, midnights := pastArgs(q.terms)
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
		d.Clears = q.terms.Beyond(before.Now.Add(next), d.Waiting)
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

// pausedAgain is after how long a paused quota is looked at again, if nobody
// says before that it is not.
const pausedAgain = 10 * time.Minute

// outrun: for each call that workers are behind with, so many reservations fewer are
// given.
const outrun = 4

// give reservations the reservations of the horizon, and says for how many calls, and after
// how long to come again. Where workers cannot keep up with the reservations, it gives
// fewer.
func (q *queue) give(now time.Time, past *quota.Past, behind int) (calls int, next time.Duration, err error) {
	if q.row.Paused != "" {
		return 0, pausedAgain, nil
	}
	horizon := q.terms.Horizon()
	// Whoever is told must hear of it, and ask.
	from := q.earliest(now.Add(min(500*time.Millisecond, horizon/4)))
	until := now.Add(horizon)
	most := max(0, q.terms.Most()-outrun*behind)
	waiting := &quota.Queue{Given: q.row.Given}
	var failed error
	if !from.After(until) {
		var late []ticket
		if err := q.SelectContext(q.ctx, &late, nextLate, q.registry, now, most); err != nil {
			return 0, 0, err
		}
		for _, t := range late {
			waiting.Push(t.word())
		}
		var last ticket
		waiting.More = func(due time.Time) (page []quota.Ticket) {
			var rows []ticket
			failed = q.SelectContext(q.ctx, &rows, nextInTime, q.registry, due, now, last.By, last.ID, most)
			for _, t := range rows {
				page, last = append(page, t.word()), t
			}
			return page
		}
	} else {
		waiting.Push(quota.Ticket{Calls: 1}) // to know when to come again
	}
	grants, first := q.terms.Plan(from, until, past, waiting)
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
	// Half a horizon later there is room for half a horizon more.
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

// Told records which reservations were told; those who are gone give theirs back.
func (l *Ledger) Told(ctx context.Context, told, gone []int64) error {
	if len(told) > 0 {
		if err := l.write(ctx, "record who was told of their turn", markNotified, int64s(told)); err != nil {
			return err
		}
	}
	if len(gone) > 0 {
		return l.write(ctx, "drop the tickets of who is gone", dropTickets, int64s(gone))
	}
	return nil
}

const stillWaits = `
select coalesce(q.dispatcher_due + $4::interval > clock_timestamp(), false) as has_dispatcher
from tickets t join quotas q on q.registry = t.registry
where t.filing = $1 and t.number = $2 and t.purpose = $3`

// Waits tells whether a submission, or the question after it, is in the queue,
// and whether somebody hands out turns there.
func (l *Ledger) Waits(ctx context.Context, filing string, number int, purpose sluss.Purpose) (waits, hasDispatcher bool, err error) {
	hasDispatcher, waits, err = one[bool](ctx, l, "look for "+filing+" in the queue", stillWaits, filing, number, purpose, interval(dispatcherGrace))
	return waits, hasDispatcher, err
}

func int64s(ids []int64) pq.Int64Array { return ids }
