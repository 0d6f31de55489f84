package trackdechets

import (
	"fmt"
	"slices"
	"strings"
)

// write lays an input over a document, and completes it as the register does.
func (b *Backend) write(k *documentKind, r *Record, input map[string]any) error {
	rest, _ := clone(input).(map[string]any)
	if rest == nil {
		rest = map[string]any{}
	}
	if k.several {
		if err := b.writeHauliers(k, r, rest); err != nil {
			return err
		}
	}
	for _, key := range []string{"grouping", "forwarding", "synthesizing", "repackaging", "ficheInterventions"} {
		if value, given := rest[key]; given {
			if err := b.linkDocuments(k, r, key, value); err != nil {
				return err
			}
			delete(rest, key)
		}
	}
	if sent, given := rest["packagings"].([]any); given && k.name == "Bsff" {
		r.Data["packagings"] = numbered(sent, list(r.Data, "packagings"))
		delete(rest, "packagings")
	}
	merge(r.Data, rest)
	if k.name == "Bspaoh" {
		namePackagings(r)
	}
	b.complete(r)
	return nil
}

// complete fills in what the register knows of the companies on a document.
func (b *Backend) complete(r *Record) {
	for _, role := range []string{"emitter", "worker", "destination", "broker", "trader", "destination.operation.nextDestination"} {
		b.fillCompany(object(r.Data, role+".company"))
	}
	emitter, registered := b.companies[companyID(r.Data, "emitter.company")]
	if object(r.Data, "emitter") != nil {
		put(r.Data, "emitter.isRegistered", registered)
	}
	r.Data["allowDirectTakeOver"] = emitter.TakeOverWithoutSignature
	hauliers := objects(r.Data, "transporters")
	if single := object(r.Data, "transporter"); single != nil {
		hauliers = append(hauliers, single)
	}
	for _, haulier := range hauliers {
		if text(haulier, "transport.signature.date") == "" {
			b.completeHaulier(haulier)
		}
	}
}

// completeHaulier takes the receipt from the transporter's profile.
func (b *Backend) completeHaulier(haulier map[string]any) {
	b.fillCompany(object(haulier, "company"))
	receipt := b.companies[companyID(haulier, "company")].Receipt
	recepisse := map[string]any{"isExempted": truth(haulier, "recepisse.isExempted")}
	if receipt.Number != "" && !truth(haulier, "recepisse.isExempted") {
		recepisse["number"], recepisse["department"] = receipt.Number, receipt.Department
		recepisse["validityLimit"] = formatTime(receipt.ValidityLimit)
	}
	haulier["recepisse"] = recepisse
}

// writeHauliers lays the single transporter of an input over the first, or orders those that are named.
func (b *Backend) writeHauliers(k *documentKind, r *Record, input map[string]any) error {
	ids, listed := input["transporters"].([]any)
	sent, single := input["transporter"].(map[string]any)
	delete(input, "transporters")
	delete(input, "transporter")
	switch {
	case listed && single:
		return badInput("Vous ne pouvez pas utiliser les champs `transporter` et `transporters` en même temps")
	case listed && len(ids) > mostCarriers:
		return badInput(fmt.Sprintf("Vous ne pouvez pas ajouter plus de %d transporteurs", mostCarriers))
	case listed:
		kept := []any{}
		for _, id := range ids {
			name, _ := id.(string)
			own := slices.IndexFunc(objects(r.Data, "transporters"), func(t map[string]any) bool { return text(t, "id") == name })
			if own >= 0 {
				kept = append(kept, objects(r.Data, "transporters")[own])
				continue
			}
			free, ok := b.books.record(k.name+" transporter", name)
			if !ok {
				return badInput("Aucun transporteur ne possède le ou les identifiants suivants : " + name)
			}
			free.Data["id"] = name
			kept = append(kept, free.Data)
		}
		r.Data["transporters"] = kept
	case single:
		if len(objects(r.Data, "transporters")) == 0 {
			r.Data["transporters"] = []any{map[string]any{"id": newID()}}
		}
		merge(objects(r.Data, "transporters")[0], sent)
	}
	return nil
}

