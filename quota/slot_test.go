package quota

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// memory is all slots given so far.
type memory []time.Time

func (m memory) back(n int) (time.Time, bool) {
	if n < 1 || n > len(m) {
		return time.Time{}, false
	}
	return m[len(m)-n], true
}

// take gives the next slot and remembers it.
func (m *memory) take(limits []Limit, now time.Time) time.Time {
	slot := Next(limits, now, m.back)
	*m = append(*m, slot)
	return slot
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

func TestNext(t *testing.T) {
	minute := Limit{Calls: 2, Per: time.Minute}
	oslo := Limit{Calls: 2, Day: zone(t, "Europe/Oslo")}
	for name, test := range map[string]struct {
		limits []Limit
		now    string
		want   []string // the slots of calls that all ask at now
	}{
		"no limit": {nil, "2026-01-01T12:00:00Z", []string{"2026-01-01T12:00:00Z", "2026-01-01T12:00:00Z"}},
		"window": {[]Limit{minute}, "2026-01-01T12:00:00Z", []string{
			"2026-01-01T12:00:00Z", "2026-01-01T12:00:00Z",
			"2026-01-01T12:01:01.25Z", "2026-01-01T12:01:01.25Z", "2026-01-01T12:02:02.5Z",
		}},
		"whole microseconds, rounded up": {nil, "2026-01-01T13:00:00.000000001+01:00", []string{"2026-01-01T12:00:00.000001Z"}},
		"day in winter": {[]Limit{oslo}, "2026-01-01T12:00:00Z", []string{
			"2026-01-01T12:00:00Z", "2026-01-01T12:00:00Z", "2026-01-01T23:00:01.25Z", "2026-01-01T23:00:01.25Z", "2026-01-02T23:00:01.25Z",
		}},
		"day of 23 hours": {[]Limit{oslo}, "2026-03-28T23:30:00Z", []string{
			"2026-03-28T23:30:00Z", "2026-03-28T23:30:00Z", "2026-03-29T22:00:01.25Z",
		}},
		"day of 25 hours": {[]Limit{oslo}, "2026-10-24T22:30:00Z", []string{
			"2026-10-24T22:30:00Z", "2026-10-24T22:30:00Z", "2026-10-25T23:00:01.25Z",
		}},
		"just before midnight": {[]Limit{oslo}, "2026-01-01T22:59:59Z", []string{
			"2026-01-01T23:00:01.25Z", "2026-01-01T23:00:01.25Z", "2026-01-02T23:00:01.25Z",
		}},
		"just after midnight": {[]Limit{oslo}, "2026-01-01T23:00:00.5Z", []string{"2026-01-01T23:00:01.25Z"}},
		"both": {[]Limit{{Calls: 1, Per: time.Minute}, oslo}, "2026-01-01T12:00:00Z", []string{
			"2026-01-01T12:00:00Z", "2026-01-01T12:01:01.25Z", "2026-01-01T23:00:01.25Z", "2026-01-01T23:01:02.5Z",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var m memory
			for i, want := range test.want {
				if got := m.take(test.limits, at(t, test.now)); !got.Equal(at(t, want)) || got.Location() != time.UTC {
					t.Errorf("call %d: slot %v, want %v", i+1, got, want)
				}
			}
		})
	}
}

func TestNextKeepsTheOrder(t *testing.T) {
	var m memory
	first := m.take(nil, at(t, "2026-01-01T12:00:00Z"))
	if got := m.take(nil, first.Add(-time.Hour)); !got.Equal(first) { // a clock that was set back
		t.Errorf("slot %v before the last one, %v", got, first)
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

// TestNoLimitIsEverExceeded counts as a registry would, with calls that leave
// late, are held up on the way, or never leave, and a registry whose clock is
// not quite ours.
func TestNoLimitIsEverExceeded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limits := rapid.SliceOfN(rapid.Custom(anyLimit), 1, 3).Draw(t, "limits")
		now := anyStart(t)
		grace := int64(Grace(limits))
		skew := time.Duration(rapid.Int64Range(-grace/8, grace/8).Draw(t, "skew"))
		var m memory
		var arrivals []time.Time // by the registry's clock
		for range rapid.IntRange(1, 40).Draw(t, "n") {
			now = now.Add(anyDemand(t))
			last, given := m.back(1)
			slot := m.take(limits, now)
			if slot.Before(now) || given && slot.Before(last) {
				t.Fatalf("slot %v; now %v, last %v", slot, now, last)
			}
			late := rapid.OneOf(rapid.Just(int64(0)), rapid.Just(grace), rapid.Int64Range(0, grace)).Draw(t, "late")
			way := rapid.OneOf(rapid.Just(int64(0)), rapid.Just(grace/8), rapid.Int64Range(0, grace/8)).Draw(t, "way")
			if rapid.IntRange(0, 9).Draw(t, "leaves") > 0 {
				arrivals = append(arrivals, slot.Add(time.Duration(late+way)).Add(skew))
			}
		}
		slices.SortFunc(arrivals, time.Time.Compare)
		for _, l := range limits {
			onDay := map[string]int{}
			for i, arrival := range arrivals {
				if l.Day == nil && i >= l.Calls && arrival.Sub(arrivals[i-l.Calls]) <= l.Per {
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

// legal says by counting whether a slot may be given at t.
func legal(limits []Limit, t time.Time, given memory) bool {
	for _, l := range limits {
		n := 0
		for _, s := range given {
			if l.Day == nil && t.Sub(s) < l.Per+l.margin() || l.Day != nil && sameDay(s.In(l.Day), t.In(l.Day)) {
				n++
			}
		}
		if n >= l.Calls {
			return false
		}
		if l.Day != nil && (!sameDay(t.In(l.Day), t.Add(l.margin()).In(l.Day)) || !sameDay(t.In(l.Day), t.Add(-l.margin()).In(l.Day))) {
			return false
		}
	}
	return true
}

// TestSlotIsTheEarliest compares with a model that tries every moment at which
// something may change: when a window passes, and every quarter of an hour, at
// which alone days begin in any zone.
func TestSlotIsTheEarliest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limits := rapid.SliceOfN(rapid.Custom(anyLimit), 1, 3).Draw(t, "limits")
		now := anyStart(t)
		var m memory
		for range rapid.IntRange(1, 12).Draw(t, "n") {
			now = now.Add(anyDemand(t))
			earliest := wholeMicrosecond(now)
			if last, ok := m.back(1); ok {
				earliest = later(earliest, last)
			}
			slot := Next(limits, now, m.back)
			if !legal(limits, slot, m) {
				t.Fatalf("%v: slot %v is too early after %v", limits, slot, m)
			}
			moments := []time.Time{earliest, slot.Add(-time.Microsecond)}
			for _, l := range limits {
				for _, s := range m {
					moments = append(moments, wholeMicrosecond(s.Add(l.Per+l.margin())))
				}
				for quarter := earliest.Truncate(15 * time.Minute); quarter.Before(slot); quarter = quarter.Add(15 * time.Minute) {
					moments = append(moments, wholeMicrosecond(quarter.Add(l.margin())))
				}
			}
			for _, moment := range moments {
				if !moment.Before(earliest) && moment.Before(slot) && legal(limits, moment, m) {
					t.Fatalf("%v: slot %v, but %v would do after %v", limits, slot, moment, m)
				}
			}
			m = append(m, slot)
		}
	})
}

func TestLittleIsWasted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := Limit{
			Calls: rapid.IntRange(1, 50).Draw(t, "calls"),
			Per:   time.Duration(rapid.Int64Range(int64(minPer), int64(2*time.Hour)).Draw(t, "per")),
		}
		start := anyStart(t)
		var m memory
		const windows = 10
		for range windows*l.Calls + 1 {
			m.take([]Limit{l}, start)
		}
		took := m[len(m)-1].Sub(m[0])
		if used := float64(windows*l.Per) / float64(took); used < 0.97 {
			t.Fatalf("%v: %.1f %% of the quota is used", l, 100*used)
		}
	})
}

