package trackdechets

import (
	"fmt"
	"slices"
)

const (
	pending  = "PENDING"
	accepted = "ACCEPTED"
	refused  = "REFUSED"
)

const notAnApprover = "Vous n'êtes pas destinataire de cette révision, ou alors cette révision a déjà été approuvée."

// createRevision asks the other parties to change, or cancel, what has been signed.
func (b *Backend) createRevision(c *call) (any, error) {
	input := object(c.args, "input")
	found, err := b.books.find(text(input, "formId"), "")
	if err != nil {
		return nil, err
	}
	author := text(input, "authoringCompanySiret")
	if err := b.mayRevise(c, found, author); err != nil {
		return nil, err
	}
	content := object(input, "content")
	if err := b.revisable(found, content); err != nil {
		return nil, err
	}
	r := b.record(revisionRecord, newID(), map[string]any{
		"formId": found.ID, "author": author, "comment": text(input, "comment"), "content": clone(content),
	})
	r.Status = pending
	approvals := []any{}
	for _, siret := range approvers(found, author, content) {
		approvals = append(approvals, map[string]any{"approverSiret": siret, "status": pending})
	}
	r.Data["approvals"] = approvals
	on := subject{form: found.clone()}
	if len(approvals) == 0 {
		on.apply(r)
	}
	return b.commitRevision(c, on, r, author, input)
}

// subject is what a revision is about: a BSDD, or a document of another kind.
type subject struct {
	form     *Form
	document *Record
}

// subjectOf finds what a revision is about, as a copy.
func (b *Backend) subjectOf(r *Record) (subject, error) {
	id := text(r.Data, "formId")
	if document, ok := b.books.records[id]; ok && !document.Deleted {
		return subject{document: document.clone()}, nil
	}
	f, err := b.books.find(id, "")
	if err != nil {
		return subject{}, err
	}
	return subject{form: f.clone()}, nil
}

func (s subject) data() map[string]any {
	if s.document != nil {
		return s.document.Data
	}
	return s.form.Data
}

func (s subject) apply(r *Record) {
	if s.document != nil {
		applyToDocument(s.document, r)
		return
	}
	applyRevision(s.form, r)
}

// mayRevise: the emitter, the recipient, the eco-organisme and the final destination may; the transporter only where an
// item of a collection round was taken over.
func (b *Backend) mayRevise(c *call, f *Form, author string) error {
	allowed := []string{companyID(f.Data, "emitter.company"), text(f.Data, "ecoOrganisme.siret"), f.storer()[0], f.destination()[0]}
	if f.isItem() && text(f.Data, "takenOverAt") != "" {
		allowed = append(allowed, f.firstCarrier()...)
	}
	if author == "" || !slices.Contains(allowed, author) || c.user.actsFor([]string{author}, mayManage) == "" {
		return forbidden("Vous n'êtes pas autorisé à réviser ce bordereau")
	}
	switch f.Status {
	case Draft, Sealed:
		return forbidden("Impossible de créer une révision sur ce bordereau. Vous pouvez le modifier directement, aucune signature bloquante " +
			"n'a encore été apposée.")
	case Refused:
		return forbidden("Impossible de créer une révision sur ce bordereau, il a été refusé.")
	case Canceled:
		return forbidden("Impossible de créer une révision sur ce bordereau, il a été annulé.")
	case SignedByProducer, Sent, Received, Accepted, Processed, NoTraceability, AwaitingGroup, FollowedWithPNTTD, TempStored, TempStorerAccepted,
		Resealed, SignedByTempStorer, Resent, Grouped:
	}
	for _, r := range b.revisionsOf(f.ID) {
		if r.Status == pending {
			return forbidden("Impossible de créer une révision sur ce bordereau, une autre révision est déjà en attente de validation.")
		}
	}
	return nil
}

// approvers are who must agree: the emitter and the eco-organisme (unless one of them asks), the recipient, and the
// final destination when the revision touches the temporary storage.
func approvers(f *Form, author string, content map[string]any) []string {
	var sirets []string
	add := func(siret string) {
		if siret != "" && siret != author && !slices.Contains(sirets, siret) {
			sirets = append(sirets, siret)
		}
	}
	emitter, eco := companyID(f.Data, "emitter.company"), text(f.Data, "ecoOrganisme.siret")
	if author != emitter && author != eco {
		if !truth(f.Data, "emitter.isPrivateIndividual") && !truth(f.Data, "emitter.isForeignShip") {
			add(emitter)
		}
		add(eco)
	}
	add(f.storer()[0])
	if content["temporaryStorageDetail"] != nil || f.Status == Resent || text(f.Data, "temporaryStorageDetail.takenOverAt") != "" {
		add(text(f.Data, "temporaryStorageDetail.destination.company.siret"))
	}
	return sirets
}

