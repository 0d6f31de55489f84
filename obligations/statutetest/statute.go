// Package statutetest implements chapter 6 of Avfallsförordningen a second time,
// independently of package obligations: all notes of a batch's whole life at once,
// paragraph by paragraph, with its own calendar and list of waste. Tests compare what
// is owed, and what is filed, with it. Only tests import it.
package statutetest

import (
	"fmt"
	"strings"
	"time"

	"sluss"
)

// Note is an obligation as far as the statute has a say in it.
type Note struct {
	ID, Rule, Event    string // of the obligation, its rule and the event that it follows from
	After              string // the obligations whose receipts it names, between blanks
	Role               sluss.Role
	NoteBy, Due, Waits string // until when the party notes it, reports it, and waits for After; in UTC
}

// String is the note in a line.
func (n Note) String() string {
	return fmt.Sprintf("%s (%s, %s) of %s: note by %s, due %s, after %q until %s", n.ID, n.Rule, n.Role, n.Event, n.NoteBy, n.Due, n.After, n.Waits)
}

// Read is the Note of an obligation.
func Read(o sluss.Obligation) Note {
	return Note{
		ID: string(o.ID), Rule: o.Rule.ID, Role: o.Role, Event: string(o.Event), After: strings.Join(o.After, " "),
		NoteBy: formatMoment(o.NoteBy), Due: formatMoment(o.Due), Waits: formatMoment(o.AfterUntil),
	}
}

func formatMoment(moment time.Time) string {
	if moment.IsZero() {
		return ""
	}
	return moment.UTC().Format(time.RFC3339)
}

// statute reads ch. 6 of the ordinance for a batch whose life is known.
type statute struct {
	d         sluss.Declaration
	events    []sluss.Event
	stockholm *time.Location
}

// Notes are the notes of ch. 6 that a batch owes by its events so far, independent of
// what its declaration plans. Quarterly results are left out, because no single batch
// owes them. Only a few waste codes are known.
func Notes(d sluss.Declaration, events []sluss.Event) []Note {
	return statute{d: d, events: events, stockholm: Stockholm()}.notes()
}

func (s statute) notes() []Note {
	d, stockholm := s.d, s.stockholm
	first, last := d.Legs[0], d.Legs[len(d.Legs)-1]
	happened := map[string]time.Time{}
	for _, e := range s.events {
		happened[string(e.ID())] = e.At
	}
	var list []Note
	chain := "" // the nearest note so far on the waste itself
	note := func(n Note, start time.Time, onChain bool) {
		if start.IsZero() || start.Before(time.Date(2020, 11, 1, 0, 0, 0, 0, stockholm)) || !s.hazardous(start) {
			return
		}
		var noteBy, due time.Time
		switch n.Rule {
		case "se.removal", "se.collection-transport", "se.forwarding", "se.transport":
			noteBy, due = start, WorkingDay(start, 2)
		case "se.household.transport":
			local := start.In(stockholm)
			noteBy = time.Date(local.Year(), local.Month(), local.Day()+2, 23, 59, 59, 0, stockholm)
			due = WorkingDay(noteBy, 2)
		default:
			noteBy, due = WorkingDay(start, 2), WorkingDay(start, 4)
		}
		n.NoteBy, n.Due = formatMoment(noteBy), formatMoment(due)
		if chain != "" {
			since := happened[n.Event]
			if n.Event == "accepted" || n.Event == "refused" {
				since = start // the verdict moves nothing
			}
			n.After, n.Waits = chain, s.dayBefore(n.Due, since)
		}
		if onChain {
			chain = n.ID
		}
		list = append(list, n)
	}

	// Who sends the waste off: the producer (§ 1), a collector of what it
	// collected (§ 3 p. 2), a treater of what others produced (§ 5 p. 3).
	sender, sends := d.Producer.ID, ""
	if first.From.Country == "SE" {
		c := first.Consignor
		switch {
		case c != nil && c.Role == sluss.Collector:
			sender, sends = c.ID, "se.collection-transport"
			chain = predecessor(d, "se.collection")
		case c != nil && c.Role == sluss.Treater && c.ID != d.Producer.ID:
			sender, sends = c.ID, "se.forwarding"
			chain = predecessor(d, "se.reception")
		case d.Origin == "":
			sends = "se.removal"
		}
	}

	// § 4, unless the trader notes its handling by another paragraph.
	for i, deal := range d.Deals {
		holds := sends != "" && deal.Trader.ID == sender || s.received(last.Departure) != "" && deal.Trader.ID == d.Receiver.ID
		for n := range d.Legs {
			holds = holds || d.Legs[n].Transporter.ID == deal.Trader.ID && s.carried(n+1, d.Legs[n].Departure, sends, sender) != ""
		}
		if deal.Trader.Country == "SE" && !holds {
			note(Note{ID: fmt.Sprintf("se.deal#%d", i+1), Rule: "se.deal", Role: deal.Trader.Role, Event: "produced"}, deal.At, false)
		}
	}

	departed := happened["pickedUp#1"]
	switch sends {
	case "se.removal":
		note(Note{ID: sends, Rule: sends, Role: sluss.Producer, Event: "pickedUp#1"}, departed, true)
	case "se.collection-transport":
		note(Note{ID: sends, Rule: sends, Role: sluss.Collector, Event: "pickedUp#1"}, departed, true)
	case "se.forwarding":
		note(Note{ID: sends, Rule: sends, Role: sluss.Treater, Event: "pickedUp#1"}, departed, true)
	}

	// § 2 and § 23, leg by leg.
	for leg := 1; leg <= len(d.Legs); leg++ {
		event := fmt.Sprintf("handedOver#%d", leg)
		if leg == 1 {
			event = "pickedUp#1"
		}
		at, ok := happened[event]
		if !ok {
			break
		}
		rule := s.carried(leg, at, sends, sender)
		n := Note{ID: fmt.Sprintf("se.transport#%d", leg), Rule: rule, Role: sluss.Transporter, Event: event}
		switch rule {
		case "se.transport":
			note(n, at, true)
		case "se.household.transport":
			n.Event = "received"
			note(n, happened["received"], true)
		}
	}

	// § 3 p. 1 and § 5 p. 1 are silent on what is refused: a person says whether it was
	// received, as long as nobody has judged it too.
	if at, ok := happened["received"]; ok {
		n := Note{ID: s.received(at), Role: sluss.Receiver}
		if n.ID == "se.collection" {
			n.Role = sluss.Collector
		}
		verdict := s.events[len(s.events)-1]
		for _, e := range s.events {
			if e.ID() == "accepted" || e.ID() == "refused" {
				verdict = e
			}
		}
		n.Event, n.Rule = string(verdict.ID()), n.ID
		if verdict.Kind == sluss.WasteRefused || verdict.RefusedMass > 0 {
			n.Rule = "se.refusal"
		}
		if n.ID != "" {
			note(n, at, true)
		}
		if n.ID != "" && verdict.Kind == sluss.Received && len(list) > 0 {
			if owed := &list[len(list)-1]; owed.ID == n.ID {
				owed.Waits = s.dayBefore(owed.Due, at)
			}
		}
	}
	return list
}

