// Package directory answers questions about companies and users, and takes receipts of transporters.
package directory

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"sluss/registries/numbers"
	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// receipt is the kind, in the records, of a transporter's receipt.
const receipt = "receipt"

// Service serves the directory; its methods expect the records to be locked.
type Service struct{ *records.Store }

// Resolvers are the root fields of the directory.
func (d *Service) Resolvers() graphql.Resolvers {
	all := graphql.Resolvers{"companyInfos": {Open: true, Resolve: d.companyInfos}}
	for _, name := range sessionOnly {
		all[name] = graphql.Resolver{Open: true, Resolve: func(*graphql.Call) (any, error) { return nil, refusal.NotSignedIn() }}
	}
	for name, resolve := range map[string]func(*graphql.Call) (any, error){
		"me": d.me, "myCompanies": d.myCompanies, "ecoOrganismes": d.ecoOrganismes, "searchCompanies": d.searchCompanies,
		"createTransporterReceipt": d.createReceipt, "updateTransporterReceipt": d.updateReceipt,
	} {
		all.Add(name, resolve)
	}
	return all
}

// sessionOnly are what only the web interface's session may do; a token counts for nothing there.
var sessionOnly = []string{"createAccessToken", "bsds", "companyPrivateInfos", "updateCompany"}

func (d *Service) me(c *graphql.Call) (any, error) {
	mine := []any{}
	for _, company := range d.mine(c.User) {
		mine = append(mine, company.Wire())
	}
	return map[string]any{"id": c.User.Email, "email": c.User.Email, "name": c.User.Name, "isAdmin": false, "companies": mine}, nil
}

// mine are the companies in which a user has a role.
func (d *Service) mine(user *companies.User) []companies.Company {
	var found []companies.Company
	for _, id := range slices.Sorted(maps.Keys(user.Roles)) {
		if company, ok := d.Companies[id]; ok {
			found = append(found, company)
		}
	}
	return found
}

// myCompanies lists the companies in which the user has a role.
func (d *Service) myCompanies(c *graphql.Call) (any, error) {
	var nodes []graphql.Node
	for _, company := range d.mine(c.User) {
		data, role := company.Wire(), c.User.Roles[company.ID()]
		data["id"], data["userRole"] = company.OpaqueID(), string(role)
		if role.Grants(companies.MayManage) {
			data["securityCode"] = float64(company.SecurityCode)
		}
		nodes = append(nodes, graphql.Node{Cursor: company.OpaqueID(), Value: data})
	}
	return graphql.Connection(c.Args, nodes, 10, 100)
}

// ecoOrganismes lists the companies with that profile.
func (d *Service) ecoOrganismes(*graphql.Call) (any, error) {
	answer := []any{}
	for _, id := range slices.Sorted(maps.Keys(d.Companies)) {
		if company := d.Companies[id]; company.Has("ECO_ORGANISME") {
			answer = append(answer, map[string]any{
				"id": company.OpaqueID(), "siret": company.Siret, "name": company.Name, "address": company.Address,
				"handleBsdd": true, "handleBsda": true, "handleBsdasri": true, "handleBsvhu": true,
			})
		}
	}
	return answer, nil
}

// createReceipt makes a transporter's receipt. It counts only once it stands in a company's profile.
func (d *Service) createReceipt(c *graphql.Call) (any, error) {
	data := tree.Clone(c.Object("input"))
	return d.Keep(c, d.New(receipt, records.NewID(), data), data)
}

func (d *Service) updateReceipt(c *graphql.Call) (any, error) {
	input := c.Object("input")
	r, ok := d.Find(receipt, tree.Text(input, "id"))
	if !ok {
		return nil, refusal.BadInput(fmt.Sprintf("Le récépissé avec l'identifiant \"%s\" n'existe pas.", tree.Text(input, "id")))
	}
	given := maps.Clone(input)
	maps.DeleteFunc(given, func(_ string, value any) bool { return value == nil }) // a receipt is never without
	tree.Merge(r.Data, given)
	return d.Keep(c, r, input)
}

// shortestClue is how long the clue of a search must be.
const shortestClue = 3

var postcode = regexp.MustCompile(`\b(\d{2})\d{3}\b`)

// searchCompanies finds companies by their number, or by words of their names and addresses. Of the real one's search
// among all establishments of the country this knows the registered ones alone.
func (d *Service) searchCompanies(c *graphql.Call) (any, error) {
	clue := strings.ToLower(strings.TrimSpace(c.Text("clue")))
	digits := strings.ReplaceAll(clue, " ", "")
	if clue != "" && len(clue) < shortestClue {
		return nil, refusal.Internal() // as the real service does
	}
	department := c.Text("department")
	found := []any{}
	for _, id := range slices.Sorted(maps.Keys(d.Companies)) {
		company := d.Companies[id]
		about := strings.ToLower(company.Name + " " + company.Address)
		fits := clue != "" && !slices.ContainsFunc(strings.Fields(clue), func(word string) bool { return !strings.Contains(about, word) })
		in := postcode.FindStringSubmatch(company.Address)
		switch {
		case !fits && strings.ToLower(id) != digits:
			continue
		case company.VATNumber != "" && !tree.Truth(c.Args, "allowForeignCompanies"):
			continue
		case department != "" && (in == nil || in[1] != department):
			continue
		}
		data := company.Wire()
		data["trackdechetsId"] = company.OpaqueID()
		data["codePaysEtrangerEtablissement"] = ""
		if company.VATNumber != "" {
			data["codePaysEtrangerEtablissement"] = company.VATNumber[:min(2, len(company.VATNumber))]
		}
		found = append(found, data)
	}
	return found, nil
}

func (d *Service) companyInfos(c *graphql.Call) (any, error) {
	id := c.Text("siret")
	if id == "" {
		id = c.Text("clue")
	}
	if upper := strings.ToUpper(id); numbers.IsPlain(numbers.VAT, upper) {
		id = upper
	}
	if numbers.IsFrenchVAT(id) {
		return nil, &refusal.Refusal{
			Code: refusal.BadUserInput, Message: "Une entreprise française doit être identifiée par son SIRET et pas par sa TVA intracommunautaire",
			Extra: map[string]any{"invalidArgs": []string{"clue"}},
		}
	}
	refuse := func(message string) error {
		return &refusal.Refusal{Code: refusal.BadUserInput, Message: message, Extra: map[string]any{"invalidArgs": []string{"siret", "clue"}}}
	}
	if !numbers.IsSIRET(id, true) && !numbers.IsPlain(numbers.VAT, id) {
		return nil, refuse("Il est obligatoire de rechercher soit avec un SIRET de 14 caractères soit avec un numéro de TVA intracommunautaire valide")
	}
	known, ok := d.Companies[id]
	if !ok {
		return nil, refuse("Aucun établissement trouvé avec ce SIRET")
	}
	return known.Wire(), nil
}
