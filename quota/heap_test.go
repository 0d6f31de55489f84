package quota_test

import (
	"os"
	"runtime/debug"
	"testing"
)

// Simulations make much garbage in little memory.
func TestMain(m *testing.M) {
	debug.SetGCPercent(800)
	os.Exit(m.Run())
}

// minHeap returns the value of the least moment first, and of several that of the least
// seq. container/heap takes several times as long, because it boxes each value.
type minHeap[T any] struct{ entries []entry[T] }

type entry[T any] struct {
	at  int64 // nanoseconds since the epoch
	seq int64
	v   T
}

func (e *entry[T]) before(other *entry[T]) bool {
	return e.at < other.at || e.at == other.at && e.seq < other.seq
}

// wide is how many entries are below each: four lie side by side in memory.
const wide = 4

func (h *minHeap[T]) push(at, seq int64, v T) {
	e := entry[T]{at, seq, v}
	h.entries = append(h.entries, e)
	place := len(h.entries) - 1
	for place > 0 {
		above := (place - 1) / wide
		if !e.before(&h.entries[above]) {
			break
		}
		h.entries[place] = h.entries[above]
		place = above
	}
	h.entries[place] = e
}

func (h *minHeap[T]) pop() (at int64, v T) {
	least, last := h.entries[0], len(h.entries)-1
	e := h.entries[last]
	h.entries[last] = entry[T]{}
	h.entries = h.entries[:last]
	place := 0
	for wide*place+1 < last {
		below := wide*place + 1
		for other := below + 1; other < min(below+wide, last); other++ {
			if h.entries[other].before(&h.entries[below]) {
				below = other
			}
		}
		if e.before(&h.entries[below]) {
			break
		}
		h.entries[place] = h.entries[below]
		place = below
	}
	if last > 0 {
		h.entries[place] = e
	}
	return least.at, least.v
}
