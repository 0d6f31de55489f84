package quota

import (
	"errors"
	"fmt"
	"time"
)

// Terms are how a registry may be called: its limits, all at once, and what we
// keep back for urgent calls.
type Terms struct {
	Limits []Limit

	// Reserve is how many calls of a day's quota only urgent calls may take. It
	// is given free evenly over the day, the last of it an hour before the day
	// ends, so that nothing of it is wasted. Windows need none: there an urgent
	// call takes the next reservation whoever it was meant for.
	Reserve int
}

const (
	maxGrace   = 10 * time.Second
	maxHorizon = 6 * time.Second
	maxMargin  = 250 * time.Millisecond
	minMargin  = 125 * time.Millisecond

	// burst: a fortieth of a window's calls may leave at one moment, and the next
	// ones a fortieth of the window later; perSecond is what may leave within a second
	// where there is no window. A crowd would come too late for its reservations, and nobody
	// who is due sooner would find one.
	burst     = 40
	perSecond = 50

	free = time.Hour // how long before the day's end the reserve is free
)

// Check says what is wrong with the terms, everything at once; nil if nothing is.
func (t Terms) Check() error {
	var faults []error
	days := 0
	for _, l := range t.Limits {
		faults = append(faults, l.Check())
		if l.Day != nil {
			days = max(days, l.Calls)
		}
	}
	switch {
	case t.Reserve < 0:
		faults = append(faults, fmt.Errorf("a reserve of %d calls: want 0 or more", t.Reserve))
	case t.Reserve > 0 && days == 0:
		faults = append(faults, errors.New("a reserve needs a limit per day"))
	case t.Reserve > 0 && t.Reserve >= days:
		faults = append(faults, fmt.Errorf("a reserve of %d calls leaves nothing of the day's %d", t.Reserve, days))
	}
	return together(faults)
}

// Grace is how much later than its reservation a call may still leave: half the
// shortest window, at most ten seconds. A call that leaves late moves its reservation to
// that moment; one that is later than this must ask for another.
func (t Terms) Grace() time.Duration { return t.shortest(2, maxGrace) }

// Horizon is how far ahead reservations may be given: a quarter of the shortest window,
// at most six seconds. With the grace it is less than a window, so that whoever
// plans knows when the calls of the window before did leave.
func (t Terms) Horizon() time.Duration { return t.shortest(4, maxHorizon) }

func (t Terms) shortest(part int, most time.Duration) time.Duration {
	for _, l := range t.Limits {
		if l.Day == nil {
			most = min(most, max(0, l.Per)/time.Duration(part))
		}
	}
	return most
}

// Longest is the length of the longest window: reservations that are older by more
// than twice that count for no window any more.
func (t Terms) Longest() time.Duration {
	longest := time.Second
	for _, l := range t.Limits {
		longest = max(longest, l.Per)
	}
	return longest
}

// margin is by how much a window is kept longer than the registry says: for the
// network, which may hold up one call longer than the next, and for clocks that
// disagree. It is a quarter of a second, of windows under ten seconds a fortieth,
// but never less than networks blur.
func (l Limit) margin() time.Duration { return max(minMargin, min(l.Per/40, maxMargin)) }

// Slip is how much later than remembered a call may leave, where it takes long
// to remember it: what the shortest window's margin can bear.
func (t Terms) Slip() time.Duration {
	slip := maxGrace
	for _, l := range t.Limits {
		if l.Day == nil {
			slip = min(slip, l.margin())
		}
	}
	return slip
}

// dayMargin is how long no call is made before and after midnight.
const dayMargin = maxGrace + maxMargin

// Beyond is about when the last of so many calls more leaves, if those before
// leave until the moment at.
func (t Terms) Beyond(at time.Time, calls int) time.Time {
	longest := time.Duration(calls) * time.Second / perSecond
	for _, l := range t.Limits {
		per := l.Per
		if l.Day != nil {
			per = 24 * time.Hour
		}
		longest = max(longest, time.Duration(float64(per)*float64(calls)/float64(max(1, l.Calls))))
	}
	return at.Add(longest)
}

// Most is how many reservations the terms can give within a horizon, at most.
func (t Terms) Most() int {
	most := 0
	for _, l := range t.Limits {
		if l.Day == nil && (most == 0 || l.Calls < most) {
			most = max(1, l.Calls) // a horizon is shorter than a window
		}
	}
	if most == 0 {
		most = int(perSecond * (maxHorizon/time.Second + 1))
	}
	return most
}
