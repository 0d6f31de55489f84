package quota

import (
	"slices"
	"sort"
	"sync"
	"time"
)

// Next is the earliest moment at which the next call may be made. It is not before
// now, nor before the last reservation of the past. No limit is exceeded if
// reservations are made at most Horizon ahead, if every call leaves within Grace of
// its reservation or not at all, and if a call that leaves late moves its reservation.
//
// Calls are spread: at most one fortieth of a window's calls get the same reservation,
// and the next ones a fortieth of the window later. The limit is still used in full.
//
// If a registry said "not before T", pass the later of T and now. The limits must have
// passed Check; fewer than one call counts as one. The result is in UTC and on a whole
// microsecond, which is what PostgreSQL stores.
func (q Quota) Next(now time.Time, past *Past, urgent bool) time.Time {
	reservedAt := now
	if last, ok := past.back(1); ok {
		reservedAt = later(reservedAt, last)
	}
	windows := false
	for _, l := range q.Limits {
		if l.Day != nil {
			continue
		}
		windows = true
		whole := l.Per + l.margin()
		if before, ok := past.back(max(1, l.Calls)); ok {
			reservedAt = later(reservedAt, before.Add(whole))
		}
		if burstSize := l.Calls / burst; burstSize > 0 {
			if before, ok := past.back(burstSize); ok {
				reservedAt = later(reservedAt, before.Add(spacing(whole, burstSize, l.Calls)))
			}
		}
	}
	if before, ok := past.back(perSecond); ok && !windows {
		reservedAt = later(reservedAt, before.Add(time.Second))
	}
	reservedAt = wholeMicrosecond(reservedAt)
	for before := (time.Time{}); !reservedAt.Equal(before); { // until it fits the days of all zones
		before = reservedAt
		for _, l := range q.Limits {
			if l.Day != nil {
				reservedAt = q.opening(l, reservedAt, past, urgent)
			}
		}
	}
	return reservedAt.UTC()
}

// spacing is how long after a burst the next one leaves.
func spacing(whole time.Duration, burstSize, calls int) time.Duration {
	return time.Duration(float64(whole) * float64(burstSize) / float64(calls))
}

// Take is the moment at which several calls may be made together. It adds their
// reservations to the past, all at that moment, because that is when they leave: an
// earlier reservation would drop out of its window too soon.
func (q Quota) Take(now time.Time, past *Past, calls int, urgent bool) time.Time {
	calls = max(1, calls)
	for range calls {
		now = q.Next(now, past, urgent)
		past.Add(now)
	}
	for i := range calls {
		past.reservations[len(past.reservations)-1-i] = now
	}
	return now
}

// opening is the first moment from reservedAt on at which the day's limit allows a call.
func (q Quota) opening(l Limit, reservedAt time.Time, past *Past, urgent bool) time.Time {
	for {
		begin, end := day(reservedAt, l.Day)
		left := max(1, l.Calls) - past.Since(begin)
		closes := end.Add(-dayMargin) // a late call would fall on the next day
		if left > 0 && !urgent {
			reservedAt = later(reservedAt, q.released(left, begin, end))
		}
		if left > 0 && reservedAt.Before(closes) {
			// Just after midnight, the registry's clock may still be on the day before.
			return later(reservedAt, begin.Add(dayMargin))
		}
		reservedAt = end.Add(dayMargin)
	}
}

// released is the moment at which enough of the reserve is released for a call that
// is not urgent, if so many calls are left of the day.
func (q Quota) released(left int, begin, end time.Time) time.Time {
	if left > q.Reserve {
		return begin
	}
	last := end.Add(-free)
	kept := float64(left-1) / float64(q.Reserve)
	return wholeMicrosecond(last.Add(-time.Duration(kept * float64(last.Sub(begin)))))
}

// Midnights are the beginnings of the calendar day of a moment, one for each time zone
// of the limits per day.
func (q Quota) Midnights(moment time.Time) []time.Time {
	var midnights []time.Time
	for _, l := range q.Limits {
		if l.Day != nil {
			if begin, _ := day(moment, l.Day); !slices.Contains(midnights, begin) {
				midnights = append(midnights, begin)
			}
		}
	}
	return midnights
}

// days caches the last calendar day of each zone: finding one is the slowest step.
var days sync.Map // *time.Location -> span

type span struct{ begin, end time.Time }

// day is the beginning and the end of the calendar day of a moment in a zone.
func day(moment time.Time, zone *time.Location) (begin, end time.Time) {
	if known, ok := days.Load(zone); ok {
		if d := known.(span); !moment.Before(d.begin) && moment.Before(d.end) {
			return d.begin, d.end
		}
	}
	local := moment.In(zone)
	d := span{lastMidnight(local).UTC(), nextDay(local).UTC()}
	days.Store(zone, d)
	return d.begin, d.end
}

func sameDay(a, b time.Time) bool {
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	return ay == by && am == bm && ad == bd
}

// daySeconds is more than the length of any calendar day, whatever the clocks do.
const daySeconds = 49 * 60 * 60

// nextDay is the moment at which the calendar day of t ends in its zone. It is found
// by search, because midnight may be skipped or occur twice when the clocks change.
func nextDay(t time.Time) time.Time {
	from := t.Truncate(time.Second)
	n := sort.Search(daySeconds, func(i int) bool {
		return !sameDay(from.Add(time.Duration(i)*time.Second), t)
	})
	return from.Add(time.Duration(n) * time.Second)
}

// lastMidnight is the moment at which the calendar day of t began in its zone.
func lastMidnight(t time.Time) time.Time {
	from := t.Truncate(time.Second)
	n := sort.Search(daySeconds, func(i int) bool {
		return !sameDay(from.Add(time.Duration(-i)*time.Second), t)
	})
	return from.Add(time.Duration(1-n) * time.Second)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// wholeMicrosecond is t in UTC, rounded up.
func wholeMicrosecond(t time.Time) time.Time {
	whole := t.UTC().Truncate(time.Microsecond)
	if whole.Before(t) {
		whole = whole.Add(time.Microsecond)
	}
	return whole
}
