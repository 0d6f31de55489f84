package obligations

import (
	"errors"
	"fmt"
	"slices"

	"sluss"
	"sluss/registries/numbers"
)

func (f *faults) legs(b batch) {
	switch n := len(b.Legs); {
	case n == 0:
		f.add("legs", "the batch has no leg", "give at least one leg")
	case n > maxLegs:
		f.add("legs", fmt.Sprintf("there are %d legs", n), fmt.Sprintf("use at most %d", maxLegs))
	}
	for i, l := range b.Legs {
		field := at("legs", i)
		if !slices.Contains(sluss.Modes(), l.Mode) {
			f.add(field+".mode", fmt.Sprintf("there is no mode of transport %q", l.Mode), "use "+sluss.OneOf(sluss.Modes()))
		}
		switch {
		case l.Departure.IsZero():
			f.add(field+".departure", "there is no departure", "give the planned time with zone, such as 2026-11-23T08:00:00+01:00")
		case i > 0 && l.Departure.Before(b.Legs[i-1].Departure):
			f.add(field+".departure", "the leg departs before the one before it", "put the legs in their order, or correct the time")
		}
		f.place(field+".from", l.From, i == 0 && l.Consignor == nil && b.Origin != "")
		f.place(field+".to", l.To, false)
		f.vehicles(field, l)
	}
	if first := slices.IndexFunc(b.Legs, inFrance); first >= 0 && b.bsdd == 0 && !b.Returned() {
		f.add(at("legs", first), "a leg within France after which the waste leaves France again is not yet supported", "end the batch with the last leg within France, and declare another that continues it")
	}
}

func (f *faults) vehicles(field string, l sluss.Leg) {
	for i, v := range l.Vehicles {
		field := at(field, "vehicles", i)
		if !numbers.IsCountry(v.Country) {
			f.country(field+".country", v.Country)
		}
		if !slices.Contains(sluss.VehicleKinds(), v.Kind) {
			f.add(field+".kind", fmt.Sprintf("there is no kind of vehicle %q", v.Kind), "use "+sluss.OneOf(sluss.VehicleKinds()))
		}
		_, noPlate := numbers.NorwegianPlate(v.Plate)
		_, noChassis := numbers.NorwegianChassis(v.VIN)
		switch {
		case blank(v.Plate) && blank(v.VIN):
			f.add(field+".plate", "the vehicle has neither plate nor chassis number", "give one of them")
		case blank(v.Plate):
		case v.Country == "NO" && noPlate != nil:
			f.add(field+".plate", "is not a Norwegian plate", "give 2 to 7 letters and digits, such as AB12345")
		case errors.Is(numbers.IsPlate(v.Country, v.Plate), numbers.ErrForm):
			f.add(field+".plate", "is not a plate", "give its 2 to 12 letters and digits, one plate for each vehicle")
		}
		if !blank(v.VIN) && noChassis != nil {
			f.add(field+".vin", "is not a chassis number", "give 1 to 19 letters and digits")
		}
	}
}

// CheckCorrection reports a change that a correction cannot make: of a leg that has
// started, whether it is there and whether the waste is stored where it ends, because the
// next event depends on both; of events, what Check refuses and did not refuse before. The
// error is Faults. Validate reports what else is wrong with the corrected declaration.
func CheckCorrection(d, corrected sluss.Declaration, events, now []sluss.Event) error {
	var f faults
	before, after := d.Route(), corrected.Route()
	for n := 1; n <= max(len(before), len(after)); n++ {
		if _, departed := happened(now, sluss.Departure(n)); !departed {
			continue
		}
		was, _ := before.Leg(n)
		is, there := after.Leg(n)
		if !there {
			f.add(at("legs", n-1), fmt.Sprintf("leg %d has departed", n), fmt.Sprintf("if that is not so, take back events.%s in the same correction", sluss.Departure(n)))
		} else if to := moved(before, after, n); to > 0 {
			f.add(at("legs", n-1), fmt.Sprintf("leg %d has departed, and would change places with leg %d", n, to), "put no leg before it and take none away; correct the leg itself, or take back its events in the same correction")
		} else if (was.Storage != nil) != (is.Storage != nil) {
			f.add(at("legs", n-1, "storage"), fmt.Sprintf("leg %d is under way, and its BSDD says whether the waste is stored where it ends", n), "leave it as it is; if the route has changed, end this batch and declare another that continues it")
		}
	}
	known := wrongEvents(d, events)
	for _, fault := range wrongEvents(corrected, now) {
		if !slices.Contains(known, fault) {
			f = append(f, fault)
		}
	}
	return sluss.Faults(f).Err()
}

// moved is the number that a leg has after a correction, if that is another one, or the one
// that the leg in its place had; 0 if it stays where it is, corrected or not.
func moved(before, after sluss.Route, n int) int {
	was, there := before.Leg(n)
	now, still := after.Leg(n)
	if !there || !still || sameLeg(was.Leg, now.Leg) {
		return 0
	}
	if to := 1 + slices.IndexFunc(after, func(l sluss.RouteLeg) bool { return sameLeg(l.Leg, was.Leg) }); to > 0 {
		return to
	}
	return 1 + slices.IndexFunc(before, func(l sluss.RouteLeg) bool { return sameLeg(l.Leg, now.Leg) })
}

// sameLeg tells whether two legs are the same, whatever lorries and times.
func sameLeg(a, b sluss.Leg) bool {
	places := func(l sluss.Leg) string {
		return sluss.Declaration{Legs: []sluss.Leg{{Mode: l.Mode, From: l.From, To: l.To}}}.Hash()
	}
	return same(a.Transporter, b.Transporter) && places(a) == places(b)
}
