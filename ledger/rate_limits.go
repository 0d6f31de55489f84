package ledger

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"sluss"
	"sluss/quota"
)

const setQuota = `
with changed as (
    insert into quotas (registry, limits, reserve) values ($1, $2, $3)
    on conflict (registry) do update set limits = excluded.limits, reserve = excluded.reserve, version = quotas.version + 1, round_at = clock_timestamp()
    where (quotas.limits, quotas.reserve) is distinct from (excluded.limits, excluded.reserve)
    returning registry
)
` + releaseReserved + ` and exists (select from changed)`

// SetQuota sets the rate limits of a registry for all processes. Limits that operators
// have set stay in force as well. If another session holds the quota, SetTerms waits for
// some minutes and logs which session it is.
func (l *Ledger) SetQuota(ctx context.Context, registry string, terms quota.Quota) error {
	if err := terms.Check(); err != nil {
		return fmt.Errorf("the quota of %s: %w", registry, err)
	}
	return l.patiently(ctx, "set the quota of "+registry, func(ctx context.Context) error {
		_, err := l.db.ExecContext(ctx, setQuota, registry, limitTexts(terms.Limits), terms.Reserve)
		return err
	})
}

func limitTexts(limits []quota.Limit) pq.StringArray {
	texts := make(pq.StringArray, len(limits))
	for i, limit := range limits {
		texts[i] = limit.String()
	}
	return texts
}

const (
	quotaAct = `
with act as (insert into quota_acts (registry, act, value, reason, by) values ($1, $2, $3, $4, $5))
update quotas set
    paused = case $2 when 'pause' then $3 when 'resume' then '' else paused end,
    not_before = case when $2 <> 'resume' then not_before end,
    held = case when $2 <> 'resume' then held else '' end,
    lowered = case $2 when 'lower' then $6 else lowered end,
    version = version + 1, round_at = clock_timestamp()
where registry = $1`

	// Reservations that were made under other limits. Their filings are queued again when
	// they ask for their permit.
	releaseReserved = `update tickets set reserved_at = null, tell_at = null where registry = $1 and reserved_at is not null`
)

// PauseQuota stops all calls of the registry until ResumeQuota. Calls that are under way
// go on. The errors are sluss.Faults if there is no such quota, or if the reason or the
// name is missing.
func (l *Ledger) PauseQuota(ctx context.Context, registry, reason, by string) error {
	return l.actOnQuota(ctx, registry, "pause", clean(reason), nil, reason, by)
}

// ResumeQuota ends a pause, and a wait that the registry asked for.
func (l *Ledger) ResumeQuota(ctx context.Context, registry, reason, by string) error {
	return l.actOnQuota(ctx, registry, "resume", "", nil, reason, by)
}

// LowerQuota sets limits, as quota.ParseLimit reads them, that apply in addition to the
// registry's own, from now on. An empty list removes those that were set before.
func (l *Ledger) LowerQuota(ctx context.Context, registry string, limits []string, reason, by string) error {
	var parsed []quota.Limit
	var faults sluss.Faults
	for i, text := range limits {
		limit, err := quota.ParseLimit(text)
		if err != nil {
			faults = append(faults, sluss.Fault{Field: fmt.Sprintf("limits.%d", i), Problem: err.Error(), Remedy: "give a limit such as 500/1m or 20000/day Europe/Oslo"})
		}
		parsed = append(parsed, limit)
	}
	if len(faults) > 0 {
		return faults
	}
	texts := limitTexts(parsed)
	return l.actOnQuota(ctx, registry, "lower", fmt.Sprint([]string(texts)), texts, reason, by)
}

func (l *Ledger) actOnQuota(ctx context.Context, registry, act, value string, lowered pq.StringArray, reason, by string) error {
	var faults sluss.Faults
	if reason == "" {
		faults = append(faults, sluss.Fault{Field: "reason", Problem: "is missing", Remedy: "say why: others will read it"})
	}
	if by == "" {
		faults = append(faults, sluss.Fault{Field: "by", Problem: "is missing", Remedy: "say who does this"})
	}
	if len(faults) > 0 {
		return faults
	}
	known := true
	err := l.db.transaction(ctx, nil, func(ctx context.Context, tx *work) error {
		done, err := tx.ExecContext(ctx, quotaAct, registry, act, value, clean(reason), clean(by), lowered)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err == nil {
			known = n > 0
		}
		if act == "lower" {
			_, err = tx.ExecContext(ctx, releaseReserved, registry)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%s the quota of %s: %w", act, registry, err)
	}
	if !known {
		return sluss.Faults{{Field: "registry", Problem: fmt.Sprintf("%q has no quota yet", registry), Remedy: "give the name of a registry that a worker serves, such as trackdechets"}}
	}
	return nil
}
