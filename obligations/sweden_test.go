package obligations

import (
	"strings"
	"testing"
	"time"

	"sluss"
)

// collected is what a collector receives in Stockholm.
func collected() sluss.Declaration {
	d := swedish()
	d.Legs[0].To = stockholmPlace()
	d.Receiver = carrier2()
	d.Receiver.Role = sluss.Collector
	d.Treatment.Operation = "R13"
	return d
}

// sentOn is what the collector, or the treater, sends on of that.
func sentOn(role sluss.Role) sluss.Declaration {
	d := swedish()
	holder := carrier2()
	holder.Role = role
	d.Reference, d.Legs[0].Consignor = "VO-2", &holder
	d.Predecessors = []sluss.Predecessor{{Reference: "VO-0", Mass: 250 * sluss.Kilogram}, {Reference: "VO-1", Mass: 1_000 * sluss.Kilogram}}
	return d
}

// ofHouseholds is their waste on its way from one kind of site to another.
func ofHouseholds(from, to sluss.Site) sluss.Declaration {
	d := swedish()
	d.Origin, d.Producer = sluss.Household, sluss.Party{Country: "SE", Name: "Hushåll i Stockholm"}
	d.Legs[0].Municipal = true
	d.Legs[0].From = sluss.Place{Country: "SE", Municipality: "0180", Site: from}
	d.Legs[0].To.Site = to
	if to != "" {
		d.Receiver.Role, d.Treatment.Operation = sluss.Collector, "R13"
	}
	return d
}

// fromRecyclingCentre is what a municipality sends on of households' waste.
func fromRecyclingCentre() sluss.Declaration {
	d := ofHouseholds(sluss.RecyclingCentre, "")
	centre := company("2120000142", "SE", "Staden")
	centre.Role = sluss.Collector
	d.Legs[0].Consignor = &centre
	d.Legs[0].From.Address, d.Legs[0].From.Postcode = "Kajen 1", "11120"
	return d
}

func traded(role sluss.Role) sluss.Declaration {
	d := swedish()
	trader := company("2021003898", "SE", "Handlaren")
	trader.Role = role
	d.Deals = []sluss.Deal{{Trader: trader, From: plant(), To: treater(), At: morning(1, 8)}}
	return d
}

