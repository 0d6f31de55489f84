package forms

import (
	"fmt"
	"slices"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

const (
	usualPage   = 50
	largestPage = 100
)

func (d *Service) form(c *graphql.Call) (any, error) {
	id, readableID := c.Text("id"), c.Text("readableId")
	if id == "" && readableID == "" {
		return nil, refusal.BadInput("L'id ou le readableId doit être fourni pour identifier le bordereau.")
	}
	if id == "" {
		all := d.Newest(kinds.BSDD.Name)
		if i := slices.IndexFunc(all, func(f *Document) bool { return f.ReadableID == readableID }); i >= 0 {
			id = all[i].ID
		}
	}
	found, ok := d.Look(id)
	if !ok || found.Kind != kinds.BSDD.Name {
		return nil, refusal.BadInput(fmt.Sprintf(kinds.BSDD.Says.NotFound, id+readableID))
	}
	if c.User.ActsFor(kinds.BSDD.Contributors(found), companies.MayRead) == "" {
		return nil, refusal.Forbidden(kinds.BSDD.Says.Read)
	}
	return d.Wire(found), nil
}

func (d *Service) forms(c *graphql.Call) (any, error) {
	company, err := listedCompany(c)
	if err != nil {
		return nil, err
	}
	matching, err := d.filter(c.Args, company)
	if err != nil {
		return nil, err
	}
	nodes := make([]graphql.Node, len(matching))
	for i, f := range matching {
		nodes[i].Cursor = f.ID
	}
	from, to, err := graphql.Cut(c.Args, nodes, "cursorAfter", "cursorBefore", usualPage, largestPage)
	if err != nil {
		return nil, err
	}
	answer := []any{}
	for _, f := range matching[from:to] {
		answer = append(answer, d.Wire(f))
	}
	return answer, nil
}

// listedCompany is the company whose forms are asked for; it may be left out by users of a single one.
func listedCompany(c *graphql.Call) (string, error) {
	company := c.Text("siret")
	if company == "" {
		if len(c.User.Roles) != 1 {
			return "", refusal.BadInput("Le siret de l'entreprise concernée est requis.")
		}
		for only := range c.User.Roles {
			company = only
		}
	}
	if c.User.ActsFor([]string{company}, companies.MayRead) == "" {
		return "", refusal.NotMember(company)
	}
	return company, nil
}

// filter finds a company's forms that fit the arguments, newest first.
func (d *Service) filter(args map[string]any, company string) ([]*Document, error) {
	status, roles := tree.List(args, "status"), tree.List(args, "roles")
	conditions := []func(*Document) bool{func(f *Document) bool { return slices.Contains(kinds.BSDD.Contributors(f), company) }}
	add := func(given bool, condition func(*Document) bool) {
		if given {
			conditions = append(conditions, condition)
		}
	}
	add(len(status) > 0, func(f *Document) bool { return slices.Contains(status, any(string(f.Status))) })
	add(len(roles) > 0, func(f *Document) bool {
		return slices.ContainsFunc(roles, func(role any) bool {
			name, _ := role.(string)
			return slices.Contains(kinds.BSDD.InRole(f, name), company)
		})
	})
	customID, code, other := tree.Text(args, "customId"), tree.Text(args, "wasteCode"), tree.Text(args, "siretPresentOnForm")
	add(customID != "", func(f *Document) bool { return f.CustomID == customID })
	add(code != "", func(f *Document) bool { return f.Text("wasteDetails.code") == code })
	add(other != "", func(f *Document) bool { return slices.Contains(kinds.BSDD.Companies(f), other) })
	waits, given := args["hasNextStep"].(bool)
	add(given, func(f *Document) bool { return slices.Contains(kinds.Awaited(f), company) == waits })
	for _, name := range []string{"updatedAfter", "sentAfter"} {
		after := tree.Text(args, name)
		if after == "" {
			continue
		}
		limit, ok := tree.ParseTime(after, d.zone)
		if !ok {
			return nil, refusal.Internal() // as the real service does
		}
		add(true, func(f *Document) bool {
			if name == "updatedAfter" {
				return !f.UpdatedAt.Before(limit)
			}
			sent, ok := tree.ParseTime(f.Text("sentAt"), d.zone)
			return ok && !sent.Before(limit)
		})
	}
	return slices.DeleteFunc(d.Newest(kinds.BSDD.Name), func(f *Document) bool {
		return slices.ContainsFunc(conditions, func(holds func(*Document) bool) bool { return !holds(f) })
	}), nil
}
