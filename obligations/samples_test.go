package obligations

import (
	"time"

	"sluss"
)

// The companies of the samples. All are test numbers or public bodies.
func company(id, country, name string) sluss.Party {
	phones := map[string]string{"SE": "+46 8 123 45 67", "FR": "0102030405", "NO": "+47 22 12 34 56"}
	return sluss.Party{
		ID: id, Country: country, Name: name,
		Contact: sluss.Contact{Name: "Anna Ek", Phone: phones[country], Email: "anna@example.com"},
	}
}

func plant() sluss.Party    { return company("5560000167", "SE", "Verkstaden AB") }
func carrier() sluss.Party  { return company("5560065087", "SE", "Åkeriet AB") }
func carrier2() sluss.Party { return company("5560069618", "SE", "Frakt & Co") }
func treater() sluss.Party  { return company("2021004748", "SE", "Behandlingen") }

func garage() sluss.Party  { return company("00000000000017", "FR", "Garage Dupont") }
func haulier() sluss.Party { return company("00000000000025", "FR", "Transports Martin") }
func railway() sluss.Party { return company("00000000000058", "FR", "Fret du Nord") }
func platform() sluss.Party {
	p := company("00000000000033", "FR", "Plateforme Nord")
	p.VAT = "FR83404833048"
	return p
}

func refinery() sluss.Party {
	p := company("00000000000041", "FR", "Régénération SA")
	p.VAT = "FR61954506077"
	return p
}

func stockholmPlace() sluss.Place {
	return sluss.Place{Country: "SE", Municipality: "0180", Address: "Kajen 1", Postcode: "11120"}
}

func kumlaPlace() sluss.Place {
	return sluss.Place{Country: "SE", Municipality: "1881", Establishment: "12345678"}
}
func frenchPlace(city string) sluss.Place { return sluss.Place{Country: "FR", City: city} }

func oil() sluss.Waste {
	return sluss.Waste{
		Code: "130205*", Name: "Used engine oil", Mass: 1_250 * sluss.Kilogram, Consistence: sluss.Liquid,
		Packagings: []sluss.Packaging{{Kind: sluss.Drum, Count: 6}},
	}
}

// morning is a time of day in the week of Monday 5 October 2026, in CEST.
func morning(day, hour int) time.Time { return time.Date(2026, 10, 4+day, hour, 0, 0, 0, stockholm) }

func lorry(country, plate string) sluss.Vehicle {
	return sluss.Vehicle{Country: country, Plate: plate, Kind: sluss.Lorry}
}

func swedish() sluss.Declaration {
	return sluss.Declaration{
		Reference: "VO-1", Waste: oil(), Producer: plant(), Receiver: treater(), Treatment: sluss.Treatment{Operation: "R9"},
		Legs: []sluss.Leg{{
			Transporter: carrier(), Mode: sluss.Road, Departure: morning(2, 8), From: stockholmPlace(), To: kumlaPlace(),
			Vehicles: []sluss.Vehicle{lorry("SE", "ABC123")},
		}},
	}
}

func swedishTwoLegs() sluss.Declaration {
	d := swedish()
	d.Approval = sluss.Officer
	d.Legs[0].To = stockholmPlace()
	d.Legs = append(d.Legs, sluss.Leg{Transporter: carrier2(), Mode: sluss.Rail, Departure: morning(3, 8), From: stockholmPlace(), To: kumlaPlace()})
	return d
}

func norwegianVehicles() sluss.Declaration {
	d := swedish()
	d.Legs[0].Transporter = company("974760673", "NO", "Transport AS")
	d.Legs[0].Transporter.VAT = "NO974760673MVA"
	d.Legs[0].Vehicles = []sluss.Vehicle{lorry("NO", "AB 12345"), {Country: "NO", Plate: "CD1234", Kind: sluss.Trailer}}
	return d
}

func french() sluss.Declaration {
	return sluss.Declaration{
		Reference: "FR-1", Waste: oil(), Producer: garage(), Receiver: refinery(),
		Treatment: sluss.Treatment{Operation: "R9", Mode: "recycling", Acceptance: "CAP-1"},
		Legs: []sluss.Leg{{
			Transporter: haulier(), Mode: sluss.Road, Departure: morning(2, 8), From: frenchPlace("Lille"), To: frenchPlace("Rouen"),
			Vehicles: []sluss.Vehicle{lorry("FR", "AB-123-CD")},
		}},
	}
}

// frenchInTurns goes by road to a terminal, and from there by rail.
func frenchInTurns() sluss.Declaration {
	d := french()
	d.Reference, d.Legs[0].To = "FR-2", frenchPlace("Amiens")
	d.Legs = append(d.Legs, sluss.Leg{
		Transporter: railway(), Mode: sluss.Rail, Departure: morning(3, 8), From: frenchPlace("Amiens"), To: frenchPlace("Rouen"),
	})
	return d
}

// throughPlatform goes from Sweden to a collector's platform in France, and on
// from there.
func throughPlatform() sluss.Declaration {
	d := french()
	d.Reference, d.Producer = "SE-FR-1", plant()
	collector := platform()
	d.Legs[0].Consignor, d.Legs[0].Departure = &collector, morning(4, 8)
	d.Legs = append([]sluss.Leg{{
		Transporter: carrier(), Mode: sluss.Road, Departure: morning(2, 8), From: stockholmPlace(), To: frenchPlace("Lille"),
		Vehicles: []sluss.Vehicle{lorry("SE", "ABC123")},
	}}, d.Legs...)
	return d
}

// happens is an event of the samples: as planned on the day, or with more.
func happens(kind sluss.EventKind, leg, day, hour int, more ...func(*sluss.Event)) sluss.Event {
	e := sluss.Event{Kind: kind, Leg: leg, At: morning(day, hour), By: sluss.Person{Name: "Bo Ek"}}
	for _, add := range more {
		add(&e)
	}
	return e
}

func kilograms(n sluss.Mass) func(*sluss.Event) {
	return func(e *sluss.Event) { e.Mass = n * sluss.Kilogram }
}

func life(legs int) []sluss.Event {
	events := []sluss.Event{happens(sluss.Produced, 0, 1, 9), happens(sluss.PickedUp, 1, 2, 8)}
	for leg := 2; leg <= legs; leg++ {
		events = append(events, happens(sluss.HandedOver, leg, leg+1, 8))
	}
	return append(events,
		happens(sluss.Received, 0, 5, 14, kilograms(1_240)), happens(sluss.WasteAccepted, 0, 5, 15), happens(sluss.Treated, 0, 9, 10))
}
