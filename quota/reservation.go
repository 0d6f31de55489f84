package quota

import (
	"slices"
	"sort"
	"sync"
	"time"
)

// Next is the reservation of the next call: the earliest moment at which it may be
// made. It is not before now, nor before the last reservation of the past, and no limit
// is exceeded, provided that reservations are asked for at most Horizon ahead, that
// every call leaves within Grace of its reservation or not at all, and that one that
// left late has moved its reservation.
//
// Calls do not leave in one crowd: a fortieth of a window's calls at most are
// given the same reservation, the next ones a fortieth of the window later; the window's
// quota is used in full all the same.
//
// Where a registry said "not before T", pass the later of T and now. The limits
// must have passed Check; fewer than one call counts as one. The reservation is in UTC
// and on a whole microsecond, which is what PostgreSQL keeps.
func (t Terms) Next(now time.Time, past *Past, urgent bool) time.Time {
	reservedAt := now
	if last, ok := past.back(1); ok {
		reservedAt = later(reservedAt, last)
	}
	windows := false
	for _, l := range t.Limits {
		if l.Day != nil {
			continue
		}
		windows = true
		whole := l.Per + l.margin()
		if before, ok := past.back(max(1, l.Calls)); ok {
			reservedAt = later(reservedAt, before.Add(whole))
		}
		if crowd := l.Calls / burst; crowd > 0 {
			if before, ok := past.back(crowd); ok {
				reservedAt = later(reservedAt, before.Add(spacing(whole, crowd, l.Calls)))
			}
		}
	}
	if before, ok := past.back(perSecond); ok && !windows {
		reservedAt = later(reservedAt, before.Add(time.Second))
	}
	reservedAt = wholeMicrosecond(reservedAt)
	for before := (time.Time{}); !reservedAt.Equal(before); { // until it suits the days of all zones
		before = reservedAt
		for _, l := range t.Limits {
			if l.Day != nil {
				reservedAt = t.opening(l, reservedAt, past, urgent)
			}
		}
	}
	return reservedAt.UTC()
}

// spacing is how long after a crowd the next one leaves.
func spacing(whole time.Duration, crowd, calls int) time.Duration {
	return time.Duration(float64(whole) * float64(crowd) / float64(calls))
}

// Take is the moment at which several calls may be made together, and adds
// their reservations to the past: all at that moment, because that is when they leave.
// One that was booked earlier would leave its window too soon.
func (t Terms) Take(now time.Time, past *Past, calls int, urgent bool) time.Time {
	calls = max(1, calls)
	for range calls {
		now = t.Next(now, past, urgent)
		past.Add(now)
	}
	for i := range calls {
		past.reservations[len(past.reservations)-1-i] = now
	}
	return now
}

// opening is the first moment from reservation on at which the day's limit allows a call.
func (t Terms) opening(l Limit, reservedAt time.Time, past *Past, urgent bool) time.Time {
	for {
		begin, end := day(reservedAt, l.Day)
		left := max(1, l.Calls) - past.Since(begin)
		closes := end.Add(-dayMargin) // a late call would fall on the next day
		if left > 0 && !urgent {
			reservedAt = later(reservedAt, t.released(left, begin, end))
		}
		if left > 0 && reservedAt.Before(closes) {
			// Just after midnight, the registry's clock may still be on the day before.
			return later(reservedAt, begin.Add(dayMargin))
		}
		reservedAt = end.Add(dayMargin)
	}
}

// released is the moment at which so much of the reserve is free that one of
// the calls that are left of the day is anybody's.
func (t Terms) released(left int, begin, end time.Time) time.Time {
	if left > t.Reserve {
		return begin
	}
	last := end.Add(-free)
	kept := float64(left-1) / float64(t.Reserve)
	return wholeMicrosecond(last.Add(-time.Duration(kept * float64(last.Sub(begin)))))
}

// Midnights are the beginnings of the calendar days, by all limits per day, on
// which a moment falls.
func (t Terms) Midnights(moment time.Time) []time.Time {
	var midnights []time.Time
	for _, l := range t.Limits {
		if l.Day != nil {
			if begin, _ := day(moment, l.Day); !slices.Contains(midnights, begin) {
				midnights = append(midnights, begin)
			}
		}
	}
	return midnights
}

// days are the calendar days that were asked for last: finding one takes longer
// than all else.
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

// nextDay is the moment at which the calendar day of t ends in its zone. It is
// searched for and not computed, because midnight may be skipped or come twice
// when the clocks change.
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
