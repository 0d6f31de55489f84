package autosys

import "cmp"

// technicalData is tekniskeData. All twelve members are in every real answer, some of them nearly empty.
func (r *Registry) technicalData(v Vehicle) object {
	return object{
		"akslinger":   object{"akselGruppe": []object{}},
		"bremser":     object{"tilhengerBremseforbindelse": []string{}},
		"dekkOgFelg":  object{"akselDekkOgFelgKombinasjon": []object{}},
		"dimensjoner": object{},
		"generelt":    general(v),
		"karosseriOgLasteplan": with(object{
			"antallDorer": []int{}, "dorUtforming": []string{}, "rFarge": []object{},
			"plasseringFabrikasjonsplate": []object{}, "plasseringUnderstellsnummer": []object{},
		}, "godkjentADR", v.BodyADR),
		"miljodata":          object{"miljoOgdrivstoffGruppe": []object{}},
		"motorOgDrivverk":    r.drive(v),
		"ovrigeTekniskeData": []object{},
		"persontall":         object{},
		"tilhengerkopling":   object{"kopling": []object{}},
		"vekter":             weights(v),
	}
}

func general(v Vehicle) object {
	o := object{"fabrikant": []object{}, "handelsbetegnelse": []string{}, "merke": []object{}}
	if v.Make != "" {
		o["merke"] = []object{{"merke": v.Make, "merkeKode": "0000"}}
	}
	if v.Model != "" {
		o["handelsbetegnelse"] = []string{v.Model}
	}
	if v.Category != "" {
		o["tekniskKode"] = code(v.Category, "")
	}
	return o
}

// drive has one motor with every fuel, as a hybrid has.
func (r *Registry) drive(v Vehicle) object {
	motors := []object{}
	fuels := []object{}
	for _, fuel := range v.Fuels {
		fuels = append(fuels, object{"drivstoffKode": code(fuel, fuelText[fuel]), "maksNettoEffekt": decimal(65)})
	}
	if r.options.Drift && len(fuels) > 0 {
		fuels = append(fuels, object{"drivstoffKode": code("97", "Nytt drivstoff")})
	}
	if len(fuels) > 0 {
		motors = append(motors, object{"drivstoff": fuels})
	}
	o := object{
		"girutvekslingPrGir": []object{}, "maksimumHastighet": []int{}, "maksimumHastighetMalt": []int{},
		"motor": motors,
	}
	if len(v.Fuels) > 0 {
		o["hybridKategori"] = code(cmp.Or(v.Hybrid, "INGEN"), "")
		o["utelukkendeElektriskDrift"] = len(v.Fuels) == 1 && v.Fuels[0] == "5"
	}
	return o
}

var fuelText = map[string]string{"1": "Bensin", "2": "Diesel", "5": "Elektrisk", "6": "Hydrogen"}

func weights(v Vehicle) object {
	o := object{"vogntogvektAvhBremsesystem": []object{}}
	with(o, "egenvekt", v.KerbKg)
	with(o, "egenvektMinimum", v.KerbKg)
	with(o, "tillattTotalvekt", v.TotalKg)
	with(o, "tillattTilhengervektMedBrems", v.BrakedTrailerKg)
	if v.PayloadKg != nil {
		o["nyttelast"] = *v.PayloadKg
	}
	if v.TrainKg != nil {
		o["tillattVogntogvekt"] = *v.TrainKg
	}
	return o
}
