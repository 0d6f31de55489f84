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

// limited sets the rate limits of the tests' registry.
func limited(t *testing.T, l *ledger.Ledger, limits ...quota.Limit) {
	t.Helper()
	must(t, l.SetQuota(t.Context(), sluss.Avfallsregistret, quota.Quota{Limits: limits}))
}

// due is an intent that the registry must have by then.
func due(filing sluss.FilingID, in time.Duration) sluss.Intent {
	i := intent(filing, 1)
	i.Due = time.Now().Add(in)
	return i
}

// several are filings that are in the ledger.
func several(t *testing.T, n int) (l *ledger.Ledger, url string, ids []sluss.FilingID) {
	t.Helper()
	for i := range n {
		ids = append(ids, sluss.FilingID(fmt.Sprintf("%s-%d", filingID, i)))
	}
	l, url = ready(t, ids...)
	return l, url, ids
}

// called records calls that were made some time ago.
func called(t *testing.T, url string, calls int, ago time.Duration) {
	t.Helper()
	_, err := rows(t, url).ExecContext(t.Context(), `
		insert into attempts (id, filing, number, purpose, registry, hash, calls, actor, reserved_at, at)
		select gen_random_uuid(), 'before', n, 'submit', $1, '', 1, '', clock_timestamp() - $3::interval, clock_timestamp() from generate_series(1, $2) n`,
		sluss.Avfallsregistret, calls, fmt.Sprintf("%d milliseconds", ago.Milliseconds()))
	must(t, err)
}

// round makes reservations, of which no filing knows yet.
func round(t *testing.T, l *ledger.Ledger) sluss.Dispatched {
	t.Helper()
	must(t, l.RoundNow(t.Context()))
	d, err := l.Dispatch(t.Context(), sluss.Avfallsregistret)
	must(t, err)
	return d
}

// dispatch makes reservations and records that all filings know of them.
func dispatch(t *testing.T, l *ledger.Ledger) sluss.Dispatched {
	t.Helper()
	d := round(t, l)
	must(t, l.MarkNotified(t.Context(), d.Reservations, nil))
	return d
}

func reservedFor(d sluss.Dispatched) (filings []sluss.FilingID) {
	for _, p := range d.Reservations {
		filings = append(filings, sluss.FilingID(p.Filing))
	}
	return filings
}

func TestAFilingIsQueuedIfTheQuotaIsUsedUp(t *testing.T) {
	t.Parallel()
	l, url, ids := several(t, 3)
	limited(t, l, quota.Limit{Calls: 1, Per: time.Hour})
	called(t, url, 1, 30*time.Minute)
	permit := begin(t, l, intent(ids[0], 1), sluss.PermitQueued)
	if permit.Wait.Granted || permit.Wait.Ahead != 0 || permit.Wait.In < 29*time.Minute || permit.Wait.In > 31*time.Minute {
		t.Errorf("%+v, want the next call in half an hour", permit)
	}
	second := begin(t, l, intent(ids[1], 1), sluss.PermitQueued)
	if second.Wait.Ahead != 1 || second.Wait.In < 89*time.Minute || second.Wait.In > 91*time.Minute {
		t.Errorf("%+v, want the call after that", second.Wait)
	}
	if again := begin(t, l, intent(ids[1], 1), sluss.PermitQueued); again.Wait.Ahead != 1 {
		t.Errorf("asked again, and now behind %d", again.Wait.Ahead)
	}
	if n := count(t, rows(t, url), "tickets"); n != 2 {
		t.Errorf("%d tickets, want 2", n)
	}
	if d := dispatch(t, l); d.Waiting != 2 || len(d.Reservations) != 0 || d.Next != 10*time.Minute {
		t.Errorf("handed out %+v, want nothing before half an hour", d)
	}
	if third := begin(t, l, intent(ids[2], 1), sluss.PermitQueued); third.Wait.Ahead != 2 || third.Wait.In < 149*time.Minute || third.Wait.In > 151*time.Minute {
		t.Errorf("%+v, want the call after those two", third.Wait)
	}
}

