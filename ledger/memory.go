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

// RecordReferenceData keeps what a look at a registry's reference data found, in the place of
// what was found before. Without FetchedAt the lists and their drift stay as they
// were.
func (l *Ledger) RecordReferenceData(ctx context.Context, c sluss.ReferenceData) error {
	return l.write(ctx, "record the reference data of "+c.Registry, recordReferenceData,
		c.Registry, c.CheckedAt, clean(c.Error), moment(c.FetchedAt), jsonb(c.Drift), jsonb(c.Lists), moment(c.CertificateEnds))
}

const referenceData = `
select registry, checked_at, error, fetched_at, drift, certificate_ends, case when registry = $1 then lists end as reference_data
from reference_data
where $1 = '' or registry = $1
order by registry`

// ReferenceData are what the last look at each registry's reference data found, without
// the lists themselves; of one registry with them.
func (l *Ledger) ReferenceData(ctx context.Context, registry string) ([]sluss.ReferenceData, error) {
	return many[sluss.ReferenceData](ctx, l, "read the reference data", referenceData, registry)
}

const recallLookup = `select status, body from lookups where key = $1 and asked_at >= $2`

// lookupsKept is how long answers are kept at least: personal data that nobody
// needs on the day after tomorrow.
const lookupsKept = 48 * time.Hour

// Each new answer takes some old ones with it, and waits for nobody who does the
// same.
const rememberLookup = `
with pruned as (
    delete from lookups where key in (
        select key from lookups where asked_at < $5 and key <> $1 limit 100 for update skip locked)
)
insert into lookups (key, asked_at, status, body) values ($1, $2, $3, $4)
on conflict (key) do update set asked_at = excluded.asked_at, status = excluded.status, body = excluded.body
where lookups.asked_at <= excluded.asked_at`

// RecallLookup is what a registry said to a question of that key, if it was
// asked at since or later; status 0 where there is no such answer. It is a
// memory and no record: an answer is forgotten after two days or so.
func (l *Ledger) RecallLookup(ctx context.Context, key string, since time.Time) (status int, body []byte, err error) {
	row, _, err := one[struct {
		Status int
		Body   []byte
	}](ctx, l, "recall a look-up", recallLookup, key, since)
	return row.Status, row.Body, err
}

// RememberLookup keeps what a registry said to a question of that key, in place
// of an earlier answer; a later one stays.
func (l *Ledger) RememberLookup(ctx context.Context, key string, asked time.Time, status int, body []byte) error {
	if body == nil {
		body = []byte{} // an answer without a body is one
	}
	return l.write(ctx, "remember a look-up", rememberLookup, key, asked, status, body, asked.Add(-lookupsKept))
}
