package ledger

import (
	"context"
	"database/sql/driver"
	"sync/atomic"

	"github.com/lib/pq"
)

// counting is lib/pq's connector, whose connections count the statements.
type counting struct {
	*pq.Connector
	statements *atomic.Int64
}

// Connect opens a connection that counts.
func (c *counting) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{pqConn: inner.(pqConn), statements: c.statements}, nil
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

type conn struct {
	pqConn
	statements *atomic.Int64
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.statements.Add(1)
	return c.pqConn.ExecContext(ctx, query, args)
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.statements.Add(1)
	return c.pqConn.QueryContext(ctx, query, args)
}

func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	c.statements.Add(1)
	return c.pqConn.PrepareContext(ctx, query)
}

func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	c.statements.Add(1)
	inner, err := c.pqConn.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	return &tx{Tx: inner, statements: c.statements}, nil
}

type tx struct {
	driver.Tx
	statements *atomic.Int64
}

func (t *tx) Commit() error {
	t.statements.Add(1)
	return t.Tx.Commit()
}

func (t *tx) Rollback() error {
	t.statements.Add(1)
	return t.Tx.Rollback()
}
