package obligations

import (
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