func TestTheFilingThatIsDueFirstGoesFirst(t *testing.T) {
	t.Parallel()
	l, url, ids := several(t, 5)
	limited(t, l, quota.Limit{Calls: 2, Per: time.Minute})
	called(t, url, 2, 59*time.Second)
	for i, in := range []time.Duration{48 * time.Hour, 3 * time.Hour, -time.Hour, 24 * time.Hour} {
		begin(t, l, due(ids[i], in), sluss.PermitQueued)
	}
	newcomer := begin(t, l, due(ids[4], time.Hour), sluss.PermitQueued)
	if newcomer.Wait.Ahead != 0 {
		t.Errorf("due soonest, and behind %d", newcomer.Wait.Ahead)
	}
	d := dispatch(t, l)
	if want := []sluss.FilingID{ids[4], ids[1]}; !slices.Equal(reservedFor(d), want) || d.Waiting != 3 {
		t.Errorf("reservations for %v, %d wait; want %v", reservedFor(d), d.Waiting, want)
	}
	if again := dispatch(t, l); len(again.Reservations) != 0 {
		t.Errorf("returned twice: %v", again.Reservations)
	}
	p := d.Reservations[0]
	time.Sleep(p.In - 100*time.Millisecond)
	permit := begin(t, l, due(ids[4], time.Hour), sluss.PermitGranted)
	if off := time.Until(permit.At); off < -50*time.Millisecond || off > 250*time.Millisecond {
		t.Errorf("may call in %s", off)
	}
	begin(t, l, due(ids[3], 24*time.Hour), sluss.PermitQueued)
	if n := count(t, rows(t, url), "tickets"); n != 4 {
		t.Errorf("%d tickets, want 4: who calls waits no more", n)
	}
}

// Even if many are due before they could be sent, the reservation goes to one that is
// still in time then.
func TestNoReservationGoesToAFilingThatWouldBeLate(t *testing.T) {
	t.Parallel()
	l, url, ids := several(t, 7)
	limited(t, l, quota.Limit{Calls: 2, Per: time.Minute}) // so many are read at once
	called(t, url, 2, 59*time.Second)
	for i, id := range ids[:5] {
		begin(t, l, due(id, 1500*time.Millisecond+time.Duration(i)*time.Millisecond), sluss.PermitQueued)
	}
	begin(t, l, due(ids[5], 2*time.Hour), sluss.PermitQueued)
	begin(t, l, due(ids[6], time.Hour), sluss.PermitQueued)
	if d, want := dispatch(t, l), []sluss.FilingID{ids[6], ids[5]}; !slices.Equal(reservedFor(d), want) {
		t.Errorf("reservations for %v, want %v", reservedFor(d), want)
	}
}

func TestAnUnusedReservationIsReleased(t *testing.T) {
	t.Parallel()
	l, url, ids := several(t, 2)
	limited(t, l, quota.Limit{Calls: 1, Per: time.Minute})
	called(t, url, 1, 59*time.Second)
	begin(t, l, due(ids[0], time.Hour), sluss.PermitQueued)
	begin(t, l, due(ids[1], 2*time.Hour), sluss.PermitQueued)
	if d := dispatch(t, l); !slices.Equal(reservedFor(d), ids[:1]) {
		t.Fatalf("reservations for %v", reservedFor(d))
	}
	_, err := rows(t, url).ExecContext(t.Context(), "update tickets set reserved_at = reserved_at - interval '1 minute' where reserved_at is not null")
	must(t, err) // its process is dead; time passes
	if d := dispatch(t, l); !slices.Equal(reservedFor(d), ids[1:]) {
		t.Errorf("reservations for %v, want one for the filing that is still there", reservedFor(d))
	}
	_, err = rows(t, url).ExecContext(t.Context(), "update tickets set suspended_until = suspended_until - interval '1 minute', reserved_at = reserved_at - interval '1 minute'")
	must(t, err)
	if d := dispatch(t, l); !slices.Equal(reservedFor(d), ids[:1]) {
		t.Errorf("reservations for %v, want one for the filing whose suspension has ended, and which is due sooner", reservedFor(d))
	}
	if n := count(t, rows(t, url), "attempts where filing <> 'before'"); n != 0 {
		t.Errorf("%d calls were counted that nobody made", n)
	}
}

func TestTheReservationOfAnEndedFilingIsReleased(t *testing.T) {
	t.Parallel()
	l, url, ids := several(t, 2)
	limited(t, l, quota.Limit{Calls: 1, Per: time.Minute})
	called(t, url, 1, 59*time.Second)
	begin(t, l, due(ids[0], time.Hour), sluss.PermitQueued)
	begin(t, l, due(ids[1], 2*time.Hour), sluss.PermitQueued)
	d := round(t, l)
	must(t, l.MarkNotified(t.Context(), nil, d.Reservations[:1]))
	if d := dispatch(t, l); !slices.Equal(reservedFor(d), ids[1:]) {
		t.Errorf("reservations for %v", reservedFor(d))
	}
}

