package ledger_test

import (
	"database/sql"
	"slices"
	"sync"
	"testing"
	"time"

	"sluss"
	"sluss/quota"
)

// TestAReservationIsForAsManyCallsAsItWasPlannedFor: a filing whose content makes more
// calls than before asks again at the moment at which a round gives it a reservation.
func TestAReservationIsForAsManyCallsAsItWasPlannedFor(t *testing.T) {
	const waits = `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
	for name, held := range map[string]string{
		"the round is recorded later": `update quotas set held = held`,
		"it asks later":               `update tickets set reserved_at = clock_timestamp() + interval '1 second', tell_at = clock_timestamp()`,
	} {
		t.Run(name, func(t *testing.T) {
			l, url, ids := several(t, 1)
			limited(t, l, quota.Limit{Calls: 3, Per: time.Minute})
			called(t, url, 2, 30*time.Second)
			called(t, url, 1, 59*time.Second)
			one := due(ids[0], time.Hour)
			begin(t, l, one, sluss.PermitQueued)
			must(t, l.RoundNow(t.Context()))
			db := rows(t, url)
			other, err := db.BeginTx(t.Context(), &sql.TxOptions{})
			must(t, err)
			_, err = other.ExecContext(t.Context(), held)
			must(t, err)
			three := one
			three.Calls = 3
			ask := func() {
				if permit, err := l.Begin(t.Context(), three); err != nil || permit.Kind != sluss.PermitQueued {
					t.Errorf("%+v, %v", permit, err)
				}
			}
			late, next := func() { _, _ = l.Dispatch(t.Context(), sluss.Avfallsregistret) }, ask
			if name == "it asks later" {
				late, next = ask, func() {}
			}
			var all sync.WaitGroup
			all.Go(late)
			until(t, func() bool {
				n := 0
				must(t, db.QueryRowContext(t.Context(), waits).Scan(&n))
				return n == 1
			}, "nobody waits")
			next()
			must(t, other.Commit())
			all.Wait()
			if n := count(t, db, "tickets where calls = 3"); n != 1 {
				t.Fatalf("%d tickets for three calls", n)
			}
			if n := count(t, db, "tickets where reserved_at is not null"); n != 0 {
				t.Error("three calls have the reservation of one")
			}
		})
	}
}

// TestAReservationThatNobodyWasToldOfIsNotLost: the process died that had made the last
// reservation for a long time.
func TestAReservationThatNobodyWasToldOfIsNotLost(t *testing.T) {
	l, url, ids := several(t, 2)
	limited(t, l, quota.Limit{Calls: 1, Per: time.Hour})
	called(t, url, 1, time.Hour-time.Second)
	begin(t, l, due(ids[0], time.Hour), sluss.PermitQueued)
	begin(t, l, due(ids[1], 2*time.Hour), sluss.PermitQueued)
	if d := round(t, l); !slices.Equal(reservedFor(d), ids[:1]) {
		t.Fatalf("reservations for %v", reservedFor(d))
	}
	for _, table := range []string{"tickets set reserved_at = reserved_at", "quotas set round_at = round_at"} {
		_, err := rows(t, url).ExecContext(t.Context(), "update "+table+" - interval '1 minute'") // time passes
		must(t, err)
	}
	d, err := l.Dispatch(t.Context(), sluss.Avfallsregistret)
	must(t, err)
	if !slices.Equal(reservedFor(d), ids[:1]) {
		t.Errorf("a minute later there are reservations for %v, want one for the filing that was not told", reservedFor(d))
	}
}

// TestAFilingThatWasRevivedKeepsItsTicket: it did not run when it was to be told its
// reservation, and was revived and asked again before that was recorded.
func TestAFilingThatWasRevivedKeepsItsTicket(t *testing.T) {
	l, url, ids := queued(t, 1)
	d := round(t, l)
	must(t, l.PauseQuota(t.Context(), sluss.Avfallsregistret, "outage", "Karin Holm"))
	begin(t, l, due(ids[0], time.Hour), sluss.PermitQueued)
	must(t, l.MarkNotified(t.Context(), nil, d.Reservations))
	if n := count(t, rows(t, url), "tickets"); n != 1 {
		t.Error("the filing waits, and is not in the queue")
	}
}

// TestASlowLedgerGrantsNothing: the moment at which it read the clock is long ago when
// its answer comes.
func TestASlowLedgerGrantsNothing(t *testing.T) {
	l, url, ids := several(t, 1)
	limited(t, l, quota.Limit{Calls: 10, Per: time.Second})
	_, err := rows(t, url).ExecContext(t.Context(), `insert into foreign_calls (registry, at, calls)
		values ($1, clock_timestamp() - interval '30 seconds', 1500000)`, sluss.Avfallsregistret) // reading them takes long
	must(t, err)
	begin(t, l, intent(ids[0], 1), sluss.PermitQueued)
	if n := count(t, rows(t, url), "answers where error like '%had expired%'"); n == 0 {
		t.Error("it was not tried")
	}
}

// TestATicketThatNobodyWantsIsDeleted: its filing runs, but makes another submission, or
// waits for a person. Others need not go behind it for ever.
func TestATicketThatNobodyWantsIsDeleted(t *testing.T) {
	l, url, ids := queued(t, 1)
	rounds := 0
	for ; count(t, rows(t, url), "tickets") > 0 && rounds < 30; rounds++ {
		dispatch(t, l)
		_, err := rows(t, url).ExecContext(t.Context(), "update tickets set reserved_at = reserved_at - interval '10 minutes', suspended_until = suspended_until - interval '10 minutes'")
		must(t, err)
	}
	if rounds < 13 || rounds == 30 {
		t.Errorf("it is deleted after %d rounds", rounds)
	}
	must(t, l.PauseQuota(t.Context(), sluss.Avfallsregistret, "outage", "Karin Holm"))
	begin(t, l, due(ids[0], time.Hour), sluss.PermitQueued) // it wants to call after all
	if n := count(t, rows(t, url), "tickets"); n != 1 {
		t.Errorf("it waits, and there are %d tickets", n)
	}
}

// TestWhoAsksDuringALongWaitIsWarned: the next call can be made long after it is due.
func TestWhoAsksDuringALongWaitIsWarned(t *testing.T) {
	l, url, ids := several(t, 2)
	limited(t, l, quota.Limit{Calls: 1, Per: 10 * time.Hour})
	called(t, url, 1, time.Minute)
	begin(t, l, due(ids[0], 20*time.Hour), sluss.PermitQueued)
	if d := dispatch(t, l); !d.Warn {
		t.Errorf("the first is not warned: %+v", d)
	}
	begin(t, l, due(ids[1], 5*time.Hour), sluss.PermitQueued)
	_, err := rows(t, url).ExecContext(t.Context(), "update quotas set round_at = round_at - interval '15 minutes', warned_at = warned_at - interval '15 minutes'") // time passes
	must(t, err)
	d, err := l.Dispatch(t.Context(), sluss.Avfallsregistret)
	must(t, err)
	if !d.Warn {
		t.Errorf("%+v, and nobody is warned of the second", d)
	}
}

// TestAnIntentThatIsNotCommittedIsNoPermit: the server sends the row of an intent before
// it commits, and its disk may be full then.
func TestAnIntentThatIsNotCommittedIsNoPermit(t *testing.T) {
	l, url, ids := several(t, 1)
	_, err := rows(t, url).ExecContext(t.Context(), `
		create function refuse() returns trigger language plpgsql as $$ begin raise exception 'the disk is full'; end $$;
		create constraint trigger refuse after insert on attempts deferrable initially deferred for each row execute function refuse()`)
	must(t, err)
	if permit, err := l.Begin(t.Context(), intent(ids[0], 1)); err == nil {
		t.Errorf("%+v, and the ledger has %d attempts", permit, count(t, rows(t, url), "attempts"))
	}
}

// TestADeadlockDoesNotKeepLimitsFromBeingSet: others change tickets in another order.
func TestADeadlockDoesNotKeepLimitsFromBeingSet(t *testing.T) {
	l, url, _ := queued(t, 1)
	dispatch(t, l)
	db := rows(t, url)
	other, err := db.BeginTx(t.Context(), &sql.TxOptions{})
	must(t, err)
	_, err = other.ExecContext(t.Context(), "set local deadlock_timeout = '1min'; update tickets set calls = calls")
	must(t, err)
	set := make(chan error)
	go func() {
		set <- l.SetQuota(t.Context(), sluss.Avfallsregistret, quota.Quota{Limits: []quota.Limit{{Calls: 2, Per: time.Minute}}})
	}()
	until(t, func() bool {
		return count(t, db, "pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") == 1
	}, "nobody waits")
	_, err = other.ExecContext(t.Context(), "update quotas set held = held")
	must(t, err)
	must(t, other.Rollback())
	must(t, <-set)
}
