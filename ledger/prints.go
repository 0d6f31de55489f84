package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/lib/pq"

	"sluss"
)

// recentlySeen is how long after it was last seen a document is printed automatically.
// Later it is printed only if somebody asks.
const recentlySeen = 7 * 24 * time.Hour

const unprinted = `
select r.batch, ` + documentColumns + `
from documents d` + batchesOf + `
where d.registry = $1 and d.company = $2 and d.seen_at > clock_timestamp() - $3::interval and d.status = any ($4) and not exists (
    select from prints p where p.registry = d.registry and p.document = d.id and p.batch = r.batch and p.final and p.updated_at >= d.updated_at
)
order by d.seen_at, d.id, r.batch
limit 1 offset $5`

// Unprinted returns a batch's document that has one of the final statuses, as last seen
// by the company, and no print of its latest version. It skips the given number of such
// documents; false if there are no more.
func (l *Ledger) Unprinted(ctx context.Context, registry, company string, final []string, skip int) (sluss.ChangedDocument, bool, error) {
	row, found, err := one[documentRow](ctx, l, "look for documents to print", unprinted, registry, company, interval(recentlySeen), pq.Array(final), skip)
	return row.change(), found, err
}

const keepPrint = `
insert into prints (batch, registry, document, number, status, final, updated_at, content, sha256, fetched_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict do nothing`

// KeepPrint stores a print with its batch. If there is a final print of the same
// version of the document already, that one stays.
func (l *Ledger) KeepPrint(ctx context.Context, p sluss.Print) error {
	sum := sha256.Sum256(p.Content)
	return l.write(ctx, "keep the print of "+p.Number, keepPrint, p.Batch, p.Registry, p.Document, p.Number, p.Status, p.Final, p.UpdatedAt, p.Content, hex.EncodeToString(sum[:]), p.FetchedAt)
}

const printsOf = `
select batch, registry, document, number, status, final, updated_at, fetched_at, sha256 from prints where batch = $1 order by line`

// Prints returns the prints of a batch's documents, without their content, in the order
// in which they were fetched.
func (l *Ledger) Prints(ctx context.Context, batch sluss.BatchID) ([]sluss.Print, error) {
	return many[sluss.Print](ctx, l, "read the prints of "+string(batch), printsOf, batch)
}

// In a collection round each producer's part has a document of its own. These are not
// the batch's document.
const latestPrint = `
select batch, registry, document, number, status, final, updated_at, fetched_at, sha256, content from prints
where batch = $1 and document not in (
    select a.outcome #>> '{receipt,id}' from filings f join answers a on a.filing = f.id
    where f.batch = $1 and f.obligation like 'fr.pickup#%' and a.kind = 'Accepted' and a.outcome #>> '{receipt,id}' is not null
)
order by line desc limit 1`

// Print returns the latest print of a batch's own document, with its content; found is
// false if there is none. It is outdated if the document had not ended, or was changed
// since, for example by a revision.
func (l *Ledger) Print(ctx context.Context, batch sluss.BatchID) (p sluss.Print, found, outdated bool, err error) {
	p, found, err = one[sluss.Print](ctx, l, "read the print of "+string(batch), latestPrint, batch)
	if err != nil || !found {
		return p, found, false, err
	}
	now, known, err := l.Document(ctx, p.Registry, p.Document)
	changed := known && now.Status != sluss.DocumentDeleted && now.UpdatedAt.After(p.UpdatedAt)
	return p, true, !p.Final || changed, err
}
