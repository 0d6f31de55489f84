package quota

import (
	"sort"
	"time"
)

// Past is the memory of the reservations that count: those at which calls were made,
// and those that are reserved. A reservation that was reserved and not used is not
// among them.
type Past struct {
	reservations []time.Time // in order
	earlier      map[int64]int
}

// NewPast remembers reservations, in order: all since the longest window began, and
// all that are still to come. For a limit per day, earlier says how many more
// calls there were since a midnight, before the first of the reservations; midnights are
// those of Terms.Midnights.
func NewPast(reservations []time.Time, earlier map[time.Time]int) *Past {
	p := &Past{reservations: reservations, earlier: map[int64]int{}}
	for midnight, calls := range earlier {
		p.earlier[midnight.Unix()] = calls
	}
	return p
}

// Add remembers one more reservation.
func (p *Past) Add(reservedAt time.Time) {
	i := len(p.reservations)
	for i > 0 && reservedAt.Before(p.reservations[i-1]) {
		i--
	}
	p.reservations = append(p.reservations, time.Time{})
	copy(p.reservations[i+1:], p.reservations[i:])
	p.reservations[i] = reservedAt
}

// Forget drops reservations before a moment that no window needs any more; what it
// drops still counts for the day.
func (p *Past) Forget(before time.Time, midnights ...time.Time) {
	n := p.from(before)
	for _, midnight := range midnights {
		if first := p.from(midnight); first < n {
			p.earlier[midnight.Unix()] += n - first
		}
	}
	p.reservations = p.reservations[n:]
}

// Since is how many reservations there are at or after a moment; for a midnight, with
// those earlier.
func (p *Past) Since(moment time.Time) int {
	return len(p.reservations) - p.from(moment) + p.earlier[moment.Unix()]
}

func (p *Past) from(moment time.Time) int {
	return sort.Search(len(p.reservations), func(i int) bool { return !p.reservations[i].Before(moment) })
}

// back is the reservation n calls ago.
func (p *Past) back(n int) (time.Time, bool) {
	if n < 1 || n > len(p.reservations) {
		return time.Time{}, false
	}
	return p.reservations[len(p.reservations)-n], true
}
