// Package postgres runs a PostgreSQL of our own: it finds the machine's
// binaries (or fetches some), creates a cluster in a folder, starts it on
// loopback and stops it. Package pgtest builds on it a fresh database per test.
//
// The cluster is meant for one machine and one user. It listens on 127.0.0.1
// only and asks no password there, so whoever can run programs on the machine
// can read and write everything in it. If others share the machine, use a server with
// passwords instead.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/lib/pq"
)

// superuser owns the cluster and every database in it.
const superuser = "sluss"

// ErrInUse is what Start answers when a living process owns the cluster.
var ErrInUse = errors.New("the cluster is in use")

// Options are where and how a cluster runs.
type Options struct {
	// Dir is the cluster's folder. It is created if it is missing, with the
	// cluster in it; next to it is a lock file, Dir + ".lock".
	Dir string

	// Bin is the folder of initdb and postgres. If it is empty, it is the first
	// one in the order of Binaries that fits the version of the data in Dir.
	Bin string

	// Port on 127.0.0.1. 0: a free one, chosen at each start.
	Port int

	// MaxConnections is 200 if it is 0.
	MaxConnections int

	// Throwaway gives up durability for speed: a crash of the machine may
	// destroy the cluster. For tests.
	Throwaway bool

	// Log gets what the server writes, line by line; nil drops it. The last
	// lines are in the error of a failed start in any case.
	Log io.Writer
}

// Cluster is a running PostgreSQL server, a child of this process. It ends
// with this process, however that ends (on Linux; elsewhere the next Start
// stops an orphan).
type Cluster struct {
	dir      string
	port     int
	account  account
	lock     *os.File
	process  *os.Process
	output   *tail
	done     chan struct{}
	err      error // of the process, once done is closed
	stopping sync.Once
	stopped  error
}

// Start starts the cluster in o.Dir, after creating it if needed, and returns
// when it accepts connections. The context bounds the start, not the life of
// the server.
//
// A server that a killed process left behind is stopped first. If another running
// process owns the cluster, the error is ErrInUse.
//
// PostgreSQL refuses to run as root. For root it runs as the owner of o.Dir, or
// as user postgres, or as nobody. On Linux, that user need not be able to enter the
// folders above o.Dir, so a cluster may be in root's own home; elsewhere it must.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	if o.Dir == "" {
		return nil, errors.New("start PostgreSQL: no folder given for the cluster")
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	c, err := start(ctx, dir, o)
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL in %s: %w", dir, err)
	}
	return c, nil
}

func start(ctx context.Context, dir string, o Options) (_ *Cluster, err error) {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return nil, err
	}
	lock, err := acquire(dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			lock.Close()
		}
	}()

	bin, err := binariesFor(ctx, dir, o.Bin)
	if err != nil {
		return nil, err
	}
	acc, err := accountFor(dir)
	if err != nil {
		return nil, err
	}
	if err := acc.mayEnter(bin); err != nil {
		return nil, err
	}
	if err := stopOrphan(ctx, dir); err != nil {
		return nil, err
	}
	if err := ensureCluster(ctx, dir, bin, acc, o.Throwaway); err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir, account: acc, lock: lock}
	if err := c.listen(ctx, bin, o); err != nil {
		return nil, err
	}
	return c, nil
}

// URL is the address of a database of the cluster, for lib/pq, pgx and psql.
func (c *Cluster) URL(database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.User(superuser),
		Host:     "127.0.0.1:" + strconv.Itoa(c.port),
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// CreateDatabase creates an empty database, unless there is one of that name.
func (c *Cluster) CreateDatabase(ctx context.Context, name string) error {
	db, err := sql.Open("postgres", c.URL("postgres"))
	if err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	defer db.Close()
	var there bool
	err = db.QueryRowContext(ctx, "select exists (select from pg_database where datname = $1)", name).Scan(&there)
	if err == nil && !there {
		_, err = db.ExecContext(ctx, "create database "+pq.QuoteIdentifier(name))
	}
	if clash := new(pq.Error); errors.As(err, &clash) && (clash.Code == "42P04" || clash.Code == "23505") {
		return nil // another process was quicker
	}
	if err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	return nil
}

// Done is closed when the server has ended, by Stop or by itself.
func (c *Cluster) Done() <-chan struct{} { return c.done }

// Stop ends the server: open connections are cut, committed data is kept. It
// returns when the server has ended, and again the same if called again. The
// error says if the server had ended by itself before.
func (c *Cluster) Stop() error {
	c.stopping.Do(func() {
		defer c.lock.Close()
		select {
		case <-c.done:
			c.stopped = fmt.Errorf("PostgreSQL in %s ended by itself: %w%s", c.dir, c.ended(), c.output.lastLines())
			return
		default:
		}
		c.end()
		if c.err != nil {
			c.stopped = fmt.Errorf("stop PostgreSQL in %s: %w%s", c.dir, c.err, c.output.lastLines())
		}
	})
	return c.stopped
}

// patience is how long a fast shutdown may take before it becomes an immediate
// one, which loses nothing but makes the next start recover.
const patience = 30 * time.Second

// end makes the server stop and waits for it.
func (c *Cluster) end() {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		_ = c.process.Signal(signal) // fails only if the process has ended, as it should
		select {
		case <-c.done:
			return
		case <-time.After(patience):
		}
	}
	<-c.done
}

// ended is the reason why the process ended. Only after done is closed.
func (c *Cluster) ended() error {
	if c.err != nil {
		return c.err
	}
	return errors.New("exit status 0")
}

// tail passes the server's output on and remembers the end of it.
type tail struct {
	mu   sync.Mutex
	to   io.Writer
	last []byte
}

const tailSize = 4 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = append(t.last, p...)
	t.last = t.last[max(0, len(t.last)-tailSize):]
	if t.to != nil {
		_, _ = t.to.Write(p) // a log that fails must not block the server
	}
	return len(p), nil
}

// lastLines are at most ten lines of output, each on a line of its own.
func (t *tail) lastLines() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := strings.TrimSpace(string(t.last))
	if text == "" {
		return ""
	}
	lines := strings.Split(text, "\n")
	lines = lines[max(0, len(lines)-10):]
	return "\n\t" + strings.Join(lines, "\n\t")
}
