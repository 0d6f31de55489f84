package obligations

import (
	"slices"
	"time"

	"sluss"
)

// Ids of the rules. An obligation's id is its rule's, with "#" and the leg or
// deal where there may be several. A transporter's note has the id of transport
// whichever rule sets its clock.
const (
	removal             = "se.removal"
	transport           = "se.transport"
	collection          = "se.collection"
	collectionTransport = "se.collection-transport"
	deal                = "se.deal"
	reception           = "se.reception"
	treatment           = "se.treatment"
	forwarding          = "se.forwarding"
	householdTransport  = "se.household.transport"
	householdCentre     = "se.household.centre"
	householdCollection = "se.household.collection"
	creation            = "fr.creation"
	sealing             = "fr.sealing"
	emission            = "fr.emission"
	takeOver            = "fr.take-over"
	storage             = "fr.storing"
	storingVerdict      = "fr.storing-verdict"
	resealing           = "fr.resealing"
	arrival             = "fr.arrival"
	acceptance          = "fr.acceptance"
	processing          = "fr.processing"
	pickup              = "fr.pickup"
	gathering           = "fr.gathering"
	paper               = "fr.paper"
	clearance           = "no.clearance"
)

const (
	swedishStatute  = "Avfallsförordningen (2020:614)"
	frenchStatute   = "Code de l'environnement"
	norwegianPolicy = "Policy of this product, no statute: vehicles are looked up in Autosys before a leg by road; cf. ADR 9.1 and the kjøretøyforskrift"
)

var (
	// The duty to report holds for what is noted after 31 October 2020.
	swedishStart = time.Date(2020, time.November, 1, 0, 0, 0, 0, stockholm)
	// SFS 2020:937 relieves the municipalities.
	householdStart = time.Date(2020, time.December, 1, 0, 0, 0, 0, stockholm)
	// Trackdéchets is compulsory for hazardous waste from 2022.
	frenchStart = time.Date(2022, time.January, 1, 0, 0, 0, 0, paris)
	// From this day inspections fall due on dates, which the check compares.
	norwegianStart = time.Date(2019, time.February, 8, 0, 0, 0, 0, oslo)
)

// Rules are all rules, by country and then in the order of a batch's life; the
// Swedish exceptions for households come last of the Swedish. A rule that
// changes gets an end and a successor with the same id.
func Rules() []sluss.Rule {
	return []sluss.Rule{
		sweden(removal, "ch. 6 § 1, clock of § 11", "The producer reports the removal within two working days after the transport starts"),
		sweden(transport, "ch. 6 § 2, clock of § 11", "Each transporter reports its own leg within two working days after the transport starts"),
		sweden(collection, "ch. 6 § 3 p. 1, clock of § 11", "The collector notes the reception within two working days and reports it within two more"),
		sweden(collectionTransport, "ch. 6 § 3 p. 2, clock of § 11", "The collector reports what leaves within two working days after the transport starts; of regrouped waste it names the largest predecessor"),
		sweden(deal, "ch. 6 § 4, clock of § 11", "The dealer or broker notes the deal within two working days and reports it within two more"),
		sweden(reception, "ch. 6 § 5 p. 1, clock of § 11", "The receiver notes the reception within two working days and reports it within two more"),
		sweden(treatment, "ch. 6 § 5 p. 2 and second paragraph, clock of § 11", "The treater compiles the results of a quarter by the end of the month after it and reports them within two working days more"),
		sweden(forwarding, "ch. 6 § 5 p. 3, clock of § 11", "The treater reports what leaves within two working days after the transport starts; of mixed waste it names the largest predecessor"),
		household(householdTransport, "ch. 6 §§ 2 and 23, clock of § 11", "The transporter of households' waste straight to a treater notes it within two days after delivery and reports it within two working days more"),
		household(householdCentre, "ch. 6 § 22", "Nobody notes a municipality's transport of households' waste to a recycling centre"),
		household(householdCollection, "ch. 6 § 24", "Nobody notes the reception of households' waste at a municipality's sites"),
		preflightRule(),
		france(creation, "The BSDD is created before the waste leaves"),
		france(sealing, "The BSDD is sealed before the waste leaves"),
		france(emission, "The party that hands the waste over signs the BSDD before the waste leaves"),
		france(takeOver, "The transporter signs the BSDD before the waste leaves"),
		france(storage, "Who stores the waste on the way signs its arrival there on the BSDD"),
		france(storingVerdict, "Who stores the waste on the way signs on the BSDD whether it accepts it"),
		france(resealing, "The BSDD is sealed anew before the waste leaves the storage on the way"),
		france(arrival, "The receiver signs the arrival of the waste on the BSDD"),
		france(acceptance, "The receiver signs on the BSDD whether it accepts the waste"),
		france(pickup, "Each producer's part of a collection round is created before the round starts"),
		france(gathering, "The producers' parts are put on the collection round before it starts"),
		france(paper, "The receiver tells Trackdéchets of a BSDD that was signed on paper"),
		france(processing, "The receiver signs the treatment of the waste on the BSDD"),
		{
			ID: clearance, Statute: norwegianPolicy, Paragraph: "policy", Country: "NO", From: norwegianStart,
			Title: "The Norwegian vehicles of a leg by road are checked before it starts",
		},
	}
}

func sweden(id, paragraph, title string) sluss.Rule {
	return sluss.Rule{ID: id, Statute: swedishStatute, Paragraph: paragraph, Title: title, Country: "SE", From: swedishStart}
}

func household(id, paragraph, title string) sluss.Rule {
	rule := sweden(id, paragraph, title)
	rule.From = householdStart
	return rule
}

func france(id, title string) sluss.Rule {
	return sluss.Rule{ID: id, Statute: frenchStatute, Paragraph: "art. R541-45 (BSDD, Trackdéchets)", Title: title, Country: "FR", From: frenchStart}
}

// InForce is the rule of that id as it stands at a moment; false if there is
// none then.
func InForce(id string, at time.Time) (sluss.Rule, bool) {
	rules := Rules()
	i := slices.IndexFunc(rules, func(r sluss.Rule) bool {
		return r.ID == id && !at.Before(r.From) && (r.To.IsZero() || at.Before(r.To))
	})
	if i < 0 {
		return sluss.Rule{}, false
	}
	return rules[i], true
}

// Keep is until when a party must keep the note that it made at a moment by the
// rule of that id, and the paragraph that says so: a Swedish transporter twelve
// months, the other parties of a Swedish note three years
// (Avfallsförordningen, ch. 6 § 6). Zero and empty for other rules.
func Keep(rule string, noted time.Time) (until time.Time, paragraph string) {
	const years, months = "ch. 6 § 6 first paragraph", "ch. 6 § 6 second paragraph"
	switch noted = noted.In(stockholm); rule {
	case transport, householdTransport:
		return noted.AddDate(0, 12, 0), months
	case removal, collection, collectionTransport, deal, reception, treatment, forwarding:
		return noted.AddDate(3, 0, 0), years
	}
	return time.Time{}, ""
}
