package main

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"sluss"
)

// reorder puts the verb first, then all options, then the other arguments, because
// urfave/cli stops reading options at the first argument that is not one. What
// follows "--" is not read as an option.
func reorder(args []string, verbs []*cli.Command) []string {
	at := verbAt(args)
	if at < 0 || args[at] == "help" || args[at] == "h" {
		return args
	}
	name := args[at]
	known := slices.IndexFunc(verbs, func(v *cli.Command) bool { return v.HasName(name) })
	if known < 0 {
		return []string{"--", name}
	}
	options, others := []string{name}, []string{"--"}
	rest := slices.Concat(args[:at], args[at+1:])
	for i := 0; i < len(rest); i++ {
		switch arg := rest[i]; {
		case arg == "--":
			others = append(others, rest[i+1:]...)
			i = len(rest)
		case !isOption(arg):
			others = append(others, arg)
		case takesValue(arg, verbs[known].Flags) && i+1 < len(rest):
			options = append(options, arg, rest[i+1])
			i++
		default:
			options = append(options, arg)
		}
	}
	return append(options, others...)
}

// verbAt is the index of the verb; -1 if there is none.
func verbAt(args []string) int {
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "--":
			return -1
		case !isOption(args[i]):
			return i
		case takesValue(args[i], common()):
			i++
		}
	}
	return -1
}

// isOption reports whether an argument is an option. "-" alone is standard input.
func isOption(arg string) bool { return strings.HasPrefix(arg, "-") && arg != "-" }

func takesValue(option string, flags []cli.Flag) bool {
	name := strings.TrimLeft(option, "-")
	for _, f := range flags {
		if _, yesNo := f.(*cli.BoolFlag); !yesNo && slices.Contains(f.Names(), name) {
			return true
		}
	}
	return false
}

// asksJSON reports whether --json is given, even if the arguments cannot be parsed.
func asksJSON(args []string) bool {
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	return slices.ContainsFunc(args, func(arg string) bool { return strings.TrimLeft(arg, "-") == "json" && isOption(arg) })
}

// arguments returns the arguments, which must be as many as the names.
func arguments(c *cli.Context, names ...string) ([]string, error) {
	given := c.Args().Slice()
	switch {
	case len(given) < len(names):
		return nil, usagef("%s is missing: starter %s %s", names[len(given)], c.Command.Name, c.Command.ArgsUsage)
	case len(given) > len(names):
		return nil, usagef("unexpected argument %q: starter %s %s", given[len(names)], c.Command.Name, c.Command.ArgsUsage)
	}
	return given, nil
}

// target returns the id that read makes of the first argument, and the other
// arguments.
func target[ID ~string](c *cli.Context, read func(string) (ID, error), names ...string) (id ID, rest []string, err error) {
	given, err := arguments(c, names...)
	if err != nil {
		return "", nil, err
	}
	id, err = read(given[0])
	return id, given[1:], err
}

// batchID reads REFERENCE, TENANT/REFERENCE or batch/TENANT/REFERENCE.
func batchID(text string) (sluss.BatchID, error) {
	id := sluss.BatchID(text)
	switch tenant, reference, both := strings.Cut(text, "/"); {
	case !both:
		id = sluss.NewBatchID(sluss.DefaultTenant, text)
	case tenant != "" && !strings.Contains(reference, "/"):
		id = sluss.NewBatchID(tenant, reference)
	}
	if _, _, err := id.Split(); err != nil {
		return "", usagef("%q names no batch: give its reference, TENANT/REFERENCE or batch/TENANT/REFERENCE", text)
	}
	return id, nil
}

// filingID reads BATCH/OBLIGATION or filing/TENANT/REFERENCE/OBLIGATION.
func filingID(text string) (sluss.FilingID, error) {
	name := sluss.FilingID(text).Name()
	at := max(strings.LastIndex(name, "/"), 0)
	batch, err := batchID(name[:at])
	obligation, wrong := sluss.ParseObligationID(strings.TrimPrefix(name[at:], "/"))
	if err != nil || wrong != nil {
		return "", usagef("%q names no filing: give BATCH/OBLIGATION, such as VO-1/se.transport#1 (`starter show BATCH` lists them)", text)
	}
	return batch.Filing(obligation), nil
}

// mass reads a mass as sluss.ParseMass does, and refuses a negative one.
func mass(option, text string) (sluss.Mass, error) {
	m, err := sluss.ParseMass(text)
	switch {
	case err != nil:
		return 0, usagef("%s: %w", option, err)
	case m < 0:
		return 0, usagef("%s %q is negative", option, text)
	}
	return m, nil
}

// past reads the time at which something happened, in the user's zone if the text
// gives none. Empty means now. A time in the future is refused, because an event
// cannot be undone once it is recorded.
func (s *starter) past(text string) (time.Time, error) {
	now := s.now().In(s.zone).Truncate(time.Second)
	at, err := s.moment(text, now)
	if err == nil && at.After(now.Add(sluss.ClockSkew)) {
		return at, usagef("%s is in the future: report it when it has happened", s.clock(at))
	}
	return at, err
}

