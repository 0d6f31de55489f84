package postgres

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// clusterDir is a folder for a cluster that root's server may enter as well.
func clusterDir(t *testing.T) string {
	t.Helper()
	if _, err := Binaries(); err != nil {
		t.Skip(err)
	}
	dir, err := ThrowawayDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return filepath.Join(dir, "cluster")
}

func startFor(t *testing.T, o Options) *Cluster {
	t.Helper()
	o.Throwaway = true
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c, err := Start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Stop() }) // again, where the test did
	return c
}

func ask[T any](t *testing.T, url, query string) T {
	t.Helper()
	db, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var answer T
	if err := db.QueryRowContext(t.Context(), query).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return answer
}

func TestStartStopStart(t *testing.T) {
	dir := clusterDir(t)
	var log strings.Builder
	c := startFor(t, Options{Dir: dir, MaxConnections: 17, Log: &log})
	for range 2 {
		if err := c.CreateDatabase(t.Context(), `odd "name" ☣`); err != nil {
			t.Fatal(err)
		}
	}
	url := c.URL(`odd "name" ☣`)
	ask[string](t, url, "create table kept (n int); insert into kept values (42) returning n::text")
	for query, want := range map[string]string{
		"show max_connections":         "17",
		"show server_encoding":         "UTF8",
		"show lc_collate":              "C.UTF-8",
		"show timezone":                "UTC",
		"show listen_addresses":        "127.0.0.1",
		"select current_user":          "sluss",
		"select lower('ÅÄÖ')":          "åäö",
		"show fsync":                   "off",
		"show unix_socket_directories": "",
	} {
		if query == "show lc_collate" { // no setting any more since PostgreSQL 16
			query = "select datcollate from pg_database where datname = 'template1'"
		}
		if got := ask[string](t, url, query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	for range 2 {
		if err := c.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(log.String(), "database system is shut down") {
		t.Errorf("the log does not end with a clean shutdown:\n%s", &log)
	}

	again := startFor(t, Options{Dir: dir})
	if got := ask[int](t, again.URL(`odd "name" ☣`), "select n from kept"); got != 42 {
		t.Errorf("after the restart: %d, want 42", got)
	}
}

// TestOwner is no test of its own: it starts a cluster for the tests that kill
// its process.
func TestOwner(t *testing.T) {
	dir := os.Getenv("TEST_OWNER_DIR")
	if dir == "" {
		t.Skip("started by other tests")
	}
	c, err := Start(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("running", c.URL("postgres"))
	<-c.Done()
}

// otherOwner runs a cluster in a process of its own.
func otherOwner(t *testing.T, dir string) (process *os.Process, url string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestOwner$", "-test.v")
	cmd.Env = append(os.Environ(), "TEST_OWNER_DIR="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	var seen []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if url, ok := strings.CutPrefix(lines.Text(), "running "); ok {
			return cmd.Process, url
		}
		seen = append(seen, lines.Text())
	}
	t.Fatalf("the other process did not start a cluster:\n%s", strings.Join(seen, "\n"))
	return nil, ""
}

func TestLivingOwnerIsRespected(t *testing.T) {
	dir := createdDir(t)
	other, url := otherOwner(t, dir)
	_, err := Start(t.Context(), Options{Dir: dir})
	if !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), fmt.Sprint("process ", other.Pid)) {
		t.Errorf("got %v, want ErrInUse with the process %d", err, other.Pid)
	}
	ask[int](t, url, "select 1")
}

func TestStartAfterOwnerWasKilled(t *testing.T) {
	dir := createdDir(t)
	for range 3 {
		other, url := otherOwner(t, dir)
		ask[string](t, url, "create table if not exists kept (n int); insert into kept values (1) returning n::text")
		if err := other.Kill(); err != nil {
			t.Fatal(err)
		}
		if _, err := other.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	c := startFor(t, Options{Dir: dir})
	if got := ask[int](t, c.URL("postgres"), "select count(*) from kept"); got != 3 {
		t.Errorf("%d rows after three kills, want 3", got)
	}
}

func TestServerDiesWithItsOwner(t *testing.T) {
	dir := createdDir(t)
	other, _ := otherOwner(t, dir)
	file, err := readPIDFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Kill(); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "linux" {
		t.Skip("this system does not tell a child that its parent died")
	}
	for deadline := time.Now().Add(20 * time.Second); serves(file.pid, dir); {
		if time.Now().After(deadline) {
			t.Fatal("the server lives on")
		}
		time.Sleep(poll)
	}
}

// TestOrphanIsStopped starts a server that nobody owns, with a client that
// would hold up a polite shutdown.
func TestOrphanIsStopped(t *testing.T) {
	dir := createdDir(t)
	c := startFor(t, Options{Dir: dir})
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	bin, err := Binaries()
	if err != nil {
		t.Fatal(err)
	}
	orphan, started, err := c.account.command(t.Context(), filepath.Join(bin, "postgres"), dir, "-p", fmt.Sprint(c.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=")
	if err != nil {
		t.Fatal(err)
	}
	if err := orphan.Start(); err != nil {
		t.Fatal(err)
	}
	started()
	gone := make(chan struct{})
	go func() {
		_ = orphan.Wait()
		close(gone)
	}()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(poll) {
		if file, err := readPIDFile(dir); err == nil && file.ready {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the orphan does not start")
		}
	}
	db, err := sql.Open("postgres", c.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}

	startFor(t, Options{Dir: dir, Port: c.port})
	select {
	case <-gone:
	case <-time.After(20 * time.Second):
		t.Error("the orphan lives on")
	}
}

func TestLeftPIDFiles(t *testing.T) {
	dir := createdDir(t)
	if err := startFor(t, Options{Dir: dir}).Stop(); err != nil {
		t.Fatal(err)
	}
	dead := exec.CommandContext(t.Context(), "true")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	stranger := os.Getpid() // alive, and to be left alone
	for name, content := range map[string]string{
		"dead":     fmt.Sprint(dead.Process.Pid, "\n", dir, "\n"),
		"stranger": fmt.Sprint(stranger, "\n", dir, "\n"),
		"empty":    "",
		"garbage":  "not a number\n",
		"group":    "0\n",
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(pidPath(dir), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			if uid, gid := ownerOf(t, dir); os.Geteuid() == 0 {
				if err := os.Chown(pidPath(dir), int(uid), int(gid)); err != nil {
					t.Fatal(err)
				}
			}
			if err := startFor(t, Options{Dir: dir}).Stop(); err != nil {
				t.Error(err)
			}
		})
	}
}

func ownerOf(t *testing.T, path string) (uid, gid uint32) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return owner(info)
}

func TestServerThatDiesIsNoticed(t *testing.T) {
	c := startFor(t, Options{Dir: createdDir(t)})
	if err := c.process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	<-c.Done()
	if err := c.Stop(); err == nil || !strings.Contains(err.Error(), "ended by itself") {
		t.Errorf("Stop after the server died: %v", err)
	}
}

func TestInterruptedCreation(t *testing.T) {
	dir := clusterDir(t)
	if err := os.MkdirAll(filepath.Join(dir+".new", "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil { // made beforehand, and empty
		t.Fatal(err)
	}
	startFor(t, Options{Dir: dir})
	if _, err := os.Stat(dir + ".new"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what the interrupted creation left is still there: %v", err)
	}
}

func TestStartSaysWhatIsWrong(t *testing.T) {
	dir := createdDir(t)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	write := func(path, content string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(dir+"-old/PG_VERSION", "9\n")
	write(dir+"-full/holiday.jpg", "")
	cases := map[string]struct {
		options Options
		want    string
	}{
		"no folder":        {Options{}, "no folder given"},
		"port taken":       {Options{Dir: dir, Port: listener.Addr().(*net.TCPAddr).Port}, "is taken; choose another"},
		"old data":         {Options{Dir: dir + "-old"}, "written by PostgreSQL 9"},
		"folder with else": {Options{Dir: dir + "-full"}, `holds "holiday.jpg", but no cluster`},
		"no binaries":      {Options{Dir: dir, Bin: t.TempDir()}, "has not all of initdb"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			c, err := Start(t.Context(), test.options)
			if err == nil {
				_ = c.Stop()
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v\nwant %q in it", err, test.want)
			}
		})
	}
}

// TestRootsOwnFolder has a cluster where only root gets through, as in a home of
// root's, and starts it again after its process was killed. No folder's mode may
// change for that.
func TestRootsOwnFolder(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("an ordinary user's server runs as that user: this test needs root")
	}
	home := filepath.Join(filepath.Dir(clusterDir(t)), "home")
	dir := filepath.Join(home, "data", "cluster")
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	other, url := otherOwner(t, dir)
	// Parallel workers, further databases and a reload go by the server's own folder.
	ask[string](t, url, "create table kept as select generate_series(1, 200000) n; analyze kept; select 'done'")
	ask[string](t, url, "set min_parallel_table_scan_size = 0; set parallel_setup_cost = 0; select count(*)::text from kept")
	ask[bool](t, url, "select pg_reload_conf()")
	if err := other.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Wait(); err != nil {
		t.Fatal(err)
	}
	c := startFor(t, Options{Dir: dir})
	if err := c.CreateDatabase(t.Context(), "another"); err != nil {
		t.Error(err)
	}
	if got := ask[int](t, c.URL("postgres"), "select count(*) from kept"); got != 200000 {
		t.Errorf("%d rows after the kill, want 200000", got)
	}
	for _, folder := range []string{home, filepath.Dir(dir), dir} {
		if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v; want the mode 0700", folder, info.Mode(), err)
		}
	}
	if err := c.Stop(); err != nil {
		t.Error(err)
	}
}

func TestStartGivesUpWithItsContext(t *testing.T) {
	dir := clusterDir(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, Options{Dir: dir}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	startFor(t, Options{Dir: dir}) // nothing half-done is in the way
}
