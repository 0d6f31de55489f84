package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"sluss"
)

// A document that did not change stays as it is, told or not.
const keepDocuments = `
insert into documents (registry, id, number, custom_id, status, verdict, updated_at, seen_at, raw, notified, company)
select $1, d.id, d.number, d.custom_id, d.status, d.verdict, d.updated_at, d.seen_at, d.raw, false, $3
from jsonb_to_recordset($2) as d (
    id text, number text, custom_id text, status text, verdict text, updated_at timestamptz, seen_at timestamptz, raw jsonb)
on conflict (registry, id) do update
set number = excluded.number, custom_id = excluded.custom_id, status = excluded.status, verdict = excluded.verdict,
    updated_at = excluded.updated_at, seen_at = greatest(documents.seen_at, excluded.seen_at), raw = excluded.raw, company = excluded.company,
    notified = documents.notified and (documents.status, documents.verdict, documents.updated_at) = (excluded.status, excluded.verdict, excluded.updated_at)
where documents.updated_at <= excluded.updated_at`

// The cursor never goes back.
const moveCursor = `
insert into syncs (registry, company, since, synced_at, error)
values ($1, $2, $3, clock_timestamp(), '')
on conflict (registry, company) do update
set since = greatest(syncs.since, excluded.since), synced_at = excluded.synced_at, error = ''`

// KeepSyncPage keeps a page of what has changed at a registry, as a company of ours
// sees it, and with the last page of a sync moves the cursor past all of it.
func (l *Ledger) KeepSyncPage(ctx context.Context, registry, company string, page sluss.SyncPage) error {
	type kept struct {
		sluss.Document
		CustomID string `json:"custom_id"` // also where they are empty
		Verdict  string `json:"verdict"`
	}
	list := []kept{}
	for _, d := range page.Documents {
		list = append(list, kept{d, clean(d.CustomID), clean(d.Verdict)})
	}
	err := l.db.transaction(ctx, nil, func(ctx context.Context, tx *work) error {
		if _, err := tx.ExecContext(ctx, keepDocuments, registry, jsonb(list), company); err != nil || page.Next != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, moveCursor, registry, company, moment(page.Until))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep what has changed at %s: %w", registry, err)
	}
	return nil
}

// freshNews is how long a document waits for its batch to be known, or told: one
// that we have just made, whose receipt is on its way, or a batch that cannot be
// reached. Most documents that wait are of no batch of ours.
const freshNews = 7 * 24 * time.Hour

// batchesOf are the batches that have a document d, by the receipts of their
// filings, which a person may have given by the document's number.
const batchesOf = `
cross join lateral (
    select f.batch from answers a join filings f on f.id = a.filing
    where a.kind = 'Accepted' and a.outcome #>> '{receipt,id}' = d.id and f.registry = d.registry
    union
    select f.batch from decisions x join filings f on f.id = x.filing
    where x.kind = 'taken' and x.decision ->> 'receipt' in (d.id, d.number) and f.registry = d.registry
) r`

// What our own acts made of a document is no news: the receipt of the latest is
// as young as it.
const newsOf = `
select r.batch, ` + documentColumns + `
from documents d` + batchesOf + `
where d.registry = $1 and not d.notified and d.seen_at > clock_timestamp() - $2::interval and not exists (
    select from answers o
    where o.kind = 'Accepted' and o.outcome #>> '{receipt,id}' = d.id and (o.outcome #>> '{receipt,at}')::timestamptz >= d.updated_at
)
order by d.updated_at, d.id`

const documentColumns = `d.registry, d.id, d.number, d.custom_id, d.status, d.verdict, d.updated_at, d.seen_at`

type documentRow struct {
	Batch string
	sluss.Document
}

func (r documentRow) news() sluss.ChangedDocument {
	return sluss.ChangedDocument{Batch: r.Batch, Document: r.Document}
}

func each[R, T any](rows []R, as func(R) T) []T {
	list := make([]T, len(rows))
	for i, r := range rows {
		list[i] = as(r)
	}
	return list
}

// ChangedDocument are the documents of batches that others have changed at a registry, and
// of which the batches were not told; Told must follow.
func (l *Ledger) ChangedDocuments(ctx context.Context, registry string) ([]sluss.ChangedDocument, error) {
	rows, err := many[documentRow](ctx, l, "look for news of "+registry, newsOf, registry, interval(freshNews))
	return each(rows, documentRow.news), err
}

