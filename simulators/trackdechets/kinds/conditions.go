package kinds

import (
	"fmt"
	"slices"
	"strings"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/tree"
)

// conditions are the words of the tables for when a field is required. Each is given the path of the object in which the
// field stands.
var conditions = map[string]func(c *Check, within string) bool{
	"-":          func(*Check, string) bool { return true },
	"never":      func(*Check, string) bool { return false },
	"worker":     func(c *Check, _ string) bool { return !hasNoWorker(c.Document) },
	"nextSiret":  func(c *Check, _ string) bool { return c.Text(nextDestination+".company.siret") != "" },
	"company":    func(c *Check, _ string) bool { return !c.Truth("emitter.isPrivateIndividual") },
	"individual": func(c *Check, _ string) bool { return c.Truth("emitter.isPrivateIndividual") },
	"ashore": func(c *Check, _ string) bool {
		return !c.Truth("emitter.isPrivateIndividual") && !c.Truth("emitter.isForeignShip")
	},
	"direct": func(c *Check, _ string) bool {
		return !isCollection2710(c.Document) && c.Text(nextDestination+".company.siret") == ""
	},
	"carried": func(c *Check, _ string) bool { return !isCollection2710(c.Document) },
	"finalOperation": func(c *Check, _ string) bool {
		return c.Text("destination.operation.code") != "" && !GoesOn(c.Document)
	},
	"notRefused":     func(c *Check, _ string) bool { return !isRefused(c.Document) },
	"refused":        func(c *Check, _ string) bool { return isRefused(c.Document) || isPartlyRefused(c.Document) },
	"sectionThree":   func(c *Check, _ string) bool { return c.Truth("worker.certification.hasSubSectionThree") },
	"noEcoOrganisme": func(c *Check, _ string) bool { return c.Text("ecoOrganisme.siret") == "" },
	"notSynthesis":   func(c *Check, _ string) bool { return !IsSynthesis(c.Document) },
	"unweighed":      func(c *Check, _ string) bool { return tree.At(c.Data, "emitter.emission.detail.weight.value") == nil },
	"regular":        func(c *Check, _ string) bool { return !c.Truth("emitter.irregularSituation") },
	"hasSiret":       func(c *Check, _ string) bool { return !c.Truth("emitter.noSiret") },
	"unsplitAddress": func(c *Check, _ string) bool {
		return c.Text("emitter.company.street") == "" && c.Text("emitter.company.city") == ""
	},
	"noAddress": func(c *Check, _ string) bool { return c.Text("emitter.company.address") == "" },
	"unit":      func(c *Check, _ string) bool { return c.Text("packaging") == "UNITE" },
	"unpacked": func(c *Check, _ string) bool {
		return !IsSynthesis(c.Document) && len(c.List("transporter.transport.packagings")) == 0
	},
	"atReception":   func(c *Check, _ string) bool { return c.Step == c.Kind.Place("RECEPTION") }, // but not at the operation, as recorded
	"ownEmitter":    func(c *Check, _ string) bool { return !IsSynthesis(c.Document) && c.Text("ecoOrganisme.siret") == "" },
	"unsigned":      func(c *Check, _ string) bool { return !slices.Contains(c.Signed, "EMISSION") },
	"untransported": func(c *Check, _ string) bool { return !slices.Contains(c.Signed, "TRANSPORT") },

	"otherConsistence": func(c *Check, _ string) bool { return c.Text("waste.consistence") == "OTHER" },
	"ownPackagings": func(c *Check, _ string) bool {
		return !slices.Contains([]string{"GROUPEMENT", "REEXPEDITION"}, c.Text("type"))
	},
	"GROUPEMENT":        isOfType("GROUPEMENT"),
	"RECONDITIONNEMENT": isOfType("RECONDITIONNEMENT"),
	"REEXPEDITION":      isOfType("REEXPEDITION"),

	// A party that is named by its number must be described, and the other way round.
	"sameSiret": func(c *Check, within string) bool { return companies.IDOf(c.Data, within) != "" },
	"designated": func(c *Check, within string) bool {
		root, _, _ := strings.Cut(within, ".")
		return c.Company(root+".company") != ""
	},
	"sameName": func(c *Check, within string) bool { return c.Text(within+".name") != "" },

	// Of the transporter that signs.
	"road":    func(c *Check, _ string) bool { return c.byRoad() },
	"noSiret": func(c *Check, _ string) bool { return tree.Text(c.carrier(), "company.siret") == "" },
	"noVAT":   func(c *Check, _ string) bool { return tree.Text(c.carrier(), "company.vatNumber") == "" },
	"receipt": func(c *Check, _ string) bool {
		exempt := tree.Truth(c.carrier(), "recepisse.isExempted") || tree.Truth(c.carrier(), "isExemptedOfReceipt")
		return c.byRoad() && !exempt && !companies.IsForeign(tree.Object(c.carrier(), "company")) && companies.IDOf(c.carrier(), "company") != ""
	},

	// Of a BSDD.
	"dangerous": func(c *Check, _ string) bool {
		return IsDangerous(c.Document) && !IsRound(c.Document) && !IsItem(c.Document)
	},
	"weighed": func(c *Check, _ string) bool { return isWeighed(c.Document) },
	"packed":  func(c *Check, _ string) bool { return !IsDirectSupply(c.Document) },
	"stored":  func(c *Check, _ string) bool { return Suite(c.Document) != nil },
	"storedDanger": func(c *Check, _ string) bool {
		return Suite(c.Document) != nil && IsDangerous(c.Document)
	},
}

