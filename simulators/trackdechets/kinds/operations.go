package kinds

import (
	"regexp"
	"slices"
	"strings"
)

const (
	reuse    = "REUTILISATION"
	recycle  = "RECYCLAGE"
	energy   = "VALORISATION_ENERGETIQUE"
	other    = "AUTRES_VALORISATIONS"
	disposal = "ELIMINATION"
)

// operations are the treatment codes of a BSDD, each with the modes in which it may be done; grouping codes have none.
// D 14 and D 15 group as D 13 does.
var operations = map[string][]string{
	"D 9": nil, "D 13": nil, "D 14": nil, "D 15": nil, "R 12": nil, "R 13": nil,
	"D 1": {disposal}, "D 2": {disposal}, "D 3": {disposal}, "D 4": {disposal}, "D 5": {disposal}, "D 8": {disposal},
	"D 9 F": {disposal}, "D 10": {disposal}, "D 12": {disposal},
	"R 0": {reuse}, "R 1": {energy}, "R 2": {reuse, recycle}, "R 3": {recycle, other}, "R 4": {recycle}, "R 5": {recycle, other}, "R 6": {reuse, recycle},
	"R 7": {reuse}, "R 8": {reuse, recycle}, "R 9": {reuse, recycle, energy}, "R 10": {recycle}, "R 11": {recycle, other, energy},
}

// Modes are the modes in which a treatment may be done; false for a code that a BSDD does not take.
func Modes(code string) ([]string, bool) {
	modes, known := operations[code]
	return modes, known
}

// IsGrouping says whether a treatment of a BSDD is not the last one.
func IsGrouping(code string) bool {
	modes, known := operations[code]
	return known && len(modes) == 0
}

var operationCode = regexp.MustCompile(`^([RD])\s*(\d{1,2})(?:\s*(F))?$`)

// Spaced writes a treatment code with its spaces: D10 becomes D 10.
func Spaced(code string) string {
	parts := operationCode.FindStringSubmatch(strings.TrimSpace(code))
	if parts == nil {
		return code
	}
	return strings.TrimSpace(parts[1] + " " + parts[2] + " " + parts[3])
}

// modePath is where a BSDD keeps the mode of its treatment.
const modePath = "destinationOperationMode"

// Operation checks a treatment and its mode, as a BSDD and its revisions have them; missing is what is said where the
// mode is. The code must be written with its spaces, but the mode is looked up without.
func (c *Check) Operation(path, code, mode, missing string) (known bool) {
	_, known = Modes(code)
	c.When(!known, path, unknownOperation)
	modes, _ := Modes(Spaced(code))
	switch {
	case mode == "" && len(modes) > 0:
		c.When(true, modePath, "%s", missing)
	case mode != "":
		c.When(!slices.Contains(modes, mode), modePath, wrongMode)
	}
	return known
}

const (
	unknownOperation = "Cette opération d’élimination / valorisation n'existe pas."
	wrongMode        = "Le mode de traitement n'est pas compatible avec l'opération de traitement choisie"
)
