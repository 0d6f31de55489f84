package numbers

import (
	_ "embed"
	"slices"
	"strings"
)

// countries are the 249 codes that are officially assigned (ISO 3166-1 alpha-2), an
// initial a line.
//
//go:embed countries.txt
var countries string

var assigned = strings.Fields(countries)

// IsCountry tells whether a code is officially assigned to a country (ISO 3166-1
// alpha-2), in capitals.
func IsCountry(code string) bool { return slices.Contains(assigned, code) }

// vatCountries are the countries whose VAT numbers have the prefix of another, or one of
// their own (VIES; HMRC; Monaco: convention fiscale of 1963).
var vatCountries = map[string][]string{
	"AX": {"FI"}, "GB": {"GB", "XI"}, "GR": {"EL"}, "IM": {"GB"}, "MC": {"FR"},
	"GF": {"FR"}, "GP": {"FR"}, "MQ": {"FR"}, "RE": {"FR"}, "YT": {"FR"}, "SJ": {"NO"},
}

// IsVATOf tells whether a VAT number in plain form has a prefix of the country (ISO
// 3166-1 alpha-2).
func IsVATOf(country, plain string) bool {
	prefixes, other := vatCountries[country]
	if !other {
		prefixes = []string{country}
	}
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(plain, p) })
}
