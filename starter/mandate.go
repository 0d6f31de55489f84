package main

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
)

func (s *starter) mandateVerb() *cli.Command {
	return &cli.Command{
		Name: "mandate", Usage: "list, add or end mandates, by which we report for other companies", ArgsUsage: "list|add|end [NUMBER]", Category: "Act",
		Description: examples("add takes the number of the company, end that of the mandate. --duty is the id of a rule, a kind of report, or all. The days from --from to --until hold, both included, in Swedish time. --as agent reports with our own certificate and names us as agent (ombud; Sweden only), --as own with the company's own. What was theirs before stays theirs: `starter duty` makes it ours.",
			"starter mandate list --all",
			"starter mandate add 5560360793 --country SE --name 'Nordhamns Verkstad AB' --duty removal --duty se.transport --from 2026-12-01 --evidence 'contract 2026-17' --as agent --by 'Karin Holm'",
			"starter mandate add 00000000283366 --country FR --name 'Ateliers du Rhône SAS' --duty all --from 2026-12-01 --until 2027-11-30 --evidence 'letter of 24 November' --as own --by 'Karin Holm'",
			"starter mandate end 12 --reason 'contract terminated' --by 'Karin Holm'"),
		Flags: append(entryFlags(),
			&cli.StringSliceFlag{Name: "duty", Usage: "with add: for this `DUTY`; may be given again"},
			&cli.StringFlag{Name: "from", Usage: "with add: the first `DAY`, such as 2026-12-01"},
			&cli.StringFlag{Name: "until", Usage: "with add: the last `DAY`; until it is ended if left out"},
			&cli.StringFlag{Name: "evidence", Usage: "with add: `WHERE` the company's word can be found, such as a contract"},
			&cli.StringFlag{Name: "as", Usage: "with add: `agent` or own"}),
		Action: s.mandate,
	}
}

func (s *starter) mandate(c *cli.Context) error {
	act, number, err := entryAct(c)
	if err != nil {
		return err
	}
	tenant := c.String("tenant")
	switch act {
	case "list":
		all, err := api.Value(s.service.ListMandatesWithResponse(c.Context, &api.ListMandatesParams{Tenant: opt(tenant), All: opt(c.Bool("all"))}))
		if err != nil {
			return err
		}
		return s.answer(c, all, func(w io.Writer) { s.writeMandates(w, all) })
	case "add":
		mandate := sluss.Mandate{
			Tenant: tenant, Country: strings.ToUpper(c.String("country")), ID: number, Name: c.String("name"), Duties: c.StringSlice("duty"),
			From: sluss.Day(c.String("from")), Until: sluss.Day(c.String("until")), Evidence: c.String("evidence"), As: sluss.Capacity(c.String("as")),
		}
		if mandate.By, err = person(c, "by"); err != nil {
			return err
		}
		added, err := api.Decoded[sluss.Mandate](s.service.AddMandateWithResponse(c.Context, mandate))
		if err != nil {
			return err
		}
		return s.answer(c, added, func(w io.Writer) {
			fmt.Fprintf(w, "mandate %d of %s %s is entered\n", added.Number, added.ID, added.Name)
		})
	}
	end, err := s.ending(c)
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return usagef("%q is no number of a mandate: `starter mandate list` has them", number)
	}
	ended, err := api.Value(s.service.EndMandateWithResponse(c.Context, cmp.Or(tenant, sluss.DefaultTenant), n, end))
	if err != nil {
		return err
	}
	return s.answer(c, ended, func(w io.Writer) {
		fmt.Fprintf(w, "mandate %d of %s %s ends %s\n", ended.Number, ended.ID, ended.Name, s.clock(ended.Ended.At))
	})
}

func (s *starter) writeMandates(w io.Writer, all []sluss.Mandate) {
	if len(all) == 0 {
		fmt.Fprintln(w, "No mandate is entered.")
		return
	}
	var lines [][]string
	for _, m := range all {
		lines = append(lines, []string{
			strconv.FormatInt(m.Number, 10), m.ID, m.Country, m.Name, m.Tenant, strings.Join(m.Duties, ", "), string(m.As),
			string(m.From) + " – " + string(m.Until), m.Evidence, s.entry(m.Entry),
		})
	}
	table(w, []string{"MANDATE", "COMPANY", "COUNTRY", "NAME", "TENANT", "DUTIES", "AS", "DAYS", "EVIDENCE", "ENTERED"}, lines)
}