func TestUrgentCallsTakeOver(t *testing.T) {
	t.Parallel()
	l, url, ids := several(t, 2)
	limited(t, l, quota.Limit{Calls: 1, Per: time.Minute})
	called(t, url, 1, 59*time.Second)
	begin(t, l, due(ids[0], time.Hour), sluss.PermitQueued)
	if d := dispatch(t, l); len(d.Reservations) != 1 {
		t.Fatalf("handed out %+v", d)
	}
	urgent := intent("vehicle/1", 1)
	urgent.Urgent = true
	permit := begin(t, l, urgent, sluss.PermitGranted)
	if in := time.Until(permit.At); in < 0 || in > 2*time.Second {
		t.Errorf("an urgent call leaves in %s", in)
	}
	if wait := begin(t, l, due(ids[0], time.Hour), sluss.PermitQueued); wait.Wait.Granted || wait.Wait.In < 59*time.Second {
		t.Errorf("%+v, but its reservation was taken over", wait.Wait)
	}
	again := intent("vehicle/2", 1)
	again.Urgent = true
	if permit := begin(t, l, again, sluss.PermitQueued); permit.Wait.In < 59*time.Second {
		t.Errorf("%+v, but the quota is used up", permit.Wait)
	}
	if n := count(t, rows(t, url), "tickets where filing like 'vehicle/%'"); n != 0 {
		t.Errorf("%d urgent calls are queued for an answer that nobody waits for", n)
	}
}

func TestCallsThatOthersMadeCount(t *testing.T) {
	t.Parallel()
	l, _, ids := several(t, 3)
	limited(t, l, quota.Limit{Calls: 10, Per: time.Minute})
	permit := begin(t, l, intent(ids[0], 1), sluss.PermitGranted)
	answer := accepted(permit.Attempt)
	answer.Exchange.Counter = &sluss.Counter{Used: 9, Since: 20 * time.Second}
	must(t, l.Finish(t.Context(), answer))
	must(t, l.Finish(t.Context(), answer)) // the same again changes nothing
	begin(t, l, intent(ids[1], 1), sluss.PermitGranted)
	wait := begin(t, l, intent(ids[2], 1), sluss.PermitQueued)
	if wait.Wait.In < 59*time.Second {
		t.Errorf("%+v after ten calls, eight of them by others", wait.Wait)
	}
	quotas, err := l.Quotas(t.Context(), ledger.WhatIf{})
	must(t, err)
	if used := quotas[0].Limits[0].Used; used != 10 {
		t.Errorf("%d calls are used, want 10", used)
	}
}

func TestPermitForSeveralCalls(t *testing.T) {
	t.Parallel()
	l, url, ids := several(t, 3)
	limited(t, l, quota.Limit{Calls: 5, Per: time.Minute})
	three := intent(ids[0], 1)
	three.Calls = 3
	begin(t, l, three, sluss.PermitGranted)
	called(t, url, 1, 59*time.Second)
	three.Filing = string(ids[1])
	if wait := begin(t, l, three, sluss.PermitQueued); wait.Wait.In < 59*time.Second {
		t.Errorf("%+v: seven calls of five in a minute", wait.Wait)
	}
	reserved := intent(ids[2], 1)
	begin(t, l, reserved, sluss.PermitQueued)
	_, err := rows(t, url).ExecContext(t.Context(), "update tickets set reserved_at = clock_timestamp() where filing = $1", ids[2])
	must(t, err)
	reserved.Calls = 2 // more than when it asked
	if wait := begin(t, l, reserved, sluss.PermitQueued); wait.Wait.Granted {
		t.Errorf("%+v: two calls on the reservation of one", wait.Wait)
	}
	none := intent(ids[2], 1)
	none.Calls = 0
	begin(t, l, none, sluss.PermitGranted) // it asks nobody
	if n := count(t, rows(t, url), "tickets where filing = '"+string(ids[2])+"'"); n != 0 {
		t.Errorf("%d tickets of who has called", n)
	}
}

