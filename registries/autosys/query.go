package autosys

import (
	"fmt"
	"slices"
	"strings"

	"sluss"
	"sluss/registries/numbers"
)

// query asks for one vehicle. The parameter is the registry's. The ledger keeps only the parameter beside the answer.
type query struct{ parameter, value string }

const (
	byPlate   = "kjennemerke"
	byChassis = "understellsnummer"
)

// asking is a Norwegian vehicle of a leg and the query for it, or the problem that makes a query impossible.
type asking struct {
	position int
	vehicle  sluss.Vehicle
	query    query
	problem  error
}

func (a asking) checked(answer Answer) Checked {
	return Checked{Position: a.position, Vehicle: a.vehicle, Answer: answer}
}

// norwegian returns the vehicles of the obligation's leg that the registry can know, in order. A vehicle is asked for
// by its plate, or by its chassis number if it has no plate.
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
			a.query.parameter = byChassis
			a.query.value, a.problem = numbers.NorwegianChassis(v.VIN)
		} else {
			a.query.parameter = byPlate
			a.query.value, a.problem = numbers.NorwegianPlate(v.Plate)
		}
		vehicles = append(vehicles, a)
	}
	return vehicles
}

func asksByChassis(v sluss.Vehicle) bool { return strings.TrimSpace(v.Plate) == "" && v.VIN != "" }

// load is what the vehicles of the obligation's leg have to carry, with the other batches
// that go on them.
func load(s sluss.Submission) Load {
	content := s.Content
	d, number := content.Declaration, content.Obligation.Leg
	leg := d.Legs[number-1]
	tank := slices.ContainsFunc(d.Waste.Packagings, func(p sluss.Packaging) bool { return p.Kind == sluss.Tank })
	others := 0
	for _, v := range leg.Vehicles {
		if v.Country != "NO" {
			others++
		}
	}
	carried := Load{
		Leg: number, Mass: d.Waste.Mass, DangerousInTank: tank && d.Waste.UN != "", UN: d.Waste.UN, Foreign: others,
		None:   content.Obligation.Rule.ID == sluss.RuleEndOfLife,
		Abroad: leg.From.Country != "NO" || leg.To.Country != "NO",
	}
	tenant, _, _ := d.ID().Split() // of a look-up without a batch there is nothing beside it
	for _, other := range s.Beside {
		carried.Mass += other.Mass
		if of, _, err := other.Batch.Split(); err == nil && of == tenant {
			carried.With = append(carried.With, other.Batch)
		} else {
			carried.Others++
		}
	}
	return carried
}

// weight is the load in a text: its mass, and of which batches it is.
func (l Load) weight() string {
	if len(l.With)+l.Others == 0 {
		return l.Mass.String()
	}
	var with []string
	for _, batch := range l.With {
		with = append(with, batch.Name())
	}
	if l.Others > 0 {
		with = append(with, fmt.Sprintf("%d of others", l.Others))
	}
	return fmt.Sprintf("%s (with %s, which go on the same vehicle at about the same time)", l.Mass, strings.Join(with, ", "))
}
