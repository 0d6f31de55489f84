package trackdechets

import (
	"fmt"
	"maps"
	"slices"
)

func notMember(company string) *refusal {
	return forbidden("Vous n'êtes pas membre de l'entreprise portant le siret \"" + company + "\".")
}

// opaqueID is the company's id in mutations that take no SIRET.
func (c Company) opaqueID() string { return derivedID("company " + c.id()) }

// companyOf finds a company by its opaque id or, for convenience, by its SIRET or VAT number.
func (b *Backend) companyOf(id string) (Company, bool) {
	for _, company := range b.companies {
		if id != "" && (company.opaqueID() == id || company.id() == id) {
			return company, true
		}
	}
	return Company{}, false
}

// myCompanies lists the companies in which the user has a role.
func (b *Backend) myCompanies(c *call) (any, error) {
	var nodes []node
	for _, id := range slices.Sorted(maps.Keys(c.user.Roles)) {
		company, ok := b.companies[id]
		if !ok {
			continue
		}
		data := company.wire()
		data["id"], data["userRole"] = company.opaqueID(), string(c.user.Roles[id])
		if c.user.Roles[id].grants(mayManage) {
			data["securityCode"] = float64(company.SecurityCode)
		}
		nodes = append(nodes, node{company.opaqueID(), data})
	}
	return connection(c.args, nodes, 10, 100)
}

// ecoOrganismes lists the companies with that profile.
func (b *Backend) ecoOrganismes(*call) (any, error) {
	answer := []any{}
	for _, id := range slices.Sorted(maps.Keys(b.companies)) {
		if company := b.companies[id]; slices.Contains(company.Types, "ECO_ORGANISME") {
			answer = append(answer, map[string]any{
				"id": company.opaqueID(), "siret": company.Siret, "name": company.Name, "address": company.Address,
				"handleBsdd": true, "handleBsda": true, "handleBsdasri": true, "handleBsvhu": true,
			})
		}
	}
	return answer, nil
}

// createReceipt makes a transporter's receipt. It counts only once it stands in a company's profile.
func (b *Backend) createReceipt(c *call) (any, error) {
	data, _ := clone(object(c.args, "input")).(map[string]any)
	r := b.record(receiptRecord, newID(), data)
	return b.commitRecord(c, r, data)
}

func (b *Backend) updateReceipt(c *call) (any, error) {
	input := object(c.args, "input")
	r, ok := b.books.record(receiptRecord, text(input, "id"))
	if !ok {
		return nil, badInput(fmt.Sprintf("Le récépissé avec l'identifiant \"%s\" n'existe pas.", text(input, "id")))
	}
	given := maps.Clone(input)
	maps.DeleteFunc(given, func(_ string, value any) bool { return value == nil }) // a receipt is never without
	merge(r.Data, given)
	return b.commitRecord(c, r, input)
}

// commitRecord makes a mutation's effect on a record stand, and answers the record.
func (b *Backend) commitRecord(c *call, r *Record, input map[string]any) (any, error) {
	if err := b.stand(act{c.field.Name, c.user.Email, "", input}, nil, r); err != nil {
		return nil, err
	}
	b.counters.Effects[c.field.Name]++
	return r.wire(), nil
}

// sessionOnly refuses what only the web interface's session may do; a token counts for nothing there.
func (b *Backend) sessionOnly(*call) (any, error) { return nil, notSignedIn() }
