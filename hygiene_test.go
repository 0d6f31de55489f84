package sluss_test

import (
	"bytes"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// unwanted is what no committed file may hold. The words are assembled from pieces,
// so that this file does not contain them.
func unwanted(t *testing.T) map[string]*regexp.Regexp {
	t.Helper()
	hosts := []string{
		"registry." + "npmjs.org", "proxy." + "golang.org", "sum." + "golang.org", "deb." + "debian.org",
		"pypi." + "org", "repo1.maven." + "org", "static." + "crates.io", "ghcr" + ".io",
	}
	for _, p := range strings.FieldsFunc(goEnv(t, "GOPROXY"), func(r rune) bool { return r == ',' || r == '|' }) {
		if u, err := url.Parse(p); err == nil && u.Hostname() != "" {
			hosts = append(hosts, u.Hostname())
		}
	}
	for i, h := range hosts {
		hosts[i] = regexp.QuoteMeta(h)
	}
	return map[string]*regexp.Regexp{
		"a path of one machine":       regexp.MustCompile(`(^|[^\w./-])/` + `(work|root|home/\w+|tmp/bash_` + `jobs)/`),
		"the host of a package index": regexp.MustCompile(`(?i)\b(` + strings.Join(hosts, "|") + `)\b`),
	}
}

var unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`)

func TestCommittedFilesAreFitToShare(t *testing.T) {
	wrong := unwanted(t)
	for _, file := range committed(t) {
		data, err := os.ReadFile(file)
		if err != nil {
			continue // deleted, and not yet committed
		}
		if bytes.IndexByte(data, 0) >= 0 {
			continue // not text
		}
		for n, line := range strings.Split(string(data), "\n") {
			for what, pattern := range wrong {
				if found := pattern.FindString(line); found != "" {
					t.Errorf("%s:%d holds %s: %q", file, n+1, what, strings.TrimSpace(found))
				}
			}
			if strings.HasSuffix(file, ".go") {
				if found := unfinished.FindString(line); found != "" {
					t.Errorf("%s:%d says %s: finish it, or write why it is as it is", file, n+1, found)
				}
			}
		}
	}
}

// TestHygieneSees shows that the patterns above find what they are for.
func TestHygieneSees(t *testing.T) {
	wrong := unwanted(t)
	for line, kind := range map[string]string{
		`open("/` + `work/main/x")`:                 "a path of one machine",
		`GOCACHE=/` + `root/.cache/go-build`:        "a path of one machine",
		"https://registry." + "npmjs.org/a":         "the host of a package index",
		"https://example.org/" + "work/permits":     "",
		"the frame" + "work/roots of /workshop/ab/": "",
	} {
		for name, pattern := range wrong {
			if got := pattern.MatchString(line); got != (name == kind) {
				t.Errorf("%q: %s: %v", line, name, got)
			}
		}
	}
}

// committed are the files under version control.
func committed(t *testing.T) []string {
	t.Helper()
	// A checkout may belong to another user than the one who tests it.
	out, err := exec.CommandContext(t.Context(), "git", "-c", "safe.directory=*", "ls-files", "-z").Output()
	if err != nil {
		t.Skipf("this test needs git and a checkout, to know which files are committed: %v", err)
	}
	files := strings.Split(strings.TrimRight(string(out), "\x00"), "\x00")
	if len(files) < 10 {
		t.Fatalf("git knows of %d files only", len(files))
	}
	return files
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
