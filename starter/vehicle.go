package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
)

func (s *starter) vehicleVerb() *cli.Command {
	return &cli.Command{
		Name: "vehicle", Usage: "ask whether Norwegian vehicles may carry a load, or what there is to scrap", ArgsUsage: "PLATE [TRAILER-PLATE…]", Category: "Act",
		Description: examples("The first is the lorry, the others are its trailers. Exit code 0: clear, or a warning with its reasons; 3: refused.\nEach vehicle that was not asked for today takes one look-up from the registry's quota.",
			"starter vehicle TS10003 TS1004 --load 12400kg",
			"starter vehicle TS10003 --load 8t --adr tank --day 2026-11-23",
			"starter vehicle --vin YS2R4X20005399401 --load 8t",
			"starter vehicle TS20003 --end-of-life",
			"starter vehicle TS20003 TS30002 --end-of-life --bsvhu > bsvhu.json"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "load", Usage: "`MASS` of the load, such as 12400kg or 12.4t"},
			&cli.StringFlag{Name: "adr", Usage: "tank: dangerous goods in a tank, for which the vehicle needs an approval; packages: it needs none (`HOW`)"},
			&cli.StringFlag{Name: "un", Usage: "UN `NUMBER` of goods in a tank: is its approval for them?"},
			&cli.StringFlag{Name: "day", Usage: "`DATE` of the transport; today if left out"},
			&cli.StringFlag{Name: "tenant", Usage: "the `TENANT` whose policy decides"},
			&cli.BoolFlag{Name: "vin", Usage: "the arguments are chassis numbers"},
			&cli.BoolFlag{Name: "end-of-life", Usage: "the vehicles are to be scrapped: tell what they are, and what is in them"},
			&cli.BoolFlag{Name: "bsvhu", Usage: "with --end-of-life: propose the content of a French BSVHU as JSON, and tell what is missing"},
			&cli.BoolFlag{Name: "depolluted", Usage: "with --bsvhu: their fluids and batteries have been taken out (waste code 16 01 06)"},
		},
		Action: s.vehicle,
	}
}

func (s *starter) vehicle(c *cli.Context) error {
	q, err := s.vehicleQuestion(c)
	if err != nil {
		return err
	}
	reply, err := api.Value(s.service.AskForVehiclesWithResponse(c.Context, q))
	if err != nil {
		return err
	}
	outcome := reply.Outcome
	if outcome.Clearance == nil {
		return noVerdict(s, outcome)
	}
	numbers, stopped := c.Args().Slice(), outcome.Clearance.Verdict == sluss.Stop
	var value any = outcome
	text := func(w io.Writer) { writeVerdict(w, *outcome.Clearance, numbers, q.Day) }
	switch p := reply.BSVHU; {
	case p != nil:
		value, text = p, func(w io.Writer) { s.writeProposal(w, *p) }
	case q.EndOfLife:
		text = func(w io.Writer) { writeEndOfLife(w, *outcome.Clearance, numbers) }
	}
	if err := s.answer(c, value, text); err != nil {
		return err
	}
	switch {
	case q.EndOfLife && len(outcome.Clearance.Vehicles) < len(numbers):
		return errNothingKnown
	case stopped:
		return errStop
	}
	return nil
}

// writeProposal writes the content alone, so that it can be kept in a file; what
// a person has to do about it stands beside it.
func (s *starter) writeProposal(w io.Writer, p api.BSVHUProposal) {
	for _, f := range p.Missing {
		s.note("%s: %s; %s", f.Field, f.Problem, f.Remedy)
	}
	for _, n := range p.Notes {
		s.note("%s", n)
	}
	_ = writeJSON(w, p.Content) // plain values, which can be written
}

