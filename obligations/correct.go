package obligations

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sluss"
)

// fixed are the fields of a result that say what it is of.
var fixed = []string{"quarter", "code", "batches"}

// CorrectResult is the content of a quarter's result with a person's correction
// in it. Its paths are those of a sluss.Result; "result." before them may be
// left out. A method without an operation falls away. The error is Faults: what
// cannot be set, and what is wrong with what was set; what is missing elsewhere
// is for CheckResult.
func CorrectResult(c sluss.Content, correction sluss.Correction) (sluss.Content, error) {
	var f faults
	set := map[string]string{}
	for _, path := range slices.Sorted(maps.Keys(correction.Set)) {
		field := strings.TrimPrefix(path, "result.")
		if first, _, _ := strings.Cut(field, "."); slices.Contains(fixed, first) {
			f.add(path, fmt.Sprintf("says what the result is of, so %s cannot change", first), "correct the batches, or declare what is missing")
			continue
		}
		set["result."+field] = correction.Set[path]
	}
	if len(correction.Set) == 0 {
		f.add("set", "the correction changes nothing", "give at least one path=value")
	}
	corrected, err := c.Corrected(set)
	var unread faults
	unread.fold("", err)
	for _, fault := range unread {
		fault.Field = strings.TrimPrefix(fault.Field, "result.")
		f = append(f, fault)
	}
	if corrected.Result == nil { // what is corrected is no result
		return c, sluss.Faults(f).Err()
	}
	r := corrected.Result
	r.Methods = slices.DeleteFunc(r.Methods, func(m sluss.Method) bool { return m.Operation == "" && m.Sub == "" })
	if r.Oil != nil && *r.Oil == (sluss.OilYield{}) {
		r.Oil = nil
	}
	var check faults
	check.fold("", CheckResult(*r, r.Oil != nil, nil))
	for _, fault := range check {
		if touched(set, fault.Field) {
			f = append(f, fault)
		}
	}
	if len(f) > 0 {
		return c, sluss.Faults(f).Err()
	}
	return corrected, nil
}

// touched tells whether a field is among those that were set to a value.
func touched(set map[string]string, field string) bool {
	for path, value := range set {
		path = strings.TrimPrefix(path, "result.")
		if value != "" && (path == field || strings.HasPrefix(path, field+".") || strings.HasPrefix(field, path+".")) {
			return true
		}
	}
	return false
}
