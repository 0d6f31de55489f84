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

// TestSessionsKeepToTheLimits: a setting for more time than the ledger allows is
// lowered; one for less stays.
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

// TestBusyWorker is no test, but a worker in a process of its own that asks for permits
// and makes rounds without end.
func TestBusyWorker(t *testing.T) {
	address := os.Getenv(frozenWorker)
	if address == "" {
		t.Skip("this runs as a process of another test")
	}
	l, ctx := open(t, address), context.WithoutCancel(t.Context())
	for n := range 12 {
		go func() {
			for i := 0; ; i++ { // what goes wrong here is what the test looks at from outside
				_, _ = l.Begin(ctx, intentOf(sluss.FilingID(fmt.Sprintf("vehicle/%d-%d", n, i))))
			}
		}()
	}
	for range 4 {
		go func() {
			for {
				_ = l.RoundNow(ctx)
				_, _ = l.Dispatch(ctx, sluss.Avfallsregistret)
			}
		}()
	}
	time.Sleep(time.Minute) // its parent ends it before
}

func intentOf(filing sluss.FilingID) sluss.Intent {
	i := intent(filing, 1)
	i.Purpose, i.Calls = sluss.ToAsk, 0 // it needs no reservation, but competes for the quota
	return i
}

// TestFrozenWorkerDoesNotStopOthers: the system stops a worker in the middle of all that
// it does, many times. Others go on at once.
func TestFrozenWorkerDoesNotStopOthers(t *testing.T) {
	l, address, ids := several(t, 1)
	limited(t, l, quota.Limit{Calls: 1, Per: time.Hour})
	called(t, address, 1, time.Minute)
	begin(t, l, intent(ids[0], 1), sluss.PermitQueued) // rounds have something to do
	worker := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestBusyWorker$")
	worker.Env = append(os.Environ(), frozenWorker+"="+with(t, address, "application_name", "frozen"))
	must(t, worker.Start())
	t.Cleanup(func() { _ = worker.Process.Kill(); _ = worker.Wait() })
	db := rows(t, address)
	until(t, func() bool { return count(t, db, "attempts where filing like 'vehicle/%'") > 20 }, "the worker does nothing")
	longest := time.Duration(0)
	for n := range 60 {
		must(t, worker.Process.Signal(syscall.SIGSTOP))
		began := time.Now()
		begin(t, l, intentOf(sluss.FilingID(fmt.Sprint("vehicle/other-", n))), sluss.PermitGranted)
		if d := round(t, l); d.Waiting != 1 {
			t.Errorf("a round is %+v, want one that waits", d)
		}
		longest = max(longest, time.Since(began))
		must(t, worker.Process.Signal(syscall.SIGCONT))
		time.Sleep(time.Duration(3+n%7) * time.Millisecond)
	}
	t.Logf("others went on after %s at most", longest)
	if longest > 2*time.Second {
		t.Errorf("others were stopped for %s", longest)
	}
}

// until waits for a condition.
func until(t *testing.T, is func() bool, otherwise string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !is(); {
		if time.Now().After(deadline) {
			t.Fatal(otherwise)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// hold runs a statement in a transaction of a foreign session and leaves it open; release ends it.
func hold(t *testing.T, address, statement string) (pid int, release func()) {
	t.Helper()
	tx, err := rows(t, with(t, address, "application_name", "somebody")).BeginTx(t.Context(), nil)
	must(t, err)
	must(t, tx.QueryRowContext(t.Context(), "select pg_backend_pid()").Scan(&pid))
	_, err = tx.ExecContext(t.Context(), statement)
	must(t, err)
	return pid, func() { must(t, tx.Rollback()) }
}

// TestHeldQuotaIsToldAndTriedAgain: if a session without limits locks a quota, no
// call waits for it without end, and health names the session.
func TestHeldQuotaIsToldAndTriedAgain(t *testing.T) {
	t.Parallel()
	l, address := ready(t, filingID)
	limited(t, l)
	l = hasty(t, address)
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

// TestThawedWorkerIsToldWhatHappened: its session has been ended, the error says why,
// and the next call works.
func TestThawedWorkerIsToldWhatHappened(t *testing.T) {
	t.Parallel()
	l, address := ready(t)
	limited(t, l)
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
				if err := l.LowerQuota(t.Context(), sluss.Avfallsregistret, nil, fmt.Sprint(n, i), "test"); err != nil {
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
