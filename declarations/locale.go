package declarations

import (
	"fmt"
	"time"
	_ "time/tzdata" // the zones of the countries, also where the machine has none

	"golang.org/x/text/language"

	"sluss"
)

// zones are those of the countries in which all places have the same time. Spain and
// Portugal have islands with another.
var zones = map[string]string{
	"AT": "Vienna", "BE": "Brussels", "CH": "Zurich", "CZ": "Prague", "DE": "Berlin", "DK": "Copenhagen", "EE": "Tallinn", "FI": "Helsinki", "FR": "Paris",
	"GB": "London", "IE": "Dublin", "IT": "Rome", "LT": "Vilnius", "LU": "Luxembourg", "LV": "Riga", "NL": "Amsterdam", "NO": "Oslo", "PL": "Warsaw", "SE": "Stockholm",
}

// Locale is how the people who made a file write dates, and in which zone.
type Locale struct {
	tag        string
	country    string
	monthFirst bool
}

// ParseLocale reads the tag of a language and, if it is not the one where most speak
// it, of a country: "sv", "fr", "nb", "en-GB". The error is Faults.
func ParseLocale(text string) (Locale, error) {
	wrong := func(problem, remedy string) (Locale, error) {
		return Locale{}, sluss.Faults{{Field: "locale", Problem: fmt.Sprintf("%q %s", text, problem), Remedy: remedy}}
	}
	const such = "give a language, and its country if it is spoken in several, such as sv, fr, nb or en-GB"
	tag, err := language.Parse(text)
	if err != nil {
		return wrong("is not a locale", such)
	}
	base, _ := tag.Base()
	region, how := tag.Region()
	if base.String() == "en" && how != language.Exact {
		return wrong("does not say whether the day or the month comes first", "give en-GB or en-US")
	}
	l := Locale{tag: tag.String(), country: region.String(), monthFirst: region.String() == "US"}
	if zones[l.country] == "" && !l.monthFirst {
		return wrong("is not a locale that is known here", such)
	}
	return l, nil
}

// zone is that of a country; nil if it is not known, or has several.
func zone(country string) *time.Location {
	name := zones[country]
	if name == "" {
		return nil
	}
	of, err := time.LoadLocation("Europe/" + name)
	if err != nil {
		return nil
	}
	return of
}
