package main

import (
	"time"

	"sluss"
	"sluss/service"
)

// script is what the people of the demo do out of the ordinary, by reference.
var script = map[string]struct {
	refused     string            // the receiver refuses the load, for this reason
	refusedPart sluss.Mass        // or this much of it
	reason      string            // for that
	correction  map[string]string // what the officer corrects after a rejection
}{
	"SOLV-2026-0008": {refused: "Chlorinated solvents found on arrival; the load is code 14 06 02*"},
	"SOLV-2026-0009": {refusedPart: 400 * sluss.Kilogram, reason: "One container holds aerosol cans"},
	"VO-2026-0103":   {correction: map[string]string{"legs.0.from.establishment": ""}},
}

var officer = sluss.Person{Name: "Ingrid Falk", Function: "Compliance officer", Organisation: "Mälarens Oljeraffinaderi AB"}

// eventOf is the event as the person on the spot reports it.
func eventOf(d sluss.Declaration, id sluss.EventID) (sluss.Event, error) {
	kind, leg, err := id.Split()
	e := sluss.Event{Kind: kind, Leg: leg, At: time.Now().Truncate(time.Second)}
	if err != nil {
		return e, err
	}
	if d.Reference == lastQuarter {
		e.At = d.Legs[0].Departure.Add(hoursAfter[e.Kind] * time.Hour)
		e.NotedAt = e.At
	}
	part, there := script[d.Reference], d.Receiver
	if e.Leg > 0 { // where a leg ends: at a storage on the way
		there = d.Consignee(e.Leg)
	}
	switch e.Kind {
	case sluss.PickedUp, sluss.HandedOver:
		e.By = personAt(d.Legs[e.Leg-1].Transporter, "Driver")
	case sluss.Received:
		e.Mass, e.By = d.Waste.Mass, personAt(there, "Weighbridge")
	case sluss.WasteAccepted:
		e.RefusedMass, e.Reason, e.By = part.refusedPart, part.reason, personAt(there, "Laboratory")
	case sluss.WasteRefused:
		e.Reason, e.By = part.refused, personAt(there, "Laboratory")
	case sluss.Produced, sluss.Treated, sluss.Cancelled:
		e.By = personAt(d.Receiver, "Operator")
	}
	return e, nil
}

func personAt(p sluss.Party, function string) sluss.Person {
	return sluss.Person{Name: p.Contact.Name, Function: function, Organisation: p.Name}
}

// personOf is the person who signs in a role.
func personOf(d sluss.Declaration, role sluss.Role, shown service.Shown, filing sluss.FilingID) sluss.Person {
	var o sluss.Obligation
	for _, f := range shown.Filings {
		if f.ID == filing {
			o = f.Obligation
		}
	}
	switch role {
	case sluss.Producer:
		return personAt(d.Producer, "Site manager")
	case sluss.Transporter:
		return personAt(d.Legs[max(o.Leg, 1)-1].Transporter, "Driver")
	case sluss.Collector:
		party, _ := d.Obliged(o)
		return personAt(party, "Dispatcher")
	case sluss.Receiver:
		return personAt(d.Receiver, "Reception")
	case sluss.Officer, sluss.Dealer, sluss.Broker, sluss.Treater, sluss.EcoOrganisme:
	}
	return officer
}
