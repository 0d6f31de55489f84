package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// acquire takes the lock of the cluster in dir for this process. The system releases
// it when the file is closed or the process ends in any way.
func acquire(dir string) (*os.File, error) {
	lock, err := os.OpenFile(dir+".lock", os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		owner, _ := io.ReadAll(io.LimitReader(lock, 32))
		lock.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w by process %s: stop that one first, or choose another folder",
				ErrInUse, strings.TrimSpace(string(owner)))
		}
		return nil, fmt.Errorf("lock %s: %w", lock.Name(), err)
	}
	err = lock.Truncate(0)
	if err == nil {
		_, err = fmt.Fprintln(lock, os.Getpid())
	}
	if err != nil {
		lock.Close()
		return nil, err
	}
	return lock, nil
}

// pidFile is what a running server writes into postmaster.pid.
type pidFile struct {
	pid   int
	ready bool // accepts connections
}

func pidPath(dir string) string { return filepath.Join(dir, "postmaster.pid") }

func readPIDFile(dir string) (pidFile, error) {
	text, err := os.ReadFile(pidPath(dir))
	if err != nil {
		return pidFile{}, err
	}
	lines := strings.Split(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil || pid <= 1 {
		return pidFile{}, fmt.Errorf("%s does not begin with the id of a server", pidPath(dir))
	}
	return pidFile{pid: pid, ready: len(lines) > 7 && strings.TrimSpace(lines[7]) == "ready"}, nil
}

// stopOrphan stops the server that a dead owner left behind. The caller holds
// the lock, so there is no living owner.
func stopOrphan(ctx context.Context, dir string) error {
	file, err := readPIDFile(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return os.Remove(pidPath(dir)) // cut off by a crash; PostgreSQL would refuse to start
	case errors.Is(syscall.Kill(file.pid, 0), syscall.ESRCH):
		return nil // PostgreSQL cleans up after a dead server by itself
	case !serves(file.pid, dir):
		return os.Remove(pidPath(dir)) // another program has the process id now; PostgreSQL would take it for a server
	}
	if err := syscall.Kill(file.pid, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("stop the server left by an earlier run (process %d): %w", file.pid, err)
	}
	tick := time.NewTicker(poll)
	defer tick.Stop()
	hurry := time.After(patience)
	for serves(file.pid, dir) {
		select {
		case <-ctx.Done():
			return fmt.Errorf("the server left by an earlier run (process %d) does not end: %w", file.pid, context.Cause(ctx))
		case <-hurry:
			_ = syscall.Kill(file.pid, syscall.SIGQUIT) // the loop sees whether it helped
		case <-tick.C:
		}
	}
	return nil
}
