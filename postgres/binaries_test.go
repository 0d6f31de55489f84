package postgres

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakeBin is a folder with the programs, which do nothing.
func fakeBin(t *testing.T, programs ...string) string {
	t.Helper()
	bin := t.TempDir()
	for _, program := range programs {
		if err := os.WriteFile(filepath.Join(bin, program), []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return bin
}

func TestBinaries(t *testing.T) {
	whole := fakeBin(t, "initdb", "pg_ctl", "postgres")
	wrapper := fakeBin(t, "psql", "initdb")

	t.Run("PG_BIN goes first", func(t *testing.T) {
		t.Setenv("PG_BIN", whole)
		t.Setenv("PATH", fakeBin(t, "initdb", "pg_ctl", "postgres"))
		if got, err := Binaries(); got != whole || err != nil {
			t.Errorf("got %q, %v, want %q", got, err, whole)
		}
	})
	t.Run("PG_BIN that is wrong", func(t *testing.T) {
		t.Setenv("PG_BIN", wrapper)
		t.Setenv("PATH", whole)
		got, err := Binaries()
		if !errors.Is(err, ErrNoBinaries) || !strings.Contains(err.Error(), wrapper) {
			t.Errorf("got %q, %v, want ErrNoBinaries with the folder", got, err)
		}
	})
	t.Run("PATH without the server is passed over", func(t *testing.T) {
		t.Setenv("PG_BIN", "")
		t.Setenv("PATH", wrapper+string(filepath.ListSeparator)+whole)
		if got, err := Binaries(); got != whole || err != nil {
			t.Errorf("got %q, %v, want %q", got, err, whole)
		}
	})
	t.Run("nothing anywhere", func(t *testing.T) {
		packages := installations
		t.Cleanup(func() { installations = packages })
		installations = []string{filepath.Join(t.TempDir(), "*", "bin")}
		t.Setenv("PG_BIN", "")
		t.Setenv("PATH", wrapper)
		t.Setenv("XDG_CACHE_HOME", t.TempDir())
		if fetched, err := fetchedBin(); err == nil && isBin(fetched) {
			t.Skip("binaries were fetched on this machine")
		}
		got, err := Binaries()
		if !errors.Is(err, ErrNoBinaries) || !strings.Contains(err.Error(), "apt-get install postgresql") {
			t.Errorf("got %q, %v, want ErrNoBinaries with what to do", got, err)
		}
	})
	t.Run("the newest package", func(t *testing.T) {
		packages, root := installations, t.TempDir()
		t.Cleanup(func() { installations = packages })
		installations = []string{filepath.Join(root, "*", "bin")}
		for _, version := range []string{"9.6", "17", "15"} {
			if err := os.MkdirAll(filepath.Join(root, version), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(whole, filepath.Join(root, version, "bin")); err != nil {
				t.Fatal(err)
			}
		}
		t.Setenv("PG_BIN", "")
		t.Setenv("PATH", wrapper)
		if got, err := Binaries(); got != filepath.Join(root, "17", "bin") || err != nil {
			t.Errorf("got %q, %v, want version 17", got, err)
		}
	})
}

func TestRestoreLinks(t *testing.T) {
	pkg := t.TempDir()
	list := filepath.Join(pkg, "native", "pg-symlinks.json")
	if err := os.MkdirAll(filepath.Join(pkg, "native", "lib"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := restoreLinks(pkg); err != nil {
		t.Errorf("a package without links: %v", err)
	}
	write := func(path, content string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(pkg, "native", "lib", "libicudata.so.60.2"), "the library")
	write(list, `[{"source":"native/lib/libicudata.so.60.2","target":"native/lib/libicudata.so.60"}]`)
	for range 2 {
		if err := restoreLinks(pkg); err != nil {
			t.Fatal(err)
		}
	}
	moved := filepath.Join(t.TempDir(), "moved")
	if err := os.Rename(pkg, moved); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(moved, "native", "lib", "libicudata.so.60")); string(got) != "the library" {
		t.Errorf("through the link: %q, %v", got, err)
	}
	write(filepath.Join(moved, "native", "pg-symlinks.json"), `[{"source":"native/lib/x","target":"../../evil"}]`)
	if err := restoreLinks(moved); err == nil {
		t.Error("a link that leads out of the package was made")
	}
}
