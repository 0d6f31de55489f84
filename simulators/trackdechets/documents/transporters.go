package documents

import (
	"fmt"
	"slices"
	"strings"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

const transporterHasSigned = "Ce transporteur ne peut être modifié ou supprimé : il a déjà signé son enlèvement"

// freeTransporter is the kind, in the records, of a transporter that stands on no document yet; whoever holds its id may
// use it.
func freeTransporter(k *Kind) string { return k.Name + " transporter" }

// hold notes which transporters stand on a document.
func (d *Service) hold(k *Kind, before, after *Document) {
	if before != nil {
		for _, t := range before.Objects("transporters") {
			delete(d.holders, tree.Text(t, "id"))
		}
	}
	if k.Several && !after.Deleted {
		for _, t := range after.Objects("transporters") {
			d.holders[tree.Text(t, "id")] = after.ID
		}
	}
}

// layTransporters takes the transporters out of an input: the single one is laid over the first, or those that are named
// stand in that order.
func (d *Service) layTransporters(k *Kind, doc *Document, input map[string]any) error {
	ids, listed := input["transporters"].([]any)
	sent, given := input["transporter"]
	single, isObject := sent.(map[string]any)
	delete(input, "transporters")
	delete(input, "transporter")
	switch {
	case listed && isObject:
		return refusal.BadInput("Vous ne pouvez pas utiliser les champs `transporter` et `transporters` en même temps")
	case listed:
		return d.order(k, doc, tree.Texts(map[string]any{"ids": ids}, "ids"))
	case isObject:
		if len(doc.Objects("transporters")) == 0 {
			doc.Data["transporters"] = []any{map[string]any{"id": records.NewID()}}
		}
		tree.Merge(doc.Objects("transporters")[0], single)
	case given && k == kinds.BSDD: // null removes all
		doc.Data["transporters"] = []any{}
	}
	return nil
}

// order puts the transporters that are named on a document: its own, and those that stand on none.
func (d *Service) order(k *Kind, doc *Document, ids []string) error {
	kept := []any{}
	var unknown []string
	own := doc.Objects("transporters")
	for i, id := range ids {
		place := slices.IndexFunc(own, func(t map[string]any) bool { return tree.Text(t, "id") == id })
		free, ok := d.Find(freeTransporter(k), id)
		switch {
		case slices.Contains(ids[:i], id): // named twice it stands once
		case place >= 0:
			kept = append(kept, own[place])
		case ok && d.holders[id] == "":
			free.Data["id"] = id
			kept = append(kept, free.Data)
		default: // one of another document is copied
			other := d.held(k, id)
			if other == nil || kinds.HasSigned(other) {
				unknown = append(unknown, id)
				continue
			}
			other["id"] = records.NewID()
			kept = append(kept, other)
		}
	}
	if len(unknown) > 0 {
		return refusal.BadInput("Aucun transporteur ne possède le ou les identifiants suivants : " + strings.Join(unknown, ", "))
	}
	if len(kept) > kinds.MostTransporters {
		return refusal.BadInput(fmt.Sprintf("Vous ne pouvez pas ajouter plus de %d transporteurs", kinds.MostTransporters))
	}
	doc.Data["transporters"] = kept
	return nil
}

// held is a copy of a transporter that stands on a document; nil if there is none.
func (d *Service) held(k *Kind, id string) map[string]any {
	if doc, ok := d.Find(k.Name, d.holders[id]); ok {
		for _, t := range doc.Objects("transporters") {
			if tree.Text(t, "id") == id {
				return t
			}
		}
	}
	return nil
}

func (d *Service) createTransporter(k *Kind, c *graphql.Call) (any, error) {
	input := tree.Clone(c.Object("input"))
	if input == nil {
		input = map[string]any{}
	}
	facts := d.Facts()
	facts.Receipt(k, input)
	if err := k.Refuse(k.FreeTransporter(facts, input), false); err != nil {
		return nil, err
	}
	return d.Keep(c, d.New(freeTransporter(k), records.NewID(), input), input)
}

func (d *Service) updateTransporter(k *Kind, c *graphql.Call) (any, error) {
	input := c.Object("input")
	doc, transporter, company, err := d.Transporter(k, c)
	if err != nil {
		return nil, err
	}
	if doc == nil {
		free, _ := d.Find(freeTransporter(k), c.ID())
		tree.Merge(free.Data, input)
		d.Facts().Receipt(k, free.Data)
		if err := k.Refuse(k.FreeTransporter(d.Facts(), free.Data), false); err != nil {
			return nil, err
		}
		return d.Keep(c, free, input)
	}
	tree.Merge(transporter, input)
	d.Facts().Receipt(k, transporter)
	if err := k.Refuse(k.Check(d.Facts(), doc, "", input).Whole(), k.FirstFault); err != nil {
		return nil, err
	}
	if _, err := d.Save(k, c, company, input, doc); err != nil {
		return nil, err
	}
	return tree.Clone(transporter), nil
}

func (d *Service) deleteTransporter(k *Kind, c *graphql.Call) (any, error) {
	id := c.ID()
	doc, _, company, err := d.Transporter(k, c)
	if err != nil {
		return nil, err
	}
	if doc == nil {
		free, _ := d.Find(freeTransporter(k), id)
		free.Deleted = true
		_, err := d.Keep(c, free, nil)
		return id, err
	}
	doc.Data["transporters"] = slices.DeleteFunc(doc.List("transporters"), func(entry any) bool {
		transporter, _ := entry.(map[string]any)
		return tree.Text(transporter, "id") == id
	})
	_, err = d.Save(k, c, company, nil, doc)
	return id, err
}

// Transporter finds the transporter of a call, which has not signed, with a copy of the document it stands on, if any.
func (d *Service) Transporter(k *Kind, c *graphql.Call) (doc *Document, transporter map[string]any, company string, err error) {
	id := c.ID()
	doc, ok := d.Find(k.Name, d.holders[id])
	if !ok {
		if _, ok := d.Find(freeTransporter(k), id); !ok {
			name := strings.ToUpper(k.Name)
			if k == kinds.BSDD {
				name = "BSDD"
			}
			return nil, nil, "", refusal.BadInput(fmt.Sprintf("Le transporteur %s %s n'existe pas", name, id))
		}
		return nil, nil, "", nil
	}
	company = c.User.ActsFor(k.Contributors(doc), companies.MayUpdate)
	if company == "" {
		return nil, nil, "", refusal.Forbidden(k.Says.Update)
	}
	for _, t := range doc.Objects("transporters") {
		if tree.Text(t, "id") == id {
			transporter = t
		}
	}
	if kinds.HasSigned(transporter) {
		return nil, nil, "", refusal.Forbidden(transporterHasSigned)
	}
	return doc, transporter, company, nil
}
