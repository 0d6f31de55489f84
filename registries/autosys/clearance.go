package autosys

import (
	"fmt"
	"slices"
	"time"

	"sluss"
)

// Load is what the vehicles of a leg have to carry.
type Load struct {
	Leg  int        // counted from 1
	Mass sluss.Mass // of all batches on the vehicles
	// With are the other batches on them, of the same tenant, and Others how many others.
	With   []sluss.BatchID
	Others int
	// DangerousInTank means that the load is in a tank and subject to ADR. Only such a load needs approved vehicles;
	// packaged dangerous goods as such need none (ADR 9.1).
	DangerousInTank bool
	UN              string // ADR entry as on the transport document; empty: not subject to ADR
	Foreign         int    // number of the leg's vehicles that are not Norwegian, and so not in Checked
	Abroad          bool   // the leg begins or ends outside Norway
	// None means that the vehicles carry nothing and are looked up for their own sake, such as those that are to be
	// scrapped. Only the identity of a vehicle is judged then.
	None bool
}

// Checked is a Norwegian vehicle of the leg and the registry's answer about it: Found, NotFound, Withheld or
// BadRequest, which is also used if the form of the plate was wrong and no call was made. Any other answer is judged
// as no answer.
type Checked struct {
	Position int // among the leg's vehicles, counted from 0
	Vehicle  sluss.Vehicle
	Answer   Answer
}

// Clear gives the verdict on the vehicles for the load on the day of transport. Only the calendar day in its own zone
// counts, so give it in Oslo's zone. Each reason has as Code the source field in the registry's answer, and as Field
// the place in the declaration. Refusals come before warnings. Clear makes no calls and has no clock.
//
// By the default policy it refuses what the registry rules out, and warns about what the registry does not know. All
// weights in the registry except the permitted ones are approximate, and the registry does not know how a load is
// distributed, so a clearance does not replace weighing.
func (p Policy) Clear(load Load, day time.Time, vehicles []Checked) sluss.Clearance {
	clearance, _ := p.weigh(judge(load, day, vehicles))
	clearance.Day = day
	return clearance
}

// finding is a reason and its concern; judged holds all findings and the facts of the vehicles.
type (
	finding struct {
		concern Concern
		reason  sluss.Reason
	}
	findings []finding
	judged   struct {
		findings
		facts []sluss.VehicleFacts
	}
)

func (fs *findings) add(c Concern, r sluss.Reason) { *fs = append(*fs, finding{c, r}) }

// weigh turns findings into the verdict; refusals are those of its reasons that stop.
func (p Policy) weigh(found judged) (c sluss.Clearance, refusals []sluss.Reason) {
	var warnings []sluss.Reason
	for _, f := range found.findings {
		switch p.levels[f.concern] {
		case stop:
			refusals = append(refusals, f.reason)
		case warn:
			warnings = append(warnings, f.reason)
		case ignore:
		}
	}
	c = sluss.Clearance{Verdict: sluss.Clear, Reasons: slices.Concat(refusals, warnings), Vehicles: found.facts}
	switch {
	case len(refusals) > 0:
		c.Verdict, c.OverrideBy = sluss.Stop, slices.Clone(p.overrideBy)
	case len(warnings) > 0:
		c.Verdict = sluss.Warning
	}
	return c, refusals
}

// known is a vehicle with its data.
type known struct {
	Vehicle
	kind     sluss.VehicleKind
	field    string
	position int
}

func (v known) technical() TechnicalApproval { return v.Approval.Technical }
func (v known) category() string             { return v.technical().Classification.Category.Value }

func judge(load Load, day time.Time, vehicles []Checked) judged {
	var found judged
	fs := &found.findings
	var combination []known
	unknown := load.Foreign
	for _, checked := range vehicles {
		vehicle, ok := fs.identify(load, checked)
		if !ok {
			unknown++
			continue
		}
		combination = append(combination, vehicle)
		found.facts = append(found.facts, factsOf(vehicle))
		fs.plated(vehicle, checked.Vehicle.Plate, day)
		if load.None || !fs.onRoad(vehicle, day) {
			continue // other data about a vehicle that is off the road is outdated
		}
		fs.inspected(vehicle, day)
		fs.fit(vehicle)
		if load.DangerousInTank {
			fs.approved(vehicle, load, day)
		}
	}
	if load.None {
		return found
	}
	if load.Foreign > 0 {
		fs.add(foreign, sluss.Reason{
			Field: fmt.Sprintf("legs.%d.vehicles", load.Leg-1), Remedy: readPapers,
			Message: fmt.Sprintf("%d of the vehicles are not Norwegian and were not looked up", load.Foreign),
		})
	}
	if load.DangerousInTank {
		fs.tankCoded(load, combination)
	}
	if len(vehicles) > 0 {
		fs.carries(load, combination, unknown)
	}
	return found
}

// dateOf is the calendar day of a time, in the form of Date.Day.
func dateOf(at time.Time) time.Time {
	year, month, day := at.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
