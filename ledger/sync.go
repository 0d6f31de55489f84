package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"sluss"
)

// notified stays as it is if the document did not change.
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

// KeepSyncPage stores a page of changes at a registry, as one of our companies sees
// them. With the last page of a sync it moves the cursor.
func (l *Ledger) KeepSyncPage(ctx context.Context, registry, company string, page sluss.SyncPage) error {
	type kept struct {
		sluss.Document
		CustomID string `json:"custom_id"` // without omitempty
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

// changesKept is how long we try to tell a batch of a change. The receipt of a document
// that we have just created may not be recorded yet, or the batch cannot be reached. Most
// documents that wait belong to no batch of ours.
const changesKept = 7 * 24 * time.Hour

// batchesOf joins the batches of a document d, by the receipts of their filings. A person
// may have given the document's number as the receipt, also of what others report.
const batchesOf = `
cross join lateral (
    select f.batch from answers a cross join lateral (select * from filings where id = a.filing offset 0) f
    where a.kind = 'Accepted' and a.outcome #>> '{receipt,id}' = d.id and f.registry = d.registry
    union
    select f.batch from decisions x join filings f on f.id = x.filing
    where x.kind = 'taken' and x.decision ->> 'receipt' in (d.id, d.number) and f.registry = d.registry
    union
    select batch from their_receipts where receipt_id in (d.id, d.number) and registry = d.registry
) r`

// notOurs leaves out changes of a document d that our own calls made: the latest receipt
// is as new as the document. The subquery is evaluated for each document, by index; a
// join might read all answers.
const notOurs = `coalesce(d.updated_at > (
    select max((o.outcome #>> '{receipt,at}')::timestamptz) from answers o where o.kind = 'Accepted' and o.outcome #>> '{receipt,id}' = d.id
), true)`

const changesOf = `
select r.batch, ` + documentColumns + `
from documents d` + batchesOf + `
where d.registry = $1 and not d.notified and d.seen_at > clock_timestamp() - $2::interval and ` + notOurs + `
order by d.updated_at, d.id`

const documentColumns = `d.registry, d.id, d.number, d.custom_id, d.status, d.verdict, d.updated_at, d.seen_at`

type documentRow struct {
	Batch sluss.BatchID
	sluss.Document
}

func (r documentRow) change() sluss.ChangedDocument {
	return sluss.ChangedDocument{Batch: r.Batch, Document: r.Document}
}

func each[R, T any](rows []R, as func(R) T) []T {
	list := make([]T, len(rows))
	for i, r := range rows {
		list[i] = as(r)
	}
	return list
}

// ChangedDocuments returns documents that others have changed at a registry, with the
// batches that must be told. MarkChangeNotified must follow.
func (l *Ledger) ChangedDocuments(ctx context.Context, registry string) ([]sluss.ChangedDocument, error) {
	rows, err := many[documentRow](ctx, l, "look for changes at "+registry, changesOf, registry, interval(changesKept))
	return each(rows, documentRow.change), err
}

const notifyDocument = `
update documents set notified = true where registry = $1 and id = $2 and updated_at = $3`

// MarkChangeNotified records that all running batches of a document know of its change.
func (l *Ledger) MarkChangeNotified(ctx context.Context, d sluss.Document) error {
	return l.write(ctx, "record that the change of "+d.Number+" is known", notifyDocument, d.Registry, d.ID, d.UpdatedAt)
}

const syncFailed = `
insert into syncs (registry, company, error) values ($1, $2, $3)
on conflict (registry, company) do update set error = excluded.error`

// SyncFailed records why a sync failed.
func (l *Ledger) SyncFailed(ctx context.Context, registry, company, why string) error {
	return l.write(ctx, "record the sync with "+registry, syncFailed, registry, company, clean(why))
}

const keepHook = `
insert into syncs (registry, company, error, hook) values ($1, $2, '', $3)
on conflict (registry, company) do update set hook = excluded.hook`

// KeepHook records the state of a webhook; nil: none is configured any more.
func (l *Ledger) KeepHook(ctx context.Context, registry, company string, hook *sluss.Hook) error {
	return l.write(ctx, "record the webhook of "+company, keepHook, registry, company, jsonb(hook))
}

const listSyncs = `
select registry, company, since, synced_at, error, hook from syncs
where ($1 = '' or registry = $1) and ($2 = '' or company = $2)
order by registry, company`

// Syncs returns how far documents are synced. An empty registry or company matches all.
func (l *Ledger) Syncs(ctx context.Context, registry, company string) ([]sluss.SyncState, error) {
	return many[sluss.SyncState](ctx, l, "read the syncs", listSyncs, registry, company)
}

const documentsOf = `
with known as (
    select f.registry, a.outcome #>> '{receipt,id}' as id from filings f join answers a on a.filing = f.id
    where f.batch = $1 and a.kind = 'Accepted'
    union
    select f.registry, x.decision ->> 'receipt' from filings f join decisions x on x.filing = f.id
    where f.batch = $1 and x.kind = 'taken'
    union
    select registry, receipt_id from their_receipts where batch = $1
)
select distinct on (d.registry, d.id) $1 as batch, ` + documentColumns + `
from known k
cross join lateral (select * from documents where registry = k.registry and (id = k.id or number = k.id) offset 0) d -- by index, for each
order by d.registry, d.id`

// Documents returns a batch's documents as last seen at their registries.
func (l *Ledger) Documents(ctx context.Context, batch sluss.BatchID) ([]sluss.Document, error) {
	rows, err := many[documentRow](ctx, l, "read the documents of "+string(batch), documentsOf, batch)
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

// mostAdrift is how many documents Adrift returns at most.
const mostAdrift = 1000

// Adrift returns the documents of open batches that have one of the given statuses at
// their registries, the latest change first, at most a thousand. There is an index for
// REFUSED, CANCELED and DELETED.
func (l *Ledger) Adrift(ctx context.Context, statuses []string) ([]sluss.ChangedDocument, error) {
	rows, err := many[documentRow](ctx, l, "look for batches whose documents have ended at their registries", adriftDocuments, pq.Array(statuses), mostAdrift)
	return each(rows, documentRow.change), err
}

const documentNamed = `
select ` + documentColumns + `, d.raw from documents d where d.registry = $1 and (d.id = $2 or d.number = $2) limit 1`

// Document returns a document by either of its ids, with the fields that the last sync read;
// false if it is unknown.
func (l *Ledger) Document(ctx context.Context, registry, id string) (sluss.Document, bool, error) {
	return one[sluss.Document](ctx, l, "look up the document "+id, documentNamed, registry, id)
}

const changeStatus = `
update documents set status = $3, updated_at = greatest(updated_at + interval '1 millisecond', $4), seen_at = greatest(seen_at, $4), notified = false
where registry = $1 and id = $2 and status <> $3`

// DocumentDeletedAt records that a registry no longer has a document.
func (l *Ledger) DocumentDeletedAt(ctx context.Context, d sluss.Document) error {
	return l.write(ctx, "record that "+d.Number+" is deleted", changeStatus, d.Registry, d.ID, sluss.DocumentDeleted, d.SeenAt)
}
