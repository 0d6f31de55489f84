package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
)

func (s *starter) cancelVerb() *cli.Command {
	return &cli.Command{
		Name: "cancel", Usage: "cancel a batch whose waste does not go the planned way", ArgsUsage: "BATCH", Category: "Act",
		Description: examples("What is not owed any more is withdrawn. What was filed and is not owed any more is annulled by its registry's own procedure, once that is signed: starter sign BATCH signs all of it.\nA transport that did start has started even if it turned round: its reports stay. If what was reported did not happen, say --never-left. What was received cannot be cancelled: report refused. Sent again, it starts what is still to be annulled.",
			"starter cancel VO-1 --reason 'the customer kept the waste' --by 'Karin Holm'",
			"starter cancel VO-1 --never-left --reason 'the wrong batch was reported' --by 'Karin Holm'"),
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "never-left", Usage: "nothing of what was reported happened: it is taken back, and what was filed of it is annulled"},
			&cli.StringFlag{Name: "reason", Usage: "`REASON` of the cancellation"},
			&cli.StringFlag{Name: "at", Usage: "`TIME` of the cancellation; now if left out"},
			byFlag("by", "`NAME` of the person who cancels"),
		},
		Action: s.cancel,
	}
}

func (s *starter) cancel(c *cli.Context) error {
	id, _, err := target(c, batchID, "BATCH")
	if err != nil {
		return err
	}
	asked := api.Cancelling{NeverLeft: c.Bool("never-left"), Reason: c.String("reason")}
	if asked.Reason == "" {
		return usagef("why? give --reason REASON")
	}
	if c.IsSet("at") {
		if asked.At, err = s.past(c.String("at")); err != nil {
			return err
		}
	}
	if asked.By, err = person(c, "by"); err != nil {
		return err
	}
	tenant, reference, _ := id.Split()
	done, err := api.Value(s.service.CancelBatchWithResponse(c.Context, tenant, reference, asked))
	if err != nil {
		return err
	}
	return s.answer(c, done, func(w io.Writer) {
		fmt.Fprintf(w, "%s is cancelled\n", short(id))
		writeTogether(w, id, done)
	})
}

// amendAll brings all reports of a batch up to date.
func (s *starter) amendAll(c *cli.Context) error {
	id, _, err := target(c, batchID, "BATCH")
	if err != nil {
		return err
	}
	if c.IsSet("remove") || c.IsSet("add") {
		return usagef("--all finds out itself what is to be corrected: leave --remove and --add out")
	}
	asked := api.AmendingAll{Reason: c.String("reason")}
	if asked.Reason == "" {
		return usagef("how is it known? give --reason REASON")
	}
	if asked.By, err = person(c, "by"); err != nil {
		return err
	}
	tenant, reference, _ := id.Split()
	done, err := api.Value(s.service.AmendBatchWithResponse(c.Context, tenant, reference, asked))
	if err != nil {
		return err
	}
	return s.answer(c, done, func(w io.Writer) { writeTogether(w, id, done) })
}

// writeTogether lists amendments of a batch with the command that signs them.
func writeTogether(w io.Writer, id sluss.BatchID, done api.AmendedAll) {
	var roles []sluss.Role
	for _, a := range done.Amendments {
		fmt.Fprintf(w, "  %s amends %s (%s), and waits for the %s\n", short(a.Filing), short(a.Note), a.Receipt, a.Waiting)
		if !slices.Contains(roles, a.Waiting) {
			roles = append(roles, a.Waiting)
		}
	}
	if len(done.Amendments) == 0 {
		fmt.Fprintln(w, "  nothing that was filed is to be amended")
	}
	for _, role := range roles {
		field(w, "do", command("sign", short(id), "--role", string(role), "--name", "NAME"))
	}
	writeOutdated(w, done.Left)
}
