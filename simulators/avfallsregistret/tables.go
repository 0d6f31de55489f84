package avfallsregistret

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:generate go run generate.go

//go:embed tables/avfallskoder.tsv
var wasteTable string

//go:embed tables/felkoder.tsv
var errorTable string

//go:embed tables/kommuner.txt
var municipalityTable string

//go:embed tables/lander.txt
var countryTable string

func rows(table string) [][]string {
	var found [][]string
	for line := range strings.Lines(table) {
		if line = strings.TrimRight(line, "\n"); line != "" && !strings.HasPrefix(line, "#") {
			found = append(found, strings.Split(line, "\t"))
		}
	}
	return found
}

// waste is one node of the waste-code tree: a chapter (two digits), a sub-chapter (four) or a code (six).
type waste struct {
	code, text string
	hazardous  bool
}

// ewc spells the code as the law does: pairs of digits, with an asterisk if hazardous.
func (w waste) ewc() string {
	pairs := slices.Collect(slices.Chunk([]byte(w.code), 2))
	words := make([]string, len(pairs))
	for i, pair := range pairs {
		words[i] = string(pair)
	}
	if w.hazardous {
		return strings.Join(words, " ") + "*"
	}
	return strings.Join(words, " ")
}

var wasteBefore = sync.OnceValue(func() []waste {
	var list []waste
	for _, row := range rows(wasteTable) {
		list = append(list, waste{code: row[0], hazardous: row[1] == "H", text: row[2]})
	}
	return list
})

// batteryChange is the day on which annex 3 of SFS 2020:614 gets its battery codes.
var batteryChange = time.Date(2026, time.December, 9, 0, 0, 0, 0, time.FixedZone("CET", 3600))

// newWording replaces the texts of the codes new on 2026-12-09, which the simulator does not know.
const newWording = "(ny kod från 2026-12-09, ordalydelsen saknas i simulatorn)"

var wasteAfter = sync.OnceValue(func() []waste {
	list := slices.DeleteFunc(slices.Clone(wasteBefore()), func(w waste) bool {
		return w.code == "160605" || w.code == "200133" || w.code == "200134"
	})
	if i := slices.IndexFunc(list, func(w waste) bool { return w.code == "160604" }); i >= 0 {
		list[i].hazardous = true
	}
	add := func(code string, hazardous bool) {
		list = append(list, waste{code: code, hazardous: hazardous, text: newWording})
	}
	for n := 7; n <= 15; n++ {
		add(fmt.Sprintf("1606%02d", n), n <= 11 || n == 13 || n == 14)
	}
	for n := 22; n <= 35; n++ {
		add(fmt.Sprintf("1606%02d", n), n%2 == 0)
	}
	add("1914", false)
	for n := 1; n <= 8; n++ {
		add(fmt.Sprintf("1914%02d", n), n <= 7)
	}
	add("200142", true)
	add("200143", true)
	add("200144", false)
	slices.SortFunc(list, func(a, b waste) int { return strings.Compare(a.code, b.code) })
	return list
})

// errorTexts maps each code to its texts in the order of the catalogue.
var errorTexts = sync.OnceValue(func() map[int][]string {
	texts := map[int][]string{}
	for _, row := range rows(errorTable) {
		if code, err := strconv.Atoi(row[0]); err == nil {
			texts[code] = append(texts[code], row[1])
		}
	}
	return texts
})

var municipalities = sync.OnceValue(func() map[string]bool {
	codes := map[string]bool{}
	for _, row := range rows(municipalityTable) {
		words := strings.Fields(row[0])
		for _, last := range words[1:] {
			codes[words[0]+last] = true
		}
	}
	return codes
})

var countries = sync.OnceValue(func() map[string]bool {
	codes := map[string]bool{}
	for _, row := range rows(countryTable) {
		for code := range strings.FieldsSeq(row[0]) {
			codes[code] = true
		}
	}
	return codes
})

// transportModes are the six of the registry, in its order.
var transportModes = []struct{ code, text string }{
	{"R", "Vägtransport"},
	{"T", "Järnvägstransport"},
	{"S", "Sjötransport"},
	{"A", "Flygtransport"},
	{"W", "Inlandssjöfart"},
	{"P", "Rörledning"},
}

// invented marks texts and codes whose real values are not public.
const invented = "(påhittad i simulatorn)"

// inventedSubCodes are the letters that refine a treatment method; which the registry has is not public.
var inventedSubCodes = map[string]string{"R3": "AB", "R5": "AB", "R12": "AB"}

// RecoveryType is a type of recovery result of waste oil: which quantities belong to it, and whether it is described.
type RecoveryType struct {
	Code                                                      string // two digits
	Regenerated, OtherMaterial, Energy, Disposed, OtherDetail bool
}

var inventedRecoveryTypes = []RecoveryType{
	{Code: "01", Regenerated: true},
	{Code: "02", OtherMaterial: true},
	{Code: "03", Energy: true},
	{Code: "04", Disposed: true},
	{Code: "05", Regenerated: true, OtherMaterial: true, Energy: true, Disposed: true, OtherDetail: true},
}
