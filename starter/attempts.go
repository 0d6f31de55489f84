package main

import (
	"fmt"
	"io"
	"time"

	"github.com/urfave/cli/v2"

	"sluss/api"
)

func (s *starter) attemptsVerb() *cli.Command {
	return &cli.Command{
		Name: "attempts", Usage: "list the calls made for a filing, and their answers", ArgsUsage: "FILING", Category: "Look",
		Description: examples("--json includes the bodies as they were sent and received; they hold personal data.",
			"starter attempts VO-1/se.transport#1",
			"starter attempts filing/default/VO-1/se.transport#1 --json"),
		Action: s.attempts,
	}
}

func (s *starter) attempts(c *cli.Context) error {
	id, _, err := target(c, filingID, "FILING")
	if err != nil {
		return err
	}
	tenant, reference, obligation := parts(id)
	attempts, err := api.Value(s.service.ListAttemptsWithResponse(c.Context, tenant, reference, obligation))
	if err != nil {
		return err
	}
	return s.answer(c, attempts, func(w io.Writer) { s.writeAttempts(w, attempts) })
}

func (s *starter) writeAttempts(w io.Writer, attempts []api.Attempt) {
	if len(attempts) == 0 {
		fmt.Fprintln(w, "No calls yet.")
		return
	}
	var lines [][]string
	for _, a := range attempts {
		status, took := "", ""
		if a.Exchange.Status != 0 {
			status = fmt.Sprint(a.Exchange.Status)
		}
		if a.Answered && !a.Exchange.Started.IsZero() {
			took = a.Exchange.Ended.Sub(a.Exchange.Started).Round(time.Millisecond).String()
		}
		lines = append(lines, []string{
			fmt.Sprint(a.Number), string(a.Purpose), s.clock(a.At), cameBack(a), a.Exchange.Operation, status, took, a.Exchange.TraceID,
		})
	}
	table(w, []string{"SUBMISSION", "TO", "AT", "ANSWER", "CALL", "STATUS", "TOOK", "REGISTRY'S TRACE"}, lines)
}

// cameBack is the answer to a call in a few words.
func cameBack(a api.Attempt) string {
	switch {
	case !a.Answered:
		return "none yet, or cut off"
	case a.Absent:
		return "the registry has nothing of it"
	case a.Outcome == nil:
		return "nothing was sent: " + a.Error
	case a.Outcome.Receipt != nil:
		return string(a.Outcome.Kind) + " " + receipt(*a.Outcome.Receipt)
	case a.Outcome.Detail != "":
		return string(a.Outcome.Kind) + ": " + a.Outcome.Detail
	default:
		return string(a.Outcome.Kind)
	}
}
