package obligations

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"sluss"
	"sluss/registries/numbers"
)

// municipalities are the 290 codes of Statistics Sweden, a county a line. To
// renew them, write out its list "Kommuner i kodnummerordning" in that form.
//
//go:embed municipalities.txt
var municipalities string

// The rectangle around Sweden in SWEREF 99 TM, outwards to whole ten
// kilometres.
const (
	minNorthing, maxNorthing = 6_100_000, 7_700_000
	minEasting, maxEasting   = 250_000, 930_000
)

// place checks a place. In Sweden it must be given in one of the ways of the
// registry: the municipality with address and postcode, position or establishment. If
// no company handed the waste over, the municipality is enough; abroad the country.
func (f *faults) place(field string, p sluss.Place, municipality bool) {
	if !numbers.IsCountry(p.Country) {
		f.country(field+".country", p.Country)
		return
	}
	if p.Site != "" && !slices.Contains(sluss.Sites(), p.Site) {
		f.add(field+".site", fmt.Sprintf("there is no site %q", p.Site), "use "+sluss.OneOf(sluss.Sites())+", or leave it out")
	}
	if p.Country != "SE" {
		return
	}
	switch {
	case p.Municipality == "":
		f.add(field+".municipality", "there is no municipality", "give the four digits of Statistics Sweden, such as 0180 for Stockholm")
	case !slices.Contains(strings.Fields(municipalities), p.Municipality):
		f.add(field+".municipality", fmt.Sprintf("there is no municipality %q", p.Municipality), "give the four digits of Statistics Sweden, such as 0180 for Stockholm")
	}
	if !municipality && p.Address == "" && p.Postcode == "" && p.Position == nil && p.Establishment == "" {
		f.add(field+".address", "the place within the municipality is missing", "give address and postcode, or position, or establishment")
	}
	if p.Establishment != "" {
		f.number(field+".establishment", p.Establishment, "a CFAR number", "give eight digits", numbers.CFAR)
	}
	if p.Position != nil {
		f.position(field+".position", *p.Position)
	}
}

func (f *faults) position(field string, p sluss.Position) {
	if p.Northing < minNorthing || p.Northing > maxNorthing {
		f.add(field+".northing", fmt.Sprintf("%d is not in Sweden", p.Northing), fmt.Sprintf("give SWEREF 99 TM in metres, from %d to %d", minNorthing, maxNorthing))
	}
	if p.Easting < minEasting || p.Easting > maxEasting {
		f.add(field+".easting", fmt.Sprintf("%d is not in Sweden", p.Easting), fmt.Sprintf("give SWEREF 99 TM in metres, from %d to %d", minEasting, maxEasting))
	}
}

func (f *faults) country(field, country string) {
	f.add(field, fmt.Sprintf("%q is not the code of a country", country), "give the two capital letters of ISO 3166-1, such as SE")
}
