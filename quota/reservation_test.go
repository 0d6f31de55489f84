package quota

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func at(t testing.TB, text string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

// take gives reservations to so many calls that all ask at now.
func take(terms Quota, past *Past, now time.Time, urgent bool) time.Time {
	return terms.Take(now, past, 1, urgent)
}

func TestNext(t *testing.T) {
	minute := Limit{Calls: 2, Per: time.Minute}
	oslo := Limit{Calls: 2, Day: zone(t, "Europe/Oslo")}
	for name, test := range map[string]struct {
		terms Quota
		now   string
		want  []string // the reservations of calls that all ask at now
	}{
		"no limit": {Quota{}, "2026-01-01T12:00:00Z", []string{"2026-01-01T12:00:00Z", "2026-01-01T12:00:00Z"}},
		"window": {Quota{Limits: []Limit{minute}}, "2026-01-01T12:00:00Z", []string{
			"2026-01-01T12:00:00Z", "2026-01-01T12:00:00Z",
			"2026-01-01T12:01:00.25Z", "2026-01-01T12:01:00.25Z", "2026-01-01T12:02:00.5Z",
		}},
		"in bursts of a fortieth": {Quota{Limits: []Limit{{Calls: 80, Per: 80 * time.Second}}}, "2026-01-01T12:00:00Z", []string{
			"2026-01-01T12:00:00Z", "2026-01-01T12:00:00Z", "2026-01-01T12:00:02.00625Z", "2026-01-01T12:00:02.00625Z", "2026-01-01T12:00:04.0125Z",
		}},
		"whole microseconds, rounded up": {Quota{}, "2026-01-01T13:00:00.000000001+01:00", []string{"2026-01-01T12:00:00.000001Z"}},
		"day in winter": {Quota{Limits: []Limit{oslo}}, "2026-01-01T12:00:00Z", []string{
			"2026-01-01T12:00:00Z", "2026-01-01T12:00:00Z", "2026-01-01T23:00:10.25Z", "2026-01-01T23:00:10.25Z", "2026-01-02T23:00:10.25Z",
		}},
		"day of 23 hours": {Quota{Limits: []Limit{oslo}}, "2026-03-28T23:30:00Z", []string{
			"2026-03-28T23:30:00Z", "2026-03-28T23:30:00Z", "2026-03-29T22:00:10.25Z",
		}},
		"day of 25 hours": {Quota{Limits: []Limit{oslo}}, "2026-10-24T22:30:00Z", []string{
			"2026-10-24T22:30:00Z", "2026-10-24T22:30:00Z", "2026-10-25T23:00:10.25Z",
		}},
		"just before midnight": {Quota{Limits: []Limit{oslo}}, "2026-01-01T22:59:50Z", []string{
			"2026-01-01T23:00:10.25Z", "2026-01-01T23:00:10.25Z", "2026-01-02T23:00:10.25Z",
		}},
		"just after midnight": {Quota{Limits: []Limit{oslo}}, "2026-01-01T23:00:00.5Z", []string{"2026-01-01T23:00:10.25Z"}},
		"both": {Quota{Limits: []Limit{{Calls: 1, Per: time.Minute}, oslo}}, "2026-01-01T12:00:00Z", []string{
			"2026-01-01T12:00:00Z", "2026-01-01T12:01:00.25Z", "2026-01-01T23:00:10.25Z", "2026-01-01T23:01:10.5Z",
		}},
		"reserve": {Quota{Limits: []Limit{{Calls: 4, Day: zone(t, "UTC")}}, Reserve: 2}, "2026-01-01T00:30:00Z", []string{
			"2026-01-01T00:30:00Z", "2026-01-01T00:30:00Z", "2026-01-01T11:30:00Z", "2026-01-01T23:00:00Z", "2026-01-02T00:00:10.25Z",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			past := NewPast(nil, nil)
			for i, want := range test.want {
				if got := take(test.terms, past, at(t, test.now), false); !got.Equal(at(t, want)) || got.Location() != time.UTC {
					t.Errorf("call %d: reservation %v, want %v", i+1, got, want)
				}
			}
		})
	}
}

func TestReserveIsForUrgentCalls(t *testing.T) {
	terms := Quota{Limits: []Limit{{Calls: 4, Day: zone(t, "UTC")}}, Reserve: 2}
	past := NewPast(nil, nil)
	now := at(t, "2026-01-01T06:00:00Z")
	for _, want := range []string{"2026-01-01T06:00:00Z", "2026-01-01T06:00:00Z", "2026-01-01T06:00:00Z", "2026-01-01T06:00:00Z", "2026-01-02T00:00:10.25Z"} {
		if got := take(terms, past, now, true); !got.Equal(at(t, want)) {
			t.Errorf("reservation %v, want %v", got, want)
		}
	}
}

func TestCallsOfOneTicketLeaveTogether(t *testing.T) {
	past := NewPast(nil, nil)
	terms := Quota{Limits: []Limit{{Calls: 2, Per: time.Minute}}}
	now := at(t, "2026-01-01T12:00:00Z")
	want := now.Add(2 * (time.Minute + 250*time.Millisecond))
	if got := terms.Take(now, past, 5, false); !got.Equal(want) || past.Since(want) != 5 {
		t.Errorf("five calls at %v, want %v; %d are remembered there", got, want, past.Since(want))
	}
}

func TestNextKeepsTheOrder(t *testing.T) {
	past := NewPast(nil, nil)
	first := take(Quota{}, past, at(t, "2026-01-01T12:00:00Z"), false)
	if got := take(Quota{}, past, first.Add(-time.Hour), false); !got.Equal(first) { // a clock that was set back
		t.Errorf("reservation %v before the last one, %v", got, first)
	}
}

// changes are moments near which clocks change, or days, in one of the zones.
var changes = []string{
	"2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z", // Oslo, Paris
	"2026-03-08T05:00:00Z", "2026-11-01T05:00:00Z", // Havana
	"2026-03-28T22:00:00Z", "2026-10-24T21:00:00Z", // Beirut
	"2026-04-05T03:00:00Z", "2026-09-06T04:00:00Z", // Santiago
	"2018-02-18T02:00:00Z", "2018-11-04T03:00:00Z", // São Paulo
	"2026-04-23T22:00:00Z", "2026-10-29T21:00:00Z", // Cairo
	"2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z", // Lord Howe
	"2011-12-30T10:00:00Z", // Apia
}

func anyStart(t *rapid.T) time.Time {
	near, err := time.Parse(time.RFC3339, rapid.SampledFrom(changes).Draw(t, "near"))
	if err != nil {
		t.Fatal(err)
	}
	return near.Add(time.Duration(rapid.Int64Range(-int64(30*time.Hour), int64(3*time.Hour)).Draw(t, "from")))
}

// anyDemand is how long the next call asks after the one before.
func anyDemand(t *rapid.T) time.Duration {
	longest := rapid.SampledFrom([]time.Duration{0, 0, time.Second, time.Minute, 8 * time.Hour}).Draw(t, "longest pause")
	return time.Duration(rapid.Int64Range(0, int64(longest)).Draw(t, "pause"))
}

func anyTerms(t *rapid.T) Quota {
	terms := Quota{Limits: rapid.SliceOfN(rapid.Custom(anyLimit), 1, 3).Draw(t, "limits")}
	most := 0
	for _, l := range terms.Limits {
		if l.Day != nil && (most == 0 || l.Calls < most) {
			most = l.Calls
		}
	}
	if most > 1 {
		terms.Reserve = rapid.IntRange(0, most-1).Draw(t, "reserve")
	}
	return terms
}

// reserved is a reservation that was given, and what its caller will make of it.
type reserved struct {
	at, leaves time.Time
	lost       bool // the caller died, or came too late
}

// TestNoLimitIsEverExceeded counts as a registry would: with reservations within the
// horizon, calls that leave late, are delayed on the way, or never leave, and a
// registry with a slightly different clock.
func TestNoLimitIsEverExceeded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		terms := anyTerms(t)
		if err := terms.Check(); err != nil {
			t.Fatal(err)
		}
		now := anyStart(t)
		grace := terms.Grace()
		margin := maxMargin
		for _, l := range terms.Limits {
			if l.Day == nil {
				margin = min(margin, l.margin())
			}
		}
		skew := time.Duration(rapid.Int64Range(-int64(maxMargin)/2, int64(maxMargin)/2).Draw(t, "skew"))
		var given []reserved
		var arrivals []time.Time // by the registry's clock
		for range rapid.IntRange(1, 40).Draw(t, "n") {
			now = now.Add(anyDemand(t))
			reservedAt := terms.Next(now, remembered(given, now, grace), rapid.Bool().Draw(t, "urgent"))
			for reservedAt.Sub(now) > terms.Horizon() { // too far ahead: ask again then
				now = reservedAt.Add(-terms.Horizon())
				reservedAt = terms.Next(now, remembered(given, now, grace), true)
			}
			if reservedAt.Before(now) {
				t.Fatalf("reservation %v; now %v", reservedAt, now)
			}
			late := rapid.OneOf(rapid.Just(int64(0)), rapid.Just(int64(grace)), rapid.Int64Range(0, int64(grace))).Draw(t, "late")
			way := rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, int64(margin/2))).Draw(t, "way")
			p := reserved{at: reservedAt, leaves: reservedAt.Add(time.Duration(late)), lost: rapid.IntRange(0, 9).Draw(t, "leaves") == 0}
			given = append(given, p)
			if !p.lost {
				arrivals = append(arrivals, p.leaves.Add(time.Duration(way)).Add(skew))
			}
		}
		slices.SortFunc(arrivals, time.Time.Compare)
		for _, l := range terms.Limits {
			onDay := map[string]int{}
			for i, arrival := range arrivals {
				if l.Day == nil && i >= l.Calls && arrival.Sub(arrivals[i-l.Calls]) < l.Per {
					t.Fatalf("%v: %d calls from %v to %v", l, l.Calls+1, arrivals[i-l.Calls], arrival)
				}
				if l.Day == nil {
					continue
				}
				day := arrival.In(l.Day).Format(time.DateOnly)
				if onDay[day]++; onDay[day] > l.Calls {
					t.Fatalf("%v: %d calls on %s", l, onDay[day], day)
				}
			}
		}
	})
}

