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

// minHeap gives the least of its values first. container/heap takes several times
// as long, for it boxes each value.
type minHeap[T any] struct {
	values []T
	less   func(a, b T) bool
}

func (h *minHeap[T]) push(v T) {
	h.values = append(h.values, v)
	at := len(h.values) - 1
	for at > 0 {
		above := (at - 1) / 2
		if !h.less(v, h.values[above]) {
			break
		}
		h.values[at] = h.values[above]
		at = above
	}
	h.values[at] = v
}

func (h *minHeap[T]) pop() T {
	least, last := h.values[0], len(h.values)-1
	v := h.values[last]
	clear(h.values[last:])
	h.values = h.values[:last]
	at := 0
	for 2*at+1 < last {
		below := 2*at + 1
		if below+1 < last && h.less(h.values[below+1], h.values[below]) {
			below++
		}
		if !h.less(h.values[below], v) {
			break
		}
		h.values[at] = h.values[below]
		at = below
	}
	if last > 0 {
		h.values[at] = v
	}
	return least
}

func newMoments() *minHeap[int64] {
	return &minHeap[int64]{less: func(a, b int64) bool { return a < b }}
}