func TestADaysQuotaIsUsedInFull(t *testing.T) {
	for _, name := range zones {
		for _, change := range changes {
			l := Limit{Calls: 3, Day: zone(t, name)}
			start := at(t, change).Add(-36 * time.Hour)
			onDay := map[string]int{}
			var m memory
			for range 12 {
				onDay[m.take([]Limit{l}, start).In(l.Day).Format(time.DateOnly)]++
			}
			if len(onDay) != 4 {
				t.Errorf("%v around %s: 12 calls on %v, want 3 on each of 4 days", l, change, onDay)
			}
			if length := m[11].Sub(m[0]); length > 4*25*time.Hour {
				t.Errorf("%v around %s: 12 calls take %v", l, change, length)
			}
		}
	}
}

func TestGrace(t *testing.T) {
	second := Limit{Calls: 1, Per: time.Second}
	minute := Limit{Calls: 1, Per: time.Minute}
	day := Limit{Calls: 1, Day: zone(t, "Europe/Oslo")}
	for want, limits := range map[time.Duration][]Limit{
		time.Second:            {minute, day},
		20 * time.Millisecond:  {minute, second, day},
		100 * time.Millisecond: {{Calls: 100, Per: 5 * time.Second}},
	} {
		if got := Grace(limits); got != want {
			t.Errorf("%v: grace %v, want %v", limits, got, want)
		}
	}
	if got := Grace(nil); got != time.Second {
		t.Errorf("without limits: grace %v, want 1s", got)
	}
}

// TestWrongLimits shows that limits that Check refuses do no harm here.
func TestWrongLimits(t *testing.T) {
	now := at(t, "2026-01-01T12:00:00Z")
	for _, l := range []Limit{{}, {Calls: -3, Per: -time.Hour}, {Day: time.Local}} {
		var m memory
		for range 3 {
			if slot := m.take([]Limit{l}, now); slot.Before(now) {
				t.Errorf("%v: slot %v before now", l, slot)
			}
		}
	}
}

func BenchmarkNextWindow(b *testing.B) {
	limits := []Limit{{Calls: 1000, Per: time.Minute}, {Calls: 100, Per: 5 * time.Second}}
	benchmark(b, limits)
}

func BenchmarkNextDay(b *testing.B) {
	benchmark(b, []Limit{{Calls: 50_000, Day: zone(b, "Europe/Oslo")}})
}

func benchmark(b *testing.B, limits []Limit) {
	b.Helper()
	now := at(b, "2026-03-28T12:00:00Z")
	ring := make([]time.Time, 1<<16)
	given := 0
	back := func(n int) (time.Time, bool) {
		if n > given {
			return time.Time{}, false
		}
		return ring[(given-n)%len(ring)], true
	}
	b.ReportAllocs()
	for b.Loop() {
		ring[given%len(ring)] = Next(limits, now, back)
		given++
	}
}