// remembered is what the ledger knows at the moment now: the calls that were made,
// and the open reservations.
func remembered(given []reserved, now time.Time, grace time.Duration) *Past {
	past := NewPast(nil, nil)
	for _, p := range given {
		switch {
		case p.lost && p.at.Add(grace).Before(now): // nobody came
		case !p.lost && !p.leaves.After(now):
			past.Add(p.leaves)
		default:
			past.Add(p.at)
		}
	}
	return past
}

// legal tells by counting whether a reservation is allowed at t.
func legal(terms Quota, t time.Time, given []time.Time, urgent bool) bool {
	windows := false
	count := func(length time.Duration) (n int) {
		for _, s := range given {
			if t.Sub(s) < length {
				n++
			}
		}
		return n
	}
	for _, l := range terms.Limits {
		if l.Day == nil {
			windows = true
			whole := l.Per + l.margin()
			burstSize := l.Calls / burst
			if count(whole) >= l.Calls || burstSize > 0 && count(spacing(whole, burstSize, l.Calls)) >= burstSize {
				return false
			}
			continue
		}
		onDay := 0
		for _, s := range given {
			if sameDay(s.In(l.Day), t.In(l.Day)) {
				onDay++
			}
		}
		begin, end := lastMidnight(t.In(l.Day)), nextDay(t.In(l.Day))
		kept := 0.0
		if last := end.Add(-free); !urgent && t.Before(last) {
			kept = float64(terms.Reserve) * float64(last.Sub(t)) / float64(last.Sub(begin))
		}
		const rounding = 1e-9 // of a call: some microseconds of a day
		if float64(onDay+1)+kept > float64(l.Calls)+rounding || t.Before(begin.Add(dayMargin)) || !t.Before(end.Add(-dayMargin)) {
			return false
		}
	}
	return windows || count(time.Second) < perSecond
}

