package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"sluss"
	"sluss/quota"
)

// patience is how far ahead a slot may be for its turn to come now: the caller
// sleeps that long with the intent recorded. Who must wait longer is told to come
// back so much ahead of the slot, because the slot is lost to who comes late.
const (
	patience = 250 * time.Millisecond
	ahead    = 200 * time.Millisecond
)

// slotsKept is how long slots are remembered at least, and pruneEvery how many
// slots are taken between two prunings.
const (
	slotsKept  = 48 * time.Hour
	pruneEvery = 1000
)

// The lock that makes turns of one registry come one after another; without
// limits it is enough that those of one filing do.
const (
	lockQuota  = `select next_seq from quotas where registry = $1 for update`
	addQuota   = `insert into quotas (registry) values ($1) on conflict (registry) do nothing`
	lockFiling = `select 1 from filings where id = $1 for no key update`
)

// What is known of a submission, once the lock is held. The clock is read here
// and not with the lock, which may have been waited for.
const lookBefore = `
select
    clock_timestamp() as now,
    (select not_before from quotas where registry = $1) as not_before,
    (
        select a.outcome
        from answers a join attempts t on t.id = a.attempt
        where a.filing = $2 and (
            a.number = $3 and (a.kind = 'Accepted' or a.purpose = 'submit' and a.kind in ('Rejected', 'Unknown'))
            or t.hash = $5 and a.kind = 'Accepted')
        order by a.kind = 'Accepted' desc, a.line desc
        limit 1
    ) as outcome,
    exists (
        select from attempts t
        where t.filing = $2 and t.number = $3 and t.purpose = 'submit'
            and not exists (select from answers a where a.attempt = t.id)
    ) as interrupted,
    (
        select at from slots
        where filing = $2 and number = $3 and purpose = $4 and registry = $1 and not used
        group by at having count(*) >= $6
        order by at desc
        limit 1
    ) as kept,
    (select jsonb_object_agg(seq, at) from slots where registry = $1 and seq = any ($7::bigint[])) as past`

const intend = `
insert into attempts (id, filing, number, purpose, registry, hash, calls, actor, slot, at)
values (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp())
returning id`

const intendWithSlot = `
with spent as (
    update slots set used = true
    where registry = $4 and filing = $1 and number = $2 and purpose = $3 and at = $8 and not used
)
insert into attempts (id, filing, number, purpose, registry, hash, calls, actor, slot, at)
values (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp())
returning id`

const intendWithNewSlot = `
with taken as (
    insert into slots (registry, seq, at, filing, number, purpose, used)
    select $4, seq, $8, $1, $2, $3, true from generate_series($9::bigint, $9 + $6 - 1) seq
), moved as (
    update quotas set next_seq = $9 + $6 where registry = $4
)
insert into attempts (id, filing, number, purpose, registry, hash, calls, actor, slot, at)
values (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp())
returning id`

const keepSlot = `
with taken as (
    insert into slots (registry, seq, at, filing, number, purpose, used)
    select $1, seq, $2, $3, $4, $5, false from generate_series($6::bigint, $6 + $7 - 1) seq
)
update quotas set next_seq = $6 + $7 where registry = $1`

const pruneSlots = `delete from slots where registry = $1 and at < $2`

// Begin asks for the turn to make the calls of one submission, or to ask for
// what became of it. Go means that the intent is durable: call at At, which is
// by this process's clock and less than a second ahead, and Finish must follow.
// Wait keeps a slot for this submission: come back at At, which is by the
// database's clock and shortly before the slot.
//
// Where the database took so long that the slot was over, the attempt is
// answered at once and the turn is to wait: for another slot.
func (l *Ledger) Begin(ctx context.Context, i sluss.Intent) (sluss.Turn, error) {
	turn, err := l.begin(ctx, i)
	if limits := l.limitsOf(i.Registry); err == nil && turn.Kind == sluss.TurnGo && len(limits) > 0 && time.Since(turn.At) > quota.Grace(limits) {
		err = l.Finish(ctx, sluss.Answer{Attempt: turn.Attempt, Error: "nothing was sent: the slot was over before the intent was recorded"})
		turn = sluss.Turn{Kind: sluss.TurnWait, At: turn.At}
	}
	if err != nil {
		return sluss.Turn{}, fmt.Errorf("begin to %s %s: %w", i.Purpose, i.Filing, missing(err, i.Filing))
	}
	return turn, nil
}

