package autosys

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"sluss"
)

// Load is what the vehicles of a leg have to carry.
type Load struct {
	Leg  int // counted from 1
	Mass sluss.Mass
	// DangerousInTank: in a tank, and subject to ADR. Only such a load needs approved vehicles; packaged dangerous
	// goods as such need none (ADR 9.1).
	DangerousInTank bool
	Foreign         int  // vehicles of the leg that are not Norwegian, and so not in Checked
	Abroad          bool // the leg begins or ends outside Norway
}

// Checked is a Norwegian vehicle of the leg and what the register said about it: Found, NotFound, Withheld or
// BadRequest, the last also where the form of the plate was wrong before anybody was asked. Any other answer is
// judged as if the data were withheld.
type Checked struct {
	Position int // among the leg's vehicles, counted from 0
	Vehicle  sluss.Vehicle
	Answer   Answer
}

// Clear gives the verdict on the vehicles for the load on the day of transport, of which only the calendar day in
// its own zone counts: give it in Oslo's. Each reason has as Code the source field in the register's answer, and as
// Field the place in the declaration; refusals come before warnings. It asks nobody and has no clock.
//
// It refuses what the register rules out, and warns where it does not know. All weights of the register but the
// permitted ones are a guide only, and it does not say how a load is distributed: so this is no weighing.
func Clear(load Load, day time.Time, vehicles []Checked) sluss.Clearance {
	return judge(load, day, vehicles).clearance(day)
}

// finding is a reason and how much it weighs.
type finding struct {
	verdict sluss.Verdict
	reason  sluss.Reason
}

type findings []finding

func (fs *findings) refuse(r sluss.Reason) { *fs = append(*fs, finding{sluss.Stop, r}) }
func (fs *findings) warn(r sluss.Reason)   { *fs = append(*fs, finding{sluss.Warning, r}) }

func (fs findings) of(v sluss.Verdict) (reasons []sluss.Reason) {
	for _, f := range fs {
		if f.verdict == v {
			reasons = append(reasons, f.reason)
		}
	}
	return reasons
}

func (fs findings) refusals() []sluss.Reason { return fs.of(sluss.Stop) }

func (fs findings) clearance(day time.Time) sluss.Clearance {
	refusals, warnings := fs.refusals(), fs.of(sluss.Warning)
	c := sluss.Clearance{Verdict: sluss.Clear, Day: day, Reasons: slices.Concat(refusals, warnings)}
	switch {
	case len(refusals) > 0:
		c.Verdict = sluss.Stop
	case len(warnings) > 0:
		c.Verdict = sluss.Warning
	}
	return c
}

// known is a vehicle whose data we have.
type known struct {
	Vehicle
	kind  sluss.VehicleKind
	field string
}

func judge(load Load, day time.Time, vehicles []Checked) findings {
	var fs findings
	var combination []known
	unknown := load.Foreign
	for _, checked := range vehicles {
		vehicle, ok := fs.identify(load, checked)
		if !ok {
			unknown++
			continue
		}
		combination = append(combination, vehicle)
		if !fs.onRoad(vehicle) {
			continue // what else is in the register is from before
		}
		fs.inspected(vehicle, day)
		fs.fit(vehicle)
		if load.DangerousInTank {
			fs.approved(vehicle, load, day)
		}
	}
	if len(vehicles) > 0 {
		fs.carries(load, combination, unknown)
	}
	return fs
}

// identify is the vehicle that was meant; false where there is none to judge.
func (fs *findings) identify(load Load, checked Checked) (known, bool) {
	source, parameter := "plate", byPlate
	if asksByChassis(checked.Vehicle) {
		source, parameter = "vin", byChassis
	}
	field := fmt.Sprintf("legs.%d.vehicles.%d.%s", load.Leg-1, checked.Position, source)
	switch answer := checked.Answer.(type) {
	case Found:
		vehicle, code, problem := choose(answer.Vehicles, checked.Vehicle)
		if problem == "" {
			return known{Vehicle: vehicle, kind: checked.Vehicle.Kind, field: field}, true
		}
		fs.warn(sluss.Reason{Code: code, Field: field, Message: problem, Remedy: "check the vehicle by its registration card"})
	case NotFound:
		reason := sluss.Reason{
			Code: "kjoretoydataListe", Field: field, Message: "the register knows no such vehicle",
			Remedy: "correct it, or take another vehicle; where it is a personal plate, give the ordinary plate or the chassis number",
		}
		if answer.Status == 404 {
			reason.Remedy += "; if all vehicles are unknown, have the operator check base_url (status 404)"
		}
		fs.refuse(reason)
	case BadRequest:
		fs.refuse(sluss.Reason{
			Code: parameter, Field: field, Message: "the register does not take this as a plate or chassis number",
			Remedy: "give a plate of 2 to 7, or a chassis number of up to 19 letters and digits",
		})
	case Withheld:
		fs.warn(sluss.Reason{
			Code: "feilmelding", Field: field, Message: "the register does not give out the data of this vehicle, and may not know it", Original: answer.Code,
			Remedy: "correct it if it is mistyped, else check the vehicle by its papers",
		})
	default:
		fs.warn(sluss.Reason{Code: "kjoretoydataListe", Field: field, Message: "the register has not answered for this vehicle", Remedy: "ask again, or check the vehicle by its papers"})
	}
	return known{}, false
}

