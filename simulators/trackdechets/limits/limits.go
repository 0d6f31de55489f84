// Package limits counts requests in fixed windows and refuses those past the limit with HTTP 429, as Trackdéchets does.
package limits

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
)

// Quota allows Calls requests per fixed window of length Per, which opens with the first request of a caller. A
// negative Calls means no limit.
type Quota struct {
	Calls int
	Per   time.Duration
}

// Meter counts requests per caller in fixed windows. Make it with New or Open.
type Meter struct {
	quota Quota
	now   func() time.Time

	mu      sync.Mutex
	windows map[string]*window
	file    *os.File // nil: memory only
	written int      // lines in the file
}

type window struct {
	ends time.Time
	used int
}

// hitLine is one line of the file: the newest of an address counts.
type hitLine struct {
	Address string    `json:"address"`
	Ends    time.Time `json:"ends"`
	Used    int       `json:"used"`
}

// mostHitLines is how long the file grows before it is written anew.
const mostHitLines = 5000

// New is a meter that forgets when the process ends.
func New(quota Quota, now func() time.Time) *Meter {
	return &Meter{quota: quota, now: now, windows: map[string]*window{}}
}

// Open is a meter that remembers in a file, also after the process was killed; a power cut may lose the last requests.
// Without a path it is that of New.
func Open(quota Quota, now func() time.Time, path string) (*Meter, error) {
	m := New(quota, now)
	if path == "" {
		return m, nil
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the quota's memory: %w", err)
	}
	m.file = file
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var hit hitLine
		if json.Unmarshal(lines.Bytes(), &hit) == nil { // a crash may have torn the last line
			m.windows[hit.Address] = &window{hit.Ends, hit.Used}
		}
	}
	err = lines.Err()
	if err == nil {
		err = m.rewrite()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read the quota's memory: %w", err), file.Close())
	}
	return m, nil
}

// rewrite leaves the open windows alone in the file.
func (m *Meter) rewrite() error {
	var kept bytes.Buffer
	m.written = 0
	for address, open := range m.windows {
		if !m.now().Before(open.ends) {
			delete(m.windows, address)
			continue
		}
		raw, err := json.Marshal(hitLine{address, open.ends, open.used})
		if err != nil {
			return err
		}
		kept.Write(append(raw, '\n'))
		m.written++
	}
	if _, err := m.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if _, err := m.file.Write(kept.Bytes()); err != nil {
		return err
	}
	return m.file.Truncate(int64(kept.Len()))
}

// remember writes a hit down before it is answered.
func (m *Meter) remember(address string, open *window) error {
	if m.file == nil {
		return nil
	}
	if m.written >= mostHitLines {
		return m.rewrite()
	}
	raw, err := json.Marshal(hitLine{address, open.ends, open.used})
	if err == nil {
		_, err = m.file.Write(append(raw, '\n'))
		m.written++
	}
	return err
}

// Close closes the file.
func (m *Meter) Close() error {
	if m.file == nil {
		return nil
	}
	return m.file.Close()
}

// Admit counts the request, writes the X-RateLimit headers and, past the quota, the whole 429 answer.
func (m *Meter) Admit(w http.ResponseWriter, key string) bool {
	if m.quota.Calls < 0 {
		return true
	}
	used, ends, err := m.hit(key)
	if err != nil {
		writeText(w, http.StatusInternalServerError, fmt.Sprintf("Simulateur : la mémoire du quota ne peut être écrite : %v", err))
		return false
	}
	header := w.Header()
	header.Set("X-RateLimit-Limit", strconv.Itoa(m.quota.Calls))
	header.Set("X-RateLimit-Remaining", strconv.Itoa(max(0, m.quota.Calls-used)))
	header.Set("X-RateLimit-Reset", strconv.FormatInt(int64(math.Ceil(float64(ends.UnixMilli())/1000)), 10))
	if used <= m.quota.Calls {
		return true
	}
	m.Refuse(w)
	return false
}

// AddressOf is whose quota a request counts against: the port is no part of it.
func AddressOf(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

// Refuse writes the 429 answer.
func (m *Meter) Refuse(w http.ResponseWriter) {
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(m.quota.Per.Seconds()))))
	window := fmt.Sprintf("%d minute(s)", int(m.quota.Per.Minutes()))
	if m.quota.Per%time.Minute != 0 {
		window = fmt.Sprintf("%d seconde(s)", int(math.Ceil(m.quota.Per.Seconds())))
	}
	writeText(w, http.StatusTooManyRequests,
		fmt.Sprintf("Quota de %d requêtes par %s excédé pour cette adresse IP, merci de réessayer plus tard.", max(0, m.quota.Calls), window))
}

func (m *Meter) hit(address string) (used int, ends time.Time, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	open, ok := m.windows[address]
	if !ok || !now.Before(open.ends) {
		open = &window{ends: now.Add(m.quota.Per)}
		m.windows[address] = open
	}
	open.used++
	return open.used, open.ends, m.remember(address, open)
}

func writeText(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) // the caller may have gone away
}
