package trackdechets

import (
	_ "embed" // the waste codes
	"regexp"
	"slices"
	"strings"
	"sync"

	"sluss/registries/numbers"
)

// wasteCodeList holds the codes that a BSDD may carry, one line per sub-chapter of the European list of waste.
//
//go:embed wastecodes.txt
var wasteCodeList string

var wasteCodes = sync.OnceValue(func() map[string]bool {
	codes := map[string]bool{}
	for row := range strings.Lines(wasteCodeList) {
		chapter, entries, _ := strings.Cut(row, ":")
		for entry := range strings.FieldsSeq(entries) {
			codes[chapter+" "+entry] = true
		}
	}
	return codes
})

// operationModes are the treatment codes of a BSDD, each with the modes it may be done in; grouping codes have none.
// D 14 and D 15 group as D 13 does.
func operationModes(code string) (modes []string, known bool) {
	const (
		reuse, recycle, energy, other, disposal = "REUTILISATION", "RECYCLAGE", "VALORISATION_ENERGETIQUE", "AUTRES_VALORISATIONS", "ELIMINATION"
	)
	switch code {
	case "D 9", "D 13", "D 14", "D 15", "R 12", "R 13":
		return nil, true
	case "D 1", "D 2", "D 3", "D 4", "D 5", "D 8", "D 9 F", "D 10", "D 12":
		return []string{disposal}, true
	case "R 0", "R 7":
		return []string{reuse}, true
	case "R 1":
		return []string{energy}, true
	case "R 2", "R 6", "R 8":
		return []string{reuse, recycle}, true
	case "R 3", "R 5":
		return []string{recycle, other}, true
	case "R 4", "R 10":
		return []string{recycle}, true
	case "R 9":
		return []string{reuse, recycle, energy}, true
	case "R 11":
		return []string{recycle, other, energy}, true
	default:
		return nil, false
	}
}

func isGrouping(code string) bool {
	return slices.Contains([]string{"R 12", "R 13", "D 9", "D 13", "D 14", "D 15"}, code)
}

var operationCode = regexp.MustCompile(`^([RD])\s*(\d{1,2})(?:\s*(F))?$`)

// spaced writes a treatment code with its spaces: D10 becomes D 10.
func spaced(code string) string {
	parts := operationCode.FindStringSubmatch(strings.TrimSpace(code))
	if parts == nil {
		return code
	}
	return strings.TrimSpace(parts[1] + " " + parts[2] + " " + parts[3])
}

// validSiret checks a SIRET; the sandbox takes those of test companies.
func validSiret(siret string) bool { return numbers.IsSIRET(siret, true) }

// isForeign says whether a company on a document is outside France.
func isForeign(company map[string]any) bool {
	country := text(company, "country")
	if text(company, "siret") != "" {
		return false
	}
	return text(company, "vatNumber") != "" || text(company, "extraEuropeanId") != "" || (country != "" && country != "FR")
}
