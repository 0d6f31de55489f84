package autosys_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/registries/autosys"
)

const (
	payload   = "godkjenning.tekniskGodkjenning.tekniskeData.vekter.nyttelast"
	train     = "godkjenning.tekniskGodkjenning.tekniskeData.vekter.tillattVogntogvekt"
	category  = "godkjenning.tekniskGodkjenning.kjoretoyklassifisering.tekniskKode"
	approvals = "godkjenning.tilleggsgodkjenninger"
	tankData  = approvals + ".tilleggsgodkjenningSpesifikkeData.adrGodkjenning.adrTankTekniskeData."

	trainRoad        = train + "Veg"
	total            = "godkjenning.tekniskGodkjenning.tekniskeData.vekter.tillattTotalvekt"
	trailerLimit     = "godkjenning.tekniskGodkjenning.tekniskeData.vekter.tillattTilhengervektMedBrems"
	semitrailerLimit = "godkjenning.tekniskGodkjenning.tekniskeData.vekter.tekniskTillattVektSemitilhenger"
)

// truck is a lorry that may carry 14,000 kg, 12,000 kg itself, in trains of 50,000 kg, with everything in order.
func truck(changes ...func(*autosys.Vehicle)) autosys.Vehicle {
	v := autosys.Vehicle{
		ID:           autosys.VehicleID{Plate: "AB 12345", Chassis: "CHASSIS1"},
		Plates:       []autosys.PlateEntry{{Plate: "AB 12345", Category: "KJORETOY"}},
		Registration: autosys.Registration{Status: autosys.Code{Value: autosys.StatusRegistered}},
		Inspection:   autosys.Inspection{Due: "2026-11-23"},
	}
	v.Approval.Technical.Classification.Category.Value = "N3"
	v.Approval.Technical.Data.Weights = autosys.Weights{Kerb: new(autosys.Kg(12_000)), Payload: new(autosys.Kg(14_000)), Train: new(autosys.Kg(50_000))}
	v.Approval.Additional = []autosys.AdditionalApproval{adr("2026-01-01", "2026-11-23")}
	for _, change := range changes {
		change(&v)
	}
	return v
}

// semi is a trailer that may carry 30,000 kg, 8,000 kg itself.
func semi(changes ...func(*autosys.Vehicle)) autosys.Vehicle {
	return truck(append([]func(*autosys.Vehicle){func(v *autosys.Vehicle) {
		v.ID, v.Plates = autosys.VehicleID{Plate: "AB 1234", Chassis: "CHASSIS2"}, nil
		v.Approval.Technical.Classification.Category.Value = "O4"
		v.Approval.Technical.Data.Weights = autosys.Weights{Kerb: new(autosys.Kg(8_000)), Payload: new(autosys.Kg(30_000))}
	}}, changes...)...)
}

func adr(from, to autosys.Date) autosys.AdditionalApproval {
	return autosys.AdditionalApproval{From: from, To: to, Specific: autosys.SpecificApproval{ADR: &autosys.ADRApproval{Types: []string{"FL"}}}}
}

func withADR(all ...autosys.AdditionalApproval) func(*autosys.Vehicle) {
	return func(v *autosys.Vehicle) { v.Approval.Additional = all }
}

func withCategory(value string) func(*autosys.Vehicle) {
	return func(v *autosys.Vehicle) { v.Approval.Technical.Classification.Category.Value = value }
}

func withStatus(value string) func(*autosys.Vehicle) {
	return func(v *autosys.Vehicle) { v.Registration.Status.Value = value }
}

func registered(from, to autosys.Moment) func(*autosys.Vehicle) {
	return func(v *autosys.Vehicle) { v.Registration.From, v.Registration.To = from, to }
}

func plated(from, to autosys.Moment) func(*autosys.Vehicle) {
	return func(v *autosys.Vehicle) { v.Plates[0].From, v.Plates[0].To = from, to }
}

func withWeights(w autosys.Weights) func(*autosys.Vehicle) {
	return func(v *autosys.Vehicle) { v.Approval.Technical.Data.Weights = w }
}

func weighing(change func(*autosys.Weights)) func(*autosys.Vehicle) {
	return func(v *autosys.Vehicle) { change(&v.Approval.Technical.Data.Weights) }
}

