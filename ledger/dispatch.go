package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"sluss"
	"sluss/quota"
)

const (
	// Unused reservations are released. If the filing knew of it, its ticket gets none
	// for a while, longer each time, because the filing may not be able to call. In the
	// end the ticket is deleted: a filing that waits for it asks again once it can.
	releaseMissed = `
with unwanted as (
    delete from tickets where registry = $1 and reserved_at < clock_timestamp() - $2::interval and tell_at is null and missed >= $3
)
update tickets set reserved_at = null, tell_at = null, missed = missed + (tell_at is null)::int,
    suspended_until = case when tell_at is null then clock_timestamp() + least(interval '10 seconds' * 2 ^ missed, interval '5 minutes') end
where registry = $1 and reserved_at < clock_timestamp() - $2::interval and not (tell_at is null and missed >= $3)`

	anyTickets = `
select exists (select from tickets where registry = $1 and reserved_at is null) or exists (select from tickets where registry = $1 and reserved_at is not null)`

	callsWaiting = `
select (select coalesce(sum(calls), 0) from tickets where registry = $1 and reserved_at is null) as waiting,
    exists (select from tickets where registry = $1 and reserved_at is not null) as reserved`

	// A page of the tickets that can be in time, in order, and the late tickets.
	nextInTime = `
select id, filing, by, asked, due, calls from tickets
where registry = $1 and reserved_at is null and coalesce(due >= $2, true) and coalesce(suspended_until <= $3, true) and (by, id) > ($4, $5)
order by by, id limit $6`
	nextLate = `
select id, filing, by, asked, due, calls from tickets
where registry = $1 and reserved_at is null and due < $2 and coalesce(suspended_until <= $2, true)
order by by, id limit $3`

	// A round is recorded only if nothing was granted or changed since the quota was
	// read. Tickets that were served, or make more calls, meanwhile get nothing.
	recordRound = `
with won as (
    update quotas set version = version + 1, given = $3, waiting = $4, round_at = $5, free_at = $6, warned_at = $7
    where registry = $1 and version = $2
    returning registry
), reserved as (
    update tickets set reserved_at = given.reserved_at, tell_at = clock_timestamp()
    from unnest($8::bigint[], $9::timestamptz[], $10::integer[]) as given (id, reserved_at, calls), won
    where tickets.id = given.id and tickets.reserved_at is null and tickets.calls <= given.calls
)
select registry from won`

	// Who tells filings has some seconds before another tries it too.
	untold = `
update tickets set tell_at = clock_timestamp() + $2::interval
where registry = $1 and reserved_at is not null and tell_at <= clock_timestamp()
returning id as ticket, filing, number, purpose, reserved_at, clock_timestamp() as now`
)

const (
	// roundsEvery is how long after a round the next one is made at the latest, even if no
	// call can be made: filings that have asked meanwhile may have to be warned.
	roundsEvery = 10 * time.Minute
	// mostMissed is how many reservations that a filing knew of may expire unused before its
	// ticket is deleted: after some ten minutes.
	mostMissed = 6
	// tellingTakes is how long a process may take to tell filings their reservations.
	tellingTakes = 12 * time.Second
	// warnEvery is how often forecasts are made while calls wait.
	warnEvery = 30 * time.Second
)

