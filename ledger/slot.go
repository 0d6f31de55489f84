package ledger

import (
	"time"

	"sluss/quota"
)

// slot is the moment from which all calls of the intent are allowed, not before
// earliest. Each call takes a slot of its own, all at that same moment, because
// that is when they are made: one that was booked earlier would leave its window
// too soon.
func (t *turn) slot(earliest time.Time) time.Time {
	fresh := make([]time.Time, 0, t.intent.Calls)
	back := func(n int) (time.Time, bool) {
		if n <= len(fresh) {
			return fresh[len(fresh)-n], true
		}
		at, known := t.before.Past.value[t.next+int64(len(fresh)-n)]
		return at, known
	}
	for range t.intent.Calls {
		fresh = append(fresh, quota.Next(t.limits, earliest, back))
	}
	return fresh[len(fresh)-1]
}

// past are the sequence numbers of the slots that quota.Next may ask for.
func (t *turn) past() []int64 {
	var past []int64
	for call := range t.intent.Calls {
		for _, n := range append(counts(t.limits), 1) {
			if seq := t.next + int64(call-n); n > call && seq > 0 {
				past = append(past, seq)
			}
		}
	}
	return past
}

func counts(limits []quota.Limit) []int {
	counts := make([]int, len(limits), len(limits)+1)
	for i, limit := range limits {
		counts[i] = max(1, limit.Calls)
	}
	return counts
}

// commit ends the turn's transaction, and forgets old slots now and then.
func (t *turn) commit() error {
	if len(t.limits) > 0 && t.next%pruneEvery < int64(t.intent.Calls) {
		kept := slotsKept
		for _, limit := range t.limits {
			kept = max(kept, 2*limit.Per)
		}
		if _, err := t.ExecContext(t.ctx, pruneSlots, t.intent.Registry, t.before.Now.Add(-kept)); err != nil {
			return err
		}
	}
	return t.Commit()
}
