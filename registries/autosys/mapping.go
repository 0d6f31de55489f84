package autosys

import (
	"slices"
	"strings"

	"sluss"
)

// query asks for one vehicle. The parameter is the registry's, and is all of the query that is kept in the ledger
// beside the answer.
type query struct{ parameter, value string }

const (
	byPlate   = "kjennemerke"
	byChassis = "understellsnummer"
)

// asking is a Norwegian vehicle of a leg and the query for it, or what makes that impossible.
type asking struct {
	position int
	vehicle  sluss.Vehicle
	query    query
	problem  error
}

func (a asking) checked(answer Answer) Checked {
	return Checked{Position: a.position, Vehicle: a.vehicle, Answer: answer}
}

// norwegian are the vehicles of the obligation's leg that the registry can know, in order. A vehicle is asked for by
// its plate, and by its chassis number only where it has none.
func norwegian(content sluss.Content) (vehicles []asking) {
	if serves(content) != nil {
		return nil
	}
	for i, v := range content.Declaration.Legs[content.Obligation.Leg-1].Vehicles {
		if v.Country != "NO" {
			continue
		}
		a := asking{position: i, vehicle: v}
		if asksByChassis(v) {
			chassis, err := ParseChassis(v.VIN)
			a.query, a.problem = query{byChassis, string(chassis)}, err
		} else {
			plate, err := ParsePlate(v.Plate)
			a.query, a.problem = query{byPlate, string(plate)}, err
		}
		vehicles = append(vehicles, a)
	}
	return vehicles
}

func asksByChassis(v sluss.Vehicle) bool { return strings.TrimSpace(v.Plate) == "" && v.VIN != "" }

// queryOf reads what a person wrote. Its error is sluss.Faults, and does not tell what was written.
func queryOf(plateOrVIN string) (query, error) {
	if plate, err := ParsePlate(plateOrVIN); err == nil {
		return query{byPlate, string(plate)}, nil
	}
	chassis, err := ParseChassis(plateOrVIN)
	if err != nil {
		return query{}, sluss.Faults{{
			Field: "vehicle", Problem: "it is neither a plate nor a chassis number: " + err.Error(),
			Remedy: "give a plate of 2 to 7, or a chassis number of up to 19 letters and digits",
		}}
	}
	return query{byChassis, string(chassis)}, nil
}

// load is what the vehicles of the obligation's leg have to carry.
func load(content sluss.Content) Load {
	d, number := content.Declaration, content.Obligation.Leg
	leg := d.Legs[number-1]
	tank := slices.ContainsFunc(d.Waste.Packagings, func(p sluss.Packaging) bool { return p.Kind == sluss.Tank })
	others := 0
	for _, v := range leg.Vehicles {
		if v.Country != "NO" {
			others++
		}
	}
	return Load{
		Leg: number, Mass: d.Waste.Mass, DangerousInTank: tank && d.Waste.UN != "", UN: d.Waste.UN, Foreign: others,
		None:   content.Obligation.Rule.ID == sluss.RuleEndOfLife,
		Abroad: leg.From.Country != "NO" || leg.To.Country != "NO",
	}
}
