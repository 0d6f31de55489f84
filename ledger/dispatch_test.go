package ledger_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sluss"
	"sluss/ledger"
	"sluss/quota"
)

// queued are filings that wait for the second call of a minute, which can be made soon.
func queued(t *testing.T, n int) (l *ledger.Ledger, url string, ids []sluss.FilingID) {
	t.Helper()
	l, url, ids = several(t, n)
	limited(t, l, quota.Limit{Calls: 1, Per: time.Minute})
	called(t, url, 1, 59*time.Second)
	for i, id := range ids {
		begin(t, l, due(id, time.Duration(i+1)*time.Hour), sluss.PermitQueued)
	}
	return l, url, ids
}

// TestOneProcessMakesARound: however many look at the queue at the same moment.
func TestOneProcessMakesARound(t *testing.T) {
	one, url, ids := queued(t, 3)
	two := open(t, url)
	for range 5 {
		var mu sync.Mutex
		var given []sluss.FilingID
		var all sync.WaitGroup
		must(t, one.RoundNow(t.Context()))
		for n := range 12 {
			l := []*ledger.Ledger{one, two}[n%2]
			all.Go(func() {
				d, err := l.Dispatch(t.Context(), sluss.Avfallsregistret)
				if err != nil || d.Next <= 0 {
					t.Errorf("%+v, %v", d, err)
				}
				mu.Lock()
				defer mu.Unlock()
				given = append(given, reservedFor(d)...)
			})
		}
		all.Wait()
		if !slices.Equal(given, ids[:1]) {
			t.Fatalf("reservations for %v, want one", given)
		}
		_, err := rows(t, url).ExecContext(t.Context(), "update tickets set reserved_at = null, tell_at = null")
		must(t, err)
	}
}

// TestWaitingCostsLittle: a look at an empty queue and one before the next round are one
// read; a filing behind others asks with two statements, and so does one with a reservation.
func TestWaitingCostsLittle(t *testing.T) {
	l, _, ids := several(t, 3)
	limited(t, l, quota.Limit{Calls: 1, Per: time.Second})
	costs := func(what string, want int64, do func()) {
		t.Helper()
		before := l.Statements()
		do()
		if n := l.Statements() - before; n != want {
			t.Errorf("%s takes %d statements, want %d", what, n, want)
		}
	}
	look := func() {
		_, err := l.Dispatch(t.Context(), sluss.Avfallsregistret)
		must(t, err)
	}
	costs("a look at an empty queue", 1, look)
	begin(t, l, due(ids[0], time.Hour), sluss.PermitGranted)
	begin(t, l, due(ids[1], time.Hour), sluss.PermitQueued)
	costs("to be queued behind others, before a round", 3, func() { begin(t, l, due(ids[2], 2*time.Hour), sluss.PermitQueued) })
	var d sluss.Dispatched
	until(t, func() bool { d = dispatch(t, l); return len(d.Reservations) == 1 }, "there is no reservation")
	costs("a look before the next round", 1, look)
	time.Sleep(d.Reservations[0].In)
	costs("to use a reservation", 2, func() { begin(t, l, due(ids[1], time.Hour), sluss.PermitGranted) })
	until(t, func() bool { d = dispatch(t, l); return len(d.Reservations) == 1 }, "there is no reservation")
}

