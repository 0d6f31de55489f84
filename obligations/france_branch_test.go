package obligations

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"sluss"
)

// storedFor is a French batch that ends at a plant that only stores it.
func storedFor() sluss.Declaration {
	d := french()
	d.Treatment = sluss.Treatment{Operation: "R13", Acceptance: "CAP-1", Next: &sluss.NextDestination{Company: platform(), Operation: "R9"}}
	d.Treatment.Next.Company.Address = "3 quai de la Garonne, 76600 Le Havre"
	return d
}

// grouped is a French batch of what came in two others.
func grouped() sluss.Declaration {
	d := french()
	d.Reference, d.Producer = "GR-1", platform()
	d.Predecessors = []sluss.Predecessor{
		{Reference: "FR-1", Mass: 1_000 * sluss.Kilogram},
		{Reference: "FR-2", Mass: 250 * sluss.Kilogram},
	}
	return d
}

// fromHousehold is a French batch of a private individual.
func fromHousehold() sluss.Declaration {
	d := french()
	d.Origin, d.Producer = sluss.Household, sluss.Party{Country: "FR", Name: "Mme Durand", Address: "4 rue Haute, 59000 Lille"}
	return d
}

// fromShip is a French batch of a foreign ship.
func fromShip() sluss.Declaration {
	d := fromHousehold()
	d.Origin, d.Producer = sluss.ForeignShip, company("OMI9074729", "PA", "MV Pacific Star")
	d.Producer.Address, d.Producer.Contact.Phone = "Quai 7, 76600 Le Havre", "+33 1 02 03 04 05"
	return d
}

// brokered is a French batch with all parties on its BSDD that never hold the waste.
func brokered() sluss.Declaration {
	d := french()
	trader, broker := company("00000000000074", "FR", "Négoce SA"), company("00000000000082", "FR", "Courtage SA")
	trader.Role, broker.Role = sluss.Dealer, sluss.Broker
	d.Deals = []sluss.Deal{{Trader: trader, From: garage(), To: refinery(), At: morning(1, 8)}, {Trader: broker, From: garage(), To: refinery(), At: morning(1, 9)}}
	organisme := sluss.Party{ID: "00000000000090", Country: "FR", Name: "Éco-huiles", Role: sluss.EcoOrganisme}
	d.Intermediaries = []sluss.Party{company("00000000000108", "FR", "Conseil SARL"), organisme}
	return d
}

// onPaper is a French batch whose BSDD was signed on paper.
func onPaper() sluss.Declaration {
	d := french()
	d.Paper = true
	return d
}

// aRound is a French batch that a haulier collects from two producers.
func aRound() sluss.Declaration {
	d := french()
	d.Producer = haulier()
	for _, mass := range []sluss.Mass{1_000 * sluss.Kilogram, 250 * sluss.Kilogram} {
		d.Pickups = append(d.Pickups, sluss.Pickup{Producer: garage(), Mass: mass, Packagings: []sluss.Packaging{{Kind: sluss.Drum, Count: 3}}})
	}
	return d
}

