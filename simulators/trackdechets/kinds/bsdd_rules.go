package kinds

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"sluss/registries/numbers"
	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/tree"
)

// What must hold of a BSDD. What is required stands in the table.

var (
	isForeign = companies.IsForeign
	omiNumber = regexp.MustCompile(`^OMI\d{7}$`)
	mail      = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
)

func companyOf(holder map[string]any) string { return companies.IDOf(holder, "company") }

func bsddEmitter(c *Check) {
	const path = "emitter.company."
	private := c.Truth("emitter.isPrivateIndividual")
	c.When(private && c.Text(path+"contact") != "", "emitter.isPrivateIndividual", "Émetteur: vous ne pouvez pas enregistrer une personne contact en cas d'émetteur particulier")
	c.When(private && c.Text(path+"siret") != "", "emitter.isPrivateIndividual", "Émetteur: vous ne pouvez pas enregistrer un numéro de SIRET en cas d'émetteur particulier")
	omi := c.Text(path + "omiNumber")
	c.When(omi != "" && !omiNumber.MatchString(omi), path+"omiNumber",
		"Émetteur: Le numéro OMI (Organisation maritime international) de l'entreprise doit se composer des trois lettres OMI suivies de 7 chiffres (ex. OMI1234567)")
	siret, usable := c.establishment(path+"siret", "Émetteur: ")
	known := c.Companies[siret]
	c.When(usable && known.Has("ECO_ORGANISME"), path+"siret", "Émetteur: l'établissement %s est un éco-organisme, il ne peut être émetteur", siret)
	if !c.By("SEALING") {
		return
	}
	c.When(IsRound(c.Document) && !known.Has("COLLECTOR", "TRANSPORTER"), path+"siret",
		"Émetteur: l'émetteur d'un bordereau chapeau d'annexe 1 doit être inscrit comme collecteur ou transporteur")
	c.When(IsItem(c.Document) && siret != "" && c.Text("ecoOrganisme.siret") == "" && known.ID() == "", path+"siret",
		"Émetteur: l'établissement avec le SIRET %s n'est pas inscrit sur Trackdéchets", siret)
}

func bsddRecipient(c *Check) {
	const path = "recipient.processingOperation"
	operation := c.Text(path)
	_, known := Modes(Spaced(operation))
	c.When(operation != "" && (!known || (Spaced(operation) == "R 0" && c.Text("emitter.type") != "APPENDIX2")), path, "Destination : "+unknownOperation)
	c.receives("recipient.company.siret")
	c.receives("temporaryStorageDetail.destination.company.siret")
	final := c.Text("temporaryStorageDetail.destination.processingOperation")
	_, known = Modes(Spaced(final))
	c.When(final != "" && !known, "temporaryStorageDetail.destination.processingOperation", unknownOperation)
}

// receives checks that an establishment may receive the waste by its profile. The sub-profiles count whether or not the
// company has the profile that they belong to, as recorded.
func (c *Check) receives(path string) {
	siret, usable := c.establishment(path, "Destinataire: ")
	if !usable {
		return
	}
	known, registered := c.Companies[siret]
	fits := slices.ContainsFunc(known.CollectorTypes, func(t string) bool { return slices.Contains(dangerousCollectors, t) }) ||
		slices.ContainsFunc(known.WasteProcessorTypes, func(t string) bool { return slices.Contains(dangerousProcessors, t) })
	switch {
	case !registered:
		c.When(true, path, "Destinataire : l'établissement avec le SIRET %s n'est pas inscrit sur Trackdéchets", siret)
	case !known.Has("COLLECTOR", "WASTEPROCESSOR", "WASTE_CENTER", "DISPOSAL_FACILITY"):
		c.When(true, path, "L'installation de destination ou d’entreposage ou de reconditionnement avec le SIRET \"%s\" n'est pas inscrite sur Trackdéchets "+
			"en tant qu'installation de traitement ou de tri transit regroupement."+askInstallation, siret)
	case IsDangerous(c.Document) && len(known.CollectorTypes)+len(known.WasteProcessorTypes) > 0:
		c.When(!fits, path, "Le sous-profil sélectionné par l'établissement destinataire ne lui permet pas de prendre en charge ce type de déchet. "+
			"Il lui appartient de mettre à jour son profil.")
	}
}

// The sub-profiles that may receive dangerous waste.
var (
	dangerousCollectors = []string{"DANGEROUS_WASTES", "DEEE_WASTES", "OTHER_DANGEROUS_WASTES"}
	dangerousProcessors = []string{
		"DANGEROUS_WASTES_INCINERATION", "DANGEROUS_WASTES_STORAGE", "NON_DANGEROUS_WASTES_STORAGE", "OTHER_DANGEROUS_WASTES",
	}
)

