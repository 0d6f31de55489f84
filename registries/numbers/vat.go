package numbers

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// vatForms are the forms of VAT numbers behind their prefix (European Commission,
// VIES, "VAT identification number structure"; GB, XI: HMRC; NO: Skatteetaten).
var vatForms = map[string]*regexp.Regexp{
	"AT": regexp.MustCompile(`^U\d{8}$`),
	"BE": regexp.MustCompile(`^[01]\d{9}$`),
	"BG": regexp.MustCompile(`^\d{9,10}$`),
	"CY": regexp.MustCompile(`^\d{8}[A-Z]$`),
	"CZ": regexp.MustCompile(`^\d{8,10}$`),
	"DE": regexp.MustCompile(`^[1-9]\d{8}$`),
	"DK": regexp.MustCompile(`^\d{8}$`),
	"EE": regexp.MustCompile(`^10\d{7}$`),
	"EL": regexp.MustCompile(`^\d{9}$`),
	"ES": regexp.MustCompile(`^[A-Z0-9]\d{7}[A-Z0-9]$`),
	"FI": regexp.MustCompile(`^\d{8}$`),
	"FR": regexp.MustCompile(`^[A-HJ-NP-Z0-9]{2}\d{9}$`),
	"GB": british,
	"HR": regexp.MustCompile(`^\d{11}$`),
	"HU": regexp.MustCompile(`^\d{8}$`),
	"IE": regexp.MustCompile(`^\d[A-Z0-9+*]\d{5}[A-Z]{1,2}$`),
	"IT": regexp.MustCompile(`^\d{11}$`),
	"LT": regexp.MustCompile(`^(\d{9}|\d{12})$`),
	"LU": regexp.MustCompile(`^\d{8}$`),
	"LV": regexp.MustCompile(`^\d{11}$`),
	"MT": regexp.MustCompile(`^[1-9]\d{7}$`),
	"NL": regexp.MustCompile(`^\d{9}B\d{2}$`),
	"NO": regexp.MustCompile(`^\d{9}(MVA)?$`),
	"PL": regexp.MustCompile(`^\d{10}$`),
	"PT": regexp.MustCompile(`^[1-9]\d{8}$`),
	"RO": regexp.MustCompile(`^[1-9]\d{1,9}$`),
	"SE": regexp.MustCompile(`^\d{10}01$`),
	"SI": regexp.MustCompile(`^[1-9]\d{7}$`),
	"SK": regexp.MustCompile(`^[1-9]\d{9}$`),
	"XI": british,
}

// InUnion tells whether a country (ISO 3166-1 alpha-2) is in the European Union,
// so that its companies have VAT numbers in VIES.
func InUnion(country string) bool {
	switch country {
	case "GR":
		return true
	case "EL", "GB", "NO", "XI":
		return false
	}
	_, union := vatForms[country]
	return union
}

var british = regexp.MustCompile(`^(\d{9}|\d{12}|GD\d{3}|HA\d{3})$`)

// anyVAT is the form of VAT numbers of other countries.
var anyVAT = regexp.MustCompile(`^[A-Z]{2}[A-Z+*]*[0-9][0-9A-Z+*]{1,11}$`)

// VAT returns a VAT number with its prefix and without blanks, points and hyphens.
// Check digits are checked if the rule is simple: a mistyped number may be accepted,
// but no valid one is refused. If the form of a country's numbers is not known here,
// the number has 2 to 12 characters after the prefix, at least one of them a digit.
func VAT(written string) (plain string, err error) {
	plain = strings.NewReplacer(".", "", "-", "").Replace(blanks.Replace(strings.TrimSpace(written)))
	if rounded.MatchString(blanks.Replace(strings.TrimSpace(written))) {
		return "", ErrRounded
	}
	plain = strings.ToUpper(plain)
	if len(plain) > 14 || !anyVAT.MatchString(plain) {
		return "", fmt.Errorf("%w: it is the prefix of a country, and letters or digits", ErrForm)
	}
	country, body := plain[:2], plain[2:]
	form, known := vatForms[country]
	switch {
	case country == "GR":
		return "", fmt.Errorf("%w: the prefix of Greece is EL", ErrForm)
	case !known && !IsCountry(country):
		return "", fmt.Errorf("%w: there is no country %s", ErrForm, country)
	case known && !form.MatchString(body):
		return "", fmt.Errorf("%w of %s", ErrForm, country)
	case strings.Trim(body, "0") == "", country == "SE" && strings.HasPrefix(body, "0000000000"):
		return "", ErrZero
	case !vatChecked(country, body):
		return "", ErrCheck
	}
	return plain, nil
}

// vatChecked tells whether the check digits of a number in form fit.
func vatChecked(country, body string) bool {
	last := func() (number, check int) {
		number, _ = strconv.Atoi(body[:len(body)-2])
		check, _ = strconv.Atoi(body[len(body)-2:])
		return number, check
	}
	switch country {
	case "BE":
		number, check := last()
		return check == 97-number%97
	case "LU":
		number, check := last()
		return check == number%89
	case "IT":
		return luhn(body)
	case "SE":
		_, err := Swedish(body[:10])
		return err == nil
	case "NO":
		return weighed(body, norwegianWeights...)
	case "DK":
		return weighed(body, 2, 7, 6, 5, 4, 3, 2, 1)
	case "FI":
		return weighed(body, 7, 9, 10, 5, 8, 4, 2, 1)
	case "PL":
		return weighed(body, 6, 5, 7, 2, 3, 4, 5, 6, 7, -1)
	}
	return true
}
