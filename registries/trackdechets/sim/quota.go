package sim

import (
	"fmt"
	"math"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// meter counts requests per address in fixed windows.
type meter struct {
	quota Quota
	now   func() time.Time

	mu      sync.Mutex
	windows map[string]*window
}

type window struct {
	ends time.Time
	used int
}

// admit counts the request, writes the X-RateLimit headers and, past the quota, the whole 429 answer.
func (m *meter) admit(w http.ResponseWriter, r *http.Request) bool {
	if m.quota.Calls < 0 {
		return true
	}
	used, ends := m.hit(r.RemoteAddr)
	header := w.Header()
	header.Set("X-RateLimit-Limit", strconv.Itoa(m.quota.Calls))
	header.Set("X-RateLimit-Remaining", strconv.Itoa(max(0, m.quota.Calls-used)))
	header.Set("X-RateLimit-Reset", strconv.FormatInt(int64(math.Ceil(float64(ends.UnixMilli())/1000)), 10))
	if used <= m.quota.Calls {
		return true
	}
	m.refuse(w)
	return false
}

func (m *meter) refuse(w http.ResponseWriter) {
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(m.quota.Per.Seconds()))))
	window := fmt.Sprintf("%d minute(s)", int(m.quota.Per.Minutes()))
	if m.quota.Per%time.Minute != 0 {
		window = fmt.Sprintf("%d seconde(s)", int(math.Ceil(m.quota.Per.Seconds())))
	}
	writeText(w, http.StatusTooManyRequests,
		fmt.Sprintf("Quota de %d requêtes par %s excédé pour cette adresse IP, merci de réessayer plus tard.", max(0, m.quota.Calls), window))
}

func (m *meter) hit(address string) (used int, ends time.Time) {
	if host, _, err := net.SplitHostPort(address); err == nil {
		address = host
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	open, ok := m.windows[address]
	if !ok || !now.Before(open.ends) {
		open = &window{ends: now.Add(m.quota.Per)}
		m.windows[address] = open
	}
	open.used++
	return open.used, open.ends
}
