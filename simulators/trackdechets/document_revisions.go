package trackdechets

import (
	"fmt"
	"slices"
)

// revisions lists the revisions that concern a company.
func (b *Backend) revisions(c *call) (any, error) {
	return b.listRevisions(c, "where.bsddId._eq", func(id string) bool { return b.books.forms[id] != nil })
}

// listRevisions lists a company's revisions of one kind of document.
func (b *Backend) listRevisions(c *call, filter string, isKind func(id string) bool) (any, error) {
	company := text(c.args, "siret")
	if c.user.actsFor([]string{company}, mayRead) == "" {
		return nil, notMember(company)
	}
	status, id := text(c.args, "where.status"), text(c.args, filter)
	var nodes []node
	for _, r := range b.books.newestRecords(revisionRecord) {
		if !isKind(text(r.Data, "formId")) {
			continue
		}
		concerned := text(r.Data, "author") == company || slices.ContainsFunc(objects(r.Data, "approvals"), func(approval map[string]any) bool {
			return text(approval, "approverSiret") == company
		})
		if !concerned || (status != "" && r.Status != status) || (id != "" && text(r.Data, "formId") != id) {
			continue
		}
		nodes = append(nodes, node{r.ID, b.revisionWire(r)})
	}
	return connection(c.args, nodes, 10, 50)
}

// revisionsOfDocuments is bsdaRevisionRequests and bsdasriRevisionRequests.
func (b *Backend) revisionsOfDocuments(c *call) (any, error) {
	kind, filter := "Bsda", "where.bsdaId._eq"
	if c.field.Name == "bsdasriRevisionRequests" {
		kind, filter = "Bsdasri", "where.bsdasriId._eq"
	}
	return b.listRevisions(c, filter, func(id string) bool {
		r, ok := b.books.records[id]
		return ok && r.Kind == kind
	})
}

// createDocumentRevision asks the other parties of a BSDA or BSDASRI to change, or cancel, what has been signed.
func (b *Backend) createDocumentRevision(c *call) (any, error) {
	kind, id := "Bsda", text(c.args, "input.bsdaId")
	if c.field.Name == "createBsdasriRevisionRequest" {
		kind, id = "Bsdasri", text(c.args, "input.bsdasriId")
	}
	document, ok := b.books.record(kind, id)
	if !ok {
		return nil, badInput(fmt.Sprintf("Le bordereau avec l'identifiant \"%s\" n'existe pas.", id))
	}
	input := object(c.args, "input")
	author, content := text(input, "authoringCompanySiret"), object(input, "content")
	parties := []string{
		companyID(document.Data, "emitter.company"), text(document.Data, "ecoOrganisme.siret"), companyID(document.Data, "worker.company"),
		companyID(document.Data, "destination.company"),
	}
	if author == "" || !slices.Contains(parties, author) || c.user.actsFor([]string{author}, mayManage) == "" {
		return nil, forbidden("Vous n'êtes pas autorisé à réviser ce bordereau")
	}
	if err := b.documentRevisable(document, content); err != nil {
		return nil, err
	}
	r := b.record(revisionRecord, newID(), map[string]any{
		"formId": id, "author": author, "comment": text(input, "comment"), "content": clone(content),
	})
	r.Status = pending
	approvals := []any{}
	var asked []string
	for i, siret := range parties {
		answered := i < 2 && slices.Contains(parties[:2], author) // the emitter answers for the eco-organisme, and the other way round
		if siret != "" && siret != author && !answered && !slices.Contains(asked, siret) {
			asked = append(asked, siret)
			approvals = append(approvals, map[string]any{"approverSiret": siret, "status": pending})
		}
	}
	r.Data["approvals"] = approvals
	on := subject{document: document}
	if len(approvals) == 0 {
		on.apply(r)
	}
	return b.commitRevision(c, on, r, author, input)
}

// documentRevisable checks that a document may be revised as asked.
func (b *Backend) documentRevisable(document *Record, content map[string]any) error {
	switch {
	case document.Status == "INITIAL":
		return forbidden("Impossible de créer une révision sur ce bordereau. Vous pouvez le modifier directement, aucune signature bloquante " +
			"n'a encore été apposée.")
	case document.Status == "REFUSED":
		return forbidden("Impossible de créer une révision sur ce bordereau, il a été refusé.")
	case document.Status == string(Canceled):
		return forbidden("Impossible de créer une révision sur ce bordereau, il a été annulé.")
	case isEmpty(content):
		return badInput("Impossible de créer une révision sans modifications.")
	case truth(content, "isCanceled") && !slices.Contains([]string{"SIGNED_BY_PRODUCER", "SIGNED_BY_WORKER", "SENT"}, document.Status):
		return forbidden("Impossible d'annuler un bordereau qui a été réceptionné sur l'installation de destination.")
	}
	if slices.ContainsFunc(b.revisionsOf(document.ID), func(r *Record) bool { return r.Status == pending }) {
		return forbidden("Impossible de créer une révision sur ce bordereau, une autre révision est déjà en attente de validation.")
	}
	revised := document.clone()
	merge(revised.Data, content)
	return issuesError(b.documentIssues(kindOf(document.Kind), revised))
}

// applyToDocument changes a document as all have agreed; a revised operation may end its waiting, or begin it.
func applyToDocument(document, r *Record) {
	r.Status = accepted
	content := object(r.Data, "content")
	if truth(content, "isCanceled") {
		document.Status = string(Canceled)
		return
	}
	agreed, _ := clone(content).(map[string]any)
	delete(agreed, "isCanceled")
	merge(document.Data, agreed)
	waits := kindOf(document.Kind).waits
	switch {
	case text(agreed, "destination.operation.code") == "":
	case goesOn(document) && document.Status == "PROCESSED":
		document.Status = waits
	case !goesOn(document) && document.Status == waits:
		document.Status = "PROCESSED"
	}
}
