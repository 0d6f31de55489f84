package avfallsregistret

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

//go:embed codes.tsv
var catalogue string

// entry is a line of the catalogue: which field of a note it is about, if any,
// and what it says of it in English.
type entry struct{ field, text string }

var entries = sync.OnceValue(func() map[int]entry {
	known := map[int]entry{}
	for line := range strings.Lines(catalogue) {
		columns := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if code, err := strconv.Atoi(columns[0]); err == nil && len(columns) == 3 {
			known[code] = entry{columns[1], columns[2]}
		}
	}
	return known
})

// placeField is a place that a note may hold. Its codes are a hundred times the
// family and an aspect.
type placeField struct {
	family        int
	text          string
	establishment bool // the register has a code, so a rule, for CFAR numbers there
}

var places = map[string]placeField{
	"mottagningsplats":        {41, "the place of reception", false},
	"kommandeHanteringsPlats": {42, "the next place of handling", false},
	"behandlingsPlats":        {43, "the place of treatment", false},
	"transportStartplats":     {44, "the start of the transport", false},
	"transportSlutplats":      {45, "the end of the transport", true},
	"senasteHanteringsplats":  {46, "the last place of handling", true},
	"uppkomstplats":           {47, "the place where the waste arose", true},
}

// aspects are what may be wrong with a place, in the order of the codes.
var aspects = []struct{ below, text, remedy string }{
	{"", "is wrong", wholePlace},
	{"", "is missing", wholePlace},
	{".address", "has no address", "give address and postcode, or position, or establishment"},
	{".address", "has an address that the register does not take", "use letters, digits and . , ? : - / ( ) & + ', at most 250"},
	{".postcode", "has no postcode", fivePostcode},
	{".postcode", "has a postcode that is wrong", fivePostcode},
	{".municipality", "has no municipality", fourMunicipality},
	{".municipality", "has a municipality that is wrong", fourMunicipality},
	{".position.description", "has a description of its position that is wrong", "use letters, digits and plain punctuation, at most 1000, or clear it"},
	{".position.northing", "has a northing that is wrong", sevenNorthing},
	{".position.northing", "has no northing", sevenNorthing},
	{".position.easting", "has an easting that is wrong", sixEasting},
	{".position.easting", "has no easting", sixEasting},
	{".establishment", "has a CFAR number that the register does not know", eightEstablishment},
}

const (
	wholePlace         = "give the municipality, and with it address and postcode, or position, or establishment; abroad the country"
	fivePostcode       = "give five digits"
	fourMunicipality   = "give the four digits of Statistics Sweden, such as 0180 for Stockholm (also of a place abroad, if the register insists)"
	sevenNorthing      = "give SWEREF 99 TM in whole metres: seven digits"
	sixEasting         = "give SWEREF 99 TM in whole metres: six digits"
	eightEstablishment = "give the CFAR number that Statistics Sweden has for this workplace, eight digits; or clear the field if there is none, then the address is told instead"
	organisation       = "give the organisation number, ten digits without hyphen, or the VAT number of a company abroad"
	fromEvent          = "the time is that of the event and nobody can correct it here: if it is right, report in the register's own web service and withdraw this filing"
	ofReporter         = "an operator must mend the reporter in the configuration of this registry"
)

// remedies say what to do about a field of a note.
var remedies = map[string]string{
	"ombud": ofReporter, "ombudetsNamn": ofReporter, "ombudetsKontaktpersonNamn": ofReporter,
	"ombudetsKontaktpersonEpost": ofReporter, "ombudetsKontaktpersonTelefonnummer": ofReporter,
	"verksamhetsutovare": organisation, "tidigareInnehavare": organisation, "nyInnehavare": organisation, "transportor": organisation,
	"verksamhetensNamn":                       "use letters, digits and . , ? : - / ( ) & + ', at most 250",
	"verksamhetensKontaktpersonNamn":          "give a name of letters and , - . : ', at most 250",
	"verksamhetensKontaktpersonEpost":         "give one e-mail address",
	"verksamhetensKontaktpersonTelefonnummer": "give a number such as 0701234567 or +46701234567",
	"tidpunkt":                  fromEvent,
	"mottagningsDatum":          fromEvent,
	"transportStartDatum":       fromEvent,
	"borttransportDatum":        fromEvent,
	"referens":                  "the reference names the batch for ever: declare it anew under another one",
	"kommunkod":                 fourMunicipality,
	"postnummer":                fivePostcode,
	"land":                      "give two capital letters of ISO 3166-1, such as DK",
	"avfall.foregaendeAvfallId": "an engineer must look: the id comes from the note before this one",
	"avfall.kod":                "give a code of six digits that the register's list of waste has today",
	"avfall.mangd":              "give kilograms above 0 with at most three decimals",
	"transportsatt":             "use road, rail, sea, air, inland-waterway or pipeline",
	"cfarNR":                    eightEstablishment,
}
