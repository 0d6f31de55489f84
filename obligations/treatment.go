package obligations

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var operationCode = regexp.MustCompile(`^(R([1-9]|1[0-3])|D([1-9]|1[0-5]))$`)

// frenchOperation is an operation that a BSDD takes, with the modes it allows.
// One without modes only groups or stores: the BSDD then wants the next
// destination.
type frenchOperation struct {
	code  string
	modes []string
}

func frenchOperations() []frenchOperation {
	const recycling, reuse, energy, elimination, other = "recycling", "reuse", "energy-recovery", "elimination", "other"
	return []frenchOperation{
		{"R1", []string{energy}},
		{"R2", []string{reuse, recycling}},
		{"R3", []string{recycling, other}},
		{"R4", []string{recycling}},
		{"R5", []string{recycling, other}},
		{"R6", []string{recycling, reuse}},
		{"R7", []string{reuse}},
		{"R8", []string{recycling, reuse}},
		{"R9", []string{reuse, recycling, energy}},
		{"R10", []string{recycling}},
		{"R11", []string{recycling, other, energy}},
		{"R12", nil},
		{"R13", nil},
		{"D1", []string{elimination}},
		{"D2", []string{elimination}},
		{"D3", []string{elimination}},
		{"D4", []string{elimination}},
		{"D5", []string{elimination}},
		{"D8", []string{elimination}},
		{"D9", nil},
		{"D9F", []string{elimination}},
		{"D10", []string{elimination}},
		{"D12", []string{elimination}},
		{"D13", nil},
		{"D14", nil},
		{"D15", nil},
	}
}

func (f *faults) treatment(b batch) {
	t := b.Treatment
	valid := f.operation("treatment.operation", b, t.Operation)
	if b.bsdd == 0 {
		return
	}
	if b.dangerous() && blank(t.Acceptance) {
		f.add("treatment.acceptance", "the BSDD of dangerous waste needs the number of the acceptance certificate (CAP)", "ask the receiver for it")
	}
	f.within("treatment.acceptance", t.Acceptance, 250)
	f.within("treatment.description", t.Description, 250)
	if !valid {
		return
	}
	operations := frenchOperations()
	i := slices.IndexFunc(operations, func(o frenchOperation) bool { return o.code == t.Operation })
	switch modes := operations[i].modes; {
	case modes == nil && t.Mode != "":
		f.add("treatment.mode", t.Operation+" only groups or stores, and is carried out in no mode", "leave it out")
	case modes != nil && !slices.Contains(modes, t.Mode):
		f.add("treatment.mode", fmt.Sprintf("%q is not how France carries out %s", t.Mode, t.Operation), "use "+strings.Join(modes, " or "))
	}
}

// operation checks an operation of treatment, by the French list where a BSDD
// tells of it.
func (f *faults) operation(field string, b batch, operation string) (valid bool) {
	if b.bsdd == 0 {
		if !operationCode.MatchString(operation) {
			f.add(field, fmt.Sprintf("there is no operation %q", operation), "use R1 to R13 or D1 to D15, without space")
			return false
		}
		return true
	}
	if !frenchOperationKnown(operation) {
		f.add(field, fmt.Sprintf("the BSDD has no operation %q", operation), frenchOperationRemedy)
		return false
	}
	return true
}