func bsddTransporters(c *Check) {
	all := c.Objects("transporters")
	c.When(IsDirectSupply(c.Document) && len(all) > 0, "isDirectSupply",
		"Vous ne pouvez pas ajouter de transporteur en cas d'acheminement direct par pipeline ou convoyeur")
	for _, t := range all {
		c.transporter("transporters", t)
	}
	if second := c.Object("temporaryStorageDetail.transporter"); second != nil {
		c.transporter("temporaryStorageDetail.transporter", second)
	}
}

// transporter checks one transporter, on a form or not.
func (c *Check) transporter(root string, t map[string]any) {
	c.foreignVAT(t, root+".company.vatNumber", "Transporteur : ", "Transporteur: ")
	path := root + ".company.siret"
	siret := tree.Text(t, "company.siret")
	known, registered := c.Companies[siret]
	c.When(siret != "" && !numbers.IsSIRET(siret, true), path, "Transporteur: %s n'est pas un SIRET valide", siret)
	c.When(siret != "" && !registered, path, "Transporteur : l'établissement avec le SIRET %s n'est pas inscrit sur Trackdéchets", siret)
	c.When(known.Dormant, path, "Transporteur: l'établissement avec le SIRET %s est en sommeil sur Trackdéchets", siret)
	c.When(registered && !known.Has("TRANSPORTER") && !tree.Truth(t, "isExemptedOfReceipt"), path,
		"Le transporteur saisi sur le bordereau (SIRET: %s) n'est pas inscrit sur Trackdéchets en tant qu'entreprise de transport."+askCompany, siret)
	if plates := tree.Text(t, "numberPlate"); plates != "" {
		c.plates(root+".numberPlate", strings.Split(plates, ","))
	}
}

// FreeTransporter lists what is wrong with a transporter that stands on no document of the kind yet.
func (k *Kind) FreeTransporter(facts Facts, t map[string]any) []Fault {
	c := &Check{Document: &Document{Data: map[string]any{"transporters": []any{t}}}, Facts: facts, Kind: k, Step: -1}
	if k.isForm() {
		c.transporter("transporters", t)
	} else {
		transporters(c)
	}
	return c.faults
}

// bsddOthers checks trader, broker, eco-organisme and intermediaries.
func bsddOthers(c *Check) {
	c.Trade(c.By("SEALING"))
	c.ecoOrganisme("ecoOrganisme.siret", "Éco-organisme: ")
	c.intermediaries("Intermédiaires: ")
}

// Trade checks the profiles of trader and broker, and their receipts if they must be complete.
func (c *Check) Trade(complete bool) {
	c.tradeProfiles("Négociant: ", "Courtier: ")
	for _, role := range []struct{ path, label string }{{"trader", "Négociant"}, {"broker", "Courtier"}} {
		path := role.path + ".company.siret"
		complete := complete && c.Text(path) != ""
		c.When(complete && c.Text(role.path+".receipt") == "", path, "%s: Numéro de récepissé obligatoire", role.label)
		c.When(complete && c.Text(role.path+".department") == "", path, "%s : Département obligatoire", role.label)
		c.When(complete && c.Text(role.path+".validityLimit") == "", path, "%s : Date de validité obligatoire", role.label)
	}
}

func bsddWaste(c *Check) {
	const path = "wasteDetails."
	code := c.Text(path + "code")
	c.When(code != "" && !WasteCodes()[code], path+"code",
		"Le code déchet n'est pas reconnu comme faisant partie de la liste officielle du code de l'environnement.")
	c.When(IsRound(c.Document) && code != "" && !suitsRound(code), path+"code", "Le code déchet %s ne peut faire l'objet d'une annexe 1", code)
	if said, ok := tree.At(c.Data, path+"isDangerous").(bool); ok && !said && strings.HasSuffix(code, "*") {
		c.When(true, path+"isDangerous", "Un déchet avec un code comportant un astérisque est forcément dangereux")
	}
	c.weight("wasteDetails.quantity", "Déchet", c.By("SEALING") && isWeighed(c.Document))
	if c.By("SEALING") {
		bsddADR(c)
	}
	c.Packagings()
	for _, parcel := range c.Objects(path + "parcelNumbers") {
		c.parcel(path+"parcelNumbers", parcel)
	}
}

