package limits

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestFileStaysSmall(t *testing.T) {
	path := filepath.Join(t.TempDir(), "quota")
	m, err := Open(Quota{Calls: 10, Per: time.Hour}, time.Now, path)
	must(t, err)
	for i := range 2*mostHitLines + 10 {
		if _, _, err := m.hit(fmt.Sprintf("192.0.2.%d", i%5)); err != nil {
			t.Fatal(err)
		}
	}
	must(t, m.Close())
	size, err := os.Stat(path)
	must(t, err)
	if size.Size() > int64(mostHitLines)*100 {
		t.Errorf("%d bytes", size.Size())
	}
	again, err := Open(Quota{Calls: 10, Per: time.Hour}, time.Now, path)
	must(t, err)
	if used := again.windows["192.0.2.1"].used; used != 2*mostHitLines/5+2 {
		t.Errorf("%d calls remembered", used)
	}
	must(t, again.Close())
}
