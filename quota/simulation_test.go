package quota_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"sluss/quota"
)

// scenario is a course of things, and what may be asked of it.
type scenario struct {
	terms   string // as quota.ParseLimit reads it; empty: that of the rule
	rule    rule
	start   string
	lasts   time.Duration // until then all must have been accepted
	filings func(*world) []*filing
	events  func(*system)
	others  func(*world) []time.Time
	away    []span // no worker runs, or the quota is paused

	saturated span          // in which all of the quota should be used
	refused   int           // calls too many that the others are to blame for
	clock     time.Duration // by how much the registry's is ahead
}

// span is from and to so long after the start.
type span struct{ from, to time.Duration }

// figures are what came of it.
type figures struct {
	filings, due, onTime  int
	best                  int // that could be in time
	calls, refused, asks  int
	used                  float64 // of the quota while it was saturated
	last                  time.Duration
	outdated, twice, lost int
	missed                int
}

func (n figures) String() string {
	return fmt.Sprintf("%d filings, the last after %s: %d of %d in time, %.2f %% of the %d that could be; %d calls, %.2f %% of the saturated quota, %d refused; %.2f asks a call, %d reservations missed",
		n.filings, n.last.Round(time.Second), n.onTime, n.due, share(n.onTime, n.best), n.best, n.calls, 100*n.used, n.refused, n.asksPerCall(), n.missed)
}

func share(n, of int) float64 { return 100 * float64(n) / float64(max(1, of)) }

func (n figures) asksPerCall() float64 { return float64(n.asks) / float64(max(1, n.calls)) }

func (c scenario) run(t testing.TB, w way) (figures, *system, []*filing) {
	t.Helper()
	start, err := time.Parse(time.RFC3339, c.start)
	if err != nil {
		t.Fatal(err)
	}
	s := newSystem(start, c.limits(t), c.rule)
	s.way, s.registry.clock = w, c.clock
	filings := c.filings(s.world)
	slices.SortStableFunc(filings, func(a, b *filing) int { return a.arrives.Compare(b.arrives) })
	for i, f := range filings {
		f.id = i
	}
	var others []time.Time
	if c.others != nil {
		others = c.others(s.world)
		for _, moment := range others {
			s.at(moment, func() { s.registry.foreign(s.now) })
		}
	}
	if c.events != nil {
		c.events(s)
	}
	s.start(filings)
	s.run(start.Add(c.lasts))

	n := figures{filings: len(filings), calls: s.registry.ours, refused: s.registry.refused, asks: s.asks}
	for _, f := range filings {
		switch k := s.registry.has[f.id]; {
		case k > 1:
			n.twice++
		case k == 0 || !f.done:
			n.lost++
		}
		if f.taken.Sub(start) > n.last {
			n.last = f.taken.Sub(start)
		}
		if !f.due.IsZero() {
			n.due++
			if f.onTime() {
				n.onTime++
			}
		}
		n.missed += f.missed
	}
	var away []period
	for _, a := range c.away {
		away = append(away, period{begin: start.Add(a.from), end: start.Add(a.to)})
	}
	n.best = bestOf(c.rule, filings, start, start.Add(c.lasts), others, away)
	n.used = c.use(start, s.registry)
	if w == dispatched {
		n.outdated = outdated(filings, s.registry.served, s.ledger.terms)
	}
	return n, s, filings
}

func (c scenario) limits(t testing.TB) quota.Quota {
	t.Helper()
	if c.terms == "" {
		return quota.Quota{Limits: []quota.Limit{{Calls: c.rule.calls, Per: c.rule.per, Day: c.rule.day}}}
	}
	l, err := quota.ParseLimit(c.terms)
	if err != nil {
		t.Fatal(err)
	}
	return quota.Quota{Limits: []quota.Limit{l}}
}

// use is the part of the quota that was used in the saturated span; calls of
// others count as used.
func (c scenario) use(start time.Time, r *registry) float64 {
	from, to := start.Add(c.saturated.from), start.Add(c.saturated.to)
	calls, could := r.others-r.spoiled, 0.0
	for _, p := range c.rule.periods(from, to, 0) {
		if p.begin.Before(from) || p.end.After(to) {
			continue
		}
		could += float64(p.calls)
		for _, call := range r.served {
			if !call.at.Before(p.begin) && call.at.Before(p.end) {
				calls++
			}
		}
	}
	if could == 0 {
		return 1
	}
	return float64(calls) / could
}

