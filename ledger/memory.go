package ledger

import (
	"context"
	"time"

	"sluss"
)

const recordReferenceData = `
insert into reference_data (registry, checked_at, error, fetched_at, drift, lists, certificate_ends)
values ($1, $2, $3, $4, coalesce($5, '[]'::jsonb), $6, $7)
on conflict (registry) do update
set checked_at = excluded.checked_at, error = excluded.error, certificate_ends = excluded.certificate_ends,
    fetched_at = coalesce(excluded.fetched_at, reference_data.fetched_at),
    drift = case when excluded.fetched_at is null then reference_data.drift else excluded.drift end,
    lists = coalesce(excluded.lists, reference_data.lists)
where reference_data.checked_at <= excluded.checked_at`

// RecordReferenceData stores the result of checking a registry's reference data, in
// place of the one before. Without FetchedAt the lists and their drift stay as they
// were.
func (l *Ledger) RecordReferenceData(ctx context.Context, c sluss.ReferenceData) error {
	return l.write(ctx, "record the reference data of "+c.Registry, recordReferenceData,
		c.Registry, c.CheckedAt, clean(c.Error), moment(c.FetchedAt), jsonb(c.Drift), jsonb(c.Lists), moment(c.CertificateEnds))
}

const referenceData = `
select registry, checked_at, error, fetched_at, drift, certificate_ends, case when registry = $1 then lists end as lists
from reference_data
where $1 = '' or registry = $1
order by registry`

// ReferenceData returns the last check of each registry's reference data, without the
// lists; for a single registry, with the lists.
func (l *Ledger) ReferenceData(ctx context.Context, registry string) ([]sluss.ReferenceData, error) {
	return many[sluss.ReferenceData](ctx, l, "read the reference data", referenceData, registry)
}

const recallLookup = `select status, body from lookups where key = $1 and asked_at >= $2`

// lookupsKept is how long answers are kept at least. They hold personal data that is
// not needed after the next day.
const lookupsKept = 48 * time.Hour

// Each new answer deletes some old ones, and skips those that another session is
// deleting.
const rememberLookup = `
with pruned as (
    delete from lookups where key in (
        select key from lookups where asked_at < $5 and key <> $1 limit 100 for update skip locked)
)
insert into lookups (key, asked_at, status, body) values ($1, $2, $3, $4)
on conflict (key) do update set asked_at = excluded.asked_at, status = excluded.status, body = excluded.body
where lookups.asked_at <= excluded.asked_at`

// RecallLookup returns a registry's answer to the question with that key, if it was
// asked at since or later; status 0 if there is no such answer. This is a cache:
// answers are deleted after about two days.
func (l *Ledger) RecallLookup(ctx context.Context, key string, since time.Time) (status int, body []byte, err error) {
	row, _, err := one[struct {
		Status int
		Body   []byte
	}](ctx, l, "recall a look-up", recallLookup, key, since)
	return row.Status, row.Body, err
}

// RememberLookup stores a registry's answer to the question with that key, in place of
// an earlier answer. A later answer stays.
func (l *Ledger) RememberLookup(ctx context.Context, key string, asked time.Time, status int, body []byte) error {
	if body == nil {
		body = []byte{} // an empty body is still an answer
	}
	return l.write(ctx, "remember a look-up", rememberLookup, key, asked, status, body, asked.Add(-lookupsKept))
}
