package obligations

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sluss"
)

var (
	writtenCode = regexp.MustCompile(`^\d{6}\*?$`)
	unNumber    = regexp.MustCompile(`^UN ?(\d{4})($|\D)`)
)

// isUN tells whether an ADR entry begins with a UN number. They go from 0004 to below
// 4000 (ADR, table A of 3.2).
func isUN(entry string) bool {
	number := unNumber.FindStringSubmatch(entry)
	return number != nil && number[1] >= "0004" && number[1] < "4000"
}

func (f *faults) waste(b batch) {
	w := b.Waste
	f.code(b)
	if w.Mass <= 0 {
		f.add("waste.mass", "the mass must be more than 0", "give kilograms, or an estimate")
	}
	if w.Consistence != "" && !slices.Contains(sluss.Consistences(), w.Consistence) {
		f.add("waste.consistence", fmt.Sprintf("there is no consistence %q", w.Consistence), "say "+sluss.OneOf(sluss.Consistences()))
	}
	if w.UN != "" && !isUN(w.UN) {
		f.add("waste.un", fmt.Sprintf("%q does not begin with a UN number", w.UN), `write the entry of the transport document, such as "UN 3082 ...", or leave it out if the waste is not subject to ADR`)
	}
	f.packagings("waste.packagings", w.Packagings)
}

func (f *faults) code(b batch) {
	const field = "waste.code"
	code := b.Waste.Code
	if !writtenCode.MatchString(code) {
		f.add(field, fmt.Sprintf("%q is not a code of the European list of waste", code), `write six digits without spaces and a star if hazardous, such as "130205*"`)
		return
	}
	digits, starred := strings.CutSuffix(code, "*")
	// The list of the day on which the way begins, or as it changes meanwhile;
	// without a departure any.
	day, last, _ := b.span()
	if day != "" && writtenAsListed(code, day, last) {
		return
	}
	switch hazardous, known := codeOn(code, day); {
	case !known && day != "":
		f.add(field, fmt.Sprintf("the European list of waste has no code %s on %s", digits, day), "look the code up in annex 3 of SFS 2020:614")
	case !known:
		f.add(field, fmt.Sprintf("the European list of waste has no code %s", digits), "look the code up in annex 3 of SFS 2020:614")
	case hazardous && !starred:
		f.add(field, digits+" is hazardous waste", "write "+digits+"*")
	case !hazardous && starred:
		f.add(field, digits+" is not hazardous waste", "write "+digits+", or choose the hazardous twin of the code")
	}
}

// packagings checks the containers at a path.
func (f *faults) packagings(path string, packagings []sluss.Packaging) {
	for i, p := range packagings {
		field := at(path, i)
		switch {
		case !slices.Contains(sluss.PackagingKinds(), p.Kind):
			f.add(field+".kind", fmt.Sprintf("there is no packaging %q", p.Kind), "use "+sluss.OneOf(sluss.PackagingKinds()))
		case p.Kind == sluss.OtherPackaging && blank(p.Other):
			f.add(field+".other", "the kind of the container is missing", "describe it")
		}
		if p.Count < 1 {
			f.add(field+".count", "there must be at least one container", "give the number of containers")
		}
		if p.Count > mostOfAKind {
			f.add(field+".count", fmt.Sprintf("%d containers are more than any batch has", p.Count), countRemedy)
		}
	}
}

// pickups checks a collection round.
func (f *faults) pickups(b batch) {
	left := b.Waste.Mass
	for i, p := range b.Pickups {
		left -= p.Mass
		if p.Mass <= 0 {
			f.add(at("pickups", i, "mass"), "the mass must be more than 0", "give kilograms, or an estimate")
		}
		f.packagings(at("pickups", i, "packagings"), p.Packagings)
	}
	if len(b.Pickups) > 0 && left != 0 {
		f.add("waste.mass", fmt.Sprintf("is %s, but the pickups add up to %s", b.Waste.Mass, b.Waste.Mass-left), "correct one of them")
	}
}