// TestReservationIsTheEarliest compares with a model that tries every moment at which
// something may change: when a window passes, and every quarter of an hour, at
// which alone days begin in any zone.
func TestReservationIsTheEarliest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		terms := anyTerms(t)
		now := anyStart(t)
		past := NewPast(nil, nil)
		var given []time.Time
		for range rapid.IntRange(1, 12).Draw(t, "n") {
			now = now.Add(anyDemand(t))
			urgent := rapid.Bool().Draw(t, "urgent")
			earliest := wholeMicrosecond(now)
			if last, ok := past.back(1); ok {
				earliest = later(earliest, last)
			}
			reservedAt := terms.Next(now, past, urgent)
			if !legal(terms, reservedAt, given, urgent) {
				t.Fatalf("%v: reservation %v is too early after %v", terms, reservedAt, given)
			}
			moments := []time.Time{earliest, reservedAt.Add(-10 * time.Millisecond)}
			for _, l := range terms.Limits {
				for _, s := range given {
					moments = append(moments, wholeMicrosecond(s.Add(l.Per+l.margin())))
				}
				for quarter := earliest.Truncate(15 * time.Minute); quarter.Before(reservedAt); quarter = quarter.Add(15 * time.Minute) {
					moments = append(moments, wholeMicrosecond(quarter.Add(dayMargin)))
				}
			}
			for _, moment := range moments {
				if !moment.Before(earliest) && moment.Before(reservedAt.Add(-time.Millisecond)) && legal(terms, moment, given, urgent) {
					t.Fatalf("%v: reservation %v, but %v would do after %v", terms, reservedAt, moment, given)
				}
			}
			past.Add(reservedAt)
			given = append(given, reservedAt)
		}
	})
}

