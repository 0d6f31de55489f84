package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluss"
)

// A file is declared with a byte order mark as without one.
func TestAByteOrderMarkChangesNothing(t *testing.T) {
	l := opened(t)
	const name = "se-waste-oil.json"
	d := example(t, name, sluss.DefaultTenant, "VO-2026-0101")
	produced(t, l, d)
	text, err := os.ReadFile(filepath.Join("..", "examples", name))
	must(t, err)
	file := filepath.Join(t.TempDir(), "batch.json")
	for _, mark := range []string{"", "\ufeff"} {
		must(t, os.WriteFile(file, append([]byte(mark), text...), 0o600))
		if code, out, errs := try(t, "declare", file); code != exitOK || !strings.Contains(out, "unchanged  VO-2026-0101") {
			t.Errorf("%q: exit %d, %s%s", mark, code, out, errs)
		}
	}
}
