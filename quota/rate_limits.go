package quota

import (
	"errors"
	"fmt"
	"time"
)

// Quota are the rate limits of a registry, all of which apply, and the calls that we
// keep for urgent ones.
type Quota struct {
	Limits []Limit

	// Reserve is how many calls of a day's limit are kept for urgent calls. It is
	// released evenly over the day, the last call an hour before the day ends, so that
	// none is wasted. Windows need no reserve: an urgent call takes the next
	// reservation, whoever has it.
	Reserve int
}

const (
	maxGrace   = 10 * time.Second
	maxHorizon = 2 * time.Second
	maxMargin  = 250 * time.Millisecond
	minMargin  = 125 * time.Millisecond

	// burst: one fortieth of a window's calls may leave at one moment, and the next
	// ones a fortieth of the window later. perSecond is how many may leave within a
	// second if there is no window. If more left at once, the calls would miss their
	// reservations, and a ticket that is due sooner would find none.
	burst     = 40
	perSecond = 50

	free = time.Hour // how long before the day's end all of the reserve is released
)

// Check returns all faults of the quota in one error; nil if there are none.
func (q Quota) Check() error {
	var faults []error
	days := 0
	for _, l := range q.Limits {
		faults = append(faults, l.Check())
		if l.Day != nil {
			days = max(days, l.Calls)
		}
	}
	switch {
	case q.Reserve < 0:
		faults = append(faults, fmt.Errorf("a reserve of %d calls: want 0 or more", q.Reserve))
	case q.Reserve > 0 && days == 0:
		faults = append(faults, errors.New("a reserve needs a limit per day"))
	case q.Reserve > 0 && q.Reserve >= days:
		faults = append(faults, fmt.Errorf("a reserve of %d calls leaves nothing of the day's %d", q.Reserve, days))
	}
	return together(faults)
}

// Grace is how long after its reservation a call may still leave: half the shortest
// window, at most ten seconds. A call that leaves late moves its reservation to that
// moment. A call that is later than this must ask for another reservation.
func (q Quota) Grace() time.Duration { return q.shortest(2, maxGrace) }

// Horizon is how far in the future reservations may be: a quarter of the shortest
// window, at most two seconds. Horizon and grace together are less than a window, so
// the dispatcher knows when the calls of the previous window left.
func (q Quota) Horizon() time.Duration { return q.shortest(4, maxHorizon) }

func (q Quota) shortest(part int, most time.Duration) time.Duration {
	for _, l := range q.Limits {
		if l.Day == nil {
			most = min(most, max(0, l.Per)/time.Duration(part))
		}
	}
	return most
}

// Longest is the length of the longest window. Reservations that are more than twice
// as old count for no window any more.
func (q Quota) Longest() time.Duration {
	longest := time.Second
	for _, l := range q.Limits {
		longest = max(longest, l.Per)
	}
	return longest
}

// margin is by how much we extend a window: the network may delay one call more than
// the next, and clocks may disagree. It is a quarter of a second; a fortieth of
// windows under ten seconds; and at least minMargin.
func (l Limit) margin() time.Duration { return max(minMargin, min(l.Per/40, maxMargin)) }

// Slip is how much later than recorded a call may leave if recording it takes long:
// the margin of the shortest window.
func (q Quota) Slip() time.Duration {
	slip := maxGrace
	for _, l := range q.Limits {
		if l.Day == nil {
			slip = min(slip, l.margin())
		}
	}
	return slip
}

// dayMargin is how long before and after midnight no call is made.
const dayMargin = maxGrace + maxMargin

// Beyond estimates when the last of so many further calls leaves, if the calls before
// them have left by the moment at.
func (q Quota) Beyond(at time.Time, calls int) time.Time {
	longest := time.Duration(calls) * time.Second / perSecond
	for _, l := range q.Limits {
		per := l.Per
		if l.Day != nil {
			per = 24 * time.Hour
		}
		longest = max(longest, time.Duration(float64(per)*float64(calls)/float64(max(1, l.Calls))))
	}
	return at.Add(longest)
}

// Most is how many reservations may be made at once if workers have not made so many calls
// whose reservation has passed: what leaves within the horizon and a sixth of the grace,
// less those. Workers that cannot keep up are so told no more than they can call in time,
// also if they make only some of the calls that the limits allow.
func (q Quota) Most(behind int) int {
	ahead := q.Horizon() + q.Grace()/6
	most := int(perSecond * ahead.Seconds())
	for i, l := range q.windows() {
		n := int(float64(l.Calls) * ahead.Seconds() / l.Per.Seconds())
		if l.Calls < burst { // they may all leave at one moment
			n = l.Calls
		}
		if i == 0 || n < most {
			most = n
		}
	}
	return max(0, most-behind)
}

// windows are the limits that are not per day.
func (q Quota) windows() (limits []Limit) {
	for _, l := range q.Limits {
		if l.Day == nil {
			limits = append(limits, l)
		}
	}
	return limits
}
