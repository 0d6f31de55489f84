package ledger

import (
	"context"
	"time"

	"github.com/lib/pq"

	"sluss"
)

// FiledReceipt is a receipt that a registry gave for a filing, or that a person
// recorded with a decision.
type FiledReceipt struct {
	Filing   string    `json:"filing"` // its id, or that of the task
	Registry string    `json:"registry"`
	ID       string    `json:"id"`               // the registry's own
	Number   string    `json:"number,omitempty"` // as people read it
	By       string    `json:"by"`               // "answer" or "decision"
	At       time.Time `json:"at"`               // when it was recorded
}

const listReceipts = `
select filing, registry, id, number, by, min(at) as at
from (
    select a.filing, t.registry, a.outcome->'receipt'->>'id' as id, coalesce(a.outcome->'receipt'->>'number', '') as number,
        'answer' as by, a.at
    from answers a join attempts t on t.id = a.attempt
    where a.kind = 'Accepted'
    union all
    select d.filing, f.registry, d.decision->>'receipt', '', 'decision', d.at
    from decisions d join filings f on f.id = d.filing
    where d.kind = 'taken' and not exists (select from decisions later where later.filing = d.filing and later.line > d.line and later.kind = 'taken')
) receipts
where id <> ''
group by filing, registry, id, number, by
order by registry, at, filing`

// Receipts returns all receipts in the ledger, for comparison with the registries' own
// records. A filing that was accepted twice would be listed twice.
func (l *Ledger) Receipts(ctx context.Context) ([]FiledReceipt, error) {
	return many[FiledReceipt](ctx, l, "read the receipts", listReceipts)
}

// Signed is a signature as recorded.
type Signed struct {
	Line      int64           `json:"line"`
	Signature sluss.Signature `json:"signature"`
	Refused   string          `json:"refused,omitempty"` // why; empty: it was accepted
	At        time.Time       `json:"at"`
}

const signaturesOf = `select line, signature, refused, at from signatures where filing = $1 order by line`

// Signatures returns all signatures on a filing, including refused ones, in order.
func (l *Ledger) Signatures(ctx context.Context, filing sluss.FilingID) ([]Signed, error) {
	return many[Signed](ctx, l, "read the signatures on "+string(filing), signaturesOf, filing)
}

// Sent is a content that was sent to its registry, or was about to be.
type Sent struct {
	Filing  sluss.FilingID
	Batch   sluss.BatchID
	Content sluss.Content
	At      time.Time // of the last attempt to send it
	Last    bool      // it is the last content that was sent for the filing
	Stage   sluss.FilingStage
	Receipt *sluss.Receipt // of the filing, whichever content it is for
}

const sentContents = `
select f.id as filing, f.batch, c.content, t.at, not exists (
        select from attempts later where later.filing = f.id and later.purpose = 'submit' and later.line > t.line
    ) as last, s.stage, s.receipt
from filings f
join batches b on b.id = f.batch
cross join lateral (
    select hash, max(line) as line, max(at) as at from attempts where filing = f.id and purpose = 'submit' group by hash
) t
cross join lateral (
    select content from contents where filing = f.id and hash = t.hash order by line desc limit 1
) c
join filing_state s on s.filing = f.id
where f.registry = $1 and (f.id = any($2) or b.reference = any($3))
order by f.line, t.line`

// Sent returns everything that was sent to a registry for the given filings, and for
// all filings of batches with the given references, each content once.
func (l *Ledger) Sent(ctx context.Context, registry string, filings []sluss.FilingID, references []string) ([]Sent, error) {
	return many[Sent](ctx, l, "read what was sent to "+registry, sentContents, registry, pq.Array(filings), pq.Array(references))
}
