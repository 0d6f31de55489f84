package avfallsregistret_test

import (
	"testing"
	"time"

	"sluss"
)

// yard is a collector, and a treater that sends on what it has treated.
var yard = sluss.Party{
	ID: "5560069618", Country: "SE", Name: "Mälarens Oljeraffinaderi AB",
	Contact: sluss.Contact{Name: "Cecilia Berg", Phone: "021-123456", Email: "cecilia.berg@malaren.example"},
}

// collection is the content of a note on a batch that a collector receives.
func collection(d sluss.Declaration) sluss.Submission {
	d.Receiver.Role = sluss.Collector
	return filing(d, sluss.Obligation{
		ID: "se.collection", Report: sluss.ReportCollection, Role: sluss.Collector, Event: sluss.EventID(sluss.Received), ReportBy: evening.AddDate(0, 0, 2),
	}, nil)
}

// onward is the content of a note on a batch that a collector or treater sends on.
func onward(d sluss.Declaration, note sluss.ReportKind, role sluss.Role) sluss.Submission {
	sender := yard
	sender.Role = role
	d.Legs[0].Consignor = &sender
	return filing(d, sluss.Obligation{
		ID: sluss.ObligationID("se." + string(note)), Report: note, Role: role, Leg: 1, Event: sluss.Departure(1), ReportBy: d.Legs[0].Departure,
	}, nil)
}

func deal(d sluss.Declaration) sluss.Submission {
	trader := yard
	trader.Role = sluss.Broker
	d.Deals = []sluss.Deal{{Trader: trader, From: d.Producer, To: d.Receiver, At: d.Legs[0].Departure.Add(-48 * time.Hour)}}
	return filing(d, sluss.Obligation{ID: "se.deal#1", Report: sluss.ReportDeal, Role: sluss.Broker, Deal: 1, Event: sluss.EventID(sluss.Produced)}, nil)
}

func mass(kg float64) *sluss.Mass {
	m := sluss.Mass(kg * float64(sluss.Kilogram))
	return &m
}

// treatment is the content of a result of the quarter before the samples'.
func treatment(d sluss.Declaration) sluss.Submission {
	s := filing(d, sluss.Obligation{ID: "se.treatment", Report: sluss.ReportTreatment, Role: sluss.Receiver, Event: sluss.EventID(sluss.Received)}, nil)
	s.Content.Result = &sluss.Result{
		Quarter: sluss.Quarter{Year: 2026, Number: 3}, Treater: yard, Site: d.Legs[len(d.Legs)-1].To,
		Code: d.Waste.Code, Mass: 12_500_500,
		Methods: []sluss.Method{{Operation: "R9"}, {Operation: "R3", Sub: "A"}},
		Yield:   sluss.Yield{NonHazardous: mass(500.5), Product: mass(11_000)},
	}
	return s
}

// everyNote has a submission of each of the eight kinds of notes, made from the
// sample.
func everyNote(t *testing.T) map[sluss.ReportKind]sluss.Submission {
	t.Helper()
	fresh := func() sluss.Declaration { return example(t, "se-waste-oil") }
	return map[sluss.ReportKind]sluss.Submission{
		sluss.ReportRemoval:             removal(fresh()),
		sluss.ReportTransport:           carriage(fresh(), 1, nil),
		sluss.ReportCollection:          collection(fresh()),
		sluss.ReportCollectionTransport: onward(fresh(), sluss.ReportCollectionTransport, sluss.Collector),
		sluss.ReportDeal:                deal(fresh()),
		sluss.ReportReception:           reception(fresh(), nil),
		sluss.ReportTreatment:           treatment(fresh()),
		sluss.ReportForwarding:          onward(fresh(), sluss.ReportForwarding, sluss.Treater),
	}
}
