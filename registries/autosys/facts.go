package autosys

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sluss"
)

var statusName = map[string]string{
	StatusRegistered:   "registered",
	StatusDeregistered: "de-registered",
	StatusUnregistered: "never registered",
	StatusExported:     "exported",
	StatusScrapped:     "scrapped",
}

// fuelName names the fuels by their codes in the registry.
var fuelName = map[string]string{
	"1": "petrol", "2": "diesel", "3": "paraffin", "4": "gas", "5": "electric", "6": "hydrogen", "9": "other",
	"10": "biodiesel", "11": "bio-petrol", "12": "LPG", "13": "CNG", "14": "methanol", "15": "ethanol",
	"16": "LPG-A", "17": "LPG-B", "18": "CNG 20", "19": "CNG 25", "20": "compressed air",
}

const electric, hydrogen, otherFuel = "5", "6", "9"

// factsOf are the registry's facts about the vehicle, for a person.
func factsOf(v known) sluss.VehicleFacts {
	kerb, _ := mass(v.weights().Kerb)
	payload, _ := mass(v.weights().Payload)
	facts := sluss.VehicleFacts{
		Position: v.position, Category: v.category(), Kerb: kerb, Payload: payload, Since: v.Registration.since(),
		Status: cmp.Or(statusName[v.Registration.Status.Value], "unknown"), ADR: v.certificate(),
	}
	for _, code := range v.fuels() {
		name := cmp.Or(fuelName[code], "code "+code)
		if !slices.Contains(facts.Fuels, name) {
			facts.Fuels = append(facts.Fuels, name)
		}
	}
	facts.HighVoltage, facts.HighVoltageWhy = v.highVoltage()
	return facts
}

// fuels are the codes of all fuels of all engines.
func (v known) fuels() (codes []string) {
	for _, engine := range v.technical().Data.Drive.Engines {
		for _, fuel := range engine.Fuels {
			if fuel.Code.Value != "" {
				codes = append(codes, fuel.Code.Value)
			}
		}
	}
	return codes
}

// highVoltage says whether the vehicle has a high-voltage battery, and which field says so. The registry has no field
// for the battery itself, so the answer is "no" only if every field that there is speaks against one.
func (v known) highVoltage() (answer, why string) {
	const yes, no, unknown = "yes", "no", "unknown"
	drive, fuels := v.technical().Data.Drive, v.fuels()
	doubtful := func(code string) bool {
		_, named := fuelName[code]
		return !named || code == otherFuel
	}
	switch hybrid := drive.HybridCategory.Value; {
	case slices.Contains(fuels, electric):
		return yes, "drivstoffKode 5: electric"
	case drive.OnlyElectric:
		return yes, "utelukkendeElektriskDrift: electric only"
	case hybrid == "LADBAR":
		return yes, "hybridKategori LADBAR: a plug-in hybrid"
	case hybrid == "IKKE_LADBAR":
		return yes, "hybridKategori IKKE_LADBAR: a hybrid"
	case drive.Hybrid:
		return yes, "hybridElektriskKjoretoy: a hybrid"
	case hybrid != "" && hybrid != "INGEN":
		return unknown, "hybridKategori has a code that we do not know"
	case slices.Contains(fuels, hydrogen):
		return unknown, "drivstoffKode 6: hydrogen, which a fuel cell with such a battery may use"
	case slices.ContainsFunc(fuels, doubtful):
		return unknown, "drivstoffKode is other, or a code that we do not know"
	case len(fuels) > 0:
		return no, "drivstoffKode: neither electric nor a hybrid"
	case trailer.MatchString(v.category()):
		return no, "tekniskKode " + v.category() + ": a trailer without a motor"
	}
	return unknown, "the registry has no fuel for the vehicle"
}

// certificate describes the approval for dangerous goods with the latest end; empty if there is none.
func (v known) certificate() string {
	var last *AdditionalApproval
	for _, a := range v.Approval.Additional {
		if a.Specific.ADR != nil && (last == nil || a.until() > last.until()) {
			last = &a
		}
	}
	if last == nil {
		return ""
	}
	words := []string{strings.Join(last.Specific.ADR.Types, ", ")}
	words = append(words, fmt.Sprintf("from %s to %s", cmp.Or(last.From, "an unknown day"), cmp.Or(last.until(), "an unknown day")))
	if tank := last.Specific.ADR.Tank; tank != nil && tank.Code != "" {
		words = append(words, "tank "+tank.Code)
	}
	return strings.TrimSpace(strings.Join(words, " "))
}
