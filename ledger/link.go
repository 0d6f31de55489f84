package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"sluss"
)

const receiptOf = `
select
    case when latest.amendment ? 'annul' then null else coalesce(latest.receipt, s.receipt) end as receipt,
    not s.open as ended
from filing_state s
left join lateral (
    select receipt, amendment from note_versions where batch = s.batch and note = s.filing order by line desc limit 1
) latest on true
where s.filing = $1`

// Receipt is under what the registry has the filing, in its latest version; nil
// where it has not, or no longer, or the ledger knows no such filing. It has
// ended where nothing more will come.
func (l *Ledger) Receipt(ctx context.Context, filing string) (receipt *sluss.Receipt, ended bool, err error) {
	var row struct {
		Receipt document[*sluss.Receipt]
		Ended   bool
	}
	err = l.db.GetContext(ctx, &row, receiptOf, filing)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("look up the receipt of %s: %w", filing, err)
	}
	return row.Receipt.value, row.Ended, nil
}
