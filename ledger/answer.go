package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"sluss"
)

const answerAttempt = `
with answered as (
    insert into answers (attempt, filing, number, purpose, kind, outcome, absent, error,
        operation, request, status, response, tracking_id, trace_id, started, ended, at)
    select id, filing, number, purpose, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, clock_timestamp()
    from attempts where id = $1
    on conflict (attempt) do nothing
    returning attempt
), held as (
    insert into quotas (registry, not_before, held)
    select registry, $14::timestamptz, $15::text from attempts where id in (select attempt from answered) and $14 is not null
    on conflict (registry) do update
    set held = case when quotas.not_before >= excluded.not_before then quotas.held else excluded.held end,
        not_before = greatest(quotas.not_before, excluded.not_before), version = quotas.version + 1
), foreign_ones as (
    insert into foreign_calls (registry, at, calls)
    select registry, clock_timestamp(), $16 - ours
    from attempts t, lateral (
        select
            (select coalesce(sum(calls), 0) from attempts c where c.registry = t.registry and c.reserved_at > clock_timestamp() - $17::interval)
            + (select coalesce(sum(calls), 0) from foreign_calls c where c.registry = t.registry and c.at > clock_timestamp() - $17::interval)
            as ours
    ) counted
    where id in (select attempt from answered) and $16::int > ours
)
select count(*) from answered`

const recordedAnswer = `
select kind, outcome is not distinct from $2 and absent = $3 and error = $4 as same
from answers where attempt = $1`

// Finish records the answer to an attempt. If the registry asked us to wait, Begin
// grants no call before that time. If it has counted more calls than we know of,
// others made them, and they count against our rate limits too.
func (l *Ledger) Finish(ctx context.Context, a sluss.Answer) error {
	if err := l.finish(ctx, a); err != nil {
		return fmt.Errorf("finish attempt %s: %w", a.Attempt, err)
	}
	return nil
}

// frozen is how long we do not call a registry that refuses all our calls, unless an
// operator resumes its quota earlier.
const frozen = 10 * time.Minute

func (l *Ledger) finish(ctx context.Context, a sluss.Answer) error {
	var kind sluss.OutcomeKind
	var hold *time.Time
	var why string
	if a.Outcome != nil {
		kind = a.Outcome.Kind
		if a.Outcome.Throttled {
			hold, why = moment(a.Outcome.NotBefore), clean(a.Outcome.Detail)
		}
	}
	if a.Banned {
		until := time.Now().Add(frozen)
		hold, why = &until, clean("the registry refuses all our calls: "+a.Error)
	}
	var counted *int
	since := time.Duration(0)
	if c := a.Exchange.Counter; c != nil {
		const edge = 2 * time.Second // the two clocks may put a call into different windows
		counted, since = &c.Used, c.Since+edge
	}
	x, outcome, problem := a.Exchange, jsonb(a.Outcome), clean(a.Error)
	var added int
	err := l.db.GetContext(ctx, &added, answerAttempt, a.Attempt, kind, outcome, a.Absent, problem,
		clean(x.Operation), []byte(x.Request), x.Status, []byte(x.Response), clean(x.TrackingID), clean(x.TraceID),
		moment(x.Started), moment(x.Ended), hold, why, counted, interval(since))
	if err != nil || added > 0 {
		return err
	}
	var before struct {
		Kind sluss.OutcomeKind
		Same bool
	}
	err = l.db.GetContext(ctx, &before, recordedAnswer, a.Attempt, outcome, a.Absent, problem)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return sluss.Faults{{Field: "attempt", Problem: "there is no such attempt in the ledger"}}
	case err != nil:
		return err
	case !before.Same:
		return sluss.Faults{{Field: "outcome", Problem: fmt.Sprintf("the attempt is answered already with %s; it cannot become %s",
			outcomeText(before.Kind), outcomeText(kind))}}
	}
	return nil
}

func outcomeText(kind sluss.OutcomeKind) string {
	if kind == "" {
		return "no outcome"
	}
	return string(kind)
}
