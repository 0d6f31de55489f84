package avfallsregistret

import (
	"sync"
	"time"
)

// Counters is what the gateway counted since the start of the process: calls to the API with a good certificate and
// token, not calls for tokens.
type Counters struct {
	Served  int `json:"served"`  // let through by the quota, whatever their answer
	Refused int `json:"refused"` // answered 429 for the quota
	Faulted int `json:"faulted"` // spoilt by a Fault
	// MaxInWindow is the most calls, served or refused, in any rolling window of Quota.Per (default one minute). A client
	// that keeps the quota never raises it above Quota.Calls.
	MaxInWindow int `json:"maxInWindow"`
}

// Counters is a snapshot.
func (r *Registry) Counters() Counters {
	r.meter.mu.Lock()
	defer r.meter.mu.Unlock()
	return r.meter.counters
}

// meter counts calls in the rolling window (now-Per, now].
type meter struct {
	quota Quota

	mu       sync.Mutex
	arrived  []time.Time
	served   []time.Time
	counters Counters
}

// arrive counts a call; a refused one is told how long until the oldest served call leaves the window.
func (m *meter) arrive(now time.Time) (wait time.Duration, refused bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.arrived = append(within(m.arrived, now.Add(-m.quota.Per)), now)
	m.counters.MaxInWindow = max(m.counters.MaxInWindow, len(m.arrived))
	m.served = within(m.served, now.Add(-m.quota.Per))
	if m.quota.Calls > 0 && len(m.served) >= m.quota.Calls {
		m.counters.Refused++
		return m.served[0].Add(m.quota.Per).Sub(now), true
	}
	m.served = append(m.served, now)
	m.counters.Served++
	return 0, false
}

func within(times []time.Time, start time.Time) []time.Time {
	for len(times) > 0 && !times[0].After(start) {
		times = times[1:]
	}
	return times
}

func (m *meter) fault() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counters.Faulted++
}
