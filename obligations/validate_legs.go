package obligations

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

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
		french := b.onBSDD(i + 1)
		switch {
		case !slices.Contains(sluss.Modes(), l.Mode):
			f.add(field+".mode", fmt.Sprintf("there is no mode of transport %q", l.Mode), "use "+sluss.OneOf(sluss.Modes()))
		case l.Mode == sluss.Pipeline && french:
			f.add(field+".mode", "a pipeline within France is not yet supported", "file that delivery in Trackdéchets itself")
		}
		switch {
		case l.Departure.IsZero():
			f.add(field+".departure", "there is no departure", "give the planned time with zone, such as 2026-11-23T08:00:00+01:00")
		case i > 0 && l.Departure.Before(b.Legs[i-1].Departure):
			f.add(field+".departure", "the leg departs before the one before it", "put the legs in their order, or correct the time")
		}
		f.place(field+".from", l.From, i == 0 && l.Consignor == nil && b.Origin != "")
		f.place(field+".to", l.To, false)
		f.vehicles(field, l, french)
	}
	f.french(b)
	f.storages(b)
}

// mostTransporters is how many transporters one BSDD allows one after another.
const mostTransporters = 5

// french checks the legs within France: one BSDD covers them and the rest of the
// route, and each transporter takes over from the one before. Routes that are not
// yet supported are faults.
func (f *faults) french(b batch) {
	first := slices.IndexFunc(b.Legs, inFrance)
	if first < 0 {
		return
	}
	if b.bsdd == 0 {
		f.add(at("legs", first), "a leg within France after which the waste leaves France again is not yet supported", "end the batch with the last leg within France, and declare another that continues it")
		return
	}
	if n := transportersInTurn(b.Legs[first:]); n > mostTransporters {
		f.add("legs", fmt.Sprintf("there are %d legs within France", n), fmt.Sprintf("a BSDD takes at most %d transporters: plan no more legs", mostTransporters))
	}
	for i := first + 1; i < len(b.Legs); i++ {
		l, before := b.Legs[i], b.Legs[i-1]
		switch {
		case before.Storage != nil: // see storages
		case l.Consignor != nil && !same(*l.Consignor, before.Transporter):
			f.add(at("legs", i, "consignor"), "is neither the transporter of the leg before nor a declared storage", fmt.Sprintf("leave it out if one transporter hands over to the next; give legs.%d.storage if the waste is stored on the way", i-1))
		case l.Transporter.ID != "" && same(l.Transporter, before.Transporter):
			f.add(at("legs", i, "transporter"), "is the transporter of the leg before: its two signatures on one BSDD could not be told apart", "join the two legs")
		}
	}
}

// transportersInTurn is how many transporters carry the waste one after another until it is
// stored or received.
func transportersInTurn(legs []sluss.Leg) int {
	if i := slices.IndexFunc(legs, func(l sluss.Leg) bool { return l.Storage != nil }); i >= 0 {
		return i + 1
	}
	return len(legs)
}

func (f *faults) vehicles(field string, l sluss.Leg, french bool) {
	byRoad := french && l.Mode == sluss.Road
	if byRoad && len(l.Vehicles) == 0 {
		f.add(field+".vehicles", "the BSDD needs the plates of the vehicles", "give the lorry, and the trailer if there is one")
	}
	if byRoad && len(l.Vehicles) > 2 {
		f.add(field+".vehicles", fmt.Sprintf("there are %d vehicles", len(l.Vehicles)), "a BSDD allows at most 2 plates")
	}
	for i, v := range l.Vehicles {
		field := at(field, "vehicles", i)
		if !countryCode.MatchString(v.Country) {
			f.country(field+".country", v.Country)
		}
		if !slices.Contains(sluss.VehicleKinds(), v.Kind) {
			f.add(field+".kind", fmt.Sprintf("there is no kind of vehicle %q", v.Kind), "use "+sluss.OneOf(sluss.VehicleKinds()))
		}
		_, noPlate := numbers.NorwegianPlate(v.Plate)
		_, noChassis := numbers.NorwegianChassis(v.VIN)
		switch {
		case blank(v.Plate) && byRoad:
			f.add(field+".plate", "the BSDD needs the plate", "give it")
		case blank(v.Plate) && blank(v.VIN):
			f.add(field+".plate", "the vehicle has neither plate nor chassis number", "give one of them")
		case blank(v.Plate):
		case v.Country == "NO" && noPlate != nil:
			f.add(field+".plate", "is not a Norwegian plate", "give 2 to 7 letters and digits, such as AB12345")
		case byRoad && !frenchPlate(v.Plate):
			f.add(field+".plate", "a BSDD allows plates of 4 to 12 characters without comma", "give one plate for each vehicle")
		}
		if v.Country == "NO" && !blank(v.VIN) && noChassis != nil {
			f.add(field+".vin", "is not a chassis number", "give 1 to 19 letters and digits")
		}
	}
}

