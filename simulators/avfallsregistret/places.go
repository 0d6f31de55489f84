package avfallsregistret

import (
	"slices"

	"sluss/registries/numbers"
)

// placeField is a place that a note type must name: its error codes start at family.
type placeField struct {
	name   string
	family int  // 4100 ... 4700
	cfar   bool // the family has an error code for CFAR numbers (45, 46, 47 only)
	origin bool // where the waste comes from: only the municipality is known of households and unknown holders
}

// The offsets of the error codes in a family of places.
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
	cfarBad
)

// place holds the five ways of giving a place: an address, a coordinate or a CFAR number in a municipality; a country; or
// the municipality alone. Which ways the registry accepts for which place is unknown,
// see Options.BareKommunkod.
func (c *check) place(field placeField) {
	value := c.body.get(field.name)
	if value == nil {
		c.add(field.family + placeMissing)
		return
	}
	where, ok := value.(object)
	if !ok {
		c.add(field.family + placeBad)
		return
	}
	if where.has("land") {
		if c.refused(field, ByCountry) {
			c.add(field.family + placeBad)
		}
		c.abroad(field, where)
		return
	}
	c.municipality(field, where)
	address, hasAddress := where.get("adress").(object)
	coordinate, hasCoordinate := where.get("koordinat").(object)
	number, _ := where.text("cfarNR")
	if field.cfar && where.has("cfarNR") && !c.cfar(number) {
		c.add(field.family + cfarBad)
	}
	switch {
	case hasAddress && hasCoordinate,
		where.has("adress") && !hasAddress,
		where.has("koordinat") && !hasCoordinate:
		c.add(field.family + placeBad)
	case hasAddress && !c.refused(field, ByAddress):
		c.address(field, address)
	case hasCoordinate && !c.refused(field, ByPosition):
		c.coordinate(field, coordinate)
	case hasAddress, hasCoordinate:
		c.add(field.family + placeBad)
	case numbers.IsPlain(numbers.CFAR, number) && !c.refused(field, ByEstablishment):
	case !c.municipalityAlone(field):
		c.add(field.family + addressMissing)
	}
}

func (c *check) refused(field placeField, way Way) bool {
	return slices.Contains(c.options.RefusedWays[field.name], way)
}

func (c *check) abroad(field placeField, where object) {
	land, _ := where.text("land")
	switch {
	case land == "SE":
		c.add(1702)
	case !countries()[land]:
		c.add(1701)
	case where.has("adress") || where.has("koordinat") || where.has("cfarNR"):
		c.add(1705)
	}
	if where.has("kommunkod") || c.options.LandNeedsKommunkod {
		c.municipality(field, where)
	}
}

func (c *check) municipality(field placeField, where object) {
	code, _ := where.text("kommunkod")
	switch {
	case !where.has("kommunkod"):
		c.addPlace(field, municipalityMissing, 1055)
	case !fourDigits.MatchString(code):
		c.add(field.family + municipalityBad)
	case !municipalities()[code]:
		c.addPlace(field, municipalityBad, 1051)
	}
}

// addPlace notes a fault by the family's code, or by the code that all places share.
func (c *check) addPlace(field placeField, offset, shared int) {
	if c.options.SharedPlaceCodes {
		c.add(shared)
		return
	}
	c.add(field.family + offset)
}

func (c *check) municipalityAlone(field placeField) bool {
	holder, _ := c.body.text("tidigareInnehavare")
	return !c.refused(field, ByMunicipality) && (c.options.BareKommunkod || field.origin && isWord(holder))
}

func (c *check) address(field placeField, address object) {
	if !address.has("adressrad") {
		c.add(field.family + addressMissing)
	} else if line, _ := address.text("adressrad"); !companyPattern.MatchString(line) || line == "" {
		c.add(field.family + addressBad)
	}
	if !address.has("postnummer") {
		c.add(field.family + postcodeMissing)
	} else if code, _ := address.text("postnummer"); !fiveDigits.MatchString(code) {
		c.addPlace(field, postcodeBad, 1081)
	}
}

// coordinate is in SWEREF 99 TM: seven digits north, six digits east.
func (c *check) coordinate(field placeField, coordinate object) {
	if coordinate.has("beskrivning") {
		if text, _ := coordinate.text("beskrivning"); text == "" || !positionPattern.MatchString(text) {
			c.add(field.family + descriptionBad)
		}
	}
	if !coordinate.has("nposition") {
		c.add(field.family + northingMissing)
	} else if n, ok := whole(coordinate.get("nposition")); !ok || n < 1_000_000 || n > 9_999_999 {
		c.add(field.family + northingBad)
	}
	if !coordinate.has("eposition") {
		c.add(field.family + eastingMissing)
	} else if e, ok := whole(coordinate.get("eposition")); !ok || e < 100_000 || e > 999_999 {
		c.add(field.family + eastingBad)
	}
}
