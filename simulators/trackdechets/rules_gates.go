package trackdechets

import (
	"fmt"
	"slices"
	"strings"

	"sluss/registries/numbers"
)

func (c *check) plates(plates string) {
	if plates == "" {
		return
	}
	each := strings.Split(plates, ",")
	c.when(len(each) > 2, "Un maximum de 2 plaques d'immatriculation est accepté")
	for _, plate := range each {
		plate = strings.TrimSpace(plate)
		c.when(len(plate) < 4 || len(plate) > 12, "Le numéro de plaque d'immatriculation doit faire entre 4 et 12 caractères")
	}
}

// transportComplaints lists what keeps a transporter from signing.
func (b *Backend) transportComplaints(f *Form, transporter map[string]any) []string {
	c := &check{companies: b.companies, stage: asSealed}
	mode := text(transporter, "mode")
	road := mode == "ROAD"
	c.when(mode == "", "Le mode de transport est obligatoire")
	c.when(road && text(transporter, "numberPlate") == "", "La plaque d'immatriculation est requise")
	c.plates(text(transporter, "numberPlate"))
	c.company("Transporteur", object(transporter, "company"))
	if road && !truth(transporter, "isExemptedOfReceipt") && !isForeign(object(transporter, "company")) {
		const remedy = " - l'établissement doit renseigner son récépissé dans Trackdéchets"
		c.when(text(transporter, "receipt") == "", "Transporteur: le numéro de récépissé est obligatoire%s", remedy)
		c.when(text(transporter, "department") == "", "Transporteur: le département associé au récépissé est obligatoire%s", remedy)
		c.when(text(transporter, "validityLimit") == "", "Transporteur: la date limite de validité du récépissé est obligatoire%s", remedy)
	}
	quantity, _ := number(f.Data, "wasteDetails.quantity")
	c.when(road && quantity > 40, "Déchet : le poids doit être inférieur à 40 tonnes lorsque le transport se fait par la route")
	return c.found
}

// receptionComplaints lists what is wrong with a reception or acceptation.
func (b *Backend) receptionComplaints(f *Form, input map[string]any) []string {
	c := &check{companies: b.companies, stage: asSealed}
	received, hasReceived := number(input, "quantityReceived")
	refused, hasRefused := number(input, "quantityRefused")
	reason := text(input, "wasteRefusalReason")
	status := text(input, "wasteAcceptationStatus")
	c.when(received < 0, "Réception : le poids doit être supérieur à 0")
	c.when(received > 50_000, "Réception : le poids doit être inférieur à 50000 tonnes")
	c.when(received > 40 && received <= 50_000 && byRoad(f), "Réception : le poids doit être inférieur à 40 tonnes lorsque le transport se fait par la route")
	if status == "" {
		c.when(hasRefused || reason != "", "Le statut d'acceptation (wasteAcceptationStatus) est requis si un refus est renseigné")
		return c.found
	}
	c.when(!hasReceived, "La quantité reçue (quantityReceived) est requise")
	c.when(!hasRefused, "La quantité refusée (quantityRefused) est requise")
	if !hasReceived || !hasRefused {
		return c.found
	}
	switch status {
	case "ACCEPTED":
		c.when(reason != "", "Le champ wasteRefusalReason ne doit pas être rensigné si le déchet est accepté ")
		c.when(received <= 0, "Réception : le poids doit être supérieur à 0 lorsque le déchet est accepté")
		c.when(refused != 0, "La quantité refusée (quantityRefused) doit être égale à zéro si le déchet est accepté (ACCEPTED)")
	case "REFUSED":
		c.when(reason == "", "Vous devez saisir un motif de refus")
		c.when(refused != received, "La quantité refusée (quantityRefused) doit être égale à la quantité reçue (quantityReceived) si le déchet est refusé (REFUSED)")
	case "PARTIALLY_REFUSED":
		c.when(reason == "", "Vous devez saisir un motif de refus")
		c.when(refused <= 0 || refused >= received, "La quantité refusée (quantityRefused) doit être inférieure à la quantité reçue (quantityReceived) "+
			"et supérieure à zéro si le déchet est partiellement refusé (PARTIALLY_REFUSED)")
	}
	return c.found
}