func TestADayIsCountedFromItsMidnight(t *testing.T) {
	t.Parallel()
	oslo, err := time.LoadLocation("Europe/Oslo")
	must(t, err)
	l, url, ids := several(t, 1)
	limited(t, l, quota.Limit{Calls: 100, Day: oslo})
	now := time.Now().In(oslo)
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, oslo)
	if time.Since(midnight) < time.Minute || time.Until(midnight.AddDate(0, 0, 1)) < time.Minute {
		t.Skip("it is midnight in Oslo: run it again in a minute")
	}
	called(t, url, 99, time.Since(midnight)-10*time.Second)
	called(t, url, 50, time.Since(midnight)+10*time.Second) // yesterday's
	begin(t, l, intent(ids[0], 1), sluss.PermitGranted)
	next := midnight.AddDate(0, 0, 1)
	if wait := begin(t, l, intent(filingID, 1), sluss.PermitQueued); wait.Wait.At.Before(next) || wait.Wait.At.After(next.Add(time.Minute)) {
		t.Errorf("the next call is at %s, want the coming midnight %s", wait.Wait.At, next)
	}
}

func TestThrottlingHoldsEverybodyBack(t *testing.T) {
	t.Parallel()
	for name, limits := range map[string][]quota.Limit{"without limits": nil, "with limits": {{Calls: 100, Per: time.Second}}} {
		t.Run(name, func(t *testing.T) {
			l, url, ids := several(t, 2)
			other := open(t, url)
			limited(t, l, limits...)
			until := time.Now().Add(time.Hour).Round(time.Microsecond)
			permits := []sluss.Permit{begin(t, l, intent(ids[0], 1), sluss.PermitGranted), begin(t, l, intent(ids[0], 2), sluss.PermitGranted)}
			for i, notBefore := range []time.Time{until, until.Add(-time.Minute)} { // the later moment counts, not the later answer
				must(t, l.Finish(t.Context(), sluss.Answer{
					Attempt: permits[i].Attempt, Outcome: &sluss.Outcome{Kind: sluss.Deferred, Throttled: true, NotBefore: notBefore, Detail: fmt.Sprint("answer ", i)},
				}))
			}
			for _, l := range []*ledger.Ledger{l, other} {
				if wait := begin(t, l, intent(ids[1], 1), sluss.PermitQueued); wait.Wait.At.Before(until) || wait.Wait.Why != "answer 0" {
					t.Errorf("%+v, before %s", wait.Wait, until)
				}
			}
			if d := dispatch(t, l); d.Waiting != 1 || len(d.Reservations) != 0 {
				t.Errorf("handed out %+v", d)
			}
			quotas, err := l.Quotas(t.Context(), ledger.WhatIf{})
			must(t, err)
			if len(quotas) != 1 || quotas[0].Held != "answer 0" || !quotas[0].NotBefore.Equal(until) || quotas[0].Clears.Before(until) {
				t.Errorf("quota %+v", quotas)
			}
			must(t, l.ResumeQuota(t.Context(), sluss.Avfallsregistret, "they say it was a mistake", "Karin Holm"))
			begin(t, l, intent(ids[1], 1), sluss.PermitGranted)
		})
	}
}

func TestThrottlingCancelsEarlierReservations(t *testing.T) {
	t.Parallel()
	l, url, ids := several(t, 2)
	limited(t, l, quota.Limit{Calls: 2, Per: time.Minute})
	called(t, url, 1, 59*time.Second)
	permit := begin(t, l, intent(ids[0], 1), sluss.PermitGranted)
	begin(t, l, intent(ids[1], 1), sluss.PermitQueued)
	if d := dispatch(t, l); len(d.Reservations) != 1 {
		t.Fatalf("handed out %+v", d)
	}
	until := time.Now().Add(time.Hour).Truncate(time.Microsecond)
	must(t, l.Finish(t.Context(), sluss.Answer{Attempt: permit.Attempt, Outcome: &sluss.Outcome{Kind: sluss.Deferred, Throttled: true, NotBefore: until}}))
	if after := begin(t, l, intent(ids[1], 1), sluss.PermitQueued); after.Wait.Granted || after.Wait.At.Before(until) {
		t.Errorf("its reservation is still %+v, before %s", after.Wait, until)
	}
}