func isOfType(name string) func(*Check, string) bool {
	return func(c *Check, _ string) bool { return c.Text("type") == name }
}

// carrier is the transporter that signs, or the only one.
func (c *Check) carrier() map[string]any {
	if c.Carrier != nil {
		return c.Carrier
	}
	return c.Object("transporter")
}

func (c *Check) byRoad() bool {
	mode := tree.Text(c.carrier(), "transport.mode")
	if c.Kind.isForm() {
		mode = tree.Text(c.carrier(), "mode")
	}
	return mode == "ROAD"
}

// guards are the words of the tables for when an edge may be taken; they see the document with everything that the act
// has written. A word may be denied (!), and two joined (&).
var guards = map[string]func(*Document) bool{
	"refused": isRefused, "partlyRefused": isPartlyRefused, "accepted": isAccepted, "goesOn": GoesOn,
	// of a BSDD
	"emitterCannotSign": EmitterCannotSign, "directSupply": IsDirectSupply, "skipsEmission": SkipsEmission, "untraced": isUntraced,
	"grouping": AwaitsGroup, "abroad": leavesTheCountry, "refusedByStorer": storerRefused, "acceptedByStorer": storerAccepted,
	// of the others
	"collection2710": isCollection2710, "noWorker": hasNoWorker, "skipsEmissionForWork": skipsEmissionForWork, "privateWithoutWorker": isPrivateWithoutWorker,
	"synthesis": IsSynthesis, "skipsEmissionOfDasri": skipsEmissionOfDasri, "refusedByTransporter": refusedByTransporter, "irregular": isIrregular,
}

// guardOf reads the words of a guard; a dash always holds.
func guardOf(words string) (func(*Document) bool, error) {
	var all []func(*Document) bool
	for word := range strings.SplitSeq(words, "&") {
		name, denied := strings.CutPrefix(word, "!")
		guard, known := guards[name]
		if !known && word != "-" {
			return nil, fmt.Errorf("the guard %q is unknown", word)
		}
		if known {
			all = append(all, func(d *Document) bool { return guard(d) != denied })
		}
	}
	return func(d *Document) bool {
		return !slices.ContainsFunc(all, func(guard func(*Document) bool) bool { return !guard(d) })
	}, nil
}

// acceptation is what the destination said, wherever the kind of document keeps it.
func acceptation(d *Document) string {
	for _, path := range []string{"destination.reception.acceptation.status", "destination.reception.acceptationStatus"} {
		if status := d.Text(path); status != "" {
			return status
		}
	}
	return d.Text("wasteAcceptationStatus")
}

func isRefused(d *Document) bool       { return acceptation(d) == "REFUSED" }
func isPartlyRefused(d *Document) bool { return acceptation(d) == "PARTIALLY_REFUSED" }
func isAccepted(d *Document) bool      { return acceptation(d) == "ACCEPTED" || isPartlyRefused(d) }

// GoesOn says that after its operation the waste goes on in another document.
func GoesOn(d *Document) bool { return IsIntermediate(d.Text("destination.operation.code")) }

// IsIntermediate says whether a treatment of a document that is no BSDD is not the last one.
func IsIntermediate(code string) bool {
	return slices.Contains([]string{"R 12", "R 13", "D 13", "D 14", "D 15"}, Spaced(code))
}
