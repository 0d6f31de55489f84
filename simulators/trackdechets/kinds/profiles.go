package kinds

import (
	"slices"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/tree"
)

// Who may stand where on a document that is no BSDD, by the company's profile.

// noDestination is what a destination without the profile is refused with.
const noDestination = "L'installation de destination ou d’entreposage ou de reconditionnement avec le SIRET \"%s\" n'est pas inscrite sur Trackdéchets en tant " +
	"qu'installation de traitement ou de tri transit regroupement." + askInstallation

// Profile is what the destination of a kind needs, and what is said otherwise, with the SIRET.
type Profile struct {
	Fits    func(companies.Company, *Document) bool
	Refusal string
}

// receiving is a profile of some types.
func receiving(types ...string) Profile {
	return Profile{func(c companies.Company, _ *Document) bool { return c.Has(types...) }, noDestination}
}

// dismantling is the profile of a centre for end-of-life vehicles: of its sub-profiles the one that the document names.
var dismantling = Profile{
	Fits: func(c companies.Company, d *Document) bool {
		kind := d.Text("destination.type")
		return c.Has("WASTE_VEHICLES") && (kind == "" || len(c.WasteVehiclesTypes) == 0 || slices.Contains(c.WasteVehiclesTypes, kind))
	},
	Refusal: "L'installation de destination avec le SIRET \"%s\" n'est pas inscrite sur Trackdéchets en tant qu'installation de traitement de VHU." + askInstallation,
}

// cremating is the profile of a crematorium.
var cremating = Profile{
	Fits: func(c companies.Company, _ *Document) bool {
		return c.Has("WASTEPROCESSOR") && slices.Contains(c.WasteProcessorTypes, "CREMATION")
	},
	Refusal: "L'entreprise avec le SIRET \"%s\" n'est pas inscrite sur Trackdéchets en tant que crématorium." + askInstallation,
}

// unregistered is what a company that is not there is refused with.
const unregistered = "L'établissement avec le SIRET %s n'est pas inscrit sur Trackdéchets"

// parties checks the companies of a document that is no BSDD, the destination last.
func parties(label func(root string) string, profile Profile) func(*Check) {
	return func(c *Check) {
		c.establishment("emitter.company.siret", label("emitter"))
		c.worker(label("worker"))
		c.tradeProfiles(label("trader"), label("broker"))
		c.ecoOrganisme("ecoOrganisme.siret", "")
		c.intermediaries("")
		c.establishment(nextDestination+".company.siret", label(nextDestination))
		const path = "destination.company.siret"
		siret, usable := c.establishment(path, label("destination"))
		if !usable {
			return
		}
		known, registered := c.Companies[siret]
		flat := path
		if c.Kind.FlatPaths {
			flat = column(path)
		}
		c.When(!registered, flat, unregistered, siret)
		c.When(registered && !profile.Fits(known, c.Document), path, profile.Refusal, siret)
	}
}

// noLabel: these kinds put no label before a fault of a company.
func noLabel(string) string { return "" }

// worker checks the company that removes asbestos.
func (c *Check) worker(label string) {
	const path = "worker.company.siret"
	siret, usable := c.establishment(path, label)
	known, registered := c.Companies[siret]
	c.When(usable && !registered, path, unregistered, siret)
	c.When(usable && registered && !known.Has("WORKER"), path,
		"L'entreprise de travaux saisie sur le bordereau (SIRET: %s) n'est pas inscrite sur Trackdéchets en tant qu'entreprise de travaux."+askCompany, siret)
}

// tradeProfiles checks the profiles of trader and broker.
func (c *Check) tradeProfiles(traderLabel, brokerLabel string) {
	for _, role := range []struct{ root, label, who, profile, trade string }{
		{"trader", traderLabel, "négociant", "TRADER", "négoce"}, {"broker", brokerLabel, "courtier", "BROKER", "courtage"},
	} {
		path := role.root + ".company.siret"
		siret, usable := c.establishment(path, role.label)
		c.When(usable && !c.Companies[siret].Has(role.profile), path,
			"Le %s saisi sur le bordereau (SIRET: %s) n'est pas inscrit sur Trackdéchets en tant qu'établissement de %s"+askEstablishment, role.who, siret, role.trade)
	}
}

// ecoOrganisme checks that an eco-organisme is on the list of them.
func (c *Check) ecoOrganisme(path, label string) {
	siret, usable := c.establishment(path, label)
	c.When(usable && !c.Companies[siret].Has("ECO_ORGANISME"), path, "L'éco-organisme avec le siret \"%s\" n'est pas reconnu.", siret)
}

// mostIntermediaries is how many intermediaries a document takes.
const mostIntermediaries = 5

// intermediaries checks the intermediaries: not too many, each with a SIRET, each once.
func (c *Check) intermediaries(label string) {
	const path = "intermediaries"
	all := c.Objects(path)
	c.When(len(all) > mostIntermediaries, path, "Vous ne pouvez pas ajouter plus de %d intermédiaires", mostIntermediaries)
	var seen []string
	for _, company := range all {
		siret := tree.Text(company, "siret")
		single := &Check{Document: &Document{Data: map[string]any{path: company}}, Facts: c.Facts, Kind: c.Kind}
		_, usable := single.establishment(path+".siret", label)
		c.When(siret == "", path, "%sLe siret de l'entreprise est obligatoire", label)
		c.When(slices.Contains(seen, siret), path, "%sl'établissement %s est ajouté plusieurs fois", label, siret)
		if siret != "" && !usable {
			c.faults = append(c.faults, Fault{Path: path, Message: single.faults[0].Message})
		}
		seen = append(seen, siret)
	}
}
