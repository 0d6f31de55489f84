package obligations

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"sluss"
)

var (
	countryCode      = regexp.MustCompile(`^[A-Z]{2}$`)
	norwegianPlate   = regexp.MustCompile(`^[A-ZÆØÅ0-9]{2,7}$`)
	norwegianChassis = regexp.MustCompile(`^[A-Z0-9]{1,19}$`)
)

func (f *faults) legs(d sluss.Declaration) {
	switch n := len(d.Legs); {
	case n == 0:
		f.add("legs", "there is no way from the producer to the receiver", "give at least one leg")
	case n > maxLegs:
		f.add("legs", fmt.Sprintf("there are %d legs", n), fmt.Sprintf("use at most %d", maxLegs))
	}
	for i, l := range d.Legs {
		field := at("legs", i)
		french := frenchLeg(d) == i+1
		switch l.Mode {
		case sluss.Road, sluss.Rail, sluss.Sea, sluss.Air, sluss.InlandWaterway:
		case sluss.Pipeline:
			if french {
				f.add(field+".mode", "a pipeline within France is not yet supported", "file that delivery in Trackdéchets itself")
			}
		default:
			f.add(field+".mode", fmt.Sprintf("there is no mode of transport %q", l.Mode), "use road, rail, sea, air, inland-waterway or pipeline")
		}
		switch {
		case l.Departure.IsZero():
			f.add(field+".departure", "there is no departure", "give the planned time with zone, such as 2026-11-23T08:00:00+01:00")
		case i > 0 && l.Departure.Before(d.Legs[i-1].Departure):
			f.add(field+".departure", "the leg departs before the one before it", "give the legs in their order, or mend the time")
		}
		f.place(field+".from", l.From, i == 0 && l.Consignor == nil && d.Origin != "")
		f.place(field+".to", l.To, false)
		f.vehicles(field, l, french)
	}
	f.french(d)
}

// french says honestly which ways through France are not yet supported.
func (f *faults) french(d sluss.Declaration) {
	first := slices.IndexFunc(d.Legs, inFrance)
	if first < 0 || first == len(d.Legs)-1 {
		return
	}
	for i, l := range d.Legs[first+1:] {
		if inFrance(l) {
			f.add(at("legs", first+1+i), "a second leg within France is not yet supported", "declare a batch of its own for it, with this one as its predecessor")
		}
	}
	if !inFrance(d.Legs[len(d.Legs)-1]) {
		f.add(at("legs", first), "a leg within France that is not the last one is not yet supported", "end the batch with that leg, and declare another that continues it")
	}
}

func (f *faults) vehicles(field string, l sluss.Leg, french bool) {
	byRoad := french && l.Mode == sluss.Road
	if byRoad && len(l.Vehicles) == 0 {
		f.add(field+".vehicles", "the BSDD needs the plates of the vehicles", "give the lorry, and the trailer if there is one")
	}
	if byRoad && len(l.Vehicles) > 2 {
		f.add(field+".vehicles", fmt.Sprintf("there are %d vehicles", len(l.Vehicles)), "the BSDD takes at most 2 plates")
	}
	for i, v := range l.Vehicles {
		field := at(field, "vehicles", i)
		if !countryCode.MatchString(v.Country) {
			f.country(field+".country", v.Country)
		}
		if v.Kind != sluss.Lorry && v.Kind != sluss.Trailer {
			f.add(field+".kind", fmt.Sprintf("there is no kind of vehicle %q", v.Kind), "use lorry or trailer")
		}
		switch plate := bare(v.Plate); {
		case plate == "" && byRoad:
			f.add(field+".plate", "the BSDD needs the plate", "give it")
		case plate == "" && blank(v.VIN):
			f.add(field+".plate", "the vehicle has neither plate nor chassis number", "give one of them")
		case plate == "":
		case v.Country == "NO" && !norwegianPlate.MatchString(plate):
			f.add(field+".plate", "is not a Norwegian plate", "give 2 to 7 letters and digits, such as AB12345")
		case byRoad && !frenchPlate(v.Plate):
			f.add(field+".plate", "the BSDD takes plates of 4 to 12 characters without comma", "give one plate for each vehicle")
		}
		if chassis := bare(v.VIN); chassis != "" && v.Country == "NO" && !norwegianChassis.MatchString(chassis) {
			f.add(field+".vin", "is not a chassis number", "give 1 to 19 letters and digits")
		}
	}
}

func frenchPlate(plate string) bool {
	n := utf8.RuneCountInString(strings.TrimSpace(plate))
	return n >= 4 && n <= 12 && !strings.Contains(plate, ",")
}

// bare is a plate or chassis number as registers compare it.
func bare(text string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(text))
}
