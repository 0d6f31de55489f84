package ledger

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/lib/pq"
)

// timeouts say how long things may take at the database. A process that is frozen or cut
// off keeps its locks for idle. lock is longer, so that a process that waits for such a
// lock gets it and does not fail.
type timeouts struct {
	connect   time.Duration
	idle      time.Duration // between two statements of a transaction
	lock      time.Duration // for each lock
	statement time.Duration // for each statement
	call      time.Duration // for all statements of one call of the ledger
	silence   time.Duration // for the network, in addition to the server's time
	healthy   time.Duration // how long a healthy ledger takes at most for a quota's lock; an answer about that is known for half of it
	tell      time.Duration // how long a process that starts waits before it tells for whom
}

// ordinary are the timeouts of every process; only tests have others.
func ordinary() timeouts {
	return timeouts{
		connect: 10 * time.Second, idle: 5 * time.Second, lock: 6 * time.Second, statement: 15 * time.Second,
		call: 20 * time.Second, silence: 5 * time.Second, healthy: 2 * time.Second, tell: 3 * time.Second,
	}
}

// limits are the upper bounds of a session's settings, in the settings' own units, as
// JSON. Settings that a server does not know are ignored.
func (t timeouts) limits(migrating bool) string {
	most := map[string]int64{
		"lock_timeout": t.lock.Milliseconds(), "idle_in_transaction_session_timeout": t.idle.Milliseconds(),
		"tcp_user_timeout": (3 * t.idle).Milliseconds(), "tcp_keepalives_idle": 10, "tcp_keepalives_interval": 5, "tcp_keepalives_count": 3,
	}
	if migrating { // a statement may take long, and a lock is held between transactions
		most["idle_session_timeout"] = (2 * t.idle).Milliseconds()
	} else {
		most["statement_timeout"], most["transaction_timeout"] = t.statement.Milliseconds(), t.call.Milliseconds()
	}
	text, _ := json.Marshal(most) // numbers by name
	return string(text)
}

// tighten changes each setting that is laxer than its limit, wherever it was set: in the
// URL, the environment, the role, the database or the server.
const tighten = `
with given as materialized (
    select s.name, s.setting, l.value as most from pg_settings s join json_each_text($1::json) l on l.key = s.name
)
select set_config(name, most, false) from given where setting::bigint not between 1 and most::bigint`

// connector opens sessions with these limits, and counts their statements.
type connector struct {
	config     pq.Config
	timeouts   timeouts
	migrating  bool
	statements *atomic.Int64
}

// Driver is lib/pq's.
func (c *connector) Driver() driver.Driver { return &pq.Driver{} }

// Connect opens a session.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := pq.NewConnectorConfig(c.config)
	if err != nil {
		return nil, err
	}
	d := &dialer{patience: c.timeouts.statement + c.timeouts.silence}
	if c.migrating {
		d.patience = 24 * time.Hour // a migration may rewrite a large table
	}
	inner.Dialer(d)
	opened, err := inner.Connect(ctx)
	if err != nil {
		return nil, err
	}
	made := &conn{pqConn: opened.(pqConn), socket: d.opened.Load(), statements: c.statements}
	ctx, cancel := context.WithTimeout(ctx, c.timeouts.connect)
	defer cancel()
	made.bound(ctx)
	if _, err := made.pqConn.ExecContext(ctx, tighten, []driver.NamedValue{{Ordinal: 1, Value: c.timeouts.limits(c.migrating)}}); err != nil {
		_ = made.Close() // the first error is the one to report
		return nil, fmt.Errorf("limit how long a session may take: %w", err)
	}
	return made, nil
}

// dialer opens the socket of one session, and the sockets that cancel its statements.
type dialer struct {
	pq.Dialer // nil: lib/pq calls DialContext alone where there is one

	patience time.Duration
	opened   atomic.Pointer[socket]
}

// DialContext opens a socket on which nothing blocks for ever.
func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	alive := net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3}}
	inner, err := alive.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	s := &socket{Conn: inner, patience: d.patience}
	s.call, _ = ctx.Deadline() // applies also to what lib/pq reads while it connects
	d.opened.Store(s)
	return s, nil
}

// socket fails if the server sends or accepts nothing for too long. lib/pq itself would
// wait for ever, even after its context has ended.
type socket struct {
	net.Conn

	patience time.Duration
	set      time.Time // by lib/pq, until it is connected
	call     time.Time // when the answer must be there; zero: only patience applies
}

// SetDeadline is how lib/pq bounds the time that connecting takes.
func (s *socket) SetDeadline(t time.Time) error {
	s.set = t
	return s.Conn.SetDeadline(t)
}

func (s *socket) Read(b []byte) (int, error) {
	if err := s.SetReadDeadline(s.latest()); err != nil {
		return 0, err
	}
	return s.Conn.Read(b)
}

func (s *socket) Write(b []byte) (int, error) {
	if err := s.SetWriteDeadline(s.latest()); err != nil {
		return 0, err
	}
	return s.Conn.Write(b)
}

func (s *socket) latest() time.Time {
	latest := time.Now().Add(s.patience)
	for _, bound := range []time.Time{s.set, s.call} {
		if !bound.IsZero() && bound.Before(latest) {
			latest = bound
		}
	}
	return latest
}

// pqConn is what lib/pq's connections can do for database/sql.
type pqConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// conn is a session.
type conn struct {
	pqConn

	socket     *socket
	statements *atomic.Int64
}

// next begins a statement.
func (c *conn) next(ctx context.Context) {
	c.statements.Add(1)
	c.bound(ctx)
}

// bound makes the socket fail when a context ends. lib/pq then asks the server to cancel
// the statement, so the socket waits a moment longer for the answer.
func (c *conn) bound(ctx context.Context) {
	c.socket.call = time.Time{}
	if ends, bounded := ctx.Deadline(); bounded {
		c.socket.call = ends.Add(time.Second)
	}
}

// Ping checks that the server answers.
func (c *conn) Ping(ctx context.Context) error {
	c.bound(ctx)
	return c.pqConn.Ping(ctx)
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.next(ctx)
	return c.pqConn.ExecContext(ctx, query, args)
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.next(ctx)
	return c.pqConn.QueryContext(ctx, query, args)
}

func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	c.next(ctx)
	return c.pqConn.PrepareContext(ctx, query)
}

func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	c.next(ctx)
	inner, err := c.pqConn.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	return &tx{Tx: inner, conn: c}, nil
}

type tx struct {
	driver.Tx

	conn *conn
}

func (t *tx) Commit() error {
	t.conn.statements.Add(1)
	return t.Tx.Commit()
}

func (t *tx) Rollback() error {
	t.conn.statements.Add(1)
	return t.Tx.Rollback()
}