// processingComplaints lists what is wrong with a treatment.
func (b *Backend) processingComplaints(f *Form, input map[string]any) []string {
	c := &check{companies: b.companies, stage: asSealed}
	operation := text(input, "processingOperationDone")
	mode := text(input, "destinationOperationMode")
	modes, known := operationModes(operation)
	if !known {
		c.complain("Cette opération d’élimination / valorisation n'existe pas.")
		return c.found
	}
	grouping := isGrouping(operation)
	c.when(!grouping && mode == "", "Vous devez préciser un mode de traitement")
	c.when(mode != "" && !slices.Contains(modes, mode), "Le mode de traitement %s n'est pas compatible avec l'opération de traitement %s", mode, operation)
	c.when(!grouping && truth(input, "noTraceability"), "Vous ne pouvez pas indiquer une rupture de traçabilité avec un code de traitement final")
	if grouping {
		c.nextDestination(f, input)
	} else {
		c.noNextDestination(object(input, "nextDestination"))
	}
	return c.found
}

func (c *check) nextDestination(f *Form, input map[string]any) {
	const label = "Destination ultérieure : "
	next := object(input, "nextDestination")
	company := object(next, "company")
	operation := text(next, "processingOperation")
	c.when(operation == "", label+"L'opération de traitement est obligatoire")
	if _, known := operationModes(spaced(operation)); operation != "" && !known {
		c.complain(label + "Cette opération d’élimination / valorisation n'existe pas.")
	}
	untraced := truth(input, "noTraceability")
	siret, vat, foreign := text(company, "siret"), text(company, "vatNumber"), text(company, "extraEuropeanId")
	ids := 0
	for _, id := range []string{siret, vat, foreign} {
		if id != "" {
			ids++
		}
	}
	if !untraced || ids > 0 {
		for _, field := range companyFields {
			c.when(text(company, field.name) == "", label+"%s", field.missing)
		}
		c.when(ids != 1, label+"Le siret de l'entreprise est obligatoire (exactement un des identifiants obligatoire, un SIRET ou un numéro TVA "+
			"intra-communautaire ou un identifiant d'un pays hors Union Européenne)")
	}
	notification := text(next, "notificationNumber")
	c.when(len(notification) > 15, label+"le numéro de notification ne peut dépasser 15 caractères")
	if siret != "" {
		country := text(company, "country")
		c.when(country != "" && country != "FR", label+"le code pays d'un établissement français doit être FR")
		if _, registered := c.companies[siret]; c.siret(strings.TrimSuffix(label, " : "), siret) {
			c.when(dangerous(f) && !untraced && !registered, label+"l'établissement avec le SIRET %s n'est pas inscrit sur Trackdéchets", siret)
		}
	}
	c.when(numbers.IsFrenchVAT(vat), label+"Impossible d'utiliser le numéro de TVA pour un établissement français, veuillez renseigner son SIRET uniquement")
	c.when(dangerous(f) && isForeign(company) && notification == "", label+"le numéro de notification est obligatoire")
}

// noNextDestination: a final treatment has none; one complaint for each field.
func (c *check) noNextDestination(next map[string]any) {
	fields := []string{"processingOperation", "notificationNumber"}
	for _, field := range []string{"name", "siret", "vatNumber", "extraEuropeanId", "address", "country", "contact", "phone", "mail"} {
		fields = append(fields, "company."+field)
	}
	for _, field := range fields {
		c.when(text(next, field) != "", "%s", fmt.Sprintf("Destination ultérieure : le champ nextDestination.%s ne doit pas être renseigné pour un traitement final", field))
	}
}
