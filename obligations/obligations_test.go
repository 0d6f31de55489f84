package obligations

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sluss"
)

// The obligations that follow from each event of a life, one on each line: event >
// id, role, due times, gate, the obligations before it, signer.
func TestObligationsOfChains(t *testing.T) {
	for _, test := range []struct {
		name        string
		declaration sluss.Declaration
		want        string
	}{
		{"within Sweden", swedish(), `
pickedUp#1 > se.removal role=producer noted=10-06T08:00 due=10-08T23:59
pickedUp#1 > se.transport#1 role=transporter noted=10-06T08:00 due=10-08T23:59 after=se.removal until=10-07T23:59
accepted > se.reception role=receiver noted=10-13T23:59 due=10-15T23:59 after=se.transport#1 until=10-14T23:59`},
		{"within Sweden, two transporters, approved by an officer", swedishTwoLegs(), `
pickedUp#1 > se.removal role=producer noted=10-06T08:00 due=10-08T23:59 signer=officer
pickedUp#1 > se.transport#1 role=transporter noted=10-06T08:00 due=10-08T23:59 after=se.removal until=10-07T23:59 signer=officer
handedOver#2 > se.transport#2 role=transporter noted=10-07T08:00 due=10-09T23:59 after=se.transport#1 until=10-08T23:59 signer=officer
accepted > se.reception role=receiver noted=10-13T23:59 due=10-15T23:59 after=se.transport#2 until=10-14T23:59 signer=officer`},
		{"within Sweden, Norwegian lorry and trailer", norwegianVehicles(), `
produced > no.clearance#1 role=transporter due=10-06T08:00 gates=pickedUp#1
pickedUp#1 > se.removal role=producer noted=10-06T08:00 due=10-08T23:59
pickedUp#1 > se.transport#1 role=transporter noted=10-06T08:00 due=10-08T23:59 after=se.removal until=10-07T23:59
accepted > se.reception role=receiver noted=10-13T23:59 due=10-15T23:59 after=se.transport#1 until=10-14T23:59`},
		{"within Sweden, the second transporter's lorry is Norwegian", func() sluss.Declaration {
			d := swedishTwoLegs()
			d.Approval = ""
			d.Legs[1].Mode, d.Legs[1].Vehicles = sluss.Road, []sluss.Vehicle{lorry("NO", "AB12345")}
			return d
		}(), `
pickedUp#1 > se.removal role=producer noted=10-06T08:00 due=10-08T23:59
pickedUp#1 > se.transport#1 role=transporter noted=10-06T08:00 due=10-08T23:59 after=se.removal until=10-07T23:59
pickedUp#1 > no.clearance#2 role=transporter due=10-07T08:00 gates=handedOver#2
handedOver#2 > se.transport#2 role=transporter noted=10-07T08:00 due=10-09T23:59 after=se.transport#1 until=10-08T23:59
accepted > se.reception role=receiver noted=10-13T23:59 due=10-15T23:59 after=se.transport#2 until=10-14T23:59`},
		{"the producer carries it itself", func() sluss.Declaration {
			d := swedish()
			d.Legs[0].Transporter = plant()
			return d
		}(), `
pickedUp#1 > se.removal role=producer noted=10-06T08:00 due=10-08T23:59
accepted > se.reception role=receiver noted=10-13T23:59 due=10-15T23:59 after=se.removal until=10-14T23:59`},
		{"within France", french(), `
produced > fr.preflight role=producer leg=1 due=10-06T08:00 gates=pickedUp#1
produced > fr.creation role=producer leg=1 due=10-06T08:00 gates=pickedUp#1
produced > fr.sealing role=producer leg=1 due=10-06T08:00 gates=pickedUp#1 after=fr.creation
produced > fr.emission#1 role=producer due=10-06T08:00 gates=pickedUp#1 after=fr.creation,fr.sealing signer=producer
produced > fr.take-over#1 role=transporter due=10-06T08:00 gates=pickedUp#1 after=fr.creation,fr.emission#1 signer=transporter
received > fr.arrival role=receiver leg=1 gates=accepted after=fr.creation,fr.take-over#1 signer=receiver
accepted > fr.acceptance role=receiver leg=1 gates=treated after=fr.creation,fr.arrival signer=receiver
treated > fr.processing role=receiver leg=1 after=fr.creation,fr.acceptance signer=receiver`},
		{"within France, two transporters in turns, approved by an officer", func() sluss.Declaration {
			d := frenchInTurns()
			d.Approval = sluss.Officer
			return d
		}(), `
produced > fr.preflight role=producer leg=1 due=10-06T08:00 gates=pickedUp#1
produced > fr.creation role=producer leg=1 due=10-06T08:00 gates=pickedUp#1 signer=officer
produced > fr.sealing role=producer leg=1 due=10-06T08:00 gates=pickedUp#1 after=fr.creation signer=officer
produced > fr.emission#1 role=producer due=10-06T08:00 gates=pickedUp#1 after=fr.creation,fr.sealing signer=producer
produced > fr.take-over#1 role=transporter due=10-06T08:00 gates=pickedUp#1 after=fr.creation,fr.emission#1 signer=transporter
pickedUp#1 > fr.take-over#2 role=transporter due=10-07T08:00 gates=handedOver#2 after=fr.creation,fr.take-over#1 signer=transporter
received > fr.arrival role=receiver leg=1 gates=accepted after=fr.creation,fr.take-over#2 signer=receiver
accepted > fr.acceptance role=receiver leg=1 gates=treated after=fr.creation,fr.arrival signer=receiver
treated > fr.processing role=receiver leg=1 after=fr.creation,fr.acceptance signer=receiver`},
		{"from Sweden through a platform in France, and on in turns", func() sluss.Declaration {
			d := throughPlatform()
			d.Legs = append(d.Legs, frenchInTurns().Legs[1])
			d.Legs[2].Departure = morning(4, 18)
			return d
		}(), `
pickedUp#1 > se.removal role=producer noted=10-06T08:00 due=10-08T23:59
pickedUp#1 > se.transport#1 role=transporter noted=10-06T08:00 due=10-08T23:59 after=se.removal until=10-07T23:59
pickedUp#1 > fr.preflight role=collector leg=2 due=10-08T08:00 gates=handedOver#2
pickedUp#1 > fr.creation role=collector leg=2 due=10-08T08:00 gates=handedOver#2
pickedUp#1 > fr.sealing role=collector leg=2 due=10-08T08:00 gates=handedOver#2 after=fr.creation
pickedUp#1 > fr.emission#2 role=collector due=10-08T08:00 gates=handedOver#2 after=fr.creation,fr.sealing signer=collector
pickedUp#1 > fr.take-over#2 role=transporter due=10-08T08:00 gates=handedOver#2 after=fr.creation,fr.emission#2 signer=transporter
handedOver#2 > fr.take-over#3 role=transporter due=10-08T18:00 gates=handedOver#3 after=fr.creation,fr.take-over#2 signer=transporter
received > fr.arrival role=receiver leg=2 gates=accepted after=fr.creation,fr.take-over#3 signer=receiver
accepted > fr.acceptance role=receiver leg=2 gates=treated after=fr.creation,fr.arrival signer=receiver
treated > fr.processing role=receiver leg=2 after=fr.creation,fr.acceptance signer=receiver`},
		{"from Sweden through a platform in France", throughPlatform(), `
pickedUp#1 > se.removal role=producer noted=10-06T08:00 due=10-08T23:59
pickedUp#1 > se.transport#1 role=transporter noted=10-06T08:00 due=10-08T23:59 after=se.removal until=10-07T23:59
pickedUp#1 > fr.preflight role=collector leg=2 due=10-08T08:00 gates=handedOver#2
pickedUp#1 > fr.creation role=collector leg=2 due=10-08T08:00 gates=handedOver#2
pickedUp#1 > fr.sealing role=collector leg=2 due=10-08T08:00 gates=handedOver#2 after=fr.creation
pickedUp#1 > fr.emission#2 role=collector due=10-08T08:00 gates=handedOver#2 after=fr.creation,fr.sealing signer=collector
pickedUp#1 > fr.take-over#2 role=transporter due=10-08T08:00 gates=handedOver#2 after=fr.creation,fr.emission#2 signer=transporter
received > fr.arrival role=receiver leg=2 gates=accepted after=fr.creation,fr.take-over#2 signer=receiver
accepted > fr.acceptance role=receiver leg=2 gates=treated after=fr.creation,fr.arrival signer=receiver
treated > fr.processing role=receiver leg=2 after=fr.creation,fr.acceptance signer=receiver`},
		{"waste that is not hazardous owes nothing", func() sluss.Declaration {
			d := swedish()
			d.Waste.Code = "160103"
			return d
		}(), ""},
	} {
		events := life(len(test.declaration.Legs))
		var got []string
		for _, o := range Owed(test.declaration, events) {
			got = append(got, line(o))
		}
		if got, want := strings.Join(got, "\n"), strings.TrimSpace(test.want); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", test.name, got, want)
		}
	}
}

