package kinds

import (
	_ "embed" // the waste codes
	"slices"
	"strings"
	"sync"
)

// wasteCodeList holds the codes that a BSDD may carry, one line per sub-chapter of the European list of waste.
//
//go:embed wastecodes.txt
var wasteCodeList string

// WasteCodes are the codes that a BSDD may carry.
var WasteCodes = sync.OnceValue(func() map[string]bool {
	codes := map[string]bool{}
	for row := range strings.Lines(wasteCodeList) {
		chapter, entries, _ := strings.Cut(row, ":")
		for entry := range strings.FieldsSeq(entries) {
			codes[chapter+" "+entry] = true
		}
	}
	return codes
})

// roundCodes are the wastes of which a collection round may be made: whole sub-chapters, and single codes.
var roundCodes = struct{ chapters, codes []string }{
	chapters: []string{"13 02", "13 05", "16 02", "16 07", "20 01"},
	codes:    []string{"13 01 10*", "13 01 11*", "13 01 12*", "13 01 13*", "15 01 10*", "15 02 02*", "16 06 01*", "19 08 10*"},
}

func suitsRound(code string) bool {
	return slices.Contains(roundCodes.codes, code) ||
		slices.ContainsFunc(roundCodes.chapters, func(chapter string) bool { return strings.HasPrefix(code, chapter+" ") })
}
