package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"sluss"
	"sluss/quota"
)

// What is known about a submission: its outcome, its ticket, and whether others go before
// it. Late tickets go after those that can be in time.
const look = `
select
    now, ` + quotaColumns + `,
    case when $4 = 'submit' then (
        select a.outcome
        from answers a join attempts t on t.id = a.attempt
        where a.filing = $2 and (
            a.number = $3 and (a.kind = 'Accepted' or a.purpose = 'submit' and a.kind in ('Rejected', 'Unknown'))
            or t.hash = $5 and a.kind = 'Accepted')
        order by a.kind = 'Accepted' desc, a.line desc
        limit 1
    ) end as outcome,
    $4 = 'submit' and exists (
        select from attempts t
        where t.filing = $2 and t.number = $3 and t.purpose = 'submit'
            and not exists (select from answers a where a.attempt = t.id)
    ) as interrupted,
    coalesce(own.id, 0) as ticket, own.reserved_at, own.asked, coalesce(own.calls, 0) as calls,
    exists (
        select from tickets w
        where w.registry = $1 and w.reserved_at is null and w.id is distinct from own.id
            and (w.by, w.id) < (coalesce($7::timestamptz, coalesce(own.asked, now) + $8::interval), coalesce(own.id, 9223372036854775807))
            and (coalesce(w.due >= now, true) or coalesce($6 < now, false))
    ) or coalesce($6 < now, false) and exists (
        select from tickets w
        where w.registry = $1 and w.reserved_at is null and w.id is distinct from own.id and coalesce(w.due >= now, true)
    ) as behind
from (select clock_timestamp() as now) clock
join quotas q on q.registry = $1
left join tickets own on own.filing = $2 and own.number = $3 and own.purpose = $4`

const (
	// A call at the moment of its reservation, unless that was released, or calls were
	// stopped, since it was read.
	useReservation = `
with used as (
    delete from tickets t using quotas q
    where t.id = $1 and t.reserved_at = $2 and t.reserved_at >= clock_timestamp() - $3::interval
        and q.registry = t.registry and q.paused = '' and coalesce(q.not_before <= t.reserved_at, true)
    returning t.id
)
insert into attempts (id, filing, number, purpose, registry, hash, calls, actor, reserved_at, at)
select gen_random_uuid(), $4, $5, $6, $7, $8, $9, $10, $11, clock_timestamp() from used
returning id`

	// A call at once, unless others were faster. It may take over reservations.
	callAtOnce = `
with won as (
    update quotas set version = version + 1 where registry = $4 and version = $9 returning registry
), taken as (
    update tickets set reserved_at = null, tell_at = null
    where id = any ($10::bigint[]) and reserved_at is not null and exists (select from won)
    returning id
), served as (
    delete from tickets where filing = $1 and number = $2 and purpose = $3 and exists (select from won)
)
insert into attempts (id, filing, number, purpose, registry, hash, calls, actor, reserved_at, at)
select gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp() from won
where (select count(*) from taken) = cardinality($10::bigint[])
returning id`
)

// Begin asks for a permit to make the calls of one submission, or to ask the registry
// about it. If the permit is granted, the intent is durable: call at At, which is in the
// near future by this process's clock, and then Finish. If it is queued, the submission
// is in the queue, once, and the dispatcher will tell it its reservation. An intent
// without calls needs no reservation.
//
// If the database was so slow that the granted moment has passed, or may have, Begin ends that
// attempt and tries again.
func (l *Ledger) Begin(ctx context.Context, i sluss.Intent) (permit sluss.Permit, err error) {
	for range tries {
		permit, err = l.begin(ctx, i)
		if err != nil || permit.Kind != sluss.PermitGranted || max(0, time.Since(permit.At)) <= permit.Slip {
			break
		}
		err = l.Finish(ctx, sluss.Answer{Attempt: permit.Attempt, Error: "nothing was sent: the reservation had expired before the intent was recorded"})
		permit = sluss.Permit{Kind: sluss.PermitQueued, Wait: sluss.QueuePlace{Granted: true, In: time.Second, At: time.Now().Add(time.Second)}}
		if err != nil {
			break
		}
	}
	if err != nil {
		return sluss.Permit{}, fmt.Errorf("begin to %s %s: %w", i.Purpose, i.Filing, err)
	}
	return permit, nil
}

