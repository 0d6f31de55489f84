package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"sluss/config"
	"sluss/guard"
	"sluss/inbox"
	"sluss/registries/trackdechets"
)

func (s *starter) serveVerb() *cli.Command {
	return &cli.Command{
		Name: "serve", Usage: "serve the JSON API until interrupted", ArgsUsage: noArguments, Category: "Run",
		Description: examples("Listens on api.address of the configuration. Addresses that others can reach want a token: api.token_file.",
			"starter serve",
			"SLUSS_API_ADDRESS=0.0.0.0:8090 SLUSS_API_TOKEN_FILE=/run/secrets/api-token starter serve"),
		Action: func(c *cli.Context) error {
			if _, err := arguments(c); err != nil {
				return err
			}
			conf, err := configuration(c)
			if err != nil {
				return err
			}
			token, err := apiToken(conf.API)
			if err != nil {
				return err
			}
			d, shut, err := desk(c, slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: slog.LevelWarn})))
			if err != nil {
				return err
			}
			defer shut()
			if d.HookToken, err = hookToken(conf); err != nil {
				return err
			}
			return s.listen(c.Context, "api.address", conf.API.Address, inbox.API(d, token))
		},
	}
}

// apiToken is what callers must show: nothing, only where nobody else can
// reach the address.
func apiToken(api config.API) (string, error) {
	token, err := api.Token()
	if err != nil {
		return "", usageError{fmt.Errorf("configuration: %w", err)}
	}
	return token, nil
}

// hookToken is what Trackdéchets' webhooks bring; empty where none are configured.
func hookToken(conf config.Config) (string, error) {
	var registries struct {
		Trackdechets trackdechets.Config `yaml:"trackdechets"`
	}
	if err := conf.Registries.Decode(&registries); err != nil {
		return "", usagef("configuration: registries: %w", err)
	}
	token, err := registries.Trackdechets.HookSecret()
	if err != nil {
		return "", usagef("configuration: registries.trackdechets: %w", err)
	}
	return token, nil
}

func (s *starter) codecVerb() *cli.Command {
	return &cli.Command{
		Name: "codec", Usage: "decrypt payloads for the Temporal UI until interrupted", ArgsUsage: noArguments, Category: "Run",
		Description: examples("Whoever reaches it reads the payloads, so it listens on loopback only. Name its address in the UI under \"codec server\".",
			"starter codec",
			"starter codec --address 127.0.0.1:8091 --origin http://127.0.0.1:8233"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "address", Usage: "listen on `HOST:PORT`", Value: "127.0.0.1:8091"},
			&cli.StringFlag{Name: "origin", Usage: "`URL` of the Temporal UI; temporal.ui of the configuration if left out"},
		},
		Action: func(c *cli.Context) error {
			if _, err := arguments(c); err != nil {
				return err
			}
			conf, err := configuration(c)
			if err != nil {
				return err
			}
			address, origin := c.String("address"), strings.TrimSuffix(c.String("origin"), "/")
			if origin == "" {
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
				return usageError{err}
			}
			if handler == nil {
				return usagef("payloads are not encrypted: there is no temporal.encryption_key_file, so the UI needs no codec")
			}
			return s.listen(c.Context, "--address", address, handler)
		},
	}
}

// listen serves until the context ends, then lets requests under way finish.
func (s *starter) listen(ctx context.Context, option, address string, handler http.Handler) error {
	var configuration net.ListenConfig
	listener, err := configuration.Listen(ctx, "tcp", address)
	if err != nil {
		return usagef("%s: %w", option, err)
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
	}
	fmt.Fprintf(s.err, "listening on http://%s\n", listener.Addr())
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

func (s *starter) migrateVerb() *cli.Command {
	return &cli.Command{
		Name: "migrate", Usage: "bring the ledger's tables to the version of this program", ArgsUsage: noArguments, Category: "Run",
		Description: examples("Does nothing where they are already; never goes back.", "starter migrate", "DATABASE_URL=postgres://sluss@127.0.0.1/sluss starter migrate"),
		Action: func(c *cli.Context) error {
			if _, err := arguments(c); err != nil {
				return err
			}
			l, err := book(c)
			if err != nil {
				return err
			}
			defer l.Close()
			if err := l.Migrate(c.Context); err != nil {
				return err
			}
			return s.answer(c, map[string]string{"status": "ok"}, func(w io.Writer) { fmt.Fprintln(w, "The ledger is at the version of this program.") })
		},
	}
}