// TestQueueIsForThoseBehindOthers: who may call at once, or has called, is not queued.
func TestQueueIsForThoseBehindOthers(t *testing.T) {
	l, url, ids := several(t, 4)
	limited(t, l, quota.Limit{Calls: 1, Per: time.Hour})
	queue := func(i sluss.Intent) *sluss.QueuePlace {
		t.Helper()
		wait, err := l.Queue(t.Context(), i)
		must(t, err)
		return wait
	}
	first := due(ids[0], 3*time.Hour)
	if wait := queue(first); wait != nil {
		t.Errorf("the first is told to wait: %+v", wait)
	}
	begin(t, l, first, sluss.PermitGranted)
	if wait := queue(first); wait != nil {
		t.Errorf("an interrupted submission is queued: %+v", wait)
	}
	begin(t, l, due(ids[1], 3*time.Hour), sluss.PermitQueued) // nobody goes before it
	if wait := queue(due(ids[2], 4*time.Hour)); wait == nil || wait.Ahead != 1 || wait.In < 119*time.Minute || wait.In > 122*time.Minute {
		t.Errorf("behind another, and it waits %+v", wait)
	}
	if wait := queue(due(ids[2], 4*time.Hour)); wait == nil || wait.Ahead != 1 || count(t, rows(t, url), "tickets") != 2 {
		t.Errorf("asked again, and it waits %+v", wait)
	}
	must(t, l.PauseQuota(t.Context(), sluss.Avfallsregistret, "outage", "Karin Holm"))
	if wait := queue(due(ids[3], time.Hour)); wait == nil || !strings.Contains(wait.Why, "outage") {
		t.Errorf("calls are paused, and it waits %+v", wait)
	}
	if n := count(t, rows(t, url), "tickets"); n != 3 {
		t.Errorf("%d are queued, want 3", n)
	}
}

// TestWhoIsNotToldIsToldByAnother: the process that made a reservation died before it had
// told its filing.
func TestWhoIsNotToldIsToldByAnother(t *testing.T) {
	one, url, ids := queued(t, 2)
	two := open(t, url)
	first := round(t, one)
	if !slices.Equal(reservedFor(first), ids[:1]) {
		t.Fatalf("reservations for %v", reservedFor(first))
	}
	if d := round(t, two); len(d.Reservations) != 0 {
		t.Errorf("%v is told by two", reservedFor(d))
	}
	_, err := rows(t, url).ExecContext(t.Context(), "update tickets set tell_at = clock_timestamp() where tell_at is not null") // some seconds later
	must(t, err)
	if d := round(t, two); !slices.Equal(reservedFor(d), ids[:1]) || !d.Reservations[0].At.Equal(first.Reservations[0].At) {
		t.Errorf("told %+v, want %v as before", d.Reservations, ids[:1])
	}
	outdated := first.Reservations[0]
	outdated.At = outdated.At.Add(-time.Minute) // of before it was released
	must(t, one.MarkNotified(t.Context(), []sluss.Reservation{outdated}, nil))
	if n := count(t, rows(t, url), "tickets where tell_at is not null"); n != 1 {
		t.Error("it counts as told because of a reservation that it had before")
	}
	must(t, one.MarkNotified(t.Context(), first.Reservations, nil))
	if n := count(t, rows(t, url), "tickets where tell_at is not null"); n != 0 {
		t.Error("it is told again")
	}
}

// TestWhoWasNotToldMissesNothing: Temporal was away, so no filing could call.
func TestWhoWasNotToldMissesNothing(t *testing.T) {
	l, url, ids := queued(t, 2)
	if d := round(t, l); !slices.Equal(reservedFor(d), ids[:1]) {
		t.Fatalf("reservations for %v", reservedFor(d))
	}
	_, err := rows(t, url).ExecContext(t.Context(), "update tickets set reserved_at = reserved_at - interval '1 minute' where reserved_at is not null")
	must(t, err)
	if d := round(t, l); !slices.Equal(reservedFor(d), ids[:1]) {
		t.Errorf("reservations for %v, want one for the filing that is still due first", reservedFor(d))
	}
}

