package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A fault of the code, or of its file, is reported before anything is sent, and without the code.
func TestCodesAreReadFromAFile(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{"7403\n": "7403", " 1000": "1000", "740": "", "74035": "", "0000": "", "74o3": "", "-740": "", "": ""} {
		path := filepath.Join(dir, "code")
		must(t, os.WriteFile(path, []byte(text), 0o600))
		for _, s := range []*starter{{}, {in: strings.NewReader(text)}} {
			name := path
			if s.in != nil {
				name = "-"
			}
			code, err := s.securityCode(name)
			if code != want || (err == nil) != (want != "") || err != nil && (exitCode(err) != exitUsage || text != "" && strings.Contains(err.Error(), strings.TrimSpace(text))) {
				t.Errorf("%s of %q: %v", name, text, err)
			}
		}
	}
	file := filepath.Join(dir, "code")
	must(t, os.WriteFile(file, []byte("7403"), 0o600))
	opened(t)
	for line, want := range map[string]string{
		"sign SOLV-1 --name X --code-file " + file:                                  "--filing",
		"sign SOLV-1 --name X --filing fr.emission#1 --dry-run --code-file " + file: "--dry-run",
		"sign SOLV-1 --filing fr.emission#1 --code-file " + file:                    "--name",
	} {
		if code, out, errs := try(t, strings.Fields(line)...); code != exitUsage || !strings.Contains(errs, want) || strings.Contains(out+errs, "7403") {
			t.Errorf("%s: exit %d, %s", line, code, errs)
		}
	}
	line := "sign SOLV-1 --name X --filing fr.emission#1 --code-file " + file
	if code, out, errs := try(t, strings.Fields(line)...); code != exitRefused || !strings.Contains(errs, "no such filing") || strings.Contains(out+errs, "7403") {
		t.Errorf("%s: exit %d, %s", line, code, errs)
	}
	t.Setenv("SLUSS_API_URL", "http://sluss.example")
	if code, out, errs := try(t, strings.Fields(line)...); code != exitUsage || !strings.Contains(errs, "https") || strings.Contains(out+errs, "7403") {
		t.Errorf("in clear: exit %d, %s", code, errs)
	}
}
