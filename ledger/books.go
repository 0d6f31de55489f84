package ledger

import (
	"context"
	"fmt"
	"time"

	"sluss"
)

// FiledReceipt is a receipt that a registry gave for a filing, or that a person
// found there.
type FiledReceipt struct {
	Filing   string    `json:"filing"`
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
    where d.kind = 'taken'
) books
where id <> ''
group by filing, registry, id, number, by
order by registry, at, filing`

// Receipts are all receipts in the ledger, to be held against the registries'
// own books. A filing that was taken twice would be there twice.
func (l *Ledger) Receipts(ctx context.Context) ([]FiledReceipt, error) {
	var rows []struct {
		Filing, Registry, ID, Number, By string
		At                               optional
	}
	if err := l.db.SelectContext(ctx, &rows, listReceipts); err != nil {
		return nil, fmt.Errorf("read the receipts: %w", err)
	}
	list := make([]FiledReceipt, len(rows))
	for i, r := range rows {
		list[i] = FiledReceipt{Filing: r.Filing, Registry: r.Registry, ID: r.ID, Number: r.Number, By: r.By, At: r.At.Time}
	}
	return list, nil
}

// Signed is a signature as recorded.
type Signed struct {
	Line      int64           `json:"line"`
	Signature sluss.Signature `json:"signature"`
	Refused   string          `json:"refused,omitempty"` // why, where it changed nothing
	At        time.Time       `json:"at"`
}

const signaturesOf = `select line, signature, refused, at from signatures where filing = $1 order by line`

// Signatures are all signatures on a filing, also refused ones, in order.
func (l *Ledger) Signatures(ctx context.Context, filing string) ([]Signed, error) {
	var rows []struct {
		Line      int64
		Signature document[sluss.Signature]
		Refused   string
		At        optional
	}
	if err := l.db.SelectContext(ctx, &rows, signaturesOf, filing); err != nil {
		return nil, fmt.Errorf("read the signatures on %s: %w", filing, err)
	}
	list := make([]Signed, len(rows))
	for i, r := range rows {
		list[i] = Signed{Line: r.Line, Signature: r.Signature.value, Refused: r.Refused, At: r.At.Time}
	}
	return list, nil
}
