package ledger

import (
	"context"
	"encoding/json"
	"fmt"

	"sluss"
)

const recordLists = `
insert into code_lists (registry, checked_at, error, fetched_at, drift, lists, certificate_ends)
values ($1, $2, $3, $4, coalesce($5, '[]'::jsonb), $6, $7)
on conflict (registry) do update
set checked_at = excluded.checked_at, error = excluded.error, certificate_ends = excluded.certificate_ends,
    fetched_at = coalesce(excluded.fetched_at, code_lists.fetched_at),
    drift = case when excluded.fetched_at is null then code_lists.drift else excluded.drift end,
    lists = coalesce(excluded.lists, code_lists.lists)
where code_lists.checked_at <= excluded.checked_at`

// RecordLists keeps what a look at a registry's code lists found, in the place of
// what was found before. Without FetchedAt the lists and their drift stay as they
// were.
func (l *Ledger) RecordLists(ctx context.Context, c sluss.CodeLists) error {
	_, err := l.db.ExecContext(ctx, recordLists,
		c.Registry, c.CheckedAt, clean(c.Error), moment(c.FetchedAt), jsonb(c.Drift), jsonb(c.Lists), moment(c.CertificateEnds))
	if err != nil {
		return fmt.Errorf("record the code lists of %s: %w", c.Registry, err)
	}
	return nil
}

const codeLists = `
select registry, checked_at, error, fetched_at, drift, certificate_ends, case when registry = $1 then lists end as lists
from code_lists
where $1 = '' or registry = $1
order by registry`

// CodeLists are what the last look at each registry's code lists found, without
// the lists themselves; of one registry with them.
func (l *Ledger) CodeLists(ctx context.Context, registry string) ([]sluss.CodeLists, error) {
	var rows []struct {
		Registry  string
		CheckedAt optional `db:"checked_at"`
		Error     string
		FetchedAt optional `db:"fetched_at"`
		Drift     document[[]sluss.Drift]
		Lists     document[json.RawMessage]
		Ends      optional `db:"certificate_ends"`
	}
	if err := l.db.SelectContext(ctx, &rows, codeLists, registry); err != nil {
		return nil, fmt.Errorf("read the code lists: %w", err)
	}
	list := make([]sluss.CodeLists, len(rows))
	for i, r := range rows {
		list[i] = sluss.CodeLists{
			Registry: r.Registry, CheckedAt: r.CheckedAt.Time, Error: r.Error, FetchedAt: r.FetchedAt.Time,
			Drift: r.Drift.value, Lists: r.Lists.value, CertificateEnds: r.Ends.Time,
		}
	}
	return list, nil
}
