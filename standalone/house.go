package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"sluss/config"
	"sluss/inbox"
	"sluss/postgres"
	"sluss/registries"
	"sluss/worker/engine"
	"sluss/workflows"
)

// Options say what runs on this machine and where.
type Options struct {
	Data string // folder that keeps all state
	// Throwaway is for a folder that goes away at the end: nothing in it is
	// forced to disk.
	Throwaway bool
	Config    string // configuration file with real registries; empty: the simulators
	Database  string // URL of a PostgreSQL cluster to use; empty: one of our own
	IP        string
	Port      int // of the API; UI and Temporal on the next ones; 0: free ones
	Settle    time.Duration
	Say       func(format string, args ...any)
}

// House is everything that runs on one machine: PostgreSQL, Temporal with its
// UI, the ledger, a worker, the JSON API and, where no real registries are
// configured, the simulators.
type House struct {
	Desk       *inbox.Desk
	Simulators *Simulators
	APIURL     string
	UIURL      string
	ConfigFile string // for starter and further workers

	cluster  *postgres.Cluster
	temporal *Temporal
	engine   *engine.Engine
	servers  []*http.Server
	log      *os.File
}

// OpenHouse starts everything, in the order in which it is needed, and returns
// when all of it answers.
func OpenHouse(ctx context.Context, o Options) (_ *House, err error) {
	h := &House{}
	defer func() {
		if err != nil {
			h.Close()
		}
	}()
	if h.log, err = os.OpenFile(filepath.Join(o.Data, "sluss.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelWarn}))

	database := o.Database
	if database == "" {
		if database, err = h.startPostgres(ctx, o); err != nil {
			return nil, err
		}
	}
	c, err := h.configuration(ctx, o, database)
	if err != nil {
		return nil, err
	}
	if err := h.startTemporal(ctx, o, &c, database, log); err != nil {
		return nil, err
	}
	if h.ConfigFile, err = h.writeConfig(o, c); err != nil {
		return nil, err
	}
	if c, err = config.Load(h.ConfigFile); err != nil { // as every other process reads it
		return nil, err
	}
	if h.engine, err = engine.Start(ctx, c, log); err != nil {
		return nil, err
	}
	h.Desk = &inbox.Desk{Temporal: h.engine.Temporal, Namespace: c.Temporal.Namespace, Ledger: h.engine.Ledger, Policy: workflows.Policy{Settle: c.Settle}}
	var parts registries.Config
	if err := config.Part(c.Registries, &parts); err != nil {
		return nil, err
	}
	if parts.Trackdechets != nil {
		if h.Desk.HookToken, err = parts.Trackdechets.HookSecret(); err != nil {
			return nil, err
		}
	}
	o.Say("ledger and worker are ready: %v", h.engine.Registries())
	h.APIURL, err = h.serve(ctx, o.IP, o.Port, inbox.API(h.Desk, ""))
	return h, err
}

// Failed tells when something that everything else needs has ended by itself.
func (h *House) Failed() <-chan error {
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

func (h *House) startPostgres(ctx context.Context, o Options) (url string, err error) {
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

// installPostgres gets PostgreSQL's programs where the machine has none.
func installPostgres(ctx context.Context) error {
	_, err := postgres.Binaries()
	if errors.Is(err, postgres.ErrNoBinaries) {
		say("this machine has no PostgreSQL: installing its programs (about a minute)")
		_, err = postgres.Install(ctx, os.Stderr)
	}
	return err
}

// configuration is the file's, or else the one of the simulators.
func (h *House) configuration(ctx context.Context, o Options, database string) (config.Config, error) {
	c, err := config.Load(o.Config)
	if err != nil {
		return c, err
	}
	c.Database = database
	if o.Settle > 0 {
		c.Settle = o.Settle
	}
	if c.Temporal.KeyFile == "" && c.Temporal.Key == "" {
		if c.Temporal.KeyFile, err = encryptionKey(o.Data); err != nil {
			return c, err
		}
	}
	if !c.Registries.IsZero() {
		return c, nil
	}
	first := 0
	if o.Port != 0 {
		first = o.Port + 10
	}
	if h.Simulators, err = StartSimulators(ctx, filepath.Join(o.Data, "simulators"), o.IP, first); err != nil {
		return c, err
	}
	o.Say("the simulators of the three registries are ready")
	return c, nil
}

func (h *House) startTemporal(ctx context.Context, o Options, c *config.Config, database string, log *slog.Logger) error {
	began := time.Now()
	port := func(n int) int {
		if o.Port == 0 {
			return 0
		}
		return o.Port + n
	}
	codec, codecURL, err := h.reserve(ctx, o.IP, port(3))
	if err != nil {
		return err
	}
	attributes := map[string]enumspb.IndexedValueType{}
	for _, key := range workflows.SearchAttributes() {
		attributes[key.GetName()] = key.GetValueType()
	}
	h.temporal, err = StartTemporal(ctx, TemporalOptions{
		PostgresURL: database, IP: o.IP, FrontendPort: port(1), UIPort: port(2), Namespace: c.Temporal.Namespace,
		SearchAttributes: attributes, CodecEndpoint: codecURL, Logger: log,
	})
	if err != nil {
		return err
	}
	c.Temporal.Address, c.Temporal.UI, h.UIURL = h.temporal.Address(), h.temporal.UIURL(), h.temporal.UIURL()
	handler, err := c.Temporal.CodecHandler(h.UIURL)
	if err != nil {
		return err
	}
	h.start(codec, handler)
	o.Say("Temporal and its UI are ready (%s)", since(began))
	return nil
}

// writeConfig writes the configuration that starter and further workers read.
func (h *House) writeConfig(o Options, c config.Config) (file string, err error) {
	if o.Config != "" {
		return o.Config, nil
	}
	text := fmt.Sprintf(`# Written at each start of the standalone program: the ports may change.
database: %s
settle: %s
temporal:
  address: %s
  namespace: %s
  ui: %s
  encryption_key_file: %s
registries:
%s`, c.Database, c.Settle, c.Temporal.Address, c.Temporal.Namespace, c.Temporal.UI, c.Temporal.KeyFile, h.Simulators.settings)
	return filepath.Join(o.Data, "sluss.yaml"), writeFiles(o.Data, map[string][]byte{"sluss.yaml": []byte(text)})
}

// encryptionKey is the file with the key of workflow payloads, made at the
// first start.
func encryptionKey(data string) (file string, err error) {
	const name = "encryption.key"
	file = filepath.Join(data, name)
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return file, err
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return "", err
	}
	return file, writeFiles(data, map[string][]byte{name: []byte(hex.EncodeToString(key))})
}

func (h *House) serve(ctx context.Context, ip string, port int, handler http.Handler) (url string, err error) {
	listener, url, err := h.reserve(ctx, ip, port)
	if err != nil {
		return "", err
	}
	h.start(listener, handler)
	return url, nil
}

func (h *House) reserve(ctx context.Context, ip string, port int) (listener net.Listener, url string, err error) {
	if listener, err = listenFree(ctx, ip, port); err != nil {
		return nil, "", err
	}
	_, actual, err := net.SplitHostPort(listener.Addr().String())
	return listener, "http://" + net.JoinHostPort(reachable(ip), actual), err
}

func (h *House) start(listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	h.servers = append(h.servers, server)
	go func() {
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintln(os.Stderr, "stopped serving:", err)
		}
	}()
}

// Close stops everything, the last started first.
func (h *House) Close() {
	for _, server := range h.servers {
		_ = server.Close()
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
