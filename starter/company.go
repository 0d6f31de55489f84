package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
)

func (s *starter) companyVerb() *cli.Command {
	return &cli.Command{
		Name: "company", Usage: "list, add or end our companies, for which we report as ourselves", ArgsUsage: "list|add|end [NUMBER]", Category: "Act",
		Description: examples("Reports that follow from an event are filed if the company was ours at the time of the event. With --role only the duties of these roles are; with --site its further SIRETs are the company as well.",
			"starter company list",
			"starter company add 5560069618 --country SE --name 'Mälarens Oljeraffinaderi AB' --by 'Karin Holm'",
			"starter company add 5560065087 --country SE --name 'Roslagens Åkeri AB' --role transporter --by 'Karin Holm'",
			"starter company add 00000000283390 --country FR --name 'Solvants de Saint-Fons SA' --site 00000000283465 --by 'Karin Holm'",
			"starter company end 5560065087 --country SE --reason sold --by 'Karin Holm'"),
		Flags: append(entryFlags(),
			&cli.StringSliceFlag{Name: "site", Usage: "with add: `NUMBER` of an establishment, a SIRET or a CFAR number; may be given again"},
			&cli.StringSliceFlag{Name: "role", Usage: "with add: report only its duties in this `ROLE`; may be given again"}),
		Action: s.company,
	}
}

// entryFlags are the options that companies and mandates share.
func entryFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "country", Usage: "`COUNTRY` of the company, two letters"},
		&cli.StringFlag{Name: "name", Usage: "with add: `NAME` of the company"},
		&cli.StringFlag{Name: "tenant", Usage: "of this `TENANT`; " + sluss.DefaultTenant + " if left out, and with list all"},
		&cli.BoolFlag{Name: "all", Usage: "with list: also those that have ended"},
		&cli.StringFlag{Name: "reason", Usage: "with end: `REASON`"},
		atFlag("with end: when it ends; now if left out"),
		byFlag("by", "`NAME` of the person who adds or ends it"),
	}
}

func (s *starter) company(c *cli.Context) error {
	act, number, err := entryAct(c)
	if err != nil {
		return err
	}
	tenant, country := c.String("tenant"), strings.ToUpper(c.String("country"))
	switch act {
	case "list":
		all, err := api.Value(s.service.ListCompaniesWithResponse(c.Context, &api.ListCompaniesParams{Tenant: opt(tenant), All: opt(c.Bool("all"))}))
		if err != nil {
			return err
		}
		return s.answer(c, all, func(w io.Writer) { s.writeCompanies(w, all) })
	case "add":
		company := sluss.Company{Tenant: tenant, Country: country, ID: number, Name: c.String("name"), Sites: c.StringSlice("site")}
		for _, text := range c.StringSlice("role") {
			r, err := role("--role", text)
			if err != nil {
				return err
			}
			company.Roles = append(company.Roles, r)
		}
		if company.By, err = person(c, "by"); err != nil {
			return err
		}
		added, err := api.Decoded[sluss.Company](s.service.AddCompanyWithResponse(c.Context, company))
		if err != nil {
			return err
		}
		return s.answer(c, added, func(w io.Writer) { fmt.Fprintf(w, "%s %s is ours\n", added.ID, added.Name) })
	}
	end, err := s.ending(c)
	if err != nil {
		return err
	}
	if country == "" {
		return usagef("of which country is the company? give --country COUNTRY")
	}
	ended, err := api.Value(s.service.EndCompanyWithResponse(c.Context, cmp.Or(tenant, sluss.DefaultTenant), country, number, end))
	if err != nil {
		return err
	}
	return s.answer(c, ended, func(w io.Writer) {
		fmt.Fprintf(w, "%s %s is not ours from %s on\n", ended.ID, ended.Name, s.clock(ended.Ended.At))
	})
}

// entryAct reads list, add or end, and the number that the last two need.
func entryAct(c *cli.Context) (act, number string, err error) {
	act = c.Args().First()
	switch act {
	case "list":
		_, err = arguments(c, "list")
		return act, "", err
	case "add", "end":
		given, err := arguments(c, act, "NUMBER")
		if err != nil {
			return act, "", err
		}
		return act, given[1], nil
	}
	return "", "", usagef("%q: starter %s %s", act, c.Command.Name, c.Command.ArgsUsage)
}

func (s *starter) ending(c *cli.Context) (end sluss.Ending, err error) {
	if end.Reason = c.String("reason"); end.Reason == "" {
		return end, usagef("why? give --reason REASON")
	}
	if end.At, err = s.actTime(c); err != nil {
		return end, err
	}
	end.By, err = person(c, "by")
	return end, err
}

func (s *starter) writeCompanies(w io.Writer, all []sluss.Company) {
	if len(all) == 0 {
		fmt.Fprintln(w, "No company of ours is entered: `starter company add NUMBER --country SE --name NAME --by NAME` enters one.")
		return
	}
	var lines [][]string
	for _, one := range all {
		lines = append(lines, []string{
			one.ID, one.Country, one.Name, one.Tenant, cmp.Or(strings.Join(texts(one.Roles), ", "), "all"), strings.Join(one.Sites, ", "), s.entry(one.Entry),
		})
	}
	table(w, []string{"COMPANY", "COUNTRY", "NAME", "TENANT", "ROLES", "SITES", "ENTERED"}, lines)
}

// entry says who entered something and when, and how it ended.
func (s *starter) entry(e sluss.Entry) string {
	text := fmt.Sprintf("%s by %s", s.clock(e.At), e.By.Name)
	if e.Ended != nil {
		text += fmt.Sprintf("; ended %s by %s: %s", s.clock(e.Ended.At), e.Ended.By.Name, e.Ended.Reason)
	}
	return text
}
