package main

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
)

func (s *starter) exportVerb() *cli.Command {
	return &cli.Command{
		Name: "export", Usage: "fetch a company's register of waste, as Trackdéchets keeps it", ArgsUsage: noArguments, Category: "Look",
		Description: examples("It is ordered, written to a file once it is ready, and kept in the ledger. Trackdéchets makes the same one once in five minutes.",
			"starter export --company 00000000283390 --kind incoming --from 2026-01-01 --to 2026-06-30 -o incoming.csv",
			"starter export --company 00000000283390 --kind ssd --from 2026-01-01 --format xlsx -o ssd.xlsx"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "registry", Usage: "`NAME` of the registry", Value: sluss.Trackdechets},
			&cli.StringFlag{Name: "company", Usage: "`SIRET` of one of our companies"},
			&cli.StringFlag{Name: "kind", Usage: "`KIND` of register: " + oneOf(sluss.RegisterKinds())},
			&cli.StringFlag{Name: "from", Usage: "first `DATE`"},
			&cli.StringFlag{Name: "to", Usage: "last `DATE`; until now if left out"},
			&cli.StringFlag{Name: "format", Usage: "`FORMAT`: csv or xlsx", Value: "csv"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write it to `FILE`; - is standard output"},
		},
		Action: s.export,
	}
}

func (s *starter) export(c *cli.Context) error {
	if c.Args().Present() {
		return usagef("unexpected argument %q: starter export --kind KIND --company SIRET --from DATE -o FILE", c.Args().First())
	}
	o := api.ExportOrder{
		Registry: c.String("registry"), Company: c.String("company"), Kind: api.ExportKind(c.String("kind")), Format: c.String("format"),
	}
	name := c.String("output")
	switch {
	case !slices.Contains(sluss.RegisterKinds(), o.Kind):
		return usagef("--kind %q: %s", o.Kind, oneOf(sluss.RegisterKinds()))
	case o.Company == "":
		return usagef("whose? give --company SIRET")
	case c.String("from") == "":
		return usagef("since when? give --from DATE")
	case name == "":
		return usagef("where to? give -o FILE, or -o - for standard output")
	}
	var err error
	if o.From, err = s.midnight("--from", c.String("from")); err != nil {
		return err
	}
	if c.String("to") != "" {
		last, err := s.midnight("--to", c.String("to"))
		if err != nil {
			return err
		}
		o.Until = last.AddDate(0, 0, 1)
	}
	reply, err := api.Read(s.service.ExportWasteWithResponse(c.Context, o))
	if err != nil {
		return err
	}
	if name == "-" {
		_, err := s.out.Write(reply.Body)
		return err
	}
	file := written{File: name}
	if err := file.save(reply.HTTPResponse.Header, reply.Body); err != nil {
		return err
	}
	return s.answer(c, file, func(w io.Writer) {
		fmt.Fprintf(w, "%s: the %s waste of %s, %d bytes, fetched %s\n", name, o.Kind, o.Company, file.Size, s.clock(file.FetchedAt))
	})
}

// midnight reads a date as the beginning of that day in the user's zone.
func (s *starter) midnight(option, text string) (time.Time, error) {
	day, err := time.ParseInLocation(time.DateOnly, text, s.zone)
	if err != nil {
		return day, usagef("%s %q is no date: give one such as 2026-11-23", option, text)
	}
	return day, nil
}
