package trackdechets

import (
	_ "embed" // the waste codes
	"slices"
	"strings"
	"sync"
	"time"
)

// wasteCodeList holds the codes that a BSDD may carry, one line for each
// sub-chapter of the European list of waste. Those of other documents alone
// (asbestos, fluids, infectious waste) are not in it.
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

// release is the first day of the month of one of the register's releases;
// which day it was is not known.
func release(year int, month time.Month) time.Time {
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
}

// What the register began to ask for since the product's own rules begin.
var (
	platesShaped  = release(2025, time.February)  // at most two, of 4 to 12 characters
	modesRemapped = release(2025, time.September) // as operations has them
	modesWanted   = release(2026, time.January)   // and D 9 F is an operation
)

// operation is one that a BSDD takes, as it writes it. Those without modes group
// or store, and want a next destination.
type operation struct {
	code  string
	modes []string // of a declaration
	from  time.Time
}

const (
	reuse, recycling, energy, otherRecovery, elimination = "reuse", "recycling", "energy-recovery", "other", "elimination"
)

// operations are all of them. R 0 is for groups alone.
var operations = []operation{
	{code: "R 0", modes: []string{reuse}},
	{code: "R 1", modes: []string{energy}},
	{code: "R 2", modes: []string{reuse, recycling}},
	{code: "R 3", modes: []string{recycling, otherRecovery}},
	{code: "R 4", modes: []string{recycling}},
	{code: "R 5", modes: []string{recycling, otherRecovery}},
	{code: "R 6", modes: []string{recycling, reuse}},
	{code: "R 7", modes: []string{reuse}},
	{code: "R 8", modes: []string{recycling, reuse}},
	{code: "R 9", modes: []string{reuse, recycling, energy}},
	{code: "R 10", modes: []string{recycling}},
	{code: "R 11", modes: []string{recycling, otherRecovery, energy}},
	{code: "R 12"},
	{code: "R 13"},
	{code: "D 1", modes: []string{elimination}},
	{code: "D 2", modes: []string{elimination}},
	{code: "D 3", modes: []string{elimination}},
	{code: "D 4", modes: []string{elimination}},
	{code: "D 5", modes: []string{elimination}},
	{code: "D 8", modes: []string{elimination}},
	{code: "D 9"},
	{code: "D 9 F", modes: []string{elimination}, from: modesWanted},
	{code: "D 10", modes: []string{elimination}},
	{code: "D 12", modes: []string{elimination}},
	{code: "D 13"},
	{code: "D 14"},
	{code: "D 15"},
}

// operationOf is the operation of a declaration's code ("R9") on a day; false
// where the register has none such then.
func operationOf(code string, on time.Time) (operation, bool) {
	at := slices.IndexFunc(operations, func(o operation) bool { return o.code == spaced(code) && !on.Before(o.from) })
	if at < 0 {
		return operation{}, false
	}
	return operations[at], true
}

func (o operation) groups() bool { return len(o.modes) == 0 }
