// Package ledger stores the record of everything that happened, and the queues for
// rate limits, in PostgreSQL. It is the only package with SQL.
//
// The record is append-only: the database refuses to change or remove a line. Every
// method that records may be called again with the same values and then changes
// nothing. The moment of recording does not count as a value: it differs when a
// workflow repeats a step. If a name is already used for other values, the error holds
// sluss.Faults and names both. Every other error is about the database; trying again
// may help.
//
// All processes share the database's clock.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// Ledger is a connection pool to the record. It is safe for concurrent use. No
// method waits for ever: a frozen or dead process loses its locks after some seconds,
// and if the database does not answer, the error says so.
type Ledger struct {
	// Log is told what the ledger waits for when a process starts; nil: slog's default.
	Log *slog.Logger

	db        *pool
	connector *connector
	rooms     sync.Map // registry -> chan struct{}; see untilFirst
	idle      sync.Map // registry -> time.Time at which nobody was in its queue; see Queue
	health    health
}

// Open connects to the PostgreSQL at a URL such as
// postgres://user:password@host:5432/database?sslmode=disable, and fails if it
// does not answer. The error says what to do and never contains the password. A
// timeout in the URL applies only if it is stricter than ours. Close must follow.
func Open(ctx context.Context, url string) (*Ledger, error) { return open(ctx, url, ordinary()) }

func open(ctx context.Context, url string, t timeouts) (*Ledger, error) {
	config, err := pq.NewConfig(url)
	if err != nil { // the driver's own error may quote the URL
		return nil, errors.New("the ledger's address is not a URL such as postgres://user:password@host:5432/database?sslmode=disable")
	}
	if config.ApplicationName == "" {
		config.ApplicationName = "sluss"
	}
	if config.ConnectTimeout <= 0 || config.ConnectTimeout > t.connect {
		config.ConnectTimeout = t.connect
	}
	config.BinaryParameters = true // one round trip for a statement, not two
	config.Runtime = maps.Clone(config.Runtime)
	if config.Runtime == nil {
		config.Runtime = map[string]string{}
	}
	config.Runtime["timezone"] = "UTC"
	config.Runtime["jit"] = "off" // compiling a query of the views takes longer than running it
	l := &Ledger{connector: &connector{config: config, timeouts: t, statements: new(atomic.Int64)}}
	l.db = &pool{sqlx.NewDb(sql.OpenDB(l.connector), "postgres"), t}
	// Statements take about a millisecond, so few connections carry many
	// workers; the rest of the server's are for others.
	l.db.db.SetMaxOpenConns(16)
	l.db.db.SetMaxIdleConns(8)
	l.db.db.SetConnMaxIdleTime(5 * time.Minute)
	ctx, cancel := context.WithTimeout(ctx, t.call)
	defer cancel()
	if err := l.db.db.PingContext(ctx); err != nil {
		l.Close()
		return nil, fmt.Errorf("open the ledger %s on %s:%d as %s: %w%s",
			config.Database, config.Host, config.Port, config.User, err, remedy(err))
	}
	return l, nil
}

// remedy is what to do about a server that refuses the connection.
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
func (l *Ledger) Close() error { return l.db.db.Close() }

// Statements is the number of SQL statements that this ledger has sent so far. It
// includes begin, commit and rollback, but not what the driver sends to connect.
func (l *Ledger) Statements() int64 { return l.connector.statements.Load() }
