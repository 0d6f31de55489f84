package documents

import (
	"fmt"
	"slices"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// sheet is the kind, in the records, of an intervention on cooling equipment, which a BSFF may name.
const sheet = "sheet"

// addPackagings adds the root fields that only the BSFF has.
func (d *Service) addPackagings(all graphql.Resolvers) {
	all.Add("bsffPackaging", d.onePackaging)
	all.Add("bsffPackagings", d.listPackagings)
	all.Add("updateBsffPackaging", d.updatePackaging)
	all.Add("createFicheInterventionBsff", d.createSheet)
	all.Add("updateFicheInterventionBsff", d.updateSheet)
}

// wireFluids adds to a BSFF on the wire what only it has.
func (d *Service) wireFluids(doc *Document, data map[string]any) {
	packagings := []any{}
	for _, packaging := range doc.Objects("packagings") {
		packagings = append(packagings, d.packagingWire(doc, packaging))
	}
	data["packagings"] = packagings
	for _, key := range nextKeys {
		ids := tree.Texts(doc.Data, key)
		data[key] = tree.Later(func() any {
			found := []any{}
			for _, id := range ids {
				if from, packaging := d.packaging(id); from != nil {
					found = append(found, d.packagingWire(from, packaging))
				}
			}
			return found
		})
	}
	data["ficheInterventions"] = tree.Later(func() any {
		found := []any{}
		for _, id := range tree.Texts(doc.Data, "ficheInterventions") {
			if entry, ok := d.Find(sheet, id); ok {
				found = append(found, entry.Wire())
			}
		}
		return found
	})
}

// packagingWire is BsffPackaging of the schema.
func (d *Service) packagingWire(doc *Document, packaging map[string]any) map[string]any {
	data := tree.Clone(packaging)
	id := tree.Text(packaging, "id")
	data["bsffId"], data["name"] = doc.ID, packaging["other"]
	for _, key := range []string{"operation", "acceptation"} {
		if data[key] == nil {
			data[key] = map[string]any{}
		}
	}
	data["bsff"] = tree.Later(func() any { return d.Wire(doc) })
	data["nextBsff"] = tree.Later(func() any {
		if next := d.nextBsff(id); next != nil {
			return d.Wire(next)
		}
		return nil
	})
	data["nextBsffs"] = tree.Later(func() any { return d.nextBsffs(id) })
	data["previousBsffs"] = tree.Later(func() any {
		all := []any{}
		for _, previous := range tree.Texts(packaging, "previous") {
			if from, _ := d.packaging(previous); from != nil {
				all = append(all, d.Wire(from))
			}
		}
		return all
	})
	return data
}

// nextBsffs are all BSFF in which a packaging goes on, one after another.
func (d *Service) nextBsffs(id string) []any {
	all := []any{}
	for next := d.nextBsff(id); next != nil; next = d.nextBsff(id) {
		all = append(all, d.Wire(next))
		packagings := next.Objects("packagings")
		i := slices.IndexFunc(packagings, func(p map[string]any) bool { return slices.Contains(tree.List(p, "previous"), any(id)) })
		if i < 0 {
			break
		}
		id = tree.Text(packagings[i], "id")
	}
	return all
}

func (d *Service) onePackaging(c *graphql.Call) (any, error) {
	doc, packaging := d.packaging(c.ID())
	if doc == nil {
		return nil, refusal.BadInput(fmt.Sprintf("Le contenant %s n'existe pas", c.ID()))
	}
	if c.User.ActsFor(kinds.BSFF.Contributors(doc), companies.MayRead) == "" {
		return nil, refusal.Forbidden(kinds.BSFF.Says.Read)
	}
	return d.packagingWire(doc, packaging), nil
}

// listPackagings lists those of the user's companies, newest first, that fit the filter.
func (d *Service) listPackagings(c *graphql.Call) (any, error) {
	var nodes []graphql.Node
	where := c.Object("where")
	for _, doc := range d.mine(kinds.BSFF, c.User) {
		for _, packaging := range doc.Objects("packagings") {
			if data := d.packagingWire(doc, packaging); where == nil || tree.Fits(where, data) {
				nodes = append(nodes, graphql.Node{Cursor: tree.Text(packaging, "id"), Value: data})
			}
		}
	}
	return graphql.Connection(c.Args, nodes, 50, 500)
}

const notYourSheet = "Vous ne pouvez pas éditer une fiche d'intervention sur lequel le SIRET de votre entreprise n'apparaît pas."

// createSheet makes an intervention sheet.
func (d *Service) createSheet(c *graphql.Call) (any, error) {
	input := tree.Clone(c.Object("input"))
	if c.User.ActsFor([]string{companies.IDOf(input, "operateur.company")}, companies.MayManage) == "" {
		return nil, refusal.Forbidden(notYourSheet)
	}
	return d.Keep(c, d.New(sheet, records.NewID(), input), input)
}

func (d *Service) updateSheet(c *graphql.Call) (any, error) {
	entry, ok := d.Find(sheet, c.ID())
	if !ok {
		return nil, refusal.BadInput(fmt.Sprintf("La fiche d'intervention %s n'existe pas", c.ID()))
	}
	if c.User.ActsFor([]string{entry.Company("operateur.company")}, companies.MayManage) == "" {
		return nil, refusal.Forbidden(notYourSheet)
	}
	tree.Merge(entry.Data, c.Object("input"))
	return d.Keep(c, entry, c.Object("input"))
}
