package main

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/urfave/cli/v2"

	"sluss"
)

var winter = time.FixedZone("", 3600)

func TestOptionsMayStandAnywhere(t *testing.T) {
	verbs := (&starter{}).app().Commands
	for line, want := range map[string]string{
		"event VO-1 received --mass 1250kg":           "event --mass 1250kg -- VO-1 received",
		"event --mass 1250kg VO-1 received":           "event --mass 1250kg -- VO-1 received",
		"event VO-1 --mass=1250kg received --json":    "event --mass=1250kg --json -- VO-1 received",
		"--json --config f.yaml list --limit 3":       "list --json --config f.yaml --limit 3 --",
		"list --overdue --tenant north":               "list --overdue --tenant north --",
		"declare - --by Anna":                         "declare --by Anna -- -",
		"vehicle --vin A1 B2 --load 8t":               "vehicle --vin --load 8t -- A1 B2",
		"correct VO-1 --reason -x a=-1 -- --b=2 --by": "correct --reason -x -- VO-1 a=-1 --b=2 --by",
		"event VO-1 received --mass":                  "event --mass -- VO-1 received",
		"show VO-1 --nonsense":                        "show --nonsense -- VO-1",
		"help event":                                  "help event",
		"--help":                                      "--help",
		"":                                            "",
		"nonsense --json":                             "-- nonsense",
	} {
		if got := strings.Join(reorder(strings.Fields(line), verbs), " "); got != want {
			t.Errorf("%q became %q, want %q", line, got, want)
		}
	}
}

