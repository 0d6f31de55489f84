package avfallsregistret

import (
	_ "embed"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed codes.tsv
var codes string

// meaning is one line of the registry's catalogue of error codes. Each code has
// one meaning, except that 1000 and 4101 to 4104 have two.
type meaning struct {
	code             int
	field            string // of the note, as on the wire; empty: it is about no field
	place, below     string // if it is about a place: the note's field, and the part of the place as a path of the declaration
	english, swedish string
	remedy           remedy
}

// aboutAgent reports whether it is about the agent or the certificate, which come
// from the configuration and cannot be corrected in a declaration.
func (m meaning) aboutAgent() bool { return strings.HasPrefix(m.field, "ombud") }

// catalogue has all 243 meanings by code. If a code has two, the one that is not
// about a place comes first.
var catalogue = sync.OnceValue(func() map[int][]meaning {
	known := map[int][]meaning{}
	for line := range strings.Lines(codes) {
		columns := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if code, err := strconv.Atoi(columns[0]); err == nil && len(columns) == 5 {
			known[code] = append(known[code], meaning{
				code: code, field: strings.TrimPrefix(columns[1], "-"), remedy: remedies[columns[2]], english: columns[3], swedish: columns[4],
			})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(places)) {
		place := places[name]
		if place.respelt {
			continue
		}
		for i, aspect := range aspects {
			if aspect.below == establishmentPart && !place.establishment {
				continue
			}
			code := 100*place.family + i
			known[code] = append(known[code], meaning{
				code: code, field: strings.TrimSuffix(name+"."+aspect.wire, "."), place: name, below: aspect.below,
				english: place.english + " " + aspect.english, swedish: place.swedish + " " + aspect.swedish, remedy: remedies[aspect.remedy],
			})
		}
	}
	return known
})

// placeField is a place that a note may hold. Its codes are a hundred times the
// family, plus the index of an aspect.
type placeField struct {
	family           int
	english, swedish string
	establishment    bool // the registry has a code for CFAR numbers in this place, so it checks them
	respelt          bool // the same place as another row, in the spelling of another kind of note
}

var places = map[string]placeField{
	"mottagningsplats":        {41, "the place of reception", "mottagningsplatsen", false, false},
	"kommandeHanteringsPlats": {42, "the next place of handling", "nästa hanteringsplats", false, false},
	"behandlingsPlats":        {43, "the place of treatment", "behandlingsplatsen", false, false},
	"transportStartplats":     {44, "the start of the transport", "transportens startplats", false, false},
	"transportSlutplats":      {45, "the end of the transport", "transportens slutplats", true, false},
	"senasteHanteringsplats":  {46, "the last place of handling", "den senaste hanteringsplatsen", true, false},
	"senasteHanteringsPlats":  {46, "the last place of handling", "den senaste hanteringsplatsen", true, true}, // of insamlingar
	"uppkomstplats":           {47, "the place where the waste arose", "platsen där avfallet uppkom", true, false},
}

const establishmentPart = ".establishment"

// The aspects that a place's codes are about.
const (
	placeBad = iota
	placeMissing
	addressMissing
	addressBad
	postcodeMissing
	postcodeBad
	municipalityMissing
	municipalityBad
	descriptionBad
	northingBad
	northingMissing
	eastingBad
	eastingMissing
	establishmentBad
)

// aspects are what may be wrong with a place: the part of it in the declaration and
// on the wire, the text, and the remedy.
var aspects = [...]struct{ below, wire, english, swedish, remedy string }{
	placeBad:            {"", "", "is wrong", "är felaktig", "place"},
	placeMissing:        {"", "", "is missing", "saknas", "place"},
	addressMissing:      {".address", "adress.adressrad", "has no address", "har ingen adress", "address"},
	addressBad:          {".address", "adress.adressrad", "has an address that the registry does not accept", "har en adress som registret inte tar emot", "address-text"},
	postcodeMissing:     {".postcode", "adress.postnummer", "has no postcode", "har inget postnummer", "postcode"},
	postcodeBad:         {".postcode", "adress.postnummer", "has a postcode that is wrong", "har ett felaktigt postnummer", "postcode"},
	municipalityMissing: {".municipality", "kommunkod", "has no municipality", "har ingen kommunkod", "municipality"},
	municipalityBad:     {".municipality", "kommunkod", "has a municipality that is wrong", "har en felaktig kommunkod", "municipality"},
	descriptionBad:      {".position.description", "koordinat.beskrivning", "has a description of its position that is wrong", "har en felaktig beskrivning av positionen", "description"},
	northingBad:         {".position.northing", "koordinat.nposition", "has a northing that is wrong", "har en felaktig nordlig position", "northing"},
	northingMissing:     {".position.northing", "koordinat.nposition", "has no northing", "har ingen nordlig position", "northing"},
	eastingBad:          {".position.easting", "koordinat.eposition", "has an easting that is wrong", "har en felaktig östlig position", "easting"},
	eastingMissing:      {".position.easting", "koordinat.eposition", "has no easting", "har ingen östlig position", "easting"},
	establishmentBad:    {establishmentPart, "cfarNR", "has a CFAR number that the registry does not know", "har ett CFAR-nummer som registret inte känner till", "establishment"},
}
