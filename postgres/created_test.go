package postgres

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// created is the folder of a cluster that Start created and that was stopped since.
// It is made once: creating one takes as long as the rest of a test.
var created = sync.OnceValues(func() (string, error) {
	dir, err := ThrowawayDir()
	if err != nil {
		return "", err
	}
	made = dir
	c, err := Start(context.Background(), Options{Dir: filepath.Join(dir, "cluster"), Throwaway: true})
	if err != nil {
		return "", err
	}
	return c.dir, c.Stop()
})

var made string // what to remove in the end

func TestMain(m *testing.M) {
	code := m.Run()
	os.RemoveAll(made)
	os.Exit(code)
}

// createdDir is a folder with a cluster of the test's own, for a test that is not
// about creating one.
func createdDir(t *testing.T) string {
	t.Helper()
	dir := clusterDir(t)
	from, err := created()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o700); err != nil { // as PostgreSQL demands
		t.Fatal(err)
	}
	return dir
}
