package obligations

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sluss"
)

// TestSwedishObligationsAreThoseOfTheStatute draws batches and lives, and
// compares what each event brings with a second reading of the statute: all
// notes of the whole life at once, paragraph by paragraph, with a calendar and a
// list of waste of its own.
func TestSwedishObligationsAreThoseOfTheStatute(t *testing.T) {
	seen := map[string]int{}
	compare := func(t *rapid.T) {
		d := drawDeclaration(t)
		events := drawLife(t, d)
		owed := map[string]sluss.Obligation{}
		for i := range events {
			for _, o := range For(d, events[:i+1]) {
				if o.Registry != sluss.Avfallsregistret {
					continue
				}
				if before, twice := owed[o.ID]; twice {
					t.Fatalf("%s is owed twice: of %s and of %s", o.ID, before.Event, o.Event)
				}
				owed[o.ID] = o
				seen[o.Rule.ID]++
			}
		}
		want := statute{d: d, events: events}.notes()
		for _, w := range want {
			got, ok := owed[w.id]
			if !ok {
				t.Errorf("%s is not owed", w)
				continue
			}
			delete(owed, w.id)
			if g := read(got); g != w {
				t.Errorf("got  %s\nwant %s", g, w)
			}
			if got.Gates != "" || got.Signer != d.Approval || !strings.HasSuffix(got.Rule.ID, "."+string(got.Note)) {
				t.Errorf("%s: gates %q, signer %q, note %q", got.ID, got.Gates, got.Signer, got.Note)
			}
		}
		for id, o := range owed {
			t.Errorf("%s is owed by no paragraph: %+v", id, o)
		}
		if t.Failed() {
			t.Logf("%+v\n%+v", d, events)
		}
	}
	for range 20 { // a hundred batches each
		rapid.Check(t, compare)
	}
	for _, rule := range Rules() {
		exception := rule.ID == householdCentre || rule.ID == householdCollection
		if rule.Country == "SE" && rule.ID != treatment && !exception && seen[rule.ID] == 0 {
			t.Errorf("no batch that was drawn owes %s: the draw is too narrow", rule.ID)
		}
	}
}

// noted is an obligation as far as the statute has a say in it.
type noted struct {
	id, rule, event, after string
	role                   sluss.Role
	noteBy, due, waits     string
}

func (n noted) String() string {
	return fmt.Sprintf("%s (%s, %s) of %s: note by %s, due %s, after %q until %s", n.id, n.rule, n.role, n.event, n.noteBy, n.due, n.after, n.waits)
}

func read(o sluss.Obligation) noted {
	return noted{
		id: o.ID, rule: o.Rule.ID, role: o.Role, event: o.Event, after: strings.Join(o.After, " "),
		noteBy: told(o.NoteBy), due: told(o.Due), waits: told(o.AfterUntil),
	}
}

func told(moment time.Time) string {
	if moment.IsZero() {
		return ""
	}
	return moment.UTC().Format(time.RFC3339)
}

// statute reads ch. 6 of the ordinance for a batch whose life is known.
type statute struct {
	d      sluss.Declaration
	events []sluss.Event
}

func (s statute) notes() []noted {
	d := s.d
	first, last := d.Legs[0], d.Legs[len(d.Legs)-1]
	happened := map[string]time.Time{}
	for _, e := range s.events {
		happened[e.ID()] = e.At
	}
	var list []noted
	chain := "" // the nearest note so far on the waste itself
	note := func(n noted, start time.Time, onChain bool) {
		if start.IsZero() || start.Before(time.Date(2020, 11, 1, 0, 0, 0, 0, stockholm)) || !s.hazardous(start) {
			return
		}
		var noteBy, due time.Time
		switch n.rule {
		case "se.removal", "se.collection-transport", "se.forwarding", "se.transport":
			noteBy, due = start, workingDay(start, 2)
		case "se.household.transport":
			local := start.In(stockholm)
			noteBy = time.Date(local.Year(), local.Month(), local.Day()+2, 23, 59, 59, 0, stockholm)
			due = workingDay(noteBy, 2)
		default:
			noteBy, due = workingDay(start, 2), workingDay(start, 4)
		}
		n.noteBy, n.due = told(noteBy), told(due)
		if chain != "" {
			waits := due.AddDate(0, 0, -1)
			for !works(waits) || eve(waits) {
				waits = waits.AddDate(0, 0, -1)
			}
			if waits.Before(happened[n.event]) {
				waits = happened[n.event]
			}
			n.after, n.waits = chain, told(waits)
		}
		if onChain {
			chain = n.id
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
			note(noted{id: fmt.Sprintf("se.deal#%d", i+1), rule: "se.deal", role: deal.Trader.Role, event: "produced"}, deal.At, false)
		}
	}

	departed := happened["pickedUp#1"]
	switch sends {
	case "se.removal":
		note(noted{id: sends, rule: sends, role: sluss.Producer, event: "pickedUp#1"}, departed, true)
	case "se.collection-transport":
		note(noted{id: sends, rule: sends, role: sluss.Collector, event: "pickedUp#1"}, departed, true)
	case "se.forwarding":
		note(noted{id: sends, rule: sends, role: sluss.Treater, event: "pickedUp#1"}, departed, true)
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
		n := noted{id: fmt.Sprintf("se.transport#%d", leg), rule: rule, role: sluss.Transporter, event: event}
		switch rule {
		case "se.transport":
			note(n, at, true)
		case "se.household.transport":
			n.event = "received"
			note(n, happened["received"], true)
		}
	}

	if at, ok := happened["received"]; ok {
		switch rule := s.received(at); rule {
		case "se.collection":
			note(noted{id: rule, rule: rule, role: sluss.Collector, event: "received"}, at, true)
		case "se.reception":
			note(noted{id: rule, rule: rule, role: sluss.Receiver, event: "received"}, at, true)
		}
	}
	return list
}

// received is the paragraph by which the receiver notes what comes: § 5 p. 1,
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
	return s.d.Origin == "household" && !at.Before(time.Date(2020, 12, 1, 0, 0, 0, 0, stockholm))
}

// hazardous reads annex 3 as it was, and as it is from 9 December 2026.
func (s statute) hazardous(at time.Time) bool {
	changed := !at.Before(time.Date(2026, 12, 9, 0, 0, 0, 0, stockholm))
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
