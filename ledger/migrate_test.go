package ledger_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"sluss"
	"sluss/ledger"
	"sluss/postgres/pgtest"
	"sluss/quota"
	"sluss/schema"
)

// written is a log that can be read while it is written.
type written struct {
	sync.Mutex
	bytes.Buffer
}

func (w *written) Write(p []byte) (int, error) {
	w.Lock()
	defer w.Unlock()
	return w.Buffer.Write(p)
}

func (w *written) String() string {
	w.Lock()
	defer w.Unlock()
	return w.Buffer.String()
}

// TestStartTellsWhomItWaitsFor: a process that starts logs within some seconds which
// session holds the lock that it needs, and goes on once it is free.
func TestStartTellsWhomItWaitsFor(t *testing.T) {
	t.Parallel()
	migrated := func() string {
		l, url := fresh(t)
		must(t, l.SetQuota(t.Context(), sluss.Autosys, quota.Quota{}))
		return url
	}
	migrate := func(l *ledger.Ledger) error { return l.Migrate(context.WithoutCancel(t.Context())) }
	limit := func(l *ledger.Ledger) error {
		return l.SetQuota(context.WithoutCancel(t.Context()), sluss.Autosys, quota.Quota{Limits: []quota.Limit{{Calls: 9, Per: time.Minute}}})
	}
	for name, test := range map[string]struct {
		url, held string
		start     func(l *ledger.Ledger) error
		what      string
	}{
		"another migrates":   {pgtest.Database(t), "select pg_advisory_xact_lock(4097083626)", migrate, "migrate the ledger"},
		"a table is held":    {migrated(), "lock table goose_db_version", migrate, "migrate the ledger"},
		"the quota is held":  {migrated(), "select from quotas for update", limit, "set the quota of autosys"},
		"the quotas are out": {migrated(), "lock table quotas", limit, "set the quota of autosys"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, log := hasty(t, test.url), &written{}
			l.Log = slog.New(slog.NewTextHandler(log, nil))
			pid, release := hold(t, test.url, test.held)
			began, done := time.Now(), make(chan error, 1)
			go func() { done <- test.start(l) }()
			until(t, func() bool { return log.String() != "" }, "nothing is told")
			told := time.Since(began)
			if told > 3*time.Second {
				t.Errorf("told after %s", told)
			}
			for _, want := range []string{test.what, fmt.Sprintf("session %d (somebody", pid), "pg_terminate_backend"} {
				if !strings.Contains(log.String(), want) {
					t.Errorf("%q is not in %s", want, log)
				}
			}
			until(t, func() bool { return time.Since(began) > l.Timeouts().Lock+time.Second }, "") // it tries again by then
			select {
			case err := <-done:
				t.Fatalf("it did not wait: %v", err)
			default:
			}
			release()
			freed := time.Now()
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			t.Logf("told after %s, went on %s after the release", told.Round(10*time.Millisecond), time.Since(freed).Round(time.Millisecond))
		})
	}
}

// TestFrozenMigrationDoesNotStopOthers: a process that freezes with the lock of
// migrations loses it, between transactions and within one.
func TestFrozenMigrationDoesNotStopOthers(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{"between transactions": "select 1", "in a transaction": "begin"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := pgtest.Database(t)
			l := hasty(t, url)
			frozen := l.Session(t, true)
			must(t, ledger.LockMigrations(t.Context(), frozen))
			_, err := frozen.ExecContext(t.Context(), statement)
			must(t, err)
			began := time.Now()
			must(t, hasty(t, url).Migrate(t.Context()))
			t.Logf("another migrates after %s", time.Since(began).Round(10*time.Millisecond))
			if most := 3*l.Timeouts().Idle + 5*time.Second; time.Since(began) > most {
				t.Errorf("another migrates after %s, want %s at most", time.Since(began), most)
			}
		})
	}
}

func TestMigrationsOfSeveralProcessesAtOnce(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	var all sync.WaitGroup
	for range 4 {
		l := open(t, url)
		all.Go(func() {
			if err := l.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	l := open(t, url)
	must(t, l.Migrate(t.Context()))
	must(t, l.RecordEvent(t.Context(), produced()))
	migrations, err := fs.Glob(schema.FS, "*.sql")
	must(t, err)
	if n := count(t, rows(t, url), "goose_db_version where version_id > 0"); n != len(migrations) {
		t.Errorf("%d migrations ran, want %d, each once", n, len(migrations))
	}
}