// choose is the hit that was asked for. If there is none, or more than one, it says so, with the field that tells.
func choose(hits []Vehicle, asked sluss.Vehicle) (vehicle Vehicle, code, problem string) {
	if asksByChassis(asked) {
		hits = slices.DeleteFunc(slices.Clone(hits), func(v Vehicle) bool { return v.ID.Chassis != "" && bare(v.ID.Chassis) != bare(asked.VIN) })
		code = "kjoretoyId.understellsnummer"
	} else {
		hits = named(hits, bare(asked.Plate))
		code = "kjennemerke.kjennemerke"
	}
	switch {
	case len(hits) == 0:
		return Vehicle{}, code, "the register answered with another vehicle than was asked for"
	case len(hits) > 1:
		return Vehicle{}, code, fmt.Sprintf("the register has %d vehicles under this number", len(hits))
	case asked.Plate != "" && asked.VIN != "" && hits[0].ID.Chassis != "" && bare(hits[0].ID.Chassis) != bare(asked.VIN):
		return Vehicle{}, "kjoretoyId.understellsnummer", "the vehicle with this plate has another chassis number than the declaration says"
	}
	return hits[0], "", ""
}

// named are the hits with the plate: if there are such, those that have it as the ordinary one.
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

// bare is a plate or chassis number as the register takes it; what cannot be one is empty.
func bare(written string) string {
	text, err := normalise("", written, "ÆØÅ", 1, 19)
	if err != nil {
		return ""
	}
	return text
}

const otherVehicle = "take another vehicle"

var offRoad = map[string]string{
	StatusDeregistered: "the vehicle is de-registered",
	StatusUnregistered: "the vehicle has never been registered",
	StatusExported:     "the vehicle is de-registered by export",
	StatusScrapped:     "the vehicle is scrapped",
}

// onRoad says whether the vehicle is, or may be, registered.
func (fs *findings) onRoad(v known) bool {
	status := v.Registration.Status
	reason := sluss.Reason{Code: "registrering.registreringsstatus", Field: v.field, Original: status.Value, Remedy: otherVehicle}
	if message, off := offRoad[status.Value]; off {
		reason.Message = message
		fs.refuse(reason)
		return false
	}
	if status.Value != StatusRegistered {
		reason.Message = "the register does not say in words we know whether the vehicle is registered: we cannot verify it"
		reason.Remedy = "check the vehicle by its registration card"
		fs.warn(reason)
	}
	return true
}

func (fs *findings) inspected(v known, day time.Time) {
	reason := sluss.Reason{Code: "periodiskKjoretoyKontroll.kontrollfrist", Field: v.field, Original: string(v.Inspection.Due)}
	switch due, err := v.Inspection.Due.Day(); {
	case v.Inspection.Due == "": // no duty
	case err != nil:
		reason.Message, reason.Remedy = "the date of the next inspection is unreadable", "check the vehicle's papers"
		fs.warn(reason)
	case due.Before(dateOf(day)):
		reason.Message = fmt.Sprintf("the inspection was due on %s, before the transport on %s", v.Inspection.Due, day.Format(time.DateOnly))
		reason.Remedy = "have the vehicle inspected, or take another one"
		fs.refuse(reason)
	}
}

// dateOf is the calendar day of a time as Date.Day has it.
func dateOf(at time.Time) time.Time {
	year, month, day := at.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

var (
	goodsLorry = regexp.MustCompile(`^N[123]G?$`)
	trailer    = regexp.MustCompile(`^O[1234]$`)
)

// fit compares the vehicle's category with what it is declared as.
func (fs *findings) fit(v known) {
	category := v.Approval.Technical.Classification.Category.Value
	own, other := goodsLorry, trailer
	if v.kind == sluss.Trailer {
		own, other = trailer, goodsLorry
	}
	reason := sluss.Reason{
		Code: "godkjenning.tekniskGodkjenning.kjoretoyklassifisering.tekniskKode", Field: v.field, Original: category,
		Remedy: "check that it is the right vehicle, and whether it may carry goods",
	}
	switch {
	case own.MatchString(category):
	case other.MatchString(category):
		reason.Message = fmt.Sprintf("the vehicle is declared as a %s, but the register has category %s", v.kind, category)
		reason.Remedy = "correct the plate or the kind of the vehicle"
		fs.refuse(reason)
	case category == "":
		reason.Message = "the register has no category for the vehicle"
		fs.warn(reason)
	default:
		reason.Message = fmt.Sprintf("the vehicle's category %s is not one of a goods %s", strings.ToUpper(category), v.kind)
		fs.warn(reason)
	}
}