// TestLowerLimitsReleaseReservations: what was reserved under the laxer limits is not
// called, and not lost.
func TestLowerLimitsReleaseReservations(t *testing.T) {
	for name, lower := range map[string]func(l *ledger.Ledger) error{
		"by an operator": func(l *ledger.Ledger) error {
			return l.LowerQuota(t.Context(), sluss.Avfallsregistret, []string{"1/1m"}, "shared", "Karin Holm")
		},
		"by the configuration": func(l *ledger.Ledger) error {
			return l.SetQuota(t.Context(), sluss.Avfallsregistret, quota.Quota{Limits: []quota.Limit{{Calls: 1, Per: time.Minute}}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			l, url, ids := several(t, 3)
			limited(t, l, quota.Limit{Calls: 3, Per: time.Minute})
			called(t, url, 3, 59*time.Second)
			for i, id := range ids {
				begin(t, l, due(id, time.Duration(i+1)*time.Hour), sluss.PermitQueued)
			}
			if d := dispatch(t, l); len(d.Reservations) != 3 {
				t.Fatalf("reservations for %v", reservedFor(d))
			}
			_, err := rows(t, url).ExecContext(t.Context(), "update tickets set reserved_at = reserved_at - interval '3 seconds' where filing = $1", ids[0])
			must(t, err) // it is a little late
			must(t, lower(l))
			for i, id := range ids {
				if permit := begin(t, l, due(id, time.Duration(i+1)*time.Hour), sluss.PermitQueued); permit.Wait.Granted {
					t.Errorf("%s still has its reservation", id)
				}
			}
			if d, err := l.Dispatch(t.Context(), sluss.Avfallsregistret); err != nil || d.Waiting < 2 || len(d.Reservations) > 1 {
				t.Errorf("the next round is %+v, %v; want it at once, with one call", d, err)
			}
		})
	}
}

// TestAReservationIsUsedOnce: by two processes that ask for the same submission at the
// same moment, one is granted the call.
func TestAReservationIsUsedOnce(t *testing.T) {
	one, url, ids := several(t, 20)
	two := open(t, url)
	for _, limits := range [][]quota.Limit{nil, {{Calls: 1_000_000, Per: time.Minute}}} {
		limited(t, one, limits...)
		granted := 0
		for n, id := range ids {
			i := intent(id, len(limits)+1)
			if n%2 == 0 { // on a reservation
				_, err := rows(t, url).ExecContext(t.Context(), `insert into tickets (registry, filing, number, purpose, calls, by, asked, reserved_at)
					values ($1, $2, $3, 'submit', 1, clock_timestamp(), clock_timestamp(), clock_timestamp())`, i.Registry, id, i.Number)
				must(t, err)
			}
			var mu sync.Mutex
			var all sync.WaitGroup
			for _, l := range []*ledger.Ledger{one, two, one, two} {
				all.Go(func() {
					permit, err := l.Begin(t.Context(), i)
					mu.Lock()
					defer mu.Unlock()
					if err == nil && permit.Kind == sluss.PermitGranted {
						granted++
					} else if err != nil || permit.Kind != sluss.PermitInterrupted {
						t.Errorf("%+v, %v", permit, err)
					}
				})
			}
			all.Wait()
		}
		if granted != len(ids) {
			t.Errorf("%d submissions were granted %d times", len(ids), granted)
		}
		if n := count(t, rows(t, url), fmt.Sprintf("attempts where number = %d", len(limits)+1)); n != len(ids) {
			t.Errorf("%d attempts of %d submissions", n, len(ids))
		}
	}
}

// TestNobodyHandsOut is seen if calls wait and no process makes the next round.
func TestNobodyHandsOut(t *testing.T) {
	l, url, _ := queued(t, 2)
	has := func() bool {
		quotas, err := l.Quotas(t.Context(), ledger.WhatIf{})
		must(t, err)
		return quotas[0].HasDispatcher
	}
	if !has() {
		t.Error("no dispatcher is missed before the first round is due")
	}
	_, err := rows(t, url).ExecContext(t.Context(), "update quotas set round_at = clock_timestamp() - interval '20 seconds'")
	must(t, err)
	if !has() {
		t.Error("the calls have waited for a second only")
	}
	_, err = rows(t, url).ExecContext(t.Context(), "update tickets set asked = clock_timestamp() - interval '20 seconds'")
	must(t, err)
	if has() {
		t.Error("nobody sees that no dispatcher runs")
	}
	dispatch(t, l)
	if !has() {
		t.Error("a round was made just now")
	}
}
