package obligations

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sluss"
)

func TestSamplesAreValid(t *testing.T) {
	for name, d := range map[string]sluss.Declaration{
		"within Sweden": swedish(), "two transporters": swedishTwoLegs(), "Norwegian vehicles": norwegianVehicles(),
		"within France": french(), "within France in turns": frenchInTurns(), "from Sweden through a platform in France": throughPlatform(),
		"to Norway": func() sluss.Declaration {
			d := swedish()
			d.Legs[0].To = sluss.Place{Country: "NO"}
			d.Receiver = company("974760673", "NO", "Mottaket AS")
			d.Receiver.VAT = "NO974760673MVA"
			return d
		}(),
		"to Germany": func() sluss.Declaration {
			d := swedish()
			d.Legs[0].To = sluss.Place{Country: "DE"}
			d.Receiver = company("DE123456789", "DE", "Entsorgung GmbH")
			return d
		}(),
		"a position, and everything optional": func() sluss.Declaration {
			d := swedish()
			d.Tenant, d.Predecessor, d.Approval = "north", "VO-0", sluss.Officer
			d.Waste.UN, d.Waste.Estimated = "UN 3082 ENVIRONMENTALLY HAZARDOUS SUBSTANCE", true
			d.Legs[0].From = sluss.Place{Country: "SE", Municipality: "0180", Position: &sluss.Position{Northing: 6_580_822, Easting: 674_032, Description: "quay 4"}}
			return d
		}(),
	} {
		if faults := Validate(d); faults != nil {
			t.Errorf("%s: %v", name, faults)
		}
	}
}