// The obligations of the other roles of ch. 6, in the format of TestObligationsOfChains.
func TestSwedishRoles(t *testing.T) {
	transported := `pickedUp#1 > se.transport#1 role=transporter noted=10-06T08:00 due=10-08T23:59`
	for _, test := range []struct {
		name        string
		declaration sluss.Declaration
		want        string
	}{
		{"to a collector, § 3 p. 1", collected(), `
pickedUp#1 > se.removal role=producer noted=10-06T08:00 due=10-08T23:59
pickedUp#1 > se.transport#1 role=transporter noted=10-06T08:00 due=10-08T23:59 after=se.removal until=10-07T23:59
accepted > se.collection role=collector noted=10-13T23:59 due=10-15T23:59 after=se.transport#1 until=10-14T23:59`},
		{"to a collector that fetches it", func() sluss.Declaration {
			d := collected()
			d.Legs[0].Transporter = carrier2()
			return d
		}(), `
pickedUp#1 > se.removal role=producer noted=10-06T08:00 due=10-08T23:59
accepted > se.collection role=collector noted=10-13T23:59 due=10-15T23:59 after=se.removal until=10-14T23:59`},
		{"to a treater that fetches it, who notes the transport too", func() sluss.Declaration {
			d := swedish()
			d.Legs[0].Transporter = treater()
			return d
		}(), `
pickedUp#1 > se.removal role=producer noted=10-06T08:00 due=10-08T23:59
pickedUp#1 > se.transport#1 role=transporter noted=10-06T08:00 due=10-08T23:59 after=se.removal until=10-07T23:59
accepted > se.reception role=receiver noted=10-13T23:59 due=10-15T23:59 after=se.transport#1 until=10-14T23:59`},
		{"on from a collector, § 3 p. 2, naming the largest of two batches", sentOn(sluss.Collector), `
pickedUp#1 > se.collection-transport role=collector leg=1 noted=10-06T08:00 due=10-08T23:59 after=filing/default/VO-1/se.collection until=10-07T23:59
` + transported + ` after=se.collection-transport until=10-07T23:59
accepted > se.reception role=receiver noted=10-13T23:59 due=10-15T23:59 after=se.transport#1 until=10-14T23:59`},
		{"on from a collector that carries it, with an id of another company's", func() sluss.Declaration {
			d := sentOn(sluss.Collector)
			d.Legs[0].Transporter = carrier2()
			d.Predecessors = []sluss.Predecessor{{Receipt: "072f294c-9e70-4cf6-b6a3-139922067ddc", Mass: sluss.Tonne}}
			return d
		}(), `
pickedUp#1 > se.collection-transport role=collector leg=1 noted=10-06T08:00 due=10-08T23:59
accepted > se.reception role=receiver noted=10-13T23:59 due=10-15T23:59 after=se.collection-transport until=10-14T23:59`},
		{"one of several parts of a split batch", func() sluss.Declaration {
			d := sentOn(sluss.Collector)
			d.Tenant, d.Predecessor, d.Predecessors = "north", "VO-1", nil
			return d
		}(), `
pickedUp#1 > se.collection-transport role=collector leg=1 noted=10-06T08:00 due=10-08T23:59 after=filing/north/VO-1/se.collection until=10-07T23:59
` + transported + ` after=se.collection-transport until=10-07T23:59
accepted > se.reception role=receiver noted=10-13T23:59 due=10-15T23:59 after=se.transport#1 until=10-14T23:59`},
		{"on from a treater, § 5 p. 3", sentOn(sluss.Treater), `
pickedUp#1 > se.forwarding role=treater leg=1 noted=10-06T08:00 due=10-08T23:59 after=filing/default/VO-1/se.reception until=10-07T23:59
` + transported + ` after=se.forwarding until=10-07T23:59
accepted > se.reception role=receiver noted=10-13T23:59 due=10-15T23:59 after=se.transport#1 until=10-14T23:59`},
		{"on from the treater that produced it: § 1", func() sluss.Declaration {
			d := sentOn(sluss.Treater)
			d.Producer = carrier2()
			return d
		}(), `
pickedUp#1 > se.removal role=producer noted=10-06T08:00 due=10-08T23:59
` + transported + ` after=se.removal until=10-07T23:59
accepted > se.reception role=receiver noted=10-13T23:59 due=10-15T23:59 after=se.transport#1 until=10-14T23:59`},
		{"a broker's deal, § 4", traded(sluss.Broker), `
produced > se.deal#1 role=broker noted=10-07T23:59 due=10-09T23:59
pickedUp#1 > se.removal role=producer noted=10-06T08:00 due=10-08T23:59
` + transported + ` after=se.removal until=10-07T23:59
accepted > se.reception role=receiver noted=10-13T23:59 due=10-15T23:59 after=se.transport#1 until=10-14T23:59`},
		{"a dealer that carries it notes that only", func() sluss.Declaration {
			d := traded(sluss.Dealer)
			d.Deals[0].Trader.ID = carrier().ID
			return d
		}(), `
pickedUp#1 > se.removal role=producer noted=10-06T08:00 due=10-08T23:59
` + transported + ` after=se.removal until=10-07T23:59
accepted > se.reception role=receiver noted=10-13T23:59 due=10-15T23:59 after=se.transport#1 until=10-14T23:59`},
		{"households, to a recycling centre: §§ 22, 24", ofHouseholds(sluss.Unmanned, sluss.RecyclingCentre), ""},
		{"households, to a recycling centre, carried for nobody", func() sluss.Declaration {
			d := ofHouseholds(sluss.Mobile, sluss.RecyclingCentre)
			d.Legs[0].Municipal = false
			return d
		}(), transported},
		{"households, from their property straight to a treater: § 23", ofHouseholds(sluss.Property, ""), `
received > se.transport#1 role=transporter leg=1 noted=10-11T23:59 due=10-13T23:59
accepted > se.reception role=receiver noted=10-13T23:59 due=10-15T23:59 after=se.transport#1 until=10-14T23:59`},
		{"households, by way of a recycling centre", fromRecyclingCentre(), `
pickedUp#1 > se.collection-transport role=collector leg=1 noted=10-06T08:00 due=10-08T23:59
` + transported + ` after=se.collection-transport until=10-07T23:59
accepted > se.reception role=receiver noted=10-13T23:59 due=10-15T23:59 after=se.transport#1 until=10-14T23:59`},
		{"unknown origin", func() sluss.Declaration {
			d := ofHouseholds(sluss.Property, "")
			d.Origin = sluss.UnknownOrigin
			return d
		}(), transported + `
accepted > se.reception role=receiver noted=10-13T23:59 due=10-15T23:59 after=se.transport#1 until=10-14T23:59`},
	} {
		if faults := Validate(test.declaration); faults != nil {
			t.Errorf("%s: %v", test.name, faults)
		}
		events := life(len(test.declaration.Legs))
		var got []string
		for _, o := range Owed(test.declaration, events) {
			got = append(got, line(o))
			if party, path := test.declaration.Obliged(o); party.Name == "" || path == "" || party.Contact.Phone == "" {
				t.Errorf("%s: %s is the duty of %q at %q, whom the registry may not ask", test.name, o.ID, party.Name, path)
			}
		}
		if got, want := strings.Join(got, "\n"), strings.TrimSpace(test.want); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", test.name, got, want)
		}
	}
}

