package obligations

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sluss"
)

var operationCode = regexp.MustCompile(`^(R([1-9]|1[0-3])|D([1-9]|1[0-5]))$`)

// frenchOperation is an operation that a BSDD accepts, with its modes. An operation
// without modes only groups or stores the waste: the BSDD then needs the next
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

const frenchOperationRemedy = "use R1 to R13, D1 to D5, D8 to D10, D9F or D12 to D15, without space"

func frenchOperationKnown(operation string) bool {
	return slices.ContainsFunc(frenchOperations(), func(o frenchOperation) bool { return o.code == operation })
}

// storesOnly tells whether waste goes on to another place after the operation.
func storesOnly(operation string) bool {
	i := slices.IndexFunc(frenchOperations(), func(o frenchOperation) bool { return o.code == operation })
	return i >= 0 && frenchOperations()[i].modes == nil
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
		f.add("treatment.mode", t.Operation+" only groups or stores, so it has no mode", "leave it out")
	case modes != nil && !slices.Contains(modes, t.Mode):
		f.add("treatment.mode", fmt.Sprintf("%q is not a mode of %s", t.Mode, t.Operation), "use "+strings.Join(modes, " or "))
	}
}

// operation checks an operation of treatment, by the French list if it is on a BSDD.
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

// storing are the operations with which a collector's batch ends: its waste goes on
// in other batches.
var storing = []string{"R12", "R13", "D13", "D14", "D15"}

// collector checks that a collector's batch does not end in a treatment.
func (f *faults) collector(field string, b batch, operation string) {
	if b.Receiver.Role == sluss.Collector && b.route.Ends("SE") && operationCode.MatchString(operation) && !slices.Contains(storing, operation) {
		f.add(field, "a collector cannot carry out "+operation, "use "+strings.Join(storing[:4], ", ")+" or "+storing[4]+", or leave receiver.role out")
	}
}

// nextCompany is the field of the company that takes waste that was only grouped or stored.
const nextCompany = "treatment.next.company"

// next checks the next destination of waste that was only grouped or stored.
func (f *faults) next(b batch) {
	const field = "treatment.next"
	t := b.Treatment
	switch {
	case t.Next == nil && !t.NoTraceability:
		if b.bsdd > 0 && storesOnly(t.Operation) {
			f.add(field, t.Operation+" only groups or stores: the BSDD needs the next destination", "give its company and the operation planned there, or use the final operation")
		}
		return
	case b.bsdd == 0:
		f.add(field, "only a BSDD has a next destination or an end of traceability", "leave next and no_traceability out")
		return
	case frenchOperationKnown(t.Operation) && !storesOnly(t.Operation):
		f.add(field, t.Operation+" is final: there is no next destination, and traceability does not end", "leave next and no_traceability out, or use an operation that groups or stores")
		return
	}
	var next sluss.NextDestination
	if t.Next != nil {
		next = *t.Next
	}
	switch {
	case next.Operation == "":
		f.add(field+".operation", "the operation planned there is missing", "give the operation, such as R1")
	case !frenchOperationKnown(next.Operation):
		f.add(field+".operation", fmt.Sprintf("the BSDD has no operation %q", next.Operation), frenchOperationRemedy)
	}
	if next.Company == (sluss.Party{}) {
		if !t.NoTraceability {
			f.add(field+".company", "the company at the next destination is missing", "name the company")
		}
		return
	}
	if blank(next.Company.Address) {
		f.add(field+".company.address", "there is no address", "give it, with postcode and town")
	}
	switch dangerous := b.dangerous(); {
	case next.Company.Country == "FR" && next.Notification != "":
		f.add(field+".notification", "waste that stays in France needs no notification", "leave it out")
	case next.Company.Country != "FR" && dangerous && next.Notification == "":
		f.add(field+".notification", "dangerous waste that leaves France needs a notification", "give its number")
	}
	f.within(field+".notification", next.Notification, 15)
}

// treated compares the treatment that was done with the planned one, which has the
// mode and the next destination.
func (f *faults) treated(b batch, done sluss.Event) {
	if b.bsdd == 0 {
		if done.NoTraceability {
			f.add("no_traceability", "only a BSDD can end traceability", "leave it out")
		}
		return
	}
	operation := done.Operation
	if operation == "" {
		operation = b.Treatment.Operation
	}
	i := slices.IndexFunc(frenchOperations(), func(o frenchOperation) bool { return o.code == operation })
	if i < 0 {
		return
	}
	const correct = "correct the treatment in the declaration first, then report it"
	switch modes := frenchOperations()[i].modes; {
	case modes == nil && b.Treatment.Next == nil:
		f.add("operation", operation+" only groups or stores, and the next destination is missing", correct)
	case modes != nil && !slices.Contains(modes, b.Treatment.Mode):
		f.add("operation", fmt.Sprintf("%q is not a mode of %s", b.Treatment.Mode, operation), correct)
	case modes != nil && done.NoTraceability:
		f.add("no_traceability", operation+" is final, so traceability does not end", "leave it out")
	case modes == nil && b.Treatment.Next.Company == (sluss.Party{}) && !done.NoTraceability && !b.Treatment.NoTraceability:
		f.add("operation", "the company at the next destination is missing", correct)
	}
}
