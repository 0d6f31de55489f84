package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/inbox"
)

func (s *starter) vehicleVerb() *cli.Command {
	return &cli.Command{
		Name: "vehicle", Usage: "ask whether Norwegian vehicles may carry a load", ArgsUsage: "PLATE [TRAILER-PLATE…]", Category: "Act",
		Description: examples("The first is the lorry, the others are its trailers. Exit code 0: clear, or a warning with its reasons; 3: refused.\nEach vehicle takes one look-up from the register's quota.",
			"starter vehicle TS10003 TS1004 --load 12400kg",
			"starter vehicle TS10003 --load 8t --adr tank --day 2026-11-23",
			"starter vehicle --vin YS2R4X20005399401 --load 8t"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "load", Usage: "`MASS` of the load, such as 12400kg or 12.4t"},
			&cli.StringFlag{Name: "adr", Usage: "tank: dangerous goods in a tank, for which the vehicle needs an approval; packages: it needs none (`HOW`)"},
			&cli.StringFlag{Name: "day", Usage: "`DATE` of the transport; today if left out"},
			&cli.BoolFlag{Name: "vin", Usage: "the arguments are chassis numbers"},
		},
		Action: s.vehicle,
	}
}

func (s *starter) vehicle(c *cli.Context) error {
	vehicles := readVehicles(c.Args().Slice(), c.Bool("vin"))
	if len(vehicles) == 0 {
		return usagef("no vehicle: starter vehicle %s", c.Command.ArgsUsage)
	}
	if c.String("load") == "" {
		return usagef("how heavy is the load? give --load MASS")
	}
	load, err := mass("--load", c.String("load"))
	if err != nil {
		return err
	}
	adr := c.String("adr")
	if adr != "" && adr != "tank" && adr != "packages" {
		return usagef("--adr %q: tank or packages", adr)
	}
	day, err := s.day(c.String("day"))
	if err != nil {
		return err
	}
	outcome, err := acting(c, func(ctx context.Context, d *inbox.Desk) (sluss.Outcome, error) {
		return d.Vehicle(ctx, vehicles, load, adr == "tank", day)
	})
	if err != nil {
		return err
	}
	if outcome.Clearance == nil {
		return noVerdict(s, outcome)
	}
	if err := s.answer(c, outcome, func(w io.Writer) { writeVerdict(w, *outcome.Clearance, day) }); err != nil {
		return err
	}
	if outcome.Clearance.Verdict == sluss.Stop {
		return errStop
	}
	return nil
}

// readVehicles makes a combination of Norwegian vehicles.
func readVehicles(numbers []string, chassis bool) []sluss.Vehicle {
	vehicles := make([]sluss.Vehicle, len(numbers))
	for i, number := range numbers {
		vehicles[i] = sluss.Vehicle{Country: "NO", Plate: number, Kind: sluss.Trailer}
		if chassis {
			vehicles[i].Plate, vehicles[i].VIN = "", number
		}
		if i == 0 {
			vehicles[i].Kind = sluss.Lorry
		}
	}
	return vehicles
}

// noVerdict: the register could not be asked, or would not be.
func noVerdict(s *starter, o sluss.Outcome) error {
	switch {
	case len(o.Reasons) > 0:
		faults := make(sluss.Faults, len(o.Reasons))
		for i, r := range o.Reasons {
			faults[i] = sluss.Fault{Field: r.Field, Problem: r.Message, Remedy: r.Remedy}
		}
		return faults
	case !o.NotBefore.IsZero():
		return fmt.Errorf("no verdict: the vehicle register takes nothing before %s (%s)", s.clock(o.NotBefore), o.Detail)
	default:
		return fmt.Errorf("no verdict: the vehicle register did not answer (%s)", o.Detail)
	}
}

func writeVerdict(w io.Writer, c sluss.Clearance, day time.Time) {
	fmt.Fprintf(w, "%s for %s\n", c.Verdict, day.Format(time.DateOnly))
	for _, r := range c.Reasons {
		fmt.Fprintf(w, "  %s\n", reason(r))
	}
}
