package documents

import (
	"slices"
	"strings"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// written is the input of a creation or update, wherever the operation has it.
func written(c *graphql.Call) map[string]any {
	for _, argument := range []string{"createFormInput", "updateFormInput", "formInput"} {
		if input := c.Object(argument); input != nil {
			return input
		}
	}
	return c.Object("input")
}

func (d *Service) create(k *Kind, c *graphql.Call) (any, error) { return d.Create(k, c, written(c)) }

func (d *Service) update(k *Kind, c *graphql.Call) (any, error) { return d.Update(k, c, written(c)) }

// Create makes a document of an input.
func (d *Service) Create(k *Kind, c *graphql.Call, input map[string]any) (any, error) {
	doc := d.NewDocument(k)
	tree.Merge(doc.Data, k.Defaults)
	if err := d.WriteInput(k, doc, input); err != nil {
		return nil, err
	}
	company := c.User.ActsFor(k.Companies(doc), companies.MayManage)
	claim(k, doc, c.User)
	if stranger := d.links[k].Stranger; company == "" && stranger != nil {
		company = stranger(c.User, doc)
	}
	if company == "" {
		return nil, refusal.Forbidden(k.Says.Create)
	}
	also, err := d.links[k].Lay(doc, input)
	if err != nil {
		return nil, err
	}
	if !k.Opaque {
		doc.Data["isDraft"] = strings.HasPrefix(c.Name(), "createDraft")
	}
	facts := d.Facts()
	k.Fill(facts, doc)
	if k.Creatable != nil {
		if err := k.Creatable(facts, doc); err != nil {
			return nil, err
		}
	}
	if err := k.Refuse(k.Check(facts, doc, "", input).Whole(), k.FirstFault); err != nil {
		return nil, err
	}
	return d.Save(k, c, company, input, doc, also...)
}

// Update lays an input over a document. What is sealed stays as it is, and what the first step requires stays there.
func (d *Service) Update(k *Kind, c *graphql.Call, input map[string]any) (any, error) {
	doc, company, err := d.Permitted(k, c, companies.MayUpdate, k.Says.Update)
	if err != nil {
		return nil, err
	}
	before := doc.Clone()
	if err := d.WriteInput(k, doc, input); err != nil {
		return nil, err
	}
	also, err := d.links[k].Lay(doc, input)
	if err != nil {
		return nil, err
	}
	k.Fill(d.Facts(), doc)
	if d.hasLeft(k, c.User, before, doc) {
		return nil, refusal.Forbidden(k.Says.Leave)
	}
	if err := unsealed(k, before, doc, c.User); err != nil {
		return nil, err
	}
	check := k.Check(d.Facts(), doc, "", input)
	if len(doc.Signed) > 0 && k.Opaque {
		check.Step = 0
	} else if doc.Status == kinds.Draft {
		claim(k, doc, c.User)
	}
	if err := k.Refuse(check.Whole(), k.FirstFault); err != nil {
		return nil, err
	}
	return d.Save(k, c, company, input, doc, also...)
}

// hasLeft says whether a user has taken all own companies off a document; a transporter may give its place away.
func (d *Service) hasLeft(k *Kind, user *companies.User, before, after *Document) bool {
	still := k.Companies(after)
	if k.Opaque {
		still = append(still, k.InRole(before, "TRANSPORTER")...)
	}
	if user.ActsFor(still, companies.MayUpdate) != "" {
		return false
	}
	return d.links[k].Stranger == nil || !kinds.IsItem(after) || user.ActsFor(after.Owners, companies.MayUpdate) == ""
}

// unsealed refuses changes of what signatures have sealed for a user.
func unsealed(k *Kind, before, after *Document, user *companies.User) error {
	signer := before.Company("emitter.company")
	if k.Opaque {
		signer = kinds.Signer(before)
	}
	changed := k.Changed(before, after, user.ActsFor([]string{signer}, companies.MayManage) != "")
	if len(changed) == 0 || k.SealedAreFaults {
		return k.Refuse(changed, false)
	}
	names := make([]string, len(changed))
	for i, fault := range changed {
		names[i] = fault.Message
	}
	return refusal.Forbidden(k.Says.SealedAll + strings.Join(names, ", "))
}

// WriteInput writes the input of a creation or update over a document, without its links to others.
func (d *Service) WriteInput(k *Kind, doc *Document, input map[string]any) error {
	rest := tree.Clone(input)
	if k.Several {
		if err := d.layTransporters(k, doc, rest); err != nil {
			return err
		}
	}
	if customID, given := rest["customId"]; given && k.Opaque {
		doc.CustomID, _ = customID.(string)
		delete(rest, "customId")
	}
	for _, key := range []string{"id", "grouping", "appendix2Forms", "forwarding", "synthesizing", "repackaging", "ficheInterventions"} {
		delete(rest, key)
	}
	if sent, given := rest["packagings"].([]any); given && k == kinds.BSFF {
		rest["packagings"] = numbered(sent, doc.List("packagings"))
	}
	tree.Merge(doc.Data, rest)
	if k == kinds.BSDD {
		switch stores := doc.Truth("recipient.isTempStorage"); {
		case stores && kinds.Suite(doc) == nil:
			doc.Data["temporaryStorageDetail"] = map[string]any{"destination": map[string]any{}}
		case !stores && (doc.Status == kinds.Draft || doc.Status == kinds.Sealed):
			delete(doc.Data, "temporaryStorageDetail")
		}
	}
	k.Fill(d.Facts(), doc)
	return nil
}

// publish ends a draft.
func (d *Service) publish(k *Kind, c *graphql.Call) (any, error) {
	doc, company, err := d.Permitted(k, c, companies.MayManage, k.Says.Update) // it is a change like others
	if err != nil {
		return nil, err
	}
	if !doc.Truth("isDraft") {
		return nil, refusal.Forbidden(k.Says.PublishTwice)
	}
	if err := k.Refuse(k.Check(d.Facts(), doc, "EMISSION", nil).Whole(), false); err != nil {
		return nil, err
	}
	doc.Data["isDraft"] = false
	return d.Save(k, c, company, nil, doc)
}

// duplicate makes a draft like a document, with its first transporter only and nothing that was signed.
func (d *Service) duplicate(k *Kind, c *graphql.Call) (any, error) {
	found, company, err := d.Permitted(k, c, companies.MayManage, k.Says.Duplicate)
	if err != nil {
		return nil, err
	}
	doc := d.NewDocument(k)
	doc.Data["isDuplicateOf"] = found.ReadableID
	if k == kinds.BSDD {
		if kinds.IsItem(found) {
			return nil, refusal.BadInput("Impossible de dupliquer un bordereau d'annexe 1")
		}
		for _, path := range k.Copied {
			if value := tree.At(found.Data, path); value != nil {
				tree.Put(doc.Data, path, value)
			}
		}
		tree.Put(doc.Data, "wasteDetails.quantity", 0.0)
	} else {
		tree.Merge(doc.Data, withoutSignatures(found))
		doc.Data["isDraft"] = true
	}
	if all := found.Objects("transporters"); len(all) > 0 {
		first := all[0]
		kept := map[string]any{"company": first["company"], "recepisse": first["recepisse"], "isExemptedOfReceipt": first["isExemptedOfReceipt"], "mode": first["mode"]}
		kept["id"] = records.NewID()
		doc.Data["transporters"] = []any{kept}
	}
	k.Fill(d.Facts(), doc)
	doc.Owners = []string{company}
	claim(k, doc, c.User)
	return d.Save(k, c, company, nil, doc)
}

// withoutSignatures is the data of a document that is no BSDD, without what its acts have written.
func withoutSignatures(found *Document) map[string]any {
	data := tree.Clone(found.Data)
	for _, path := range []string{
		"grouping", "forwarding", "repackaging", "synthesizing", "transporters", "destination.reception", "destination.operation", "worker.work",
		"emitter.emission.signature", "transporter.transport",
	} {
		tree.Delete(data, path)
	}
	for _, packaging := range tree.Objects(data, "packagings") {
		if packaging["id"] != nil {
			packaging["id"] = records.NewID()
		}
		delete(packaging, "acceptation")
		delete(packaging, "operation")
	}
	return data
}

// remove deletes a document that was not signed; one that was signed by its emitter only that one deletes.
func (d *Service) remove(k *Kind, c *graphql.Call) (any, error) {
	doc, company, err := d.Permitted(k, c, companies.MayManage, k.Says.Delete)
	if err != nil {
		return nil, err
	}
	switch signer := []string{doc.Company("emitter.company")}; {
	case slices.Contains([]string{"SIGNED_BY_PRODUCER", "SIGNED_BY_EMITTER"}, string(doc.Status)):
		if k == kinds.BSDD {
			signer[0] = kinds.Signer(doc)
		}
		if company = c.User.ActsFor(signer, companies.MayManage); company == "" {
			return nil, refusal.Forbidden(k.Says.DeleteSigned)
		}
	case doc.Status != k.First && doc.Status != kinds.Sealed:
		return nil, refusal.Forbidden(k.Says.DeleteLate)
	}
	doc.Deleted = true
	var also []*Document
	if leave := d.links[k].Leave; leave != nil {
		also = leave(doc)
	}
	return d.Save(k, c, company, nil, doc, also...)
}
