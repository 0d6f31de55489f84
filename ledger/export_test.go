package ledger

import (
	"context"
	"database/sql"
	"testing"
)

// How long tests must expect things to take.
const (
	IdleTimeout = idleTimeout
	LockTimeout = lockTimeout
	CallTimeout = callTimeout
)

// Session is a session as the ledger opens them, or as Migrate does.
func (l *Ledger) Session(t *testing.T, migrating bool) *sql.Conn {
	t.Helper()
	connector := *l.connector
	connector.migrating = migrating
	db := sql.OpenDB(&connector)
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); db.Close() })
	return conn
}

// LockMigrations takes the lock of those that migrate.
func LockMigrations(ctx context.Context, conn *sql.Conn) error {
	return migrator{}.SessionLock(ctx, conn)
}

// Read reads all rows of a query.
func Read[T any](ctx context.Context, l *Ledger, query string, args ...any) ([]T, error) {
	return many[T](ctx, l, "read", query, args...)
}

// Statements are what people and syncs read of a large ledger.
var Statements = map[string]string{
	"inbox": listInbox, "batch": batchByID, "filings": filingsOf, "filing": filingByID, "filings by id": filingsByID, "versions": versionsOf, "timeline": timelineOf,
	"predecessors": predecessors, "successors": successors, "documents": documentsOf, "prints": printsOf, "outdated": outdated, "snapshot": obligationsOf,
	"changes": changesOf, "changes of a batch": changedDocuments, "document": documentNamed,
}

// Statement is the statement of a list, with its parameters.
func (f BatchFilter) Statement() (string, []any) { return f.statement() }
