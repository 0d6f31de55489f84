package quota

import (
	"sort"
	"time"
)

// Past holds the reservations that count against the rate limits: those at which
// calls were made, and those that are still to be used. It does not hold expired ones.
type Past struct {
	reservations []time.Time // in order
	earlier      map[int64]int
}

// NewPast makes a Past of reservations, in order: all since the longest window began,
// and all in the future. For limits per day, earlier is the number of further calls
// between a midnight (see Terms.Midnights) and the first of the reservations.
func NewPast(reservations []time.Time, earlier map[time.Time]int) *Past {
	p := &Past{reservations: reservations, earlier: map[int64]int{}}
	for midnight, calls := range earlier {
		p.earlier[midnight.Unix()] = calls
	}
	return p
}

// Add adds one reservation.
func (p *Past) Add(reservedAt time.Time) {
	i := len(p.reservations)
	for i > 0 && reservedAt.Before(p.reservations[i-1]) {
		i--
	}
	p.reservations = append(p.reservations, time.Time{})
	copy(p.reservations[i+1:], p.reservations[i:])
	p.reservations[i] = reservedAt
}

// Forget drops reservations before a moment that no window needs any more. They still
// count for the day.
func (p *Past) Forget(before time.Time, midnights ...time.Time) {
	n := p.from(before)
	for _, midnight := range midnights {
		if first := p.from(midnight); first < n {
			p.earlier[midnight.Unix()] += n - first
		}
	}
	p.reservations = p.reservations[n:]
}

// Since is the number of reservations at or after a moment. For a midnight it includes
// the earlier calls of NewPast.
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