func frenchPlate(plate string) bool {
	n := utf8.RuneCountInString(strings.TrimSpace(plate))
	return n >= 4 && n <= 12 && !strings.Contains(plate, ",")
}

// storages checks the storages on the way: a BSDD allows one, and after it one leg
// to the receiver.
func (f *faults) storages(b batch) {
	before := false
	for i, l := range b.Legs {
		if l.Storage == nil {
			continue
		}
		field := at("legs", i, "storage")
		switch n := len(b.Legs) - i - 1; {
		case !b.onBSDD(i + 1):
			f.add(field, "only within France can waste be stored on the way under one document", "leave it out; end the batch there, and declare another that continues it")
			continue
		case before:
			f.add(field, "a BSDD allows one storage on the way, and this is the second", "end the batch at one of the two, and declare another that continues it")
		case n == 0:
			f.add(field, "no leg follows this storage", "add the leg from there to the receiver, or leave it out")
		case n > 1:
			f.add(field, fmt.Sprintf("%d legs follow this storage, and a BSDD allows one", n), "plan one leg from the storage to the receiver")
		}
		before = true
		f.storage(field, b, *l.Storage)
		if i+1 < len(b.Legs) {
			f.storer(at("legs", i+1, "consignor"), b.Legs[i+1].Consignor)
		}
	}
}

func (f *faults) storage(field string, b batch, s sluss.Storage) {
	if b.dangerous() && blank(s.Acceptance) {
		f.add(field+".acceptance", "the BSDD of dangerous waste needs the number of the acceptance certificate (CAP) of the storage", "ask the company for it")
	}
	f.within(field+".acceptance", s.Acceptance, 250)
	if !slices.ContainsFunc(frenchOperations(), func(o frenchOperation) bool { return o.code == s.Operation }) {
		f.add(field+".operation", fmt.Sprintf("the BSDD has no operation %q", s.Operation), "give the operation of the storage, such as R13, D13 or D15")
	}
}

func (f *faults) storer(field string, storer *sluss.Party) {
	switch {
	case storer == nil:
		f.add(field, "the company that stores the waste before this leg is missing", "name it as the consignor of this leg")
	case storer.Country != "FR":
		f.add(field+".country", fmt.Sprintf("the storage on a BSDD must be a company in France, not in %q", storer.Country), "name the French establishment")
	}
}

// CheckCorrection reports a change that a correction cannot make once a leg has
// started: whether the waste is stored where the leg ends, because the next event
// depends on it. The error is Faults. Validate reports what else is wrong with the
// corrected declaration.
func CheckCorrection(d, corrected sluss.Declaration, events []sluss.Event) error {
	var f faults
	before, after := d.Route(), corrected.Route()
	for n := 1; n <= max(len(before), len(after)); n++ {
		was, _ := before.Leg(n)
		is, _ := after.Leg(n)
		if _, departed := happened(events, sluss.Departure(n)); departed && (was.Storage != nil) != (is.Storage != nil) {
			f.add(at("legs", n-1, "storage"), fmt.Sprintf("leg %d is under way, and its BSDD says whether the waste is stored where it ends", n), "leave it as it is; if the route has changed, end this batch and declare another that continues it")
		}
	}
	return sluss.Faults(f).Err()
}