func TestFaultsOfDeclarations(t *testing.T) {
	type change func(*sluss.Declaration)
	for _, test := range []struct {
		sample func() sluss.Declaration
		change change
		want   string // field: problem, of the only fault
	}{
		// Names.
		{swedish, func(d *sluss.Declaration) { d.Reference = "VO 1" }, `reference: "VO 1" is not a valid reference`},
		{swedish, func(d *sluss.Declaration) { d.Reference = "" }, `reference: "" is not a valid reference`},
		{swedish, func(d *sluss.Declaration) { d.Tenant = "å" }, `tenant: "å" is not a valid tenant`},
		{swedish, func(d *sluss.Declaration) { d.Predecessor = "/" }, `predecessor: "/" is not a valid reference`},
		{swedish, func(d *sluss.Declaration) { d.Predecessor = d.Reference }, `predecessor: a batch cannot continue itself`},
		{swedish, func(d *sluss.Declaration) { d.Approval = "boss" }, `approval: "boss" is not a role that approves`},

		// Waste.
		{swedish, func(d *sluss.Declaration) { d.Waste.Code = "13 02 05*" }, `waste.code: "13 02 05*" is not a code`},
		{swedish, func(d *sluss.Declaration) { d.Waste.Code = "139999*" }, `waste.code: the European list of waste has no code 139999 on 2026-10-06`},
		{swedish, func(d *sluss.Declaration) { d.Waste.Code = "130205" }, `waste.code: 130205 is hazardous waste (write 130205*)`},
		{swedish, func(d *sluss.Declaration) { d.Waste.Code = "160103*" }, `waste.code: 160103 is not hazardous waste`},
		{swedish, func(d *sluss.Declaration) { d.Waste.Code = "160607*" }, `waste.code: the European list of waste has no code 160607 on 2026-10-06`},
		{swedish, func(d *sluss.Declaration) { d.Waste.Code, d.Legs[0].Departure = "160604", change2026 }, `waste.code: 160604 is hazardous waste (write 160604*)`},
		{swedish, func(d *sluss.Declaration) { d.Waste.Code, d.Legs[0].Departure = "200133*", change2026 }, `waste.code: the European list of waste has no code 200133 on 2026-12-09`},
		{swedish, func(d *sluss.Declaration) { d.Waste.Mass = 0 }, `waste.mass: the mass must be more than 0`},
		{swedish, func(d *sluss.Declaration) { d.Waste.Mass = -1 }, `waste.mass: the mass must be more than 0`},
		{swedish, func(d *sluss.Declaration) { d.Waste.Consistence = "wet" }, `waste.consistence: there is no consistence "wet"`},
		{swedish, func(d *sluss.Declaration) { d.Waste.UN = "UN 0000, WASTE" }, `waste.un: "UN 0000, WASTE" does not begin with a UN number`},
		{swedish, func(d *sluss.Declaration) { d.Legs[0].Vehicles[0].VIN = "???" }, `legs.0.vehicles.0.vin: is not a chassis number`},
		{swedish, func(d *sluss.Declaration) { d.Legs[0].Vehicles[0].Country = "XX" }, `legs.0.vehicles.0.country: "XX" is not the code of a country`},
		{swedish, func(d *sluss.Declaration) { d.Waste.UN = "3082" }, `waste.un: "3082" does not begin with a UN number`},
		{swedish, func(d *sluss.Declaration) { d.Waste.Packagings[0].Kind = "bag" }, `waste.packagings.0.kind: there is no packaging "bag"`},
		{swedish, func(d *sluss.Declaration) { d.Waste.Packagings[0].Count = 0 }, `waste.packagings.0.count: there must be at least one`},
		{swedish, func(d *sluss.Declaration) { d.Waste.Packagings[0].Kind = sluss.OtherPackaging }, `waste.packagings.0.other: the kind of the container is missing`},

		// Parties.
		{swedish, func(d *sluss.Declaration) { d.Producer.Name = "" }, `producer.name: the party has no name`},
		{swedish, func(d *sluss.Declaration) { d.Producer.ID = "556000-0167" }, `producer.id: is not a number of a company in SE in plain form (write it as 5560000167)`},
		{swedish, func(d *sluss.Declaration) { d.Producer.ID = "0000000000" }, `producer.id: is not a number of a company in SE: is nothing but zeros`},
		{swedish, func(d *sluss.Declaration) { d.Producer.ID = "5,56E+09" }, `producer.id: is not a number of a company in SE: a spreadsheet has rounded it and lost its last digits (give the ten digits`},
		{swedish, func(d *sluss.Declaration) { d.Producer.ID = "5560000168" }, `producer.id: is not a number of a company in SE`},
		{norwegianVehicles, func(d *sluss.Declaration) { d.Legs[0].Transporter.ID = "974760674" }, `legs.0.transporter.id: is not a number of a company in NO`},
		{french, func(d *sluss.Declaration) { d.Receiver.ID = "12345678901234" }, `receiver.id: is not a number of a company in FR`},
		{french, func(d *sluss.Declaration) { d.Receiver.ID = "00000000000000" }, `receiver.id: is not a number of a company in FR`},
		{french, func(d *sluss.Declaration) {
			d.Legs[0].Transporter = company("123", "DE", "Spedition")
			d.Legs[0].Transporter.Contact.Phone = "1"
		}, `legs.0.transporter.id: is not a number of a company in DE (give the VAT number`},
		{swedish, func(d *sluss.Declaration) { d.Receiver.Country = "Sweden" }, `receiver.country: "Sweden" is not the code of a country`},
		{norwegianVehicles, func(d *sluss.Declaration) { d.Legs[0].Transporter.VAT = "974760673" }, `legs.0.transporter.vat: is not a VAT number`},

		// Contacts.
		{swedish, func(d *sluss.Declaration) { d.Receiver.Contact.Email = "anna" }, `receiver.contact.email: is not an e-mail address`},

		// Places.
		{swedish, func(d *sluss.Declaration) { d.Legs[0].From.Country = "se" }, `legs.0.from.country: "se" is not the code of a country`},
		{swedish, func(d *sluss.Declaration) { d.Legs[0].From.Municipality = "" }, `legs.0.from.municipality: there is no municipality`},
		{swedish, func(d *sluss.Declaration) { d.Legs[0].From.Municipality = "0181 " }, `legs.0.from.municipality: there is no municipality "0181 "`},
		{swedish, func(d *sluss.Declaration) { d.Legs[0].From.Municipality = "0199" }, `legs.0.from.municipality: there is no municipality "0199"`},
		{swedish, func(d *sluss.Declaration) { d.Legs[0].To.Establishment = "" }, `legs.0.to.address: the place within the municipality is missing`},
		{swedish, func(d *sluss.Declaration) { d.Legs[0].To.Establishment = "123" }, `legs.0.to.establishment: is not a CFAR number`},
		{swedish, func(d *sluss.Declaration) {
			d.Legs[0].From.Position = &sluss.Position{Northing: 674_032, Easting: 674_032}
		}, `legs.0.from.position.northing: 674032 is not in Sweden`},
		{swedish, func(d *sluss.Declaration) {
			d.Legs[0].From.Position = &sluss.Position{Northing: 6_580_822, Easting: 6_580_822}
		}, `legs.0.from.position.easting: 6580822 is not in Sweden`},

		// Legs.
		{swedish, func(d *sluss.Declaration) { d.Legs[0].Mode = "bicycle" }, `legs.0.mode: there is no mode of transport "bicycle"`},
		{swedish, func(d *sluss.Declaration) { d.Legs[0].Departure = time.Time{} }, `legs.0.departure: there is no departure`},
		{swedishTwoLegs, func(d *sluss.Declaration) { d.Legs[1].Departure = morning(1, 1) }, `legs.1.departure: the leg departs before the one before it`},
		{swedish, func(d *sluss.Declaration) {
			for len(d.Legs) < 10 {
				d.Legs = append(d.Legs, d.Legs[0])
			}
		}, `legs: there are 10 legs`},
		{french, func(d *sluss.Declaration) {
			d.Legs = append(d.Legs, sluss.Leg{Transporter: railway(), Mode: sluss.Rail, Departure: morning(3, 1), From: frenchPlace("Rouen"), To: sluss.Place{Country: "BE"}})
		}, `legs.0: a leg within France after which the waste leaves France again is not yet supported`},

		// Vehicles.
		{swedish, func(d *sluss.Declaration) { d.Legs[0].Vehicles[0].Plate = " " }, `legs.0.vehicles.0.plate: the vehicle has neither plate nor chassis number`},
		{swedish, func(d *sluss.Declaration) { d.Legs[0].Vehicles[0].Country = "" }, `legs.0.vehicles.0.country: "" is not the code of a country`},
		{swedish, func(d *sluss.Declaration) { d.Legs[0].Vehicles[0].Kind = "van" }, `legs.0.vehicles.0.kind: there is no kind of vehicle "van"`},
		{norwegianVehicles, func(d *sluss.Declaration) { d.Legs[0].Vehicles[1].Plate = "ABCD12345" }, `legs.0.vehicles.1.plate: is not a Norwegian plate`},
		{norwegianVehicles, func(d *sluss.Declaration) { d.Legs[0].Vehicles[1].VIN = "ÆØÅ" }, `legs.0.vehicles.1.vin: is not a chassis number`},

		// Text.
		{french, func(d *sluss.Declaration) { d.Producer.Name = "Ateliers du\u200bRhône" }, `producer.name: U+200B at offset 11 is an invisible character`},
		{french, func(d *sluss.Declaration) { d.Waste.Name = "Solvants\xe9" }, `waste.name: byte 0xE9 at offset 8 is not UTF-8`},
		{french, func(d *sluss.Declaration) { d.Receiver.Address = "8 quai\n69190 Saint-Fons" }, `receiver.address: U+000A at offset 6 breaks the line`},

		// Treatment.
		{swedish, func(d *sluss.Declaration) { d.Treatment.Operation = "R 9" }, `treatment.operation: there is no operation "R 9"`},
		{swedish, func(d *sluss.Declaration) { d.Treatment.Operation = "D16" }, `treatment.operation: there is no operation "D16"`},
	} {
		d := test.sample()
		test.change(&d)
		switch faults := Validate(d); {
		case len(faults) != 1:
			t.Errorf("want only %q, got %d: %v", test.want, len(faults), faults)
		case !strings.HasPrefix(faults[0].String(), test.want):
			t.Errorf("got %q, want %q", faults[0], test.want)
		case faults[0].Remedy == "":
			t.Errorf("%q has no remedy", faults[0])
		}
	}
}

