package kinds

import (
	"fmt"
	"slices"
	"strings"

	"sluss/registries/numbers"
	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/tree"
)

// MostTransporters is how many transporters a document takes, one after another.
const MostTransporters = 5

// askProfile is how the registry ends a refusal for a profile that others have to change.
const (
	askCompany = " Cette entreprise ne peut donc pas être visée sur le bordereau. Veuillez vous rapprocher de l'administrateur de cette entreprise " +
		"pour qu'il modifie le profil de l'établissement depuis l'interface Trackdéchets dans Mes établissements"
	askInstallation = " Cette installation ne peut donc pas être visée sur le bordereau. Veuillez vous rapprocher de l'administrateur de cette installation " +
		"pour qu'il modifie le profil de l'établissement depuis l'interface Trackdéchets dans Mes établissements"
	askEstablishment = " et ne peut donc pas être visé sur le bordereau. Veuillez vous rapprocher de l'administrateur de cet établissement pour qu'elle ou il " +
		"modifie le profil de l'établissement depuis l'interface Trackdéchets"
)

// establishment checks the SIRET of a company at a path, and says whether it can be used.
func (c *Check) establishment(path, label string) (siret string, usable bool) {
	siret = c.Text(path)
	if siret == "" {
		return "", false
	}
	if !numbers.IsSIRET(siret, true) {
		if label != "" && !c.Kind.isForm() { // as recorded
			path = column(path) + "." + path
		}
		c.When(true, path, "%s%s n'est pas un %s valide", label, siret, map[bool]string{true: "SIRET", false: "numéro de SIRET"}[label != ""])
		return siret, false
	}
	if c.Companies[siret].Dormant {
		c.When(true, path, "%s%s'établissement avec le SIRET %s est en sommeil sur Trackdéchets", label, map[bool]string{true: "l", false: "L"}[label != ""], siret)
		return siret, false
	}
	return siret, true
}

// transporters checks the transporters of a document that is no BSDD.
func transporters(c *Check) {
	for _, t := range c.Kind.Transporters(c.Document) {
		siret := tree.Text(t, "company.siret")
		const path = "transporter.company.siret"
		valid := numbers.IsSIRET(siret, true)
		c.When(siret != "" && !valid, path, "%s n'est pas un numéro de SIRET valide", siret)
		c.When(c.Companies[siret].Dormant, path, "L'établissement avec le SIRET %s est en sommeil sur Trackdéchets", siret)
		c.foreignVAT(t, "transporter.company.vatNumber", "", "")
		known, registered := c.Companies[siret]
		c.When(valid && !registered, path, unregistered, siret)
		c.When(valid && registered && !tree.Truth(t, "recepisse.isExempted") && !known.Has("TRANSPORTER"), path,
			"Le transporteur saisi sur le bordereau (SIRET: %s) n'est pas inscrit sur Trackdéchets en tant qu'entreprise de transport."+askCompany, siret)
		c.plates("transporter.transport.plates", tree.Texts(t, "transport.plates"))
	}
}

// foreignVAT: a French transporter is named by its SIRET.
func (c *Check) foreignVAT(transporter map[string]any, path, label, invalidLabel string) {
	vat := tree.Text(transporter, "company.vatNumber")
	c.When(numbers.IsFrenchVAT(vat), path,
		"%sImpossible d'utiliser le numéro de TVA pour un établissement français, veuillez renseigner son SIRET uniquement", label)
	c.When(vat != "" && !numbers.IsFrenchVAT(vat) && !companies.IsVAT(vat), path, "%s%s n'est pas un numéro de TVA valide", invalidLabel, vat)
}

// plates checks the plates of one transport.
func (c *Check) plates(path string, plates []string) {
	c.When(len(plates) > 2, path, "Un maximum de 2 plaques d'immatriculation est accepté")
	for _, plate := range plates {
		plate = strings.TrimSpace(plate)
		c.When(len(plate) < 4 || len(plate) > 12, path, "Le numéro d'immatriculation doit faire entre 4 et 12 caractères")
	}
}

// codes checks the waste code and the treatments against the lists of the kind.
func codes(c *Check) {
	c.option(c.Kind.Code, "wasteCode", c.Kind.Codes)
	for _, path := range []string{"destination.plannedOperationCode", "destination.operation.code"} {
		c.option(path, column(path), c.Kind.Operations)
	}
}

// option checks a value against a list, if there is one; the fault names a column.
func (c *Check) option(path, column string, options []string) {
	value := c.Text(path)
	if value == "" || len(options) == 0 || slices.Contains(options, value) {
		return
	}
	c.faults = append(c.faults, Fault{
		Path: path, Message: fmt.Sprintf("La valeur «\u00a0%s\u00a0» n'existe pas dans les options\u00a0: '%s'", value, strings.Join(options, "' | '")),
		Extra: map[string]any{"code": "invalid_enum_value", "path": []any{column}, "received": value, "options": tree.Anys(options)},
	})
}