// parcel checks a plot of land, which is named by its number or by its place, and by the number of its town.
func (c *Check) parcel(path string, parcel map[string]any) {
	numbered := tree.Text(parcel, "prefix") != "" && tree.Text(parcel, "section") != "" && tree.Text(parcel, "number") != ""
	located := parcel["x"] != nil && parcel["y"] != nil
	c.When(numbered == located, path, "Parcelle: impossible d'avoir à la fois des coordonnées GPS et un numéro de parcelle")
	c.When(tree.Text(parcel, "inseeCode") == "", path, "Parcelle: le code INSEE de la commune est obligatoire")
	for _, axis := range []string{"x", "y"} {
		degrees, _ := tree.Number(parcel, axis)
		c.When(math.Abs(math.Round(degrees*1e6)-degrees*1e6) > 1e-3, path, "Parcelle: les coordonnées GPS ne peuvent avoir plus de 6 décimales")
	}
}

// weight checks tonnes on the road and elsewhere; above zero where they must be more than nothing.
func (c *Check) weight(path, label string, aboveZero bool) {
	tonnes, _ := c.Number(path)
	road := slices.ContainsFunc(c.Objects("transporters"), func(t map[string]any) bool { return t["mode"] == "ROAD" })
	c.When(tonnes < 0 || (aboveZero && tonnes == 0), path, "%s : le poids doit être supérieur à 0", label)
	c.When(tonnes > 50_000, path, "%s : le poids doit être inférieur à 50000 tonnes", label)
	c.When(tonnes > 40 && tonnes <= 50_000 && road, path, "%s : le poids doit être inférieur à 40 tonnes lorsque le transport se fait par la route", label)
}

func bsddADR(c *Check) {
	subject, given := tree.At(c.Data, "wasteDetails.isSubjectToADR").(bool)
	onu := c.Text("wasteDetails.onuCode")
	c.When(!given, "wasteDetails.isSubjectToADR", "Vous devez préciser si le bordereau est soumis à l'ADR ou non (champ wasteDetailsIsSubjectToADR).")
	c.When(given && subject && onu == "", "wasteDetails.onuCode", "Le code ONU est obligatoire si le déchet est soumis à l'ADR (champ wasteDetailsOnuCode).")
	c.When(given && !subject && onu != "", "wasteDetails.onuCode",
		"Le code ONU ne doit pas être renseigné si le déchet n'est pas soumis à l'ADR (champ wasteDetailsOnuCode).")
}

// Packagings checks the packagings of a BSDD.
func (c *Check) Packagings() {
	const path = "wasteDetails.packagingInfos"
	packagings := c.Objects(path)
	types := map[string]bool{}
	for _, packaging := range packagings {
		kind, other := tree.Text(packaging, "type"), tree.Text(packaging, "other")
		quantity, _ := tree.Number(packaging, "quantity")
		volume, _ := tree.Number(packaging, "volume")
		types[kind] = true
		c.When(quantity < 1, path, "Le nombre de colis doit être supérieur à 0.")
		c.When((kind == "BENNE" || kind == "CITERNE") && quantity > 2, path, "Le nombre de benne ou de citerne ne peut être supérieur à 2.")
		c.When(volume < 0, path, "Le volume doit être un nombre positif")
		c.When(c.By("SEALING") && kind == "AUTRE" && other == "", path, "La description doit être précisée pour le conditionnement 'AUTRE'.")
		c.When(kind != "AUTRE" && other != "", path, "La description du conditionnement ne doit être renseignée que pour le type AUTRE.")
	}
	c.When((types["BENNE"] || types["CITERNE"]) && len(types) > 1, path,
		"wasteDetailsPackagingInfos ne peut pas à la fois contenir 1 citerne, 1 benne et un autre conditionnement.")
	c.When(IsDirectSupply(c.Document) && len(packagings) > 0, path,
		"Aucun conditionnement ne doit être renseigné dans le cadre d'un acheminement direct par pipeline ou convoyeur")
}

// longest are the lengths of texts that are not 250 characters, by the last word of the path.
var longest = map[string]int{"phone": 20, "postalCode": 20, "city": 100, "infos": 500, "onuCode": 750}

// bsddLengths checks all texts of a form, and its mail addresses.
func bsddLengths(c *Check) {
	check := func(path, key, text string) {
		limit, ok := longest[key]
		if !ok {
			limit = mostCharacters
		}
		c.When(utf8.RuneCountInString(text) > limit, path, "%s must be at most %d characters", column(path), limit)
		c.When(key == "mail" && text != "" && !mail.MatchString(text), path, "%s must be a valid email", column(path))
	}
	c.eachText(check)
	check("customId", "customId", c.CustomID)
}