var change2026 = time.Date(2026, 12, 9, 0, 0, 0, 0, stockholm)

func TestAllFaultsAreToldAtOnceAndEmptyInputIsNoTrouble(t *testing.T) {
	fields := map[string]bool{}
	for _, fault := range Validate(sluss.Declaration{Legs: make([]sluss.Leg, 1)}) {
		fields[fault.Field] = true
	}
	for _, want := range []string{
		"reference", "waste.code", "waste.mass", "producer.name", "producer.country", "legs.0.transporter.name", "legs.0.mode", "legs.0.departure",
		"legs.0.from.country", "legs.0.to.country", "receiver.name", "treatment.operation",
	} {
		if !fields[want] {
			t.Errorf("%s is empty and nobody says so; said: %v", want, fields)
		}
	}
	if faults := Validate(sluss.Declaration{}); !strings.Contains(faults.Error(), "legs: the batch has no leg") {
		t.Errorf("no legs: %v", faults)
	}
}

func TestFaultsKeepPersonsOut(t *testing.T) {
	d := norwegianVehicles()
	d.Producer.ID, d.Producer.Contact = "6408233235", sluss.Contact{Name: "Nomen1 Nescio", Phone: "phone-secret", Email: "mail-secret"}
	d.Legs[0].Vehicles[0].Plate, d.Legs[0].Vehicles[1].VIN = "PLATE-SECRET", "ÆSECRET"
	text := fmt.Sprint(Validate(d).Err())
	for _, secret := range []string{"6408233235", "Nescio", "secret", "SECRET"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is in: %s", secret, text)
		}
	}
}

func TestCheckDigits(t *testing.T) {
	for _, test := range []struct {
		id, country string
		want        bool
	}{
		{"5560000167", "SE", true},
		{"5560065087", "SE", true},
		{"2021003898", "SE", true},
		{"5560000176", "SE", false},
		{"165560000167", "SE", false},
		{"974760673", "NO", true},
		{"974760637", "NO", false},
		{"97476067", "NO", false},
		{"11111111192062", "FR", true},
		{"35600000000048", "FR", true}, // La Poste's seat
		{"35600000049837", "FR", true}, // one of its offices: the digits sum to 45
		{"35600000049838", "FR", false},
		{"00000000000012", "FR", true}, // the sandbox's test companies
		{"00000000000000", "FR", false},
		{"73282932000074", "FR", true},
		{"73282932000075", "FR", false},
		{"732829320", "FR", false},
		{"DE123456789", "DE", true},
		{"123456789", "DE", false},
	} {
		var f faults
		f.id("id", sluss.Party{ID: test.id, Country: test.country})
		if got := len(f) == 0; got != test.want {
			t.Errorf("%s in %s: valid is %t", test.id, test.country, got)
		}
	}
}
