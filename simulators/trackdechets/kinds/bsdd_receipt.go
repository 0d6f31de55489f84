package kinds

import (
	"slices"

	"sluss/registries/numbers"
	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/tree"
)

// What must hold of what a destination writes on a BSDD: reception, acceptation and treatment.

// reception checks a reception or acceptation before it is written.
func reception(c *Check) {
	received, hasReceived := tree.Number(c.Input, "quantityReceived")
	refused, hasRefused := tree.Number(c.Input, "quantityRefused")
	reason, status := tree.Text(c.Input, "wasteRefusalReason"), tree.Text(c.Input, "wasteAcceptationStatus")
	written := &Check{Document: &Document{Data: map[string]any{"quantityReceived": received, "transporters": c.Data["transporters"]}}}
	written.weight("quantityReceived", "Réception", false)
	c.faults = append(c.faults, written.faults...)
	if status == "" {
		c.When(hasRefused || reason != "", "", "Le statut d'acceptation (wasteAcceptationStatus) est requis si un refus est renseigné")
		return
	}
	c.When(!hasReceived, "", "La quantité reçue (quantityReceived) est requise")
	c.When(!hasRefused, "", "La quantité refusée (quantityRefused) est requise")
	if !hasReceived || !hasRefused {
		return
	}
	c.When(status != "ACCEPTED" && reason == "", "", "Vous devez saisir un motif de refus")
	switch status {
	case "ACCEPTED":
		c.When(reason != "", "", "Le champ wasteRefusalReason ne doit pas être rensigné si le déchet est accepté ")
		c.When(received <= 0, "", "Réception : le poids doit être supérieur à 0 lorsque le déchet est accepté")
		c.When(refused != 0, "", "La quantité refusée (quantityRefused) ne peut être supérieure à zéro si le déchet est accepté (ACCEPTED)")
	case "REFUSED":
		c.When(refused != received, "", "La quantité refusée (quantityRefused) doit être égale à la quantité reçue (quantityReceived) si le déchet est refusé (REFUSED)")
	case "PARTIALLY_REFUSED":
		c.When(refused <= 0 || refused >= received, "", "La quantité refusée (quantityRefused) doit être inférieure à la quantité reçue (quantityReceived) "+
			"et supérieure à zéro si le déchet est partiellement refusé (PARTIALLY_REFUSED)")
	}
}

// treatment checks a treatment before it is written.
func treatment(c *Check) {
	code := tree.Text(c.Input, "processingOperationDone")
	known := c.Operation("", code, tree.Text(c.Input, modePath), "Vous devez préciser un mode de traitement")
	if !known {
		return
	}
	if IsGrouping(code) {
		c.nextDestination()
		return
	}
	c.When(tree.Truth(c.Input, "noTraceability"), "", "Vous ne pouvez pas indiquer une rupture de traçabilité avec un code de traitement final")
	next := tree.Object(c.Input, "nextDestination")
	fields := []string{"processingOperation", "notificationNumber"}
	for _, field := range []string{"name", "siret", "vatNumber", "extraEuropeanId", "address", "country", "contact", "phone", "mail"} {
		fields = append(fields, "company."+field)
	}
	for _, field := range fields {
		c.When(tree.Text(next, field) != "", "", "L'opération de traitement renseignée ne permet pas de destination ultérieure")
	}
}

// described are the fields that describe a company, each with what is said where it is missing.
var described = []struct{ name, missing string }{
	{"name", "Le nom de l'entreprise est obligatoire"},
	{"address", "L'adresse de l'entreprise est obligatoire"},
	{"contact", "Le contact dans l'entreprise est obligatoire"},
	{"phone", "Le téléphone de l'entreprise est obligatoire"},
	{"mail", "L'email de l'entreprise est obligatoire"},
}

// nextDestination checks where a waste goes on after a treatment that is not the last.
func (c *Check) nextDestination() {
	const label = "Destination ultérieure : "
	next := tree.Object(c.Input, "nextDestination")
	company, operation := tree.Object(next, "company"), tree.Text(next, "processingOperation")
	c.When(operation == "", "", label+"L'opération de traitement est obligatoire")
	_, known := Modes(Spaced(operation))
	c.When(operation != "" && !known, "", label+unknownOperation)
	untraced := tree.Truth(c.Input, "noTraceability")
	siret, vat := tree.Text(company, "siret"), tree.Text(company, "vatNumber")
	ids := slices.DeleteFunc([]string{siret, vat, tree.Text(company, "extraEuropeanId")}, func(id string) bool { return id == "" })
	if !untraced || len(ids) > 0 {
		for _, field := range described {
			c.When(tree.Text(company, field.name) == "", "", label+"%s", field.missing)
		}
		c.When(len(ids) != 1, "", label+"Le siret de l'entreprise est obligatoire (exactement un des identifiants obligatoire, un SIRET ou un numéro TVA "+
			"intra-communautaire ou un identifiant d'un pays hors Union Européenne)")
	}
	notification, country := tree.Text(next, "notificationNumber"), tree.Text(company, "country")
	c.When(len(notification) > 15, "", label+"le numéro de notification ne peut dépasser 15 caractères")
	if siret != "" {
		known, registered := c.Companies[siret]
		c.When(country != "" && country != "FR", "", label+"le code pays d'un établissement français doit être FR")
		c.When(!numbers.IsSIRET(siret, true), "", label+"%s n'est pas un SIRET valide", siret)
		c.When(known.Dormant, "", label+"l'établissement avec le SIRET %s est en sommeil sur Trackdéchets", siret)
		c.When(IsDangerous(c.Document) && !untraced && !registered, "", label+"l'établissement avec le SIRET %s n'est pas inscrit sur Trackdéchets", siret)
	}
	c.When(numbers.IsFrenchVAT(vat), "", label+"Impossible d'utiliser le numéro de TVA pour un établissement français, veuillez renseigner son SIRET uniquement")
	c.When(IsDangerous(c.Document) && companies.IsForeign(company) && notification == "", "", label+"le numéro de notification est obligatoire")
}
