package main

import (
	"github.com/urfave/cli/v2"

	"sluss/starter/serve"
)

func (s *starter) uiVerb() *cli.Command {
	return &cli.Command{
		Name: "ui", Usage: "guard a Temporal UI against requests from pages of other sites, until interrupted", ArgsUsage: noArguments, Category: "Run",
		Description: examples("A Temporal UI answers under any host name, so a page of another site can act in it through a browser. Publish this guard instead.",
			"starter ui --to http://temporal-ui:8080",
			"SLUSS_HOSTS=temporal.plant.example starter ui --to http://127.0.0.1:8080 --address 127.0.0.1:8233"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "address", Usage: "listen on `HOST:PORT`", Value: "127.0.0.1:8233"},
			&cli.StringFlag{Name: "to", Usage: "`URL` of the Temporal UI, which nothing else should be able to reach"},
		},
		Action: func(c *cli.Context) error {
			if _, err := arguments(c); err != nil {
				return err
			}
			return serve.UI(c.Context, c.String("config"), c.String("address"), c.String("to"), s.err)
		},
	}
}