func TestABanHoldsAllCallsBack(t *testing.T) {
	t.Parallel()
	l, _, ids := several(t, 2)
	limited(t, l)
	permit := begin(t, l, intent(ids[0], 1), sluss.PermitGranted)
	must(t, l.Finish(t.Context(), sluss.Answer{Attempt: permit.Attempt, Error: "the key is blocked", Banned: true, Exchange: sluss.Exchange{Status: 403}}))
	if wait := begin(t, l, intent(ids[1], 1), sluss.PermitQueued); wait.Wait.In < 9*time.Minute || wait.Wait.In > 11*time.Minute || !strings.Contains(wait.Wait.Why, "the key is blocked") {
		t.Errorf("%+v after a ban", wait.Wait)
	}
	must(t, l.ResumeQuota(t.Context(), sluss.Avfallsregistret, "a new key", "Karin Holm"))
	begin(t, l, intent(ids[1], 1), sluss.PermitGranted)
}

func TestPause(t *testing.T) {
	t.Parallel()
	l, _, ids := several(t, 1)
	limited(t, l, quota.Limit{Calls: 1, Per: time.Minute})
	if err := l.PauseQuota(t.Context(), sluss.Avfallsregistret, "", ""); err == nil || !strings.Contains(err.Error(), "reason") || !strings.Contains(err.Error(), "by") {
		t.Errorf("paused without reason and name: %v", err)
	}
	if err := l.PauseQuota(t.Context(), "elsewhere", "outage", "Karin Holm"); err == nil || !strings.Contains(err.Error(), "elsewhere") {
		t.Errorf("paused what is not there: %v", err)
	}
	must(t, l.PauseQuota(t.Context(), sluss.Avfallsregistret, "outage", "Karin Holm"))
	if wait := begin(t, l, intent(ids[0], 1), sluss.PermitQueued); wait.Wait.In != 0 || !strings.Contains(wait.Wait.Why, "outage") {
		t.Errorf("%+v while it is paused", wait.Wait)
	}
	if d := dispatch(t, l); len(d.Reservations) != 0 || d.Waiting != 1 || d.Next != 10*time.Minute {
		t.Errorf("handed out %+v while it is paused", d)
	}
	must(t, l.ResumeQuota(t.Context(), sluss.Avfallsregistret, "over", "Karin Holm"))
	if d := dispatch(t, l); len(d.Reservations) != 1 {
		t.Errorf("handed out %+v", d)
	}
}

func TestLower(t *testing.T) {
	t.Parallel()
	l, _, ids := several(t, 2)
	limited(t, l, quota.Limit{Calls: 100, Per: time.Minute})
	must(t, l.LowerQuota(t.Context(), sluss.Avfallsregistret, []string{"1/1m"}, "shared", "Karin Holm"))
	limited(t, l, quota.Limit{Calls: 100, Per: time.Minute}) // a worker that starts changes nothing of it
	begin(t, l, intent(ids[0], 1), sluss.PermitGranted)
	begin(t, l, intent(ids[1], 1), sluss.PermitQueued)
	quotas, err := l.Quotas(t.Context(), ledger.WhatIf{})
	must(t, err)
	if limits := quotas[0].Limits; len(limits) != 2 || limits[0].Lowered || !limits[1].Lowered || limits[1].Used != 1 {
		t.Errorf("limits %+v", limits)
	}
	must(t, l.LowerQuota(t.Context(), sluss.Avfallsregistret, nil, "not shared any more", "Karin Holm"))
	begin(t, l, intent(ids[1], 1), sluss.PermitGranted)
	if err := l.LowerQuota(t.Context(), sluss.Avfallsregistret, []string{"0/1m", "x"}, "x", "y"); err == nil {
		t.Error("a limit of nothing was taken")
	}
}

