package obligations

import (
	"slices"
	"strings"
	"testing"

	"sluss"
)

// What a Swedish receiver owes of a load depends on its verdict; the clock of ch. 6 § 11
// starts with the reception all the same. Of refused waste § 5 p. 1 and § 3 p. 1 are
// silent: nothing is told unless a person signs.
func TestAReceptionIsOwedByItsVerdict(t *testing.T) {
	collected := swedish()
	collected.Receiver.Role, collected.Treatment.Operation = sluss.Collector, "R13"
	for _, d := range []sluss.Declaration{swedish(), collected} {
		id := sluss.ObligationID(reception)
		if d.Receiver.Role == sluss.Collector {
			id = collection
		}
		for name, test := range map[string]struct {
			verdict       *sluss.Event
			approval      sluss.Role
			event, awaits sluss.EventID
			rule          string
			signer        sluss.Role
		}{
			"no verdict yet":   {nil, "", "received", "accepted", string(id), sluss.Officer},
			"accepted":         {&sluss.Event{Kind: sluss.WasteAccepted}, "", "accepted", "", string(id), ""},
			"approved":         {&sluss.Event{Kind: sluss.WasteAccepted}, sluss.Receiver, "accepted", "", string(id), sluss.Receiver},
			"partly refused":   {&sluss.Event{Kind: sluss.WasteAccepted, RefusedMass: 10 * sluss.Kilogram, Reason: "water"}, "", "accepted", "", refusal, sluss.Officer},
			"refused":          {&sluss.Event{Kind: sluss.WasteRefused, Reason: "solvents"}, "", "refused", "", refusal, sluss.Officer},
			"refused, approve": {&sluss.Event{Kind: sluss.WasteRefused, Reason: "solvents"}, sluss.Receiver, "refused", "", refusal, sluss.Receiver},
		} {
			d.Approval = test.approval
			events := life(1)[:3]
			received := events[2].At
			if test.verdict != nil {
				test.verdict.At = received.AddDate(0, 0, 9) // long after the report is due
				events = append(events, *test.verdict)
			}
			var owed []sluss.Obligation
			for _, o := range Owed(d, events) {
				if o.Report == sluss.ReportReception || o.Report == sluss.ReportCollection {
					owed = append(owed, o)
				}
			}
			if len(owed) != 1 {
				t.Errorf("%s %s: owed %v", id, name, owed)
				continue
			}
			o := owed[0]
			noteBy, due := twoWorkingDays.times(received)
			if o.ID != id || o.Event != test.event || o.Awaits != test.awaits || o.Rule.ID != test.rule || o.Signer != test.signer {
				t.Errorf("%s %s: %+v", id, name, o)
			}
			if !o.NoteBy.Equal(noteBy) || !o.Due.Equal(due) || !o.AfterUntil.Equal(Remind(due, "SE")) || !strings.Contains(o.Rule.Paragraph, "clock of § 11") {
				t.Errorf("%s %s: noted by %s, due %s, waits until %s by %s", id, name, o.NoteBy, o.Due, o.AfterUntil, o.Rule.Paragraph)
			}
		}
	}
}

// A leg that has departed stays where it is: its events and reports name it by its number.
func TestALegThatHasDepartedKeepsItsPlace(t *testing.T) {
	d, events := swedishTwoLegs(), life(2)
	first := d.Legs[0]
	first.Transporter = d.Legs[1].Transporter
	before := d
	before.Legs = append([]sluss.Leg{first}, d.Legs...)
	after := d
	after.Legs = append(slices.Clone(d.Legs), first)
	gone := d
	gone.Legs = d.Legs[1:]
	for name, test := range map[string]struct {
		to   sluss.Declaration
		left int // events that have happened
		want string
	}{
		"none departed":          {before, 1, ""},
		"one put before":         {before, 2, "legs.0: leg 1 has departed, and would change places with leg 2"},
		"one put after":          {after, 2, ""},
		"the departed one gone":  {gone, 2, "legs.0: leg 1 has departed, and would change places with leg 2"},
		"both departed, one put": {before, 3, "legs.1: leg 2 has departed, and would change places with leg 3"},
		"both departed, one cut": {gone, 3, "legs.1: leg 2 has departed"},
	} {
		err := CheckCorrection(d, test.to, events[:test.left], events[:test.left])
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}
