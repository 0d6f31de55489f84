package quota_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

var ways = []struct {
	name string
	way  way
}{
	{"dispatcher", dispatched}, {"back-off", backoff}, {"next-retry-delay", registryDelay}, {"queue-rate", rated},
}

// rivalry are the courses of things in which the ways are compared.
func rivalry(t testing.TB) []struct {
	name string
	scenario
} {
	t.Helper()
	saturated := overloaded()
	saturated.saturated.from, saturated.lasts = 0, 6*time.Hour
	bursts := scenario{
		rule: minute(), start: "2026-06-01T06:00:00Z", lasts: 6 * time.Hour,
		filings: func(w *world) (filings []*filing) {
			for i := range 4 { // some are due sooner, and come later
				for _, f := range append(arriving(w, some(12_000), time.Minute, 45*time.Minute, 90*time.Minute), arriving(w, some(3000), 4*time.Minute, 5*time.Minute, 9*time.Minute)...) {
					wait := time.Duration(i) * 30 * time.Minute
					filings = append(filings, &filing{arrives: f.arrives.Add(wait), due: f.due.Add(wait)})
				}
			}
			return filings
		},
	}
	day := scenario{ // a hundredth of Autosys' 50,000, so that back-off ends
		rule: oslo(t, 500), start: "2026-10-23T10:00:00Z", lasts: 8 * 24 * time.Hour, saturated: span{11 * time.Hour, 62 * time.Hour},
		filings: func(w *world) []*filing {
			return append(arriving(w, some(1000), time.Hour, 26*time.Hour, 90*time.Hour), arriving(w, some(1200), 50*time.Hour, 26*time.Hour, 40*time.Hour)...)
		},
	}
	return []struct {
		name string
		scenario
	}{{"overload", saturated}, {"bursts", bursts}, {"day", day}}
}

// BenchmarkDispatcher compares the dispatcher with what Temporal offers by itself,
// at the same registry, which refuses what is too much, with the same filings.
func BenchmarkDispatcher(b *testing.B) {
	var table strings.Builder
	for _, r := range rivalry(b) {
		for _, w := range ways {
			b.Run(r.name+"/"+w.name, func(b *testing.B) {
				var n figures
				for b.Loop() {
					n, _, _ = r.run(b, w.way)
				}
				for _, m := range n.measures() {
					b.ReportMetric(m.value, m.unit)
				}
				fmt.Fprintf(&table, "\n%-10s %-17s", r.name, w.name)
				for _, m := range n.measures() {
					fmt.Fprintf(&table, " %10.2f", m.value)
				}
			})
		}
	}
	b.Logf("\n%-28s %10s %10s %10s %10s %10s%s", "", "in time %", "used %", "refused", "tries", "lost", table.String())
}

type measure struct {
	value float64
	unit  string
}

func (n figures) measures() []measure {
	return []measure{
		{share(n.onTime, n.best), "%in-time"},
		{100 * n.used, "%used"},
		{float64(n.refused), "refused"},
		{float64(n.asks) / float64(max(1, n.calls-n.refused)), "tries/call"},
		{float64(n.lost), "lost"},
	}
}

// TestOtherWaysAreCalledToo shows that the rivals do what they should: all end,
// and none is filed twice.
func TestOtherWaysAreCalledToo(t *testing.T) {
	c := scenario{
		rule: minute(), start: "2026-06-01T06:00:00Z", lasts: 2 * time.Hour,
		filings: func(w *world) []*filing { return arriving(w, some(5000), time.Minute, 10*time.Minute, time.Hour) },
	}
	for _, w := range ways {
		n, _, _ := c.run(t, w.way)
		t.Logf("%s: %s", w.name, n)
		if n.lost > 0 || n.twice > 0 || n.onTime != n.due {
			t.Errorf("%s: %s; %d lost, %d twice", w.name, n, n.lost, n.twice)
		}
		if w.way != dispatched && w.way != rated && n.refused == 0 {
			t.Errorf("%s: nothing was refused", w.name)
		}
	}
}