func TestBatchAndFilingNames(t *testing.T) {
	for text, want := range map[string]sluss.BatchID{
		"VO-1": "batch/default/VO-1", "north/VO-1": "batch/north/VO-1", "batch/north/VO-1": "batch/north/VO-1",
		"": "", "a/b/c": "", "batch/VO-1/": "", "VO 1": "", "../x": "",
	} {
		if got, err := batchID(text); got != want || (err == nil) != (want != "") {
			t.Errorf("batch %q: %q, %v; want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]sluss.FilingID{
		"VO-1/se.transport#1":                 "filing/default/VO-1/se.transport#1",
		"north/VO-1/fr.take-over#12":          "filing/north/VO-1/fr.take-over#12",
		"batch/north/VO-1/fr.sealing":         "filing/north/VO-1/fr.sealing",
		"filing/default/VO-1/no.clearance#1":  "filing/default/VO-1/no.clearance#1",
		"VO-1":                                "",
		"north/VO-1":                          "",
		"VO-1/se.transport#":                  "",
		"filing/default/VO-1/no.clearance#1/": "",
	} {
		if got, err := filingID(text); got != want || (err == nil) != (want != "") {
			t.Errorf("filing %q: %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestMass(t *testing.T) {
	for text, want := range map[string]sluss.Mass{
		"1250": 1250_000, "1250kg": 1250_000, "1 250,5 kg": 1250_500, "1.25t": 1250_000, "12,345678 T": 12_345_678,
		"500g": 500, "1g": 1, "12345 g": 12_345, "0.001kg": 1, "0": 0, "1250.kg": 1250_000,
	} {
		if got, err := mass("--mass", text); err != nil || got != want {
			t.Errorf("%q: %d g, %v; want %d g", text, got, err, want)
		}
	}
	for _, text := range []string{"", "kg", "-5kg", "1e3", "1.2345kg", "0.0000001t", "0.5g", "1,250", "1.250t", "12lb", "1.2.3", "0x10", "9999999999999999999t"} {
		if got, err := mass("--mass", text); err == nil || exitCode(err) != exitUsage || !strings.Contains(err.Error(), "--mass") {
			t.Errorf("%q: %s, %v; want it refused", text, got, err)
		}
	}
}

func TestMoment(t *testing.T) {
	s := &starter{zone: winter, now: func() time.Time { return time.Date(2026, 11, 23, 8, 0, 0, 5e8, time.UTC) }}
	for text, want := range map[string]string{
		"":                          "2026-11-23T09:00:00+01:00",
		"now":                       "2026-11-23T09:00:00+01:00",
		"07:15":                     "2026-11-23T07:15:00+01:00",
		"2026-11-22 23:05":          "2026-11-22T23:05:00+01:00",
		"2026-11-22T23:05":          "2026-11-22T23:05:00+01:00",
		"2026-11-22T23:05:09":       "2026-11-22T23:05:09+01:00",
		"2026-11-22T23:05:09Z":      "2026-11-22T23:05:09Z",
		"2026-07-01T08:00:00+02:00": "2026-07-01T08:00:00+02:00",
		"2026-11-22 23:05 +01:00":   "2026-11-22T23:05:00+01:00", // as it is shown
	} {
		if got, err := s.past(text); err != nil || got.Format(time.RFC3339Nano) != want {
			t.Errorf("%q: %s, %v; want %s", text, got.Format(time.RFC3339Nano), err, want)
		}
	}
	for _, text := range []string{"yesterday", "2026-11-22", "25:00", "2026-13-01T00:00", "09:06", "2026-11-24T08:00"} {
		if got, err := s.past(text); exitCode(err) != exitUsage {
			t.Errorf("%q: %s, %v; want it refused", text, got, err)
		}
	}
	if paris, err := time.LoadLocation("Europe/Paris"); err == nil { // where clocks are changed
		s.zone = paris
		for text, want := range map[string]string{
			"2026-10-25 02:30": "exists twice in Europe/Paris, as clocks go back: it may be 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00", "2026-03-29T02:30": "does not exist in Europe/Paris, as clocks go forward",
		} {
			if got, err := s.past(text); exitCode(err) != exitUsage || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: %s, %v; want %q", text, got, err, want)
			}
		}
		s.zone = winter
	} else {
		t.Error(err)
	}
	if d, err := s.day(""); err != nil || d.Format(time.RFC3339) != "2026-11-23T12:00:00Z" {
		t.Errorf("today: %s, %v", d, err)
	}
}

// TestUsageIsCheckedBeforeAnythingIsOpened runs without ledger and Temporal:
// each line must end before they are needed.
func TestUsageIsCheckedBeforeAnythingIsOpened(t *testing.T) {
	t.Setenv("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none?sslmode=disable")
	t.Setenv("SLUSS_PERSON", "")
	t.Setenv("USER", "root") // no name of a person
	for line, want := range map[string]string{
		"nonsense":                             "no verb",
		"":                                     "give a verb",
		"list --limit 0":                       "--limit 0",
		"list --limit many":                    "invalid value",
		"list --stage boiling":                 "--stage",
		"list --waiting boss":                  "one of producer",
		"list VO-1":                            "unexpected argument",
		"inbox --role boss":                    "--role",
		"show":                                 "BATCH is missing",
		"show VO-1 VO-2":                       "unexpected argument",
		"show a/b/c/d":                         "names no batch",
		"attempts VO-1":                        "names no filing",
		"declare":                              "no file",
		"declare /nowhere/x.json":              "no such file",
		"import a.csv b.csv":                   "unexpected argument",
		"correct VO-1":                         "nothing to correct",
		"event VO-1":                           "EVENT is missing",
		"event VO-1 exploded --by A":           "is no event",
		"event VO-1 pickedUp":                  "give --by NAME, or set SLUSS_PERSON",
		"event VO-1 pickedUp --leg 2":          "begins leg 1",
		"event VO-1 handedOver --leg 1":        "from 2",
		"event VO-1 received --leg 0 --by A":   "storage site on the way",
		"event VO-1 treated --leg 1 --by A":    "cannot be given with treated",
		"event VO-1 treated --mass 1kg --by A": "belongs to received",
		"event VO-1 refused --no-traceability --by A":                    "belongs to treated",
		"event VO-1 received --mass heavy --by A":                        "--mass",
		"event VO-1 received --at noon --by A":                           "is no time",
		"event VO-1 received --by A --colour red":                        "not defined",
		"event VO-1 received --by A --confirm mass":                      "FIELD=REASON",
		"event VO-1 received --by A --confirm mass=":                     "FIELD=REASON",
		"sign VO-1 --name A":                                             "--role",
		"sign VO-1 --role officer":                                       "--name NAME",
		"sign VO-1 --role officer --name A --hash x":                     "--filing",
		"sign VO-1 --role officer --name A --filing x":                   "is no obligation",
		"correct VO-1 a b=1 b=2 --by A --reason x":                       `"a" is not path=value; b is given twice`,
		"correct VO-1 a=1 --by A":                                        "--reason",
		"correct VO-1 a=1 --reason x":                                    "--by",
		"decide VO-1/se.removal maybe --by A --reason x":                 "is no decision",
		"decide VO-1/se.removal taken --by A --reason x":                 "--receipt",
		"decide VO-1/se.removal not-taken --by A":                        "--reason",
		"decide VO-1/se.removal withdrawn --by A --reason x --receipt 1": "belongs to taken",
		"vehicle --load 1t":                                              "no vehicle",
		"vehicle TS10003":                                                "--load",
		"vehicle TS10003 --load 1t --adr x":                              "--adr",
		"vehicle TS10003 --load 1t --day x":                              "--day",
		"vehicle TS10003 --load 1t --un 1993":                            "--adr tank",
		"vehicle TS10003 --load 1t --tenant a/b":                         "--tenant",
		"vehicle TS10003 --load 1t --end-of-life":                        "leave --load",
		"list --config /nowhere/x.yaml":                                  "no such file",
		"codec --address 0.0.0.0:1":                                      "every payload",
		"correct VO-1 waste.name=\xe5 --by A --reason x":                 "argument 3: byte 0xE5 at offset 11 is not UTF-8",
		"sign VO-1 --role officer --name K\u202ea":                       "argument 6: U+202E",
		"codec":                           "where is the Temporal UI",
		"codec --origin http://127.0.0.1": "not encrypted",
	} {
		code, out, errs := try(t, strings.Fields(line)...)
		if code != exitUsage || out != "" || !strings.Contains(errs, want) {
			t.Errorf("%q: exit %d, %q, %q; want exit 2 and %q", line, code, out, errs, want)
		}
	}
}

func TestEventsAreRead(t *testing.T) {
	for text, want := range map[string]sluss.EventKind{"pickedUp": sluss.PickedUp, "picked-up": sluss.PickedUp, "HANDEDOVER": sluss.HandedOver, "accepted": sluss.WasteAccepted} {
		if got, err := eventKind(text); got != want || err != nil {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
	if _, err := eventKind("produced"); err == nil {
		t.Error("a batch is produced when it is declared, not later")
	}
}

func TestEveryVerbHasExamplesThatItUnderstands(t *testing.T) {
	for _, verb := range (&starter{}).app().Commands {
		if _, lines, found := strings.Cut(verb.Description, "Examples:\n"); !found || !strings.Contains(lines, "starter "+verb.Name) {
			t.Errorf("%s has no examples", verb.Name)
		} else {
			understood(t, lines)
		}
		code, out, _ := try(t, verb.Name, "--help")
		if code != exitOK || !strings.Contains(out, "Examples:") || !strings.Contains(out, "--json") {
			t.Errorf("%s --help: exit %d, %s", verb.Name, code, out)
		}
		for line := range strings.Lines(out) {
			if line = strings.TrimSuffix(line, "\n"); strings.HasPrefix(line, "   starter "+verb.Name) && strings.HasSuffix(line, " ") {
				t.Errorf("%s --help: a line ends in blanks: %q", verb.Name, line)
			}
		}
	}
	page, err := os.ReadFile("../docs/cli.md")
	must(t, err)
	understood(t, string(page))
	deviations, err := os.ReadFile("../docs/deviations.md")
	must(t, err)
	commands := printed.FindAllStringSubmatch(string(deviations), -1)
	if len(commands) < 15 {
		t.Errorf("only %d commands", len(commands))
	}
	for _, command := range commands {
		accepted(t, "starter "+command[1])
	}
}

// understood checks that every command line in a text has a verb and options
// that there are.
func understood(t *testing.T, text string) {
	t.Helper()
	verbs := (&starter{}).app().Commands
	for line := range strings.Lines(text) {
		if piped := strings.LastIndex(line, "| starter "); piped >= 0 {
			line = line[piped+2:]
		}
		args, isCommand := strings.CutPrefix(strings.TrimSpace(line), "starter ")
		if !isCommand || strings.HasPrefix(args, "VERB") {
			continue
		}
		args, _, _ = strings.Cut(args, "  ") // remarks
		words := reorder(strings.Fields(args), verbs)
		at := slices.IndexFunc(verbs, func(v *cli.Command) bool { return v.Name == words[0] })
		if at < 0 {
			t.Errorf("there is no verb in %q", line)
			continue
		}
		for _, word := range words {
			name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
			known := slices.ContainsFunc(verbs[at].Flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), name) })
			if isOption(word) && word != "--" && !known {
				t.Errorf("there is no option %s in %q", word, line)
			}
		}
	}
}

func TestANameInTheEnvironmentIsText(t *testing.T) {
	t.Setenv("SLUSS_PERSON", "K\xe5rin")
	if code, _, errs := try(t, "event", "VO-1", "pickedUp"); code != exitUsage || !strings.Contains(errs, "name: byte 0xE5") {
		t.Errorf("exit %d, %s", code, errs)
	}
}
