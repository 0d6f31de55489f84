package documents

import (
	"fmt"
	"maps"
	"slices"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/files"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// Wire is a document as its type of the schema; what leads on to others is made when it is asked for. It is nil for nil.
func (d *Service) Wire(doc *Document) map[string]any {
	if doc == nil {
		return nil
	}
	k := kinds.Of(doc.Kind)
	data := doc.Wire()
	k.NameCompanies(data)
	all := tree.Objects(data, "transporters")
	switch single := data["transporter"]; {
	case len(all) > 0:
		data["transporter"] = all[0]
	case single != nil && !k.Several:
		tree.Put(data, "transporter.id", companies.DerivedID("transporter "+doc.ID))
		data["transporters"] = []any{single}
	}
	data["metadata"] = map[string]any{"latestRevision": tree.Later(func() any { return d.LatestRevision(doc.ID) })}
	if !k.Opaque {
		d.wireSigned(k, doc, data)
	}
	d.links[k].Wire(doc, data)
	return data
}

// wireSigned adds what the kinds that are signed have.
func (d *Service) wireSigned(k *Kind, doc *Document, data map[string]any) {
	keepDefaults(data, k.Defaults)
	data["isDraft"] = doc.Truth("isDraft")
	if worker := tree.Object(data, "worker"); worker != nil {
		worker["isDisabled"] = tree.Truth(worker, "isDisabled")
	}
	if data["transporter"] != nil && tree.Object(data, "transporter.recepisse") == nil {
		tree.Put(data, "transporter.recepisse", map[string]any{"isExempted": false})
	}
	tree.Put(data, "metadata.errors", tree.Later(func() any { return d.nextFaults(k, doc) }))
	tree.Put(data, "metadata.fields", map[string]any{"sealed": tree.Later(func() any {
		paths := []any{}
		for _, f := range k.SealedFields(doc, false) {
			paths = append(paths, kinds.Path(f.Path))
		}
		return paths
	})})
}

// keepDefaults puts a default where an input has written null.
func keepDefaults(data, defaults map[string]any) {
	for key, value := range defaults {
		inner, isObject := value.(map[string]any)
		if !isObject {
			if data[key] == nil {
				data[key] = value
			}
			continue
		}
		if own := tree.Object(data, key); own != nil {
			keepDefaults(own, inner)
		}
	}
}

// nextFaults is what keeps a document from its next signature.
func (d *Service) nextFaults(k *Kind, doc *Document) []any {
	errs := []any{}
	next := k.Reached(doc) + 1
	if next >= len(k.Steps) {
		return errs
	}
	step := k.Steps[next]
	for _, fault := range k.Check(d.Facts(), doc, step, nil).Missing() {
		errs = append(errs, map[string]any{"message": fault.Message, "path": kinds.Path(fault.Path), "requiredFor": []any{step}})
	}
	return errs
}

func (d *Service) one(k *Kind, c *graphql.Call) (any, error) {
	doc, _, err := d.Permitted(k, c, companies.MayRead, k.Says.Read)
	if err != nil {
		return nil, err
	}
	return d.Wire(doc), nil
}

// mine are the documents of a kind of the user's companies, newest first.
func (d *Service) mine(k *Kind, user *companies.User) []*Document {
	own := slices.Collect(maps.Keys(user.Roles))
	return slices.DeleteFunc(d.Newest(k.Name), func(doc *Document) bool {
		return !slices.ContainsFunc(k.Contributors(doc), func(id string) bool { return slices.Contains(own, id) })
	})
}

// list lists those of the user's companies that fit the filter.
func (d *Service) list(k *Kind, c *graphql.Call) (any, error) {
	var nodes []graphql.Node
	where := c.Object("where")
	for _, doc := range d.mine(k, c.User) {
		if data := d.Wire(doc); where == nil || tree.Fits(where, data) {
			nodes = append(nodes, graphql.Node{Cursor: doc.ID, Value: data})
		}
	}
	return graphql.Connection(c.Args, nodes, 50, 500)
}

// pdf offers a document's PDF, also a draft's. What the real one looks like is not known: this one says its number.
func (d *Service) pdf(k *Kind, c *graphql.Call) (any, error) {
	doc, _, err := d.Permitted(k, c, companies.MayRead, k.Says.Read)
	if err != nil {
		return nil, err
	}
	return d.Files.OfferPDF(doc.ReadableID, doc.ReadableID+" "+string(doc.Status), files.PDFLife), nil
}

// roadControl makes the address that a road control opens, of a document on its way.
func (d *Service) roadControl(c *graphql.Call) (any, error) {
	id := c.Text("input.bsdId")
	doc, ok := d.Look(id)
	k := &Kind{}
	if ok {
		k = kinds.Of(doc.Kind)
	}
	if !ok || k == nil {
		return nil, refusal.BadInput(fmt.Sprintf(kinds.BSDD.Says.NotFound, id))
	}
	if c.User.ActsFor(k.Companies(doc), companies.MayRead) == "" {
		return nil, refusal.Forbidden("Vous n'êtes pas autorisé à accéder à ce bordereau")
	}
	return d.Files.OfferPDF(doc.ReadableID, doc.ReadableID, files.RoadControlLife)["downloadLink"], nil
}