// outdated is how many filings were late while another was called that could
// have waited longer: from when the dispatcher knew it until its
// own due time. Filings that missed their own reservation are left out.
func outdated(filings []*filing, calls []served, terms quota.Quota) (n int) {
	known := terms.Horizon() + terms.Grace() + 10*time.Second
	by := func(f *filing) time.Time { return quota.Ticket{Asked: f.arrives, Due: f.due}.By() }
	var moments []time.Time
	var latest [][]time.Time // by powers of two: the latest By of so many calls
	var row []time.Time
	for _, call := range calls {
		if call.filing == nil || call.filing.due.IsZero() {
			continue
		}
		moments = append(moments, call.at)
		row = append(row, by(call.filing))
	}
	for width := 1; len(row) > 0; width *= 2 {
		latest = append(latest, row)
		if 2*width > len(moments) {
			break
		}
		next := make([]time.Time, len(row)-width)
		for i := range next {
			if next[i] = row[i]; row[i+width].After(next[i]) {
				next[i] = row[i+width]
			}
		}
		row = next
	}
	for _, f := range filings {
		if f.due.IsZero() || f.onTime() || f.missed > 0 || f.torn {
			continue
		}
		first, _ := slices.BinarySearchFunc(moments, f.known.Add(known), time.Time.Compare)
		last, _ := slices.BinarySearchFunc(moments, f.due.Add(-time.Second), time.Time.Compare)
		if first >= last {
			continue
		}
		power := 0
		for 2<<power <= last-first {
			power++
		}
		if latest[power][first].After(f.due) || latest[power][last-1<<power].After(f.due) {
			n++
		}
	}
	return n
}

func (c scenario) check(t *testing.T) {
	t.Helper()
	t.Parallel()
	began := time.Now()
	n, s, _ := c.run(t, dispatched)
	t.Logf("%s (%s)", n, time.Since(began).Round(time.Millisecond))
	if n.refused > c.refused {
		t.Errorf("%d calls too many, %d are allowed for", n.refused, c.refused)
	}
	if n.lost > 0 || n.twice > 0 {
		t.Errorf("%d filings were lost, %d filed twice", n.lost, n.twice)
	}
	if n.used < 0.97 {
		t.Errorf("%.2f %% of the saturated quota were used", 100*n.used)
	}
	const most = 2.2
	if n.asksPerCall() > most {
		t.Errorf("%.2f asks for each call", n.asksPerCall())
	}
	if of := share(n.onTime, n.best); of < 99 {
		t.Errorf("%.2f %% of those that could be in time were", of)
	}
	if n.outdated > 0 {
		t.Errorf("%d were late while others were called that could wait longer", n.outdated)
	}
	if s.dispatcher.looks || s.ledger.waiting > 0 {
		t.Error("there is still somebody in the queue")
	}
}

// arriving gives filings that arrive over a while, due so long after.
func arriving(w *world, n int, over, least, most time.Duration) (filings []*filing) {
	for range n {
		arrives := w.now.Add(w.between(0, over))
		filings = append(filings, &filing{arrives: arrives, due: arrives.Add(w.between(least, most))})
	}
	return filings
}

// some is so many calls or filings; with -short a tenth, which take a tenth of the
// quota: what happens is the same, and when.
func some(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}

func minute() rule { return rule{calls: some(1000), per: time.Minute} }

func oslo(t testing.TB, calls int) rule {
	t.Helper()
	return rule{calls: some(calls), day: zone(t, "Europe/Oslo")}
}

// saturated is an hour of a thousand a minute, with more to do than that.
func saturated() scenario {
	return scenario{
		rule: minute(), start: "2026-06-01T06:00:00Z", lasts: 3 * time.Hour, saturated: span{5 * time.Minute, time.Hour},
		filings: func(w *world) []*filing { return arriving(w, some(70_000), time.Hour, 20*time.Minute, 2*time.Hour) },
	}
}

// overloaded is an hour in which a third is late with any order.
func overloaded() scenario {
	c := saturated()
	c.filings = func(w *world) []*filing { return arriving(w, some(90_000), time.Hour, 5*time.Minute, 40*time.Minute) }
	return c
}

func TestSaturatedWindows(t *testing.T) {
	rolling := saturated()
	rolling.rule.rolling = true
	for name, c := range map[string]scenario{"from the first call": saturated(), "rolling": rolling, "overload": overloaded()} {
		t.Run(name, c.check)
	}
}

// TestShortWindows has windows in which it matters that one call is longer on its
// way than the next.
func TestShortWindows(t *testing.T) {
	for _, text := range []string{"10/1s", "100/5s", "200/10s"} {
		for _, rolling := range []bool{false, true} {
			l, err := quota.ParseLimit(text)
			if err != nil {
				t.Fatal(err)
			}
			t.Run(fmt.Sprintf("%s, rolling %t", text, rolling), func(t *testing.T) {
				scenario{
					rule: rule{calls: l.Calls, per: l.Per, rolling: rolling}, start: "2026-06-01T06:00:00Z", lasts: 3 * time.Hour,
					filings: func(w *world) []*filing {
						return arriving(w, some(8000), time.Duration(some(300))*time.Second, 30*time.Minute, 2*time.Hour)
					},
				}.check(t)
			})
		}
	}
}

