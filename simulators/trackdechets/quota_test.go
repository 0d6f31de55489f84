package trackdechets

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A register that was killed and started again on its data still knows what was used of the open windows.
func TestQuotaSurvivesACrash(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	options := Options{Path: filepath.Join(t.TempDir(), "books.jsonl"), Quota: Quota{Calls: 3, Per: time.Minute}, Now: func() time.Time { return now }}
	open := func() *Backend {
		t.Helper()
		b, err := New(options)
		must(t, err)
		t.Cleanup(func() { _ = b.Close() })
		return b
	}
	call := func(b *Backend, address string) (int, string) {
		w := httptest.NewRecorder()
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/ping", nil)
		req.RemoteAddr = address + ":1"
		b.ServeHTTP(w, req)
		return w.Code, w.Header().Get("X-RateLimit-Reset")
	}
	first := open()
	_, reset := call(first, "192.0.2.1")
	now = now.Add(20 * time.Second)
	call(first, "192.0.2.1")

	// Nothing is closed, and the last line is torn.
	file, err := os.OpenFile(options.Path+".quota", os.O_APPEND|os.O_WRONLY, 0o600)
	must(t, err)
	_, err = file.WriteString(`{"address":"192.0.2.1","ends":"20`)
	must(t, err)
	must(t, file.Close())

	second := open()
	if status, again := call(second, "192.0.2.1"); status != http.StatusOK || again != reset {
		t.Errorf("HTTP %d, the window ends at %s, not %s", status, again, reset)
	}
	if status, _ := call(second, "192.0.2.1"); status != http.StatusTooManyRequests {
		t.Errorf("the fourth call of the window: HTTP %d", status)
	}
	if status, _ := call(second, "192.0.2.2"); status != http.StatusOK {
		t.Errorf("another address: HTTP %d", status)
	}
	third := open()
	if status, _ := call(third, "192.0.2.1"); status != http.StatusTooManyRequests {
		t.Errorf("after a second restart: HTTP %d", status)
	}
	now = now.Add(40 * time.Second) // a minute from the first call
	if status, _ := call(open(), "192.0.2.1"); status != http.StatusOK {
		t.Errorf("in the next window: HTTP %d", status)
	}
}

func TestQuotaFileStaysSmall(t *testing.T) {
	path := filepath.Join(t.TempDir(), "books.jsonl")
	m, err := openMeter(Options{Path: path, Quota: Quota{Calls: 10, Per: time.Hour}, Now: time.Now})
	must(t, err)
	for i := range 2*mostHitLines + 10 {
		if _, _, err := m.hit(fmt.Sprintf("192.0.2.%d", i%5)); err != nil {
			t.Fatal(err)
		}
	}
	must(t, m.close())
	size, err := os.Stat(path + ".quota")
	must(t, err)
	if size.Size() > int64(mostHitLines)*100 {
		t.Errorf("%d bytes", size.Size())
	}
	again, err := openMeter(Options{Path: path, Quota: Quota{Calls: 10, Per: time.Hour}, Now: time.Now})
	must(t, err)
	if used := again.windows["192.0.2.1"].used; used != 2*mostHitLines/5+2 {
		t.Errorf("%d calls remembered", used)
	}
	must(t, again.close())
}