func towing(limit autosys.Kg) func(*autosys.Vehicle) {
	return weighing(func(w *autosys.Weights) { w.BrakedTrailer = &limit })
}

func withTank(tank autosys.Tank) func(*autosys.Vehicle) {
	approval := adr("2026-01-01", "2026-12-31")
	approval.Specific.ADR.Tank = &tank
	return withADR(approval)
}

// fleet is the lorry and, if there is a second, the trailer, each the only hit for its plate.
func fleet(vehicles ...autosys.Vehicle) []autosys.Checked {
	declared := []sluss.Vehicle{lorry("AB12345"), pulled("AB1234")}
	var checked []autosys.Checked
	for i, v := range vehicles {
		checked = append(checked, autosys.Checked{Position: i, Vehicle: declared[i], Answer: autosys.Found{Vehicles: []autosys.Vehicle{v}}})
	}
	return checked
}

func TestClear(t *testing.T) {
	const (
		first  = "legs.1.vehicles.0.plate "
		second = "legs.1.vehicles.1.plate "
		mass   = "waste.mass "
	)
	packed := autosys.Load{Leg: 2, Mass: 10_000 * sluss.Kilogram}
	tank := autosys.Load{Leg: 2, Mass: 10_000 * sluss.Kilogram, DangerousInTank: true, Abroad: true}
	of := func(kilograms sluss.Mass) autosys.Load {
		return autosys.Load{Leg: 2, Mass: kilograms * sluss.Kilogram}
	}
	holding := func(un string) autosys.Load {
		return autosys.Load{Leg: 2, Mass: 10_000 * sluss.Kilogram, DangerousInTank: true, UN: un}
	}
	none := func(v *autosys.Vehicle) { v.Inspection.Due = "" }
	hits := func(asked sluss.Vehicle, vehicles ...autosys.Vehicle) []autosys.Checked {
		return []autosys.Checked{{Vehicle: asked, Answer: autosys.Found{Vehicles: vehicles}}}
	}
	heir := truck(func(v *autosys.Vehicle) { v.Plates[0].Category = "PERSONLIG"; v.ID.Chassis = "CHASSIS3" })
	tests := []struct {
		name    string
		load    autosys.Load
		checked []autosys.Checked
		verdict sluss.Verdict
		reasons string
	}{
		{"nothing to check", packed, nil, sluss.Clear, ""},
		{"all in order", packed, fleet(truck()), sluss.Clear, ""},
		{"off-road lorry", packed, fleet(truck(withCategory("N2G"))), sluss.Clear, ""},

		{"de-registered", packed, fleet(truck(withStatus(autosys.StatusDeregistered))), sluss.Stop, first + status},
		{"scrapped", packed, fleet(truck(withStatus(autosys.StatusScrapped))), sluss.Stop, first + status},
		{"exported", packed, fleet(truck(withStatus(autosys.StatusExported))), sluss.Stop, first + status},
		{"never registered", packed, fleet(truck(withStatus(autosys.StatusUnregistered))), sluss.Stop, first + status},
		{"a status of tomorrow", packed, fleet(truck(withStatus("STJÅLET"))), sluss.Warning, first + status},
		{"no status", packed, fleet(truck(withStatus(""))), sluss.Warning, first + status},
		{"scrapped, and its old deadline past", packed, fleet(truck(withStatus(autosys.StatusScrapped), func(v *autosys.Vehicle) { v.Inspection.Due = "2020-01-01" })), sluss.Stop, first + status},

		{"registered from a later day on", packed, fleet(truck(registered("2026-11-24T00:00:00+01:00", ""))), sluss.Warning, first + "registrering.fomTidspunkt"},
		{"registered from the day on", packed, fleet(truck(registered("2026-11-23T08:00:00+01:00", ""))), sluss.Clear, ""},
		{"registration ended", packed, fleet(truck(registered("2017-06-06T00:00:00+02:00", "2026-11-23T00:00:00+01:00"))), sluss.Warning, first + "registrering.tilTidspunkt"},
		{"registration ends later", packed, fleet(truck(registered("2017-06-06T00:00:00+02:00", "2026-11-24T00:00:00+01:00"))), sluss.Clear, ""},
		{"unreadable beginning of the registration", packed, fleet(truck(registered("snart", ""))), sluss.Warning, first + "registrering.fomTidspunkt"},
		{"scrapped, whenever that was", packed, fleet(truck(withStatus(autosys.StatusScrapped), registered("snart", ""))), sluss.Stop, first + status},

		{"plate ended", packed, fleet(truck(plated("2017-06-06T00:00:00+02:00", "2026-10-01T00:00:00+02:00"))), sluss.Warning, first + "kjennemerke.tilTidspunkt"},
		{"plate ends later", packed, fleet(truck(plated("2017-06-06T00:00:00+02:00", "2026-12-01T00:00:00+01:00"))), sluss.Clear, ""},
		{"plate of a later day", packed, fleet(truck(plated("2026-11-24T00:00:00+01:00", ""))), sluss.Warning, first + "kjennemerke.fomTidspunkt"},
		{"plate with an unreadable end", packed, fleet(truck(plated("", "snart"))), sluss.Warning, first + "kjennemerke.tilTidspunkt"},
		{"plate ended and given again", packed, fleet(truck(plated("2017-06-06T00:00:00+02:00", "2020-10-01T00:00:00+02:00"), func(v *autosys.Vehicle) {
			v.Plates = append(v.Plates, autosys.PlateEntry{Plate: "AB 12345", Category: "KJORETOY", From: "2021-10-01T00:00:00+02:00"})
		})), sluss.Clear, ""},
		{"another plate ended", packed, fleet(truck(func(v *autosys.Vehicle) {
			v.Plates = append(v.Plates, autosys.PlateEntry{Plate: "AB 99999", Category: "KJORETOY", To: "2021-10-01T00:00:00+02:00"})
		})), sluss.Clear, ""},
		{"to be scrapped, and its plate ended", autosys.Load{Leg: 2, None: true}, fleet(truck(plated("", "2026-10-01T00:00:00+02:00"))), sluss.Warning, first + "kjennemerke.tilTidspunkt"},

		{"no deadline of an agricultural trailer", of(100), fleet(truck(none, withCategory("R3"), weighing(func(w *autosys.Weights) { w.Total = new(autosys.Kg(26_000)) }))), sluss.Warning, first + category},
		{"no deadline of a tractor", of(100), fleet(truck(none, withCategory("T1"), weighing(func(w *autosys.Weights) { w.Total = new(autosys.Kg(26_000)) }))), sluss.Warning, first + category},
		{"no deadline of a heavy vehicle without category", of(100), fleet(truck(none, withCategory(""), weighing(func(w *autosys.Weights) { w.Total = new(autosys.Kg(26_000)) }))), sluss.Warning, first + inspection + "; " + first + category},

		{"inspection due the day before", packed, fleet(truck(func(v *autosys.Vehicle) { v.Inspection.Due = "2026-11-22" })), sluss.Stop, first + inspection},
		{"no inspection duty", of(100), fleet(truck(none, withCategory("N1"))), sluss.Clear, ""},
		{"no deadline of one that has the duty", packed, fleet(truck(none)), sluss.Warning, first + inspection},
		{"no deadline of one that has the duty by weight", of(100), fleet(truck(none, withCategory("N2"), withWeights(autosys.Weights{Payload: new(autosys.Kg(4_000)), Total: new(autosys.Kg(7_501))}))), sluss.Warning, first + inspection},
		{"no deadline at 7,500 kg", of(100), fleet(truck(none, withCategory("N2"), withWeights(autosys.Weights{Payload: new(autosys.Kg(4_000)), Total: new(autosys.Kg(7_500))}))), sluss.Clear, ""},
		{"inspection due on the day", packed, fleet(truck(func(v *autosys.Vehicle) { v.Inspection.Due = "2026-11-23" })), sluss.Clear, ""},
		{"unreadable deadline", packed, fleet(truck(func(v *autosys.Vehicle) { v.Inspection.Due = "snart" })), sluss.Warning, first + inspection},

		{"for an ambulance", packed, fleet(truck(func(v *autosys.Vehicle) { v.Approval.Restrictions.Codes = []autosys.Code{{Value: "AMBULANSE"}} })), sluss.Warning, first + "godkjenning.registreringsbegrensninger.registreringsbegrensning"},
		{"for use off the road", packed, fleet(truck(func(v *autosys.Vehicle) { v.Plates[0].Type.Value = "UTENFOR_OFFENTLIG_VEG" })), sluss.Warning, first + "kjennemerke.kjennemerketype"},
		{"once for use off the road", packed, fleet(truck(func(v *autosys.Vehicle) {
			v.Plates = append(v.Plates, v.Plates[0])
			v.Plates[0].Type.Value, v.Plates[0].To = "UTENFOR_OFFENTLIG_VEG", "2020-01-01T00:00:00+01:00"
		})), sluss.Clear, ""},
		{"for use off the road until a later day", packed, fleet(truck(func(v *autosys.Vehicle) {
			v.Plates[0].Type.Value, v.Plates[0].To = "UTENFOR_OFFENTLIG_VEG", "2027-01-01T00:00:00+01:00"
		})), sluss.Warning, first + "kjennemerke.kjennemerketype"},

		{"trailer declared as lorry", packed, fleet(truck(withCategory("O3"))), sluss.Stop, first + category},
		{"lorry declared as trailer", packed, fleet(truck(), semi(withCategory("N3"))), sluss.Stop, second + category},
		{"car", packed, fleet(truck(withCategory("M1"))), sluss.Warning, first + category},
		{"no category", packed, fleet(truck(withCategory(""))), sluss.Warning, first + category},

		{"payload to the tenth", of(12_600), fleet(truck()), sluss.Clear, ""},
		{"payload nearly used", of(12_601), fleet(truck()), sluss.Warning, mass + payload},
		{"payload just used", of(14_000), fleet(truck()), sluss.Warning, mass + payload},
		{"overloaded", of(14_001), fleet(truck()), sluss.Stop, mass + payload},
		{"the trailer carries too", of(25_000), fleet(truck(), semi()), sluss.Clear, ""},
		{"payload from total and kerb", of(10_001), fleet(truck(withWeights(autosys.Weights{Kerb: new(autosys.Kg(12_000)), Total: new(autosys.Kg(22_000))}))), sluss.Stop, mass + payload},
		{"no payload", packed, fleet(truck(withWeights(autosys.Weights{Payload: new(autosys.Kg(0))}))), sluss.Warning, first + payload + "; " + mass + payload},
		{"overloaded, but for a foreign trailer", autosys.Load{Leg: 2, Mass: 20_000 * sluss.Kilogram, Foreign: 1}, fleet(truck()), sluss.Warning, mass + payload},
		{"a tractor carries nothing itself", of(30_001), fleet(truck(func(v *autosys.Vehicle) { v.Approval.Technical.Data.Body.Type.Value = "BC" }), semi()), sluss.Stop, mass + payload + "; " + mass + train},

		{"train nearly too heavy", of(26_000), fleet(truck(), semi()), sluss.Warning, mass + train},
		{"train too heavy", of(30_001), fleet(truck(), semi()), sluss.Stop, mass + train},
		{"train weight not known", of(30_001), fleet(truck(withWeights(autosys.Weights{Kerb: new(autosys.Kg(12_000)), Payload: new(autosys.Kg(14_000)), Train: new(autosys.Kg(0))})), semi()), sluss.Clear, ""},

		{"train weight of the road is less", of(25_001), fleet(truck(weighing(func(w *autosys.Weights) { w.TrainRoad = new(autosys.Kg(45_000)) })), semi()), sluss.Stop, mass + trainRoad},
		{"train too heavy whatever the trailer weighs", of(38_001), fleet(truck(), semi(withWeights(autosys.Weights{Payload: new(autosys.Kg(30_000))}))), sluss.Stop, mass + train},
		{"train weight of one lorry means nothing for two", of(1_000), []autosys.Checked{
			{Vehicle: lorry("AB12345"), Answer: autosys.Found{Vehicles: []autosys.Vehicle{truck(weighing(func(w *autosys.Weights) { w.Train = new(autosys.Kg(10_000)) }))}}},
			{Position: 1, Vehicle: lorry("AB12345"), Answer: autosys.Found{Vehicles: []autosys.Vehicle{truck()}}},
		}, sluss.Clear, ""},

		{"trailer with its part just light enough to pull", of(23_101), fleet(truck(towing(19_000)), semi()), sluss.Warning, mass + trailerLimit},
		{"trailer with its part light enough to pull", of(23_100), fleet(truck(towing(19_000)), semi()), sluss.Clear, ""},
		{"trailer with its part as heavy as may be", of(24_000), fleet(truck(towing(18_000)), semi()), sluss.Warning, mass + trailerLimit},
		{"trailer with its part too heavy to pull", of(24_001), fleet(truck(towing(18_000)), semi()), sluss.Stop, mass + trailerLimit},
		{"the lorry can carry all itself", of(12_000), fleet(truck(towing(19_000)), semi()), sluss.Clear, ""},
		{"trailer too heavy even empty", of(1_000), fleet(truck(towing(7_000)), semi()), sluss.Stop, mass + trailerLimit},
		{"a tractor has the whole load behind it", of(12_001), fleet(truck(weighing(func(w *autosys.Weights) {
			w.BrakedTrailer, w.TechnicalSemitrailer = new(autosys.Kg(1)), new(autosys.Kg(20_000))
		}), func(v *autosys.Vehicle) { v.Approval.Technical.Classification.SubCategory.Value = "BD" }), semi()), sluss.Stop, mass + semitrailerLimit},

		{"permitted weight leaves less than the payload", of(11_000), fleet(truck(weighing(func(w *autosys.Weights) { w.Total = new(autosys.Kg(22_999)) }))), sluss.Stop, mass + total},
		{"permitted weight leaves less, but a foreign trailer carries too", autosys.Load{Leg: 2, Mass: 11_000 * sluss.Kilogram, Foreign: 1}, fleet(truck(weighing(func(w *autosys.Weights) { w.Total = new(autosys.Kg(22_999)) }))), sluss.Clear, ""},
		{"permitted weight leaves enough", of(11_000), fleet(truck(weighing(func(w *autosys.Weights) { w.Total = new(autosys.Kg(23_000)) }))), sluss.Clear, ""},

		{"packaged goods need no ADR", packed, fleet(truck(withADR())), sluss.Clear, ""},
		{"tank, ADR on its last day", tank, fleet(truck(), semi()), sluss.Clear, ""},
		{"tank, no ADR", tank, fleet(truck(withADR())), sluss.Warning, first + approvals},
		{"tank, another approval", tank, fleet(truck(withADR(autosys.AdditionalApproval{From: "2026-01-01", To: "2027-01-01"}))), sluss.Warning, first + approvals},
		{"tank, ADR expired", tank, fleet(truck(withADR(adr("2025-01-01", "2026-11-22")))), sluss.Stop, first + approvals + ".godkjentTil"},
		{"tank, ADR not begun", tank, fleet(truck(withADR(adr("2026-11-24", "2027-11-22")))), sluss.Stop, first + approvals + ".godkjentTil"},
		{"tank, ADR expired and renewed", tank, fleet(truck(withADR(adr("2025-01-01", "2025-12-31"), adr("2026-01-01", "2026-12-31")))), sluss.Clear, ""},
		{"tank, ADR without end", tank, fleet(truck(withADR(adr("2026-01-01", "")))), sluss.Warning, first + approvals + ".godkjentTil"},
		{"tank, end as a moment", tank, fleet(truck(withADR(autosys.AdditionalApproval{ToMoment: "2026-11-22T23:59:00+01:00", Specific: adr("", "").Specific}))), sluss.Stop, first + approvals + ".godkjentTil"},
		{"tank, ADR valid in Norway only", tank, fleet(truck(withADR(autosys.AdditionalApproval{To: "2026-12-31", Specific: autosys.SpecificApproval{ADR: &autosys.ADRApproval{NationalRules: true}}}))), sluss.Warning, first + approvals + ".tilleggsgodkjenningSpesifikkeData.adrGodkjenning.adrNasjonaleKrav"},
		{"packaged goods need no ADR, though it has expired", autosys.Load{Leg: 2, Mass: 1_000 * sluss.Kilogram, UN: "UN 1993"}, fleet(truck(withADR(adr("2025-01-01", "2025-11-22")))), sluss.Clear, ""},
		{"tank, its leak test overdue", tank, fleet(truck(withTank(autosys.Tank{Code: "LGBF", NextLeakTest: "2026-11-22", NextPressureTest: "2026-11-23"}))), sluss.Warning, first + tankData + "adrTankNesteTetthetsproveDato"},
		{"tank, its pressure test overdue", tank, fleet(truck(withTank(autosys.Tank{Code: "LGBF", NextPressureTest: "2026-11-22"}))), sluss.Warning, first + tankData + "adrTankNesteTrykkproveDato"},
		{"tank for other goods", holding("UN 1993 AVFALL BRANNFARLIG VÆSKE"), fleet(truck(withTank(autosys.Tank{Goods: []autosys.ApprovedGoods{{For: "UN 1202, UN 1203"}}}))), sluss.Warning, first + tankData + "adrTankGodkjentGods"},
		{"tank for these goods", holding("UN 1203"), fleet(truck(withTank(autosys.Tank{Goods: []autosys.ApprovedGoods{{For: "UN 1202, UN 1203"}}}))), sluss.Clear, ""},
		{"tank for all by its code", holding("UN 1993"), fleet(truck(withTank(autosys.Tank{Goods: []autosys.ApprovedGoods{{For: "UN 1202"}, {ByTankCode: true}}}))), sluss.Clear, ""},
		{"tank for goods in words", holding("UN 1993"), fleet(truck(withTank(autosys.Tank{Goods: []autosys.ApprovedGoods{{For: "spillolje"}}}))), sluss.Clear, ""},
		{"tank, a note on the bodywork", tank, fleet(truck(withADR(), func(v *autosys.Vehicle) { v.Approval.Technical.Data.Body.ApprovedForADR = "J" })), sluss.Warning, first + "godkjenning.tekniskGodkjenning.tekniskeData.karosseriOgLasteplan.godkjentADR"},

		{"several hits, one with the ordinary plate", packed, hits(lorry("AB12345"), heir, truck()), sluss.Clear, ""},
		{"several hits alike", packed, hits(lorry("AB12345"), truck(), truck()), sluss.Warning, first + "kjennemerke.kjennemerke; " + mass + payload},
		{"another vehicle", packed, hits(lorry("AB12345"), semi()), sluss.Warning, first + "kjennemerke.kjennemerke; " + mass + payload},
		{"several hits for a chassis number", packed, hits(sluss.Vehicle{VIN: "chassis-1", Kind: sluss.Lorry}, semi(), truck()), sluss.Clear, ""},
		{"an answer that is none", packed, []autosys.Checked{{Vehicle: lorry("AB12345"), Answer: autosys.Unavailable{}}}, sluss.Warning, first + "kjoretoydataListe; " + mass + payload},
		{"data with a message beside it", packed, []autosys.Checked{{Vehicle: lorry("AB12345"), Answer: autosys.Found{Vehicles: []autosys.Vehicle{truck()}, Message: "NOE_NYTT"}}}, sluss.Stop, first + "feilmelding"},
		{"an answer that says nothing", packed, []autosys.Checked{{Vehicle: lorry("AB12345"), Answer: autosys.Unclear{}}}, sluss.Stop, first + "feilmelding; " + mass + payload},
		{"a field that could not be read", packed, []autosys.Checked{{Vehicle: lorry("AB12345"), Answer: autosys.Found{Vehicles: []autosys.Vehicle{truck()}, Misread: "registrering.neringskode"}}}, sluss.Warning, first + "registrering.neringskode"},
		{"to be scrapped, and overdue", autosys.Load{Leg: 2, None: true}, fleet(truck(withStatus(autosys.StatusDeregistered), withCategory("M1"))), sluss.Clear, ""},
		{"to be scrapped, and unknown", autosys.Load{Leg: 2, None: true}, []autosys.Checked{{Vehicle: lorry("AB12345"), Answer: autosys.NotFound{Status: 204}}}, sluss.Stop, first + "kjoretoydataListe"},
		{"refusals come first", packed, fleet(truck(withCategory("M1")), semi(withStatus(autosys.StatusScrapped))), sluss.Stop, second + status + "; " + first + category},
	}
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, oslo(t))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := autosys.DefaultPolicy().Clear(test.load, day, test.checked)
			if reasons := codes(got.Reasons); got.Verdict != test.verdict || reasons != test.reasons || !got.Day.Equal(day) {
				t.Errorf("got %s, %q\nwant %s, %q", got.Verdict, reasons, test.verdict, test.reasons)
			}
			for _, r := range got.Reasons {
				if r.Message == "" || r.Remedy == "" || strings.Contains(r.Message, "AB") || strings.Contains(r.Message, "CHASSIS") {
					t.Errorf("a reason that does not help, or names the vehicle: %+v", r)
				}
			}
		})
	}
}

