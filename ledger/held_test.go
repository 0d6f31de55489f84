package ledger_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sluss"
	"sluss/ledger"
	"sluss/postgres/pgtest"
	"sluss/quota"
)

// with is a database's URL with one more parameter.
func with(t *testing.T, address, name, value string) string {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

func setting(t *testing.T, conn *sql.Conn, name string) (value string) {
	t.Helper()
	must(t, conn.QueryRowContext(t.Context(), "select current_setting($1)", name).Scan(&value))
	return value
}

// TestSessionsKeepToTheLimits: whatever asks for more time gets no more than the
// ledger gives; whatever asks for less is left alone.
func TestSessionsKeepToTheLimits(t *testing.T) {
	plain := pgtest.Database(t)
	byDatabase := pgtest.Database(t)
	_, err := rows(t, byDatabase).ExecContext(t.Context(), `do $$ begin execute format('alter database %I set lock_timeout = 0', current_database());
		execute format('alter database %I set statement_timeout = ''7s''', current_database()); end $$`)
	must(t, err)
	ours := map[string]string{
		"lock_timeout": "6s", "idle_in_transaction_session_timeout": "5s", "statement_timeout": "15s",
		"tcp_user_timeout": "15000", "tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3",
	}
	for name, test := range map[string]struct {
		url, environment string
		migrating        bool
		want             map[string]string
	}{
		"plain":                    {url: plain},
		"laxer in the URL":         {url: with(t, plain, "lock_timeout", "10min")},
		"none in the URL":          {url: with(t, plain, "idle_in_transaction_session_timeout", "0")},
		"none in its options":      {url: with(t, plain, "options", "-c statement_timeout=0 -c lock_timeout=0")},
		"none in the environment":  {url: plain, environment: "-c idle_in_transaction_session_timeout=0"},
		"of the database":          {url: byDatabase, want: map[string]string{"statement_timeout": "7s"}},
		"stricter in the URL":      {url: with(t, plain, "lock_timeout", "2s"), want: map[string]string{"lock_timeout": "2s"}},
		"stricter in its options":  {url: with(t, plain, "options", "-c tcp_user_timeout=900"), want: map[string]string{"tcp_user_timeout": "900"}},
		"of one that migrates":     {url: with(t, plain, "lock_timeout", "0"), migrating: true, want: map[string]string{"statement_timeout": "0", "idle_session_timeout": "10s"}},
		"no limit on connecting":   {url: with(t, plain, "connect_timeout", "0")},
		"of one that migrates now": {url: with(t, plain, "idle_in_transaction_session_timeout", "0"), migrating: true, want: map[string]string{"statement_timeout": "0"}},
	} {
		t.Run(name, func(t *testing.T) {
			if test.environment != "" {
				t.Setenv("PGOPTIONS", test.environment)
			}
			conn := open(t, test.url).Session(t, test.migrating)
			for name, want := range ours {
				if other, is := test.want[name]; is {
					want = other
				}
				if got := setting(t, conn, name); got != want {
					t.Errorf("%s is %s, want %s", name, got, want)
				}
			}
			for name, want := range test.want {
				if got := setting(t, conn, name); got != want {
					t.Errorf("%s is %s, want %s", name, got, want)
				}
			}
		})
	}
}

const frozenWorker = "SLUSS_TEST_FROZEN_WORKER"

// TestBusyWorker is no test, but a worker in a process of its own that asks for
// turns without end.
func TestBusyWorker(t *testing.T) {
	address := os.Getenv(frozenWorker)
	if address == "" {
		t.Skip("this runs as a process of another test")
	}
	l := open(t, address)
	for n := range 16 {
		go func() {
			for i := 0; ; i++ {
				// What goes wrong here is what the test looks at from outside.
				_, _ = l.Begin(context.WithoutCancel(t.Context()), intentOf(fmt.Sprintf("vehicle/%d-%d", n, i)))
			}
		}()
	}
	time.Sleep(time.Minute) // its parent ends it before
}

func intentOf(filing string) sluss.Intent {
	i := intent(filing, 1)
	i.Purpose, i.Calls = sluss.ToAsk, 0 // it needs no turn, but the quota's lock
	return i
}

// TestFrozenWorkerDoesNotStopOthers: the system stops a worker while it has the
// quota, and its other sessions queue for it. Others go on after a while.
func TestFrozenWorkerDoesNotStopOthers(t *testing.T) {
	t.Parallel()
	l, address := ready(t)
	limited(t, l)
	db := rows(t, address)
	worker := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestBusyWorker$")
	worker.Env = append(os.Environ(), frozenWorker+"="+with(t, address, "application_name", "frozen"))
	must(t, worker.Start())
	t.Cleanup(func() { _ = worker.Process.Kill(); _ = worker.Wait() })
	has := func() (holding, queueing int) { // for longer than the server needs for what it was told before
		must(t, db.QueryRowContext(t.Context(), `select count(*) filter (where state = 'idle in transaction' and backend_xid is not null and state_change < clock_timestamp() - interval '300 milliseconds'),
			count(*) filter (where wait_event_type = 'Lock')
			from pg_stat_activity where datname = current_database() and application_name = 'frozen'`).Scan(&holding, &queueing))
		return holding, queueing
	}
	for deadline := time.Now().Add(30 * time.Second); ; {
		must(t, worker.Process.Signal(syscall.SIGSTOP))
		time.Sleep(500 * time.Millisecond)
		if holding, queueing := has(); holding > 0 {
			t.Logf("frozen with %d sessions in a transaction, and %d behind them", holding, queueing)
			break
		}
		must(t, worker.Process.Signal(syscall.SIGCONT))
		if time.Now().After(deadline) {
			t.Fatal("the worker never has the quota")
		}
		time.Sleep(7 * time.Millisecond)
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := l.Health(ctx); err == nil || !strings.Contains(err.Error(), "(frozen, idle in transaction)") {
		t.Errorf("while the quota is held, its health is %v", err)
	}
	failed := 0
	for {
		turn, err := l.Begin(ctx, intentOf("vehicle/other"))
		if err == nil && turn.Kind == sluss.TurnGo {
			break
		}
		if failed++; err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), "ask again") {
			t.Fatalf("after %s: %+v, %v", time.Since(began), turn, err)
		}
	}
	t.Logf("others go on after %s, and %d errors", time.Since(began).Round(10*time.Millisecond), failed)
	if most := ledger.IdleTimeout + 2*time.Second; time.Since(began) > most {
		t.Errorf("others were stopped for %s, want %s at most", time.Since(began), most)
	}
	until(t, func() bool { return l.Health(ctx) == nil }, "the ledger stays ill")
	must(t, worker.Process.Signal(syscall.SIGCONT))
}

