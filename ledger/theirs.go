package ledger

import (
	"context"
	"fmt"

	"sluss"
)

// The receipt of a number is the same however often it is recorded.
const recordTheirReceipt = `
insert into their_receipts (batch, obligation, number, registry, receipt_id, told) values ($1, $2, $3, $4, $5, $6)
on conflict (batch, obligation, number) do nothing`

const theirReceiptNumbered = `select told from their_receipts where batch = $1 and obligation = $2 and number = $3`

// RecordTheirReceipt records the receipt of an obligation of theirs. The error holds
// sluss.Faults if the number has another receipt.
func (l *Ledger) RecordTheirReceipt(ctx context.Context, r sluss.TheirReceiptRecord) error {
	what := fmt.Sprintf("record receipt %d of %s of %s", r.Number, r.Obligation, r.Batch)
	if err := l.write(ctx, what, recordTheirReceipt, r.Batch, r.Obligation, r.Number, r.Receipt.Registry, clean(r.Receipt.ID), jsonb(r.TheirReceipt)); err != nil {
		return err
	}
	row, _, err := one[struct{ Told sluss.TheirReceipt }](ctx, l, what, theirReceiptNumbered, r.Batch, r.Obligation, r.Number)
	if err == nil && row.Told.Receipt.ID != r.Receipt.ID {
		err = fmt.Errorf("%s: %w", what, sluss.Faults{{
			Field: "receipt", Problem: "another receipt is recorded in its place", Remedy: "look at the batch as recorded, then give the receipt again",
		}})
	}
	return err
}

// Theirs is an obligation that the party itself discharges.
type Theirs struct {
	Obligation sluss.Obligation `json:"obligation"`
	// Receipt is what is known of its discharge; nil: nothing.
	Receipt *sluss.TheirReceipt `json:"receipt,omitempty"`
	Number  int                 `json:"number,omitempty"` // how many receipts were recorded: one may replace another
	Late    bool                `json:"late,omitempty"`   // it is past due, and no receipt is known
}

const theirsOf = `
select o.obligation, r.told as receipt, coalesce(r.number, 0) as number,
    coalesce(r.told is null and (o.obligation->>'due')::timestamptz < now(), false) as late
from obligations o
left join lateral (
    select told, number from their_receipts where batch = o.batch and obligation = o.id order by number desc limit 1
) r on true
where o.batch = $1 and not exists (
    select from filings f join answers a on a.filing = f.id and a.kind = 'Accepted' where f.batch = o.batch and f.obligation = o.id
)
order by o.line`

// Theirs returns the obligations of a batch that others discharge, in the order in which
// they arose. The declaration is the batch's as corrected.
func (l *Ledger) Theirs(ctx context.Context, d sluss.Declaration) ([]Theirs, error) {
	all, err := many[Theirs](ctx, l, "read the obligations of others", theirsOf, d.ID())
	list := []Theirs{}
	for _, t := range all {
		if t.Obligation = now(d, t.Obligation); t.Obligation.Theirs {
			list = append(list, t)
		}
	}
	return list, err
}

// now is a recorded obligation with what the declaration says about it since.
func now(d sluss.Declaration, o sluss.Obligation) sluss.Obligation {
	if said, says := d.Whose(o.ID); says {
		o.Theirs = said == sluss.Theirs
	}
	return o
}

// theirEnd is how an obligation of theirs is discharged; nil if that is unknown.
func theirEnd(t *sluss.TheirReceipt) *sluss.FilingEnd {
	if t == nil {
		return nil
	}
	return &sluss.FilingEnd{Stage: sluss.StageAccepted, Receipt: &t.Receipt, Others: true}
}

const theirReceiptOf = `
select told from their_receipts where batch = $1 and obligation = $2 order by number desc limit 1`

// theirReceipt is the receipt of an obligation of theirs, in this batch or another; nil if
// none is known.
func (l *Ledger) theirReceipt(ctx context.Context, filing sluss.FilingID) (*sluss.Receipt, error) {
	batch, obligation, err := filing.Split()
	if err != nil {
		return nil, nil //nolint:nilerr // it is no obligation of a batch
	}
	row, known, err := one[struct{ Told sluss.TheirReceipt }](ctx, l, "read the receipt of "+string(filing), theirReceiptOf, batch, obligation)
	if err != nil || !known {
		return nil, err
	}
	return &row.Told.Receipt, nil
}
