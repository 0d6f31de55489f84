package ledger_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"sluss/ledger"
	"sluss/postgres/pgtest"
)

// wires is a way to the server that can be cut without either side hearing of it.
type wires struct {
	url  string
	lock sync.Mutex
	dead bool
}

func (w *wires) cut() {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.dead = true
}

func (w *wires) alive() bool {
	w.lock.Lock()
	defer w.lock.Unlock()
	return !w.dead
}

func wire(t *testing.T, address string) *wires {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	server := u.Host
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { listener.Close() })
	u.Host = listener.Addr().String()
	w := &wires{url: u.String()}
	carry := func(to, from net.Conn) {
		buffer := make([]byte, 32<<10)
		for {
			n, err := from.Read(buffer)
			if w.alive() && n > 0 {
				_, _ = to.Write(buffer[:n])
			}
			if errors.Is(err, io.EOF) && w.alive() {
				to.Close()
			}
			if err != nil {
				return
			}
		}
	}
	go func() {
		for {
			here, err := listener.Accept()
			if err != nil {
				return
			}
			there, err := net.Dial("tcp", server)
			if err != nil {
				here.Close()
				return
			}
			t.Cleanup(func() { here.Close(); there.Close() })
			go carry(there, here)
			go carry(here, there)
		}
	}()
	return w
}

// TestSilentServerEndsACall: the cable is pulled in the middle. What is asked fails
// when its context ends, and what has no such end fails too.
func TestSilentServerEndsACall(t *testing.T) {
	t.Parallel()
	_, address := ready(t)
	for _, patience := range []time.Duration{time.Second, 5 * time.Minute} {
		t.Run(patience.String(), func(t *testing.T) {
			t.Parallel()
			w := wire(t, address)
			l := hasty(t, w.url)
			must(t, l.RecordEvent(t.Context(), produced()))
			w.cut()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			var all sync.WaitGroup
			for name, ask := range map[string]func() error{
				"a read":   func() error { _, err := l.Batch(ctx, batchID); return err },
				"a write":  func() error { return l.RecordEvent(ctx, pickedUp()) },
				"a permit": func() error { _, err := l.Begin(ctx, intentOf("vehicle/1")); return err },
				"a list":   func() error { _, err := l.Quotas(ctx, ledger.WhatIf{}); return err },
			} {
				all.Go(func() {
					began := time.Now()
					err := ask()
					took := time.Since(began)
					if most := min(patience, l.Timeouts().Call) + 3*time.Second; err == nil || took > most {
						t.Errorf("%s took %s, want %s at most: %v", name, took, most, err)
					}
					if patience > time.Minute && (err == nil || !strings.Contains(err.Error(), "ask again")) {
						t.Errorf("%s: %v", name, err)
					}
					t.Logf("%s failed after %s: %v", name, took.Round(10*time.Millisecond), err)
				})
			}
			all.Wait()
		})
	}
}

// TestHealthOfALedgerThatCannotWork: anybody may ask for it, so it has no address.
func TestHealthOfALedgerThatCannotWork(t *testing.T) {
	t.Parallel()
	empty := open(t, pgtest.Database(t))
	if err := empty.Health(t.Context()); err == nil || !strings.Contains(err.Error(), `"quotas" does not exist`) {
		t.Errorf("without tables: %v", err)
	}
	_, address := ready(t)
	w := wire(t, address)
	far := hasty(t, w.url)
	must(t, far.Health(t.Context()))
	w.cut()
	time.Sleep(far.Timeouts().Healthy) // until an answer is too old
	began := time.Now()
	if err := far.Health(t.Context()); err == nil || strings.Contains(err.Error(), "127.0.0.1") || time.Since(began) > 3*time.Second {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
}

// TestStartEndsWhileTheServerIsSilent: a process that starts logs that the server
// does not answer, and can be interrupted.
func TestStartEndsWhileTheServerIsSilent(t *testing.T) {
	t.Parallel()
	w := wire(t, pgtest.Database(t))
	l, log := hasty(t, w.url), &written{}
	l.Log = slog.New(slog.NewTextHandler(log, nil))
	w.cut()
	ctx, interrupt := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Migrate(ctx) }()
	until(t, func() bool { return strings.Contains(log.String(), "does not answer") }, "nothing is told")
	interrupt()
	interrupted := time.Now()
	if err := <-done; err == nil || time.Since(interrupted) > 3*time.Second {
		t.Errorf("it ended %s after it was interrupted: %v", time.Since(interrupted), err)
	}
}
