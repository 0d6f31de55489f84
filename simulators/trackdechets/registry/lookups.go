package registry

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// lookupDates are the fields that date a line of the registry, the first that is there counts.
var lookupDates = []string{"receptionDate", "dispatchDate", "collectionDate", "managingStartDate", "useDate", "processingDate"}

func (d *Service) lookupWire(r *records.Document) map[string]any {
	siret, as := r.Text("reportForCompanySiret"), r.Text("reportAsCompanySiret")
	data := map[string]any{
		"publicId": r.Text("publicId"), "type": r.Text("type"), "siret": siret, "declaredAt": tree.FormatTime(r.UpdatedAt),
		"wasteCode": r.Data["wasteCode"], "date": tree.FormatTime(r.CreatedAt), "reportAsSiret": nil,
		"reportFor": d.registryCompany(siret), "reportAs": d.registryCompany(cmp.Or(as, siret)),
	}
	if as != "" {
		data["reportAsSiret"] = as
	}
	for _, key := range lookupDates {
		if date := r.Text(key); date != "" {
			data["date"] = date
			break
		}
	}
	return data
}

func (d *Service) registryCompany(siret string) map[string]any {
	return map[string]any{"siret": siret, "orgId": siret, "name": d.Companies[siret].Name, "userPermissions": []any{}}
}

// registers are the registries of the waste registry by the type of their lines, in French.
var registers = map[string]string{
	"SSD": "Sortie de statut de déchet", "INCOMING_WASTE": "Déchets entrants", "INCOMING_TEXS": "Terres et sédiments entrants",
	"OUTGOING_WASTE": "Déchets sortants", "OUTGOING_TEXS": "Terres et sédiments sortants", "TRANSPORTED": "Transportés", "MANAGED": "Gérés",
}

// lookup finds a line by its public id; lines that were cancelled are not found.
func (d *Service) lookup(c *graphql.Call) (any, error) {
	siret, public := c.Text("siret"), c.Text("publicId")
	if !d.mayLook(c, siret) {
		return nil, refusal.NotMember(siret)
	}
	r, ok := d.Find(declaration, declarationID(c.Text("type"), siret, public))
	if !ok {
		return nil, refusal.BadInput(fmt.Sprintf("Aucune déclaration trouvée pour l'identifiant %s dans le registre %s", public, registers[c.Text("type")]))
	}
	return d.lookupWire(r), nil
}

// mayLook: those may look who are of the company, or of one that declares for it.
func (d *Service) mayLook(c *graphql.Call, siret string) bool {
	if c.User.ActsFor([]string{siret}, companies.MayRead) != "" {
		return true
	}
	return slices.ContainsFunc(slices.Collect(maps.Keys(c.User.Roles)), func(own string) bool { return d.mayReport(c, siret, own) })
}

func (d *Service) lookups(c *graphql.Call) (any, error) {
	siret := c.Text("siret")
	if !d.mayLook(c, siret) {
		return nil, refusal.NotMember(siret)
	}
	kind, public := c.Text("type"), c.Text("publicId")
	return d.list(c, declaration, func(r *records.Document) any { return d.lookupWire(r) }, func(r *records.Document) bool {
		return r.Text("reportForCompanySiret") == siret && strings.Contains(r.Text("publicId"), public) && (kind == "" || kind == r.Text("type"))
	})
}
