package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
)

func (s *starter) eventVerb() *cli.Command {
	return &cli.Command{
		Name: "event", Usage: "report what happened to a batch", ArgsUsage: "BATCH pickedUp|handedOver|received|accepted|refused|treated", Category: "Act",
		Description: examples("Lists the duties that the event puts on the parties. Events may be reported in any order, days late: one that comes before\n"+
			"those that it follows is kept, and taken once they are reported. Reported again, a kept event is replaced.",
			"starter event VO-1 pickedUp --by 'Bo Lind'",
			"starter event VO-1 handedOver --leg 2 --at 2026-11-23T16:05 --by 'Eva Strand'",
			"starter event VO-1 received --mass 1250kg --by 'Cecilia Berg'",
			"starter event VO-1 received --mass 1250kg --at 2026-11-23T14:10 --noted-at 2026-11-23T14:30 --by 'Cecilia Berg'   # told days later",
			"starter event BOUE-1 received --leg 1 --mass 9800kg --by 'Nadia Roussel'   # at the storage where leg 1 ends",
			"starter event VO-1 accepted --refused-mass 20kg --reason 'water in one drum' --by 'Cecilia Berg'",
			"starter event VO-1 received --mass 2600kg --confirm mass='weighed twice' --by 'Cecilia Berg'   # more than was planned",
			"starter event VO-1 treated --operation R9 --by 'Cecilia Berg'"),
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "leg", Usage: "with handedOver: the leg `N` that begins; with received, accepted and refused: the leg that ended at a storage site on the way", Value: 2, DefaultText: "2 for handedOver"},
			&cli.StringFlag{Name: "at", Usage: "`TIME` at which it happened; now if left out"},
			notedFlag(),
			&cli.StringFlag{Name: "mass", Usage: "with received: `MASS` that was received, such as 1250kg or 1.25t"},
			&cli.StringFlag{Name: "refused-mass", Usage: "with accepted: `MASS` of it that was refused"},
			&cli.StringFlag{Name: "reason", Usage: "with refused, partly accepted and cancelled: `REASON`"},
			&cli.StringFlag{Name: "operation", Usage: "with treated: `OPERATION`, if it is not the planned one"},
			&cli.BoolFlag{Name: "no-traceability", Usage: "with treated in France, if waste was only grouped or stored: traceability ends here"},
			confirmFlag(),
			byFlag("by", "`NAME` of the person who reports it"),
		},
		Action: s.event,
	}
}

func (s *starter) event(c *cli.Context) error {
	id, rest, err := target(c, batchID, "BATCH", "EVENT")
	if err != nil {
		return err
	}
	e, err := s.readEvent(c, rest[0])
	if err != nil {
		return err
	}
	tenant, reference, _ := id.Split()
	reply, err := api.Value(s.service.ReportEventWithResponse(c.Context, tenant, reference, e))
	if err != nil {
		return err
	}
	return s.answer(c, reply, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %s at %s\n", short(id), e.ID(), s.clock(e.At))
		if kept := reply.Kept; kept != nil {
			fmt.Fprintf(w, "  kept, with nothing owed yet: it %s\n", kept.Text())
			for _, missing := range kept.Missing {
				field(indented{w}, "missing", eventCommand(id, missing))
			}
			return
		}
		for _, o := range reply.Obligations {
			whose := ""
			if o.Theirs {
				whose = ", theirs"
			}
			fmt.Fprintf(w, "  owed by the %s to %s: %s%s\n", o.Role, o.Registry, o.ID, whose)
			field(indented{w}, "due", s.due(o.Due))
			field(indented{w}, "rule", law(o.Rule))
		}
		if len(reply.Obligations) == 0 {
			fmt.Fprintln(w, "  nothing new is owed")
		}
	})
}