func TestLittleIsWasted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := Limit{
			Calls: rapid.IntRange(1, 200).Draw(t, "calls"),
			Per:   time.Duration(rapid.Int64Range(int64(minPer), int64(2*time.Hour)).Draw(t, "per")),
		}
		start := anyStart(t)
		past := NewPast(nil, nil)
		const windows = 10
		for range windows*l.Calls + 1 {
			take(Quota{Limits: []Limit{l}}, past, start, false)
		}
		last, _ := past.back(1)
		first, _ := past.back(windows*l.Calls + 1)
		least := 0.97
		switch {
		case l.Per < 5*time.Second: // short windows are blurred
			least = float64(l.Per) / float64(l.Per+126*time.Millisecond)
		case l.Per > time.Minute:
			least = 0.99
		}
		if used := float64(windows*l.Per) / float64(last.Sub(first)); used < least {
			t.Fatalf("%v: %.1f %% of the quota is used", l, 100*used)
		}
	})
}

func TestADaysQuotaIsUsedInFull(t *testing.T) {
	for _, name := range zones {
		for _, change := range changes {
			l := Limit{Calls: 4, Day: zone(t, name)}
			for _, reserve := range []int{0, 2} {
				start := at(t, change).Add(-36 * time.Hour)
				onDay := map[string]int{}
				past := NewPast(nil, nil)
				var first, last time.Time
				for i := range 16 {
					last = take(Quota{Limits: []Limit{l}, Reserve: reserve}, past, start, false)
					if i == 0 {
						first = last
					}
					onDay[last.In(l.Day).Format(time.DateOnly)]++
				}
				if len(onDay) != 4 {
					t.Errorf("%v around %s: 16 calls on %v, want 4 on each of 4 days", l, change, onDay)
				}
				if length := last.Sub(first); length > 5*25*time.Hour {
					t.Errorf("%v around %s: 16 calls take %v", l, change, length)
				}
			}
		}
	}
}

func TestForgettingChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		terms := anyTerms(t)
		now := anyStart(t)
		whole, short := NewPast(nil, nil), NewPast(nil, nil)
		for range rapid.IntRange(1, 30).Draw(t, "n") {
			now = now.Add(anyDemand(t))
			a, b := terms.Take(now, whole, 1, false), terms.Take(now, short, 1, false)
			if !a.Equal(b) {
				t.Fatalf("reservation %v with the whole past, %v without what was forgotten", a, b)
			}
			short.Forget(a.Add(-2*terms.Longest()), terms.Midnights(a)...)
		}
	})
}

