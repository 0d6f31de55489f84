package obligations

import (
	"slices"
	"time"

	"sluss"
)

// Ids of the rules. An obligation's id is its rule's, with "#" and the leg
// where there may be one for each leg.
const (
	removal    = "se.removal"
	transport  = "se.transport"
	reception  = "se.reception"
	creation   = "fr.creation"
	sealing    = "fr.sealing"
	emission   = "fr.emission"
	takeOver   = "fr.take-over"
	arrival    = "fr.arrival"
	acceptance = "fr.acceptance"
	processing = "fr.processing"
	clearance  = "no.clearance"
)

const (
	swedishStatute  = "Avfallsförordningen (2020:614)"
	frenchStatute   = "Code de l'environnement"
	norwegianPolicy = "Policy of this product, no statute: vehicles are looked up in Autosys before a leg by road; cf. ADR 9.1 and the kjøretøyforskrift"
)

var (
	// The duty to report holds for what is noted after 31 October 2020.
	swedishStart = time.Date(2020, time.November, 1, 0, 0, 0, 0, stockholm)
	// Trackdéchets is compulsory for hazardous waste from 2022.
	frenchStart = time.Date(2022, time.January, 1, 0, 0, 0, 0, paris)
	// From this day inspections fall due on dates, which the check compares.
	norwegianStart = time.Date(2019, time.February, 8, 0, 0, 0, 0, oslo)
)

// Rules are all rules, by country and then in the order of a batch's life. A
// rule that changes gets an end and a successor with the same id.
func Rules() []sluss.Rule {
	return []sluss.Rule{
		sweden(removal, "ch. 6 § 1, clock of § 11", "The producer reports the removal within two working days after the transport starts"),
		sweden(transport, "ch. 6 § 2, clock of § 11", "Each transporter reports its own leg within two working days after the transport starts"),
		sweden(reception, "ch. 6 § 5 p. 1, clock of § 11", "The receiver notes the reception within two working days and reports it within two more"),
		france(creation, "The BSDD is created before the waste leaves"),
		france(sealing, "The BSDD is sealed before the waste leaves"),
		france(emission, "The party that hands the waste over signs the BSDD before the waste leaves"),
		france(takeOver, "The transporter signs the BSDD before the waste leaves"),
		france(arrival, "The receiver signs the arrival of the waste on the BSDD"),
		france(acceptance, "The receiver signs on the BSDD whether it accepts the waste"),
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
