package main

import (
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"sluss/api"
)

func (s *starter) inboxVerb() *cli.Command {
	return &cli.Command{
		Name: "inbox", Usage: "list what waits for a person, the most urgent first, with the commands to use", ArgsUsage: noArguments, Category: "Look",
		Description: examples("Replace the words in capitals in the commands. Batches with events that are kept, and what was filed\nbefore its batch was corrected, come last.",
			"starter inbox",
			"starter inbox --role officer --limit 10",
			"starter inbox --json"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "role", Usage: "only what waits for `ROLE`"},
			&cli.StringFlag{Name: "tenant", Usage: "only of `TENANT`"},
			&cli.StringFlag{Name: "registry", Usage: "only filings at `REGISTRY`"},
			&cli.BoolFlag{Name: "overdue", Usage: "only what is late"},
			&cli.IntFlag{Name: "limit", Usage: "at most `N` filings", Value: 50},
			&cli.IntFlag{Name: "skip", Usage: "skip the first `N`"},
		},
		Action: s.inbox,
	}
}

func (s *starter) inbox(c *cli.Context) error {
	if _, err := arguments(c); err != nil {
		return err
	}
	waiting, err := role("--role", c.String("role"))
	if err != nil {
		return err
	}
	limit, err := pageLimit(c)
	if err != nil {
		return err
	}
	items, err := api.Value(s.service.ListInboxWithResponse(c.Context, &api.ListInboxParams{
		Tenant: opt(c.String("tenant")), Role: opt(waiting), Registry: opt(c.String("registry")), Overdue: opt(c.Bool("overdue")),
		Limit: &limit, Skip: opt(c.Int("skip")),
	}))
	if err != nil {
		return err
	}
	open := 0
	for _, item := range items {
		if item.Open {
			open++
		}
	}
	if open == limit {
		s.hint("there may be more: --skip %d shows the next page", c.Int("skip")+limit)
	}
	if syncs, err := api.Value(s.service.ListSyncsWithResponse(c.Context)); err == nil && len(syncs.Adrift) > 0 {
		s.hint("%d open batches were refused or cancelled by others at their registry: `starter sync` lists them", len(syncs.Adrift))
	}
	return s.answer(c, items, func(w io.Writer) { s.writeInbox(w, items) })
}

func (s *starter) writeInbox(w io.Writer, items []api.Filing) {
	if len(items) == 0 {
		fmt.Fprintln(w, "Nothing waits for a person.")
		return
	}
	for i, item := range items {
		if i > 0 {
			fmt.Fprintln(w)
		}
		f := item
		if f.Outdated != nil {
			writeOutdated(w, []api.Outdated{*f.Outdated})
		}
		for _, warning := range f.Warnings {
			fmt.Fprintf(w, "%s  needs a person: %s\n", short(f.Batch), warning)
			field(w, "do", command("show", short(f.Batch)))
		}
		if !f.Open || f.Waiting == "" {
			continue
		}
		fmt.Fprintf(w, "%s  %s (the %s)\n", short(f.ID), f.Stage, f.Waiting)
		field(w, "due", s.due(f.Due))
		field(w, "rule", law(f.Obligation.Rule))
		field(w, "late", s.late(f))
		writeReasons(w, f)
		for _, line := range nextCommands(f) {
			field(w, "do", line)
		}
	}
}

// field is one aligned line below a heading.
func field(w io.Writer, name, text string) {
	if text != "" {
		fmt.Fprintf(w, "  %-9s %s\n", name, text)
	}
}

func writeReasons(w io.Writer, f api.Filing) {
	for _, r := range f.Reasons {
		field(w, "reason", reason(r))
	}
	field(w, "detail", f.Detail)
}
