package quota

import (
	"sort"
	"time"
)

// Next is the slot of the next call: the earliest moment at which it may be
// made. It is not before now, nor before the slot given last (slots are given in
// order), and no limit is exceeded, provided that every call leaves within Grace
// of its slot, or not at all. Slots that were not used count.
//
// The function back is the memory: the slot given n calls ago, and false if
// there is none; back(1) is the last one. It is asked for n = 1 and for the
// Calls of each limit, so that is what must be remembered. Its slots must be in
// order and come from one sequence, whoever asked for them.
//
// Where a registry said "not before T", pass the later of T and now. The limits
// must have passed Check; fewer than one call counts as one.
//
// The slot is in UTC and on a whole microsecond, which is what PostgreSQL keeps.
func Next(limits []Limit, now time.Time, back func(n int) (time.Time, bool)) time.Time {
	slot := now
	if last, ok := back(1); ok && last.After(slot) {
		slot = last
	}
	for _, l := range limits {
		if l.Day != nil {
			continue
		}
		if past, ok := back(max(1, l.Calls)); ok {
			slot = later(slot, past.Add(l.Per+l.margin()))
		}
	}
	slot = wholeMicrosecond(slot)
	// One round is enough: a later slot is never fuller of past ones, and no
	// day's opening lies so close before the midnight of another zone that it
	// were closed there.
	for _, l := range limits {
		if l.Day != nil {
			slot = l.opening(slot, back)
		}
	}
	return slot.UTC()
}

// opening is the first moment from slot on at which the day's limit allows a call.
func (l Limit) opening(slot time.Time, back func(n int) (time.Time, bool)) time.Time {
	local := slot.In(l.Day)
	midnight := nextDay(local)
	late := !slot.Before(midnight.Add(-l.margin())) // a late call would fall on the next day
	past, ok := back(max(1, l.Calls))
	if full := ok && sameDay(past.In(l.Day), local); full || late {
		return midnight.Add(l.margin())
	}
	// Just after midnight, the registry's clock may still be on the day before.
	return later(slot, lastMidnight(local).Add(l.margin()))
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
