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

// queue is one registry's quota and its queue, as last read. It holds no lock. Whatever
// is computed from it is recorded by a statement that changes nothing if the quota's
// version is another by then: see errChanged.
type queue struct {
	session
	ctx      context.Context // a queue lives only as long as one call
	registry string
	quota    quota.Quota
	row      quotaRow
	past     *quota.Past // nil: not read yet
	idle     bool        // nobody is in it, and calls may be made
}

// session is the pool, or a transaction.
type session interface {
	GetContext(ctx context.Context, row any, query string, args ...any) error
	SelectContext(ctx context.Context, list any, query string, args ...any) error
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

type quotaRow struct {
	Now       time.Time
	Limits    pq.StringArray
	Reserve   int
	Lowered   pq.StringArray
	Paused    string
	NotBefore time.Time
	Held      string
	Version   int64
	Given     int64
	Waiting   int
	RoundAt   time.Time
	FreeAt    time.Time
	WarnedAt  time.Time
}

const (
	quotaColumns = `q.limits, q.reserve, q.lowered, q.paused, q.not_before, q.held, q.version, q.given, q.waiting, q.round_at, q.free_at, q.warned_at`
	readQuota    = `select clock_timestamp() as now, ` + quotaColumns + ` from quotas q where registry = $1`
	addQuota     = `insert into quotas (registry) values ($1) on conflict (registry) do nothing`
)

// errChanged means that somebody else has changed the quota, or used the reservation,
// since it was read: nothing was recorded.
var errChanged = errors.New("others were faster")

// untilFirst runs do again as long as others are faster. No session keeps a lock from
// one statement to the next, so a process that freezes stops nobody. Those of a process
// that were too late go on one after the other, so that they do not compete with each other.
func (l *Ledger) untilFirst(ctx context.Context, registry string, do func(ctx context.Context) error) error {
	return l.db.bounded(ctx, func(ctx context.Context) error {
		err := do(ctx)
		if !errors.Is(err, errChanged) {
			return err
		}
		room, _ := l.rooms.LoadOrStore(registry, make(chan struct{}, 1))
		select {
		case room.(chan struct{}) <- struct{}{}:
			defer func() { <-room.(chan struct{}) }()
		case <-ctx.Done():
		}
		for errors.Is(err, errChanged) && ctx.Err() == nil {
			err = do(ctx)
		}
		return err
	})
}

// Get reads one row.
func (q *queue) Get(row any, query string, args ...any) error {
	return q.GetContext(q.ctx, row, query, args...)
}

// changed is errChanged if a statement has found nothing to change.
func changed(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errChanged
	}
	return err
}

// read reads the quota.
func (q *queue) read() (err error) {
	if err := q.Get(&q.row, readQuota, q.registry); err != nil {
		return err
	}
	return q.readLimits()
}

// readLimits reads the limits of the row.
func (q *queue) readLimits() (err error) {
	q.quota, err = storedQuota(q.row.Limits, q.row.Lowered, q.row.Reserve)
	return err
}

