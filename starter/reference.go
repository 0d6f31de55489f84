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
		Name: "reference", Usage: "show the drift of a registry's reference data or schema, and when the certificate expires", ArgsUsage: "[REGISTRY]", Category: "Look",
		Description: examples("The lists of the Swedish registry and the schema of Trackdéchets are checked every day. With REGISTRY, --json includes the lists themselves.\nExit code 1: a change breaks filing.",
			"starter reference",
			"starter reference --now",
			"starter reference trackdechets --now",
			"starter reference avfallsregistret --json"),
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "now", Usage: "check now (avfallsregistret, if no registry is given); takes five calls of its quota, of Trackdéchets' one"},
		},
		Action: s.reference,
	}
}

func (s *starter) reference(c *cli.Context) error {
	if c.NArg() > 1 {
		return usagef("unexpected argument %q: starter reference [REGISTRY]", c.Args().Get(1))
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

// errDrift means that a registry has changed so that our calls will fail.
var errDrift = errors.New("filing will fail, since the registry has changed")

func (s *starter) writeReference(w io.Writer, all []api.ReferenceData) {
	if len(all) == 0 {
		fmt.Fprintln(w, "Not checked yet: a worker that serves avfallsregistret checks every day.")
	}
	for _, l := range all {
		fmt.Fprintln(w, l.Registry)
		field(w, "checked", s.clock(l.CheckedAt))
		if !l.FetchedAt.Equal(l.CheckedAt) {
			field(w, "lists of", s.clock(l.FetchedAt))
		}
		if !l.CertificateEnds.IsZero() {
			field(w, "certificate", "until "+s.clock(l.CertificateEnds))
		}
		if len(l.Drift) == 0 && !l.FetchedAt.IsZero() {
			field(w, "drift", "none")
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