const tellDocument = `
update documents set notified = true where registry = $1 and id = $2 and updated_at = $3`

// ChangeTold notes that all batches of a document were told of it, or are no more.
func (l *Ledger) ChangeTold(ctx context.Context, d sluss.Document) error {
	return l.write(ctx, "note that "+d.Number+" is told", tellDocument, d.Registry, d.ID, d.UpdatedAt)
}

const syncFailed = `
insert into syncs (registry, company, error) values ($1, $2, $3)
on conflict (registry, company) do update set error = excluded.error`

// SyncFailed notes why a sync did not come to its end.
func (l *Ledger) SyncFailed(ctx context.Context, registry, company, why string) error {
	return l.write(ctx, "note how "+registry+" is followed", syncFailed, registry, company, clean(why))
}

const keepHook = `
insert into syncs (registry, company, error, hook) values ($1, $2, '', $3)
on conflict (registry, company) do update set hook = excluded.hook`

// KeepHook notes how a webhook was found; nil: none is wanted any more.
func (l *Ledger) KeepHook(ctx context.Context, registry, company string, hook *sluss.Hook) error {
	return l.write(ctx, "note how the webhook of "+company+" is", keepHook, registry, company, jsonb(hook))
}

const listSyncs = `
select registry, company, since, synced_at, error, hook from syncs
where ($1 = '' or registry = $1) and ($2 = '' or company = $2)
order by registry, company`

// Syncs are how far registries' documents are followed; an empty name
// stands for all.
func (l *Ledger) Syncs(ctx context.Context, registry, company string) ([]sluss.SyncState, error) {
	return many[sluss.SyncState](ctx, l, "read how registries are followed", listSyncs, registry, company)
}

const documentsOf = `
with known as (
    select f.registry, a.outcome #>> '{receipt,id}' as id from filings f join answers a on a.filing = f.id
    where f.batch = $1 and a.kind = 'Accepted'
    union
    select f.registry, x.decision ->> 'receipt' from filings f join decisions x on x.filing = f.id
    where f.batch = $1 and x.kind = 'taken'
)
select distinct on (d.registry, d.id) $1 as batch, ` + documentColumns + `
from known k
join documents d on d.registry = k.registry and k.id in (d.id, d.number)
order by d.registry, d.id`

// Documents are a batch's documents as they were last seen at their registries.
func (l *Ledger) Documents(ctx context.Context, batch string) ([]sluss.Document, error) {
	rows, err := many[documentRow](ctx, l, "read the documents of "+batch, documentsOf, batch)
	return each(rows, func(r documentRow) sluss.Document { return r.Document }), err
}

const adriftDocuments = `
select adrift.batch, ` + documentColumns + `
from documents d
cross join lateral (
    select r.batch from (values (d.id)) as named` + batchesOf + `
    where not exists (select from closings c where c.batch = r.batch)
    order by r.batch
    limit 1
) adrift
where d.status = any ($1)
order by d.updated_at desc, d.id
limit $2`

// mostAdrift is of how many documents Adrift tells.
const mostAdrift = 1000

// Adrift are the documents of open batches that have one of the statuses at
// their registries, those that were changed last first, a thousand at most. REFUSED,
// CANCELED and DELETED are found by index.
func (l *Ledger) Adrift(ctx context.Context, statuses []string) ([]sluss.ChangedDocument, error) {
	rows, err := many[documentRow](ctx, l, "look for batches that stand otherwise at their registries", adriftDocuments, pq.Array(statuses), mostAdrift)
	return each(rows, documentRow.news), err
}

const documentNamed = `
select ` + documentColumns + ` from documents d where d.registry = $1 and (d.id = $2 or d.number = $2) limit 1`

// Document is what is known of one, by either of its ids; false where nothing is.
func (l *Ledger) Document(ctx context.Context, registry, id string) (sluss.Document, bool, error) {
	return one[sluss.Document](ctx, l, "look up the document "+id, documentNamed, registry, id)
}

const changeStatus = `
update documents set status = $3, updated_at = greatest(updated_at + interval '1 millisecond', $4), seen_at = greatest(seen_at, $4), notified = false
where registry = $1 and id = $2 and status <> $3`

// DocumentDeletedAt notes that a document is at its registry no more.
func (l *Ledger) DocumentDeletedAt(ctx context.Context, d sluss.Document) error {
	return l.write(ctx, "note that "+d.Number+" is gone", changeStatus, d.Registry, d.ID, sluss.DocumentDeleted, d.SeenAt)
}
