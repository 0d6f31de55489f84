package trackdechets

import "slices"

// documentWire is a document as its type of the schema; what leads on to others is made when it is asked for.
func (b *Backend) documentWire(k *documentKind, r *Record) map[string]any {
	data := r.wire()
	keepDefaults(data, k.defaults)
	data["isDraft"] = truth(r.Data, "isDraft")
	if worker := object(data, "worker"); worker != nil {
		worker["isDisabled"] = truth(worker, "isDisabled")
	}
	for _, role := range []string{"emitter", "worker", "destination", "broker", "trader", "transporter", "destination.operation.nextDestination"} {
		addOrgID(object(data, role+".company"))
	}
	hauliers := list(data, "transporters")
	for _, haulier := range objects(data, "transporters") {
		addOrgID(object(haulier, "company"))
	}
	switch single := data["transporter"]; {
	case len(hauliers) > 0:
		data["transporter"] = hauliers[0]
	case single != nil && !k.several:
		put(data, "transporter.id", derivedID("transporter "+r.ID))
		data["transporters"] = []any{single}
	}
	if recepisses := object(data, "transporter.recepisse"); recepisses == nil && data["transporter"] != nil {
		put(data, "transporter.recepisse", map[string]any{"isExempted": false})
	}
	data["metadata"] = map[string]any{
		"errors": later(func() any { return b.documentErrors(k, r) }),
		"fields": map[string]any{"sealed": later(func() any { return sealedPaths(k.sealedFields(r, false)) })},
	}
	put(data, "metadata.latestRevision", later(func() any {
		if all := b.revisionsOf(r.ID); len(all) > 0 {
			return b.revisionWire(all[0])
		}
		return nil
	}))
	if k.name == "Bsff" {
		b.bsffWire(r, data)
		return data
	}
	for key, back := range map[string]string{"grouping": "groupedIn", "forwarding": "forwardedIn", "synthesizing": "synthesizedIn"} {
		ids := list(r.Data, key)
		delete(data, key)
		if len(ids) > 0 {
			data[key] = later(func() any { return b.linked(k, ids, key == "forwarding") })
		}
		data[back] = later(func() any { return b.linkedFrom(k, r.ID, key) })
	}
	return data
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
		if own := object(data, key); own != nil {
			keepDefaults(own, inner)
		}
	}
}

// linked are the documents of some ids: a list, or the only one.
func (b *Backend) linked(k *documentKind, ids []any, single bool) any {
	found := []any{}
	for _, id := range ids {
		name, _ := id.(string)
		if r, ok := b.books.record(k.name, name); ok {
			found = append(found, b.documentWire(k, r))
		}
	}
	if single && len(found) > 0 {
		return found[0]
	}
	return found
}

// linkedFrom is the document that goes on from this one.
func (b *Backend) linkedFrom(k *documentKind, id, key string) any {
	for _, r := range b.books.newestRecords(k.name) {
		if r.Status != "REFUSED" && slices.Contains(list(r.Data, key), any(id)) {
			return b.documentWire(k, r)
		}
	}
	return nil
}

// documentErrors is what keeps a document from its next signature.
func (b *Backend) documentErrors(k *documentKind, r *Record) []any {
	errs := []any{}
	next := k.reached(r) + 1
	if next >= len(k.signatures) {
		return errs
	}
	kind := k.signatures[next].kind
	for _, path := range k.missing(r, kind) {
		errs = append(errs, map[string]any{"message": "Le champ " + path + " est obligatoire.", "path": sealedPaths([]string{path})[0], "requiredFor": []any{kind}})
	}
	return errs
}
