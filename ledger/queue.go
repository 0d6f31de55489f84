package ledger

import (
	"time"

	"sluss"
	"sluss/quota"
)

// A promise that was missed is none: its ticket waits again, as if it had not
// been given one.
const keepTicket = `
insert into tickets (registry, filing, number, purpose, calls, due, by, asked)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (filing, number, purpose) do update
set registry = excluded.registry, calls = excluded.calls, due = excluded.due, by = excluded.by,
    slot = null, told = false, rests = null, missed = tickets.missed + (tickets.slot is not null)::int
returning id`

// Calls that come before, counted up to farAhead.
const countAhead = `
select coalesce(sum(calls), 0)
from (
    select calls from tickets
    where registry = $1 and slot is null and (coalesce(due < $2, false), by, id) < ($3, $4, $5)
    limit $6
) ahead`

const farAhead = 10_000

// slack is how late whoever hands out turns may be.
const slack = 5 * time.Second

// wait puts the submission into the queue, where it is not there yet.
func (t *turn) wait() (sluss.Turn, error) {
	i, asked := t.intent, t.before.Now
	if !t.before.Asked.IsZero() {
		asked = t.before.Asked.Time
	}
	by := t.by(asked)
	var id int64
	if err := t.Get(&id, keepTicket, i.Registry, i.Filing, i.Number, i.Purpose, i.Calls, moment(i.Due), by, asked); err != nil {
		return sluss.Turn{}, err
	}
	ahead := 0
	if t.before.Behind {
		if err := t.Get(&ahead, countAhead, t.registry, t.before.Now, t.before.Late, by, id, farAhead); err != nil {
			return sluss.Turn{}, err
		}
	}
	more := 0
	if ahead >= farAhead {
		more = max(0, t.row.Waiting-ahead)
	}
	governed := !t.row.Governed.IsZero() && t.before.Now.Before(t.row.Governed.Add(slack))
	return sluss.Turn{Kind: sluss.TurnWait, Wait: t.expect(ahead, more), Ungoverned: !governed}, nil
}

// expect is about when the turn will come, behind so many calls, and about so
// many more that were not looked at.
func (t *turn) expect(ahead, more int) sluss.Wait {
	w := sluss.Wait{Ahead: ahead + more, Why: t.why(t.before.Now)}
	if t.row.Paused != "" {
		return w
	}
	from := t.earliest(t.before.Now)
	for range min(ahead, farAhead) {
		from = t.terms.Take(from, t.past, 1, false)
	}
	from = t.terms.Take(from, t.past, t.intent.Calls, t.intent.Urgent)
	w.At = t.terms.Beyond(from, more)
	w.In = w.At.Sub(t.before.Now)
	return w
}

const (
	promisedSoon = `
select id, slot, calls from tickets
where registry = $1 and slot >= $2 and slot <= $3 and by > $4
order by slot, by desc`
	takeBack = `update tickets set slot = null, told = false where id = any ($1::bigint[])`
)

// takeOver takes slots from those that were promised them and can wait longer
// than somebody who waits for the answer. It gives the moment of the last one;
// zero where there are too few until then.
func (t *turn) takeOver(until time.Time) (time.Time, error) {
	var promised []struct {
		ID    int64
		Slot  time.Time
		Calls int
	}
	urgent := quota.Ticket{Urgent: true}.By()
	if err := t.SelectContext(t.ctx, &promised, promisedSoon, t.registry, t.before.Now, until, urgent); err != nil {
		return time.Time{}, err
	}
	var from []int64
	calls := 0
	for _, p := range promised {
		from, calls = append(from, p.ID), calls+p.Calls
		if calls >= t.intent.Calls {
			_, err := t.ExecContext(t.ctx, takeBack, int64s(from))
			return p.Slot, err
		}
	}
	return time.Time{}, nil
}