// line is an obligation in one line, its times in Stockholm without the year.
func line(o sluss.Obligation) string {
	text := fmt.Sprintf("%s > %s role=%s", o.Event, o.ID, o.Role)
	if o.Leg > 0 && o.ID != sluss.NewObligationID(o.Rule.ID, o.Leg) {
		text += fmt.Sprintf(" leg=%d", o.Leg)
	}
	clock := func(name string, at time.Time) {
		if !at.IsZero() {
			text += " " + name + "=" + at.In(stockholm).Format("01-02T15:04")
		}
	}
	clock("noted", o.NoteBy)
	clock("due", o.Due)
	if o.Gates != "" {
		text += " gates=" + string(o.Gates)
	}
	if len(o.After) > 0 {
		text += " after=" + strings.Join(o.After, ",")
	}
	clock("until", o.AfterUntil)
	if o.Signer != "" {
		text += " signer=" + string(o.Signer)
	}
	return text
}

func TestRefusalIsSignedAndGatesNothing(t *testing.T) {
	events := append(life(1)[:3], happens(sluss.WasteRefused, 0, 5, 15, func(e *sluss.Event) { e.Reason = "water in the oil" }))
	owed := For(french(), events)
	if len(owed) != 1 || line(owed[0]) != "refused > fr.acceptance role=receiver leg=1 after=fr.creation,fr.arrival signer=receiver" {
		t.Errorf("owed %+v", owed)
	}
}

