package trackdechets

import "slices"

// cancellable are the statuses in which an agreed cancellation cancels.
var cancellable = []Status{SignedByProducer, Sent, TempStored, TempStorerAccepted, Resealed, SignedByTempStorer, Resent}

// revisable checks what a revision wants to change.
func (b *Backend) revisable(f *Form, content map[string]any) error {
	if isEmpty(content) {
		return badInput("Impossible de créer une révision sans modifications.")
	}
	if truth(content, "isCanceled") {
		rest, _ := clone(content).(map[string]any)
		delete(rest, "isCanceled")
		switch {
		case !isEmpty(rest):
			return badInput("Impossible d'annuler et de modifier un bordereau.")
		case f.isRound() || f.isItem():
			return forbidden("Impossible d'annuler un bordereau d'annexe 1.")
		case !slices.Contains(cancellable, f.Status):
			return forbidden("Impossible d'annuler un bordereau qui a été réceptionné sur l'installation de destination.")
		}
		return nil
	}
	received, given := number(content, "quantityReceived")
	if given && at(f.Data, "quantityReceived") == nil {
		return forbidden("Impossible de réviser la quantité reçue si le bordereau n'a pas encore été réceptionné.")
	}
	c := &check{companies: b.companies, stage: asDraft}
	carriers := f.transporters()
	c.when(received > 40 && len(carriers) == 1 && text(carriers[0], "mode") == "ROAD",
		"Réception : le poids doit être inférieur à 40 tonnes lorsque le transport se fait par la route")
	c.when(given && received <= 0, "Réception : le poids doit être supérieur à 0")
	if !given {
		received, _ = number(f.Data, "quantityReceived")
	}
	refused, _ := number(content, "quantityRefused")
	c.when(refused > received, "La quantité refusée (quantityRefused) doit être inférieure à la quantité reçue (quantityReceived)")
	if operation := text(content, "processingOperationDone"); operation != "" {
		modes, known := operationModes(operation)
		mode := text(content, "destinationOperationMode")
		c.when(!known, "Cette opération d’élimination / valorisation n'existe pas.")
		c.when(known && mode != "" && !slices.Contains(modes, mode), "Le mode de traitement %s n'est pas compatible avec l'opération de traitement %s", mode, operation)
	}
	revised := f.clone()
	merge(revised.Data, map[string]any{"wasteDetails": object(content, "wasteDetails")})
	if code := text(content, "wasteDetails.code"); code != "" && !wasteCodes()[code] {
		c.complain("Le code déchet n'est pas reconnu comme faisant partie de la liste officielle du code de l'environnement.")
	}
	c.packagings(revised)
	return invalid(c.found)
}

// isEmpty says whether an input has no value anywhere in it.
func isEmpty(value any) bool {
	object, ok := value.(map[string]any)
	if !ok {
		return value == nil || value == false
	}
	for _, inner := range object {
		if !isEmpty(inner) {
			return false
		}
	}
	return true
}

// applyRevision changes the form as all have agreed.
func applyRevision(f *Form, r *Record) {
	r.Status = accepted
	content := object(r.Data, "content")
	if truth(content, "isCanceled") {
		f.Status = Canceled
		return
	}
	agreed, _ := clone(content).(map[string]any)
	delete(agreed, "isCanceled")
	for key, value := range agreed {
		if value == nil {
			delete(agreed, key)
		}
	}
	merge(f.Data, agreed)
	if text(agreed, "processingOperationDone") == "" {
		return
	}
	switch groups := awaitsGroup(f); {
	case groups && f.Status == Processed:
		f.Status = AwaitingGroup
	case !groups && f.Status == AwaitingGroup:
		f.Status = Processed
	}
	if awaitsGroup(f) {
		f.Data["destinationOperationMode"] = nil
	}
}
