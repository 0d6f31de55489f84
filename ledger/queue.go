package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/lib/pq"

	"sluss"
	"sluss/quota"
)

// queue is one registry's quota and its queue, locked for the length of a transaction,
// so that permits and reservations are given one at a time.
type queue struct {
	*work
	ctx      context.Context // a queue lives only as long as one call
	registry string
	quota    quota.Quota
	row      struct {
		Limits        pq.StringArray
		Reserve       int
		Lowered       pq.StringArray
		Paused        string
		NotBefore     time.Time
		Held          string
		Given         int64
		Waiting       int
		DispatcherDue time.Time
	}
}

const (
	readQuota = `
select limits, reserve, lowered, paused, not_before, held, given, waiting, dispatcher_due from quotas where registry = $1`
	lockQuota = readQuota + ` for update`
	addQuota  = `insert into quotas (registry) values ($1) on conflict (registry) do nothing`
)

// withQuota runs do while it holds the lock of a registry's quota, and commits unless do
// fails. Only one session of a process holds or waits for the lock. If there were more,
// they could use up the process's sessions while another process holds the lock; and if
// this process froze, each of them would get the lock and keep it for a while.
func (l *Ledger) withQuota(ctx context.Context, registry string, do func(q *queue) error) error {
	room, _ := l.rooms.LoadOrStore(registry, make(chan struct{}, 1))
	return l.db.bounded(ctx, func(ctx context.Context) error {
		select {
		case room.(chan struct{}) <- struct{}{}:
			defer func() { <-room.(chan struct{}) }()
		case <-ctx.Done():
			return ctx.Err()
		}
		return l.db.commit(ctx, nil, func(ctx context.Context, tx *work) error {
			q := &queue{work: tx, ctx: ctx, registry: registry}
			if err := q.lock(); err != nil {
				return err
			}
			return do(q)
		})
	})
}

func (q *queue) lock() error {
	err := q.Get(&q.row, lockQuota, q.registry)
	if errors.Is(err, sql.ErrNoRows) {
		if _, err := q.ExecContext(q.ctx, addQuota, q.registry); err != nil {
			return err
		}
		err = q.Get(&q.row, lockQuota, q.registry)
	}
	if err != nil {
		return err
	}
	q.quota, err = storedQuota(q.row.Limits, q.row.Lowered, q.row.Reserve)
	return err
}

// Get reads one row.
func (q *queue) Get(row any, query string, args ...any) error {
	return q.GetContext(q.ctx, row, query, args...)
}

// earliest is the moment, or the end of the time for which the registry asked us not to
// call, if that is later.
func (q *queue) earliest(moment time.Time) time.Time {
	if q.row.NotBefore.After(moment) {
		return q.row.NotBefore
	}
	return moment
}

// why is the reason for a wait besides the rate limits.
func (q *queue) why(now time.Time) string {
	switch {
	case q.row.Paused != "":
		return "paused by an operator: " + q.row.Paused
	case q.row.NotBefore.After(now):
		return q.row.Held
	}
	return ""
}

// parsed caches limits by their text: they are read for every permit and rarely change.
var parsed sync.Map // string -> quota.Limit

func storedQuota(limits, lowered []string, reserve int) (quota.Quota, error) {
	t := quota.Quota{Reserve: reserve}
	for _, texts := range [][]string{limits, lowered} {
		for _, text := range texts {
			known, ok := parsed.Load(text)
			if !ok {
				limit, err := quota.ParseLimit(text)
				if err != nil {
					return quota.Quota{}, fmt.Errorf("the ledger holds a limit that cannot be read: %w", err)
				}
				known = limit
				parsed.Store(text, limit)
			}
			t.Limits = append(t.Limits, known.(quota.Limit))
		}
	}
	return t, nil
}

// What counts for the windows, in microseconds since the epoch: calls that we or others
// made, and open reservations; and how many calls were made before those, since each
// midnight.
const readPast = `
    (
        select coalesce(array_agg((extract(epoch from at) * 1000000)::bigint order by at), '{}')
        from (
            select reserved_at as at, calls from attempts where registry = $1 and reserved_at > now - $2::interval
            union all
            select at, calls from foreign_calls where registry = $1 and at > now - $2::interval
            union all
            select reserved_at, calls from tickets where registry = $1 and reserved_at >= now - $3::interval
        ) counted, generate_series(1, calls)
    ) as past,
    (
        select coalesce(array_agg(calls order by place), '{}')
        from unnest($4::bigint[]) with ordinality as midnights (midnight, place), lateral (
            select
                (select coalesce(sum(calls), 0) from attempts where registry = $1 and reserved_at >= to_timestamp(midnight) and reserved_at <= now - $2::interval)
                + (select coalesce(sum(calls), 0) from foreign_calls where registry = $1 and at >= to_timestamp(midnight) and at <= now - $2::interval)
                as calls
        ) earlier
    ) as earlier`

// pastRow is the result of readPast.
type pastRow struct {
	Now     time.Time
	Past    pq.Int64Array
	Earlier pq.Int64Array
}

