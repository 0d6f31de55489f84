// Package schema holds the ledger's tables and views as migrations, in order.
// Package ledger runs them. A migration that has been released never changes:
// add the next one.
package schema

import "embed"

// FS holds the migrations at its root, as goose reads them. There are no down
// migrations: the record must not be dropped.
//
//go:embed *.sql
var FS embed.FS
