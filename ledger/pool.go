package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// pool holds the sessions of a ledger. Nothing on it takes longer than a call may,
// and its errors explain what the database waited for.
type pool struct {
	db       *sqlx.DB
	timeouts timeouts
}

// GetContext reads the first row; the error is sql.ErrNoRows if there is none.
func (p *pool) GetContext(ctx context.Context, row any, query string, args ...any) error {
	return p.bounded(ctx, func(ctx context.Context) error { return readFirst(ctx, p.db, row, query, args) })
}

// SelectContext reads all rows.
func (p *pool) SelectContext(ctx context.Context, list any, query string, args ...any) error {
	return p.bounded(ctx, func(ctx context.Context) error { return readAll(ctx, p.db, list, query, args) })
}

// ExecContext writes.
func (p *pool) ExecContext(ctx context.Context, query string, args ...any) (done sql.Result, err error) {
	err = p.bounded(ctx, func(ctx context.Context) error {
		done, err = p.db.ExecContext(ctx, query, args...)
		return err
	})
	return done, err
}

// transaction runs do in a transaction, and commits it unless do fails.
func (p *pool) transaction(ctx context.Context, options *sql.TxOptions, do func(ctx context.Context, tx *work) error) error {
	return p.bounded(ctx, func(ctx context.Context) error { return p.commit(ctx, options, do) })
}

// commit is transaction without a time limit of its own.
func (p *pool) commit(ctx context.Context, options *sql.TxOptions, do func(ctx context.Context, tx *work) error) error {
	tx, err := p.db.BeginTxx(ctx, options)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	if err := do(ctx, &work{tx}); err != nil {
		return err
	}
	return tx.Commit()
}

// work is a transaction.
type work struct{ *sqlx.Tx }

// GetContext is like pool's.
func (w *work) GetContext(ctx context.Context, row any, query string, args ...any) error {
	return readFirst(ctx, w.Tx, row, query, args)
}

// SelectContext is like pool's.
func (w *work) SelectContext(ctx context.Context, list any, query string, args ...any) error {
	return readAll(ctx, w.Tx, list, query, args)
}

func (p *pool) bounded(ctx context.Context, do func(ctx context.Context) error) error {
	errTooLong := fmt.Errorf("the ledger did not answer within %s", p.timeouts.call)
	ctx, cancel := context.WithTimeoutCause(ctx, p.timeouts.call, errTooLong)
	defer cancel()
	err := do(ctx)
	switch cause := context.Cause(ctx); {
	case err == nil || cause == nil:
		return p.timeouts.explain(err)
	case errors.Is(cause, errTooLong):
		return fmt.Errorf("%w: its server is overloaded, or cannot be reached; ask again (%w)", cause, err)
	default: // the caller gave up
		return fmt.Errorf("%w: %w", cause, err)
	}
}

// locked tells whether err means that another session holds a lock that was needed.
func locked(err error) bool {
	var refused *pq.Error
	return errors.As(err, &refused) && refused.Code == pqerror.LockNotAvailable
}

// deadlocked tells whether err means that the database ended a deadlock by refusing us.
func deadlocked(err error) bool {
	var refused *pq.Error
	return errors.As(err, &refused) && refused.Code == pqerror.TRDeadlockDetected
}

// explain is err with what happened and what to do, if the database kept us waiting
// for too long or ended our session. Trying again is safe in all cases.
func (t timeouts) explain(err error) error {
	var refused *pq.Error
	var broken net.Error
	switch {
	case err == nil:
		return nil
	case locked(err):
		return fmt.Errorf("another session has held a lock that is needed for more than %s: ask again; GET /healthz, or the log of a process that starts, names the session (%w)", t.lock, err)
	case errors.As(err, &refused) && refused.Code == pqerror.ForeignKeyViolation:
		return fmt.Errorf("what this record belongs to is not in the ledger yet (%w)", err)
	case errors.As(err, &refused) && refused.Code == pqerror.QueryCanceled:
		return fmt.Errorf("a statement took longer than %s: ask again; if that does not help, the ledger's server is overloaded (%w)", t.statement, err)
	case errors.As(err, &broken):
		return fmt.Errorf("the ledger's server is silent, or the connection broke: see whether it runs and can be reached, and ask again (%w)", err)
	case errors.Is(err, driver.ErrBadConn):
		return fmt.Errorf("the ledger's server ended our session, because it stops, or because this process was held up for more than %s in the middle of a call: ask again (%w)", t.idle, err)
	}
	return err
}
