package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"sluss"
)

const receiptOf = `select receipt, not open as ended from filing_state where filing = $1`

// Receipt is under what the registry has the filing; nil where it has not, or
// the ledger knows no such filing. It has ended where nothing more will come.
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
