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
		Name: "sync", Usage: "show the state of the syncs with Trackdéchets, and which open batches others have refused or cancelled there", ArgsUsage: noArguments, Category: "Look",
		Description: examples("A sync runs every few minutes, and at once if a webhook is configured and works.",
			"starter sync",
			"starter sync --now 00000000283366",
			"starter sync --json"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "now", Usage: "sync `COMPANY` now; takes one or more calls of the registry's quota"},
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
		fmt.Fprintln(w, "Not synced yet: a worker that serves trackdechets syncs every few minutes.")
	}
	for _, f := range syncs.Syncs {
		fmt.Fprintln(w, f.Registry+" "+f.Company)
		if !f.Since.IsZero() {
			field(w, "stored", "all changes until "+s.clock(f.Since))
			field(w, "synced", s.clock(f.SyncedAt))
		}
		if f.Hook != nil {
			field(w, "webhook", string(f.Hook.State)+", checked "+s.clock(f.Hook.At))
		}
		for _, warning := range f.Warnings() {
			field(w, "warning", warning)
		}
	}
	for _, n := range syncs.Adrift {
		fmt.Fprintf(w, "%s: others made %s %s at %s: see `starter show %s`\n", short(n.Batch), n.Document.Number, n.Document.Status, n.Document.Registry, short(n.Batch))
	}
}
