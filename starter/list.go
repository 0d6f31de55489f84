package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
)

// stages are the possible stages of a batch in a list: its latest event, or closed.
var stages = stagesOfBatches()

func stagesOfBatches() []string {
	stages := []string{"declared"}
	for _, kind := range sluss.EventKinds() {
		stages = append(stages, string(kind))
	}
	return append(stages, "closed")
}

func (s *starter) listVerb() *cli.Command {
	return &cli.Command{
		Name: "list", Usage: "list batches, the latest declared first", ArgsUsage: noArguments, Category: "Look",
		Description: examples("The stage is the latest event of the batch, or closed. \"2 theirs\" are duties that the parties discharge themselves, without a receipt that we know.",
			"starter list",
			"starter list --overdue --waiting officer",
			"starter list --stage received --json"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "stage", Usage: "only batches at `STAGE`: " + strings.Join(stages, ", ")},
			&cli.StringFlag{Name: "waiting", Usage: "only batches with something that waits for `ROLE`"},
			&cli.BoolFlag{Name: "overdue", Usage: "only batches with something that is late"},
			&cli.StringFlag{Name: "tenant", Usage: "only batches of `TENANT`"},
			&cli.IntFlag{Name: "limit", Usage: "at most `N` batches", Value: 50},
			&cli.Int64Flag{Name: "after", Usage: "the page after the row with this `LINE` (see --json)"},
		},
		Action: s.list,
	}
}

func (s *starter) list(c *cli.Context) error {
	if _, err := arguments(c); err != nil {
		return err
	}
	waiting, err := role("--waiting", c.String("waiting"))
	if err != nil {
		return err
	}
	stage := c.String("stage")
	if stage != "" && !slices.Contains(stages, stage) {
		return usagef("--stage %q is no stage: %s", stage, oneOf(stages))
	}
	limit, err := pageLimit(c)
	if err != nil {
		return err
	}
	rows, err := api.Value(s.service.ListBatchesWithResponse(c.Context, &api.ListBatchesParams{
		Tenant: opt(c.String("tenant")), Stage: opt(api.ListBatchesParamsStage(stage)), Waiting: opt(waiting), Overdue: opt(c.Bool("overdue")),
		Limit: &limit, After: opt(c.Int64("after")),
	}))
	if err != nil {
		return err
	}
	if len(rows) == limit {
		s.hint("there may be more: --after %d shows the next page", rows[limit-1].Line)
	}
	return s.answer(c, rows, func(w io.Writer) { s.writeBatches(w, rows) })
}

func (s *starter) writeBatches(w io.Writer, rows []api.BatchRow) {
	if len(rows) == 0 {
		fmt.Fprintln(w, "No batches.")
		return
	}
	var lines [][]string
	for _, r := range rows {
		stage := r.Stage
		if r.Closed != "" {
			stage += ", " + r.Closed
		}
		lines = append(lines, []string{
			short(r.ID), stage, r.Waste.Code, r.Waste.Mass.String(), strings.Join(texts(r.Waiting), ", "), s.clock(r.NextDue), flags(r),
		})
	}
	table(w, []string{"BATCH", "STAGE", "WASTE", "MASS", "WAITING FOR", "NEXT DUE", "FLAGS"}, lines)
}

func flags(r api.BatchRow) string {
	var set []string
	if r.Overdue {
		set = append(set, "late")
	}
	if r.Blocked {
		set = append(set, "blocked")
	}
	if r.Theirs > 0 {
		set = append(set, fmt.Sprintf("%d theirs", r.Theirs))
	}
	return strings.Join(set, ", ")
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = string(r)
	}
	return out
}