// linkDocuments writes down the documents, packagings or sheets that a document goes on from.
func (b *Backend) linkDocuments(k *documentKind, r *Record, key string, value any) error {
	ids, ok := value.([]any)
	if id, single := value.(string); single {
		ids, ok = []any{id}, true
	}
	if !ok {
		r.Data[key] = nil
		return nil
	}
	var unknown []string
	var packagings []any
	for _, id := range ids {
		name, _ := id.(string)
		known := false
		switch {
		case key == "ficheInterventions":
			_, known = b.books.record(sheetRecord, name)
		case k.name == "Bsff":
			var packaging map[string]any
			_, packaging = b.packaging(name)
			known = packaging != nil
			if known && key != "repackaging" {
				packagings = append(packagings, following(packaging))
			}
		default:
			_, known = b.books.record(k.name, name)
		}
		if !known {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		return badInput("Aucun document ne possède le ou les identifiants suivants : " + strings.Join(unknown, ", "))
	}
	if packagings != nil {
		r.Data["packagings"] = packagings
	}
	r.Data[key] = ids
	return nil
}

// createHaulier, updateHaulier and deleteHaulier keep transporters that stand on no document yet, or on one and have
// not signed.
func (b *Backend) createHaulier(k *documentKind, c *call) (any, error) {
	data, _ := clone(object(c.args, "input")).(map[string]any)
	b.completeHaulier(data)
	return b.commitRecord(c, b.record(k.name+" transporter", newID(), data), data)
}

func (b *Backend) updateHaulier(k *documentKind, c *call) (any, error) {
	input := object(c.args, "input")
	r, haulier, company, err := b.haulier(k, c)
	if err != nil {
		return nil, err
	}
	if r == nil {
		free, _ := b.books.record(k.name+" transporter", text(c.args, "id"))
		merge(free.Data, input)
		b.completeHaulier(free.Data)
		return b.commitRecord(c, free, input)
	}
	merge(haulier, input)
	b.completeHaulier(haulier)
	if err := issuesError(b.documentIssues(k, r)); err != nil {
		return nil, err
	}
	if _, err := b.commitDocument(k, c, r, company, input); err != nil {
		return nil, err
	}
	return clone(haulier), nil
}

func (b *Backend) deleteHaulier(k *documentKind, c *call) (any, error) {
	id := text(c.args, "id")
	r, _, company, err := b.haulier(k, c)
	if err != nil {
		return nil, err
	}
	if r == nil {
		free, _ := b.books.record(k.name+" transporter", id)
		free.Deleted = true
		_, err := b.commitRecord(c, free, nil)
		return id, err
	}
	r.Data["transporters"] = slices.DeleteFunc(list(r.Data, "transporters"), func(entry any) bool {
		haulier, _ := entry.(map[string]any)
		return text(haulier, "id") == id
	})
	_, err = b.commitDocument(k, c, r, company, nil)
	return id, err
}

// haulier finds a transporter that has not signed, with the document it stands on, if any.
func (b *Backend) haulier(k *documentKind, c *call) (r *Record, haulier map[string]any, company string, err error) {
	id := text(c.args, "id")
	for _, candidate := range b.books.newestRecords(k.name) {
		i := slices.IndexFunc(objects(candidate.Data, "transporters"), func(t map[string]any) bool { return text(t, "id") == id })
		if i < 0 {
			continue
		}
		company = c.user.actsFor(documentParties(candidate), mayUpdate)
		if company == "" {
			return nil, nil, "", forbidden("Vous ne pouvez pas modifier un bordereau sur lequel votre entreprise n'apparait pas")
		}
		r = candidate.clone()
		haulier = objects(r.Data, "transporters")[i]
		if text(haulier, "transport.signature.date") != "" {
			return nil, nil, "", forbidden(carrierHasSigned)
		}
		return r, haulier, company, nil
	}
	if _, ok := b.books.record(k.name+" transporter", id); !ok {
		return nil, nil, "", badInput(fmt.Sprintf("Le transporteur %s %s n'existe pas", strings.ToUpper(k.name), id))
	}
	return nil, nil, "", nil
}
