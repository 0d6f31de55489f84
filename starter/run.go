package main

import (
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"sluss/starter/serve"
)

func (s *starter) serveVerb() *cli.Command {
	return &cli.Command{
		Name: "serve", Usage: "serve the JSON API until interrupted", ArgsUsage: noArguments, Category: "Run",
		Description: examples("Listens on api.address of the configuration. An address that others can reach requires a token: api.token_file.",
			"starter serve",
			"SLUSS_API_ADDRESS=0.0.0.0:8090 SLUSS_API_TOKEN_FILE=/run/secrets/api-token starter serve"),
		Action: func(c *cli.Context) error {
			if _, err := arguments(c); err != nil {
				return err
			}
			return serve.API(c.Context, c.String("config"), s.err)
		},
	}
}

func (s *starter) codecVerb() *cli.Command {
	return &cli.Command{
		Name: "codec", Usage: "decrypt payloads for the Temporal UI until interrupted", ArgsUsage: noArguments, Category: "Run",
		Description: examples("Everybody who can reach it can read the payloads, so it listens on loopback only. Enter its address in the UI under \"codec server\".",
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
			return serve.Codec(c.Context, c.String("config"), c.String("address"), c.String("origin"), s.err)
		},
	}
}

func (s *starter) migrateVerb() *cli.Command {
	return &cli.Command{
		Name: "migrate", Usage: "migrate the ledger's tables to the version of this program", ArgsUsage: noArguments, Category: "Run",
		Description: examples("Does nothing if they have this version already. Never migrates to an older version.", "starter migrate", "DATABASE_URL=postgres://sluss@127.0.0.1/sluss starter migrate"),
		Action: func(c *cli.Context) error {
			if _, err := arguments(c); err != nil {
				return err
			}
			if err := serve.Migrate(c.Context, c.String("config")); err != nil {
				return err
			}
			return s.answer(c, map[string]string{"status": "ok"}, func(w io.Writer) { fmt.Fprintln(w, "The ledger is at the version of this program.") })
		},
	}
}