func TestForecast(t *testing.T) {
	t.Parallel()
	l, url, ids := several(t, 4)
	limited(t, l, quota.Limit{Calls: 1, Per: time.Hour})
	called(t, url, 1, time.Minute)
	for i, in := range []time.Duration{90 * time.Minute, 2 * time.Hour, 150 * time.Minute, 100 * time.Hour} {
		begin(t, l, due(ids[i], in), sluss.PermitQueued)
	}
	quotas, err := l.Quotas(t.Context(), ledger.WhatIf{})
	must(t, err)
	q := quotas[0]
	if q.Waiting != 4 || q.Late != 1 || len(q.Misses) != 1 || sluss.FilingID(q.Misses[0].Filing) != ids[2] || q.Misses[0].By < 20*time.Minute || q.Misses[0].By > 30*time.Hour {
		t.Errorf("forecast %+v", q)
	}
	supposed, err := l.Quotas(t.Context(), ledger.WhatIf{More: 2, Due: time.Now().Add(time.Minute)})
	must(t, err)
	if q := supposed[0]; q.Waiting != 4 || q.Late != 3 || !q.Clears.After(quotas[0].Clears) {
		t.Errorf("forecast with two more %+v", q)
	}
	warned, err := l.Warn(t.Context(), sluss.Avfallsregistret)
	must(t, err)
	if len(warned) != 1 || sluss.FilingID(warned[0].Filing) != ids[2] || !warned[0].Late {
		t.Errorf("warned %+v", warned)
	}
	if again, err := l.Warn(t.Context(), sluss.Avfallsregistret); err != nil || len(again) != 1 {
		t.Errorf("it was not told, and it returned %+v, %v", again, err)
	}
	must(t, l.MarkWarned(t.Context(), warned))
	if again, err := l.Warn(t.Context(), sluss.Avfallsregistret); err != nil || len(again) != 0 {
		t.Errorf("warned again: %+v, %v", again, err)
	}
	limited(t, l, quota.Limit{Calls: 3, Per: time.Hour})
	cleared, err := l.Warn(t.Context(), sluss.Avfallsregistret)
	must(t, err)
	if len(cleared) != 1 || sluss.FilingID(cleared[0].Filing) != ids[2] || cleared[0].Late {
		t.Errorf("nothing is late any more, and it returned %+v", cleared)
	}
	usage, err := l.Usage(t.Context(), "", time.Now().Add(-time.Hour))
	must(t, err)
	if len(usage) != 1 || usage[0].Calls != 1 || usage[0].Registry != sluss.Avfallsregistret {
		t.Errorf("usage %+v", usage)
	}
}

// TestManyProcessesNeverExceedTheLimit lets several processes call as fast as
// reservations are made, and counts the reservations at which they did.
func TestManyProcessesNeverExceedTheLimit(t *testing.T) {
	t.Parallel()
	const callers, calls = 20, 5
	limit := quota.Limit{Calls: 24, Per: 2 * time.Second}
	one, url, ids := several(t, callers*calls)
	two := open(t, url)
	limited(t, one, limit)
	reservations := map[sluss.FilingID]chan sluss.Reservation{}
	for _, id := range ids {
		reservations[id] = make(chan sluss.Reservation, 10)
	}
	done := make(chan struct{})
	var dispatcher, all sync.WaitGroup
	dispatcher.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(300 * time.Millisecond):
			}
			d, err := one.Dispatch(t.Context(), sluss.Avfallsregistret)
			if err != nil {
				t.Error(err)
				return
			}
			for _, p := range d.Reservations {
				reservations[sluss.FilingID(p.Filing)] <- p
			}
			if err := one.MarkNotified(t.Context(), d.Reservations, nil); err != nil {
				t.Error(err)
			}
		}
	})
	asked := make(chan int, len(ids))
	for n := range callers {
		l := []*ledger.Ledger{one, two}[n%2]
		all.Go(func() {
			for _, id := range ids[n*calls : (n+1)*calls] {
				times := 0
				for {
					times++
					permit, err := l.Begin(t.Context(), intent(id, 1))
					if err != nil {
						t.Error(err)
						return
					}
					if permit.Kind == sluss.PermitGranted {
						time.Sleep(time.Until(permit.At))
						if err := l.Finish(t.Context(), accepted(permit.Attempt)); err != nil {
							t.Error(err)
						}
						break
					}
					p := <-reservations[id]
					time.Sleep(p.In - 100*time.Millisecond)
				}
				asked <- times
			}
		})
	}
	all.Wait()
	close(done)
	dispatcher.Wait()
	close(asked)
	total := 0
	for times := range asked {
		total += times
	}
	if total > 3*len(ids) {
		t.Errorf("%d calls were asked for %d times", len(ids), total)
	}
	var times []time.Time
	for _, id := range ids {
		attempts, err := one.Attempts(t.Context(), string(id))
		must(t, err)
		made := 0
		for _, a := range attempts {
			if a.Outcome != nil {
				made++
				times = append(times, a.ReservedAt)
			} else if !strings.Contains(a.Error, "reservation had expired") { // on a slow machine
				t.Errorf("attempt without outcome: %+v", a)
			}
		}
		if made != 1 {
			t.Errorf("%s was submitted %d times", id, made)
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	for n := limit.Calls; n < len(times); n++ {
		if window := times[n].Sub(times[n-limit.Calls]); window <= limit.Per {
			t.Errorf("%d calls within %s, allowed are %s", limit.Calls+1, window, limit)
		}
	}
}