// belongs lists the events to which an option can be given.
var belongs = map[string][]sluss.EventKind{
	"leg": {sluss.PickedUp, sluss.HandedOver, sluss.Received, sluss.WasteAccepted, sluss.WasteRefused}, "mass": {sluss.Received}, "refused-mass": {sluss.WasteAccepted},
	"reason": {sluss.WasteAccepted, sluss.WasteRefused, sluss.Cancelled}, "operation": {sluss.Treated}, "no-traceability": {sluss.Treated},
}

func (s *starter) readEvent(c *cli.Context, text string) (sluss.Event, error) {
	kind, err := eventKind(text)
	if err != nil {
		return sluss.Event{}, err
	}
	e := sluss.Event{Kind: kind, Reason: c.String("reason"), Operation: c.String("operation"), NoTraceability: c.Bool("no-traceability")}
	for _, option := range []string{"leg", "mass", "refused-mass", "reason", "operation", "no-traceability"} {
		if c.IsSet(option) && !slices.Contains(belongs[option], kind) {
			return e, usagef("--%s cannot be given with %s: it belongs to %s", option, kind, strings.TrimPrefix(oneOf(belongs[option]), "one of "))
		}
	}
	switch kind { //nolint:exhaustive // what is treated concerns no leg
	case sluss.PickedUp:
		e.Leg = 1
		if c.IsSet("leg") && c.Int("leg") != 1 {
			return e, usagef("--leg %d: pickedUp begins leg 1; report handedOver for the others", c.Int("leg"))
		}
	case sluss.HandedOver:
		if e.Leg = c.Int("leg"); e.Leg < 2 {
			return e, usagef("--leg %d: handedOver begins a leg from 2; report pickedUp for the first", e.Leg)
		}
	case sluss.Received, sluss.WasteAccepted, sluss.WasteRefused:
		if c.IsSet("leg") {
			if e.Leg = c.Int("leg"); e.Leg < 1 {
				return e, usagef("--leg %d: give the leg that ended at a storage site on the way, from 1; leave it out at the receiver", e.Leg)
			}
		}
	}
	for option, target := range map[string]*sluss.Mass{"mass": &e.Mass, "refused-mass": &e.RefusedMass} {
		if c.IsSet(option) {
			if *target, err = mass("--"+option, c.String(option)); err != nil {
				return e, err
			}
		}
	}
	if e.At, err = s.past(c.String("at")); err != nil {
		return e, err
	}
	if e.NotedAt, err = s.notedAt(c); err != nil {
		return e, err
	}
	if e.Confirmed, err = confirmations(c); err != nil {
		return e, err
	}
	e.By, err = person(c, "by")
	return e, err
}

func (s *starter) correctVerb() *cli.Command {
	return &cli.Command{
		Name: "correct", Usage: "correct the data of a batch, or what happened to it", ArgsUsage: "BATCH [path=value…]", Category: "Act",
		Description: examples("Every filing that is not accepted yet goes on with the corrected data; signatures on changed content become void. Reports that a registry has accepted are not amended: the answer lists those that are outdated now, with the command to amend them. An empty value clears the field.\n"+
			"events.ID.FIELD is a value of an event. --remove takes an item out of a list, or takes the last event or a kept one back; --add puts an item into a list.",
			"starter correct VO-1 legs.0.from.municipality=0188 --reason 'wrong municipality' --by 'Karin Holm'",
			"starter correct VO-1 waste.mass=1180 waste.estimated=false --reason weighed --by 'Karin Holm'",
			"starter correct VO-1 events.received.mass=1230 --reason 'weighed again' --by 'Karin Holm'",
			"starter correct VO-1 --remove events.received --reason 'it was another load' --by 'Karin Holm'",
			"starter correct VO-1 --remove legs.1 --reason 'the first lorry went all the way' --by 'Karin Holm'",
			"starter correct VO-1 --add legs.1=@leg.json --reason 'a second lorry takes over' --by 'Karin Holm'"),
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "remove", Usage: "`PATH` of an item of a list, such as legs.1, or of the last event or a kept one, such as events.received; may be given several times"},
			&cli.StringSliceFlag{Name: "add", Usage: "`PATH=JSON`: an item of a list at the path that it has afterwards; @FILE instead of JSON reads it from a file; may be given several times"},
			&cli.StringFlag{Name: "reason", Usage: "`REASON` of the correction"},
			atFlag("of the correction; now if left out"),
			byFlag("by", "`NAME` of the person who corrects"),
		},
		Action: s.correct,
	}
}

