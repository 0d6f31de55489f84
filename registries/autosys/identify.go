package autosys

import (
	"fmt"
	"slices"

	"sluss"
	"sluss/registries/numbers"
)

const (
	readCard   = "check the vehicle by its registration card"
	readPapers = "check the vehicle by its papers"
)

// identify is the vehicle that was meant; false if there is none to judge.
func (fs *findings) identify(load Load, checked Checked) (known, bool) {
	source, parameter := "plate", byPlate
	if asksByChassis(checked.Vehicle) {
		source, parameter = "vin", byChassis
	}
	field := fmt.Sprintf("legs.%d.vehicles.%d.%s", load.Leg-1, checked.Position, source)
	switch answer := checked.Answer.(type) {
	case Found:
		if answer.Misread != "" {
			fs.add(unreadable, sluss.Reason{Code: answer.Misread, Field: field, Message: "the registry writes this field otherwise than it has published, so it could not be read", Remedy: readPapers})
		}
		if answer.Message != "" {
			fs.add(unclear, sluss.Reason{Code: "feilmelding", Field: field, Message: "the registry gives a message beside the data of the vehicle", Original: answer.Message, Remedy: readPapers})
		}
		vehicle, problem, reason := choose(answer.Vehicles, checked.Vehicle)
		if problem == "" {
			return known{Vehicle: vehicle, kind: checked.Vehicle.Kind, field: field, position: checked.Position}, true
		}
		reason.Field, reason.Remedy = field, readCard
		fs.add(problem, reason)
	case NotFound:
		reason := sluss.Reason{
			Code: "kjoretoydataListe", Field: field, Message: "the registry has no such vehicle",
			Remedy: "correct it, or take another vehicle; if it is a personal plate, give the ordinary plate or the chassis number",
		}
		if answer.Status == 404 {
			reason.Remedy += "; if all vehicles are unknown, have the operator check base_url (status 404)"
		}
		fs.add(unknownVehicle, reason)
	case BadRequest:
		fs.add(notAPlate, sluss.Reason{
			Code: parameter, Field: field, Message: "the registry does not accept this as a plate or chassis number",
			Remedy: "give a plate of 2 to 7, or a chassis number of up to 19 letters and digits",
		})
	case Withheld:
		fs.add(withheldData, sluss.Reason{
			Code: "feilmelding", Field: field, Message: "the registry does not give out data about this vehicle, or does not know it", Original: answer.Code,
			Remedy: "correct it if it is mistyped; otherwise check the vehicle by its papers",
		})
	case Unclear:
		fs.add(unclear, sluss.Reason{
			Code: "feilmelding", Field: field, Message: "the registry's answer about this vehicle says nothing that is known", Original: answer.Code,
			Remedy: "ask again with the decision again; if the answer stays so, check the vehicle by its papers",
		})
	default:
		fs.add(unanswered, sluss.Reason{Code: "kjoretoydataListe", Field: field, Message: "the registry has not answered about this vehicle", Remedy: "ask again, or check the vehicle by its papers"})
	}
	return known{}, false
}

// choose is the hit that was asked for. If there is none, or more than one, it gives the concern and its reason.
func choose(hits []Vehicle, asked sluss.Vehicle) (Vehicle, Concern, sluss.Reason) {
	reason := sluss.Reason{Code: "kjennemerke.kjennemerke"}
	if asksByChassis(asked) {
		hits = slices.DeleteFunc(slices.Clone(hits), func(v Vehicle) bool { return v.ID.Chassis != "" && bare(v.ID.Chassis) != bare(asked.VIN) })
		reason.Code = "kjoretoyId.understellsnummer"
	} else {
		hits = named(hits, bare(asked.Plate))
	}
	switch {
	case len(hits) == 0:
		reason.Message = "the registry answered with a different vehicle from the one asked for"
		return Vehicle{}, otherVehicle, reason
	case len(hits) > 1:
		reason.Message = fmt.Sprintf("the registry has %d vehicles under this number", len(hits))
		return Vehicle{}, severalHits, reason
	case asked.Plate != "" && asked.VIN != "" && hits[0].ID.Chassis != "" && bare(hits[0].ID.Chassis) != bare(asked.VIN):
		reason.Code = "kjoretoyId.understellsnummer"
		reason.Message = "the chassis number in the registry differs from the one in the declaration"
		return Vehicle{}, otherVehicle, reason
	}
	return hits[0], "", sluss.Reason{}
}

// named are the hits with the plate. If any of them have it as their ordinary plate, only those are returned.
func named(hits []Vehicle, plate string) []Vehicle {
	var ordinary, others []Vehicle
	for _, v := range hits {
		bears := func(category string) bool {
			return slices.ContainsFunc(v.Plates, func(e PlateEntry) bool {
				return bare(e.Plate) == plate && (category == "" || e.Category == category)
			})
		}
		switch {
		case bears("KJORETOY"):
			ordinary = append(ordinary, v)
		case bears("") || bare(v.ID.Plate) == plate || v.ID.Plate == "" && len(v.Plates) == 0:
			others = append(others, v)
		}
	}
	if len(ordinary) > 0 {
		return ordinary
	}
	return others
}

// bare is a plate or chassis number as the registry accepts it; empty if it cannot be one.
func bare(written string) string {
	text, err := numbers.NorwegianVehicle(written)
	if err != nil {
		return ""
	}
	return text
}
