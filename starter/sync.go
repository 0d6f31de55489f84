package main

import (
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
)

func (s *starter) syncVerb() *cli.Command {
	return &cli.Command{
		Name: "sync", Usage: "show how far what others change at Trackdéchets is followed, and which open batches they have refused or cancelled there", ArgsUsage: noArguments, Category: "Look",
		Description: examples("Changes are asked for every few minutes, and at once where a webhook is configured and works.",
			"starter sync",
			"starter sync --now 00000000283366",
			"starter sync --json"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "now", Usage: "ask now what has changed for `COMPANY`; takes a call of the registry's rate limit or more"},
		},
		Action: s.sync,
	}
}

func (s *starter) sync(c *cli.Context) error {
	if _, err := arguments(c); err != nil {
		return err
	}
	if company := c.String("now"); company != "" {
		if _, err := api.Value(s.service.SyncNowWithResponse(c.Context, sluss.Trackdechets, company)); err != nil {
			return err
		}
	}
	reply, err := api.Value(s.service.ListSyncsWithResponse(c.Context))
	if err != nil {
		return err
	}
	return s.answer(c, reply, func(w io.Writer) { s.writeSyncs(w, reply) })
}

func (s *starter) writeSyncs(w io.Writer, syncs api.Syncs) {
	if len(syncs.Syncs) == 0 {
		fmt.Fprintln(w, "Nobody has looked yet: a worker that serves trackdechets does, every few minutes.")
	}
	for _, f := range syncs.Syncs {
		fmt.Fprintln(w, f.Registry+" "+f.Company)
		if !f.Since.IsZero() {
			field(w, "kept", "all that changed until "+s.clock(f.Since))
			field(w, "looked", s.clock(f.SyncedAt))
		}
		if f.Hook != nil {
			field(w, "webhook", string(f.Hook.State)+", looked at "+s.clock(f.Hook.At))
		}
		for _, warning := range f.Warnings() {
			field(w, "warning", warning)
		}
	}
	for _, n := range syncs.Adrift {
		fmt.Fprintf(w, "%s: others made %s %s at %s: see `starter show %s`\n", short(n.Batch), n.Document.Number, n.Document.Status, n.Document.Registry, short(n.Batch))
	}
}
