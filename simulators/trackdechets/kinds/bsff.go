package kinds

import (
	"slices"
	"strings"

	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// BSFF is the document of fluids. It counts in kilograms, is accepted and treated packaging by packaging, and has no
// revisions. Its acts on packagings bring it to a status by what became of all of them.
var BSFF = &Kind{
	Name: "Bsff", Prefix: "FF", First: initial, Several: true, DefaultMode: "ROAD",
	Parties: parties5,
	Steps:   []string{"EMISSION", "TRANSPORT", "RECEPTION", "ACCEPTATION", "OPERATION"},
	Acts:    []Act{emission(), transport(), signedReception(), onPackagings("ACCEPTATION"), onPackagings("OPERATION")},
	Rules:   []func(*Check){parties(noLabel, receiving("COLLECTOR", "WASTEPROCESSOR")), transporters, codes, masses, texts, containers},
	Code:    "waste.code",
	Masses:  []string{"weight.value"}, PerTonne: 1000,
	Codes:      []string{"13 03 10*", "14 06 01*", "14 06 02*", "14 06 03*", "16 05 04*"},
	Operations: []string{"R1", "R2", "R3", "R5", "R12", "R13", "D10", "D13", "D14", "D15"},
	Defaults:   map[string]any{"type": "COLLECTE_PETITES_QUANTITES"},
	Complete:   completeEmitter,
	Says: words(func(s *Says) {
		s.NotFound = "Le BSFF n°%s n'existe pas."
		s.Read = "Vous ne pouvez pas accéder à ce BSFF"
		s.Create = "Vous ne pouvez pas crée un bordereau sur lequel le SIRET de votre entreprise n'apparaît pas."
		s.Update = "Vous ne pouvez pas éditer un bordereau sur lequel le SIRET de votre entreprise n'apparaît pas."
		s.Delete = "Vous ne pouvez pas supprimer ce BSFF"
		s.DeleteLate = "Il n'est pas possible de supprimer un bordereau qui a été signé par un des acteurs"
		s.DeleteSigned = s.DeleteLate
		s.Required = "%s est obligatoire."
	}),
}

// onPackagings signs the packaging that the input names, or all that still lack the signature.
func onPackagings(name string) Act {
	a := signature(name, "", "destination.company")
	a.Refuse = func(c *Check) error {
		if len(c.Objects("packagings")) > 0 && len(Unsigned(c.Document, name, "")) == 0 {
			return refusal.BadInput(AlreadySigned)
		}
		return nil
	}
	a.Faults = func(c *Check) []Fault { return c.Found(func(c *Check) { c.packagings(name) }) }
	a.After = func(c *Check) { c.signPackagings(name) }
	return a
}

// written are what must be written on a packaging before a signature.
var written = map[string][]string{
	"ACCEPTATION": {"acceptation.date", "acceptation.status", "acceptation.weight", "acceptation.wasteDescription"},
	"OPERATION":   {"operation.date", "operation.code", "operation.description"},
}

// packagings checks that what is signed was written before.
func (c *Check) packagings(name string) {
	for _, packaging := range Unsigned(c.Document, name, tree.Text(c.Input, "packagingId")) {
		fields := written[name]
		accepted := tree.Text(packaging, "acceptation.signature.date") != ""
		if name == "OPERATION" && !accepted {
			fields = slices.Concat(written["ACCEPTATION"], fields)
		}
		for _, path := range fields {
			c.When(tree.Blank(tree.At(packaging, path)), column(path), "Le champ %s est obligatoire.", column(path))
		}
		for _, missing := range []string{"acceptationSignatureAuthor", "acceptationSignatureDate"} {
			c.When(name == "OPERATION" && !accepted, missing, "Le champ %s est obligatoire. L'installation de destination n'a pas encore signé l'acceptation du contenant", missing)
		}
	}
}

// Unsigned are the packagings that a signature is about: the one named, or all that still lack it.
func Unsigned(d *Document, name, id string) []map[string]any {
	return slices.DeleteFunc(d.Objects("packagings"), func(packaging map[string]any) bool {
		refused := name == "OPERATION" && tree.Text(packaging, "acceptation.status") == "REFUSED"
		return refused || tree.Text(packaging, strings.ToLower(name)+".signature.date") != "" || (id != "" && tree.Text(packaging, "id") != id)
	})
}

// signPackagings signs packagings, and moves the document once none is left.
func (c *Check) signPackagings(name string) {
	for _, packaging := range Unsigned(c.Document, name, tree.Text(c.Input, "packagingId")) {
		tree.Put(packaging, strings.ToLower(name)+".signature", c.Stamp())
	}
	if len(Unsigned(c.Document, name, "")) > 0 {
		return
	}
	packagings := c.Objects("packagings")
	refused, intermediate := 0, 0
	for _, packaging := range packagings {
		switch {
		case tree.Text(packaging, "acceptation.status") == "REFUSED":
			refused++
		case IsIntermediate(tree.Text(packaging, "operation.code")):
			intermediate++
		}
	}
	switch {
	case name == "OPERATION" && intermediate > 0:
		c.Status = "INTERMEDIATELY_PROCESSED"
	case name == "OPERATION":
		c.Status = Processed
	case refused == len(packagings):
		c.Status = Refused
	case refused > 0:
		c.Status = "PARTIALLY_REFUSED"
	default:
		c.Status = Accepted
	}
}

// containers checks the packagings of a BSFF, and that only small collections name the sheets of interventions.
func containers(c *Check) {
	for _, packaging := range c.Objects("packagings") {
		volume, given := tree.Number(packaging, "volume")
		weight, _ := tree.Number(packaging, "weight")
		c.When(!given, "packagings", "Conditionnements : le volume est requis")
		c.When(given && volume <= 0, "packagings", "Conditionnements : le volume doit être supérieur à 0")
		c.When(weight < 0, "packagings", "Conditionnements : le poids doit être supérieur ou égal à 0")
		c.When(tree.Text(packaging, "numero") == "", "packagings", "Conditionnements : le numéro d'identification est requis")
		c.When(packaging["type"] == "AUTRE" && tree.Text(packaging, "other") == "", "packagings", "Conditionnements : la description est requise pour le type AUTRE")
	}
	c.When(len(c.List("ficheInterventions")) > 0 && c.Text("type") != "COLLECTE_PETITES_QUANTITES", "ficheInterventions",
		"Une fiche d'intervention ne peut être associée qu'à une collecte de petites quantités")
}
