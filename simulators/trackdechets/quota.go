package trackdechets

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

// meter counts requests per address in fixed windows. With a path it remembers them over a restart, also after the
// process was killed; a power cut may lose the last requests.
type meter struct {
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

// openMeter takes up the windows that are still open from the file beside the books.
func openMeter(options Options) (*meter, error) {
	m := &meter{quota: options.Quota, now: options.Now, windows: map[string]*window{}}
	if options.Path == "" {
		return m, nil
	}
	file, err := os.OpenFile(options.Path+".quota", os.O_RDWR|os.O_CREATE, 0o600)
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
func (m *meter) rewrite() error {
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
func (m *meter) remember(address string, open *window) error {
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

func (m *meter) close() error {
	if m.file == nil {
		return nil
	}
	return m.file.Close()
}

// admit counts the request, writes the X-RateLimit headers and, past the quota, the whole 429 answer.
func (m *meter) admit(w http.ResponseWriter, key string) bool {
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
	m.refuse(w)
	return false
}

// addressOf is whose quota a request counts against: the port is no part of it.
func addressOf(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
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

func (m *meter) hit(address string) (used int, ends time.Time, err error) {
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
