package trackdechets

import (
	"slices"
	"strings"
)

// dangerous: a starred code, or said to be, or a persistent organic pollutant.
func dangerous(f *Form) bool {
	return strings.HasSuffix(text(f.Data, "wasteDetails.code"), "*") ||
		truth(f.Data, "wasteDetails.isDangerous") || truth(f.Data, "wasteDetails.pop")
}

func byRoad(f *Form) bool {
	return slices.ContainsFunc(f.transporters(), func(t map[string]any) bool { return text(t, "mode") == "ROAD" })
}

func (c *check) waste(f *Form) {
	complete := c.stage != asDraft
	weighed := complete && !f.isRound() && !f.isItem() // the wastes of a round are weighed when they are taken over
	code := text(f.Data, "wasteDetails.code")
	switch {
	case code != "" && !wasteCodes()[code]:
		c.complain("Le code déchet n'est pas reconnu comme faisant partie de la liste officielle du code de l'environnement.")
	case code == "" && complete:
		c.complain("Le code déchet est obligatoire")
	}
	c.when(f.isRound() && code != "" && !suitsRound(code), "Le code déchet %s ne peut faire l'objet d'une annexe 1", code)
	if said, ok := at(f.Data, "wasteDetails.isDangerous").(bool); ok && !said && strings.HasSuffix(code, "*") {
		c.complain("Un déchet avec un code comportant un astérisque est forcément dangereux")
	}
	c.when(weighed && text(f.Data, "wasteDetails.quantityType") == "", "Le type de quantité (réelle ou estimée) doit être précisé")
	quantity, given := number(f.Data, "wasteDetails.quantity")
	c.when(quantity < 0 || (weighed && quantity == 0), "Déchet : le poids doit être supérieur à 0")
	c.when(quantity > 50_000, "Déchet : le poids doit être inférieur à 50000 tonnes")
	c.when(quantity > 40 && quantity <= 50_000 && byRoad(f), "Déchet : le poids doit être inférieur à 40 tonnes lorsque le transport se fait par la route")
	c.when(weighed && !given, "La quantité du déchet en tonnes est obligatoire")
	c.when(complete && text(f.Data, "wasteDetails.name") == "", "L'appellation du déchet est obligatoire.")
	if complete {
		c.adr(f)
		c.when(len(list(f.Data, "wasteDetails.consistences")) == 0, "Au moins une consistance doit être sélectionnée")
	}
	c.packagings(f)
}

func (c *check) adr(f *Form) {
	subject, given := at(f.Data, "wasteDetails.isSubjectToADR").(bool)
	onu := text(f.Data, "wasteDetails.onuCode")
	switch {
	case !given:
		c.complain("Vous devez préciser si le bordereau est soumis à l'ADR ou non (champ wasteDetailsIsSubjectToADR).")
	case subject && onu == "":
		c.complain("Le code ONU est obligatoire si le déchet est soumis à l'ADR (champ wasteDetailsOnuCode).")
	case !subject && onu != "":
		c.complain("Le code ONU ne doit pas être renseigné si le déchet n'est pas soumis à l'ADR (champ wasteDetailsOnuCode).")
	}
}

func (c *check) packagings(f *Form) {
	packagings := list(f.Data, "wasteDetails.packagingInfos")
	kinds := map[string]bool{}
	for _, entry := range packagings {
		packaging, _ := entry.(map[string]any)
		kind, other := text(packaging, "type"), text(packaging, "other")
		quantity, _ := number(packaging, "quantity")
		bulk := kind == "BENNE" || kind == "CITERNE"
		kinds[kind] = true
		c.when(quantity < 1, "Le nombre de colis doit être supérieur à 0.")
		c.when(bulk && quantity > 2, "Le nombre de benne ou de citerne ne peut être supérieur à 2.")
		c.when(c.stage != asDraft && kind == "AUTRE" && other == "", "La description du conditionnement AUTRE est obligatoire.")
		c.when(kind != "AUTRE" && other != "", "La description du conditionnement ne doit être renseignée que pour le type AUTRE.")
	}
	c.when((kinds["BENNE"] || kinds["CITERNE"]) && len(kinds) > 1,
		"wasteDetailsPackagingInfos ne peut pas à la fois contenir 1 citerne, 1 benne et un autre conditionnement.")
	c.when(isDirectSupply(f) && len(packagings) > 0, "Vous ne pouvez pas ajouter de conditionnement en cas d'acheminement direct par pipeline ou convoyeur")
	c.when(c.stage == asEmitted && !isDirectSupply(f) && len(packagings) == 0, "Le détail du conditionnement est obligatoire")
}
