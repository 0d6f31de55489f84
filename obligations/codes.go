package obligations

import (
	"slices"
	"strings"
	"time"
)

// WasteCodes are the six-digit codes of the list of waste as it is on the
// Swedish day of a moment, sorted, each with a star if it is hazardous.
func WasteCodes(moment time.Time) []string {
	var codes []string
	today := day(moment)
	for line := range strings.Lines(wasteCodes) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		digits := strings.TrimSuffix(words[0], "*")
		hazardous, known := codeOn(digits, today)
		if !known {
			continue
		}
		if hazardous {
			digits += "*"
		}
		if !slices.Contains(codes[max(0, len(codes)-2):], digits) { // a code that changes has two lines
			codes = append(codes, digits)
		}
	}
	return codes
}
