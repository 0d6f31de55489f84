package ledger

import (
	"context"
	"fmt"
	"time"

	"sluss"
	"sluss/quota"
)

// What is known about a submission once the lock is held. The clock is read here and
// not with the lock, because waiting for the lock takes time.
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
    own.id as ticket, case when own.calls >= $12 then own.reserved_at end as granted, own.asked as asked,
    coalesce($9 < now, false) as late,
    exists (
        select from tickets w
        where w.registry = $1 and w.reserved_at is null and w.id is distinct from own.id
            and (coalesce(w.due < now, false), w.by, w.id) < (coalesce($9 < now, false), coalesce($10::timestamptz, coalesce(own.asked, now) + $11::interval), coalesce(own.id, 9223372036854775807))
    ) as behind
from (select clock_timestamp() as now) clock
left join tickets own on own.filing = $5 and own.number = $6 and own.purpose = $7`

const intend = `
with served as (
    delete from tickets where filing = $1 and number = $2 and purpose = $3
)
insert into attempts (id, filing, number, purpose, registry, hash, calls, actor, reserved_at, at)
values (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp())
returning id`

// Begin asks for a permit to make the calls of one submission, or to ask the registry
// about it. If the permit is granted, the intent is durable: call at At, which is in the
// near future by this process's clock, and then Finish. If it is queued, the submission
// is in the queue, once, and the dispatcher will tell it its reservation. An intent
// without calls needs no reservation.
//
// If the database was so slow that the granted moment has passed, Begin finishes that
// attempt and tries again.
func (l *Ledger) Begin(ctx context.Context, i sluss.Intent) (sluss.Permit, error) {
	var permit sluss.Permit
	var err error
	for range tries {
		var slip time.Duration
		permit, slip, err = l.begin(ctx, i)
		if err != nil || permit.Kind != sluss.PermitGranted || time.Since(permit.At) <= slip {
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

func (l *Ledger) begin(ctx context.Context, i sluss.Intent) (result sluss.Permit, slip time.Duration, err error) {
	err = l.withQuota(ctx, i.Registry, func(q *queue) error {
		r := request{queue: q, intent: i}
		slip = q.quota.Slip()
		result, err = r.decide()
		return err
	})
	return result, slip, err
}

// request is one call of Begin.
type request struct {
	*queue
	intent sluss.Intent
	past   *quota.Past
	readAt time.Time // our own clock just after before.Now was read
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
	args, midnights := pastArgs(r.quota)
	args = append([]any{i.Registry}, args...)
	args = append(args, i.Filing, i.Number, i.Purpose, i.Hash, moment(i.Due), moment(r.by(time.Time{})), interval(quota.Patience), i.Calls)
	if err := r.Get(&r.before, lookBefore, args...); err != nil {
		return err
	}
	r.readAt = time.Now()
	r.past = r.before.past(midnights)
	return nil
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
	i, now := r.intent, r.before.Now
	if i.Calls < 1 {
		return r.call(now)
	}
	if r.row.Paused == "" {
		ticket := quota.Ticket{Asked: now, Due: i.Due, Calls: i.Calls, Urgent: i.Urgent}
		situation := quota.Situation{Now: now, Hold: r.row.NotBefore, Past: r.past, Granted: r.before.Granted, Behind: r.before.Behind}
		reservedAt, granted := r.quota.Ask(situation, ticket)
		switch {
		case granted:
			return r.call(reservedAt)
		case !reservedAt.IsZero():
			return sluss.Permit{Kind: sluss.PermitQueued, Wait: sluss.QueuePlace{Granted: true, In: reservedAt.Sub(now), At: reservedAt}}, nil
		case i.Urgent && !r.row.NotBefore.After(now):
			reservedAt, err := r.displace(now.Add(ticket.Near()))
			if err != nil {
				return sluss.Permit{}, err
			}
			if !reservedAt.IsZero() {
				return r.call(reservedAt)
			}
		}
	}
	if i.Urgent {
		return sluss.Permit{Kind: sluss.PermitQueued, Wait: r.expect(0, r.row.Waiting)}, nil
	}
	return r.wait()
}

// call records the intent and returns when to call by our own clock, which may differ
// from the database's.
func (r *request) call(reservedAt time.Time) (sluss.Permit, error) {
	i := r.intent
	result := sluss.Permit{Kind: sluss.PermitGranted, At: r.readAt.Add(reservedAt.Sub(r.before.Now))}
	err := r.Get(&result.Attempt, intend, i.Filing, i.Number, i.Purpose, i.Registry, i.Hash, i.Calls, clean(i.Actor), reservedAt)
	return result, err
}
