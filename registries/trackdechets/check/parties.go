package check

import (
	"fmt"
	"regexp"
	"slices"

	"sluss"
	"sluss/registries/numbers"
	"sluss/registries/trackdechets/bsdd"
	"sluss/registries/trackdechets/reasons"
)

// written is how a party is written.
func (i *inspection) written(label string, p sluss.Party) {
	if label != reasons.Emitter || !i.Person() && !i.Ship() {
		named := bsdd.CompanyOf(p)
		siret, vat := string(named.SIRET), string(named.VATNumber)
		i.about(label, siret != "" && !numbers.IsSIRET(siret, i.sandbox), "n'est pas un siret")
		i.about(label, label == reasons.Transporter && vat != "" && (numbers.IsFrenchVAT(vat) || !numbers.IsPlain(numbers.VAT, vat)), "numéro de tva")
	}
	i.texts(i.places.Path(label), p)
}

// texts are what is written of a party at a path.
func (i *inspection) texts(path string, p sluss.Party) {
	i.within(path+".name", 250, p.Name)
	i.within(path+".address", 250, p.Address)
	i.within(path+".contact.name", 250, p.Contact.Name)
	i.within(path+".contact.email", 250, p.Contact.Email)
	i.within(path+".contact.phone", 20, p.Contact.Phone)
}

// established is a French establishment with all that must be known of it.
func (i *inspection) established(label string, p sluss.Party) {
	if i.inFrance(i.places.Path(label), p) {
		i.about(label, p.ID == "", "siret de l'entreprise est obligatoire")
	}
	i.named(label, p)
}

// inFrance tells whether a party at a path is, as it must be.
func (i *inspection) inFrance(path string, p sluss.Party) bool {
	i.say(p.Country != "FR", path+".country", fmt.Sprintf("must be in France on a BSDD, not in %q", p.Country), "name the French establishment")
	return p.Country == "FR"
}

func (i *inspection) named(label string, p sluss.Party) { i.lacking(i.places.Path(label), p) }

// lacking is what is not known of a party at a path.
func (i *inspection) lacking(path string, p sluss.Party) {
	for _, one := range []struct{ text, words string }{
		{p.Name, "nom de l'entreprise"}, {p.Address, "adresse"}, {p.Contact.Name, "contact"}, {p.Contact.Phone, "téléphone"}, {p.Contact.Email, "email"},
	} {
		if blank(one.text) {
			i.add(reasons.Company(path, one.words))
		}
	}
}

// associates is how those who never hold the waste are written: companies in France, one
// of each kind but intermediaries.
func (i *inspection) associates() {
	first, all := map[string]string{}, i.Associates()
	for n, a := range all {
		if !i.inFrance(a.Path, a.Party) {
			continue
		}
		if a.Label == reasons.EcoOrganisme { // of which no more is told
			i.within(a.Path+".name", 250, a.Party.Name)
		} else {
			i.texts(a.Path, a.Party)
		}
		if !numbers.IsSIRET(a.Party.ID, i.sandbox) {
			i.add(reasons.Company(a.Path, "n'est pas un siret"))
		}
		twin := slices.ContainsFunc(all[:n], func(b bsdd.Associate) bool { return b.Label == a.Label && same(b.Party, a.Party) })
		before := first[a.Label]
		switch role := a.Party.Role; {
		case a.Label == reasons.Intermediary:
			i.say(twin, a.Path, a.Party.Name+" is listed twice", "name each once")
		case before != "" && a.Label == reasons.EcoOrganisme:
			i.say(true, a.Path, "a BSDD names one éco-organisme, and "+before+" is one", "keep the one that answers for the producers")
		case before != "":
			i.say(true, a.Path, fmt.Sprintf("a BSDD names one %s, and %s is one", role, before), "keep the deal that belongs to this batch")
		default:
			first[a.Label] = a.Path
		}
		if a.Label == reasons.EcoOrganisme && blank(a.Party.Name) {
			i.add(reasons.Company(a.Path, "nom de l'entreprise"))
		}
	}
	intermediaries := 0
	for _, a := range all {
		if a.Label == reasons.Intermediary {
			intermediaries++
		}
	}
	i.say(intermediaries > mostIntermediaries, "intermediaries", fmt.Sprintf("there are %d", intermediaries), fmt.Sprintf("a BSDD names at most %d", mostIntermediaries))
}

// number matches an id of a BSDD: opaque, or as people read it.
var number = regexp.MustCompile(`^(c[0-9a-z]{20,30}|BSD-\d{8}-[0-9A-Z]{9}|TD-[0-9A-Za-z-]{3,40})$`)

// group is what goes into a group.
func (i *inspection) group() {
	all := i.Predecessors()
	i.say(len(all) > mostGrouped, "predecessors", fmt.Sprintf("there are %d", len(all)), fmt.Sprintf("a BSDD groups at most %d: make several batches", mostGrouped))
	for n, p := range all {
		i.say(p.Receipt != "" && !number.MatchString(p.Receipt), fmt.Sprintf("predecessors.%d.receipt", n), "is not an id of a BSDD",
			"give the number of the BSDD under which it came, such as BSD-20261123-ABCDEFGHJ")
	}
}
