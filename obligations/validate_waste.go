package obligations

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sluss"
)

const (
	frenchLimit     = 50_000 * sluss.Tonne // of one BSDD
	frenchRoadLimit = 40 * sluss.Tonne     // of one BSDD by road
)

var (
	writtenCode = regexp.MustCompile(`^\d{6}\*?$`)
	unNumber    = regexp.MustCompile(`^UN ?\d{4}($|\D)`)

	// otherDocument are hazardous codes for which France has another document than
	// the BSDD (asbestos, fluids, infectious waste, vehicles), and one that
	// the BSDD refuses.
	otherDocument = []string{"060502", "060701", "061304", "101309", "140601", "160111", "160212", "170601", "170605", "180103", "180202"}
)

func (f *faults) waste(b batch) {
	w := b.Waste
	french := b.bsdd
	f.code(b)
	if french > 0 && blank(w.Name) {
		f.add("waste.name", "the waste has no name", "give the name on the label")
	}
	f.within("waste.name", w.Name, 250)
	f.mass(b)
	switch say := "say " + sluss.OneOf(sluss.Consistences()); {
	case w.Consistence == "" && french > 0:
		f.add("waste.consistence", "the BSDD needs the consistence", say)
	case w.Consistence != "" && !slices.Contains(sluss.Consistences(), w.Consistence):
		f.add("waste.consistence", fmt.Sprintf("there is no consistence %q", w.Consistence), say)
	}
	if w.UN != "" && !unNumber.MatchString(w.UN) {
		f.add("waste.un", fmt.Sprintf("%q does not begin with a UN number", w.UN), `write the entry of the transport document, such as "UN 3082 ...", or leave it out if the waste is not subject to ADR`)
	}
	f.within("waste.un", w.UN, 750)
	f.packagings(w.Packagings, french > 0)
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
	if day != "" && writtenAsListed(code, day, last) && !slices.Contains(otherDocument, digits) {
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
	case b.bsdd > 0 && slices.Contains(otherDocument, digits):
		f.add(field, "a BSDD cannot have "+code+"", "asbestos, fluids, infectious waste and vehicles have documents of their own, which are not yet supported")
	}
}

func (f *faults) mass(b batch) {
	const field = "waste.mass"
	switch mass := b.Waste.Mass; {
	case mass <= 0:
		f.add(field, "the mass must be more than 0", "give kilograms, or an estimate")
	case b.bsddByRoad() && mass > frenchRoadLimit:
		f.add(field, fmt.Sprintf("%s is more than %s, the most that one BSDD allows by road", mass, frenchRoadLimit), "give kilograms, or split the batch")
	case b.bsdd > 0 && mass > frenchLimit:
		f.add(field, fmt.Sprintf("%s is more than %s, the most that one BSDD allows", mass, frenchLimit), "give kilograms, or split the batch")
	}
}

func (f *faults) packagings(packagings []sluss.Packaging, french bool) {
	if french && len(packagings) == 0 {
		f.add("waste.packagings", "the BSDD needs the packagings", "give kind and count of the containers")
	}
	f.contained("waste.packagings", packagings, french)
}

// contained checks the containers at a path.
func (f *faults) contained(path string, packagings []sluss.Packaging, french bool) {
	for i, p := range packagings {
		field := at(path, i)
		bulk := p.Kind == sluss.Tank || p.Kind == sluss.Skip
		switch {
		case !slices.Contains(sluss.PackagingKinds(), p.Kind):
			f.add(field+".kind", fmt.Sprintf("there is no packaging %q", p.Kind), "use "+sluss.OneOf(sluss.PackagingKinds()))
		case p.Kind == sluss.OtherPackaging && blank(p.Other):
			f.add(field+".other", "the kind of the container is missing", "describe it")
		case p.Kind != sluss.OtherPackaging && p.Other != "" && french:
			f.add(field+".other", "only the kind other is described", "leave it out, or set the kind to other")
		}
		switch {
		case p.Count < 1:
			f.add(field+".count", "there must be at least one container", "give the number of containers")
		case french && bulk && p.Count > 2:
			f.add(field+".count", fmt.Sprintf("a BSDD allows at most 2 of the kind %s", p.Kind), "split the batch")
		}
		if french && p.Kind != packagings[0].Kind && (bulk || packagings[0].Kind == sluss.Tank || packagings[0].Kind == sluss.Skip) {
			f.add(field+".kind", fmt.Sprintf("the BSDD does not mix %s with %s", p.Kind, packagings[0].Kind), "split the batch by packaging")
		}
	}
}
