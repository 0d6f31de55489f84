// Package pgtest gives each test a new PostgreSQL database of its own.
//
// All tests of a process share one throw-away server, started when the first
// one asks, in memory where there is room and TMPDIR is not set; it ends with the
// process and leaves no files. With
// SLUSS_TEST_DATABASE_URL set, the databases are created on that server instead,
// and dropped after each test; its user must be allowed to create databases.
// DATABASE_URL is not read, so that no test touches a server that people use.
//
// Without any PostgreSQL a test is skipped and says how to get one; if CI is set, it
// fails, because a build that skips its tests proves nothing.
package pgtest

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lib/pq"

	"sluss/postgres"
)

// given names the variable with the address of a server to use instead of our own.
const given = "SLUSS_TEST_DATABASE_URL"

// Database creates an empty database and returns its URL. It is dropped at the
// end of the test, together with connections that are still open to it.
func Database(t testing.TB) string {
	t.Helper()
	return running(t).database(t, "")
}

// A Template is a database that is prepared once in a process, by migrations
// for instance, and copied for every test: that takes some 20 ms, however long
// the preparation took. Keep it in a package variable.
type Template struct {
	prepare func(ctx context.Context, url string) error
	once    sync.Once
	name    string
	err     error
}

// NewTemplate returns a template that prepare fills: it gets the URL of an empty
// database, and must close its connections before it returns.
func NewTemplate(prepare func(ctx context.Context, url string) error) *Template {
	return &Template{prepare: prepare}
}

// Database creates a copy of the template and returns its URL. It is dropped
// like one of the function Database.
func (p *Template) Database(t testing.TB) string {
	t.Helper()
	s := running(t)
	if !s.own { // no one would drop the template there
		address := s.database(t, "")
		if err := p.prepare(t.Context(), address); err != nil {
			t.Fatalf("prepare a test database: %v", err)
		}
		return address
	}
	p.once.Do(func() {
		ctx := context.WithoutCancel(t.Context())
		p.name = newName()
		if p.err = s.create(ctx, p.name, ""); p.err == nil {
			p.err = p.prepare(ctx, s.url(p.name))
		}
	})
	if p.err != nil {
		t.Fatalf("prepare the template of the test databases: %v", p.err)
	}
	return s.database(t, p.name)
}

// server is the PostgreSQL on which the databases are created.
type server struct {
	admin *sql.DB
	base  url.URL
	own   bool      // started by this process, and ended with it
	alive io.Closer // our end of the pipe to the sweeper; must not be collected
}

var theServer = sync.OnceValues(func() (*server, error) {
	address, alive := os.Getenv(given), io.Closer(nil)
	if address == "" {
		var err error
		if address, alive, err = startOwn(); err != nil {
			return nil, err
		}
	}
	base, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("%s is not a URL such as postgres://user:password@host:5432/postgres?sslmode=disable", given)
	}
	admin, err := sql.Open("postgres", address)
	if err != nil {
		return nil, fmt.Errorf("connect to the server of the test databases: %w", err)
	}
	return &server{admin: admin, base: *base, own: alive != nil, alive: alive}, nil
})

func running(t testing.TB) *server {
	t.Helper()
	s, err := theServer()
	switch {
	case errors.Is(err, postgres.ErrNoBinaries) && os.Getenv("CI") == "":
		t.Skipf("this test needs PostgreSQL: %v; or set %s", err, given)
	case err != nil:
		t.Fatalf("this test needs PostgreSQL: %v", err)
	}
	return s
}

// startOwn starts the throw-away server and returns its URL. The server runs
// until the closer is closed, at the latest by the end of this process.
func startOwn() (string, io.Closer, error) {
	if _, err := postgres.Binaries(); err != nil {
		return "", nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	root, err := postgres.ThrowawayDir()
	if err != nil {
		return "", nil, err
	}
	dir := filepath.Join(root, "cluster")
	alive, err := cleanUpAfterUs(root, dir)
	if err != nil {
		return "", nil, err
	}
	c, err := postgres.Start(ctx, postgres.Options{Dir: dir, Throwaway: true})
	if err != nil {
		alive.Close()
		return "", nil, err
	}
	return c.URL("postgres"), alive, nil
}

// cleaning stops the server and removes its files once its standard input closes.
const cleaning = `cat >/dev/null
server=$(head -n 1 "$2/postmaster.pid" 2>/dev/null) && kill -INT "$server" 2>/dev/null
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	[ -e "$2/postmaster.pid" ] || break
	sleep 0.1
done
rm -rf "$1"`

// cleanUpAfterUs starts a shell that cleans up when this process ends. No
// code of a test binary runs at that moment, but the system closes its pipes.
func cleanUpAfterUs(root, dir string) (io.Closer, error) {
	cmd := exec.CommandContext(context.Background(), "sh", "-c", cleaning, "clean-up", root, dir)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt from the keyboard is not for it
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	return pipe, cmd.Start()
}

// newName is a name that no other test, in this process or another, uses.
func newName() string { return "sluss_test_" + strings.ToLower(rand.Text()) }

func (s *server) url(name string) string {
	u := s.base
	u.Path = "/" + name
	return u.String()
}

func (s *server) create(ctx context.Context, name, template string) error {
	_, err := s.admin.ExecContext(ctx, "create database "+pq.QuoteIdentifier(name)+
		" template "+pq.QuoteIdentifier(cmp.Or(template, "template0")))
	if err != nil {
		return fmt.Errorf("create a test database: %w", err)
	}
	return nil
}

// database creates a database for the length of a test.
func (s *server) database(t testing.TB, template string) string {
	t.Helper()
	name := newName()
	if err := s.create(t.Context(), name, template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		if _, err := s.admin.ExecContext(ctx, "drop database "+pq.QuoteIdentifier(name)+" with (force)"); err != nil {
			t.Errorf("drop the test database: %v", err)
		}
	})
	return s.url(name)
}