// tries is how often Begin tries if the granted moment has passed each time.
const tries = 3

func (l *Ledger) begin(ctx context.Context, i sluss.Intent) (permit sluss.Permit, err error) {
	err = l.untilFirst(ctx, i.Registry, func(ctx context.Context) error {
		r := request{queue: &queue{session: l.db, ctx: ctx, registry: i.Registry}, intent: i}
		permit, err = r.decide()
		return err
	})
	if err != nil || permit.Kind == sluss.PermitQueued {
		l.idle.Delete(i.Registry)
	}
	return permit, err
}

// idleFor is how long a queue is taken to be as empty as Dispatch has seen it, which looks
// once a second.
const idleFor = 2 * time.Second

// Queue puts a submission into the queue if others go before it, or calls are stopped, and
// returns its place. Nil: ask for a permit, for the call may be made now. It takes less
// than Begin, which a filing need not ask as long as it waits. As long as this process
// has just seen that nobody waits, it takes nothing: if that is not so any more, Begin
// puts the submission into the queue.
func (l *Ledger) Queue(ctx context.Context, i sluss.Intent) (*sluss.QueuePlace, error) {
	if seen, idle := l.idle.Load(i.Registry); idle && time.Since(seen.(time.Time)) < idleFor {
		return nil, nil
	}
	var wait *sluss.QueuePlace
	err := l.db.bounded(ctx, func(ctx context.Context) error {
		r := request{queue: &queue{session: l.db, ctx: ctx, registry: i.Registry}, intent: i}
		if err := r.look(); err != nil {
			return err
		}
		usable := r.quota.Usable(quota.Situation{Now: r.row.Now, Hold: r.row.NotBefore, Granted: r.before.ReservedAt})
		stopped := r.row.Paused != "" || r.row.NotBefore.After(r.row.Now)
		if usable || r.before.Outcome != nil || r.before.Interrupted || !stopped && !r.before.Behind {
			return nil
		}
		permit, err := r.enqueue()
		wait = &permit.Wait
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("queue %s: %w", i.Filing, err)
	}
	return wait, nil
}

// request is one try of Begin.
type request struct {
	*queue
	intent sluss.Intent
	readAt time.Time     // our own clock just after row.Now was read
	took   time.Duration // how long that took: it may be earlier by so much
	before struct {
		quotaRow
		Outcome     *sluss.Outcome
		Interrupted bool
		Ticket      int64
		ReservedAt  time.Time
		Asked       time.Time
		Calls       int // of the ticket
		Behind      bool
	}
}

func (r *request) decide() (sluss.Permit, error) {
	if err := r.look(); err != nil {
		return sluss.Permit{}, err
	}
	if r.intent.Purpose == sluss.ToSubmit {
		if r.before.Outcome != nil {
			return sluss.Permit{Kind: sluss.PermitSettled, Outcome: *r.before.Outcome}, nil
		}
		if r.before.Interrupted {
			return sluss.Permit{Kind: sluss.PermitInterrupted}, nil
		}
	}
	return r.grant()
}

func (r *request) look() error {
	i := r.intent
	args := []any{i.Registry, i.Filing, i.Number, i.Purpose, i.Hash, moment(i.Due), moment(r.by(time.Time{})), interval(quota.Patience)}
	asked := time.Now()
	err := r.Get(&r.before, look, args...)
	if errors.Is(err, sql.ErrNoRows) {
		if _, err := r.ExecContext(r.ctx, addQuota, r.registry); err != nil {
			return err
		}
		asked = time.Now()
		err = r.Get(&r.before, look, args...)
	}
	if err != nil {
		return err
	}
	r.row, r.readAt, r.took = r.before.quotaRow, time.Now(), time.Since(asked)
	return r.readLimits()
}

// by is the order of the intent's ticket; zero if that depends on when it asked, which
// is not known.
func (r *request) by(asked time.Time) time.Time {
	if !r.intent.Urgent && r.intent.Due.IsZero() && asked.IsZero() {
		return time.Time{}
	}
	return quota.Ticket{Asked: asked, Due: r.intent.Due, Urgent: r.intent.Urgent}.By()
}

// grant records the intent if the call may be made now, and queues it if not.
func (r *request) grant() (sluss.Permit, error) {
	i := r.intent
	if i.Calls < 1 {
		return r.callAtOnce(r.row.Now, nil)
	}
	if r.row.Paused != "" {
		return r.queued()
	}
	ticket := quota.Ticket{Asked: r.row.Now, Due: i.Due, Calls: i.Calls, Urgent: i.Urgent}
	situation := quota.Situation{Now: r.row.Now, Hold: r.row.NotBefore, Behind: r.before.Behind}
	if r.before.Calls >= i.Calls {
		situation.Granted = r.before.ReservedAt
	}
	if !r.quota.Usable(situation) && !situation.Behind {
		asked := time.Now()
		if _, err := r.readPast(); err != nil {
			return sluss.Permit{}, err
		}
		r.readAt, r.took = time.Now(), time.Since(asked)
		situation.Now, situation.Past = r.row.Now, r.past
	}
	reservedAt, granted := r.quota.Ask(situation, ticket)
	switch {
	case granted && r.quota.Usable(situation):
		return r.useReservation(reservedAt)
	case granted:
		return r.callAtOnce(reservedAt, nil)
	case !reservedAt.IsZero():
		return sluss.Permit{Kind: sluss.PermitQueued, Wait: sluss.QueuePlace{Granted: true, In: reservedAt.Sub(r.row.Now), At: reservedAt}}, nil
	case i.Urgent && !r.row.NotBefore.After(r.row.Now):
		reservedAt, from, err := r.displaced(r.row.Now.Add(r.quota.Near(ticket)))
		if err != nil {
			return sluss.Permit{}, err
		}
		if from != nil {
			return r.callAtOnce(reservedAt, from)
		}
	}
	return r.queued()
}

// queued is the answer if no call can be made now. Urgent calls are not queued.
func (r *request) queued() (sluss.Permit, error) {
	if !r.intent.Urgent {
		return r.enqueue()
	}
	expected, err := r.expect(0)
	return sluss.Permit{Kind: sluss.PermitQueued, Wait: expected}, err
}

// useReservation records the intent to call on the ticket's reservation.
func (r *request) useReservation(reservedAt time.Time) (sluss.Permit, error) {
	i, result := r.intent, r.granted(reservedAt)
	err := r.Get(&result.Attempt, useReservation, r.before.Ticket, r.before.ReservedAt, interval(r.quota.Grace()),
		i.Filing, i.Number, i.Purpose, i.Registry, i.Hash, i.Calls, clean(i.Actor), reservedAt)
	return result, changed(err)
}

// callAtOnce records the intent to call without a reservation, in place of those that
// have the reservations of the given tickets.
func (r *request) callAtOnce(reservedAt time.Time, takesOver []int64) (sluss.Permit, error) {
	i, result := r.intent, r.granted(reservedAt)
	err := r.Get(&result.Attempt, callAtOnce, i.Filing, i.Number, i.Purpose, i.Registry, i.Hash, i.Calls, clean(i.Actor), reservedAt,
		r.row.Version, int64s(append([]int64{}, takesOver...)))
	return result, changed(err)
}

// granted says when to call by our own clock, which may differ from the database's.
func (r *request) granted(reservedAt time.Time) sluss.Permit {
	return sluss.Permit{Kind: sluss.PermitGranted, At: r.readAt.Add(reservedAt.Sub(r.row.Now)), Slip: r.quota.Slip() - r.took}
}

const reservedSoon = `
select id, reserved_at, calls from tickets
where registry = $1 and reserved_at >= $2 and reserved_at <= $3 and by > $4 and id <> $5
order by reserved_at, by desc`

// displaced are the tickets whose reservations an urgent call takes over, none of them
// urgent, and the moment of the last; nil if there are too few until the given moment.
func (r *request) displaced(until time.Time) (reservedAt time.Time, from []int64, err error) {
	var reserved []struct {
		ID         int64
		ReservedAt time.Time
		Calls      int
	}
	urgent := quota.Ticket{Urgent: true}.By()
	if err := r.SelectContext(r.ctx, &reserved, reservedSoon, r.registry, r.row.Now, until, urgent, r.before.Ticket); err != nil {
		return time.Time{}, nil, err
	}
	calls := 0
	for _, p := range reserved {
		from, calls = append(from, p.ID), calls+p.Calls
		if calls >= r.intent.Calls {
			return p.ReservedAt, from, nil
		}
	}
	return time.Time{}, nil, nil
}
