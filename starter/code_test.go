package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is wrong with a code, or with its file, is told before anything is sent,
// and without the code.
func TestCodesAreReadFromAFile(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]int{"7403\n": 7403, " 1000": 1000, "740": 0, "74035": 0, "0000": 0, "74o3": 0, "-740": 0, "": 0} {
		path := filepath.Join(dir, "code")
		must(t, os.WriteFile(path, []byte(text), 0o600))
		for _, s := range []*starter{{}, {in: strings.NewReader(text)}} {
			name := path
			if s.in != nil {
				name = "-"
			}
			code, err := s.securityCode(name)
			if int(code) != want || (err == nil) != (want != 0) || err != nil && (exitCode(err) != exitUsage || text != "" && strings.Contains(err.Error(), strings.TrimSpace(text))) {
				t.Errorf("%s of %q: %v", name, text, err)
			}
		}
	}
	file := filepath.Join(dir, "code")
	must(t, os.WriteFile(file, []byte("7403"), 0o600))
	configured := filepath.Join(dir, "sluss.yaml")
	must(t, os.WriteFile(configured, []byte("registries:\n  autosys:\n    environment: test\n"), 0o600))
	for line, want := range map[string]string{
		"sign SOLV-1 --name X --code-file " + file:                                                    "--filing",
		"sign SOLV-1 --name X --filing fr.emission#1 --dry-run --code-file " + file:                   "--dry-run",
		"sign SOLV-1 --filing fr.emission#1 --code-file " + file:                                      "--name",
		"sign SOLV-1 --name X --filing fr.emission#1 --config " + configured + " --code-file " + file: "registries.trackdechets",
	} {
		if code, out, errs := try(t, strings.Fields(line)...); code != exitUsage || !strings.Contains(errs, want) || strings.Contains(out+errs, "7403") {
			t.Errorf("%s: exit %d, %s", line, code, errs)
		}
	}
}
