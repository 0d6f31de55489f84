package main

import (
	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
)

func (s *starter) copyVerb() *cli.Command {
	return &cli.Command{
		Name: "copy", Usage: "write a declaration like a batch's, to declare a new one", ArgsUsage: "BATCH REFERENCE [PATH=VALUE…]", Category: "Declare",
		Description: examples("The declaration is the batch's as corrected, under the new reference and without its predecessors, as JSON. Nothing is declared:\n"+
			"give it to declare, which tells what is wrong with it. Mass and departures are the old ones where no new ones are given.",
			"starter copy SOLV-2026-0007 SOLV-2026-0099 waste.mass=1800 legs.0.departure=2026-12-01T08:00:00+01:00 > next.json",
			"starter copy SOLV-2026-0007 SOLV-2026-0099 waste.mass=1800 legs.0.departure=2026-12-01T08:00:00+01:00 | starter declare -"),
		Action: s.copied,
	}
}

func (s *starter) copied(c *cli.Context) error {
	given := c.Args().Slice()
	if len(given) < 2 {
		_, err := arguments(c, "BATCH", "REFERENCE")
		return err
	}
	id, err := batchID(given[0])
	if err != nil {
		return err
	}
	set, err := assignments(given[2:])
	if err != nil {
		return err
	}
	tenant, reference, _ := parts(id)
	shown, err := api.Value(s.service.ShowBatchWithResponse(c.Context, tenant, reference))
	if err != nil {
		return err
	}
	d := shown.Declaration
	d.Reference, d.Predecessor, d.Predecessors = given[1], "", nil
	like, err := sluss.Content{Declaration: d}.Corrected(set)
	if err != nil {
		return err
	}
	return writeJSON(s.out, like.Declaration)
}
