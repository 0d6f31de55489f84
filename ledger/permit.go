package ledger

import (
	"context"
	"fmt"
	"time"

	"sluss"
	"sluss/quota"
)

// What is known of a submission, once the lock is held. The clock is read here
// and not with the lock, which may have been waited for.
const lookBefore = `
select
    now,` + readPast + `,
    case when $7 = 'submit' then (
        select a.outcome
        from answers a join attempts t on t.id = a.attempt
        where a.filing = $5 and (
            a.number = $6 and (a.kind = 'Accepted' or a.purpose = 'submit' and a.kind in ('Rejected', 'Unknown'))
            or t.hash = $8 and a.kind = 'Accepted')
        order by a.kind = 'Accepted' desc, a.line desc
        limit 1
    ) end as outcome,
    $7 = 'submit' and exists (
        select from attempts t
        where t.filing = $5 and t.number = $6 and t.purpose = 'submit'
            and not exists (select from answers a where a.attempt = t.id)
    ) as interrupted,
    mine.id as ticket, case when mine.calls >= $12 then mine.reserved_at end as granted, mine.asked as asked,
    coalesce($9 < now, false) as late,
    exists (
        select from tickets w
        where w.registry = $1 and w.reserved_at is null and w.id is distinct from mine.id
            and (coalesce(w.due < now, false), w.by, w.id) < (coalesce($9 < now, false), coalesce($10::timestamptz, coalesce(mine.asked, now) + $11::interval), coalesce(mine.id, 9223372036854775807))
    ) as behind
from (select clock_timestamp() as now) clock
left join tickets mine on mine.filing = $5 and mine.number = $6 and mine.purpose = $7`

const intend = `
with served as (
    delete from tickets where filing = $1 and number = $2 and purpose = $3
)
insert into attempts (id, filing, number, purpose, registry, hash, calls, actor, reserved_at, at)
values (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp())
returning id`

// Begin asks for the turn to make the calls of one submission, or to ask for
// what became of it. Go means that the intent is durable: call at At, which is
// by this process's clock and near, and Finish must follow. Wait puts the
// submission into the queue, once: its place is there, and whoever hands out
// turns will tell it. An intent without calls needs no turn.
//
// Where the database took so long that the reservation was over, the attempt is
// answered at once, and another reservation taken.
func (l *Ledger) Begin(ctx context.Context, i sluss.Intent) (sluss.Permit, error) {
	var turn sluss.Permit
	var err error
	for range tries {
		var slip time.Duration
		turn, slip, err = l.begin(ctx, i)
		if err != nil || turn.Kind != sluss.PermitGranted || time.Since(turn.At) <= slip {
			break
		}
		err = l.Finish(ctx, sluss.Answer{Attempt: turn.Attempt, Error: "nothing was sent: the reservation was over before the intent was recorded"})
		turn = sluss.Permit{Kind: sluss.PermitQueued, Wait: sluss.Wait{Granted: true, In: time.Second, At: time.Now().Add(time.Second)}}
		if err != nil {
			break
		}
	}
	if err != nil {
		return sluss.Permit{}, fmt.Errorf("begin to %s %s: %w", i.Purpose, i.Filing, err)
	}
	return turn, nil
}

// tries is how often a reservation is taken that is over before it is recorded.
const tries = 3

func (l *Ledger) begin(ctx context.Context, i sluss.Intent) (result sluss.Permit, slip time.Duration, err error) {
	err = l.turns(ctx, i.Registry, func(q *queue) error {
		t := turn{queue: q, intent: i}
		slip = q.terms.Slip()
		result, err = t.decide()
		return err
	})
	return result, slip, err
}

// turn is one Begin.
type turn struct {
	*queue
	intent sluss.Intent
	past   *quota.Past
	looked time.Time // when before.Now had just been, by our own clock
	before struct {
		pastRow
		Outcome     *sluss.Outcome
		Interrupted bool
		Ticket      *int64
		Granted     time.Time
		Asked       time.Time
		Late        bool
		Behind      bool
	}
}

func (t *turn) decide() (sluss.Permit, error) {
	if err := t.look(); err != nil {
		return sluss.Permit{}, err
	}
	if t.intent.Purpose == sluss.ToSubmit {
		if t.before.Outcome != nil {
			return sluss.Permit{Kind: sluss.PermitSettled, Outcome: *t.before.Outcome}, nil
		}
		if t.before.Interrupted {
			return sluss.Permit{Kind: sluss.PermitInterrupted}, nil
		}
	}
	return t.take()
}

func (t *turn) look() error {
	i := t.intent
	args, midnights := pastArgs(t.terms)
	args = append([]any{i.Registry}, args...)
	args = append(args, i.Filing, i.Number, i.Purpose, i.Hash, moment(i.Due), moment(t.by(time.Time{})), interval(quota.Patience), i.Calls)
	if err := t.Get(&t.before, lookBefore, args...); err != nil {
		return err
	}
	t.looked = time.Now()
	t.past = t.before.past(midnights)
	return nil
}

// by is the order of the intent's ticket; zero where that depends on when it
// asked, and that is not known.
func (t *turn) by(asked time.Time) time.Time {
	if !t.intent.Urgent && t.intent.Due.IsZero() && asked.IsZero() {
		return time.Time{}
	}
	return quota.Ticket{Asked: asked, Due: t.intent.Due, Urgent: t.intent.Urgent}.By()
}

// take finds the moment, and records the intent where it has come.
func (t *turn) take() (sluss.Permit, error) {
	i, now := t.intent, t.before.Now
	if i.Calls < 1 {
		return t.call(now)
	}
	if t.row.Paused == "" {
		ticket := quota.Ticket{Asked: now, Due: i.Due, Calls: i.Calls, Urgent: i.Urgent}
		standing := quota.Standing{Now: now, Hold: t.row.NotBefore, Past: t.past, Granted: t.before.Granted, Behind: t.before.Behind}
		reservedAt, turn := t.terms.Ask(standing, ticket)
		switch {
		case turn:
			return t.call(reservedAt)
		case !reservedAt.IsZero():
			return sluss.Permit{Kind: sluss.PermitQueued, Wait: sluss.Wait{Granted: true, In: reservedAt.Sub(now), At: reservedAt}}, nil
		case i.Urgent && !t.row.NotBefore.After(now):
			reservedAt, err := t.takeOver(now.Add(ticket.Near()))
			if err != nil {
				return sluss.Permit{}, err
			}
			if !reservedAt.IsZero() {
				return t.call(reservedAt)
			}
		}
	}
	if i.Urgent {
		return sluss.Permit{Kind: sluss.PermitQueued, Wait: t.expect(0, t.row.Waiting)}, nil
	}
	return t.wait()
}

// call records the intent and says when to call by our own clock, which may not
// agree with the database's.
func (t *turn) call(reservedAt time.Time) (sluss.Permit, error) {
	i := t.intent
	result := sluss.Permit{Kind: sluss.PermitGranted, At: t.looked.Add(reservedAt.Sub(t.before.Now))}
	err := t.Get(&result.Attempt, intend, i.Filing, i.Number, i.Purpose, i.Registry, i.Hash, i.Calls, clean(i.Actor), reservedAt)
	return result, err
}
