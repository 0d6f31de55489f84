package documents

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// byIDs are the links of kinds whose documents name those that they go on from by their ids.
func (d *Service) byIDs(k *Kind) Links {
	return Links{
		Lay: func(doc *Document, input map[string]any) ([]*Document, error) {
			for _, key := range slices.Sorted(maps.Keys(k.Links)) {
				if err := d.layIDs(doc, key, input, func(id string) bool { _, ok := d.Find(k.Name, id); return ok }); err != nil {
					return nil, err
				}
				if err := d.mayGoOn(k, doc, key, input); err != nil {
					return nil, err
				}
			}
			return nil, nil
		},
		Wire: func(doc *Document, data map[string]any) {
			for key, back := range k.Links {
				ids := tree.Texts(doc.Data, key)
				delete(data, key)
				if len(ids) > 0 {
					data[key] = tree.Later(func() any { return d.linked(k, ids, key == "forwarding") })
				}
				data[back] = tree.Later(func() any { return d.linkedFrom(k, doc.ID, key) })
			}
		},
		Follow: func(_ string, doc *Document) []*Document { return d.cascade(k, doc) },
	}
}

// mayGoOn refuses an input that goes on from documents which do not wait for it, or go on in another already.
func (d *Service) mayGoOn(k *Kind, doc *Document, key string, input map[string]any) error {
	if input[key] == nil {
		return nil
	}
	code := doc.Text(k.Code)
	for _, id := range tree.Texts(doc.Data, key) {
		initial, _ := d.Find(k.Name, id)
		next := d.nextOf(k, id, key)
		switch {
		case next != nil && next.ID != doc.ID:
			return refusal.BadInput(fmt.Sprintf("Le bordereau n°%s est déjà associé à un autre bordereau", id))
		case next == nil && initial.Status != k.GoesOnFrom[key]:
			return refusal.BadInput(fmt.Sprintf("Le bordereau n°%s ne peut être associé à un autre : il n'attend pas de suite", id))
		case code != "" && initial.Text(k.Code) != code:
			return refusal.BadInput("Tous les bordereaux groupés doivent avoir le même code déchet que le bordereau de groupement")
		}
	}
	return nil
}

// layIDs writes the ids of an input's list, or its single id, on a document.
func (d *Service) layIDs(doc *Document, key string, input map[string]any, known func(id string) bool) error {
	sent, given := input[key]
	if !given {
		return nil
	}
	ids, ok := sent.([]any)
	if id, single := sent.(string); single {
		ids, ok = []any{id}, true
	}
	if !ok {
		doc.Data[key] = nil
		return nil
	}
	unknown := slices.DeleteFunc(tree.Texts(map[string]any{"ids": ids}, "ids"), known)
	if len(unknown) > 0 {
		return refusal.BadInput("Aucun document ne possède le ou les identifiants suivants : " + strings.Join(unknown, ", "))
	}
	doc.Data[key] = ids
	return nil
}

// linked are the documents of some ids: a list, or the only one.
func (d *Service) linked(k *Kind, ids []string, single bool) any {
	found := []any{}
	for _, id := range ids {
		if doc, ok := d.Find(k.Name, id); ok {
			found = append(found, d.Wire(doc))
		}
	}
	if single && len(found) > 0 {
		return found[0]
	}
	return found
}

// linkedFrom is the document that goes on from this one.
func (d *Service) linkedFrom(k *Kind, id, key string) any {
	if next := d.nextOf(k, id, key); next != nil {
		return d.Wire(next)
	}
	return nil
}

// nextOf is the document in which one goes on; nil if there is none.
func (d *Service) nextOf(k *Kind, id, key string) *Document {
	for _, doc := range d.Newest(k.Name) {
		if doc.Status != kinds.Refused && slices.Contains(doc.List(key), any(id)) {
			return doc
		}
	}
	return nil
}

// cascade ends the documents that waited to go on in one that is done now, up all chains.
func (d *Service) cascade(k *Kind, doc *Document) []*Document {
	if doc.Status != kinds.Processed || k.Waits == "" {
		return nil
	}
	var ended []*Document
	for _, key := range slices.Sorted(maps.Keys(k.Links)) {
		for _, id := range tree.Texts(doc.Data, key) {
			initial, ok := d.Find(k.Name, id)
			if !ok || initial.Status != k.Waits || slices.ContainsFunc(ended, func(e *Document) bool { return e.ID == id }) {
				continue
			}
			initial.Status = kinds.Processed
			ended = append(ended, initial)
			ended = append(ended, d.cascade(k, initial)...)
		}
	}
	return ended
}
