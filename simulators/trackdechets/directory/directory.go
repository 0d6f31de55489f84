// Package directory answers queries about companies and users, and stores receipts of transporters.
package directory

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"sluss/registries/numbers"
	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/files"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

const noReceipt = "Le récépissé avec l'identifiant \"%s\" n'existe pas."

// receipt is the kind, in the records, of a transporter's receipt.
const receipt = "receipt"

// Service serves the directory; its methods expect the records to be locked.
type Service struct {
	*records.Store
	Files *files.Store
}

// Resolvers are the root fields of the directory.
func (d *Service) Resolvers() graphql.Resolvers {
	all := graphql.Resolvers{"companyInfos": {Open: true, Resolve: d.companyInfos}}
	for name, resolve := range map[string]func(*graphql.Call) (any, error){
		"me": d.me, "myCompanies": d.myCompanies, "ecoOrganismes": d.ecoOrganismes, "searchCompanies": d.searchCompanies,
		"myCompaniesCsv": d.listFile("etablissements.csv"), "myCompaniesXls": d.listFile("etablissements.xlsx"), "updateCompany": d.updateCompany,
		"createTransporterReceipt": d.createReceipt, "updateTransporterReceipt": d.updateReceipt,
	} {
		all.Add(name, resolve)
	}
	return all
}

func (d *Service) me(c *graphql.Call) (any, error) {
	mine := []any{}
	for _, company := range d.mine(c.User) {
		mine = append(mine, private(company, c.User.Roles[company.ID()]))
	}
	data := c.User.Wire()
	data["companies"] = mine
	return data, nil
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
	search := strings.ToLower(c.Text("search"))
	if given := c.Args["search"] != nil; given && (utf8.RuneCountInString(search) < shortestClue || utf8.RuneCountInString(search) > longestSearch) {
		return nil, refusal.BadInput(fmt.Sprintf("Le champ de recherche doit contenir entre %d et %d caractères", shortestClue, longestSearch))
	}
	var nodes []graphql.Node
	for _, company := range d.mine(c.User) {
		if !strings.Contains(strings.ToLower(company.Name+" "+company.ID()), search) {
			continue
		}
		nodes = append(nodes, graphql.Node{Cursor: company.OpaqueID(), Value: private(company, c.User.Roles[company.ID()])})
	}
	return graphql.Connection(c.Args, nodes, 10, 100)
}

// private is a company as CompanyPrivate of the schema, for a user with a role in it.
func private(company companies.Company, role companies.Role) map[string]any {
	data := company.Wire()
	data["id"], data["userRole"], data["verificationStatus"] = company.OpaqueID(), string(role), "VERIFIED"
	data["allowAppendix1SignatureAutomation"] = company.SkipsItemSignature
	for _, none := range []string{"userPermissions", "signatureAutomations", "receivedSignatureAutomations", "featureFlags"} {
		data[none] = []any{}
	}
	data["userNotifications"] = map[string]any{
		"membershipRequest": false, "signatureCodeRenewal": false, "bsdRefusal": false, "bsdaFinalDestinationUpdate": false, "revisionRequest": false,
		"registryDelegation": false,
	}
	if role.Grants(companies.MayManage) {
		data["securityCode"] = float64(company.SecurityCode)
	}
	return data
}

// updateCompany sets the receipt of a transporter in its profile, which its administrators do. A token may change nothing
// else of a company.
func (d *Service) updateCompany(c *graphql.Call) (any, error) {
	var company companies.Company
	for _, known := range d.Companies {
		if known.OpaqueID() == c.ID() {
			company = known
		}
	}
	if company.ID() == "" {
		return nil, refusal.BadInput("Cet établissement n'existe pas dans Trackdéchets")
	}
	if c.User.Roles[company.ID()] != companies.Admin {
		return nil, refusal.Forbidden(fmt.Sprintf("Vous n'êtes pas administrateur de l'entreprise portant le siret \"%s\".", company.ID()))
	}
	id := c.Text("transporterReceiptId")
	if id == "" || len(c.Args) > 2 {
		return nil, refusal.NotSignedIn() // the rest is for the session of the web interface
	}
	r, ok := d.Find(receipt, id)
	if !ok {
		return nil, refusal.BadInput(fmt.Sprintf(noReceipt, id))
	}
	limit, _ := tree.ParseTime(r.Text("validityLimit"), time.UTC)
	company.Receipt = companies.Receipt{Number: r.Text("receiptNumber"), Department: r.Text("department"), ValidityLimit: limit}
	if err := d.PutCompany(company); err != nil {
		return nil, err
	}
	return private(company, companies.Admin), nil
}

// listFile offers a list of the user's companies as a file.
func (d *Service) listFile(name string) func(*graphql.Call) (any, error) {
	return func(c *graphql.Call) (any, error) {
		var rows strings.Builder
		rows.WriteString("siret;name\n")
		for _, company := range d.mine(c.User) {
			fmt.Fprintf(&rows, "%s;%q\n", company.ID(), company.Name)
		}
		return d.Files.Offer(name, "text/csv; charset=utf-8", []byte(rows.String()), files.PDFLife), nil
	}
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

// createReceipt creates a transporter's receipt. It is valid only once it is in a
// company's profile.
func (d *Service) createReceipt(c *graphql.Call) (any, error) {
	data := tree.Clone(c.Object("input"))
	return d.Keep(c, d.New(receipt, records.NewID(), data), data)
}

func (d *Service) updateReceipt(c *graphql.Call) (any, error) {
	input := c.Object("input")
	r, ok := d.Find(receipt, tree.Text(input, "id"))
	if !ok {
		return nil, refusal.BadInput(fmt.Sprintf(noReceipt, tree.Text(input, "id")))
	}
	given := maps.Clone(input)
	maps.DeleteFunc(given, func(_ string, value any) bool { return value == nil }) // a receipt is never without
	tree.Merge(r.Data, given)
	return d.Keep(c, r, input)
}

// How long the clue of a search must be, and that of a search among one's own companies may be.
const (
	shortestClue  = 3
	longestSearch = 30
)

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
	if upper := strings.ToUpper(id); companies.IsVAT(upper) {
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
	if !numbers.IsSIRET(id, true) && !companies.IsVAT(id) {
		return nil, refuse("Il est obligatoire de rechercher soit avec un SIRET de 14 caractères soit avec un numéro de TVA intracommunautaire valide")
	}
	known, ok := d.Companies[id]
	if !ok {
		return nil, refuse("Aucun établissement trouvé avec ce SIRET")
	}
	return known.Wire(), nil
}
