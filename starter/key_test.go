package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluss/starter/serve"
)

func TestKeysChangeOnTheCommandLine(t *testing.T) {
	t.Setenv("SLUSS_ENCRYPTION_KEY", "")
	dir := t.TempDir()
	first := strings.Repeat("5a", 32)
	must(t, os.WriteFile(filepath.Join(dir, "keys"), []byte(first), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "sluss.yaml"), []byte("temporal: {encryption_key_file: keys}"), 0o600))
	t.Setenv("SLUSS_CONFIG", filepath.Join(dir, "sluss.yaml"))
	told := func(args ...string) (k serve.Keys) {
		t.Helper()
		code, out, errs := try(t, append([]string{"key", "--json"}, args...)...)
		if code != exitOK {
			t.Fatalf("exit %d, %s", code, errs)
		}
		must(t, json.Unmarshal([]byte(out), &k))
		return k
	}
	one := told()
	two := told("--add")
	if len(one.Keys) != 1 || len(two.Keys) != 2 || two.Keys[0] != one.Keys[0] || two.Keys[1] != two.Added {
		t.Fatalf("%+v, then %+v", one, two)
	}
	if used := told("--use", two.Added); len(used.Keys) != 2 || used.Keys[0] != two.Added {
		t.Errorf("%+v", used)
	}
	code, out, _ := try(t, "key")
	if code != exitOK || !strings.Contains(out, two.Added+"  encrypts\n"+one.Keys[0]+"  decrypts only\n") || strings.Contains(out, first) {
		t.Errorf("exit %d, %s", code, out)
	}
	for line, want := range map[string]string{
		"key --add --use x": "--add or --use", "key --use nothing": "there is no key nothing", "key more": "",
	} {
		if code, _, errs := try(t, strings.Fields(line)...); code != exitUsage || !strings.Contains(errs, want) {
			t.Errorf("%s: exit %d, %s", line, code, errs)
		}
	}
	t.Setenv("SLUSS_CONFIG", "")
	if code, _, errs := try(t, "key", "--add"); code != exitUsage || !strings.Contains(errs, "no temporal.encryption_key_file") {
		t.Errorf("exit %d, %s", code, errs)
	}
}
