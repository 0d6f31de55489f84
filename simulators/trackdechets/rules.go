package trackdechets

import (
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"sluss/registries/numbers"
)

// The stages a form is checked for. A draft may be incomplete, but what is there must be well formed.
type stage int

const (
	asDraft stage = iota
	asSealed
	asEmitted
)

// check collects complaints about a form.
type check struct {
	companies map[string]Company
	stage     stage
	found     []string
}

func (c *check) complain(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

func (c *check) when(broken bool, format string, args ...any) {
	if broken {
		c.complain(format, args...)
	}
}

// complaints lists everything wrong with a form at a stage, in the order of the real service.
func (b *Backend) complaints(f *Form, s stage) []string {
	c := &check{companies: b.companies, stage: s}
	if s == asDraft {
		c.recipient(f)
		c.emitter(f)
		c.transporters(f)
		c.waste(f)
	} else {
		c.waste(f)
		c.recipient(f)
		c.emitter(f)
		c.transporters(f)
	}
	c.others(f)
	c.lengths(f)
	return c.found
}

func (c *check) emitter(f *Form) {
	company := object(f.Data, "emitter.company")
	private := truth(f.Data, "emitter.isPrivateIndividual")
	ship := truth(f.Data, "emitter.isForeignShip")
	c.when(private && text(company, "contact") != "",
		"Émetteur: vous ne pouvez pas enregistrer une personne contact en cas d'émetteur particulier")
	c.when(private && text(company, "siret") != "",
		"Émetteur: vous ne pouvez pas enregistrer un numéro de SIRET en cas d'émetteur particulier")
	siret := text(company, "siret")
	c.siret("Émetteur", siret)
	if known, ok := c.companies[siret]; ok {
		c.when(slices.Contains(known.Types, "ECO_ORGANISME"), "Émetteur: l'établissement %s est un éco-organisme, il ne peut être émetteur", siret)
	}
	if c.stage == asDraft {
		return
	}
	c.when(f.kind() == "", "Le type d'émetteur est obligatoire")
	if known := c.companies[siret]; f.isRound() && !slices.Contains(known.Types, "COLLECTOR") && !slices.Contains(known.Types, "TRANSPORTER") {
		c.complain("Émetteur: l'émetteur d'un bordereau chapeau d'annexe 1 doit être inscrit comme collecteur ou transporteur")
	}
	switch {
	case f.isItem() && siret != "" && text(f.Data, "ecoOrganisme.siret") == "" && c.companies[siret].id() == "":
		c.complain("Émetteur: l'établissement avec le SIRET %s n'est pas inscrit sur Trackdéchets", siret)
	case private:
		c.when(text(company, "name") == "", "Émetteur: Le nom et prénom de l'émetteur sont obligatoires")
		c.when(text(company, "address") == "", "Émetteur: L'adresse de l'émetteur est obligatoire")
	default:
		c.when(siret == "" && !ship, "Émetteur: Le siret de l'entreprise est obligatoire")
		c.company("Émetteur", company)
	}
}

func (c *check) recipient(f *Form) {
	company := object(f.Data, "recipient.company")
	siret := text(company, "siret")
	operation := text(f.Data, "recipient.processingOperation")
	if c.stage != asDraft {
		c.when(dangerous(f) && !f.isRound() && !f.isItem() && text(f.Data, "recipient.cap") == "", "Le champ CAP est obligatoire pour les déchets dangereux")
		c.when(operation == "", "Opération d’élimination / valorisation est un champ requis et doit avoir une valeur")
		c.company("Destinataire", company)
		c.when(siret == "", "Destinataire: Le siret de l'entreprise est obligatoire")
	}
	if _, known := operationModes(spaced(operation)); operation != "" && (!known || (spaced(operation) == "R 0" && f.kind() != "APPENDIX2")) {
		c.complain("Cette opération d’élimination / valorisation n'existe pas.")
	}
	if c.siret("Destinataire", siret) {
		c.destination(siret, dangerous(f))
	}
}

// destination checks that an establishment may receive the waste by its profile.
func (c *check) destination(siret string, dangerous bool) {
	known, ok := c.companies[siret]
	if !ok {
		c.complain("Destinataire: l'établissement avec le SIRET %s n'est pas inscrit sur Trackdéchets", siret)
		return
	}
	collector := slices.Contains(known.Types, "COLLECTOR")
	processor := slices.Contains(known.Types, "WASTEPROCESSOR")
	if !collector && !processor && !slices.Contains(known.Types, "WASTE_CENTER") && !slices.Contains(known.Types, "DISPOSAL_FACILITY") {
		c.complain("Destinataire: l'établissement avec le SIRET %s n'est pas inscrit en tant qu'installation de traitement, de tri, transit ou regroupement", siret)
		return
	}
	if !dangerous || len(known.CollectorTypes)+len(known.WasteProcessorTypes) == 0 {
		return
	}
	// The sub-profiles count whether or not the company has the profile that they belong to, as recorded.
	fits := slices.ContainsFunc(known.CollectorTypes, func(t string) bool { return slices.Contains(dangerousCollectors, t) }) ||
		slices.ContainsFunc(known.WasteProcessorTypes, func(t string) bool { return slices.Contains(dangerousProcessors, t) })
	c.when(!fits, "Destinataire: le sous-profil de l'établissement avec le SIRET %s ne lui permet pas de prendre en charge des déchets dangereux", siret)
}

// The sub-profiles that may receive dangerous waste.
var (
	dangerousCollectors = []string{"DANGEROUS_WASTES", "DEEE_WASTES", "OTHER_DANGEROUS_WASTES"}
	dangerousProcessors = []string{
		"DANGEROUS_WASTES_INCINERATION", "DANGEROUS_WASTES_STORAGE", "NON_DANGEROUS_WASTES_STORAGE", "OTHER_DANGEROUS_WASTES",
	}
)

func (c *check) transporters(f *Form) {
	transporters := f.transporters()
	c.when(isDirectSupply(f) && len(transporters) > 0, "Vous ne pouvez pas ajouter de transporteur en cas d'acheminement direct par pipeline ou convoyeur")
	for _, transporter := range transporters {
		c.carrier(transporter)
	}
}

func (c *check) carrier(transporter map[string]any) {
	siret, vat := text(transporter, "company.siret"), text(transporter, "company.vatNumber")
	switch {
	case numbers.IsFrenchVAT(vat):
		c.complain("Transporteur : Impossible d'utiliser le numéro de TVA pour un établissement français, veuillez renseigner son SIRET uniquement")
	case vat != "" && !numbers.IsPlain(numbers.VAT, vat):
		c.complain("Transporteur : %s n'est pas un numéro de TVA valide", vat)
	}
	if c.siret("Transporteur", siret) && !truth(transporter, "isExemptedOfReceipt") {
		c.when(!slices.Contains(c.companies[siret].Types, "TRANSPORTER"),
			"Transporteur : l'établissement avec le SIRET %s n'est pas inscrit sur Trackdéchets en tant qu'entreprise de transport", siret)
	}
	c.plates(text(transporter, "numberPlate"))
}

// others checks trader, broker, eco-organisme and intermediaries.
func (c *check) others(f *Form) {
	for _, role := range []struct{ path, label, profile string }{{"trader", "Négociant", "TRADER"}, {"broker", "Courtier", "BROKER"}} {
		siret := text(f.Data, role.path+".company.siret")
		if c.siret(role.label, siret) {
			c.when(!slices.Contains(c.companies[siret].Types, role.profile), "%s : l'établissement avec le SIRET %s n'a pas ce profil sur Trackdéchets", role.label, siret)
		}
	}
	c.siret("Destination finale", text(f.Data, "temporaryStorageDetail.destination.company.siret"))
	c.siret("Éco-organisme", text(f.Data, "ecoOrganisme.siret"))
	intermediaries := list(f.Data, "intermediaries")
	c.when(len(intermediaries) > 5, "Vous ne pouvez pas ajouter plus de 5 intermédiaires")
	seen := map[string]bool{}
	for _, entry := range intermediaries {
		company, _ := entry.(map[string]any)
		siret := text(company, "siret")
		c.when(siret == "", "Intermédiaires: Le siret de l'entreprise est obligatoire")
		c.when(seen[siret], "Intermédiaires: l'établissement %s est ajouté plusieurs fois", siret)
		seen[siret] = true
		c.siret("Intermédiaires", siret)
	}
}

// siret says whether there is a usable SIRET, and complains about an unusable one.
func (c *check) siret(label, siret string) bool {
	if siret == "" {
		return false
	}
	if !validSiret(siret) {
		c.complain("%s: %s n'est pas un SIRET valide", label, siret)
		return false
	}
	if c.companies[siret].Dormant {
		c.complain("%s: l'établissement avec le SIRET %s est en sommeil sur Trackdéchets", label, siret)
		return false
	}
	return true
}

func (c *check) company(label string, company map[string]any) {
	for _, field := range companyFields {
		c.when(text(company, field.name) == "", "%s: %s", label, field.missing)
	}
}

var companyFields = []struct{ name, missing string }{
	{"name", "Le nom de l'entreprise est obligatoire"},
	{"address", "L'adresse de l'entreprise est obligatoire"},
	{"contact", "Le contact dans l'entreprise est obligatoire"},
	{"phone", "Le téléphone de l'entreprise est obligatoire"},
	{"mail", "L'email de l'entreprise est obligatoire"},
}

// lengths holds texts to 250 characters, with the few exceptions of the register.
func (c *check) lengths(f *Form) {
	limits := map[string]int{"phone": 20, "postalCode": 20, "city": 100, "infos": 500, "onuCode": 750, "name": 250}
	var walk func(path, key string, value any)
	walk = func(path, key string, value any) {
		switch value := value.(type) {
		case map[string]any:
			for _, inner := range slices.Sorted(maps.Keys(value)) {
				walk(path+"."+inner, inner, value[inner])
			}
		case []any:
			for _, v := range value {
				walk(path, key, v)
			}
		case string:
			limit, ok := limits[key]
			if !ok {
				limit = 250
			}
			c.when(utf8.RuneCountInString(value) > limit, "Le champ %s ne peut dépasser %d caractères", path[1:], limit)
		}
	}
	walk("", "", f.Data)
}
