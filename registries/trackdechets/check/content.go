package check

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"sluss"
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
	i.route()
	i.storages()
	i.associates()
	i.round()
	i.group()
	i.onPaper()
	if site := i.WorkSite(); site != nil {
		i.within("{leg}.from.address", 250, string(site.Address))
		i.within("{leg}.from.city", 100, string(site.City))
		i.within("{leg}.from.postcode", 20, string(site.PostalCode))
	}
	i.sayAsRegistry(w.Code != "" && !wasteCodes()[bsdd.WasteCode(w.Code)], "code déchet")
	i.mass(w.Mass, byRoad)
	i.packagings("waste.packagings", w.Packagings)
	i.within("waste.name", 250, w.Name)
	i.within("waste.un", 750, w.UN)
	i.within("{agreed}.acceptance", 250, agreed.Acceptance)
	i.planned(agreed.Operation)
}

func (i *inspection) mass(mass sluss.Mass, byRoad bool) {
	i.sayAsRegistry(mass < 0 || mass > most || mass > mostByRoad && byRoad, "déchet : le poids")
}

// planned is a planned operation; R0 is for groups alone.
func (i *inspection) planned(operation string) {
	_, known := operationOf(operation, i.on)
	i.sayAsRegistry(operation != "" && (!known || operation == "R0"), "d'élimination / valorisation")
}

func bulky(k sluss.PackagingKind) bool { return k == sluss.Tank || k == sluss.Skip }

func (i *inspection) packagings(path string, all []sluss.Packaging) {
	for n, p := range all {
		at, other := fmt.Sprintf("%s.%d", path, n), bsdd.PackagingKind(p.Kind) == "AUTRE"
		i.say(p.Count < 1, at+".count", "the number of packagings must be at least 1", "give the number of containers")
		i.say(bulky(p.Kind) && p.Count > mostBulk, at+".count", fmt.Sprintf("a BSDD takes at most %d of the kind %s", mostBulk, p.Kind), "split the batch")
		i.say(!other && p.Other != "", at+".other", "only the kind other is described", "leave it out, or set the kind to other")
		i.say(p.Kind != all[0].Kind && (bulky(p.Kind) || bulky(all[0].Kind)), at+".kind",
			fmt.Sprintf("a BSDD does not mix %s with %s", p.Kind, all[0].Kind), "split the batch by packaging")
	}
}

// plates are those of a leg, which a pipeline has not.
func (i *inspection) plates() {
	leg := i.FrenchLeg()
	i.sayAsRegistry(leg.Mode == sluss.Pipeline, "pipeline")
	if i.on.Before(platesShaped) {
		return
	}
	for n, v := range leg.Vehicles {
		plate := strings.TrimSpace(v.Plate)
		long := utf8.RuneCountInString(plate)
		i.say(plate != "" && (long < 4 || long > 12 || strings.Contains(plate, ",")), fmt.Sprintf("%s.vehicles.%d.plate", i.places.Leg, n),
			"a BSDD takes plates of 4 to 12 characters without comma", "give one plate for each vehicle")
	}
	i.say(len(leg.Vehicles) > mostPlates, i.places.Leg+".vehicles", fmt.Sprintf("there are %d vehicles", len(leg.Vehicles)), fmt.Sprintf("a BSDD takes at most %d plates", mostPlates))
}

// complete is what must be there before the BSDD is sealed, and well formed. Transporters
// may still change.
func (i *inspection) complete() {
	i.formed()
	w := i.Declaration.Waste
	recipient, agreed := i.Recipient()
	i.sayAsRegistry(w.Code == "", "code déchet")
	i.sayAsRegistry(w.Mass == 0, "déchet : le poids")
	i.sayAsRegistry(blank(w.Name), "appellation du déchet")
	i.sayAsRegistry(w.Consistence == "", "consistance")
	for n, p := range w.Packagings {
		i.say(p.Kind == sluss.OtherPackaging && blank(p.Other), fmt.Sprintf("waste.packagings.%d.other", n), "the kind of the container is missing", "describe it")
	}
	i.sayAsRegistry(i.Dangerous() && blank(agreed.Acceptance), "champ cap")
	i.sayAsRegistry(agreed.Operation == "", "d'élimination / valorisation")
	switch emitter := i.Emitter(); {
	case i.Person():
		i.about(reasons.Emitter, blank(emitter.Name), "nom et prénom")
		i.about(reasons.Emitter, blank(emitter.Address), "adresse")
		i.inFrance(i.places.Path(reasons.Emitter), emitter)
	case i.Ship():
		i.named(reasons.Emitter, emitter)
	case i.FirstLeg > 1 && i.FrenchLeg().Consignor == nil && emitter.Country != "FR": // the transporter of the leg before
		i.inFrance(i.places.Leg+".consignor", emitter)
	default:
		i.established(reasons.Emitter, emitter)
	}
	for _, a := range i.Associates() {
		if a.Label != reasons.EcoOrganisme {
			i.lacking(a.Path, a.Party)
		}
	}
	if stored := i.StoredAfter(); stored == 0 || i.Declaration.Legs[stored].Consignor != nil {
		i.established(reasons.Recipient, recipient)
	}
}