func TestObligationsOfBranches(t *testing.T) {
	for name, test := range map[string]struct {
		declaration sluss.Declaration
		want        string
	}{
		"a group names the treatments of its batches": {grouped(), `
produced > fr.preflight role=producer leg=1 due=10-06T08:00 gates=pickedUp#1
produced > fr.creation role=producer leg=1 due=10-06T08:00 gates=pickedUp#1 after=filing/default/FR-1/fr.processing,filing/default/FR-2/fr.processing
produced > fr.sealing role=producer leg=1 due=10-06T08:00 gates=pickedUp#1 after=fr.creation,filing/default/FR-1/fr.processing,filing/default/FR-2/fr.processing
produced > fr.emission#1 role=producer due=10-06T08:00 gates=pickedUp#1 after=fr.creation,fr.sealing,filing/default/FR-1/fr.processing,filing/default/FR-2/fr.processing signer=producer
produced > fr.take-over#1 role=transporter due=10-06T08:00 gates=pickedUp#1 after=fr.creation,fr.emission#1 signer=transporter
received > fr.arrival role=receiver leg=1 gates=accepted after=fr.creation,fr.take-over#1 signer=receiver
accepted > fr.acceptance role=receiver leg=1 gates=treated after=fr.creation,fr.arrival signer=receiver
treated > fr.processing role=receiver leg=1 after=fr.creation,fr.acceptance signer=receiver`},
		"who regroups sends it off, and a BSDD is named by its number": {func() sluss.Declaration {
			d := grouped()
			c := platform()
			d.Producer, d.Legs[0].Consignor = garage(), &c
			d.Predecessors[1] = sluss.Predecessor{Receipt: "BSD-20261001-ABCDEFGHJ", Mass: 250 * sluss.Kilogram}
			return d
		}(), `
produced > fr.preflight role=collector leg=1 due=10-06T08:00 gates=pickedUp#1
produced > fr.creation role=collector leg=1 due=10-06T08:00 gates=pickedUp#1 after=filing/default/FR-1/fr.processing
produced > fr.sealing role=collector leg=1 due=10-06T08:00 gates=pickedUp#1 after=fr.creation,filing/default/FR-1/fr.processing
produced > fr.emission#1 role=collector due=10-06T08:00 gates=pickedUp#1 after=fr.creation,fr.sealing,filing/default/FR-1/fr.processing signer=collector
produced > fr.take-over#1 role=transporter due=10-06T08:00 gates=pickedUp#1 after=fr.creation,fr.emission#1 signer=transporter
received > fr.arrival role=receiver leg=1 gates=accepted after=fr.creation,fr.take-over#1 signer=receiver
accepted > fr.acceptance role=receiver leg=1 gates=treated after=fr.creation,fr.arrival signer=receiver
treated > fr.processing role=receiver leg=1 after=fr.creation,fr.acceptance signer=receiver`},
		"the registry signs for a private individual": {fromHousehold(), `
produced > fr.preflight role=transporter leg=1 due=10-06T08:00 gates=pickedUp#1
produced > fr.creation role=transporter leg=1 due=10-06T08:00 gates=pickedUp#1
produced > fr.sealing role=transporter leg=1 due=10-06T08:00 gates=pickedUp#1 after=fr.creation
produced > fr.take-over#1 role=transporter due=10-06T08:00 gates=pickedUp#1 after=fr.creation,fr.sealing signer=transporter
received > fr.arrival role=receiver leg=1 gates=accepted after=fr.creation,fr.take-over#1 signer=receiver
accepted > fr.acceptance role=receiver leg=1 gates=treated after=fr.creation,fr.arrival signer=receiver
treated > fr.processing role=receiver leg=1 after=fr.creation,fr.acceptance signer=receiver`},
		"the parts of a round are signed one by one": {aRound(), `
produced > fr.preflight role=producer leg=1 due=10-06T08:00 gates=pickedUp#1
produced > fr.creation role=producer leg=1 due=10-06T08:00 gates=pickedUp#1
produced > fr.sealing role=producer leg=1 due=10-06T08:00 gates=pickedUp#1 after=fr.creation
produced > fr.pickup#1 role=producer due=10-06T08:00 gates=pickedUp#1 after=fr.creation,fr.sealing
produced > fr.pickup#2 role=producer leg=1 due=10-06T08:00 gates=pickedUp#1 after=fr.creation,fr.sealing
produced > fr.gathering#2 role=producer leg=1 due=10-06T08:00 gates=pickedUp#1 after=fr.creation,fr.sealing,fr.pickup#1,fr.pickup#2
produced > fr.emission#1 role=producer gates=received after=fr.creation,fr.pickup#1,fr.gathering#2 signer=producer
produced > fr.take-over#1 role=transporter gates=received after=fr.creation,fr.pickup#1,fr.emission#1 signer=transporter
produced > fr.emission#2 role=producer leg=1 gates=received after=fr.creation,fr.pickup#2,fr.gathering#2 signer=producer
produced > fr.take-over#2 role=transporter leg=1 gates=received after=fr.creation,fr.pickup#2,fr.emission#2 signer=transporter
received > fr.arrival role=receiver leg=1 gates=accepted after=fr.creation,fr.take-over#1,fr.take-over#2 signer=receiver
accepted > fr.acceptance role=receiver leg=1 gates=treated after=fr.creation,fr.arrival signer=receiver
treated > fr.processing role=receiver leg=1 after=fr.creation,fr.acceptance signer=receiver`},
		"on paper, all is told at the end": {onPaper(), `treated > fr.processing role=receiver leg=1 signer=receiver`},
	} {
		if faults := Validate(test.declaration); faults != nil {
			t.Errorf("%s: %v", name, faults)
		}
		events := life(len(test.declaration.Legs))
		var got []string
		for i := range events {
			for _, o := range For(test.declaration, events[:i+1]) {
				got = append(got, line(o))
			}
		}
		if got, want := strings.Join(got, "\n"), strings.TrimSpace(test.want); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestFaultsOfBranches(t *testing.T) {
	type change func(*sluss.Declaration)
	foreign := func(d *sluss.Declaration) {
		next := company("DE123456789", "DE", "Entsorgung GmbH")
		next.Address, next.Contact.Phone = "Hafenstraße 1, Hamburg", "+49 40 123456"
		d.Treatment.Next.Company, d.Treatment.Next.Notification = next, "FR 2026 001234"
	}
	for _, test := range []struct {
		sample func() sluss.Declaration
		change change
		want   []string // beginnings of the faults, one each, in their order
	}{
		{storedFor, func(*sluss.Declaration) {}, nil},
		{storedFor, foreign, nil},
		{storedFor, func(d *sluss.Declaration) {
			d.Treatment.NoTraceability, d.Treatment.Next.Company = true, sluss.Party{}
		}, nil},
		{swedish, func(d *sluss.Declaration) { d.Treatment.Next = storedFor().Treatment.Next }, []string{"treatment.next: only a BSDD has a next destination"}},
		{swedish, func(d *sluss.Declaration) { d.Treatment.NoTraceability = true }, []string{"treatment.next: only a BSDD has a next destination"}},

		{grouped, func(d *sluss.Declaration) { d.Predecessors[1].Mass = 0 }, []string{"predecessors.1.mass: the mass must be more than 0"}},
		{grouped, func(d *sluss.Declaration) {
			one := sluss.Predecessor{Receipt: "BSD-20261001-ABCDEFGHJ", Mass: 1}
			d.Predecessors = append(d.Predecessors, one, one)
		}, []string{"predecessors.3.receipt: BSD-20261001-ABCDEFGHJ is listed twice"}},

		{fromHousehold, func(*sluss.Declaration) {}, nil},
		{fromShip, func(*sluss.Declaration) {}, nil},
		{brokered, func(*sluss.Declaration) {}, nil},
		{fromHousehold, func(d *sluss.Declaration) { d.Producer.ID = garage().ID }, []string{"producer.id: waste with an origin has no company"}},
		{fromHousehold, func(d *sluss.Declaration) { d.Origin = sluss.UnknownOrigin }, []string{"origin: this origin is supported only if the first leg starts in Sweden"}},
		{fromShip, func(d *sluss.Declaration) { d.Producer.ID = "IMO9074729" }, []string{"producer.id: is not the number of a ship"}},
		{fromShip, func(d *sluss.Declaration) { c := garage(); d.Legs[0].Consignor = &c }, []string{"origin: waste of a foreign ship is supported only"}},
		{swedish, func(d *sluss.Declaration) { d.Origin, d.Producer.ID = sluss.ForeignShip, "OMI9074729" }, []string{"origin: waste of a foreign ship is supported only"}},
		{brokered, func(d *sluss.Declaration) { d.Intermediaries[0].Role = sluss.Broker }, []string{`intermediaries.0.role: "broker" is not a role of this party`}},
		{aRound, func(*sluss.Declaration) {}, nil},
		{aRound, func(d *sluss.Declaration) { d.Pickups[0].Mass = 0 }, []string{"pickups.0.mass: the mass must be more than 0", "waste.mass: is 1250 kg, but the pickups add up to 250 kg"}},
		{aRound, func(d *sluss.Declaration) { d.Pickups[1].Packagings[0].Count = 0 }, []string{"pickups.1.packagings.0.count: there must be at least one"}},
		{swedish, func(d *sluss.Declaration) { d.Pickups = aRound().Pickups }, []string{"pickups: collection rounds exist only in France"}},
		{onPaper, func(*sluss.Declaration) {}, nil},
		{swedish, func(d *sluss.Declaration) { d.Paper = true }, []string{"paper: only a BSDD can be on paper"}},
		{swedish, func(d *sluss.Declaration) { d.Intermediaries = brokered().Intermediaries[1:] }, []string{"intermediaries.0: only a BSDD names"}},
	} {
		d := test.sample()
		test.change(&d)
		faults := Validate(d)
		matches := len(faults) == len(test.want)
		for i := range min(len(faults), len(test.want)) {
			matches = matches && strings.HasPrefix(faults[i].String(), test.want[i])
		}
		if !matches {
			t.Errorf("want %q, got %v", test.want, faults)
		}
	}
}

func TestTreatmentsOfBranches(t *testing.T) {
	events := life(1)[:4]
	treated := func(operation string, untraced bool) sluss.Event {
		return happens(sluss.Treated, 0, 9, 10, func(e *sluss.Event) { e.Operation, e.NoTraceability = operation, untraced })
	}
	for _, test := range []struct {
		name string
		d    sluss.Declaration
		next sluss.Event
		want string // beginning of the only fault
	}{
		{"as planned", storedFor(), treated("", false), ""},
		{"and its trace ends", storedFor(), treated("", true), ""},
		{"as another storage", storedFor(), treated("D15", false), ""},
		{"as planned, in a final way", french(), treated("R9", false), ""},
		{"a round", aRound(), treated("", false), ""},
		{"no trace in Sweden", swedish(), treated("", true), "no_traceability: only a BSDD"},
	} {
		err := Check(test.d, events, test.next)
		faults, _ := errors.AsType[sluss.Faults](err)
		if (test.want == "") != (err == nil) || test.want != "" && (len(faults) != 1 || !strings.HasPrefix(faults[0].String(), test.want)) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

func TestWhoOwesTheStepsOfARound(t *testing.T) {
	if owed := For(aRound(), life(1)[:3]); len(owed) != 1 || owed[0].Report != sluss.ReportArrival {
		t.Errorf("owed %+v", owed)
	}
	d := aRound()
	d.Intermediaries = []sluss.Party{{ID: "00000000000090", Country: "FR", Name: "Éco-huiles", Role: sluss.EcoOrganisme}}
	for _, o := range For(d, life(1)[:1]) {
		if o.Report == sluss.ReportEmission {
			t.Errorf("%s is owed, though an éco-organisme answers for the producers", o.ID)
		}
		if party, path := aRound().Obliged(o); o.Report == sluss.ReportTakeOver && path != "legs.0.transporter" {
			t.Errorf("%s is %s's", o.ID, party.Name)
		}
	}
}

func TestWarningsOfBranches(t *testing.T) {
	abroad := brokered()
	abroad.Deals[0].Trader.Country, abroad.Deals[0].Trader.ID = "DE", "DE123456789"
	single := french()
	single.Predecessor = "FR-0"
	for name, test := range map[string]struct {
		d    sluss.Declaration
		want []string
	}{
		"a group names all of its batches": {grouped(), nil},
		"everybody is named":               {brokered(), nil},
		"a trader abroad is told nowhere":  {abroad, []string{"deals.0.trader"}},
		"one without a mass is not named":  {single, []string{"predecessor"}},
	} {
		var fields []string
		for _, w := range Warn(test.d, nil) {
			fields = append(fields, w.Field)
		}
		if !slices.Equal(fields, test.want) {
			t.Errorf("%s: %v", name, fields)
		}
	}
}