// vehicleQuestion is what the arguments ask.
func (s *starter) vehicleQuestion(c *cli.Context) (q api.VehicleQuestion, err error) {
	q = api.VehicleQuestion{
		Vehicles: readVehicles(c.Args().Slice(), c.Bool("vin")), EndOfLife: c.Bool("end-of-life"),
		Tank: c.String("adr") == "tank", UN: c.String("un"), Tenant: c.String("tenant"), BSVHU: c.Bool("bsvhu"), Depolluted: c.Bool("depolluted"),
	}
	adr, load := c.String("adr"), c.String("load")
	switch {
	case len(q.Vehicles) == 0:
		return q, usagef("no vehicle: starter vehicle %s", c.Command.ArgsUsage)
	case q.EndOfLife && (load != "" || adr != "" || q.UN != ""):
		return q, usagef("--end-of-life asks for the vehicles themselves: leave --load, --adr and --un out")
	case c.Bool("bsvhu") && !q.EndOfLife:
		return q, usagef("a BSVHU is for vehicles that are to be scrapped: give --end-of-life too")
	case c.Bool("depolluted") && !c.Bool("bsvhu"):
		return q, usagef("--depolluted is for the waste code of a BSVHU: give --bsvhu too")
	case load == "" && !q.EndOfLife:
		return q, usagef("how heavy is the load? give --load MASS")
	case adr != "" && adr != "tank" && adr != "packages":
		return q, usagef("--adr %q: tank or packages", adr)
	case q.UN != "" && !q.Tank:
		return q, usagef("--un is for goods in a tank: give --adr tank too")
	case q.Tenant != "" && !sluss.ValidReference.MatchString(q.Tenant):
		return q, usagef("--tenant %q: letters, digits, points, hyphens and underscores, 40 at most", q.Tenant)
	}
	if !q.EndOfLife {
		if q.Load, err = mass("--load", load); err != nil {
			return q, err
		}
	}
	q.Day, err = s.day(c.String("day"))
	return q, err
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

// noVerdict: the registry could not be asked, or would not be.
func noVerdict(s *starter, o sluss.Outcome) error {
	switch {
	case len(o.Reasons) > 0:
		faults := make(sluss.Faults, len(o.Reasons))
		for i, r := range o.Reasons {
			faults[i] = sluss.Fault{Field: r.Field, Problem: r.Message, Remedy: r.Remedy}
		}
		return faults
	case !o.NotBefore.IsZero():
		return fmt.Errorf("no verdict: the vehicle registry takes nothing before %s (%s)", s.clock(o.NotBefore), o.Detail)
	default:
		return fmt.Errorf("no verdict: the vehicle registry did not answer (%s)", o.Detail)
	}
}

// errNothingKnown: of a vehicle to be scrapped there is nothing to tell.
var errNothingKnown = refused("the registry tells nothing of some of these vehicles")

func writeVerdict(w io.Writer, c sluss.Clearance, numbers []string, day time.Time) {
	fmt.Fprintf(w, "%s for %s\n", c.Verdict, day.Format(time.DateOnly))
	if c.Verdict == sluss.Stop {
		switch {
		case len(c.OverrideBy) > 0:
			fmt.Fprintf(w, "may be overridden by: %s\n", joined(c.OverrideBy))
		default:
			fmt.Fprintln(w, "nobody may override it")
		}
	}
	writeVehicleReasons(w, c.Reasons, numbers)
	var rows [][]string
	for _, v := range c.Vehicles {
		rows = append(rows, []string{number(numbers, v.Position), standing(v), v.Category, weight(v.Kerb), weight(v.Payload), v.ADR})
	}
	if len(rows) > 0 {
		fmt.Fprintln(w)
		table(w, []string{"VEHICLE", "STATUS", "CATEGORY", "KERB", "PAYLOAD", "ADR"}, rows)
	}
}

// writeVehicleReasons tells each with the number that it is about, what to do, and the
// registry's field that says so.
func writeVehicleReasons(w io.Writer, reasons []sluss.Reason, numbers []string) {
	for _, r := range reasons {
		about := strings.Replace(r.Field, "waste.mass", "load", 1)
		for i := range numbers {
			if strings.HasPrefix(r.Field, fmt.Sprintf("legs.0.vehicles.%d.", i)) {
				about = numbers[i]
			}
		}
		fmt.Fprintf(w, "  %s: %s\n", about, r.Message)
		if r.Remedy != "" {
			fmt.Fprintf(w, "    do:     %s\n", r.Remedy)
		}
		if r.Code != "" {
			source := r.Code
			if r.Original != "" {
				source += " = " + r.Original
			}
			fmt.Fprintf(w, "    source: %s\n", source)
		}
	}
}

// writeEndOfLife tells what a plant for end-of-life vehicles must know.
func writeEndOfLife(w io.Writer, c sluss.Clearance, numbers []string) {
	for _, v := range c.Vehicles {
		fmt.Fprintf(w, "%s: %s\n", number(numbers, v.Position), standing(v))
		for _, line := range [][2]string{
			{"category", v.Category},
			{"kerb mass", weight(v.Kerb)},
			{"fuels", strings.Join(v.Fuels, ", ")},
			{"high-voltage battery", v.HighVoltage + " (" + v.HighVoltageWhy + ")"},
		} {
			fmt.Fprintf(w, "  %-21s %s\n", line[0], cmp.Or(line[1], "not in the registry"))
		}
	}
	writeVehicleReasons(w, c.Reasons, numbers)
}

func number(numbers []string, position int) string {
	if position < 0 || position >= len(numbers) {
		return fmt.Sprintf("vehicle %d", position+1)
	}
	return numbers[position]
}

func standing(v sluss.VehicleFacts) string {
	if v.Since.IsZero() {
		return v.Status
	}
	return v.Status + " since " + v.Since.Format(time.DateOnly)
}

func joined[T ~string](values []T) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = string(v)
	}
	return strings.Join(words, ", ")
}

func weight(m sluss.Mass) string {
	if m == 0 {
		return ""
	}
	return m.String()
}