func TestObligationsCarryTheirRuleAndRegistry(t *testing.T) {
	for _, test := range []struct {
		declaration sluss.Declaration
		registries  map[string]string // by country of the rule
	}{
		{norwegianVehicles(), map[string]string{"SE": sluss.Avfallsregistret, "NO": sluss.Autosys}},
		{throughPlatform(), map[string]string{"SE": sluss.Avfallsregistret, "FR": sluss.Trackdechets}},
	} {
		events := life(len(test.declaration.Legs))
		for i := range events {
			for _, o := range For(test.declaration, events[:i+1]) {
				if o.Rule.Statute == "" || o.Rule.Paragraph == "" || o.Rule.Title == "" || o.Registry != test.registries[o.Rule.Country] {
					t.Errorf("%s: registry %q, rule %+v", o.ID, o.Registry, o.Rule)
				}
				if !strings.HasSuffix(o.Rule.ID, "."+string(o.Report)) {
					t.Errorf("%s: note %q of rule %q", o.ID, o.Report, o.Rule.ID)
				}
			}
		}
	}
}

func TestOnlyRulesInForceOblige(t *testing.T) {
	picked := happens(sluss.PickedUp, 1, 2, 8)
	for at, want := range map[time.Time]int{
		time.Date(2020, 10, 31, 23, 59, 59, 0, stockholm): 0,
		time.Date(2020, 11, 1, 0, 0, 0, 0, stockholm):     2,
	} {
		picked.At = at
		if got := For(swedish(), []sluss.Event{happens(sluss.Produced, 0, 1, 9), picked}); len(got) != want {
			t.Errorf("%s: %d obligations, want %d", at, len(got), want)
		}
	}
	// If the first leg was before the registry opened, there is no note to refer to.
	events := []sluss.Event{picked, happens(sluss.HandedOver, 2, 3, 8)}
	events[0].At = time.Date(2020, 10, 30, 8, 0, 0, 0, stockholm)
	if got := For(swedishTwoLegs(), events); len(got) != 1 || got[0].After != nil || !got[0].AfterUntil.IsZero() {
		t.Errorf("owed %+v", got)
	}
	for _, rule := range Rules() {
		if got, ok := InForce(rule.ID, rule.From); !ok || got != rule {
			t.Errorf("%s is not in force on its first day", rule.ID)
		}
		if before, ok := InForce(rule.ID, rule.From.Add(-time.Second)); ok && before.To != rule.From {
			t.Errorf("%s is in force before its first day", rule.ID)
		}
	}
	if _, ok := InForce("xx.none", time.Now()); ok {
		t.Error("a rule that nobody wrote is in force")
	}
}

