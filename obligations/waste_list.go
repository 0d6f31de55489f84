package obligations

import (
	_ "embed"
	"slices"
	"strings"
	"time"
)

// wasteCodes is the European list of waste as annex 3 of SFS 2020:614 has it:
// one code on each line, with a star if hazardous, and the days from and until which
// it is valid, if the change of 2026-12-09 (batteries) concerns it. To update the
// file, write the six-digit codes of the annex in that form, sorted.
//
//go:embed waste_codes.txt
var wasteCodes string

// HazardousCode tells whether a code of the European list of waste is
// hazardous, and whether the list has it. Spaces and a missing star are ignored. A
// code that changes with time is taken as it is written.
func HazardousCode(code string) (hazardous, known bool) {
	return codeOn(strings.ReplaceAll(code, " ", ""), "")
}

// codeOn tells whether a code of the European list of waste is hazardous on a day
// (2006-01-02; any day if it is empty), and whether the list has it. A missing star is
// forgiven. A code that changes with time is taken as it is written.
func codeOn(code, day string) (hazardous, known bool) {
	digits := strings.TrimSuffix(code, "*")
	for line := range strings.Lines(wasteCodes) {
		if !strings.HasPrefix(line, digits) {
			continue
		}
		words := strings.Fields(line) // code, then "from" or "until" and a day
		if strings.TrimSuffix(words[0], "*") != digits {
			continue
		}
		if len(words) == 3 && day != "" && (day >= words[2]) != (words[1] == "from") {
			continue
		}
		hazardous, known = strings.HasSuffix(words[0], "*"), true
		if words[0] == code {
			break
		}
	}
	return hazardous, known
}

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

// changeOf is the day on which the list of waste changes a code of six digits.
func changeOf(digits string) (day string, ok bool) {
	for line := range strings.Lines(wasteCodes) {
		if digits == "" || !strings.HasPrefix(line, digits) {
			continue
		}
		if words := strings.Fields(line); len(words) == 3 && strings.TrimSuffix(words[0], "*") == digits {
			return words[2], true
		}
	}
	return "", false
}

// codeStatus is a code with its star, if it has one on a day, or says that the list
// does not have it.
func codeStatus(digits, day string) string {
	switch hazardous, known := codeOn(digits, day); {
	case !known:
		return "it has no " + digits
	case hazardous:
		return digits + "* is hazardous"
	default:
		return digits + " is not hazardous"
	}
}

// writtenAsListed tells whether the list of waste has a code exactly as it is written
// on one of the days.
func writtenAsListed(code string, days ...string) bool {
	digits, starred := strings.CutSuffix(code, "*")
	return slices.ContainsFunc(days, func(day string) bool {
		hazardous, known := codeOn(digits, day)
		return known && hazardous == starred
	})
}