func TestGraceAndHorizon(t *testing.T) {
	second := Limit{Calls: 1, Per: time.Second}
	minute := Limit{Calls: 1, Per: time.Minute}
	oslo := Limit{Calls: 1, Day: zone(t, "Europe/Oslo")}
	for _, test := range []struct {
		limits         []Limit
		grace, horizon time.Duration
	}{
		{nil, 10 * time.Second, 2 * time.Second},
		{[]Limit{minute, oslo}, 10 * time.Second, 2 * time.Second},
		{[]Limit{minute, second, oslo}, 500 * time.Millisecond, 250 * time.Millisecond},
		{[]Limit{{Calls: 100, Per: 5 * time.Second}}, 2500 * time.Millisecond, 1250 * time.Millisecond},
	} {
		terms := Quota{Limits: test.limits}
		if terms.Grace() != test.grace || terms.Horizon() != test.horizon {
			t.Errorf("%v: grace %v, horizon %v; want %v, %v", test.limits, terms.Grace(), terms.Horizon(), test.grace, test.horizon)
		}
	}
}

// TestMost: never too few for the horizon if workers keep up, and none if they are far
// behind.
func TestMost(t *testing.T) {
	for _, limits := range [][]Limit{
		nil,
		{{Calls: 1, Per: time.Hour}},
		{{Calls: 1000, Per: time.Minute}},
		{{Calls: 60, Per: 6 * time.Second}},
		{{Calls: 10, Per: time.Second}},
		{{Calls: 10, Day: zone(t, "Europe/Oslo")}},
		{{Calls: 1000, Per: time.Minute}, {Calls: 10, Per: time.Second}},
	} {
		terms := Quota{Limits: limits}
		pace := float64(perSecond)
		for i, l := range terms.windows() {
			if p := float64(l.Calls) / l.Per.Seconds(); i == 0 || p < pace {
				pace = p
			}
		}
		if least := int(pace * terms.Horizon().Seconds()); terms.Most(0) < max(1, least) {
			t.Errorf("%v: %d at most, but %d leave within the horizon", limits, terms.Most(0), least)
		}
		if late := int(pace*(terms.Grace()+time.Second).Seconds()) + 1; terms.Most(late) != 0 {
			t.Errorf("%v: %d more for workers that are behind with %d", limits, terms.Most(late), late)
		}
	}
}

func TestTermsCheck(t *testing.T) {
	oslo := Limit{Calls: 10, Day: zone(t, "Europe/Oslo")}
	for want, terms := range map[string]Quota{
		"":                        {Limits: []Limit{oslo}, Reserve: 9},
		"leaves nothing":          {Limits: []Limit{oslo}, Reserve: 10},
		"needs a limit per day":   {Limits: []Limit{{Calls: 10, Per: time.Minute}}, Reserve: 1},
		"want 0 or more":          {Reserve: -1},
		"a limit allows at least": {Limits: []Limit{{Per: time.Minute}}},
	} {
		err := terms.Check()
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", terms, err, want)
		}
	}
}

// TestWrongLimits shows that limits that Check refuses do no harm here.
func TestWrongLimits(t *testing.T) {
	now := at(t, "2026-01-01T12:00:00Z")
	for _, l := range []Limit{{}, {Calls: -3, Per: -time.Hour}, {Day: time.Local}} {
		past := NewPast(nil, nil)
		for range 3 {
			if reservedAt := take(Quota{Limits: []Limit{l}}, past, now, false); reservedAt.Before(now) {
				t.Errorf("%v: reservation %v before now", l, reservedAt)
			}
		}
	}
}

func BenchmarkNextWindow(b *testing.B) {
	benchmark(b, Quota{Limits: []Limit{{Calls: 1000, Per: time.Minute}, {Calls: 100, Per: 5 * time.Second}}})
}

func BenchmarkNextDay(b *testing.B) {
	benchmark(b, Quota{Limits: []Limit{{Calls: 50_000, Day: zone(b, "Europe/Oslo")}}, Reserve: 1000})
}

func benchmark(b *testing.B, terms Quota) {
	b.Helper()
	now := at(b, "2026-03-28T12:00:00Z")
	past := NewPast(nil, nil)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		reservedAt := terms.Take(now, past, 1, false)
		if n++; n%10_000 == 0 {
			past.Forget(reservedAt.Add(-2*terms.Longest()), terms.Midnights(reservedAt)...)
		}
	}
}
