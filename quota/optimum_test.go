package quota_test

import (
	"slices"
	"sort"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// period is a span in which a registry accepts so many calls.
type period struct {
	begin, end time.Time
	calls      int
}

// wish is a call that is possible, and in time, only between two moments.
type wish struct{ from, due time.Time }

// optimum is how many of the wishes can be met at most, if all are known beforehand
// and calls can be made at any moment of a period: in each period, those due first go
// first, of those that have arrived and are not late yet. A wish can be met in
// consecutive periods, and then no order meets more (Glover 1967).
func optimum(periods []period, wishes []wish) (served int) {
	wishes = inOrder(wishes)
	open := newMoments(len(wishes))
	next := 0
	for _, p := range periods {
		for ; next < len(wishes) && wishes[next].from.Before(p.end); next++ {
			open.push(wishes[next].due.UnixNano(), 0, struct{}{})
		}
		for left, begin := p.calls, p.begin.UnixNano(); left > 0 && len(open.entries) > 0; {
			if due, _ := open.pop(); due >= begin {
				served++
				left--
			}
		}
	}
	return served
}

func newMoments(room int) *minHeap[struct{}] {
	return &minHeap[struct{}]{entries: make([]entry[struct{}], 0, room)}
}

// asTheyCome is how many are in time where each is known when it comes and not
// before, calls take no time, and who is due first goes first as long as there
// is quota: for days, at whose beginning all is spent on those who wait. Those who
// are late come then too, after the others; or else have only what is left in
// the end.
func asTheyCome(days []period, wishes []wish, lateWait bool) (served int) {
	wishes = inOrder(wishes)
	waiting := newMoments(len(wishes))
	next, late := 0, 0
	for _, day := range days {
		left := day.calls
		for left > 0 && len(waiting.entries) > 0 {
			if due, _ := waiting.pop(); due < day.begin.UnixNano() {
				late++
				continue
			}
			served++
			left--
		}
		if !lateWait {
			of := min(left, late)
			left, late = left-of, late-of
		}
		for ; next < len(wishes) && wishes[next].from.Before(day.end); next++ {
			if left > 0 {
				served++
				left--
				continue
			}
			waiting.push(wishes[next].due.UnixNano(), 0, struct{}{})
		}
	}
	return served
}

// inOrder sorts wishes by the time when they arrive.
func inOrder(wishes []wish) []wish {
	byFrom := func(a, b wish) int { return a.from.Compare(b.from) }
	if !slices.IsSortedFunc(wishes, byFrom) {
		wishes = slices.Clone(wishes)
		slices.SortFunc(wishes, byFrom)
	}
	return wishes
}

// periods of a rule: its days, or consecutive windows, the first of which began so
// long before the start.
func (r rule) periods(start, end time.Time, before time.Duration) (list []period) {
	begin := start.Add(-before)
	if r.day != nil {
		y, m, d := start.In(r.day).Date()
		begin = time.Date(y, m, d, 0, 0, 0, 0, r.day)
	}
	for begin.Before(end) {
		p := period{begin, begin.Add(r.per), r.calls}
		if r.day != nil {
			y, m, d := begin.Date()
			p.end = time.Date(y, m, d+1, 0, 0, 0, 0, r.day)
		}
		list = append(list, p)
		begin = p.end
	}
	return list
}

// without removes the calls of others, and spans in which none of our workers could
// call, from periods.
func without(periods []period, others []time.Time, away []period) []period {
	var left []period
	for _, p := range periods {
		first := sort.Search(len(others), func(i int) bool { return !others[i].Before(p.begin) })
		last := sort.Search(len(others), func(i int) bool { return !others[i].Before(p.end) })
		p.calls -= last - first
		for _, a := range away {
			if !a.begin.After(p.begin) && !a.end.Before(p.end) {
				p.calls = 0
			}
		}
		left = append(left, p)
	}
	return left
}

// bestOf is the optimum for the filings that are due some time, of all ways to
// call that never exceed the quota in any window, as ours must not. Such a way
// keeps to windows that follow one another, wherever the first of them begins; so
// what can be had in those of the worst beginning is the most that it serves.
func bestOf(r rule, filings []*filing, start, end time.Time, others []time.Time, away []period) int {
	wishes := inOrder(wishesOf(filings))
	best := len(wishes)
	phases := 30
	if r.day != nil { // days begin at midnight
		phases = 1
	}
	for phase := range phases {
		periods := r.periods(start, end, r.per*time.Duration(phase)/time.Duration(phases))
		best = min(best, optimum(without(periods, others, away), wishes))
	}
	return best
}

func wishesOf(filings []*filing) (wishes []wish) {
	for _, f := range filings {
		if !f.due.IsZero() {
			wishes = append(wishes, wish{f.arrives, f.due})
		}
	}
	return wishes
}

// TestOptimumIsOne compares with the largest matching there is, and with every
// choice where there are few.
func TestOptimumIsOne(t *testing.T) {
	start := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		second := func(n int) time.Time { return start.Add(time.Duration(n) * time.Second) }
		var periods []period
		at := 0
		for range rapid.IntRange(1, 6).Draw(t, "periods") {
			length := rapid.IntRange(1, 4).Draw(t, "length")
			periods = append(periods, period{second(at), second(at + length), rapid.IntRange(0, 3).Draw(t, "calls")})
			at += length
		}
		var wishes []wish
		for range rapid.IntRange(0, 9).Draw(t, "wishes") {
			from := rapid.IntRange(-1, at+1).Draw(t, "from")
			wishes = append(wishes, wish{second(from), second(from + rapid.IntRange(0, 8).Draw(t, "due"))})
		}
		got := optimum(periods, wishes)
		if want := matching(periods, wishes); got != want {
			t.Fatalf("%d are served, %d could be: %v, %v", got, want, periods, wishes)
		}
		if len(wishes) <= 6 {
			if want := best(periods, wishes); got != want {
				t.Fatalf("%d are served, %d in the best of all ways: %v, %v", got, want, periods, wishes)
			}
		}
	})
}

// fits tells whether a wish can be met in a period.
func fits(p period, w wish) bool { return w.from.Before(p.end) && !w.due.Before(p.begin) }

// matching is the size of the largest matching of wishes and calls (Kuhn).
func matching(periods []period, wishes []wish) (size int) {
	var reservations []period
	for _, p := range periods {
		for range p.calls {
			reservations = append(reservations, p)
		}
	}
	owner := make([]int, len(reservations))
	for i := range owner {
		owner[i] = -1
	}
	var augment func(w int, seen []bool) bool
	augment = func(w int, seen []bool) bool {
		for i, p := range reservations {
			if seen[i] || !fits(p, wishes[w]) {
				continue
			}
			seen[i] = true
			if owner[i] < 0 || augment(owner[i], seen) {
				owner[i] = w
				return true
			}
		}
		return false
	}
	for w := range wishes {
		if augment(w, make([]bool, len(reservations))) {
			size++
		}
	}
	return size
}

// best tries all ways.
func best(periods []period, wishes []wish) (most int) {
	if len(wishes) == 0 {
		return 0
	}
	most = best(periods, wishes[1:])
	for i := range periods {
		if periods[i].calls > 0 && fits(periods[i], wishes[0]) {
			periods[i].calls--
			most = max(most, 1+best(periods, wishes[1:]))
			periods[i].calls++
		}
	}
	return most
}
