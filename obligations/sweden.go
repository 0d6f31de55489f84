package obligations

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"sluss"
)

// sweden are the reports that follow from the latest event, in the order in which
// they name each other.
func (b batch) sweden() (owed []sluss.Obligation) {
	note := func(rule string, start time.Time, upTo int, o sluss.Obligation) {
		if !b.hazardousAt(start) {
			return
		}
		law, _ := inForce(rule, start)
		o.NoteBy, o.Due = law.clock.times(start)
		owed = b.owe(owed, rule, start, b.after(upTo, law.report, o))
	}
	at := b.event.At
	if b.event.Kind == sluss.Produced {
		for i, d := range b.Deals {
			if b.reportsDeal(d) {
				note(deal, d.At, 0, sluss.Obligation{ID: sluss.NewObligationID(deal, i+1), Deal: i + 1, Role: d.Trader.Role})
			}
		}
	}
	if i := slices.IndexFunc(b.route, func(l sluss.RouteLeg) bool { return l.Departs == b.event.ID() }); i >= 0 {
		leg := i + 1
		switch rule := b.sends(); {
		case rule == "" || leg > 1:
		case rule == removal:
			note(rule, at, 0, sluss.Obligation{})
		default:
			note(rule, at, 0, sluss.Obligation{Leg: leg})
		}
		if b.carries(leg, at) == transport {
			note(transport, at, leg-1, sluss.Obligation{ID: sluss.NewObligationID(transport, leg), Leg: leg})
		}
	}
	last := len(b.route)
	if b.event.ID() == sluss.EventID(sluss.Received) {
		if e, ok := b.departure(last); ok && b.carries(last, e.At) == householdTransport {
			note(householdTransport, at, last-1, sluss.Obligation{ID: sluss.NewObligationID(transport, last), Leg: last})
		}
	}
	return append(owed, b.reception(last)...)
}

// reception is the report of what is received, whose clock starts with the reception. The
// verdict decides what is told: of what is accepted it is owed; of what is refused the
// ordinance is silent, so a person must sign it, and also if no verdict comes in time.
func (b batch) reception(last int) []sluss.Obligation {
	received, came := find(b.events, sluss.Received)
	rule := b.receives(received.At)
	if !came || rule == "" || !b.hazardousAt(received.At) {
		return nil
	}
	law, _ := inForce(rule, received.At)
	o := sluss.Obligation{}
	o.NoteBy, o.Due = law.clock.times(received.At)
	ask := func(o *sluss.Obligation) { o.Signer = cmp.Or(b.Approval, sluss.Officer) }
	refused := false
	switch b.event.ID() {
	case sluss.EventID(sluss.Received):
		o.Awaits = sluss.EventID(sluss.WasteAccepted)
	case sluss.EventID(sluss.WasteAccepted):
		refused = b.event.RefusedMass > 0
	case sluss.EventID(sluss.WasteRefused):
		refused = true
	default:
		return nil
	}
	o = b.after(last, law.report, o)
	if o.Awaits != "" {
		o.AfterUntil = b.oneDayBefore(o.Due)
	}
	owed := b.owe(nil, rule, received.At, o)
	for i := range owed {
		if refused {
			silent, _ := InForce(refusal, received.At)
			owed[i].Rule = silent
		}
		if refused || o.Awaits != "" {
			ask(&owed[i])
		}
	}
	return owed
}

// after lets a Swedish report wait for the nearest owed one before it: that of the
// last transporter up to leg, else of the party that sent the waste off, else of
// the party that received it in the batch that this one continues. It waits until
// one working day before it is due, or one day before, if that working day is
// before the event.
func (b batch) after(leg int, report sluss.ReportKind, o sluss.Obligation) sluss.Obligation {
	for leg > 0 && (!b.transportWasOwed(leg) || sluss.NewObligationID(transport, leg) == o.ID) {
		leg--
	}
	sender := b.sends()
	switch sends, _ := inForce(sender, b.event.At); {
	case leg > 0:
		o.After = []string{string(sluss.NewObligationID(transport, leg))}
	case sender != "" && report != sends.report && b.wasOwed(sender, 1):
		o.After = []string{sender}
	case b.Precursor().Reference == "" || b.Precursor().Receipt != "": // there is none, or its id is known
		return o
	case sender == collectionTransport:
		o.After = []string{string(sluss.NewBatchID(b.Tenant, b.Precursor().Reference).Filing(collection))}
	case sender == forwarding:
		o.After = []string{string(sluss.NewBatchID(b.Tenant, b.Precursor().Reference).Filing(reception))}
	default:
		return o
	}
	o.AfterUntil = b.oneDayBefore(o.Due)
	return o
}

// oneDayBefore is until when a report that is due at a moment waits for what comes first.
func (b batch) oneDayBefore(due time.Time) time.Time {
	until, start := Remind(due, "SE"), b.event.At
	if received, came := find(b.events, sluss.Received); came {
		start = received.At // a verdict does not move it
	}
	if until.Before(start) { // about the eves of holidays
		until = due.AddDate(0, 0, -1)
	}
	return until
}

