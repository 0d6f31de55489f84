package main

import (
	"context"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/inbox"
)

func (s *starter) followingVerb() *cli.Command {
	return &cli.Command{
		Name: "following", Usage: "show how far what others change at Trackdéchets is followed, and which open batches they have refused or cancelled there", ArgsUsage: noArguments, Category: "Look",
		Description: examples("Changes are asked for every few minutes, and at once where a webhook is configured and works.",
			"starter following",
			"starter following --look 00000000283366",
			"starter following --json"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "look", Usage: "ask now what has changed for `COMPANY`; takes a call of the registry's quota or more"},
		},
		Action: s.following,
	}
}

func (s *starter) following(c *cli.Context) error {
	if _, err := arguments(c); err != nil {
		return err
	}
	if company := c.String("look"); company != "" {
		if _, err := acting(c, func(ctx context.Context, d *inbox.Desk) (sluss.Following, error) {
			return d.Look(ctx, sluss.Trackdechets, company)
		}); err != nil {
			return err
		}
	}
	l, err := book(c)
	if err != nil {
		return err
	}
	defer l.Close()
	followed, err := (&inbox.Desk{Ledger: l}).Followed(c.Context)
	if err != nil {
		return err
	}
	return s.answer(c, followed, func(w io.Writer) { s.writeFollowed(w, followed) })
}

func (s *starter) writeFollowed(w io.Writer, followed inbox.Followed) {
	if len(followed.Followings) == 0 {
		fmt.Fprintln(w, "Nobody has looked yet: a worker that serves trackdechets does, every few minutes.")
	}
	for _, f := range followed.Followings {
		fmt.Fprintln(w, f.Registry+" "+f.Company)
		if !f.Since.IsZero() {
			field(w, "kept", "all that changed until "+s.clock(f.Since))
			field(w, "looked", s.clock(f.SweptAt))
		}
		if f.Hook != nil {
			field(w, "webhook", string(f.Hook.State)+", looked at "+s.clock(f.Hook.At))
		}
		for _, warning := range f.Warnings() {
			field(w, "warning", warning)
		}
	}
	for _, n := range followed.Adrift {
		fmt.Fprintf(w, "%s: others made %s %s at %s: see `starter show %s`\n", short(n.Batch), n.Document.Number, n.Document.Status, n.Document.Registry, short(n.Batch))
	}
}