// Dispatch makes the reservations of the next seconds, as many as the rate limits
// allow, for the tickets that are due first, if it is time to. It returns those that
// filings must be told of now; Told must follow. Any number of processes may call it at
// any time: one of them makes the round, and it holds no lock from one statement to the
// next. Without tickets, or before the next round, it is one read.
func (l *Ledger) Dispatch(ctx context.Context, registry string) (d sluss.Dispatched, err error) {
	err = l.untilFirst(ctx, registry, func(ctx context.Context) error {
		q := &queue{session: l.db, ctx: ctx, registry: registry}
		began := time.Now()
		if d, err = q.dispatch(); err == nil && q.idle {
			l.idle.Store(registry, began)
		} else {
			l.idle.Delete(registry)
		}
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

func (q *queue) dispatch() (d sluss.Dispatched, err error) {
	var row struct {
		quotaRow
		Tickets bool
	}
	err = q.Get(&row, `select quota.*, (`+anyTickets+`) as tickets from (`+readQuota+`) quota`, q.registry)
	switch {
	case errors.Is(err, sql.ErrNoRows) || err == nil && !row.Tickets:
		q.row = row.quotaRow
		q.idle = err == nil && q.why() == ""
		return d, nil
	case err != nil:
		return d, err
	case row.RoundAt.After(row.Now):
		return sluss.Dispatched{Next: row.RoundAt.Sub(row.Now), Waiting: row.Waiting}, nil
	}
	q.row = row.quotaRow
	if err := q.readLimits(); err != nil {
		return d, err
	}
	return q.round()
}

func (q *queue) round() (d sluss.Dispatched, err error) {
	if _, err := q.ExecContext(q.ctx, releaseMissed, q.registry, interval(q.expiry()), mostMissed); err != nil {
		return d, err
	}
	var open struct {
		Waiting  int
		Reserved bool
	}
	if err := q.Get(&open, callsWaiting, q.registry); err != nil {
		return d, err
	}
	d.Waiting = open.Waiting
	made := plan{Next: q.quota.Horizon() / 2}
	if d.Waiting > 0 {
		if made, err = q.plan(); err != nil {
			return d, err
		}
		d.Waiting -= made.Calls
	}
	if open.Reserved || len(made.IDs) > 0 { // its filing may not be told yet, or may not use it
		made.Next = min(made.Next, q.expiry())
	}
	d.Next, d.Warn = made.Next, d.Waiting > 0 && q.row.Now.Sub(q.row.WarnedAt) >= warnEvery
	switch {
	case d.Waiting == 0:
		q.row.WarnedAt = time.Time{}
	case d.Warn:
		q.row.WarnedAt = q.row.Now
	}
	var won string
	err = q.Get(&won, recordRound, q.registry, q.row.Version, q.row.Given, d.Waiting, q.row.Now.Add(d.Next), moment(made.Free), moment(q.row.WarnedAt),
		int64s(made.IDs), made.Reservations, int64s(made.CallsOf))
	if err != nil {
		return d, changed(err)
	}
	d.Reservations, err = q.untold()
	return d, err
}

// plan is what a round gives to whom.
type plan struct {
	IDs          []int64 // of tickets
	Reservations pq.StringArray
	CallsOf      []int64       // of each ticket
	Calls        int           // of all
	Next         time.Duration // until the next round
	Free         time.Time     // when the first call after these can be made
}

// plan makes the reservations within the horizon, fewer if workers cannot keep up with
// them.
func (q *queue) plan() (p plan, err error) {
	behind, err := q.readPast()
	if err != nil || q.row.Paused != "" {
		return plan{Next: roundsEvery}, err
	}
	now, horizon := q.row.Now, q.quota.Horizon()
	// Filings need time to be told and to ask for their permit.
	from := q.earliest(now.Add(min(500*time.Millisecond, horizon/4)))
	until := now.Add(horizon)
	most := q.quota.Most(behind)
	waiting := &quota.Queue{Given: q.row.Given}
	var failed error
	if !from.After(until) {
		var late []ticket
		if err := q.SelectContext(q.ctx, &late, nextLate, q.registry, now, most); err != nil {
			return plan{}, err
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
	grants, free := q.quota.Plan(from, until, q.past, waiting)
	if failed != nil {
		return plan{}, failed
	}
	q.row.Given = waiting.Given
	for _, g := range grants[:min(len(grants), most)] {
		p.IDs, p.Reservations = append(p.IDs, g.Ticket.ID), append(p.Reservations, g.At.Format(time.RFC3339Nano))
		p.CallsOf = append(p.CallsOf, int64(g.Ticket.Calls))
		p.Calls += max(1, g.Ticket.Calls)
	}
	// After half a horizon there is room for another half.
	p.Next, p.Free = horizon/2, free
	if ahead := free.Sub(now) - horizon; !free.IsZero() && ahead > p.Next {
		p.Next = min(ahead, roundsEvery)
	}
	return p, nil
}

func (q *queue) untold() ([]sluss.Reservation, error) {
	var rows []struct {
		Ticket     int64
		Filing     string
		Number     int
		Purpose    sluss.Purpose
		ReservedAt time.Time
		Now        time.Time
	}
	if err := q.SelectContext(q.ctx, &rows, untold, q.registry, interval(tellingTakes)); err != nil {
		return nil, err
	}
	reservations := make([]sluss.Reservation, len(rows))
	for i, r := range rows {
		reservations[i] = sluss.Reservation{Ticket: r.Ticket, Filing: r.Filing, Number: r.Number, Purpose: r.Purpose, In: max(0, r.ReservedAt.Sub(r.Now)), At: r.ReservedAt.UTC()}
	}
	slices.SortFunc(reservations, func(a, b sluss.Reservation) int { return a.At.Compare(b.At) })
	return reservations, nil
}

const (
	markTold = `
update tickets set tell_at = null
from unnest($1::bigint[], $2::timestamptz[]) as told (id, reserved_at)
where tickets.id = told.id and tickets.reserved_at = told.reserved_at`
	dropTickets = `
delete from tickets using unnest($1::bigint[], $2::timestamptz[]) as ended (id, reserved_at)
where tickets.id = ended.id and tickets.reserved_at = ended.reserved_at`
)

// MarkNotified records which filings were told their reservation. Tickets whose filing has ended
// are deleted, so that their reservations are free again, unless the filing was revived
// and has asked again meanwhile.
func (l *Ledger) MarkNotified(ctx context.Context, told, ended []sluss.Reservation) error {
	for _, part := range []struct {
		what, statement string
		reservations    []sluss.Reservation
	}{
		{"record which filings know their reservation", markTold, told},
		{"remove the tickets of filings that have ended", dropTickets, ended},
	} {
		if len(part.reservations) == 0 {
			continue
		}
		ids, moments := make([]int64, len(part.reservations)), make(pq.StringArray, len(part.reservations))
		for i, r := range part.reservations {
			ids[i], moments[i] = r.Ticket, r.At.Format(time.RFC3339Nano)
		}
		if err := l.write(ctx, part.what, part.statement, int64s(ids), moments); err != nil {
			return err
		}
	}
	return nil
}
