package ledger

import (
	"context"
	"database/sql"
	"testing"
	"time"
)

// OpenHasty opens a ledger whose timeouts are a fraction of the ordinary,
// except for that on connecting.
func OpenHasty(ctx context.Context, url string, fraction time.Duration) (*Ledger, error) {
	t := ordinary()
	for _, d := range []*time.Duration{&t.idle, &t.lock, &t.statement, &t.call, &t.silence, &t.healthy, &t.tell} {
		*d /= fraction
	}
	return open(ctx, url, t)
}

// Timeouts are how long tests must expect things to take.
type Timeouts struct{ Idle, Lock, Call, Healthy time.Duration }

// Timeouts are those of this ledger.
func (l *Ledger) Timeouts() Timeouts {
	t := l.db.timeouts
	return Timeouts{Idle: t.idle, Lock: t.lock, Call: t.call, Healthy: t.healthy}
}

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

// RoundNow makes the next round due.
func (l *Ledger) RoundNow(ctx context.Context) error {
	return l.write(ctx, "make the next round due", `update quotas set round_at = clock_timestamp()`)
}

// Statements are what people and syncs read of a large ledger.
var Statements = map[string]string{
	"inbox": listInbox, "batch": batchByID, "filings": filingsOf, "filing": filingByID, "filings by id": filingsByID, "versions": versionsOf, "timeline": timelineOf,
	"predecessors": predecessors, "successors": successors, "documents": documentsOf, "prints": printsOf, "outdated": outdated, "snapshot": obligationsOf,
	"changes": changesOf, "changes of a batch": changedDocuments, "document": documentNamed,
}

// Statement is the statement of a list, with its parameters.
func (f BatchFilter) Statement() (string, []any) { return f.statement() }
