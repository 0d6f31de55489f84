package autosys

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"sluss"
)

var offRoad = map[string]string{
	StatusDeregistered: "the vehicle is de-registered",
	StatusUnregistered: "the vehicle has never been registered",
	StatusExported:     "the vehicle is de-registered by export",
	StatusScrapped:     "the vehicle is scrapped",
}

// onRoad is false if the vehicle is certainly not registered.
func (fs *findings) onRoad(v known, day time.Time) bool {
	is := v.Registration.Status
	reason := sluss.Reason{Code: "registrering.registreringsstatus", Field: v.field, Original: is.Value, Remedy: "take another vehicle"}
	if message, off := offRoad[is.Value]; off {
		reason.Message = message
		if since := v.Registration.since(); !since.IsZero() {
			reason.Message += " since " + since.Format(time.DateOnly)
		}
		fs.add(status, reason)
		return false
	}
	if is.Value != StatusRegistered {
		reason.Message = "the registry has no registration status for the vehicle, or one that we do not know, so we cannot tell whether it is registered"
		reason.Remedy = readCard
		fs.add(statusUnknown, reason)
	}
	if gap, message := outside(v.Registration.From, v.Registration.To, day); gap.field != "" {
		fs.add(statusUnknown, sluss.Reason{
			Code: "registrering." + gap.field, Field: v.field, Original: string(gap.written), Remedy: readCard,
			Message: "the registration of the vehicle " + message,
		})
	}
	fs.restricted(v, day)
	return true
}

// plated looks for a period in which the vehicle has the plate that it was asked for by. A plate can pass from one
// vehicle to another.
func (fs *findings) plated(v known, asked string, day time.Time) {
	var reason sluss.Reason
	for _, plate := range v.Plates {
		if bare(plate.Plate) != bare(asked) || asked == "" {
			continue
		}
		gap, message := outside(plate.From, plate.To, day)
		if gap.field == "" {
			return
		}
		reason = sluss.Reason{
			Code: "kjennemerke." + gap.field, Field: v.field, Original: string(gap.written), Remedy: readCard,
			Message: "the time for which the vehicle has this plate " + message,
		}
	}
	if reason.Code != "" {
		fs.add(otherVehicle, reason)
	}
}

// gap is the end of a period at which the day is outside it, or which cannot be read.
type gap struct {
	field   string // of the registry; empty: the day is not known to be outside the period
	written Moment
}

// outside says whether the day is outside the period, or not certainly inside it. An absent end leaves the period open.
func outside(from, to Moment, day time.Time) (g gap, message string) {
	next := midnight(day)
	begins, unclear := from.Time()
	switch {
	case from == "":
	case unclear != nil:
		return gap{"fomTidspunkt", from}, "begins at a time that cannot be read"
	case !begins.Before(next):
		return gap{"fomTidspunkt", from}, fmt.Sprintf("begins on %s, after the transport on %s", begins.Format(time.DateOnly), day.Format(time.DateOnly))
	}
	ends, unclear := to.Time()
	switch {
	case to == "":
	case unclear != nil:
		return gap{"tilTidspunkt", to}, "ends at a time that cannot be read"
	case ends.Before(next):
		return gap{"tilTidspunkt", to}, fmt.Sprintf("ended on %s, and the transport is on %s", ends.Format(time.DateOnly), day.Format(time.DateOnly))
	}
	return gap{}, ""
}

// since is when the status began; zero if the registry does not say, or the date cannot be read. Only a temporarily
// de-registered vehicle has a field of its own for it.
func (r Registration) since() time.Time {
	for _, written := range []Moment{r.DeregisteredSince, r.From} {
		if at, err := written.Time(); err == nil {
			return at
		}
	}
	return time.Time{}
}

// restricted looks for a registration or a plate that does not allow carrying goods on public roads.
func (fs *findings) restricted(v known, day time.Time) {
	reason := sluss.Reason{Field: v.field, Remedy: "check that it is the right vehicle, and whether it may carry this load on public roads"}
	for _, limit := range v.Approval.Restrictions.Codes {
		reason.Code, reason.Original = "godkjenning.registreringsbegrensninger.registreringsbegrensning", limit.Value
		reason.Message = "the registration is restricted to a special use"
		fs.add(restriction, reason)
	}
	for _, plate := range v.Plates {
		ends, err := plate.To.Time()
		ended := err == nil && ends.Before(midnight(day))
		if strings.Contains(plate.Type.Value, "UTENFOR_OFFENTLIG_VE") && !ended { // …_VEG, VETERAN_…_VEI
			reason.Code, reason.Original = "kjennemerke.kjennemerketype", plate.Type.Value
			reason.Message = "the plate is for use off public roads"
			fs.add(restriction, reason)
		}
	}
}

func (fs *findings) inspected(v known, day time.Time) {
	reason := sluss.Reason{Code: "periodiskKjoretoyKontroll.kontrollfrist", Field: v.field, Original: string(v.Inspection.Due), Remedy: readPapers}
	switch due, err := v.Inspection.Due.Day(); {
	case v.Inspection.Due == "" && v.heavy():
		reason.Message = "the registry has no inspection deadline, but a vehicle of this weight is inspected every year"
		fs.add(inspectionUnknown, reason)
	case v.Inspection.Due == "": // no duty
	case err != nil:
		reason.Message = "the date of the next inspection cannot be read"
		fs.add(inspectionUnknown, reason)
	case due.Before(dateOf(day)):
		reason.Message = fmt.Sprintf("the inspection was due on %s, before the transport on %s", v.Inspection.Due, day.Format(time.DateOnly))
		reason.Remedy = "have the vehicle inspected, or take another one"
		fs.add(inspection, reason)
	}
}

// inspectable matches the categories that are certainly inspected every year above 7,500 kg. Of tractors, their trailers
// and machines (T, C, R, S, MR) that is not known.
var inspectable = regexp.MustCompile(`^([MNO][1-4]G?)?$`)

// heavy says whether the vehicle certainly weighs over 7,500 kg, and is therefore inspected every year.
func (v known) heavy() bool {
	total, ok := mass(v.weights().Total)
	return ok && total > 7_500*sluss.Kilogram && inspectable.MatchString(v.category()) || slices.Contains([]string{"N3", "N3G", "O4"}, v.category())
}

var (
	goodsLorry = regexp.MustCompile(`^N[123]G?$`)
	trailer    = regexp.MustCompile(`^O[1234]$`)
)

// fit compares the vehicle's category with what it is declared as.
func (fs *findings) fit(v known) {
	has := v.category()
	own, other := goodsLorry, trailer
	if v.kind == sluss.Trailer {
		own, other = trailer, goodsLorry
	}
	reason := sluss.Reason{
		Code: "godkjenning.tekniskGodkjenning.kjoretoyklassifisering.tekniskKode", Field: v.field, Original: has,
		Remedy: "check that it is the right vehicle, and whether it may carry goods",
	}
	switch {
	case own.MatchString(has):
	case other.MatchString(has):
		reason.Message = fmt.Sprintf("the vehicle is declared as a %s, but the registry has category %s", v.kind, has)
		reason.Remedy = "correct the plate or the kind of the vehicle"
		fs.add(category, reason)
	case has == "":
		reason.Message = "the registry has no category for the vehicle"
		fs.add(categoryUnfit, reason)
	default:
		reason.Message = fmt.Sprintf("the vehicle's category is %s, which is not a category of a goods %s", strings.ToUpper(has), v.kind)
		fs.add(categoryUnfit, reason)
	}
}
