package revisions

import (
	"slices"

	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// emitters are the emitter and the eco-organisme: one of them answers for the other.
func emitters(d *kinds.Document) []string {
	return []string{d.Company("emitter.company"), d.Text("ecoOrganisme.siret")}
}

// authors are the companies that may ask: of a BSDD the transporter only where an item of a collection round was taken over.
func authors(k *kinds.Kind, d *kinds.Document) []string {
	if k != kinds.BSDD {
		return append(emitters(d), d.Company("worker.company"), d.Company("destination.company"))
	}
	allowed := append(emitters(d), kinds.Recipient(d)[0], kinds.Destination(d)[0])
	if kinds.IsItem(d) && d.Text("takenOverAt") != "" {
		allowed = append(allowed, kinds.FirstTransporter(d)...)
	}
	return allowed
}

// approvers are who must agree: the emitter and the eco-organisme, unless one of them asks; then the others that may ask. Of
// a BSDD the final destination is asked when the revision touches the temporary storage, and of an item of a collection
// round nobody but the emitters.
func approvers(k *kinds.Kind, d *kinds.Document, author string, content map[string]any) []string {
	var sirets []string
	add := func(siret string) {
		if siret != "" && siret != author && !slices.Contains(sirets, siret) {
			sirets = append(sirets, siret)
		}
	}
	if pair := emitters(d); !slices.Contains(pair, author) {
		if k != kinds.BSDD || !kinds.EmitterCannotSign(d) {
			add(pair[0])
		}
		add(pair[1])
	}
	if k != kinds.BSDD {
		add(d.Company("worker.company"))
		add(d.Company("destination.company"))
		return sirets
	}
	if carrier := kinds.FirstTransporter(d); !kinds.IsItem(d) || !slices.Contains(carrier, author) {
		add(kinds.Recipient(d)[0])
	}
	if content["temporaryStorageDetail"] != nil || d.Status == kinds.Resent || d.Text("temporaryStorageDetail.takenOverAt") != "" {
		add(d.Text("temporaryStorageDetail.destination.company.siret"))
	}
	return sirets
}

// revisable checks that a document may be revised as asked.
func (d *Service) revisable(k *kinds.Kind, document *kinds.Document, content map[string]any) error {
	switch {
	case document.Status == kinds.Draft || document.Status == kinds.Sealed || document.Status == "INITIAL":
		return refusal.Forbidden("Impossible de créer une révision sur ce bordereau. Vous pouvez le modifier directement, aucune signature bloquante " +
			"n'a encore été apposée.")
	case document.Status == kinds.Refused:
		return refusal.Forbidden("Impossible de créer une révision sur ce bordereau, il a été refusé.")
	case document.Status == kinds.CanceledStatus:
		return refusal.Forbidden("Impossible de créer une révision sur ce bordereau, il a été annulé.")
	case slices.ContainsFunc(d.of(document.ID), func(r *kinds.Document) bool { return r.Status == pending }):
		return refusal.Forbidden("Impossible de créer une révision sur ce bordereau, une autre révision est déjà en attente de validation.")
	case tree.Empty(content):
		return refusal.BadInput("Impossible de créer une révision sans modifications.")
	case tree.Truth(content, "isCanceled"):
		return cancellable(k, document, content)
	}
	if k == kinds.BSDD {
		return d.formRevisable(document, content)
	}
	revised := document.Clone()
	tree.Merge(revised.Data, content)
	return k.Refuse(k.Check(d.Facts(), revised, "", nil).Whole(), false)
}

// cancellable checks that a document may be cancelled: by nothing else, and before it was received.
func cancellable(k *kinds.Kind, document *kinds.Document, content map[string]any) error {
	rest := tree.Clone(content)
	delete(rest, "isCanceled")
	switch {
	case k == kinds.BSDD && !tree.Empty(rest):
		return refusal.BadInput("Impossible d'annuler et de modifier un bordereau.")
	case kinds.IsRound(document) || kinds.IsItem(document):
		return refusal.Forbidden("Impossible d'annuler un bordereau d'annexe 1'.")
	case !slices.Contains(k.Cancellable, document.Status):
		return refusal.Forbidden("Impossible d'annuler un bordereau qui a été réceptionné sur l'installation de destination.")
	}
	return nil
}

// formRevisable checks what a revision wants to change on a BSDD.
func (d *Service) formRevisable(f *kinds.Document, content map[string]any) error {
	received, given := tree.Number(content, "quantityReceived")
	if given && f.Data["quantityReceived"] == nil {
		return refusal.Forbidden("Impossible de réviser la quantité reçue si le bordereau n'a pas encore été réceptionné.")
	}
	if tree.At(content, "wasteDetails.quantity") != nil && !kinds.IsItem(f) { // the only field of the schema that may not be revised
		return &refusal.Refusal{Code: refusal.BadUserInput, Message: "Révision impossible, certains champs saisis ne sont pas modifiables", Bare: true}
	}
	revised := f.Clone()
	tree.Merge(revised.Data, map[string]any{"wasteDetails": tree.Object(content, "wasteDetails")})
	for _, role := range []string{"trader", "broker"} {
		revised.Data[role] = tree.Clone(content[role])
	}
	kinds.BSDD.Fill(d.Facts(), revised)
	c := kinds.BSDD.Check(d.Facts(), revised, "", nil)
	return kinds.BSDD.Refuse(c.Found(func(c *kinds.Check) {
		carriers := f.Objects("transporters")
		c.When(received > 40 && len(carriers) == 1 && tree.Text(carriers[0], "mode") == "ROAD", "",
			"Réception : le poids doit être inférieur à 40 tonnes lorsque le transport se fait par la route")
		c.When(received < 0, "", "Réception : le poids doit être supérieur à 0")
		if !given {
			received, _ = f.Number("quantityReceived")
		}
		refusedTonnes, _ := tree.Number(content, "quantityRefused")
		c.When(refusedTonnes > received, "", "La quantité refusée (quantityRefused) doit être inférieure ou égale à la quantité réceptionnée (quantityReceived)")
		if code := tree.Text(content, "processingOperationDone"); code != "" {
			c.Operation("", code, tree.Text(content, "destinationOperationMode"), "Le mode de traitement n'est pas compatible avec l'opération de traitement choisie")
		}
		if code := tree.Text(content, "wasteDetails.code"); code != "" {
			c.When(!kinds.WasteCodes()[code], "", "Le code déchet n'est pas reconnu comme faisant partie de la liste officielle du code de l'environnement.")
		}
		c.Packagings()
		c.Trade(true)
	}), false)
}

// apply changes a document as all have agreed; a revised operation may end its waiting for a group, or begin it.
func apply(k *kinds.Kind, d, r *kinds.Document) {
	r.Status = accepted
	content := r.Object("content")
	if tree.Truth(content, "isCanceled") {
		d.Status = kinds.CanceledStatus
		return
	}
	agreed := tree.Clone(content)
	for key, value := range agreed {
		if value == nil || key == "isCanceled" {
			delete(agreed, key)
		}
	}
	tree.Merge(d.Data, agreed)
	operation, goesOn := "destination.operation.code", kinds.GoesOn(d)
	if k == kinds.BSDD {
		operation, goesOn = "processingOperationDone", kinds.AwaitsGroup(d)
	}
	if tree.Text(agreed, operation) == "" {
		return
	}
	switch {
	case goesOn && d.Status == kinds.Processed:
		d.Status = k.Waits
	case !goesOn && d.Status == k.Waits:
		d.Status = kinds.Processed
	}
	if k == kinds.BSDD && goesOn {
		d.Data["destinationOperationMode"] = nil
	}
}
