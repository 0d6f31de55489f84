package main

import (
	"time"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
)

func (s *starter) copyVerb() *cli.Command {
	return &cli.Command{
		Name: "copy", Usage: "write a copy of a batch's declaration, to declare a new batch", ArgsUsage: "BATCH REFERENCE [PATH=VALUE…]", Category: "Declare",
		Description: examples("It is written as JSON, including corrections, under the new reference and without predecessors, confirmations and the times of the old batch. Nothing is declared:\n"+
			"pass it to declare, which reports what is wrong with it. Mass and departures are the old ones unless new ones are given.",
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
	tenant, reference, _ := id.Split()
	shown, err := api.Value(s.service.ShowBatchWithResponse(c.Context, tenant, reference))
	if err != nil {
		return err
	}
	d := shown.Declaration
	d.Reference, d.Predecessor, d.Predecessors, d.Confirmed = given[1], "", nil, nil
	d.At, d.NotedAt = time.Time{}, time.Time{}
	like, err := sluss.Content{Declaration: d}.Corrected(set)
	if err != nil {
		return err
	}
	return writeJSON(s.out, like.Declaration)
}
