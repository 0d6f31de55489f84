package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
)

func (s *starter) referenceVerb() *cli.Command {
	return &cli.Command{
		Name: "reference", Usage: "show where a registry's reference data, or its schema, are not what Sluss goes by, and when the certificate ends", ArgsUsage: "[REGISTRY]", Category: "Look",
		Description: examples("They are looked at every day: of the Swedish registry its lists, of Trackdéchets the schema of its calls. With a registry and --json the lists themselves are there too.\nExit code 1: something has changed so that filing breaks.",
			"starter reference",
			"starter reference --now",
			"starter reference trackdechets --now",
			"starter reference avfallsregistret --json"),
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "now", Usage: "look now (avfallsregistret, if none is named); takes five calls of its rate limit, of Trackdéchets one"},
		},
		Action: s.reference,
	}
}

func (s *starter) reference(c *cli.Context) error {
	if c.NArg() > 1 {
		return usagef("%q is too much: starter reference [REGISTRY]", c.Args().Get(1))
	}
	registry := c.Args().First()
	if c.Bool("now") {
		if _, err := api.Value(s.service.CheckReferenceDataWithResponse(c.Context, cmp.Or(registry, sluss.Avfallsregistret))); err != nil {
			return err
		}
	}
	var all []api.ReferenceData
	var err error
	if registry == "" {
		all, err = api.Value(s.service.ListReferenceDataWithResponse(c.Context))
	} else {
		all = make([]api.ReferenceData, 1)
		all[0], err = api.Value(s.service.ShowReferenceDataWithResponse(c.Context, registry))
	}
	if err != nil {
		return err
	}
	if err := s.answer(c, all, func(w io.Writer) { s.writeReference(w, all) }); err != nil {
		return err
	}
	for _, one := range all {
		if slices.ContainsFunc(one.Drift, func(d sluss.Drift) bool { return d.Breaks }) {
			return fmt.Errorf("%w: %s", errDrift, one.Registry)
		}
	}
	return nil
}

// errDrift: a registry has changed so that what we send breaks.
var errDrift = errors.New("filing will fail, since the registry has changed")

func (s *starter) writeReference(w io.Writer, all []api.ReferenceData) {
	if len(all) == 0 {
		fmt.Fprintln(w, "Nobody has looked yet: a worker that serves avfallsregistret does, every day.")
	}
	for _, l := range all {
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
