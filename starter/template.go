package main

import (
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v2"

	"sluss/api"
)

func (s *starter) templateVerb() *cli.Command {
	return &cli.Command{
		Name: "template", Usage: "write an empty table of batches, or of events, to be filled in and imported", ArgsUsage: noArguments, Category: "Declare",
		Description: examples("The workbook keeps zeros at the beginning of numbers, offers the words that a column may have, and has an example on a\n"+
			"sheet of its own. Columns that are not needed can be deleted.",
			"starter template --country se > batches.csv",
			"starter template --country fr --format xlsx -o batches.xlsx",
			"starter template --events > events.csv"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "country", Usage: "`COUNTRY` in which the batches begin: se or fr", Value: "se"},
			&cli.BoolFlag{Name: "events", Usage: "a table of events, whatever the country"},
			&cli.StringFlag{Name: "format", Usage: "`FORMAT`: csv or xlsx", Value: "csv"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write it to `FILE`; - is standard output", Value: "-"},
		},
		Action: s.template,
	}
}

func (s *starter) template(c *cli.Context) error {
	if c.Args().Present() {
		return usagef("unexpected argument %q: starter template --country COUNTRY --format FORMAT -o FILE", c.Args().First())
	}
	if c.Bool("events") && c.IsSet("country") {
		return usagef("--country is for batches: the table of events is the same everywhere")
	}
	body, err := s.emptyTable(c)
	if err != nil {
		return err
	}
	name, how := c.String("output"), ""
	if name == "-" {
		_, err := s.out.Write(body)
		return err
	}
	if err := os.WriteFile(name, body, 0o600); err != nil {
		return usageError{err}
	}
	if c.Bool("events") {
		how = " --events"
	}
	return s.answer(c, map[string]any{"file": name, "size": len(body)}, func(w io.Writer) {
		fmt.Fprintf(w, "%s: fill it in, and import it with `starter import %s%s`\n", name, name, how)
	})
}

// emptyTable is the table that the options ask for.
func (s *starter) emptyTable(c *cli.Context) ([]byte, error) {
	format := opt(c.String("format"))
	if c.Bool("events") {
		reply, err := api.Read(s.service.WriteEventTemplateWithResponse(c.Context, &api.WriteEventTemplateParams{Format: format}))
		if err != nil {
			return nil, err
		}
		return reply.Body, nil
	}
	reply, err := api.Read(s.service.WriteTemplateWithResponse(c.Context, c.String("country"), &api.WriteTemplateParams{Format: format}))
	if err != nil {
		return nil, err
	}
	return reply.Body, nil
}
