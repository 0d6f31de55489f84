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
		Name: "template", Usage: "write an empty table of batches, to be filled in and imported", ArgsUsage: noArguments, Category: "Declare",
		Description: examples("The workbook keeps zeros at the beginning of numbers, offers the words that a column may have, and has an example on a\n"+
			"sheet of its own. Columns that are not needed can be deleted.",
			"starter template --country se > batches.csv",
			"starter template --country fr --format xlsx -o batches.xlsx"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "country", Usage: "`COUNTRY` in which the batches begin: se or fr", Value: "se"},
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
	params := api.WriteTemplateParams{Format: opt(c.String("format"))}
	reply, err := api.Read(s.service.WriteTemplateWithResponse(c.Context, c.String("country"), &params))
	if err != nil {
		return err
	}
	name := c.String("output")
	if name == "-" {
		_, err := s.out.Write(reply.Body)
		return err
	}
	if err := os.WriteFile(name, reply.Body, 0o600); err != nil {
		return usageError{err}
	}
	return s.answer(c, map[string]any{"file": name, "size": len(reply.Body)}, func(w io.Writer) {
		fmt.Fprintf(w, "%s: fill it in, and import it with `starter import %s`\n", name, name)
	})
}
