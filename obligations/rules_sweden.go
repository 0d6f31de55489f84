package obligations

import (
	"time"

	"sluss"
)

// Ids of the Swedish rules. An obligation has the id of its rule; where a batch
// may have several, "#" and the number of the leg or deal follow. A
// transporter's report has the id of transport, whichever rule sets its clock.
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
	refusal             = sluss.RuleRefusal
)

// clock is by when a party in Sweden makes its note, and reports it
// (Avfallsförordningen, ch. 6 § 11).
type clock int

const (
	// asSoonAsPossible: no day is named.
	asSoonAsPossible clock = iota
	// before: noted before the event; reported within two working days after it.
	before
	// twoWorkingDays: noted within two working days; reported within two more
	// from the last day for the note. They are counted as four days at once, so that
	// the deadline of the report does not move if the note is due on an eve.
	twoWorkingDays
	// twoDays: noted within two calendar days; reported within two working days
	// more.
	twoDays
	// quarterly: compiled by the end of the month after the quarter; reported
	// within two working days more. See ResultTimes.
	quarterly
)

// Months for which a party keeps its note (ch. 6 § 6).
const (
	keepTransport = 12
	keepOther     = 36
)

// swedishRules are the rules of Avfallsförordningen (2020:614), and its exceptions
// for waste from households. Working days are those of WorkingDays("SE").
func swedishRules() []rule {
	var (
		// The duty to report holds for what is noted after 31 October 2020.
		reporting = time.Date(2020, time.November, 1, 0, 0, 0, 0, stockholm)
		// SFS 2020:937 exempts the municipalities.
		households = time.Date(2020, time.December, 1, 0, 0, 0, 0, stockholm)
		until      time.Time // all are still in force
	)
	var table []rule
	for _, r := range []struct {
		id, paragraph string
		from, to      time.Time
		report        sluss.ReportKind
		role          sluss.Role
		clock         clock
		keep          int
		title         string
	}{
		{removal, "ch. 6 § 1, clock of § 11", reporting, until, sluss.ReportRemoval, sluss.Producer, before, keepOther, "The producer reports the removal within two working days after the transport starts"},
		{transport, "ch. 6 § 2, clock of § 11", reporting, until, sluss.ReportTransport, sluss.Transporter, before, keepTransport, "Each transporter reports its own leg within two working days after the transport starts"},
		{collection, "ch. 6 § 3 p. 1, clock of § 11", reporting, until, sluss.ReportCollection, sluss.Collector, twoWorkingDays, keepOther, "The collector notes the reception within two working days and reports it within two more"},
		{collectionTransport, "ch. 6 § 3 p. 2, clock of § 11", reporting, until, sluss.ReportCollectionTransport, sluss.Collector, before, keepOther, "The collector reports what leaves within two working days after the transport starts; of regrouped waste it names the largest predecessor"},
		{deal, "ch. 6 § 4, clock of § 11", reporting, until, sluss.ReportDeal, sluss.Dealer, twoWorkingDays, keepOther, "The dealer or broker notes the deal within two working days and reports it within two more"},
		{reception, "ch. 6 § 5 p. 1, clock of § 11", reporting, until, sluss.ReportReception, sluss.Receiver, twoWorkingDays, keepOther, "The receiver notes the reception within two working days and reports it within two more"},
		{treatment, "ch. 6 § 5 p. 2 and second paragraph, clock of § 11", reporting, until, sluss.ReportTreatment, sluss.Receiver, quarterly, keepOther, "The treater compiles the results of a quarter by the end of the month after it and reports them within two working days more"},
		{forwarding, "ch. 6 § 5 p. 3, clock of § 11", reporting, until, sluss.ReportForwarding, sluss.Treater, before, keepOther, "The treater reports what leaves within two working days after the transport starts; of mixed waste it names the largest predecessor"},
		{refusal, "ch. 6 § 5 p. 1, of a collector § 3 p. 1, clock of § 11", reporting, until, "", "", twoWorkingDays, keepOther, "The ordinance does not say whether waste that is refused was received: a person signs the report of the reception, or decides it withdrawn"},
		{householdTransport, "ch. 6 §§ 2 and 23, clock of § 11", households, until, sluss.ReportTransport, sluss.Transporter, twoDays, keepTransport, "The transporter of households' waste straight to a treater notes it within two days after delivery and reports it within two working days more"},
		{householdCentre, "ch. 6 § 22", households, until, "", "", asSoonAsPossible, 0, "Nobody notes a municipality's transport of households' waste to a recycling centre"},
		{householdCollection, "ch. 6 § 24", households, until, "", "", asSoonAsPossible, 0, "Nobody notes the reception of households' waste at a municipality's sites"},
		{sluss.RuleCorrection, "ch. 6 § 12", reporting, until, "", "", asSoonAsPossible, 0, "A report that is known to be wrong is corrected as soon as possible"},
		{sluss.RuleAnnulment, "ch. 6 § 12", reporting, until, "", "", asSoonAsPossible, 0, "A report that should not have been made is annulled as soon as possible"},
	} {
		table = append(table, rule{
			Rule:     sluss.Rule{ID: r.id, Statute: "Avfallsförordningen (2020:614)", Paragraph: r.paragraph, Title: r.title, Country: "SE", From: r.from, To: r.to},
			registry: sluss.Avfallsregistret, report: r.report, role: r.role, signer: byApproval, clock: r.clock, keep: r.keep,
		})
	}
	return table
}

// times are the ends of the clock that starts at a moment; zero if the law names
// no day.
func (c clock) times(start time.Time) (noteBy, due time.Time) {
	calendar := WorkingDays("SE")
	switch c {
	case before:
		return start, calendar.Add(start, 2)
	case twoWorkingDays:
		return calendar.Add(start, 2), calendar.Add(start, 4)
	case twoDays:
		noteBy = calendar.end(calendar.noon(start).AddDate(0, 0, 2))
		return noteBy, calendar.Add(noteBy, 2)
	case quarterly:
		return ResultTimes(QuarterOf(start))
	case asSoonAsPossible:
	}
	return time.Time{}, time.Time{}
}
