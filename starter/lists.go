package main

import (
	"context"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/inbox"
)

func (s *starter) listsVerb() *cli.Command {
	return &cli.Command{
		Name: "lists", Usage: "show where the Swedish register's code lists are not what Sluss carries, and when the certificate ends", ArgsUsage: "[REGISTRY]", Category: "Look",
		Description: examples("They are looked at every day. With a registry and --json the lists themselves are there too.",
			"starter lists",
			"starter lists --look",
			"starter lists avfallsregistret --json"),
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "look", Usage: "look now; takes five calls of the registry's quota"},
		},
		Action: s.lists,
	}
}

func (s *starter) lists(c *cli.Context) error {
	if c.NArg() > 1 {
		return usagef("%q is too much: starter lists [REGISTRY]", c.Args().Get(1))
	}
	registry := c.Args().First()
	if registry != "" && registry != sluss.Avfallsregistret {
		return usagef("%q has no code lists: %s has them", registry, sluss.Avfallsregistret)
	}
	if c.Bool("look") {
		if _, err := acting(c, func(ctx context.Context, d *inbox.Desk) (sluss.CodeLists, error) {
			return d.LookAtLists(ctx, sluss.Avfallsregistret)
		}); err != nil {
			return err
		}
	}
	l, err := book(c)
	if err != nil {
		return err
	}
	defer l.Close()
	lists, err := l.CodeLists(c.Context, registry)
	if err != nil {
		return err
	}
	return s.answer(c, lists, func(w io.Writer) { s.writeLists(w, lists) })
}

func (s *starter) writeLists(w io.Writer, lists []sluss.CodeLists) {
	if len(lists) == 0 {
		fmt.Fprintln(w, "Nobody has looked yet: a worker that serves avfallsregistret does, every day.")
	}
	for _, l := range lists {
		fmt.Fprintln(w, l.Registry)
		field(w, "looked", s.clock(l.CheckedAt))
		if !l.FetchedAt.Equal(l.CheckedAt) {
			field(w, "lists of", s.clock(l.FetchedAt))
		}
		if !l.CertificateEnds.IsZero() {
			field(w, "certificate", "until "+s.clock(l.CertificateEnds))
		}
		if len(l.Drift) == 0 && !l.FetchedAt.IsZero() {
			field(w, "drift", "none: the lists are what Sluss carries")
		}
		for _, d := range l.Drift {
			field(w, "drift", d.String())
		}
		for _, warning := range l.Warnings(s.now()) {
			field(w, "warning", warning)
		}
	}
}
