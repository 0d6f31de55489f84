package main

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"sluss/bars"
	"sluss/quota"
)

// quotaUse knows when filings were opened, and when a registry was called for them: one
// call for each.
type quotaUse struct {
	handler http.Handler

	mu    sync.Mutex
	opens []time.Time
	calls []time.Time
}

func (u *quotaUse) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	u.calls = append(u.calls, time.Now())
	u.mu.Unlock()
	u.handler.ServeHTTP(w, r)
}

func (u *quotaUse) opened() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.opens = append(u.opens, time.Now())
}

// reached tells whether there were so many calls.
func (u *quotaUse) reached(calls int) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.calls) < calls {
		return fmt.Errorf("%d of %d calls", len(u.calls), calls)
	}
	return nil
}

const (
	// longestGap is how long no call may be made while filings wait and the quota is free.
	longestGap = 5 * time.Second
	// leastUse is how much of a window is used at least while filings wait. The margin of a
	// short window is a larger part of it.
	leastUse      = 0.95
	leastUseShort = 0.85
	// entering is how long a filing may take until it is in the queue.
	entering = 5 * time.Second
)

// check looks at the pauses between calls, and at each window, from the first full one
// on. Our calls are spread evenly, so in a long pause the quota is free.
func (u *quotaUse) check(t *testing.T, limit quota.Limit) {
	t.Helper()
	u.mu.Lock()
	defer u.mu.Unlock()
	before := func(moments []time.Time, moment time.Time) (n int) {
		for _, m := range moments {
			if m.Before(moment) {
				n++
			}
		}
		return n
	}
	least, begins := leastUse, u.calls[0].Add(limit.Per)
	if limit.Per < time.Minute { // the small test: filings are opened as fast as it goes meanwhile
		least, begins = leastUseShort, u.opens[len(u.opens)-1].Add(entering)
	}
	gap := time.Duration(0)
	for i := 1; i < len(u.calls); i++ {
		from, to := u.calls[i-1], u.calls[i]
		if from.Before(begins) {
			continue
		}
		if waits := before(u.opens, from.Add(-entering)) - i; waits > 0 {
			gap = max(gap, to.Sub(from))
			if to.Sub(from) > longestGap {
				t.Errorf("no call for %s, %s after the first, while %d filings waited", to.Sub(from), from.Sub(u.calls[0]).Round(time.Second), waits)
			}
		}
	}
	var used []int
	for from := begins; ; from = from.Add(limit.Per) {
		to := from.Add(limit.Per)
		if waits := before(u.opens, from.Add(-entering)) - before(u.calls, to); waits <= 0 {
			break // not enough waited for all of the window
		}
		n := before(u.calls, to) - before(u.calls, from)
		used = append(used, n)
		if float64(n) < least*float64(limit.Calls) {
			t.Errorf("%d calls of %s in the window that began %s after the first call", n, limit, from.Sub(u.calls[0]))
		}
	}
	bars.AtLeast("least-use-of-the-quota-in-a-window", float64(slices.Min(append(used, limit.Calls)))/float64(limit.Calls), least)
	bars.AtMost("longest-gap-while-filings-wait-seconds", gap.Seconds(), longestGap.Seconds())
	t.Logf("calls in each window of %s after the first, while filings waited: %v; the longest pause %s", limit, used, gap.Round(time.Millisecond))
	last := u.opens[len(u.opens)-1].Sub(u.calls[0])
	t.Logf("the last filing was opened %s after the first call", last.Round(time.Second))
}
