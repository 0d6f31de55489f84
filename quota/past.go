package quota

import (
	"sort"
	"time"
)

// Past is the memory of the slots that count: those at which calls were made,
// and those that are promised. A slot that was promised and not used is not
// among them.
type Past struct {
	slots   []time.Time // in order
	earlier map[int64]int
}

// NewPast remembers slots, in order: all since the longest window began, and
// all that are still to come. For a limit per day, earlier says how many more
// calls there were since a midnight, before the first of the slots; midnights are
// those of Terms.Midnights.
func NewPast(slots []time.Time, earlier map[time.Time]int) *Past {
	p := &Past{slots: slots, earlier: map[int64]int{}}
	for midnight, calls := range earlier {
		p.earlier[midnight.Unix()] = calls
	}
	return p
}

// Add remembers one more slot.
func (p *Past) Add(slot time.Time) {
	i := len(p.slots)
	for i > 0 && slot.Before(p.slots[i-1]) {
		i--
	}
	p.slots = append(p.slots, time.Time{})
	copy(p.slots[i+1:], p.slots[i:])
	p.slots[i] = slot
}

// Forget drops slots before a moment that no window needs any more; what it
// drops still counts for the day.
func (p *Past) Forget(before time.Time, midnights ...time.Time) {
	n := p.from(before)
	for _, midnight := range midnights {
		if first := p.from(midnight); first < n {
			p.earlier[midnight.Unix()] += n - first
		}
	}
	p.slots = p.slots[n:]
}

// Since is how many slots there are at or after a moment; for a midnight, with
// those earlier.
func (p *Past) Since(moment time.Time) int {
	return len(p.slots) - p.from(moment) + p.earlier[moment.Unix()]
}

func (p *Past) from(moment time.Time) int {
	return sort.Search(len(p.slots), func(i int) bool { return !p.slots[i].Before(moment) })
}

// back is the slot n calls ago.
func (p *Past) back(n int) (time.Time, bool) {
	if n < 1 || n > len(p.slots) {
		return time.Time{}, false
	}
	return p.slots[len(p.slots)-n], true
}
