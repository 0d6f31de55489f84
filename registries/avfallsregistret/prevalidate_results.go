package avfallsregistret

import (
	"regexp"
	"slices"
	"time"
)

var (
	treatmentCode = regexp.MustCompile(`^[RD]\d{1,2}$`)
	oneCapital    = regexp.MustCompile(`^[A-Z]$`)
	twoDigits     = regexp.MustCompile(`^\d{2}$`)
)

// treatments checks the methods of a quarter's result.
func treatments(i *inspection) {
	list, _ := i.object["behandlingar"].([]any)
	if len(list) == 0 {
		i.add(5100)
	}
	var seen []string
	for _, item := range list {
		one, _ := item.(map[string]any)
		within := &inspection{object: one, lists: i.lists, found: i.found}
		within.treatment()
		if i.found = within.found; slices.Contains(seen, within.string("kod")+within.string("underkod")) {
			i.add(5102)
		}
		seen = append(seen, within.string("kod")+within.string("underkod"))
	}
}

func (i *inspection) treatment() {
	code := i.string("kod")
	switch {
	case !i.has("kod"):
		i.add(1147)
	case code != "" && code[0] != 'R' && code[0] != 'D':
		i.add(1145)
	case !treatmentCode.MatchString(code):
		i.add(1146)
	case !carriedTreatments()[code]:
		i.add(1148)
	case !i.has("underkod"): // whether it must be given is not known
	case !oneCapital.MatchString(i.string("underkod")):
		i.add(4061)
	case len(i.lists.Treatments) > 0:
		if !slices.ContainsFunc(i.lists.Treatments, func(t TreatmentMethod) bool {
			return t.Code == code && slices.ContainsFunc(t.SubCodes, func(s SubCode) bool { return s.Code == i.string("underkod") })
		}) {
			i.add(4062)
		}
	}
}

// results checks the two masses. At least one must be given.
func results(i *inspection) {
	const harmless, product = "mangdIckeFarligtAvfall", "mangdMaterialProdukt"
	if !i.has(harmless) && !i.has(product) {
		i.add(1302)
		i.add(1322)
		return
	}
	i.mass(harmless, 0, 1301, 1302)
	i.mass(product, 0, 1321, 1322)
}

// recovery checks the fields of waste oil. Without the registry's list of types it
// cannot check which quantities belong to the type.
func recovery(i *inspection) {
	const field = "atervinningsresultattypkod"
	code := i.string(field)
	n := slices.IndexFunc(i.lists.Recoveries, func(t RecoveryType) bool { return t.Code == code })
	var kind RecoveryType
	switch {
	case i.has(field) && !twoDigits.MatchString(code):
		i.add(1511)
	case i.has(field) && len(i.lists.Recoveries) == 0:
		return
	case n >= 0:
		kind = i.lists.Recoveries[n]
	case i.has(field):
		i.add(1513)
	}
	for _, quantity := range []struct {
		name   string
		family int // bad; then missing, not above 0, not to be given
		wanted bool
	}{
		{"mangdRegenerering", 1521, kind.Regenerated},
		{"mangdAnnanMaterialatervinning", 1531, kind.OtherMaterial},
		{"mangdEnergiatervinning", 1541, kind.Energy},
		{"mangdBortskaffande", 1551, kind.Disposed},
	} {
		switch {
		case quantity.wanted:
			i.mass(quantity.name, quantity.family+1, quantity.family+2, quantity.family)
		case i.has(quantity.name):
			i.add(quantity.family + 3)
		}
	}
	switch {
	case kind.Detail:
		i.text("specifikationAnnan", 1562, 1561, detailText.MatchString)
	case i.has("specifikationAnnan"):
		i.add(1563)
	}
}

// period checks the quarter of the result.
func period(i *inspection) {
	i.whole("rapporteringsar", 5012, 5011, 2020, int64(time.Now().Year()))
	i.whole("rapporteringskvartalNr", 5022, 5021, 1, 4)
}