// earliest is the moment, or the end of the time for which the registry asked us not to
// call, if that is later.
func (q *queue) earliest(moment time.Time) time.Time { return later(moment, q.row.NotBefore) }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// why is the reason for a wait besides the rate limits.
func (q *queue) why() string {
	switch {
	case q.row.Paused != "":
		return "paused by an operator: " + q.row.Paused
	case q.row.NotBefore.After(q.row.Now):
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

// expiry is how long after its reservation a call still counts, if it was not made. No
// call is made later than the grace, but one that was begun in the last moment may not be
// recorded yet.
func (q *queue) expiry() time.Duration { return q.quota.Grace() + time.Second }

// What counts for the windows, in microseconds since the epoch: calls that we or others
// made, and open reservations; how many calls were made before those, since each
// midnight; and how many have not been made although their reservation has passed.
const readPast = `
select
    now,
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
    ) as earlier,
    (select coalesce(sum(calls), 0) from tickets where registry = $1 and reserved_at < now - interval '1 second') as behind
from (select clock_timestamp() as now) clock`

// readPast reads the calls that count. It returns with how many of them workers are
// behind.
func (q *queue) readPast() (behind int, err error) {
	// Of both days, if the database's clock may be on another day than ours.
	var midnights []time.Time
	for _, moment := range []time.Time{q.row.Now.Add(-time.Hour), q.row.Now.Add(time.Hour)} {
		midnights = append(midnights, q.quota.Midnights(moment)...)
	}
	seconds := make(pq.Int64Array, len(midnights))
	for i, midnight := range midnights {
		seconds[i] = midnight.Unix()
	}
	var row struct {
		Now     time.Time
		Past    pq.Int64Array
		Earlier pq.Int64Array
		Behind  int
	}
	err = q.Get(&row, readPast, q.registry, interval(q.quota.Longest()+time.Minute), interval(q.expiry()), seconds)
	if err != nil {
		return 0, err
	}
	reservations := make([]time.Time, len(row.Past))
	for i, micros := range row.Past {
		reservations[i] = time.UnixMicro(micros).UTC()
	}
	earlier := map[time.Time]int{}
	for i, calls := range row.Earlier {
		earlier[midnights[i]] = int(calls)
	}
	q.row.Now, q.past = row.Now, quota.NewPast(reservations, earlier)
	return row.Behind, nil
}

// interval is a duration as PostgreSQL reads it.
func interval(d time.Duration) string { return fmt.Sprintf("%d microseconds", d.Microseconds()) }

func int64s(ids []int64) pq.Int64Array { return ids }

// farAhead is how many tickets are counted at most.
const farAhead = 10_000

// Puts a ticket into the queue, if it is not there yet, and counts the calls that go
// before it. A ticket whose reservation did not serve goes back into the queue, unless it
// has another reservation by now. A reservation for fewer calls does not serve.
const keepTicket = `
insert into tickets (registry, filing, number, purpose, calls, due, by, asked)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (filing, number, purpose) do update
set registry = excluded.registry, calls = excluded.calls, due = excluded.due, by = excluded.by, suspended_until = null,
    reserved_at = case when tickets.reserved_at is distinct from $9 and tickets.calls >= excluded.calls then tickets.reserved_at end,
    tell_at = case when tickets.reserved_at is distinct from $9 and tickets.calls >= excluded.calls then tickets.tell_at end,
    missed = tickets.missed + coalesce(tickets.reserved_at = $9, false)::int
returning case when $10 then (
    select coalesce(sum(calls), 0)
    from (
        select calls from tickets w
        where w.registry = $1 and w.reserved_at is null and w.id <> tickets.id
            and case when coalesce($6 < clock_timestamp(), false)
                then coalesce(w.due >= clock_timestamp(), true) or (w.by, w.id) < (tickets.by, tickets.id)
                else coalesce(w.due >= clock_timestamp(), true) and (w.by, w.id) < (tickets.by, tickets.id) end
        limit $11
    ) ahead
) else 0 end`

// enqueue puts the submission into the queue if it is not there yet.
func (r *request) enqueue() (sluss.Permit, error) {
	i, asked := r.intent, r.row.Now
	if !r.before.Asked.IsZero() {
		asked = r.before.Asked
	}
	ahead := 0
	err := r.Get(&ahead, keepTicket, i.Registry, i.Filing, i.Number, i.Purpose, i.Calls, moment(i.Due), r.by(asked), asked,
		moment(r.before.ReservedAt), r.before.Behind, farAhead)
	if err != nil {
		return sluss.Permit{}, err
	}
	expected, err := r.expect(ahead)
	return sluss.Permit{Kind: sluss.PermitQueued, Wait: expected}, err
}

// expect estimates when the call can be made, behind so many others.
func (r *request) expect(ahead int) (sluss.QueuePlace, error) {
	if ahead == farAhead { // not all were counted
		ahead = max(ahead, r.row.Waiting)
	}
	w := sluss.QueuePlace{Ahead: ahead, Why: r.why()}
	if r.row.Paused != "" {
		return w, nil
	}
	if r.past == nil && r.row.FreeAt.Before(r.row.Now) { // no round was made lately
		if _, err := r.readPast(); err != nil {
			return w, err
		}
	}
	free := r.earliest(r.row.FreeAt)
	if r.past != nil {
		free = r.quota.Take(r.earliest(r.row.Now), r.past, r.intent.Calls, r.intent.Urgent)
	}
	w.At = r.quota.Beyond(free, ahead)
	w.In = w.At.Sub(r.row.Now)
	return w, nil
}