// actTime is the time of an act from --at; zero if it is not given. The service then
// fills it in, so that the same command sent again is the same act.
func (s *starter) actTime(c *cli.Context) (time.Time, error) {
	if c.String("at") == "" {
		return time.Time{}, nil
	}
	return s.past(c.String("at"))
}

func notedFlag() cli.Flag {
	return &cli.StringFlag{Name: "noted-at", Usage: "`TIME` at which it was written down; when it reaches the service if left out"}
}

// notedAt is the time from --noted-at; zero if it is not given.
func (s *starter) notedAt(c *cli.Context) (time.Time, error) {
	if c.String("noted-at") == "" {
		return time.Time{}, nil
	}
	return s.past(c.String("noted-at"))
}

func confirmFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "confirm", Usage: "`FIELD=REASON`: the value of the field is so, although it is not plausible; the fault names the field"}
}

// confirmations are those of --confirm.
func confirmations(c *cli.Context) (list []sluss.Confirmation, err error) {
	for _, text := range c.StringSlice("confirm") {
		field, reason, _ := strings.Cut(text, "=")
		if field == "" || strings.TrimSpace(reason) == "" {
			return nil, usagef("--confirm %q: give FIELD=REASON, such as mass='weighed twice'", text)
		}
		list = append(list, sluss.Confirmation{Field: field, Reason: strings.TrimSpace(reason)})
	}
	return list, nil
}

func atFlag(usage string) cli.Flag { return &cli.StringFlag{Name: "at", Usage: "`TIME` " + usage} }

func (s *starter) moment(text string, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text == "" || text == "now" {
		return now, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04 -07:00", "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if wall, err := time.Parse(layout, text); err == nil {
			return s.local(text, wall)
		}
	}
	if t, err := time.Parse("15:04", text); err == nil {
		return s.local(text, time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC))
	}
	return time.Time{}, usagef("%q is no time: give one such as 2026-11-23T08:00, 2026-11-23T08:00:00+01:00 or, for today, 08:00", text)
}

// local is the moment of a time that was given in the user's zone.
func (s *starter) local(text string, wall time.Time) (time.Time, error) {
	at, problem := sluss.LocalTime(wall, s.zone)
	if problem != "" {
		return at, usagef("%q %s: give the one that is meant", text, problem)
	}
	return at.In(s.zone), nil
}

// day reads a date; empty means today. The result is noon UTC of that day, which is
// on the same day everywhere in Europe.
func (s *starter) day(text string) (time.Time, error) {
	if text == "" {
		text = s.now().In(s.zone).Format(time.DateOnly)
	}
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return d, usagef("--day %q is no date: give one such as 2026-11-23", text)
	}
	return d.Add(12 * time.Hour), nil
}

// role reads the role of somebody who acts; empty stays empty.
func role(option, text string) (sluss.Role, error) {
	r := sluss.Role(strings.ToLower(text))
	if r != "" && !slices.Contains(sluss.Signers(), r) {
		return "", usagef("%s %q is no role: %s", option, text, oneOf(sluss.Signers()))
	}
	return r, nil
}

func oneOf[T ~string](values []T) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v)
	}
	return "one of " + strings.Join(texts, ", ")
}

// eventKind reads an event, in any case and also as picked-up or picked_up.
func eventKind(text string) (sluss.EventKind, error) {
	kinds := sluss.EventKinds()[1:] // a batch is produced when it is declared
	for _, kind := range kinds {
		if strings.EqualFold(strings.NewReplacer("-", "", "_", "").Replace(text), string(kind)) {
			return kind, nil
		}
	}
	return "", usagef("%q is no event: %s", text, oneOf(kinds))
}

// person is the person who acts, from the option with the name.
func person(c *cli.Context, option string) (sluss.Person, error) {
	name := strings.TrimSpace(c.String(option))
	if name == "" {
		return sluss.Person{}, usagef("who does this? give --%s NAME, or set SLUSS_PERSON", option)
	}
	p := sluss.Person{Name: name, Function: c.String("function"), Organisation: c.String("organisation")}
	if faults := sluss.CheckText(p); len(faults) > 0 {
		return p, usageError{faults}
	}
	return p, nil
}

func byFlag(option, usage string) cli.Flag {
	return &cli.StringFlag{Name: option, Usage: usage, EnvVars: []string{"SLUSS_PERSON"}}
}

// pageLimit reads --limit, which must be positive.
func pageLimit(c *cli.Context) (int, error) {
	if n := c.Int("limit"); n > 0 {
		return n, nil
	}
	return 0, usagef("--limit %s: give a number from 1", strconv.Itoa(c.Int("limit")))
}
