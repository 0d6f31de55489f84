package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/inbox"
)

func (s *starter) pdfVerb() *cli.Command {
	return &cli.Command{
		Name: "pdf", Usage: "write a batch's BSDD as Trackdéchets prints it", ArgsUsage: "BATCH", Category: "Look",
		Description: examples("Once the BSDD has come to its end its print is kept with the batch, and given without asking anybody, until it is revised.\nBefore that it is fetched anew, for three calls of the registry's quota, and needs a running worker.",
			"starter pdf SOLV-2026-0007",
			"starter pdf SOLV-2026-0007 -o bordereau.pdf",
			"starter pdf SOLV-2026-0007 -o - | lpr"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write to `FILE`, - for standard output; NUMBER.pdf here if left out"},
		},
		Action: s.pdf,
	}
}

func (s *starter) pdf(c *cli.Context) error {
	names, err := arguments(c, "BATCH")
	if err != nil {
		return err
	}
	id, err := batchID(names[0])
	if err != nil {
		return err
	}
	p, err := printOf(c, id)
	if err != nil {
		return err
	}
	file := c.String("output")
	switch file {
	case "-":
		_, err := s.out.Write(p.Content)
		return err
	case "":
		file = p.Number + ".pdf"
	}
	if err := os.WriteFile(file, p.Content, 0o600); err != nil {
		return usageError{err}
	}
	return s.answer(c, p, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %s, %s, as it was at %s, %d bytes\n", file, p.Number, p.Status, s.clock(p.FetchedAt), len(p.Content))
	})
}

// printOf is what is kept, or else what is fetched.
func printOf(c *cli.Context, batch string) (sluss.Print, error) {
	l, err := book(c)
	if err != nil {
		return sluss.Print{}, err
	}
	defer l.Close()
	if kept, found, outdated, err := l.Print(c.Context, batch); err != nil || found && !outdated {
		return kept, err
	}
	if _, err := recorded(c.Context, l, batch); err != nil {
		return sluss.Print{}, err
	}
	return acting(c, func(ctx context.Context, d *inbox.Desk) (sluss.Print, error) { return d.Print(ctx, batch) })
}
