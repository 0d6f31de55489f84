package check

import (
	_ "embed" // the waste codes
	"slices"
	"strings"
	"sync"
	"time"
)

// wasteCodeList holds the codes that a BSDD may carry, one line for each sub-chapter
// of the European list of waste. Those of other documents alone (asbestos, fluids,
// infectious waste) are not in it.
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

// operation is one that a BSDD takes, in the words of a declaration. Those without
// modes group or store, and want a next destination.
type operation struct {
	code  string
	modes []string
	from  time.Time
}

const (
	reuse, recycling, energy, otherRecovery, elimination = "reuse", "recycling", "energy-recovery", "other", "elimination"
)

// operations are all of them. R0 is for groups alone.
var operations = []operation{
	{code: "R0", modes: []string{reuse}},
	{code: "R1", modes: []string{energy}},
	{code: "R2", modes: []string{reuse, recycling}},
	{code: "R3", modes: []string{recycling, otherRecovery}},
	{code: "R4", modes: []string{recycling}},
	{code: "R5", modes: []string{recycling, otherRecovery}},
	{code: "R6", modes: []string{recycling, reuse}},
	{code: "R7", modes: []string{reuse}},
	{code: "R8", modes: []string{recycling, reuse}},
	{code: "R9", modes: []string{reuse, recycling, energy}},
	{code: "R10", modes: []string{recycling}},
	{code: "R11", modes: []string{recycling, otherRecovery, energy}},
	{code: "R12"},
	{code: "R13"},
	{code: "D1", modes: []string{elimination}},
	{code: "D2", modes: []string{elimination}},
	{code: "D3", modes: []string{elimination}},
	{code: "D4", modes: []string{elimination}},
	{code: "D5", modes: []string{elimination}},
	{code: "D8", modes: []string{elimination}},
	{code: "D9"},
	{code: "D9F", modes: []string{elimination}, from: modesWanted},
	{code: "D10", modes: []string{elimination}},
	{code: "D12", modes: []string{elimination}},
	{code: "D13"},
	{code: "D14"},
	{code: "D15"},
}

// operationOf is the operation with a code on a day; false where the registry has none
// such then.
func operationOf(code string, on time.Time) (operation, bool) {
	at := slices.IndexFunc(operations, func(o operation) bool { return o.code == code && !on.Before(o.from) })
	if at < 0 {
		return operation{}, false
	}
	return operations[at], true
}