// transportWasOwed tells whether the leg's transporter owes a report by the events
// so far.
func (b batch) transportWasOwed(leg int) bool {
	e, ok := b.departure(leg)
	switch {
	case !ok:
		return false
	case b.carries(leg, e.At) == transport:
		return b.wasOwed(transport, leg)
	case b.carries(leg, e.At) == householdTransport:
		received, ok := find(b.events, sluss.Received)
		return ok && b.hazardousAt(received.At)
	}
	return false
}

// wasOwed tells whether the leg departed while the rule was in force and the
// waste hazardous.
func (b batch) wasOwed(rule string, leg int) bool {
	e, ok := b.departure(leg)
	_, inForce := InForce(rule, e.At)
	return ok && inForce && b.hazardousAt(e.At)
}

// departure is the event with which the leg began.
func (b batch) departure(leg int) (sluss.Event, bool) {
	return happened(b.events, sluss.Departure(leg))
}

// hazardousAt tells whether the waste is hazardous at a moment: by the star of its
// code, or, of a code that the list of waste changes, by the list of that day.
func (b batch) hazardousAt(moment time.Time) bool {
	digits := strings.TrimSuffix(b.Waste.Code, "*")
	if _, changes := changeOf(digits); changes {
		if hazardous, known := codeOn(digits, day(moment)); known {
			return hazardous
		}
	}
	return b.hazardous()
}

// sends is the rule by which the party that hands the waste over at the start reports
// it: ch. 6 § 1, § 3 p. 2 or § 5 p. 3. Empty if none does.
func (b batch) sends() (rule string) {
	if !b.route.Starts(1, "SE") {
		return ""
	}
	switch c := b.route[0].Consignor; {
	case c == nil && b.Returned(): // the lorry turned round: nobody sends it off
		return ""
	case c != nil && c.Role == sluss.Collector:
		return collectionTransport
	case c != nil && c.Role == sluss.Treater && !same(*c, b.Producer):
		return forwarding
	case b.Origin == "":
		return removal
	}
	return ""
}

// isSender tells whether a party owes the report by the rule that sends returns.
func (b batch) isSender(p sluss.Party) bool {
	switch b.sends() {
	case "":
		return false
	case removal:
		return same(p, b.Producer)
	}
	return same(p, b.route[0].HandsOver.Party)
}

// carries is the rule by which the transporter of a leg that starts in Sweden at a
// moment reports it: ch. 6 § 2, or § 2 with the clock of § 23. It is empty if the
// transporter itself sends the waste off or collects it, and so reports by another
// paragraph, and if § 22 exempts it. The transporter is assumed to have its permit
// or to have notified.
func (b batch) carries(leg int, at time.Time) (rule string) {
	l, ok := b.route.Leg(leg)
	switch {
	case !ok, l.From.Country != "SE", l.Mode == sluss.Pipeline, b.isSender(l.Transporter),
		b.receives(at) == collection && same(l.Transporter, b.Receiver),
		b.exempt(householdCentre, at) && l.Municipal && fromHouseholds(l.From) && l.To.Site == sluss.RecyclingCentre:
		return ""
	case b.exempt(householdTransport, at) && l.Last && fromHouseholds(l.From) && b.Receiver.Role != sluss.Collector:
		return householdTransport
	}
	return transport
}

// receives is the rule by which a receiver in Sweden reports what it receives at a
// moment: ch. 6 § 3 p. 1 or § 5 p. 1. Empty if § 24 exempts it.
func (b batch) receives(at time.Time) (rule string) {
	switch l, _ := b.route.Leg(len(b.route)); {
	case l.To.Country != "SE", b.Returned(): // a producer that has its waste back neither collects nor treats it
		return ""
	case b.Receiver.Role != sluss.Collector:
		return reception
	case b.exempt(householdCollection, at) && fromHouseholds(l.From) && forHouseholds(l.To):
		return ""
	}
	return collection
}

// exempt tells whether an exception for households' waste is in force.
func (b batch) exempt(rule string, at time.Time) bool {
	_, ok := InForce(rule, at)
	return ok && b.Origin == sluss.Household
}

func fromHouseholds(p sluss.Place) bool {
	return p.Site == sluss.Property || p.Site == sluss.Unmanned || p.Site == sluss.Mobile
}

func forHouseholds(p sluss.Place) bool {
	return p.Site == sluss.RecyclingCentre || p.Site == sluss.Unmanned || p.Site == sluss.Mobile
}

// reportsDeal tells whether the trader reports the deal by ch. 6 § 4: it is in
// Sweden, and reports nothing of the batch in another role.
func (b batch) reportsDeal(d sluss.Deal) bool {
	if d.Trader.Country != "SE" || b.isSender(d.Trader) {
		return false
	}
	for _, l := range b.route {
		carries := same(d.Trader, l.Transporter) && b.carries(l.Number, l.Departure) != ""
		receives := l.Last && same(d.Trader, b.Receiver) && b.receives(l.Departure) != ""
		if carries || receives {
			return false
		}
	}
	return true
}

func same(a, b sluss.Party) bool { return a.ID == b.ID && a.Country == b.Country }

// day is the date of a moment in Sweden.
func day(moment time.Time) string { return moment.In(stockholm).Format(time.DateOnly) }