// until waits for something to become true.
func until(t *testing.T, is func() bool, otherwise string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !is(); {
		if time.Now().After(deadline) {
			t.Fatal(otherwise)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// hold has a session that is none of ours do something in a transaction and then
// nothing; release ends it.
func hold(t *testing.T, address, statement string) (pid int, release func()) {
	t.Helper()
	tx, err := rows(t, with(t, address, "application_name", "somebody")).BeginTx(t.Context(), nil)
	must(t, err)
	must(t, tx.QueryRowContext(t.Context(), "select pg_backend_pid()").Scan(&pid))
	_, err = tx.ExecContext(t.Context(), statement)
	must(t, err)
	return pid, func() { must(t, tx.Rollback()) }
}

// TestHeldQuotaIsToldAndTriedAgain: whoever holds a quota in a session without
// limits, no call waits for them without end, and health says who it is.
func TestHeldQuotaIsToldAndTriedAgain(t *testing.T) {
	t.Parallel()
	l, address := ready(t, filingID)
	limited(t, l)
	must(t, l.Health(t.Context()))
	pid, release := hold(t, address, "select from quotas for update")
	began := time.Now()
	var all sync.WaitGroup
	for n := range 20 { // more than there are sessions
		all.Go(func() {
			if _, err := l.Begin(t.Context(), intentOf(fmt.Sprint("vehicle/", n))); err == nil || !strings.Contains(err.Error(), "ask again") {
				t.Errorf("a turn while the quota is held: %v", err)
			}
		})
	}
	until(t, func() bool { return time.Since(began) > 2*time.Second }, "")
	asked := time.Now()
	if err := l.Health(t.Context()); err == nil || time.Since(asked) > 5*time.Second {
		t.Errorf("after %s its health is %v", time.Since(asked), err)
	}
	all.Wait()
	if took := time.Since(began); took > ledger.CallTimeout+2*time.Second {
		t.Errorf("turns were refused after %s", took)
	}
	t.Logf("20 turns were refused within %s", time.Since(began).Round(10*time.Millisecond))
	until(t, func() bool {
		err := l.Health(t.Context())
		return err != nil && strings.Contains(err.Error(), fmt.Sprintf("nobody can call %s: its quota", sluss.Avfallsregistret)) &&
			strings.Contains(err.Error(), fmt.Sprintf("session %d (somebody, idle in transaction)", pid))
	}, "health does not say who has the quota")
	release()
	begin(t, l, intent(filingID, 1), sluss.TurnGo)
	until(t, func() bool { return l.Health(t.Context()) == nil }, "the ledger stays ill")
}

// TestHealthOfALedgerThatCannotWork: it is asked for by anybody, and tells no address.
func TestHealthOfALedgerThatCannotWork(t *testing.T) {
	empty := open(t, pgtest.Database(t))
	if err := empty.Health(t.Context()); err == nil || !strings.Contains(err.Error(), `"quotas" does not exist`) {
		t.Errorf("without tables: %v", err)
	}
	_, address := ready(t)
	w := wire(t, address)
	far := open(t, w.url)
	must(t, far.Health(t.Context()))
	w.cut()
	time.Sleep(time.Second) // until an answer is too old
	began := time.Now()
	if err := far.Health(t.Context()); err == nil || strings.Contains(err.Error(), "127.0.0.1") || time.Since(began) > 6*time.Second {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
}

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

// TestStartTellsWhomItWaitsFor: a process that starts says within five seconds who
// holds what it needs, and goes on once that is free.
func TestStartTellsWhomItWaitsFor(t *testing.T) {
	t.Parallel()
	migrated := func() string {
		l, url := fresh(t)
		must(t, l.SetTerms(t.Context(), sluss.Autosys, quota.Terms{}))
		return url
	}
	migrate := func(l *ledger.Ledger) error { return l.Migrate(context.WithoutCancel(t.Context())) }
	limit := func(l *ledger.Ledger) error {
		return l.SetTerms(context.WithoutCancel(t.Context()), sluss.Autosys, quota.Terms{Limits: []quota.Limit{{Calls: 9, Per: time.Minute}}})
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
			l, log := open(t, test.url), &written{}
			l.Log = slog.New(slog.NewTextHandler(log, nil))
			pid, release := hold(t, test.url, test.held)
			began, done := time.Now(), make(chan error, 1)
			go func() { done <- test.start(l) }()
			until(t, func() bool { return log.String() != "" }, "nothing is told")
			told := time.Since(began)
			if told > 5*time.Second {
				t.Errorf("told after %s", told)
			}
			for _, want := range []string{test.what, fmt.Sprintf("session %d (somebody", pid), "pg_terminate_backend"} {
				if !strings.Contains(log.String(), want) {
					t.Errorf("%q is not in %s", want, log)
				}
			}
			until(t, func() bool { return time.Since(began) > ledger.LockTimeout+time.Second }, "") // it tries again by then
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

// TestFrozenMigrationDoesNotStopOthers: whoever freezes with the lock of those that
// migrate loses it, between transactions and within one.
func TestFrozenMigrationDoesNotStopOthers(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{"between transactions": "select 1", "in a transaction": "begin"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := pgtest.Database(t)
			frozen := open(t, url).Session(t, true)
			must(t, ledger.LockMigrations(t.Context(), frozen))
			_, err := frozen.ExecContext(t.Context(), statement)
			must(t, err)
			began := time.Now()
			must(t, open(t, url).Migrate(t.Context()))
			t.Logf("another migrates after %s", time.Since(began).Round(10*time.Millisecond))
			if most := 3*ledger.IdleTimeout + 5*time.Second; time.Since(began) > most {
				t.Errorf("another migrates after %s, want %s at most", time.Since(began), most)
			}
		})
	}
}

// wires is a way to the server that can be cut without either side hearing of it.
type wires struct {
	url  string
	lock sync.Mutex
	dead bool
}

func (w *wires) cut() {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.dead = true
}

func (w *wires) alive() bool {
	w.lock.Lock()
	defer w.lock.Unlock()
	return !w.dead
}

func wire(t *testing.T, address string) *wires {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	server := u.Host
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { listener.Close() })
	u.Host = listener.Addr().String()
	w := &wires{url: u.String()}
	carry := func(to, from net.Conn) {
		buffer := make([]byte, 32<<10)
		for {
			n, err := from.Read(buffer)
			if w.alive() && n > 0 {
				_, _ = to.Write(buffer[:n])
			}
			if err == io.EOF && w.alive() {
				to.Close()
			}
			if err != nil {
				return
			}
		}
	}
	go func() {
		for {
			here, err := listener.Accept()
			if err != nil {
				return
			}
			there, err := net.Dial("tcp", server)
			if err != nil {
				here.Close()
				return
			}
			t.Cleanup(func() { here.Close(); there.Close() })
			go carry(there, here)
			go carry(here, there)
		}
	}()
	return w
}

// TestSilentServerEndsACall: the cable is pulled in the middle. What is asked fails
// when its context ends, and what has no such end fails too.
func TestSilentServerEndsACall(t *testing.T) {
	t.Parallel()
	_, address := ready(t)
	for _, patience := range []time.Duration{time.Second, 5 * time.Minute} {
		t.Run(patience.String(), func(t *testing.T) {
			t.Parallel()
			w := wire(t, address)
			l := open(t, w.url)
			must(t, l.RecordEvent(t.Context(), produced()))
			w.cut()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			var all sync.WaitGroup
			for name, ask := range map[string]func() error{
				"a read":  func() error { _, err := l.Batch(ctx, batchID); return err },
				"a write": func() error { return l.RecordEvent(ctx, pickedUp()) },
				"a turn":  func() error { _, err := l.Begin(ctx, intentOf("vehicle/1")); return err },
				"a list":  func() error { _, err := l.Quotas(ctx, ledger.WhatIf{}); return err },
			} {
				all.Go(func() {
					began := time.Now()
					err := ask()
					took := time.Since(began)
					if most := min(patience, ledger.CallTimeout) + 3*time.Second; err == nil || took > most {
						t.Errorf("%s took %s, want %s at most: %v", name, took, most, err)
					}
					if patience > time.Minute && (err == nil || !strings.Contains(err.Error(), "ask again")) {
						t.Errorf("%s: %v", name, err)
					}
					t.Logf("%s failed after %s: %v", name, took.Round(10*time.Millisecond), err)
				})
			}
			all.Wait()
		})
	}
}

// TestThawedWorkerIsToldWhatHappened: its session is gone, the error says why, and
// the next call goes on.
func TestThawedWorkerIsToldWhatHappened(t *testing.T) {
	l, address := ready(t)
	var errs []string
	var lock sync.Mutex
	var all sync.WaitGroup
	stop := make(chan struct{})
	for n := range 4 {
		all.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := l.Begin(t.Context(), intentOf(fmt.Sprintf("vehicle/%d-%d", n, i))); err != nil {
					lock.Lock()
					errs = append(errs, err.Error())
					lock.Unlock()
				}
			}
		})
	}
	db := rows(t, address)
	until(t, func() bool { // the server ends them as it ends those that were frozen
		_, err := db.ExecContext(t.Context(), `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`)
		must(t, err)
		lock.Lock()
		defer lock.Unlock()
		return len(errs) > 0
	}, "no session was ended")
	close(stop)
	all.Wait()
	if slices.ContainsFunc(errs, func(e string) bool {
		return !strings.Contains(e, "ledger's server") || !strings.Contains(e, "ask again")
	}) {
		t.Error(errs)
	}
	begin(t, l, intentOf("vehicle/afterwards"), sluss.TurnGo)
}
