package avfallsregistret

import (
	"encoding/json"
	"regexp"
	"strconv"

	"sluss/registries/numbers"
)

var (
	fourDigits  = regexp.MustCompile(`^\d{4}$`)
	fiveDigits  = regexp.MustCompile(`^\d{5}$`)
	twoCapitals = regexp.MustCompile(`^[A-Z]{2}$`)
)

// place checks a place, given in one of the five ways. It is not known where the
// registry accepts a municipality alone, so this check always does.
func (i *inspection) place(name string) {
	family := 100 * places[name].family
	if !i.has(name) {
		i.add(family + placeMissing)
		return
	}
	if _, isObject := i.object[name].(map[string]any); !isObject {
		i.add(family + placeBad)
		return
	}
	where := i.inside(name)
	where.placeIn(family, places[name].establishment)
	i.found = where.found
}

func (i *inspection) placeIn(family int, establishment bool) {
	if i.has("land") {
		i.abroad(family)
		return
	}
	i.text("kommunkod", family+municipalityMissing, family+municipalityBad, fourDigits.MatchString)
	if establishment {
		i.text("cfarNR", 0, family+establishmentBad, validEstablishment)
	}
	_, address := i.object["adress"].(map[string]any)
	_, position := i.object["koordinat"].(map[string]any)
	switch {
	case address && position, i.has("adress") && !address, i.has("koordinat") && !position:
		i.add(family + placeBad)
	case address:
		within := i.inside("adress")
		within.text("adressrad", family+addressMissing, family+addressBad, nameText.MatchString)
		within.text("postnummer", family+postcodeMissing, family+postcodeBad, fiveDigits.MatchString)
		i.found = within.found
	case position:
		within := i.inside("koordinat")
		within.text("beskrivning", 0, family+descriptionBad, positionText.MatchString)
		within.whole("nposition", family+northingMissing, family+northingBad, 1_000_000, 9_999_999)
		within.whole("eposition", family+eastingMissing, family+eastingBad, 100_000, 999_999)
		i.found = within.found
	}
}

func (i *inspection) abroad(family int) {
	switch {
	case i.string("land") == "SE":
		i.add(1702)
	case !twoCapitals.MatchString(i.string("land")):
		i.add(1701)
	case i.has("adress") || i.has("koordinat") || i.has("cfarNR"):
		i.add(1705)
	}
	i.text("kommunkod", 0, family+municipalityBad, fourDigits.MatchString)
}

// whole checks an integer within bounds.
func (i *inspection) whole(name string, missing, bad int, least, most int64) {
	if !i.has(name) {
		i.add(missing)
		return
	}
	number, _ := i.object[name].(json.Number)
	if n, err := strconv.ParseInt(number.String(), 10, 64); err != nil || n < least || n > most {
		i.add(bad)
	}
}

func validEstablishment(text string) bool {
	return numbers.IsPlain(numbers.CFAR, text) || text == "SAKNAS" || text == "KOMMUN"
}