// TestBacklogOverADaysQuota has 200,000 filings at once, of which a registry
// takes 50,000 a day, and a quarter cannot be in time; the clocks change meanwhile.
func TestBacklogOverADaysQuota(t *testing.T) {
	scenario{
		rule: oslo(t, 50_000), start: "2026-10-23T12:00:00Z", lasts: 6 * 24 * time.Hour, saturated: span{9 * time.Hour, 35 * time.Hour},
		filings: func(w *world) []*filing { return arriving(w, some(200_000), 20*time.Minute, 6*time.Hour, 60*time.Hour) },
	}.check(t)
}

// TestMidnightsWhenClocksChange has more to do than a day's quota around days
// of 23 and of 25 hours, at registries whose clocks are not ours.
func TestMidnightsWhenClocksChange(t *testing.T) {
	for _, start := range []string{"2026-03-27T11:00:00Z", "2026-10-23T10:00:00Z"} {
		for _, clock := range []time.Duration{-1500 * time.Millisecond, 1500 * time.Millisecond} {
			t.Run(fmt.Sprintf("%s %s", start[:10], clock), func(t *testing.T) {
				scenario{
					rule: oslo(t, 4000), start: start, lasts: 6 * 24 * time.Hour, clock: clock, saturated: span{11 * time.Hour, 62 * time.Hour},
					filings: func(w *world) []*filing {
						return append(arriving(w, some(22_000), 60*time.Hour, 26*time.Hour, 60*time.Hour), arriving(w, some(6000), time.Hour, 26*time.Hour, 60*time.Hour)...)
					},
				}.check(t)
			})
		}
	}
}

// TestDueTheSameDay: filings that are due within hours arrive when the day's quota
// has been used for others, which could have waited. Only with knowledge of the
// future could some have been kept.
func TestDueTheSameDay(t *testing.T) {
	t.Parallel()
	c := scenario{
		rule: oslo(t, 4000), start: "2026-03-27T11:00:00Z", lasts: 6 * 24 * time.Hour,
		filings: func(w *world) []*filing {
			return append(arriving(w, some(14_000), 60*time.Hour, 3*time.Hour, 30*time.Hour), arriving(w, some(4000), time.Hour, 20*time.Hour, 72*time.Hour)...)
		},
	}
	n, s, filings := c.run(t, dispatched)
	days, wishes := c.rule.periods(filings[0].arrives, s.now, 0), wishesOf(filings)
	online := asTheyCome(days, wishes, false)
	t.Logf("%s; %.2f %% of the %d that could be by who does not know what will come; %d, had the late ones waited",
		n, share(n.onTime, online), online, asTheyCome(days, wishes, true))
	if share(n.onTime, online) < 99 {
		t.Errorf("%d in time; as they come, %d could be", n.onTime, online)
	}
	if n.refused > 0 || n.lost > 0 || n.twice > 0 {
		t.Errorf("%d refused, %d lost, %d twice", n.refused, n.lost, n.twice)
	}
}

// TestSlowDatabase has the database take up to three seconds, for two of twenty
// in every second minute, to say that an intent is recorded. Its reservation is recorded by then, and
// calls that leave late all the same come too close to those of the next window.
func TestSlowDatabase(t *testing.T) {
	t.Parallel()
	c := scenario{
		rule: rule{calls: some(1000), per: time.Minute, rolling: true}, start: "2026-06-01T06:00:00Z", lasts: 3 * time.Hour,
		filings: func(w *world) []*filing {
			return arriving(w, some(50_000), 40*time.Minute, 20*time.Minute, 2*time.Hour)
		},
	}
	for _, late := range []time.Duration{2 * time.Second, 250 * time.Millisecond} {
		c.events = func(s *system) {
			s.late = late
			s.commit = func() time.Duration {
				if s.now.Minute()%2 == 0 && s.now.Second()%20 < 2 {
					return s.between(0, 3*time.Second)
				}
				return 0
			}
		}
		n, _, _ := c.run(t, dispatched)
		t.Logf("up to %s late: %s", late, n)
		if late < time.Second && n.refused > 0 {
			t.Errorf("%d calls too many", n.refused)
		}
		if n.lost > 0 || n.twice > 0 {
			t.Errorf("%d filings were lost, %d filed twice", n.lost, n.twice)
		}
	}
}

