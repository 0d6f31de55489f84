package check

import (
	"slices"
	"strings"

	"sluss"
	"sluss/registries/numbers"
	"sluss/registries/trackdechets/bsdd"
	"sluss/registries/trackdechets/reasons"
)

// formed is what must be well formed, even if it is not complete.
func (i *inspection) formed() {
	w, byRoad := i.Declaration.Waste, false
	i.written(reasons.Emitter, i.Emitter())
	recipient, agreed := i.Recipient()
	i.written(reasons.Recipient, recipient)
	if i.StoredAfter() > 0 {
		i.written(reasons.FinalReceiver, i.Declaration.Receiver)
	}
	first, places := i.Document, i.places
	for _, leg := range first.Legs() {
		i.Document = first.At(leg)
		i.places = i.Places()
		i.written(reasons.Transporter, i.Carrier())
		i.plates()
		byRoad = byRoad || i.FrenchLeg().Mode == sluss.Road
	}
	i.Document, i.places = first, places
	i.associates(false)
	if site := i.WorkSite(); site != nil {
		i.within("{leg}.from.address", 250, string(site.Address))
		i.within("{leg}.from.city", 100, string(site.City))
		i.within("{leg}.from.postcode", 20, string(site.PostalCode))
	}
	i.when(w.Code != "" && !wasteCodes()[bsdd.WasteCode(w.Code)], "code déchet")
	i.mass(w.Mass, byRoad)
	i.packagings(w.Packagings)
	i.within("waste.name", 250, w.Name)
	i.within("waste.un", 750, w.UN)
	i.within("{agreed}.acceptance", 250, agreed.Acceptance)
	i.planned(agreed.Operation)
}

func (i *inspection) mass(mass sluss.Mass, byRoad bool) {
	i.when(mass < 0 || mass > most || mass > mostByRoad && byRoad, "déchet : le poids")
}

// planned is a planned operation; R0 is for groups alone.
func (i *inspection) planned(operation string) {
	_, known := operationOf(operation, i.on)
	i.when(operation != "" && (!known || operation == "R0"), "d'élimination / valorisation")
}

// written is how a party is written.
func (i *inspection) written(label string, p sluss.Party) {
	if label != reasons.Emitter || !i.Person() && !i.Ship() {
		named := bsdd.CompanyOf(p)
		siret, vat := string(named.SIRET), string(named.VATNumber)
		i.about(label, siret != "" && !numbers.IsSIRET(siret, i.sandbox), "n'est pas un siret")
		i.about(label, label == reasons.Transporter && vat != "" && (numbers.IsFrenchVAT(vat) || !numbers.IsPlain(numbers.VAT, vat)), "numéro de tva")
	}
	path := i.places.Path(label)
	i.within(path+".name", 250, p.Name)
	i.within(path+".address", 250, p.Address)
	i.within(path+".contact.name", 250, p.Contact.Name)
	i.within(path+".contact.email", 250, p.Contact.Email)
	i.within(path+".contact.phone", 20, p.Contact.Phone)
}

func (i *inspection) packagings(all []sluss.Packaging) {
	kinds := map[string]bool{}
	for _, p := range all {
		bulk := p.Kind == sluss.Tank || p.Kind == sluss.Skip
		kinds[bsdd.PackagingKind(p.Kind)] = true
		i.when(p.Count < 1, "colis")
		i.when(bulk && p.Count > mostBulk, "benne ou de citerne")
		i.when(p.Kind != sluss.OtherPackaging && p.Other != "", "conditionnement")
	}
	i.when((kinds["BENNE"] || kinds["CITERNE"]) && len(kinds) > 1, "packaginginfos")
}

func (i *inspection) plates() {
	written := string(bsdd.Plates(i.FrenchLeg()))
	if written == "" || i.on.Before(platesShaped) {
		return
	}
	each := strings.Split(written, ",")
	malformed := slices.ContainsFunc(each, func(plate string) bool {
		n := len(strings.TrimSpace(plate))
		return n < 4 || n > 12
	})
	i.when(len(each) > mostPlates || malformed, "plaque")
}

// complete is what must be there before the BSDD is sealed. Transporters may still
// change.
func (i *inspection) complete() {
	w := i.Declaration.Waste
	recipient, agreed := i.Recipient()
	i.when(w.Code == "", "code déchet")
	i.when(w.Mass == 0, "déchet : le poids")
	i.when(w.Name == "", "appellation du déchet")
	i.when(w.Consistence == "", "consistance")
	for _, p := range w.Packagings {
		i.when(bsdd.PackagingKind(p.Kind) == "AUTRE" && p.Other == "", "conditionnement")
	}
	i.when(i.Dangerous() && agreed.Acceptance == "", "champ cap")
	i.when(agreed.Operation == "", "d'élimination / valorisation")
	switch emitter := i.Emitter(); {
	case i.Person():
		i.about(reasons.Emitter, emitter.Name == "", "nom et prénom")
		i.about(reasons.Emitter, emitter.Address == "", "adresse")
	case i.Ship():
		i.named(reasons.Emitter, emitter)
	default:
		i.established(reasons.Emitter, emitter)
	}
	i.associates(true)
	i.established(reasons.Recipient, recipient)
}

func (i *inspection) packed(all []sluss.Packaging) { i.when(len(all) == 0, "conditionnement") }

// established is a French establishment with all that must be known of it.
func (i *inspection) established(label string, p sluss.Party) {
	i.about(label, bsdd.CompanyOf(p).SIRET == "", "siret de l'entreprise est obligatoire")
	i.named(label, p)
}

func (i *inspection) named(label string, p sluss.Party) {
	lacking(p, func(broken bool, words string) { i.about(label, broken, words) })
}

// lacking tells what is not known of a party.
func lacking(p sluss.Party, tell func(broken bool, words string)) {
	tell(p.Name == "", "nom de l'entreprise")
	tell(p.Address == "", "adresse")
	tell(p.Contact.Name == "", "contact")
	tell(p.Contact.Phone == "", "téléphone")
	tell(p.Contact.Email == "", "email")
}

// associates is how those who never hold the waste are written, and what must be known
// of them before the BSDD is sealed.
func (i *inspection) associates(sealed bool) {
	for _, a := range i.Associates() {
		tell := func(broken bool, words string) {
			if broken {
				i.add(reasons.Company(a.Path, words))
			}
		}
		tell(!numbers.IsSIRET(a.Party.ID, i.sandbox), "n'est pas un siret")
		switch {
		case !sealed:
		case a.Label == reasons.EcoOrganisme:
			tell(a.Party.Name == "", "nom de l'entreprise")
		default:
			lacking(a.Party, tell)
		}
	}
}

// part is what must be told of one producer's part of a round.
func (i *inspection) part() {
	p := i.Pickup()
	i.written(reasons.Emitter, p.Producer)
	i.established(reasons.Emitter, p.Producer)
	i.packagings(p.Packagings)
	i.packed(p.Packagings)
}