// pastArgs are the parameters of readPast without the first, and the midnights that it
// counts from: of both days, if the database's clock may be on another day than ours.
func pastArgs(t quota.Quota) (args []any, midnights []time.Time) {
	for _, moment := range []time.Time{time.Now().Add(-time.Hour), time.Now().Add(time.Hour)} {
		midnights = append(midnights, t.Midnights(moment)...)
	}
	seconds := make(pq.Int64Array, len(midnights))
	for i, midnight := range midnights {
		seconds[i] = midnight.Unix()
	}
	return []any{interval(t.Longest() + time.Minute), interval(t.Grace()), seconds}, midnights
}

func (r pastRow) past(midnights []time.Time) *quota.Past {
	reservations := make([]time.Time, len(r.Past))
	for i, micros := range r.Past {
		reservations[i] = time.UnixMicro(micros).UTC()
	}
	earlier := map[time.Time]int{}
	for i, calls := range r.Earlier {
		earlier[midnights[i]] = int(calls)
	}
	return quota.NewPast(reservations, earlier)
}

// interval is a duration as PostgreSQL reads it.
func interval(d time.Duration) string { return fmt.Sprintf("%d microseconds", d.Microseconds()) }

// A ticket that missed its reservation goes back into the queue.
const keepTicket = `
insert into tickets (registry, filing, number, purpose, calls, due, by, asked)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (filing, number, purpose) do update
set registry = excluded.registry, calls = excluded.calls, due = excluded.due, by = excluded.by,
    reserved_at = null, notified = false, suspended_until = null, missed = tickets.missed + (tickets.reserved_at is not null)::int
returning id`

// Calls that go before a ticket, counted up to farAhead.
const countAhead = `
select coalesce(sum(calls), 0)
from (
    select calls from tickets
    where registry = $1 and reserved_at is null and (coalesce(due < $2, false), by, id) < ($3, $4, $5)
    limit $6
) ahead`

const farAhead = 10_000

// dispatcherGrace is how late a running dispatcher may be.
const dispatcherGrace = 5 * time.Second

// wait puts the submission into the queue if it is not there yet.
func (r *request) wait() (sluss.Permit, error) {
	i, asked := r.intent, r.before.Now
	if !r.before.Asked.IsZero() {
		asked = r.before.Asked
	}
	by := r.by(asked)
	var id int64
	if err := r.Get(&id, keepTicket, i.Registry, i.Filing, i.Number, i.Purpose, i.Calls, moment(i.Due), by, asked); err != nil {
		return sluss.Permit{}, err
	}
	ahead := 0
	if r.before.Behind {
		if err := r.Get(&ahead, countAhead, r.registry, r.before.Now, r.before.Late, by, id, farAhead); err != nil {
			return sluss.Permit{}, err
		}
	}
	more := 0
	if ahead >= farAhead {
		more = max(0, r.row.Waiting-ahead)
	}
	hasDispatcher := !r.row.DispatcherDue.IsZero() && r.before.Now.Before(r.row.DispatcherDue.Add(dispatcherGrace))
	return sluss.Permit{Kind: sluss.PermitQueued, Wait: r.expect(ahead, more), NoDispatcher: !hasDispatcher}, nil
}

// expect estimates when the call can be made, behind so many calls, and about so many
// more that were not counted.
func (r *request) expect(ahead, more int) sluss.QueuePlace {
	w := sluss.QueuePlace{Ahead: ahead + more, Why: r.why(r.before.Now)}
	if r.row.Paused != "" {
		return w
	}
	from := r.earliest(r.before.Now)
	for range min(ahead, farAhead) {
		from = r.quota.Take(from, r.past, 1, false)
	}
	from = r.quota.Take(from, r.past, r.intent.Calls, r.intent.Urgent)
	w.At = r.quota.Beyond(from, more)
	w.In = w.At.Sub(r.before.Now)
	return w
}

const (
	reservedSoon = `
select id, reserved_at, calls from tickets
where registry = $1 and reserved_at >= $2 and reserved_at <= $3 and by > $4
order by reserved_at, by desc`
	takeBack = `update tickets set reserved_at = null, notified = false where id = any ($1::bigint[])`
)

// displace takes back reservations for an urgent call, from tickets that are not urgent.
// It returns the moment of the last reservation that it took; zero if there are too few
// until the given moment.
func (r *request) displace(until time.Time) (time.Time, error) {
	var reserved []struct {
		ID         int64
		ReservedAt time.Time
		Calls      int
	}
	urgent := quota.Ticket{Urgent: true}.By()
	if err := r.SelectContext(r.ctx, &reserved, reservedSoon, r.registry, r.before.Now, until, urgent); err != nil {
		return time.Time{}, err
	}
	var from []int64
	calls := 0
	for _, p := range reserved {
		from, calls = append(from, p.ID), calls+p.Calls
		if calls >= r.intent.Calls {
			_, err := r.ExecContext(r.ctx, takeBack, int64s(from))
			return p.ReservedAt, err
		}
	}
	return time.Time{}, nil
}