func TestBursts(t *testing.T) {
	scenario{
		rule: minute(), start: "2026-06-01T06:00:00Z", lasts: 5 * time.Hour,
		filings: func(w *world) (filings []*filing) {
			for i := range 6 {
				size := 4000
				if i%3 == 2 {
					size = 20_000 // more than can be in time
				}
				for _, f := range arriving(w, some(size), time.Minute, 4*time.Minute, 18*time.Minute) {
					wait := time.Duration(i) * 40 * time.Minute
					filings = append(filings, &filing{arrives: f.arrives.Add(wait), due: f.due.Add(wait)})
				}
			}
			return filings
		},
	}.check(t)
}

// TestDueTogether has thirty times more come due within two minutes than can be
// called in them. Who could call a whole window at one moment would have up to a
// window's calls more in time; at an even pace no other order has.
func TestDueTogether(t *testing.T) {
	t.Parallel()
	c := scenario{
		rule: minute(), start: "2026-06-01T06:00:00Z", lasts: 3 * time.Hour,
		filings: func(w *world) []*filing { return arriving(w, some(60_000), time.Second, 5*time.Minute, 7*time.Minute) },
	}
	n, _, _ := c.run(t, dispatched)
	t.Log(n)
	if less := n.best - n.onTime; less > c.rule.calls {
		t.Errorf("%d fewer in time than could be", less)
	}
	if n.outdated > 0 || n.refused > 0 || n.lost > 0 || n.twice > 0 {
		t.Errorf("%d were late while others were called that could wait longer; %d refused, %d lost, %d twice", n.outdated, n.refused, n.lost, n.twice)
	}
}

// TestCrashes ends one worker, then all, in the middle of saturated windows.
// Submissions under way are asked about, and neither lost nor filed twice.
func TestCrashes(t *testing.T) {
	c := overloaded()
	c.away = []span{{30 * time.Minute, 38*time.Minute + 30*time.Second}} // until all have asked that came meanwhile
	c.saturated = span{}
	c.events = func(s *system) {
		s.after(15*time.Minute, func() { s.crash(s.workers[0], 5*time.Minute) })
		s.after(30*time.Minute, func() {
			for _, w := range s.workers {
				s.crash(w, 8*time.Minute)
			}
		})
		for i := range 6 { // and a series of short ones
			s.after(45*time.Minute+time.Duration(i)*time.Minute, func() { s.crash(s.workers[i%3], 20*time.Second) })
		}
	}
	c.check(t)
}

// TestWithoutDispatcher leaves filings to their own timers for a quarter of an
// hour.
func TestWithoutDispatcher(t *testing.T) {
	scenario{
		rule: minute(), start: "2026-06-01T06:00:00Z", lasts: 4 * time.Hour,
		filings: func(w *world) []*filing {
			return append(arriving(w, some(40_000), 80*time.Minute, 30*time.Minute, 2*time.Hour), arriving(w, some(5000), time.Minute, 30*time.Minute, 2*time.Hour)...)
		},
		events: func(s *system) { s.after(2*time.Minute, func() { s.stop(15 * time.Minute) }) },
	}.check(t)
}

func TestPause(t *testing.T) {
	scenario{
		rule: minute(), start: "2026-06-01T06:00:00Z", lasts: 4 * time.Hour, away: []span{{20 * time.Minute, 40 * time.Minute}},
		filings: func(w *world) []*filing {
			return arriving(w, some(45_000), 80*time.Minute, 10*time.Minute, 90*time.Minute)
		},
		events: func(s *system) { s.after(20*time.Minute, func() { s.pause(20 * time.Minute) }) },
	}.check(t)
}

// TestOthersOnTheSameQuota has somebody else use the quota of our address, of
// whom a refusal tells, with or without saying until when, or a counter.
func TestOthersOnTheSameQuota(t *testing.T) {
	for name, events := range map[string]func(*system){
		"Retry-After":         func(*system) {},
		"without Retry-After": func(s *system) { s.registry.mute = true },
		"counter":             func(s *system) { s.registry.counts = true },
	} {
		t.Run(name, func(t *testing.T) {
			scenario{
				rule: minute(), start: "2026-06-01T06:00:00Z", lasts: 5 * time.Hour, events: events, refused: some(600),
				filings: func(w *world) []*filing { return arriving(w, some(40_000), time.Hour, 30*time.Minute, 2*time.Hour) },
				others: func(w *world) (hits []time.Time) {
					for range some(60 * 300) {
						hits = append(hits, w.now.Add(w.between(0, time.Hour)))
					}
					slices.SortFunc(hits, time.Time.Compare)
					return hits
				},
			}.check(t)
		})
	}
}
