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

// A BSFF goes on packaging by packaging.

// nextKeys are the lists in which a BSFF names the packagings that it goes on from.
var nextKeys = []string{"grouping", "forwarding", "repackaging"}

// byPackagings are the links of a BSFF.
func (d *Service) byPackagings() Links {
	return Links{
		Lay: func(doc *Document, input map[string]any) ([]*Document, error) {
			for _, key := range nextKeys {
				var packagings []any
				err := d.layIDs(doc, key, input, func(id string) bool {
					_, packaging := d.packaging(id)
					if packaging != nil && key != "repackaging" {
						packagings = append(packagings, following(packaging))
					}
					return packaging != nil
				})
				if err != nil {
					return nil, err
				}
				if err := d.packagingsGoOn(doc, key, input); err != nil {
					return nil, err
				}
				if packagings != nil {
					doc.Data["packagings"] = packagings
				}
			}
			// Unknown sheets are no fault, as recorded.
			return nil, d.layIDs(doc, "ficheInterventions", input, func(string) bool { return true })
		},
		Wire:   d.wireFluids,
		Follow: func(_ string, doc *Document) []*Document { return d.cascadePackagings(doc) },
	}
}

// packagingsGoOn refuses an input that goes on from packagings whose treatment was the last one, or that go on already.
func (d *Service) packagingsGoOn(doc *Document, key string, input map[string]any) error {
	if input[key] == nil {
		return nil
	}
	for _, id := range tree.Texts(doc.Data, key) {
		_, packaging := d.packaging(id)
		next := d.nextBsff(id)
		treated := tree.Text(packaging, "operation.signature.date") != "" && kinds.IsIntermediate(tree.Text(packaging, "operation.code"))
		if !treated || (next != nil && next.ID != doc.ID && next.Status != kinds.Refused) {
			return refusal.BadInput(fmt.Sprintf("Le contenant n°%s ne peut être associé à un autre bordereau : il n'attend pas de suite", tree.Text(packaging, "numero")))
		}
	}
	return nil
}

// numbered gives packagings their ids; those that were there before keep theirs, by place.
func numbered(sent, before []any) []any {
	for i, entry := range sent {
		packaging, _ := entry.(map[string]any)
		packaging["id"] = records.NewID()
		if i < len(before) {
			old, _ := before[i].(map[string]any)
			packaging["id"] = old["id"]
		}
	}
	return sent
}

// following is the packaging of a new document that goes on from one of an older.
func following(packaging map[string]any) map[string]any {
	next := map[string]any{"id": records.NewID(), "previous": []any{packaging["id"]}}
	for _, key := range []string{"type", "other", "volume", "numero", "weight"} {
		next[key] = packaging[key]
	}
	if weight, ok := tree.Number(packaging, "acceptation.weight"); ok {
		next["weight"] = weight
	}
	return next
}

// packaging finds a packaging with a copy of its BSFF.
func (d *Service) packaging(id string) (*Document, map[string]any) {
	for _, candidate := range d.Newest(kinds.BSFF.Name) {
		for i, packaging := range candidate.Objects("packagings") {
			if tree.Text(packaging, "id") == id {
				doc := candidate.Clone()
				return doc, doc.Objects("packagings")[i]
			}
		}
	}
	return nil, nil
}

// updatePackaging writes down what became of one packaging; the destination does, and signs it afterwards.
func (d *Service) updatePackaging(c *graphql.Call) (any, error) {
	doc, packaging := d.packaging(c.ID())
	if doc == nil {
		return nil, refusal.BadInput(fmt.Sprintf("Le contenant %s n'existe pas", c.ID()))
	}
	company := c.User.ActsFor([]string{doc.Company("destination.company")}, companies.MayUpdate)
	if company == "" {
		return nil, refusal.Forbidden("Vous n'êtes pas autorisé à modifier ce contenant")
	}
	input := c.Object("input")
	for _, key := range []string{"acceptation", "operation"} {
		if input[key] != nil && tree.Text(packaging, key+".signature.date") != "" {
			return nil, refusal.Forbidden(kinds.BSFF.Says.SealedAll + key)
		}
	}
	tree.Merge(packaging, input)
	if _, err := d.Save(kinds.BSFF, c, company, input, doc); err != nil {
		return nil, err
	}
	return d.packagingWire(doc, packaging), nil
}

// cascadePackagings ends the BSFF whose last packagings have come to their end in this one.
func (d *Service) cascadePackagings(doc *Document) []*Document {
	if doc.Status != kinds.Processed {
		return nil
	}
	done := map[string]bool{}
	for _, packaging := range doc.Objects("packagings") {
		for _, id := range tree.Texts(packaging, "previous") {
			done[id] = true
		}
	}
	var ended []*Document
	for _, candidate := range d.Newest(kinds.BSFF.Name) {
		packagings := candidate.Objects("packagings")
		concerned := slices.ContainsFunc(packagings, func(p map[string]any) bool { return done[tree.Text(p, "id")] })
		if !concerned || candidate.Status != "INTERMEDIATELY_PROCESSED" {
			continue
		}
		open := slices.ContainsFunc(packagings, func(p map[string]any) bool {
			id := tree.Text(p, "id")
			next := d.nextBsff(id)
			return kinds.IsIntermediate(tree.Text(p, "operation.code")) && !done[id] && (next == nil || next.Status != kinds.Processed)
		})
		if !open {
			initial := candidate.Clone()
			initial.Status = kinds.Processed
			ended = append(ended, initial)
			ended = append(ended, d.cascadePackagings(initial)...)
		}
	}
	return ended
}

// nextBsff is the BSFF in which a packaging goes on.
func (d *Service) nextBsff(id string) *Document {
	for _, doc := range d.Newest(kinds.BSFF.Name) {
		for _, key := range nextKeys {
			if slices.Contains(doc.List(key), any(id)) {
				return doc
			}
		}
	}
	return nil
}
