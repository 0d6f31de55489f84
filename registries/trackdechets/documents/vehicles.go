package documents

import (
	"encoding/json"
	"fmt"
	"slices"

	"sluss"
)

// BSVHUProposal is what the BSVHU of some vehicles would say, for a person to
// look over and complete.
type BSVHUProposal struct {
	Content Content `json:"content"` // as BsvhuInput of the schema
	// Missing is what the emitter's signature needs and the vehicle registry does
	// not tell.
	Missing sluss.Faults `json:"missing"`
	// Notes tell what was taken for granted, and what to look at.
	Notes []string `json:"notes"`
}

// Wrecks are vehicles that go to scrap on one BSVHU.
type Wrecks struct {
	Vehicles []sluss.Vehicle      // each by its plate, else by its chassis number
	Facts    []sluss.VehicleFacts // what the vehicle registry has of them, by position
	// Depolluted: their fluids, batteries and the like have been taken out. No
	// registry tells it.
	Depolluted bool
}

// Waste codes of end-of-life vehicles, as a BSVHU takes them.
const (
	wholeWreck      = "16 01 04*"
	depollutedWreck = "16 01 06"
)

// ProposeBSVHU fills a BSVHU with what the vehicle registry knows: numbers, how
// many, the kerb masses in tonnes as an estimate, and whether one of them is
// electric or hybrid. It asks nobody.
func ProposeBSVHU(w Wrecks) BSVHUProposal {
	p := BSVHUProposal{Missing: sluss.Faults{}, Notes: []string{}}
	note := func(format string, args ...any) { p.Notes = append(p.Notes, fmt.Sprintf(format, args...)) }
	missing := func(field, problem, remedy string) {
		p.Missing = append(p.Missing, sluss.Fault{Field: field, Problem: problem, Remedy: remedy})
	}
	p.Content = Content{"packaging": "UNITE", "quantity": len(w.Vehicles), "wasteCode": wholeWreck}
	if w.Depolluted {
		p.Content["wasteCode"] = depollutedWreck
	} else {
		note("no registry tells whether a vehicle has been depolluted: %s is for those that have not been, %s for those that have", wholeWreck, depollutedWreck)
	}

	var numbers, plates, unknown, unweighed, untold []string
	var mass sluss.Mass
	electric := false
	for i, v := range w.Vehicles {
		number := v.VIN
		if v.Plate != "" {
			number, plates = v.Plate, append(plates, v.Plate)
		}
		numbers = append(numbers, number)
		at := slices.IndexFunc(w.Facts, func(f sluss.VehicleFacts) bool { return f.Position == i })
		if at < 0 {
			unknown, unweighed, untold = append(unknown, number), append(unweighed, number), append(untold, number)
			continue
		}
		f := w.Facts[at]
		if mass += f.Kerb; f.Kerb == 0 {
			unweighed = append(unweighed, number)
		}
		switch f.HighVoltage {
		case "yes":
			electric = true
			note("%s has a high-voltage battery: %s", number, f.HighVoltageWhy)
		case "no":
		default:
			untold = append(untold, number)
		}
		switch f.Status {
		case "scrapped":
			note("%s is scrapped in Norway already, since %s: see that it is not on another document", number, day(f))
		case "registered":
			note("%s is registered in Norway: have it de-registered as scrapped there", number)
		}
	}
	for _, number := range unknown {
		note("the vehicle registry tells nothing of %s", number)
	}

	identification := map[string]any{"numbers": numbers}
	p.Content["identification"] = identification
	if len(plates) == len(numbers) {
		identification["type"] = "NUMERO_IMMATRICULATION"
	} else {
		note("a BSVHU has no type for chassis numbers: give plates, or the numbers in the police register (livre de police)")
	}
	if len(unweighed) == 0 && mass > 0 {
		p.Content["weight"] = map[string]any{"value": json.Number(mass.Tonnes()), "isEstimate": true}
		note("the mass is the kerb mass of the vehicle registry, in tonnes: weigh them, or leave it an estimate")
	}
	switch {
	case electric:
		p.Content["containsElectricOrHybridVehicles"] = true
	case len(untold) == 0:
		p.Content["containsElectricOrHybridVehicles"] = false
	default:
		missing("containsElectricOrHybridVehicles", fmt.Sprintf("the registry does not tell of %q whether there is a high-voltage battery", untold), "look at them, and say true or false")
	}
	for _, path := range BSVHU.Missing(p.Content, Emission) {
		problem, remedy := "is missing", "give it"
		switch path {
		case "weight.value":
			problem, remedy = fmt.Sprintf("the registry has no kerb mass of %q", unweighed), "weigh them; the number is in tonnes"
		case "identification.type":
			remedy = "give NUMERO_IMMATRICULATION with plates, or NUMERO_ORDRE_REGISTRE_POLICE"
		case "destination.type":
			remedy = "give BROYEUR (a shredder) or DEMOLISSEUR (a second centre for end-of-life vehicles)"
		case "destination.plannedOperationCode":
			remedy = "give the operation planned there, such as R 4 or R 12"
		}
		missing(path, problem, remedy)
	}
	return p
}

func day(f sluss.VehicleFacts) string {
	if f.Since.IsZero() {
		return "a day that is not told"
	}
	return f.Since.Format("2006-01-02")
}
