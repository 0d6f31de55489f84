// Package serve runs `starter serve`, `codec`, `ui`, `key` and `migrate`: the JSON
// API, the codec and the guard of the Temporal UI, changes of keys, and the migration
// of the ledger. No other part of the command line opens the ledger, Temporal or
// registries.
package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"sluss/api"
	"sluss/config"
	"sluss/declarations"
	"sluss/guard"
	"sluss/ledger"
	"sluss/registries/trackdechets"
	"sluss/service"
	"sluss/workflows"
)

// UsageError is a fault in how the program was called or configured.
type UsageError struct{ error }

// Unwrap is the fault itself.
func (m UsageError) Unwrap() error { return m.error }

func usagef(format string, args ...any) error { return UsageError{fmt.Errorf(format, args...)} }

// dialling is how long connecting to Temporal may take.
const dialling = 10 * time.Second

// API serves the JSON API by the configuration file until the context ends. It writes
// the address on which it listens to out.
func API(ctx context.Context, file string, out io.Writer) error {
	conf, err := load(file)
	if err != nil {
		return err
	}
	token, err := conf.API.Token()
	if err != nil {
		return UsageError{fmt.Errorf("configuration: %w", err)}
	}
	sv, hooks, shut, err := open(ctx, conf, slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	defer shut()
	return listen(ctx, out, "api.address", conf.API.Address, api.New(sv, api.Options{Token: token, HookToken: hooks}))
}

func load(file string) (config.Config, error) {
	conf, err := config.Load(file)
	if err != nil {
		return conf, UsageError{err}
	}
	return conf, nil
}

// open connects the service to ledger, Temporal and Trackdéchets; shut must follow.
func open(ctx context.Context, conf config.Config, log *slog.Logger) (sv *service.Service, hooks string, shut func(), err error) {
	var registries struct {
		Trackdechets *trackdechets.Config `yaml:"trackdechets"`
	}
	if err := conf.Registries.Decode(&registries); err != nil {
		return nil, "", nil, usagef("configuration: registries: %w", err)
	}
	host, _ := os.Hostname() // the name is only informative
	sv = &service.Service{Namespace: conf.Temporal.Namespace, Policy: workflows.Policy{Settle: conf.Settle}, Actor: fmt.Sprintf("api %s:%d", host, os.Getpid())}
	if sv.Profiles, err = declarations.Profiles(conf.ProfilesDir); err != nil {
		return nil, "", nil, usagef("configuration: profiles_dir: %w", err)
	}
	if r := registries.Trackdechets; r != nil {
		if hooks, err = r.HookSecret(); err != nil {
			return nil, "", nil, usagef("configuration: registries.trackdechets: %w", err)
		}
		if client, _, err := r.Open(); err == nil {
			sv.Signer = client
		} else { // without the tokens the service works, except for signatures by codes
			log.Warn("signatures by security codes are not possible", "error", err)
		}
	}
	if sv.Ledger, err = openLedger(ctx, conf); err != nil {
		return nil, "", nil, err
	}
	warnOfNobody(ctx, sv.Ledger, log)
	dial, cancel := context.WithTimeout(ctx, dialling)
	defer cancel()
	if sv.Temporal, err = conf.Temporal.Dial(dial, log); err != nil {
		return nil, "", nil, errors.Join(err, sv.Ledger.Close())
	}
	return sv, hooks, func() {
		sv.Temporal.Close()
		_ = sv.Ledger.Close() // nothing can be lost: all acts were answered
	}, nil
}

// warnOfNobody warns if nothing can be declared because we report for nobody.
func warnOfNobody(ctx context.Context, l *ledger.Ledger, log *slog.Logger) {
	if nobody, err := l.ReportsForNobody(ctx); err == nil && nobody { // else the ledger is not migrated yet, or does not answer
		log.Warn("no company is entered that we report for, so every declaration is refused: name companies in the worker's configuration, or run starter company add")
	}
}

func openLedger(ctx context.Context, conf config.Config) (*ledger.Ledger, error) {
	if conf.Database == "" {
		return nil, usagef("no ledger: set database or database_file in the configuration, or DATABASE_URL in the environment")
	}
	return ledger.Open(ctx, conf.Database)
}

// Codec decrypts payloads for the Temporal UI at origin, or the one of the
// configuration, until the context ends.
func Codec(ctx context.Context, file, address, origin string, out io.Writer) error {
	conf, err := load(file)
	if err != nil {
		return err
	}
	if origin = strings.TrimSuffix(origin, "/"); origin == "" {
		origin = strings.TrimSuffix(conf.Temporal.UI, "/")
	}
	switch {
	case !guard.Loopback(address):
		return usagef("--address %s can be reached by others, who could then read every payload: listen on 127.0.0.1", address)
	case origin == "":
		return usagef("where is the Temporal UI? give --origin URL, or set temporal.ui in the configuration")
	}
	handler, err := conf.Temporal.CodecHandler(origin, conf.Hosts...)
	if err != nil {
		return UsageError{err}
	}
	if handler == nil {
		return usagef("payloads are not encrypted: there is no temporal.encryption_key_file, so the UI needs no codec")
	}
	return listen(ctx, out, "--address", address, handler)
}

// Keys are the ids of the keys of workflow payloads, never the keys themselves. The
// first encrypts, all decrypt.
type Keys struct {
	File  string   `json:"file"`
	Keys  []string `json:"keys"`
	Added string   `json:"added,omitempty"`
}

// ChangeKeys adds a key, or makes the key with the id use the first. With neither it
// only lists the keys.
func ChangeKeys(file string, add bool, use string) (changed Keys, err error) {
	conf, err := load(file)
	if err != nil {
		return changed, err
	}
	changed.File = conf.Temporal.KeyFile
	switch {
	case add && use != "":
		return changed, usagef("give either --add or --use: all processes must get the new key before it is used")
	case changed.File == "" && (add || use != ""):
		return changed, usagef("there is no temporal.encryption_key_file in the configuration to change")
	case add:
		changed.Added, err = config.AddKey(changed.File)
	case use != "":
		err = config.UseKey(changed.File, use)
	}
	if err != nil {
		return changed, usagef("--%s: %w", map[bool]string{true: "add", false: "use"}[add], err)
	}
	if changed.Keys, err = conf.Temporal.KeyIDs(); err != nil {
		return changed, UsageError{err}
	}
	return changed, nil
}

// Migrate migrates the ledger's tables to the version of this program.
func Migrate(ctx context.Context, file string) error {
	conf, err := load(file)
	if err != nil {
		return err
	}
	l, err := openLedger(ctx, conf)
	if err != nil {
		return err
	}
	defer l.Close()
	return l.Migrate(ctx)
}

// listen serves until the context ends, then lets requests under way finish.
func listen(ctx context.Context, out io.Writer, option, address string, handler http.Handler) error {
	var configuration net.ListenConfig
	listener, err := configuration.Listen(ctx, "tcp", address)
	if err != nil {
		return usagef("%s: %w", option, err)
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
	}
	fmt.Fprintf(out, "listening on http://%s\n", listener.Addr())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return errors.Join(fmt.Errorf("requests were cut off after 10 s: %w", err), server.Close())
	}
	return nil
}
