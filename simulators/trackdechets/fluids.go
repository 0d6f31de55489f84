package trackdechets

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// bsffWire adds to a BSFF what only it has.
func (b *Backend) bsffWire(r *Record, data map[string]any) {
	packagings := []any{}
	for _, packaging := range objects(r.Data, "packagings") {
		packagings = append(packagings, b.packagingWire(r, packaging))
	}
	data["packagings"] = packagings
	for _, key := range []string{"grouping", "forwarding", "repackaging"} {
		ids := list(r.Data, key)
		data[key] = later(func() any {
			found := []any{}
			for _, id := range ids {
				name, _ := id.(string)
				if from, packaging := b.packaging(name); from != nil {
					found = append(found, b.packagingWire(from, packaging))
				}
			}
			return found
		})
	}
	data["ficheInterventions"] = later(func() any {
		found := []any{}
		for _, id := range list(r.Data, "ficheInterventions") {
			name, _ := id.(string)
			if sheet, ok := b.books.record(sheetRecord, name); ok {
				found = append(found, sheet.wire())
			}
		}
		return found
	})
}

// packagingWire is BsffPackaging of the schema.
func (b *Backend) packagingWire(r *Record, packaging map[string]any) map[string]any {
	data, _ := clone(packaging).(map[string]any)
	id := text(packaging, "id")
	data["bsffId"], data["name"] = r.ID, packaging["other"]
	if data["operation"] == nil {
		data["operation"] = map[string]any{}
	}
	if data["acceptation"] == nil {
		data["acceptation"] = map[string]any{}
	}
	kind := kindOf("Bsff")
	data["bsff"] = later(func() any { return b.documentWire(kind, r) })
	data["nextBsff"] = later(func() any {
		if next := b.nextBsff(id); next != nil {
			return b.documentWire(kind, next)
		}
		return nil
	})
	data["nextBsffs"] = later(func() any {
		all := []any{}
		for next := b.nextBsff(id); next != nil; {
			all = append(all, b.documentWire(kind, next))
			i := slices.IndexFunc(objects(next.Data, "packagings"), func(p map[string]any) bool { return slices.Contains(list(p, "previous"), any(id)) })
			if i < 0 {
				break
			}
			id := text(objects(next.Data, "packagings")[i], "id")
			next = b.nextBsff(id)
		}
		return all
	})
	data["previousBsffs"] = later(func() any {
		all := []any{}
		for _, previous := range list(packaging, "previous") {
			name, _ := previous.(string)
			if from, _ := b.packaging(name); from != nil {
				all = append(all, b.documentWire(kind, from))
			}
		}
		return all
	})
	return data
}

func (b *Backend) bsffPackaging(c *call) (any, error) {
	r, packaging := b.packaging(text(c.args, "id"))
	if r == nil {
		return nil, badInput(fmt.Sprintf("Le contenant %s n'existe pas", text(c.args, "id")))
	}
	if c.user.actsFor(documentParties(r), mayRead) == "" {
		return nil, forbidden("Vous n'êtes pas autorisé à accéder à ce bordereau")
	}
	return b.packagingWire(r, packaging), nil
}

// bsffPackagings lists those of the user's companies, newest first, that fit the filter.
func (b *Backend) bsffPackagings(c *call) (any, error) {
	var nodes []node
	where := object(c.args, "where")
	mine := slices.Collect(maps.Keys(c.user.Roles))
	for _, r := range b.books.newestRecords("Bsff") {
		if !slices.ContainsFunc(documentParties(r), func(id string) bool { return slices.Contains(mine, id) }) {
			continue
		}
		for _, packaging := range objects(r.Data, "packagings") {
			if data := b.packagingWire(r, packaging); where == nil || fits(where, data) {
				nodes = append(nodes, node{text(packaging, "id"), data})
			}
		}
	}
	return connection(c.args, nodes, 50, 500)
}

// createSheet makes an intervention sheet, which a BSFF may name.
func (b *Backend) createSheet(c *call) (any, error) {
	input, _ := clone(object(c.args, "input")).(map[string]any)
	if c.user.actsFor([]string{companyID(input, "operateur.company")}, mayManage) == "" {
		return nil, forbidden("Vous ne pouvez pas éditer une fiche d'intervention sur lequel le SIRET de votre entreprise n'apparaît pas.")
	}
	return b.commitRecord(c, b.record(sheetRecord, newID(), input), input)
}

func (b *Backend) updateSheet(c *call) (any, error) {
	id := text(c.args, "id")
	r, ok := b.books.record(sheetRecord, id)
	if !ok {
		return nil, badInput(fmt.Sprintf("La fiche d'intervention %s n'existe pas", id))
	}
	if c.user.actsFor([]string{companyID(r.Data, "operateur.company")}, mayManage) == "" {
		return nil, forbidden("Vous ne pouvez pas éditer une fiche d'intervention sur lequel le SIRET de votre entreprise n'apparaît pas.")
	}
	merge(r.Data, object(c.args, "input"))
	return b.commitRecord(c, r, object(c.args, "input"))
}

// sealedPaths writes dotted paths as the lists that the schema has for them.
func sealedPaths(paths []string) []any {
	all := make([]any, len(paths))
	for i, path := range paths {
		parts := []any{}
		for part := range strings.SplitSeq(path, ".") {
			parts = append(parts, part)
		}
		all[i] = parts
	}
	return all
}
