// Package ledger keeps the record of everything that happened and was said, and
// the memory of the quotas, in PostgreSQL. It is the only package with SQL.
//
// The record is append-only: the database itself refuses to change or remove a
// line. Every method that records may be called again with the same values and
// then changes nothing; "the same" leaves out the moment of recording, which
// differs when a workflow repeats itself. Other values under a name that is
// taken are an error that holds sluss.Faults and names both; every other error
// is about the database, and asking again may help.
//
// All processes share the database's clock.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"sluss/schema"
)

// Ledger is a connection pool to the record. It is safe for concurrent use.
type Ledger struct {
	db         *sqlx.DB
	statements *atomic.Int64
}

// Open connects to the PostgreSQL at a URL such as
// postgres://user:password@host:5432/database?sslmode=disable, and fails if it
// does not answer. The error says what to mend and never holds the password.
// Close must follow.
func Open(ctx context.Context, url string) (*Ledger, error) {
	config, err := pq.NewConfig(url)
	if err != nil { // the driver's own error may quote the URL
		return nil, errors.New("the ledger's address is not a URL such as postgres://user:password@host:5432/database?sslmode=disable")
	}
	if config.ApplicationName == "" {
		config.ApplicationName = "sluss"
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	config.BinaryParameters = true // one round trip for a statement, not two
	config.Runtime = maps.Clone(config.Runtime)
	if config.Runtime == nil {
		config.Runtime = map[string]string{}
	}
	config.Runtime["timezone"] = "UTC"
	config.Runtime["jit"] = "off" // compiling a query of the views takes longer than running it
	inner, err := pq.NewConnectorConfig(config)
	if err != nil {
		return nil, errors.New("the ledger's address is not complete: want host, database and user")
	}
	connector := &counting{Connector: inner, statements: new(atomic.Int64)}
	db := sqlx.NewDb(sql.OpenDB(connector), "postgres")
	// Statements take about a millisecond, so few connections carry many
	// workers; the rest of the server's are for others.
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(8)
	db.SetConnMaxIdleTime(5 * time.Minute)
	if err := db.PingContext(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("open the ledger %s on %s:%d as %s: %w%s",
			config.Database, config.Host, config.Port, config.User, err, remedy(err))
	}
	return &Ledger{db: db, statements: connector.statements}, nil
}

// remedy is what to do about a server that does not let us in.
func remedy(err error) string {
	var refused *pq.Error
	switch {
	case !errors.As(err, &refused):
		return " (is the server running there, and reachable from here?)"
	case refused.Code == pqerror.InvalidCatalogName:
		return " (create the database first)"
	case refused.Code == pqerror.InvalidPassword || refused.Code == pqerror.InvalidAuthorizationSpecification:
		return " (check user and password)"
	case refused.Code == pqerror.TooManyConnections:
		return " (raise max_connections, or run fewer processes)"
	default:
		return ""
	}
}

// Close ends all connections.
func (l *Ledger) Close() error { return l.db.Close() }

// Migrate brings tables and views to the version that this code wants. Several
// processes may call it at once: one of them migrates, the others wait. It
// never goes back: a database ahead of this code stays as it is.
func (l *Ledger) Migrate(ctx context.Context) error {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return fmt.Errorf("migrate the ledger: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, l.db.DB, schema.FS, goose.WithSessionLocker(locker))
	if err != nil {
		return fmt.Errorf("migrate the ledger: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the ledger: %w", err)
	}
	return nil
}

// Statements is how many SQL statements this ledger has sent so far, with
// begin, commit and rollback, and without what the driver sends to connect.
func (l *Ledger) Statements() int64 { return l.statements.Load() }

// missing is err, in words where it says that something was not recorded yet
// which should have been.
func missing(err error, what string) error {
	var refused *pq.Error
	if errors.As(err, &refused) && refused.Code == pqerror.ForeignKeyViolation {
		return fmt.Errorf("%s is not in the ledger yet", what)
	}
	return err
}

// clean is text as PostgreSQL can hold it.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