// Deadlines of the Swedish rules worked out by hand: by the day of the event, when it
// must be noted and reported.
func TestWorkedSwedishDeadlines(t *testing.T) {
	for _, test := range []struct {
		id                sluss.ObligationID
		event, noted, due string
	}{
		{"se.removal", "2026-10-01", "", "2026-10-05"},
		{"se.transport#1", "2026-10-01", "", "2026-10-05"},
		{"se.removal", "2026-10-03", "", "2026-10-06"},
		{"se.removal", "2026-04-01", "", "2026-04-07"},
		{"se.removal", "2026-04-30", "", "2026-05-05"},
		{"se.collection-transport", "2026-06-17", "", "2026-06-22"},
		{"se.forwarding", "2026-12-22", "", "2026-12-28"},
		{"se.transport#1", "2026-12-23", "", "2026-12-28"},
		{"se.transport#1", "2026-12-30", "", "2027-01-04"},
		{"se.collection", "2026-04-01", "2026-04-07", "2026-04-09"},
		{"se.reception", "2026-04-01", "2026-04-07", "2026-04-09"},
		{"se.deal#1", "2026-04-01", "2026-04-07", "2026-04-09"},
		{"se.collection", "2026-12-22", "2026-12-28", "2026-12-29"}, // the eve counts in the four, though not as the last of two
		// § 23: two days, not working days, and no Saturday or eve moves them.
		{"se.household", "2026-10-01", "2026-10-03", "2026-10-06"},
		{"se.household", "2026-12-22", "2026-12-24", "2026-12-29"},
		{"se.household", "2026-04-01", "2026-04-03", "2026-04-08"},
	} {
		day, _ := time.ParseInLocation(time.DateOnly, test.event, stockholm)
		at := day.Add(10 * time.Hour)
		d, kind, id := swedish(), sluss.PickedUp, test.id
		switch id {
		case "se.collection-transport":
			d = sentOn(sluss.Collector)
		case "se.forwarding":
			d = sentOn(sluss.Treater)
		case "se.collection":
			d, kind = collected(), sluss.Received
		case "se.reception":
			kind = sluss.Received
		case "se.household":
			d, kind, id = ofHouseholds(sluss.Property, ""), sluss.Received, "se.transport#1"
		case "se.deal#1":
			d, kind = traded(sluss.Dealer), sluss.Produced
			d.Deals[0].At = at
		}
		var owed []sluss.Obligation
		for events := life(1); len(events) > 0; events = events[:len(events)-1] {
			if events[len(events)-1].Kind == kind {
				for i := range events {
					events[i].At = at
				}
				owed = For(d, events)
				break
			}
		}
		found := false
		for _, o := range owed {
			if o.ID != id {
				continue
			}
			found = true
			if !isEndOf(o.Due, test.due) || test.noted != "" && !isEndOf(o.NoteBy, test.noted) || test.noted == "" && !o.NoteBy.Equal(at) {
				t.Errorf("%s of %s (%s): noted by %s, due %s; want %q, %s", id, test.event, o.Rule.Paragraph, o.NoteBy, o.Due, test.noted, test.due)
			}
		}
		if !found {
			t.Errorf("%s of %s is not owed: %v", id, test.event, owed)
		}
	}
}

func TestHouseholdsExceptionsBeginInDecember2020(t *testing.T) {
	d := ofHouseholds(sluss.Unmanned, sluss.RecyclingCentre)
	for at, want := range map[time.Time]int{
		time.Date(2020, 11, 30, 23, 59, 59, 0, stockholm): 1,
		time.Date(2020, 12, 1, 0, 0, 0, 0, stockholm):     0,
	} {
		events := life(1)[:2]
		events[1].At = at
		if got := For(d, events); len(got) != want {
			t.Errorf("at %s: %v", at, got)
		}
	}
	// A transporter that left before the change has made its note, and does not make another.
	straight := ofHouseholds(sluss.Property, "")
	events := life(1)[:3]
	events[1].At, events[2].At = time.Date(2020, 11, 30, 9, 0, 0, 0, stockholm), time.Date(2020, 12, 2, 9, 0, 0, 0, stockholm)
	if got := For(straight, events); len(got) != 1 || got[0].ID != "se.reception" || got[0].After[0] != "se.transport#1" {
		t.Errorf("after it: %v", got)
	}
}

func TestNotesAreKept(t *testing.T) {
	noted := time.Date(2026, 10, 6, 8, 0, 0, 0, stockholm)
	for _, rule := range Rules() {
		until, paragraph := Keep(rule.ID, noted)
		want := time.Time{}
		switch rule.ID {
		case "se.transport", "se.household.transport":
			want = time.Date(2027, 10, 6, 8, 0, 0, 0, stockholm)
		case "se.removal", "se.collection", "se.collection-transport", "se.deal", "se.reception", "se.treatment", "se.forwarding", "se.refusal":
			want = time.Date(2029, 10, 6, 8, 0, 0, 0, stockholm)
		}
		if !until.Equal(want) || (paragraph == "") != want.IsZero() {
			t.Errorf("%s: until %s by %q, want %s", rule.ID, until, paragraph, want)
		}
	}
}
