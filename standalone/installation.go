package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"sluss/api"
	"sluss/config"
	"sluss/declarations"
	"sluss/postgres"
	"sluss/registries"
	"sluss/service"
	"sluss/worker/engine"
	"sluss/workflows"
)

// Options are what runs on this machine, and where.
type Options struct {
	Data string // folder that keeps all state
	// Throwaway is for a folder that is deleted at the end: nothing in it is synced to disk.
	Throwaway bool
	// Config is the configuration file; empty: none. What it and the environment set
	// has precedence over what standalone provides, key by key.
	Config   string
	Database string // URL of a PostgreSQL database to use; overrides Config
	IP       string
	Port     int           // of the API; Temporal, UI and codec on the next ones; 0: free ones
	Settle   time.Duration // overrides Config
	Say      func(format string, args ...any)

	// SettleUnlessGiven replaces the default of 70s.
	SettleUnlessGiven time.Duration
}

// Installation is everything that runs on one machine: PostgreSQL, Temporal with its
// UI, the ledger, a worker, the JSON API and simulators of the registries. What
// is configured elsewhere is not started here.
type Installation struct {
	Service    *service.Service
	Simulators *Simulators
	APIURL     string
	UIURL      string // empty if Temporal runs elsewhere and the address of its UI is not configured
	ConfigFile string // the complete configuration, for starter and further workers

	cluster  *postgres.Cluster
	temporal *Temporal
	engine   *engine.Engine
	api      net.Listener
	servers  []*http.Server
	log      *os.File
}

// OpenInstallation starts everything, in the order in which it is needed, and returns
// when all of it answers.
func OpenInstallation(ctx context.Context, o Options) (_ *Installation, err error) {
	h := &Installation{}
	defer func() {
		if err != nil {
			h.Close()
		}
	}()
	if h.log, err = os.OpenFile(filepath.Join(o.Data, "sluss.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelWarn}))

	c, err := h.configure(ctx, o, log)
	if err != nil {
		return nil, err
	}
	if c.Temporal.Promote == "" && h.temporal != nil {
		// The program that runs is the only one there is, also if it is an older one.
		c.Temporal.Promote = config.PromoteAlways
	}
	if h.engine, err = engine.Start(ctx, c, log); err != nil {
		return nil, err
	}
	h.Service = &service.Service{
		Temporal: h.engine.Temporal, Namespace: c.Temporal.Namespace, Ledger: h.engine.Ledger, Policy: workflows.Policy{Settle: c.Settle},
		Actor: fmt.Sprintf("standalone:%d", os.Getpid()),
	}
	if h.Service.Profiles, err = declarations.Profiles(c.ProfilesDir); err != nil {
		return nil, err
	}
	var parts registries.Config
	if err := c.ReadRegistries(&parts); err != nil {
		return nil, err
	}
	var secrets api.Options
	if secrets.Token, err = c.API.Token(); err != nil {
		return nil, err
	}
	if parts.Trackdechets != nil {
		if secrets.HookToken, err = parts.Trackdechets.HookSecret(); err != nil {
			return nil, err
		}
		signer, _, err := parts.Trackdechets.Open()
		if err != nil {
			return nil, err
		}
		h.Service.Signer = signer
	}
	o.Say("ledger and worker are ready: %v", h.engine.Registries())
	if nobody, err := h.engine.Ledger.ReportsForNobody(ctx); err != nil {
		return nil, err
	} else if nobody {
		o.Say("no company is entered that we report for, so every declaration is refused: name companies in the configuration, or run starter company add")
	}
	h.start(h.api, api.New(h.Service, secrets))
	return h, nil
}

// Failed returns a channel that closes when something that everything else needs has
// ended by itself.
func (h *Installation) Failed() <-chan error {
	failed := make(chan error, 1)
	go func() {
		var ended <-chan struct{}
		if h.cluster != nil {
			ended = h.cluster.Done()
		}
		select {
		case err := <-h.engine.Failed():
			failed <- err
		case <-ended:
			failed <- errors.New("PostgreSQL has ended")
		}
	}()
	return failed
}

func (h *Installation) startPostgres(ctx context.Context, o Options) (url string, err error) {
	began := time.Now()
	if err := installPostgres(ctx); err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(o.Data, "postgres")); errors.Is(err, fs.ErrNotExist) {
		o.Say("making a PostgreSQL cluster in %s", o.Data)
	}
	h.cluster, err = postgres.Start(ctx, postgres.Options{Dir: filepath.Join(o.Data, "postgres"), MaxConnections: 200, Throwaway: o.Throwaway, Log: h.log})
	if err != nil {
		return "", err
	}
	if err := h.cluster.CreateDatabase(ctx, "sluss"); err != nil {
		return "", err
	}
	o.Say("PostgreSQL is ready (%s)", since(began))
	return h.cluster.URL("sluss"), nil
}

// installPostgres installs PostgreSQL's programs if the machine has none.
func installPostgres(ctx context.Context) error {
	_, err := postgres.Binaries()
	if errors.Is(err, postgres.ErrNoBinaries) {
		say("this machine has no PostgreSQL: installing its programs (about a minute)")
		_, err = postgres.Install(ctx, os.Stderr)
	}
	return err
}

func (h *Installation) reserve(ctx context.Context, ip string, port int) (listener net.Listener, url string, err error) {
	if listener, err = listenFree(ctx, ip, port); err != nil {
		return nil, "", err
	}
	_, actual, err := net.SplitHostPort(listener.Addr().String())
	return listener, "http://" + net.JoinHostPort(reachable(ip), actual), err
}

func (h *Installation) start(listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	h.servers = append(h.servers, server)
	go func() {
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintln(os.Stderr, "stopped serving:", err)
		}
	}()
}

// Close stops everything, the last started first.
func (h *Installation) Close() {
	for _, server := range h.servers {
		_ = server.Close()
	}
	if h.api != nil {
		_ = h.api.Close()
	}
	if h.engine != nil {
		h.engine.Stop()
	}
	if h.temporal != nil {
		h.temporal.Stop()
	}
	if h.Simulators != nil {
		h.Simulators.Stop()
	}
	if h.cluster != nil {
		if err := h.cluster.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "PostgreSQL:", err)
		}
	}
	if h.log != nil {
		_ = h.log.Close()
	}
}

func since(began time.Time) time.Duration { return time.Since(began).Round(10 * time.Millisecond) }
