// Command starter is the command line: it declares batches, reports events, signs,
// corrects and decides, and shows the state of everything. It is a client of the
// JSON API, which `starter serve` serves.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
	"sluss/starter/serve"
)

// Exit codes. Scripts rely on them; docs/cli.md documents them.
const (
	exitOK          = 0
	exitRefused     = 1 // faults in what was sent, or refused in the present state
	exitUsage       = 2 // wrong arguments or configuration
	exitStop        = 3 // the vehicles may not carry the load
	exitInterrupted = 130
	exitUnavailable = 69 // the service, or something that it depends on, does not answer
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	s := &starter{in: os.Stdin, out: os.Stdout, err: os.Stderr, zone: time.Local, now: time.Now}
	code := s.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// starter is one run of the command line.
type starter struct {
	in        io.Reader
	out, err  io.Writer
	zone      *time.Location // of times that are shown, and of times given without a zone
	now       func() time.Time
	transport http.RoundTripper // to the service; nil: the default
	service   *api.ClientWithResponses
}

// run runs the command line with these arguments, which do not include the
// program's name, and returns the exit code.
func (s *starter) run(ctx context.Context, args []string) int {
	app := s.app()
	err := readable(args)
	if err == nil {
		err = app.RunContext(ctx, append([]string{app.Name}, reorder(args, app.Commands)...))
	}
	if err == nil {
		return exitOK
	}
	err = explained(err)
	s.complain(err, asksJSON(args))
	return exitCode(err)
}

// readable refuses arguments that contain forbidden bytes or characters.
func readable(args []string) error {
	var faults sluss.Faults
	for i, arg := range args {
		faults = append(faults, sluss.CheckLine(fmt.Sprintf("argument %d", i+1), arg, true)...)
	}
	if len(faults) > 0 {
		return usageError{faults}
	}
	return nil
}

func (s *starter) app() *cli.App {
	app := &cli.App{
		Name:      "starter",
		Usage:     "batches of hazardous waste, and the reports on them that the registries of Sweden, France and Norway require",
		UsageText: "starter VERB [ARGUMENT…] [--option value…]    (options may be anywhere)",
		Description: strings.Join([]string{
			"BATCH is a reference, TENANT/REFERENCE or batch/TENANT/REFERENCE.",
			"FILING is BATCH/OBLIGATION, such as VO-1/se.transport#1.",
			"Exit codes: 0 done, 1 refused or faults, 2 wrong usage or configuration, 3 vehicles refused, 69 service unavailable.",
		}, "\n"),
		Writer: s.out, ErrWriter: s.err,
		DisableSliceFlagSeparator: true, // a reason may have a comma
		ExitErrHandler:            func(*cli.Context, error) {},
		Commands: []*cli.Command{
			s.declareVerb(), s.importVerb(), s.templateVerb(), s.copyVerb(),
			s.listVerb(), s.showVerb(), s.inboxVerb(), s.attemptsVerb(), s.quotaVerb(), s.resultsVerb(), s.explainVerb(), s.referenceVerb(), s.revisionsVerb(), s.ecoOrganismesVerb(), s.exportVerb(), s.syncVerb(), s.pdfVerb(),
			s.eventVerb(), s.cancelVerb(), s.signVerb(), s.correctVerb(), s.decideVerb(), s.amendVerb(), s.annulVerb(), s.revisionVerb(), s.extractVerb(), s.receiptVerb(), s.dutyVerb(),
			s.companyVerb(), s.mandateVerb(),
			s.vehicleVerb(),
			s.serveVerb(), s.codecVerb(), s.uiVerb(), s.keyVerb(), s.migrateVerb(),
		},
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return usagef("there is no verb %q: `starter --help` lists the verbs", c.Args().First())
			}
			c.App.Writer = s.err
			_ = cli.ShowAppHelp(c)
			return usagef("say what to do: give a verb")
		},
		OnUsageError: onUsageError,
	}
	for _, verb := range app.Commands {
		verb.Flags = append(verb.Flags, common()...)
		verb.HideHelpCommand = true
		if verb.ArgsUsage == noArguments {
			verb.UsageText = app.Name + " " + verb.Name + " [command options]"
		}
		verb.OnUsageError = onUsageError
		if act := verb.Action; verb.Category != "Run" {
			verb.Action = func(c *cli.Context) (err error) {
				if s.service, err = s.connect(c); err != nil {
					return err
				}
				return act(c)
			}
		}
	}
	return app
}

// noArguments is the ArgsUsage of a verb without arguments.
const noArguments = " "

// common are the options of every verb.
func common() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "config", Usage: "read the configuration from `FILE`", EnvVars: []string{"SLUSS_CONFIG"}},
		&cli.StringFlag{Name: "api", Usage: "`URL` of the service; api of the configuration, or " + usualURL + ", if left out", EnvVars: []string{"SLUSS_API_URL"}},
		&cli.StringFlag{Name: "token-file", Usage: "`FILE` that holds the token of the service", EnvVars: []string{"SLUSS_API_TOKEN_FILE"}},
		&cli.BoolFlag{Name: "json", Usage: "answer in JSON, for machines; errors too, on standard error"},
	}
}

// examples is the description of a verb: a text, and examples of its use.
func examples(text string, lines ...string) string {
	return strings.TrimSpace(text + "\n\nExamples:\n  " + strings.Join(lines, "\n  "))
}

// usageError is a fault in how the program was called or configured.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func onUsageError(c *cli.Context, err error, _ bool) error {
	return usagef("%w: see `starter %s --help`", err, c.Command.Name)
}

// errStop means that the verdict on the vehicles is a refusal.
var errStop = errors.New("these vehicles may not carry this load on that day")

func exitCode(err error) int {
	var faults sluss.Faults
	var usage usageError
	var misuse serve.UsageError
	var failed *api.Error
	switch {
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	case errors.As(err, &usage), errors.As(err, &misuse):
		return exitUsage
	case errors.Is(err, errStop):
		return exitStop
	case errors.As(err, &failed) && failed.Status >= http.StatusInternalServerError:
		return exitUnavailable
	case errors.As(err, &failed) && (failed.Status == http.StatusUnsupportedMediaType || failed.Status == http.StatusMisdirectedRequest):
		return exitUsage
	case errors.As(err, &failed), errors.As(err, &faults), errors.Is(err, errFaults), errors.Is(err, errLeft), errors.Is(err, errDrift):
		return exitRefused
	default:
		return exitUnavailable
	}
}

// complain writes an error to standard error.
func (s *starter) complain(err error, asJSON bool) {
	problem := api.Problem{Error: err.Error()}
	errors.As(err, &problem.Faults)
	if strings.Contains(problem.Error, `relation "`) && strings.Contains(problem.Error, "does not exist") {
		problem.Error += " (the tables do not exist: run `starter migrate`)"
	}
	if asJSON {
		_ = writeJSON(s.err, problem) // an error here cannot be reported anywhere
		return
	}
	fmt.Fprintln(plain{s.err}, "starter:", problem.Error)
}