// approveRevision takes one party's word. The last agreement applies the revision; one refusal ends it.
func (b *Backend) approveRevision(c *call) (any, error) {
	r, ok := b.books.record(revisionRecord, text(c.args, "id"))
	if !ok {
		return nil, badInput(fmt.Sprintf("La révision avec l'identifiant \"%s\" n'existe pas.", text(c.args, "id")))
	}
	on, err := b.subjectOf(r)
	if err != nil {
		return nil, err
	}
	approvals := objects(r.Data, "approvals")
	mine := slices.IndexFunc(approvals, func(approval map[string]any) bool {
		return approval["status"] == pending && c.user.actsFor([]string{text(approval, "approverSiret")}, mayManage) != ""
	})
	if r.Status != pending || mine < 0 {
		return nil, forbidden(notAnApprover)
	}
	company := text(approvals[mine], "approverSiret")
	approvals[mine]["comment"] = c.args["comment"]
	if !truth(c.args, "isApproved") {
		approvals[mine]["status"] = refused
		r.Status = refused
		return b.commitRevision(c, on, r, company, c.args)
	}
	approvals[mine]["status"] = accepted
	pair := []string{companyID(on.data(), "emitter.company"), text(on.data(), "ecoOrganisme.siret")}
	for _, approval := range approvals {
		if slices.Contains(pair, company) && slices.Contains(pair, text(approval, "approverSiret")) {
			approval["status"] = accepted // one of them answers for the other
		}
	}
	if !slices.ContainsFunc(approvals, func(approval map[string]any) bool { return approval["status"] == pending }) {
		on.apply(r)
	}
	return b.commitRevision(c, on, r, company, c.args)
}

// cancelRevision takes a pending revision back.
func (b *Backend) cancelRevision(c *call) (any, error) {
	r, ok := b.books.record(revisionRecord, text(c.args, "id"))
	if !ok {
		return nil, badInput(fmt.Sprintf("La révision avec l'identifiant \"%s\" n'existe pas.", text(c.args, "id")))
	}
	author := text(r.Data, "author")
	if c.user.actsFor([]string{author}, mayManage) == "" {
		return nil, forbidden("Vous n'êtes pas autorisé à annuler cette révision.")
	}
	if r.Status != pending {
		return nil, forbidden("Impossible d'annuler cette révision, elle n'est plus en attente de validation.")
	}
	on, err := b.subjectOf(r)
	if err != nil {
		return nil, err
	}
	r.Deleted = true
	if _, err := b.commitRevision(c, on, r, author, nil); err != nil {
		return nil, err
	}
	return true, nil
}

// commitRevision makes a revision stand together with its document, which counts as updated.
func (b *Backend) commitRevision(c *call, on subject, r *Record, company string, input map[string]any) (any, error) {
	var forms []*Form
	records := []*Record{r}
	if on.form != nil {
		forms = append(forms, on.form)
	} else {
		records = append(records, on.document)
	}
	if err := b.stand(act{c.field.Name, c.user.Email, company, input}, forms, records...); err != nil {
		return nil, err
	}
	b.counters.Effects[c.field.Name]++
	return b.revisionWire(r), nil
}

// revisionWire is a revision as FormRevisionRequest of the schema.
func (b *Backend) revisionWire(r *Record) map[string]any {
	data := r.wire()
	id := text(r.Data, "formId")
	data["form"] = later(func() any { return b.wire(b.books.forms[id]) })
	for key, kind := range map[string]string{"bsda": "Bsda", "bsdasri": "Bsdasri"} {
		data[key] = later(func() any { return b.documentWire(kindOf(kind), b.books.records[id]) })
	}
	author := b.companies[text(r.Data, "author")]
	data["authoringCompany"] = map[string]any{"siret": text(r.Data, "author"), "orgId": text(r.Data, "author"), "name": author.Name, "address": author.Address}
	content := object(data, "content")
	if content["wasteDetails"] == nil {
		content["wasteDetails"] = map[string]any{}
	}
	return data
}

// revisionsOf are a form's revisions, newest first.
func (b *Backend) revisionsOf(id string) []*Record {
	return slices.DeleteFunc(b.books.newestRecords(revisionRecord), func(r *Record) bool { return text(r.Data, "formId") != id })
}

func (b *Backend) latestRevision(f *Form) any {
	if all := b.revisionsOf(f.ID); len(all) > 0 {
		return b.revisionWire(all[0])
	}
	return nil
}
