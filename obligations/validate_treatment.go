package obligations

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sluss"
)

var operationCode = regexp.MustCompile(`^(R([1-9]|1[0-3])|D([1-9]|1[0-5]))$`)

// finalD9 is what France calls D9 if nothing follows.
const finalD9 = "D9F"

func (f *faults) treatment(b batch) {
	if !b.Returned() || b.Treatment.Operation != "" {
		f.operation("treatment.operation", b, b.Treatment.Operation)
	}
	next := b.Treatment.Next
	if next != nil && next.Operation != "" {
		f.operation("treatment.next.operation", b, next.Operation)
	}
}

// operation checks an operation of treatment (directive 2008/98/EC, annexes I and II).
func (f *faults) operation(field string, b batch, operation string) (valid bool) {
	if operationCode.MatchString(operation) || operation == finalD9 && b.bsdd > 0 {
		return true
	}
	f.add(field, fmt.Sprintf("there is no operation %q", operation), "use R1 to R13 or D1 to D15, without space")
	return false
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
