package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/pressly/goose/v3"

	"sluss/schema"
)

// Migrate brings tables and views to the version that this code needs. Several
// processes may call it at once: one of them migrates, the others wait. It never goes
// back: a database that is newer than this code stays as it is. If other sessions hold
// locks that it needs, it waits for some minutes and logs which sessions they are.
func (l *Ledger) Migrate(ctx context.Context) error {
	migrating := *l.connector
	migrating.migrating = true
	db := sql.OpenDB(&migrating)
	defer db.Close()
	return l.patiently(ctx, "migrate the ledger", func(ctx context.Context) error {
		provider, err := goose.NewProvider(goose.DialectPostgres, db, schema.FS, goose.WithSessionLocker(migrator{}))
		if err != nil {
			return err
		}
		_, err = provider.Up(ctx)
		return l.db.timeouts.explain(err)
	})
}

// migrator implements goose's lock with a blocking statement, so that the server knows
// which session we wait for.
type migrator struct{}

// migration is the key of the lock, the same as goose's own.
const migration = 4097083626

// SessionLock waits until nobody else migrates.
func (migrator) SessionLock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, `select pg_advisory_lock($1)`, migration)
	return err
}

// SessionUnlock lets others migrate.
func (migrator) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, `select pg_advisory_unlock($1)`, migration)
	return err
}

const (
	tellAgain = 30 * time.Second // of waiting at a start
	giveUp    = 5 * time.Minute
)

// patiently does what a process must do at its start. As long as other sessions hold
// locks that it needs, it tries again and logs which sessions they are. It ends with
// its context, even if the server does not answer.
func (l *Ledger) patiently(ctx context.Context, what string, do func(ctx context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go l.logBlockers(ctx, what)
	done := make(chan error, 1)
	go func() {
		began := time.Now()
		err := do(ctx)
		for (locked(err) || deadlocked(err)) && time.Since(began) < giveUp && ctx.Err() == nil {
			err = do(ctx)
		}
		done <- err
	}()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		select {
		case err = <-done:
		case <-time.After(l.db.timeouts.silence):
			err = ctx.Err()
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// logBlockers logs from time to time which sessions we wait for, until the context ends.
func (l *Ledger) logBlockers(ctx context.Context, what string) {
	log := l.Log
	if log == nil {
		log = slog.Default()
	}
	for pause := l.db.timeouts.tell; ; pause = tellAgain {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		holders, err := l.holders(ctx)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			log.Warn("the ledger's database does not answer", "to", what, "error", err)
		case holders != "":
			log.Warn("the ledger's database makes us wait", "to", what, "until", holders)
		}
	}
}