// The stored answers of the registry lead to these reasons, whether they are asked for as a lorry or as a trailer.
func TestStoredAnswers(t *testing.T) {
	const deadline = "periodiskKjoretoyKontroll.kontrollfrist"
	for file, test := range map[string]struct{ plate, want, not string }{
		"made-N3-future-registration.json":        {"ZZ92007", "registrering.fomTidspunkt", "kjennemerke."},
		"made-N3-plate-ended.json":                {"ZZ92008", "kjennemerke.tilTidspunkt", "registrering."},
		"made-R3-agricultural-trailer.json":       {"ZZ1004", category, deadline},
		"made-motorredskap-MR-unregistrable.json": {"ZZ1003", category, deadline},
		"svvtest-05-M1-avregistrert.json":         {"ZZ90013", status, deadline},
		"svvtest-08-M1-vraket.json":               {"ZZ90016", status, deadline},
	} {
		answer := stored(t, reference(t, "cases", "norway", file))
		for _, kind := range []sluss.VehicleKind{sluss.Lorry, sluss.Trailer} {
			asked := sluss.Vehicle{Country: "NO", Plate: test.plate, Kind: kind}
			got := autosys.DefaultPolicy().Clear(autosys.Load{Leg: 1, Mass: sluss.Kilogram}, time.Date(2026, 12, 1, 0, 0, 0, 0, oslo(t)), []autosys.Checked{{Vehicle: asked, Answer: answer}})
			if reasons := codes(got.Reasons); got.Verdict == sluss.Clear || !strings.Contains(reasons, test.want) || strings.Contains(reasons, test.not) {
				t.Errorf("%s as a %s: %s, %q, want %s and not %s", file, kind, got.Verdict, reasons, test.want, test.not)
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(reference(t, "cases", "norway"), "*.json"))
	if err != nil || len(files) < 12 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		found(t, stored(t, file))
	}
}

// Whatever the registry writes, there is a verdict.
func FuzzClear(f *testing.F) {
	f.Add([]byte(`{"kjoretoydataListe":[{"periodiskKjoretoyKontroll":{"kontrollfrist":"2026-11-22"},"godkjenning":{"tekniskGodkjenning":{"tekniskeData":{"vekter":{"nyttelast":14725,"egenvekt":-1,"tillattVogntogvekt":0}}}}}]}`), int64(18_000_000), true)
	f.Add([]byte(`{"kjoretoydataListe":[{"godkjenning":{"tilleggsgodkjenninger":[{"godkjentFra":"x","godkjentTil":"2026-11-22","tilleggsgodkjenningSpesifikkeData":{"adrGodkjenning":{}}}]}},{}]}`), int64(0), true)
	f.Add([]byte(`{"kjoretoydataListe":[{"godkjenning":{"tekniskGodkjenning":{"tekniskeData":{"vekter":{"nyttelast":9223372036854775807,"egenvekt":9223372036854775807}}}}}]}`), int64(1), false)
	f.Add([]byte(``), int64(-5), false)
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, body []byte, grams int64, tank bool) {
		answer := autosys.Classify(200, nil, body)
		checked := []autosys.Checked{{Vehicle: lorry("AB12345"), Answer: answer}, {Position: 1, Vehicle: pulled("AB1234"), Answer: answer}}
		got := autosys.DefaultPolicy().Clear(autosys.Load{Leg: 1, Mass: sluss.Mass(grams), DangerousInTank: tank}, day, checked)
		switch got.Verdict {
		case sluss.Clear:
			if len(got.Reasons) > 0 {
				t.Errorf("clear with %+v", got.Reasons)
			}
		case sluss.Warning, sluss.Stop:
			if len(got.Reasons) == 0 {
				t.Errorf("%s without a reason", got.Verdict)
			}
		default:
			t.Errorf("verdict %q", got.Verdict)
		}
	})
}
