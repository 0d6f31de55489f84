package obligations

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"sluss"
)

var (
	subCode  = regexp.MustCompile(`^[A-Z]?$`)
	kindCode = regexp.MustCompile(`^\d{2}$`)
	// otherText is the registry's class for its reference and for what waste oil
	// became.
	otherText = regexp.MustCompile(`^[a-zA-Z0-9äÄöÖåÅÀàÁáÃãËëÉéÈèÊêÂâÍíÎîÏï\s,.\-&/"_()?]{1,100}$`)
)

// CheckResult returns everything that is wrong with a quarterly result, by the rules
// of the Swedish registry. Whether the registry expects a result of waste oil for the
// code, and which kinds there are, comes from its own lists. Without kinds, only
// their form is checked. The error is Faults, whose fields are
// those of the result.
func CheckResult(r sluss.Result, oil bool, kinds []sluss.OilKind) error {
	var f faults
	if r.Quarter.Number < 1 || r.Quarter.Number > 4 {
		f.add("quarter.number", fmt.Sprintf("there is no quarter %d", r.Quarter.Number), "give 1 to 4")
	}
	if r.Mass <= 0 {
		f.add("mass", "the mass must be more than 0", "give the kilograms that were treated")
	}
	f.methods(r.Methods)
	if r.NonHazardous == nil && r.Product == nil {
		f.add("non_hazardous", "what came of the waste is missing", "give the kilograms that are no longer hazardous, or as product those that are no longer waste; 0 if there are none")
	}
	f.shares(r.Mass, share{"non_hazardous", r.NonHazardous}, share{"product", r.Product})
	switch {
	case oil && r.Oil == nil:
		f.add("oil.kind", "the result of the waste oil is missing", "give the two digits of the kind of result, and its masses")
	case !oil && r.Oil != nil:
		f.add("oil", r.Code+" is not waste oil", "leave it out")
	case oil:
		f.oil(r.Mass, *r.Oil, kinds)
	}
	return sluss.Faults(f).Err()
}

func (f *faults) methods(methods []sluss.Method) {
	if len(methods) == 0 {
		f.add("methods", "the methods of treatment are missing", "give at least one operation, such as R9")
	}
	for i, m := range methods {
		field := at("methods", i)
		if !operationCode.MatchString(m.Operation) {
			f.add(field+".operation", fmt.Sprintf("there is no operation %q", m.Operation), "use R1 to R13 or D1 to D15, without space")
		}
		if !subCode.MatchString(m.Sub) {
			f.add(field+".sub", fmt.Sprintf("%q is not a letter", m.Sub), "give one capital letter, or leave it out")
		}
		if slices.Contains(methods[:i], m) {
			f.add(field, m.Operation+m.Sub+" is listed twice", "name each method once")
		}
	}
}

// share is a part of the mass, if it was given.
type share struct {
	field string
	mass  *sluss.Mass
}

// shares checks that no part is negative and that all parts together are not more than the whole.
func (f *faults) shares(whole sluss.Mass, parts ...share) {
	var sum sluss.Mass
	for _, p := range parts {
		switch {
		case p.mass == nil:
		case *p.mass < 0:
			f.add(p.field, "the mass is negative", "give kilograms, or leave it out")
		default:
			sum += *p.mass
		}
	}
	if whole > 0 && sum > whole {
		f.add(parts[0].field, fmt.Sprintf("the parts add up to %s, more than the %s that were treated", sum, whole), "correct the masses")
	}
}

func (f *faults) oil(whole sluss.Mass, o sluss.OilYield, kinds []sluss.OilKind) {
	i := slices.IndexFunc(kinds, func(k sluss.OilKind) bool { return k.Code == o.Kind })
	switch {
	case !kindCode.MatchString(o.Kind):
		f.add("oil.kind", fmt.Sprintf("%q is not the code of a kind", o.Kind), "give its two digits")
	case len(kinds) > 0 && i < 0:
		f.add("oil.kind", fmt.Sprintf("the Swedish registry has no kind %s", o.Kind), "choose one of its list")
	}
	parts := []share{{"oil.regenerated", o.Regenerated}, {"oil.recycled", o.Recycled}, {"oil.energy", o.Energy}, {"oil.disposed", o.Disposed}}
	f.shares(whole, parts...)
	if o.Other != "" && !otherText.MatchString(o.Other) {
		f.add("oil.other", "the Swedish registry does not accept this text", `use letters, digits and , . - & / " _ ( ) ?, at most 100`)
	}
	if i < 0 {
		return
	}
	kind, told := kinds[i], 0
	takes := []bool{kind.Regenerated, kind.Recycled, kind.Energy, kind.Disposed}
	for n, p := range parts {
		switch {
		case p.mass == nil:
		case takes[n]:
			told++
		default:
			f.add(p.field, "kind "+kind.Code+" has no such mass", "leave it out, or choose another kind")
		}
	}
	if told == 0 && slices.Contains(takes, true) {
		f.add(parts[slices.Index(takes, true)].field, "the mass is missing of kind "+kind.Code, "give the kilograms")
	}
	switch {
	case kind.AnyOther && o.Other == "":
		f.add("oil.other", "kind "+kind.Code+" needs a description of what the oil became", "describe it")
	case !kind.AnyOther && o.Other != "":
		f.add("oil.other", "kind "+kind.Code+" has no description", "leave it out")
	}
}

// fixed are the fields of a result that say what it is of.
var fixed = []string{"quarter", "code", "batches"}

// CorrectResult is the content of a quarter's result with a person's correction
// in it. Its paths are those of a sluss.Result; "result." before them may be
// left out. A method without an operation is removed. The error is Faults: what
// cannot be set, and what is wrong with what was set. CheckResult reports what else
// is missing.
func CorrectResult(c sluss.Content, correction sluss.Correction) (sluss.Content, error) {
	var f faults
	set := map[string]string{}
	for _, path := range slices.Sorted(maps.Keys(correction.Set)) {
		field := strings.TrimPrefix(path, "result.")
		if first, _, _ := strings.Cut(field, "."); slices.Contains(fixed, first) {
			f.add(path, fmt.Sprintf("%s identifies the result and cannot change", first), "correct the batches, or declare what is missing")
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
		if isSet(set, fault.Field) {
			f = append(f, fault)
		}
	}
	if len(f) > 0 {
		return c, sluss.Faults(f).Err()
	}
	return corrected, nil
}

// isSet tells whether a field is among those that were set to a value.
func isSet(set map[string]string, field string) bool {
	for path, value := range set {
		path = strings.TrimPrefix(path, "result.")
		if value != "" && (path == field || strings.HasPrefix(path, field+".") || strings.HasPrefix(field, path+".")) {
			return true
		}
	}
	return false
}
