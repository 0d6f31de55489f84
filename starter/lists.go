package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/inbox"
)

func (s *starter) listsVerb() *cli.Command {
	return &cli.Command{
		Name: "lists", Usage: "show where a register's code lists, or its schema, are not what Sluss goes by, and when the certificate ends", ArgsUsage: "[REGISTRY]", Category: "Look",
		Description: examples("They are looked at every day: of the Swedish register its lists, of Trackdéchets the schema of its calls. With a registry and --json the lists themselves are there too.\nExit code 1: something has changed so that filing breaks.",
			"starter lists",
			"starter lists --look",
			"starter lists trackdechets --look",
			"starter lists avfallsregistret --json"),
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "look", Usage: "look now (avfallsregistret, if none is named); takes five calls of its quota, of Trackdéchets one"},
		},
		Action: s.lists,
	}
}

func (s *starter) lists(c *cli.Context) error {
	if c.NArg() > 1 {
		return usagef("%q is too much: starter lists [REGISTRY]", c.Args().Get(1))
	}
	registry := c.Args().First()
	if registry != "" && !slices.Contains(inbox.Listed(), registry) {
		return usagef("%q has neither code lists nor a schema: %s have them", registry, oneOf(inbox.Listed()))
	}
	if c.Bool("look") {
		if _, err := acting(c, func(ctx context.Context, d *inbox.Desk) (sluss.CodeLists, error) {
			return d.LookAtLists(ctx, cmp.Or(registry, sluss.Avfallsregistret))
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
	if err := s.answer(c, lists, func(w io.Writer) { s.writeLists(w, lists) }); err != nil {
		return err
	}
	for _, l := range lists {
		if slices.ContainsFunc(l.Drift, func(d sluss.Drift) bool { return d.Breaks }) {
			return fmt.Errorf("%w: %s", errDrift, l.Registry)
		}
	}
	return nil
}

// errDrift: a register has changed so that what we send breaks.
var errDrift = errors.New("filing will fail, since the register has changed")

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
			field(w, "drift", "none: it is what Sluss goes by")
		}
		for _, d := range l.Drift {
			if d.Breaks {
				field(w, "breaks", d.String())
			} else {
				field(w, "drift", d.String())
			}
		}
		for _, warning := range l.Warnings(s.now()) {
			field(w, "warning", warning)
		}
	}
}