// A rule that changes has a successor with the same id. Each event is under the
// version that was in force when it happened, however late it is told.
func TestAChangedRuleHoldsFromItsFirstDay(t *testing.T) {
	was := rules
	t.Cleanup(func() { rules = was })
	changes := time.Date(2027, time.January, 1, 0, 0, 0, 0, stockholm)
	rules = slices.Clone(rules)
	i := slices.IndexFunc(rules, func(r rule) bool { return r.ID == reception })
	next := rules[i]
	rules[i].To = changes
	next.From, next.clock, next.keep, next.Title = changes, twoDays, keepTransport, "The receiver notes the reception within two days"
	rules = append(rules, next)

	for _, test := range []struct {
		received string
		law      rule
	}{
		{"2026-12-31T12:00:00+01:00", rules[i]},
		{"2027-01-04T12:00:00+01:00", next},
	} {
		at, err := time.Parse(time.RFC3339, test.received)
		if err != nil {
			t.Fatal(err)
		}
		events := life(1)[:3]
		for i := range events {
			events[i].At = at.Add(time.Duration(i-2) * time.Hour)
		}
		owed := For(swedish(), events)
		noteBy, due := test.law.clock.times(at)
		if len(owed) != 1 || owed[0].Rule != test.law.Rule || !owed[0].NoteBy.Equal(noteBy) || !owed[0].Due.Equal(due) {
			t.Errorf("received %s: owed %+v; want %q, note by %s, due %s", test.received, owed, test.law.Title, noteBy, due)
		}
		if until, _ := Keep(reception, at); !until.Equal(at.AddDate(0, test.law.keep, 0)) {
			t.Errorf("received %s: kept until %s", test.received, until)
		}
	}
}

func TestAcceptedAndRefusedAreOneGate(t *testing.T) {
	for _, test := range []struct {
		gates, event sluss.EventID
		want         bool
	}{
		{"accepted", "accepted", true},
		{"accepted", "refused", true},
		{"accepted", "treated", false},
		{"treated", "refused", false},
		{"pickedUp#1", "pickedUp#1", true},
		{"pickedUp#1", "handedOver#2", false},
		{"", "", false},
		{"", "refused", false},
	} {
		if got := GatedBy(sluss.Obligation{Gates: test.gates}, test.event); got != test.want {
			t.Errorf("gate %q, event %q: %t", test.gates, test.event, got)
		}
	}
}

func TestSwedishClocksHoldAtAnyTime(t *testing.T) {
	sweden := WorkingDays("SE")
	rapid.Check(t, func(t *rapid.T) {
		d := swedishTwoLegs()
		moment := time.Unix(rapid.Int64Range(1_604_300_000, 1_956_528_000).Draw(t, "start"), 0) // after 2 November 2020
		var events []sluss.Event
		for _, e := range life(2) {
			moment = moment.Add(time.Duration(rapid.Int64Range(0, int64(100*time.Hour)).Draw(t, string(e.Kind))))
			e.At = moment
			events = append(events, e)
			for _, o := range For(d, events) {
				if o.Event == sluss.EventID(sluss.WasteAccepted) { // the clock of a reception starts with the reception
					continue
				}
				switch {
				case !o.Due.After(e.At), o.NoteBy.Before(e.At), o.NoteBy.After(o.Due):
					t.Fatalf("%s at %s: note by %s, due %s", o.ID, e.At, o.NoteBy, o.Due)
				case !sweden.works(sweden.noon(o.Due)), o.Due.Format(time.TimeOnly) != "23:59:59":
					t.Fatalf("%s at %s is due %s, not the end of a working day", o.ID, e.At, o.Due)
				case len(o.After) > 0 && (o.AfterUntil.Before(e.At) || !o.AfterUntil.Before(o.Due)):
					t.Fatalf("%s at %s, due %s, waits until %s", o.ID, e.At, o.Due, o.AfterUntil)
				}
			}
		}
	})
}

func TestNothingIsOwedBeforeAnythingHappens(t *testing.T) {
	if got := For(swedish(), nil); got != nil {
		t.Errorf("owed %+v", got)
	}
	for i := range life(1) { // nor do half-written declarations break it
		For(sluss.Declaration{Waste: sluss.Waste{Code: "130205*"}}, life(1)[:i+1])
		For(swedish(), life(3)[:i+1])
	}
}
