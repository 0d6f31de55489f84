package trackdechets

import (
	"slices"

	"sluss/registries/numbers"
)

const (
	defaultPage = 50
	largestPage = 100
)

func (b *Backend) me(c *call) (any, error) {
	return map[string]any{"id": c.user.Email, "email": c.user.Email, "name": c.user.Name, "isAdmin": false}, nil
}

func (b *Backend) form(c *call) (any, error) {
	id, readableID := text(c.args, "id"), text(c.args, "readableId")
	if id == "" && readableID == "" {
		return nil, badInput("L'id ou le readableId doit être fourni pour identifier le bordereau.")
	}
	found, err := b.books.find(id, readableID)
	if err != nil {
		return nil, err
	}
	if c.user.actsFor(found.contributors(), mayRead) == "" {
		return nil, forbidden("Vous n'êtes pas autorisé à accéder à ce bordereau")
	}
	return b.wire(found), nil
}

func (b *Backend) forms(c *call) (any, error) {
	company, err := c.listedCompany()
	if err != nil {
		return nil, err
	}
	matching, err := b.filter(c.args, company)
	if err != nil {
		return nil, err
	}
	page, err := cut(c.args, matching)
	if err != nil {
		return nil, err
	}
	answer := make([]any, len(page))
	for i, f := range page {
		answer[i] = b.wire(f)
	}
	return answer, nil
}

// listedCompany is the company whose forms are asked for; it may be left out by users of a single one.
func (c *call) listedCompany() (string, error) {
	company := text(c.args, "siret")
	if company == "" {
		if len(c.user.Roles) != 1 {
			return "", badInput("Le siret de l'entreprise concernée est requis.")
		}
		for only := range c.user.Roles {
			company = only
		}
	}
	if c.user.actsFor([]string{company}, mayRead) == "" {
		return "", notMember(company)
	}
	return company, nil
}

// filter finds a company's forms that fit the arguments, newest first.
func (b *Backend) filter(args map[string]any, company string) ([]*Form, error) {
	status, roles := list(args, "status"), list(args, "roles")
	conditions := []func(*Form) bool{func(f *Form) bool { return slices.Contains(f.contributors(), company) }}
	add := func(given bool, condition func(*Form) bool) {
		if given {
			conditions = append(conditions, condition)
		}
	}
	add(len(status) > 0, func(f *Form) bool { return slices.Contains(status, any(string(f.Status))) })
	add(len(roles) > 0, func(f *Form) bool {
		return slices.ContainsFunc(roles, func(role any) bool {
			name, _ := role.(string)
			return slices.Contains(f.parties()[name], company)
		})
	})
	customID, code, other := text(args, "customId"), text(args, "wasteCode"), text(args, "siretPresentOnForm")
	add(customID != "", func(f *Form) bool { return f.CustomID == customID })
	add(code != "", func(f *Form) bool { return text(f.Data, "wasteDetails.code") == code })
	add(other != "", func(f *Form) bool { return slices.Contains(f.everyone(), other) })
	waits, given := args["hasNextStep"].(bool)
	add(given, func(f *Form) bool { return slices.Contains(f.awaited(), company) == waits })
	for _, name := range []string{"updatedAfter", "sentAfter"} {
		after := text(args, name)
		if after == "" {
			continue
		}
		limit, ok := parseTime(after, b.paris)
		if !ok {
			return nil, internalError() // as the real service does
		}
		add(true, func(f *Form) bool {
			if name == "updatedAfter" {
				return !f.UpdatedAt.Before(limit)
			}
			sent, ok := parseTime(text(f.Data, "sentAt"), b.paris)
			return ok && !sent.Before(limit)
		})
	}
	return slices.DeleteFunc(b.books.newestFirst(), func(f *Form) bool {
		return slices.ContainsFunc(conditions, func(holds func(*Form) bool) bool { return !holds(f) })
	}), nil
}

// cut takes the page asked for out of the matching forms. An unknown cursor gives an empty page.
func cut(args map[string]any, matching []*Form) ([]*Form, error) {
	first, forward := number(args, "first")
	last, backward := number(args, "last")
	if forward && backward {
		return nil, badInput("L'utilisation simultanée de `first` et `last` n'est pas supportée")
	}
	for name, size := range map[string]float64{"first": first, "last": last} {
		if size > largestPage {
			return nil, invalid([]string{"`" + name + "` doit être inférieur à 100"})
		}
		if size < 0 || (size == 0 && at(args, name) != nil) {
			return nil, invalid([]string{"`" + name + "` doit être positif"})
		}
	}
	position := func(cursor string) int {
		return slices.IndexFunc(matching, func(f *Form) bool { return f.ID == cursor })
	}
	if cursor := text(args, "cursorAfter"); cursor != "" {
		i := position(cursor)
		if i < 0 {
			return nil, nil
		}
		matching = matching[i+1:]
	}
	if cursor := text(args, "cursorBefore"); cursor != "" {
		i := position(cursor)
		if i < 0 {
			return nil, nil
		}
		matching = matching[:i]
	}
	if skip, _ := number(args, "skip"); skip > 0 {
		matching = matching[min(int(skip), len(matching)):]
	}
	if backward {
		return matching[max(0, len(matching)-int(last)):], nil
	}
	size := defaultPage
	if forward {
		size = int(first)
	}
	return matching[:min(size, len(matching))], nil
}

func (b *Backend) companyInfos(c *call) (any, error) {
	id := text(c.args, "siret")
	if id == "" {
		id = text(c.args, "clue")
	}
	refuse := func(message string) error {
		return &refusal{code: codeBadUserInput, message: message, extra: map[string]any{"invalidArgs": []string{"siret", "clue"}}}
	}
	if !validSiret(id) && !numbers.IsPlain(numbers.VAT, id) {
		return nil, refuse("Il est obligatoire de rechercher soit avec un SIRET de 14 caractères soit avec un numéro de TVA intracommunautaire valide")
	}
	known, ok := b.companies[id]
	if !ok {
		return nil, refuse("Aucun établissement trouvé avec ce SIRET")
	}
	return known.wire(), nil
}