func (s *starter) correct(c *cli.Context) error {
	if !c.Args().Present() || c.NArg() < 2 && !c.IsSet("remove") && !c.IsSet("add") {
		return usagef("nothing to correct: starter correct %s", c.Command.ArgsUsage)
	}
	id, err := batchID(c.Args().First())
	if err != nil {
		return err
	}
	correction, err := s.correction(c)
	if err != nil {
		return err
	}
	correction.Remove = c.StringSlice("remove")
	if correction.Add, err = s.items(c.StringSlice("add")); err != nil {
		return err
	}
	tenant, reference, _ := id.Split()
	reply, err := api.Value(s.service.CorrectBatchWithResponse(c.Context, tenant, reference, correction))
	if err != nil {
		return err
	}
	return s.answer(c, reply, func(w io.Writer) {
		fmt.Fprintf(w, "%s is corrected\n", short(id))
		for _, filing := range reply.Filings {
			fmt.Fprintf(w, "  %s goes on with the corrected content\n", short(filing))
		}
		writeOutdated(w, reply.Outdated)
	})
}

// correction reads a correction from the arguments after the first, and the options.
func (s *starter) correction(c *cli.Context) (sluss.Correction, error) {
	correction := sluss.Correction{Reason: c.String("reason")}
	var err error
	if correction.At, err = s.actTime(c); err != nil {
		return correction, err
	}
	if correction.Set, err = assignments(c.Args().Tail()); err != nil {
		return correction, err
	}
	if correction.By, err = person(c, "by"); err != nil {
		return correction, err
	}
	if correction.Reason == "" {
		return correction, usagef("why? give --reason REASON")
	}
	return correction, nil
}

// items reads --add: items of lists in JSON by their paths. The error names all faults.
func (s *starter) items(args []string) (map[string]json.RawMessage, error) {
	var wrong []string
	items := map[string]json.RawMessage{}
	for _, arg := range args {
		path, text, found := strings.Cut(arg, "=")
		data := []byte(text)
		if file, is := strings.CutPrefix(text, "@"); is {
			var err error
			if data, err = s.read(file); err != nil {
				return nil, err
			}
		}
		switch _, twice := items[path]; {
		case !found || path == "":
			wrong = append(wrong, fmt.Sprintf("%q is not PATH=JSON", arg))
		case twice:
			wrong = append(wrong, path+" is given twice")
		case !json.Valid(data):
			wrong = append(wrong, path+" is not given in JSON")
		default:
			items[path] = data
		}
	}
	if len(wrong) > 0 {
		return nil, usagef("--add: %s: write items as in legs.1=@leg.json", strings.Join(wrong, "; "))
	}
	return items, nil
}

// assignments reads path=value arguments. The error names all faults.
func assignments(args []string) (map[string]string, error) {
	set := map[string]string{}
	var wrong []string
	for _, arg := range args {
		path, value, found := strings.Cut(arg, "=")
		switch _, twice := set[path]; {
		case !found || path == "":
			wrong = append(wrong, fmt.Sprintf("%q is not path=value", arg))
		case twice:
			wrong = append(wrong, fmt.Sprintf("%s is given twice", path))
		default:
			set[path] = value
		}
	}
	if len(wrong) > 0 {
		return nil, usagef("%s: write fields as in waste.mass=1180", strings.Join(wrong, "; "))
	}
	return set, nil
}
