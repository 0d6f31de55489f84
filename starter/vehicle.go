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
		Name: "vehicle", Usage: "ask whether Norwegian vehicles may carry a load, or for the data of vehicles to be scrapped", ArgsUsage: "PLATE [TRAILER-PLATE…]", Category: "Act",
		Description: examples("The first plate is that of the lorry, the others are those of its trailers. Exit code 0: clear, or a warning with its reasons; 3: refused.\nEach vehicle that nobody has asked for today takes one look-up of the registry's quota.",
			"starter vehicle TS10003 TS1004 --load 12400kg",
			"starter vehicle TS10003 --load 8t --adr tank --day 2026-11-23",
			"starter vehicle --vin YS2R4X20005399401 --load 8t",
			"starter vehicle TS20003 --end-of-life",
			"starter vehicle TS20003 TS30002 --end-of-life --bsvhu > bsvhu.json"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "load", Usage: "`MASS` of the load, such as 12400kg or 12.4t"},
			&cli.StringFlag{Name: "adr", Usage: "`HOW` dangerous goods are carried: tank (the vehicle needs an approval) or packages (it needs none)"},
			&cli.StringFlag{Name: "un", Usage: "UN `NUMBER` of goods in a tank, for which the approval is checked"},
			&cli.StringFlag{Name: "day", Usage: "`DATE` of the transport; today if left out"},
			&cli.StringFlag{Name: "tenant", Usage: "the `TENANT` whose policy decides"},
			&cli.BoolFlag{Name: "vin", Usage: "the arguments are chassis numbers"},
			&cli.BoolFlag{Name: "end-of-life", Usage: "the vehicles are to be scrapped: show their data"},
			&cli.BoolFlag{Name: "bsvhu", Usage: "with --end-of-life: propose the content of a French BSVHU as JSON, and say what is missing"},
			&cli.BoolFlag{Name: "depolluted", Usage: "with --bsvhu: fluids and batteries have been removed (waste code 16 01 06)"},
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

// writeProposal writes only the content to standard output, so that it can be saved
// in a file. What a person has to do about it goes to standard error.
func (s *starter) writeProposal(w io.Writer, p api.BSVHUProposal) {
	for _, f := range p.Missing {
		s.hint("%s: %s; %s", f.Field, f.Problem, f.Remedy)
	}
	for _, n := range p.Notes {
		s.hint("%s", n)
	}
	_ = writeJSON(w, p.Content) // plain values can always be encoded
}

// vehicleQuestion reads the question from the arguments.
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

// noVerdict is the error if there is no verdict: the registry refused the question,
// accepts no calls now, or did not answer.
func noVerdict(s *starter, o sluss.Outcome) error {
	switch {
	case len(o.Reasons) > 0:
		faults := make(sluss.Faults, len(o.Reasons))
		for i, r := range o.Reasons {
			faults[i] = sluss.Fault{Field: r.Field, Problem: r.Message, Remedy: r.Remedy}
		}
		return faults
	case !o.NotBefore.IsZero():
		return fmt.Errorf("no verdict: the vehicle registry accepts no calls before %s (%s)", s.clock(o.NotBefore), o.Detail)
	default:
		return fmt.Errorf("no verdict: the vehicle registry did not answer (%s)", o.Detail)
	}
}

// errNothingKnown means that there are no data on a vehicle to be scrapped.
var errNothingKnown = refused("the registry has no data on some of these vehicles")

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
		rows = append(rows, []string{number(numbers, v.Position), statusText(v), v.Category, weight(v.Kerb), weight(v.Payload), v.ADR})
	}
	if len(rows) > 0 {
		fmt.Fprintln(w)
		table(w, []string{"VEHICLE", "STATUS", "CATEGORY", "KERB", "PAYLOAD", "ADR"}, rows)
	}
}

// writeVehicleReasons writes each reason with the number of its vehicle, the remedy,
// and the field of the registry that it is based on.
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

// writeEndOfLife writes the data that a plant for end-of-life vehicles needs.
func writeEndOfLife(w io.Writer, c sluss.Clearance, numbers []string) {
	for _, v := range c.Vehicles {
		fmt.Fprintf(w, "%s: %s\n", number(numbers, v.Position), statusText(v))
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

func statusText(v sluss.VehicleFacts) string {
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
