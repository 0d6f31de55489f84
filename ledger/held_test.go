package ledger_test

import (
	"context"
	"database/sql"
	"fmt"
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
	"sluss/postgres/pgtest"
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
// permits without end.
func TestBusyWorker(t *testing.T) {
	address := os.Getenv(frozenWorker)
	if address == "" {
		t.Skip("this runs as a process of another test")
	}
	l := hasty(t, address, 2)
	for n := range 16 {
		go func() {
			for i := 0; ; i++ {
				// What goes wrong here is what the test looks at from outside.
				_, _ = l.Begin(context.WithoutCancel(t.Context()), intentOf(sluss.FilingID(fmt.Sprintf("vehicle/%d-%d", n, i))))
			}
		}()
	}
	time.Sleep(time.Minute) // its parent ends it before
}

func intentOf(filing sluss.FilingID) sluss.Intent {
	i := intent(filing, 1)
	i.Purpose, i.Calls = sluss.ToAsk, 0 // it needs no reservation, but the quota's lock
	return i
}

// TestFrozenWorkerDoesNotStopOthers: the system stops a worker while it has the
// quota, and its other sessions queue for it. Others go on after a while.
func TestFrozenWorkerDoesNotStopOthers(t *testing.T) {
	t.Parallel()
	l, address := ready(t)
	limited(t, l)
	l = hasty(t, address, 2)
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
		permit, err := l.Begin(ctx, intentOf("vehicle/other"))
		if err == nil && permit.Kind == sluss.PermitGranted {
			break
		}
		if failed++; err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), "ask again") {
			t.Fatalf("after %s: %+v, %v", time.Since(began), permit, err)
		}
	}
	t.Logf("others go on after %s, and %d errors", time.Since(began).Round(10*time.Millisecond), failed)
	if most := l.Timeouts().Idle + 2*time.Second; time.Since(began) > most {
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
	l = hasty(t, address, 5)
	limits := l.Timeouts()
	must(t, l.Health(t.Context()))
	pid, release := hold(t, address, "select from quotas for update")
	began := time.Now()
	var all sync.WaitGroup
	for n := range 20 { // more than there are sessions
		all.Go(func() {
			if _, err := l.Begin(t.Context(), intentOf(sluss.FilingID(fmt.Sprint("vehicle/", n)))); err == nil || !strings.Contains(err.Error(), "ask again") {
				t.Errorf("a permit while the quota is held: %v", err)
			}
		})
	}
	until(t, func() bool { return time.Since(began) > limits.Healthy }, "")
	asked := time.Now()
	if err := l.Health(t.Context()); err == nil || time.Since(asked) > 2*limits.Healthy+time.Second {
		t.Errorf("after %s its health is %v", time.Since(asked), err)
	}
	all.Wait()
	if took := time.Since(began); took > limits.Call+2*time.Second {
		t.Errorf("permits were refused after %s", took)
	}
	t.Logf("20 permits were refused within %s", time.Since(began).Round(10*time.Millisecond))
	until(t, func() bool {
		err := l.Health(t.Context())
		return err != nil && strings.Contains(err.Error(), fmt.Sprintf("nobody can call %s: its quota", sluss.Avfallsregistret)) &&
			strings.Contains(err.Error(), fmt.Sprintf("session %d (somebody, idle in transaction)", pid))
	}, "health does not say who has the quota")
	release()
	begin(t, l, intent(filingID, 1), sluss.PermitGranted)
	until(t, func() bool { return l.Health(t.Context()) == nil }, "the ledger stays ill")
}

// TestThawedWorkerIsToldWhatHappened: its session is gone, the error says why, and
// the next call goes on.
func TestThawedWorkerIsToldWhatHappened(t *testing.T) {
	t.Parallel()
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
				if _, err := l.Begin(t.Context(), intentOf(sluss.FilingID(fmt.Sprintf("vehicle/%d-%d", n, i)))); err != nil {
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
	begin(t, l, intentOf("vehicle/afterwards"), sluss.PermitGranted)
}