// packed is that the packagings are told; those of a round are its parts'.
func (i *inspection) packed() {
	i.sayAsRegistry(len(i.Declaration.Waste.Packagings) == 0 && len(i.Declaration.Pickups) == 0, "conditionnement")
}

// part is what must be told of one producer's part of a round.
func (i *inspection) part() {
	p := i.Pickup()
	i.written(reasons.Emitter, p.Producer)
	i.established(reasons.Emitter, p.Producer)
	i.packagings(fmt.Sprintf("pickups.%d.packagings", i.Obligation.Pickup-1), p.Packagings)
	i.sayAsRegistry(len(p.Packagings) == 0, "conditionnement")
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }

// same tells whether two parties are one company.
func same(a, b sluss.Party) bool { return a.ID == b.ID && a.Country == b.Country }

// route is who has the waste between the first transporter and the receiver: each takes
// over from the one before, or from a storage.
func (i *inspection) route() {
	legs, path := i.Declaration.Legs, func(n int, field string) string { return fmt.Sprintf("legs.%d.%s", n, field) }
	first := i.FirstLeg - 1
	i.say(first == 0 && legs[0].Consignor != nil && i.Declaration.Origin == sluss.Household, path(0, "consignor"),
		"a private individual hands the waste over itself on a BSDD", "leave it out, or leave the origin out")
	n := len(i.Legs())
	i.say(n > mostTransporters, "legs", fmt.Sprintf("there are %d legs within France", n), fmt.Sprintf("a BSDD takes at most %d transporters: plan no more legs", mostTransporters))
	for n := first + 1; n < len(legs); n++ {
		l, before := legs[n], legs[n-1]
		switch {
		case before.Storage != nil:
		case l.Consignor != nil && !same(*l.Consignor, before.Transporter):
			i.say(true, path(n, "consignor"), "is neither the transporter of the leg before nor a declared storage",
				fmt.Sprintf("leave it out if one transporter hands over to the next; give legs.%d.storage if the waste is stored on the way", n-1))
		case l.Transporter.ID != "" && same(l.Transporter, before.Transporter):
			i.say(true, path(n, "transporter"), "is the transporter of the leg before: its two signatures on one BSDD could not be distinguished", "join the two legs")
		}
	}
}

// storages are where the waste is stored on its way: once, and one leg before the
// receiver.
func (i *inspection) storages() {
	legs, before := i.Declaration.Legs, false
	for n := i.FirstLeg - 1; n < len(legs); n++ {
		if legs[n].Storage == nil {
			continue
		}
		path, next := fmt.Sprintf("legs.%d.storage", n), fmt.Sprintf("legs.%d.consignor", n+1)
		switch after := len(legs) - n - 1; {
		case before:
			i.say(true, path, "a BSDD allows one storage on the way, and this is the second", "end the batch at one of the two, and declare another that continues it")
		case after == 0:
			i.say(true, path, "no leg follows this storage", "add the leg from there to the receiver, or leave it out")
		default:
			i.say(after > 1, path, fmt.Sprintf("%d legs follow this storage, and a BSDD allows one", after), "plan one leg from the storage to the receiver")
			i.say(legs[n+1].Consignor == nil, next, "the company that stores the waste before this leg is missing", "name it as the consignor of this leg")
		}
		before = true
	}
}

// onPaper is what goes with a BSDD on paper.
func (i *inspection) onPaper() {
	if !i.Declaration.Paper {
		return
	}
	const remedy = "leave it out, or let the BSDD be signed in Trackdéchets"
	i.say(len(i.Declaration.Legs) > i.FirstLeg, "paper", "Trackdéchets accepts a BSDD on paper only with one transporter", remedy)
	i.say(len(i.Predecessors()) > 0, "paper", "Trackdéchets accepts no group of BSDDs on paper", remedy)
	for n, p := range i.Declaration.Intermediaries {
		i.say(p.Role != sluss.EcoOrganisme, fmt.Sprintf("intermediaries.%d", n), "Trackdéchets accepts a BSDD on paper only without intermediaries", remedy)
	}
}

// rounds begin the codes of waste of which the registry takes collection rounds.
var rounds = []string{
	"1302", "1305", "1602", "1607", "2001", "130110", "130111", "130112", "130113", "150110", "150202", "160601", "190810",
}

// round is what goes with a collection round.
func (i *inspection) round() {
	d := i.Declaration
	if len(d.Pickups) == 0 {
		return
	}
	switch {
	case i.FirstLeg != 1 || len(d.Legs) != 1:
		i.say(true, "pickups", "a collection round has one leg, within France", "end the batch where the round is first received, and declare another that continues it")
	case d.Legs[0].Consignor != nil, d.Origin != "":
		i.say(true, "pickups", "a collection round has neither consignor nor origin", "name the company that collects as the producer, and leave both out")
	case len(d.Predecessors) > 0, d.Paper:
		i.say(true, "pickups", "a collection round has no predecessors and is not on paper", "leave predecessors and paper out")
	}
	taken := slices.ContainsFunc(rounds, func(begin string) bool { return strings.HasPrefix(d.Waste.Code, begin) })
	i.say(d.Waste.Code != "" && !taken, "waste.code", "Trackdéchets allows no collection round of "+d.Waste.Code, "leave the pickups out, and declare a batch for each producer")
}