func (l *Ledger) begin(ctx context.Context, i sluss.Intent) (sluss.Turn, error) {
	i.Calls = max(i.Calls, 1)
	limits := l.limitsOf(i.Registry)
	tx, err := l.db.BeginTxx(ctx, nil)
	if err != nil {
		return sluss.Turn{}, err
	}
	defer tx.Rollback() //nolint:errcheck // nothing was changed, or the commit has reported it
	t := turn{Tx: tx, ctx: ctx, intent: i, limits: limits}
	if err := t.lock(); err != nil {
		return sluss.Turn{}, err
	}
	if err := t.Get(&t.before, lookBefore, i.Registry, i.Filing, i.Number, i.Purpose, i.Hash, i.Calls, pq.Int64Array(t.past())); err != nil {
		return sluss.Turn{}, err
	}
	t.looked = time.Now()
	if i.Purpose == sluss.ToSubmit {
		if t.before.Outcome.value != nil {
			return sluss.Turn{Kind: sluss.TurnSettled, Outcome: *t.before.Outcome.value}, nil
		}
		if t.before.Interrupted {
			return sluss.Turn{Kind: sluss.TurnInterrupted}, nil
		}
	}
	return t.take()
}

// turn is one Begin.
type turn struct {
	*sqlx.Tx
	ctx    context.Context // the struct lives as long as the call
	intent sluss.Intent
	limits []quota.Limit
	next   int64     // sequence number of the next slot
	looked time.Time // when before.Now had just been, by our own clock
	before struct {
		Now         time.Time
		NotBefore   optional `db:"not_before"`
		Outcome     document[*sluss.Outcome]
		Interrupted bool
		Kept        optional
		Past        document[map[int64]time.Time] // slots by sequence number
	}
}

// Get reads one row.
func (t *turn) Get(row any, query string, args ...any) error {
	return t.GetContext(t.ctx, row, query, args...)
}

func (t *turn) lock() error {
	if len(t.limits) == 0 {
		var one int
		err := t.Get(&one, lockFiling, t.intent.Filing)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // a look-up outside any batch, which nobody else makes
		}
		return err
	}
	err := t.Get(&t.next, lockQuota, t.intent.Registry)
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if _, err := t.ExecContext(t.ctx, addQuota, t.intent.Registry); err != nil {
		return err
	}
	return t.Get(&t.next, lockQuota, t.intent.Registry)
}

// take finds the moment, and records the intent where it has come.
func (t *turn) take() (sluss.Turn, error) {
	now, held := t.before.Now, t.before.NotBefore.Time
	earliest := now
	if held.After(now) {
		earliest = held
	}
	soon := now.Add(patience)
	if len(t.limits) == 0 {
		if earliest.After(soon) {
			return sluss.Turn{Kind: sluss.TurnWait, At: earliest}, nil
		}
		return t.call(intend, earliest)
	}
	kept := t.before.Kept.Time
	if last := kept.Add(quota.Grace(t.limits)); !kept.IsZero() && !kept.Before(held) && !last.Before(now) {
		if kept.After(soon) {
			return sluss.Turn{Kind: sluss.TurnWait, At: kept.Add(-ahead)}, nil
		}
		return t.call(intendWithSlot, kept)
	}
	at := t.slot(earliest)
	if !at.After(soon) {
		return t.call(intendWithNewSlot, at, t.next)
	}
	i := t.intent
	if _, err := t.ExecContext(t.ctx, keepSlot, i.Registry, at, i.Filing, i.Number, i.Purpose, t.next, i.Calls); err != nil {
		return sluss.Turn{}, err
	}
	return sluss.Turn{Kind: sluss.TurnWait, At: at.Add(-ahead)}, t.commit()
}

// call records the intent and says when to call by our own clock, which may not
// agree with the database's.
func (t *turn) call(query string, slot time.Time, more ...any) (sluss.Turn, error) {
	i := t.intent
	result := sluss.Turn{Kind: sluss.TurnGo, At: t.looked.Add(slot.Sub(t.before.Now))}
	args := append([]any{i.Filing, i.Number, i.Purpose, i.Registry, i.Hash, i.Calls, clean(i.Actor), slot}, more...)
	if err := t.Get(&result.Attempt, query, args...); err != nil {
		return sluss.Turn{}, err
	}
	return result, t.commit()
}
