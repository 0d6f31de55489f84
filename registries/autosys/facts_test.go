package autosys_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/registries/autosys"
	sim "sluss/simulators/autosys"
)

// driven is a car with the fuels and, if any, a hybrid category.
func driven(hybrid string, fuels ...string) autosys.Vehicle {
	var engine autosys.Engine
	for _, code := range fuels {
		engine.Fuels = append(engine.Fuels, autosys.Fuel{Code: autosys.Code{Value: code}})
	}
	return truck(withCategory("M1"), func(v *autosys.Vehicle) {
		v.Approval.Technical.Data.Drive = autosys.Drive{Engines: []autosys.Engine{engine}, HybridCategory: autosys.Code{Value: hybrid}}
	})
}

// The battery is "yes" if any field says so, and "no" only if all fields say so.
func TestHighVoltage(t *testing.T) {
	only := func(change func(*autosys.Drive)) autosys.Vehicle {
		v := driven("", "2")
		change(&v.Approval.Technical.Data.Drive)
		return v
	}
	for name, test := range map[string]struct {
		vehicle autosys.Vehicle
		want    string
		why     string
		fuels   string
	}{
		"electric":                     {driven("INGEN", "5"), "yes", "drivstoffKode 5", "electric"},
		"plug-in hybrid":               {driven("LADBAR", "1", "5"), "yes", "drivstoffKode 5", "petrol, electric"},
		"plug-in hybrid, one fuel":     {driven("LADBAR", "1"), "yes", "LADBAR", "petrol"},
		"hybrid":                       {driven("IKKE_LADBAR", "2"), "yes", "IKKE_LADBAR", "diesel"},
		"said to be electric only":     {only(func(d *autosys.Drive) { d.OnlyElectric = true }), "yes", "utelukkendeElektriskDrift", "diesel"},
		"said to be a hybrid":          {only(func(d *autosys.Drive) { d.Hybrid = true }), "yes", "hybridElektriskKjoretoy", "diesel"},
		"diesel":                       {driven("INGEN", "2"), "no", "drivstoffKode", "diesel"},
		"diesel, no category":          {driven("", "2", "2"), "no", "drivstoffKode", "diesel"},
		"hybrid of tomorrow":           {driven("BRENSELCELLE", "1"), "unknown", "hybridKategori", "petrol"},
		"hydrogen":                     {driven("INGEN", "6"), "unknown", "hydrogen", "hydrogen"},
		"other fuel":                   {driven("INGEN", "9"), "unknown", "drivstoffKode", "other"},
		"fuel of tomorrow":             {driven("INGEN", "2", "97"), "unknown", "drivstoffKode", "diesel, code 97"},
		"no fuel":                      {driven(""), "unknown", "no fuel", ""},
		"no fuel, no motor, a trailer": {semi(), "no", "trailer", ""},
	} {
		t.Run(name, func(t *testing.T) {
			load := autosys.Load{Leg: 1, None: true}
			got := autosys.DefaultPolicy().Clear(load, today, []autosys.Checked{{Position: 3, Vehicle: sluss.Vehicle{VIN: test.vehicle.ID.Chassis}, Answer: autosys.Found{Vehicles: []autosys.Vehicle{test.vehicle}}}})
			if len(got.Vehicles) != 1 || got.Verdict != sluss.Clear {
				t.Fatalf("%+v", got)
			}
			v := got.Vehicles[0]
			if v.HighVoltage != test.want || !strings.Contains(v.HighVoltageWhy, test.why) || strings.Join(v.Fuels, ", ") != test.fuels || v.Position != 3 {
				t.Errorf("%+v, want %s because of %s", v, test.want, test.why)
			}
		})
	}
}

// A vehicle that is to be scrapped is asked for itself: no inspection, category or load is held against it.
func TestEndOfLife(t *testing.T) {
	o := open(t, sim.Options{})
	s := submission(lorry("TS20003"), lorry("TS20001"), lorry("TS20002"), lorry("TS20004"))
	s.Content.Declaration.Waste.Mass, s.Content.Obligation.Rule.ID = 0, sluss.RuleEndOfLife
	got, _, err := o.Submit(t.Context(), s)
	if err != nil || got.Kind != sluss.Accepted || codes(got.Clearance.Reasons) != "legs.0.vehicles.3.plate feilmelding" || len(got.Clearance.Vehicles) != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	scrapped, overdue, parked := got.Clearance.Vehicles[0], got.Clearance.Vehicles[1], got.Clearance.Vehicles[2]
	if scrapped.Status != "scrapped" || scrapped.Since.In(oslo(t)).Format(time.DateOnly) != "2026-03-15" || scrapped.Kerb != 1_520*sluss.Kilogram || scrapped.HighVoltage != "yes" {
		t.Errorf("%+v", scrapped)
	}
	if overdue.Status != "registered" || overdue.HighVoltage != "no" || overdue.Category != "N3" {
		t.Errorf("%+v", overdue)
	}
	if parked.Status != "de-registered" || parked.Since.In(oslo(t)).Format(time.DateOnly) != "2026-04-15" {
		t.Errorf("%+v", parked)
	}
	s = submission(lorry("ZZ99999"))
	s.Content.Obligation.Rule.ID = sluss.RuleEndOfLife
	if got, _, err := o.Submit(t.Context(), s); err != nil || got.Kind != sluss.Rejected || len(got.Clearance.Vehicles) != 0 || codes(got.Reasons) != "legs.0.vehicles.0.plate kjoretoydataListe" {
		t.Errorf("unknown: %+v, %v", got, err)
	}
}

// The facts go with every clearance, ADR approval and all, and name no vehicle.
func TestFactsOfAClearance(t *testing.T) {
	o := open(t, sim.Options{})
	got, _, err := o.Submit(t.Context(), submission(lorry("TS10003"), pulled("TS1004")))
	if err != nil || len(got.Clearance.Vehicles) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	trailer := got.Clearance.Vehicles[1]
	if trailer.Position != 1 || trailer.Payload != 31_400*sluss.Kilogram || trailer.ADR != "FL from 2026-02-15 to 2027-02-15 tank LGBF" {
		t.Errorf("%+v", trailer)
	}
	written, err := json.Marshal(got)
	if err != nil || strings.Contains(string(written), "10003") || strings.Contains(string(written), "TESTSYNTH") {
		t.Errorf("it names the vehicle, %v: %s", err, written)
	}
	var read sluss.Outcome
	if err := json.Unmarshal(written, &read); err != nil || read.Clearance.Vehicles[0].Kerb != 11_200*sluss.Kilogram || read.Clearance.Vehicles[1].HighVoltage != "no" {
		t.Errorf("%+v, %v", read.Clearance, err)
	}
	odd, _, err := open(t, sim.Options{Sparse: sim.SparseEmpty}).Submit(t.Context(), submission(lorry("TS10003")))
	if err != nil {
		t.Fatal(err)
	}
	if v := odd.Clearance.Vehicles[0]; v.Status != "unknown" || v.HighVoltage != "unknown" || !v.Since.IsZero() {
		t.Errorf("%+v", v)
	}
}