// Silent tells whether a person must say whether a note is owed.
func (n Note) Silent() bool {
	return n.Rule == "se.refusal" || n.Event == "received" && n.Role != sluss.Transporter
}

// dayBefore is one working day before a due time, or one day if that is before the start.
func (s statute) dayBefore(by string, start time.Time) string {
	due, err := time.Parse(time.RFC3339, by)
	if err != nil {
		return ""
	}
	due = due.In(s.stockholm)
	waits := due.AddDate(0, 0, -1)
	for !Works(waits) || Eve(waits) {
		waits = waits.AddDate(0, 0, -1)
	}
	if waits.Before(start) {
		waits = due.AddDate(0, 0, -1)
	}
	return formatMoment(waits)
}

// received is the paragraph by which the receiver makes its note: § 5 p. 1,
// or § 3 p. 1 with § 24.
func (s statute) received(at time.Time) string {
	last := s.d.Legs[len(s.d.Legs)-1]
	if last.To.Country != "SE" {
		return ""
	}
	if s.d.Receiver.Role != sluss.Collector {
		return "se.reception"
	}
	centre := last.To.Site == "recycling-centre" || last.To.Site == "unmanned" || last.To.Site == "mobile"
	if s.relief(at) && centre && (last.From.Site == "unmanned" || last.From.Site == "mobile" || last.From.Site == "property") {
		return ""
	}
	return "se.collection"
}

// carried is the paragraph by which a leg's transporter notes it: § 2 with
// § 22, or § 23.
func (s statute) carried(leg int, at time.Time, sends, sender string) string {
	l := s.d.Legs[leg-1]
	if l.From.Country != "SE" || l.Mode == sluss.Pipeline {
		return ""
	}
	if sends != "" && l.Transporter.ID == sender {
		return ""
	}
	if s.received(at) == "se.collection" && l.Transporter.ID == s.d.Receiver.ID {
		return ""
	}
	site := l.From.Site == "unmanned" || l.From.Site == "mobile" || l.From.Site == "property"
	if s.relief(at) && site && l.Municipal && l.To.Site == "recycling-centre" {
		return ""
	}
	if s.relief(at) && site && leg == len(s.d.Legs) && s.d.Receiver.Role != sluss.Collector {
		return "se.household.transport"
	}
	return "se.transport"
}

// relief tells whether SFS 2020:937 applies.
func (s statute) relief(at time.Time) bool {
	return s.d.Origin == "household" && !at.Before(time.Date(2020, 12, 1, 0, 0, 0, 0, s.stockholm))
}

// hazardous reads annex 3 as it was, and as it is from 9 December 2026.
func (s statute) hazardous(at time.Time) bool {
	changed := !at.Before(time.Date(2026, 12, 9, 0, 0, 0, 0, s.stockholm))
	switch s.d.Waste.Code {
	case "160604", "160604*":
		return changed
	case "130205*", "200133*":
		return true
	}
	return false
}

func predecessor(d sluss.Declaration, note string) string {
	reference, most := d.Predecessor, sluss.Mass(0)
	for _, p := range d.Predecessors {
		if p.Mass > most {
			if reference, most = p.Reference, p.Mass; p.Receipt != "" {
				reference = "" // nothing to wait for: the id is known
			}
		}
	}
	if reference == "" {
		return ""
	}
	return "filing/default/" + reference + "/" + note
}
