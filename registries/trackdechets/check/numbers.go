package check

import (
	"regexp"
	"strconv"
	"strings"
)

const (
	testSIRETs    = "000000" // of the sandbox's companies
	laPoste       = "356000000"
	laPosteHead   = "35600000000048"
	knownOddSIRET = "11111111192062" // the registry takes it, whatever its digits
)

var fourteenDigits = regexp.MustCompile(`^\d{14}$`)

// validSIRET checks the digits of an establishment's number: Luhn's sum, but for
// La Poste, whose establishments outnumber it.
func validSIRET(siret string, sandbox bool) bool {
	switch {
	case !fourteenDigits.MatchString(siret) || strings.Trim(siret, "0") == "":
		return false
	case siret == knownOddSIRET, siret == laPosteHead, sandbox && strings.HasPrefix(siret, testSIRETs):
		return true
	case strings.HasPrefix(siret, laPoste):
		sum := 0
		for _, digit := range siret {
			sum += int(digit - '0')
		}
		return sum%5 == 0
	}
	return luhn(siret)
}

// luhn is true of digits whose last one checks the others.
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		n := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			n *= 2
			n = n/10 + n%10
		}
		sum += n
	}
	return sum%10 == 0
}

// vatForms are the forms of VAT numbers, by their prefix.
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
	"HR": regexp.MustCompile(`^\d{11}$`),
	"HU": regexp.MustCompile(`^\d{8}$`),
	"IE": regexp.MustCompile(`^\d[A-Z0-9+*]\d{5}[A-Z]{1,2}$`),
	"IT": regexp.MustCompile(`^\d{11}$`),
	"LT": regexp.MustCompile(`^(\d{9}|\d{12})$`),
	"LU": regexp.MustCompile(`^\d{8}$`),
	"LV": regexp.MustCompile(`^\d{11}$`),
	"MT": regexp.MustCompile(`^[1-9]\d{7}$`),
	"NL": regexp.MustCompile(`^\d{9}B\d{2}$`),
	"PL": regexp.MustCompile(`^\d{10}$`),
	"PT": regexp.MustCompile(`^[1-9]\d{8}$`),
	"RO": regexp.MustCompile(`^[1-9]\d{1,9}$`),
	"SE": regexp.MustCompile(`^\d{10}01$`),
	"SI": regexp.MustCompile(`^[1-9]\d{7}$`),
	"SK": regexp.MustCompile(`^[1-9]\d{9}$`),
}

var anyVAT = regexp.MustCompile(`^[A-Z]{2}[0-9A-Z+*]{2,12}$`)

// validVAT checks the form of a VAT number, and its check digits where they are
// simple: of other countries only what the form tells is known here, so a wrong
// number may pass, and no right one is refused.
func validVAT(vat string) bool {
	if !anyVAT.MatchString(vat) {
		return false
	}
	form, known := vatForms[vat[:2]]
	if !known {
		return true
	}
	body := vat[2:]
	if !form.MatchString(body) {
		return false
	}
	switch vat[:2] {
	case "BE", "LU":
		modulus := map[string]int{"BE": 97, "LU": 89}[vat[:2]]
		number, _ := strconv.Atoi(body[:len(body)-2])
		check, _ := strconv.Atoi(body[len(body)-2:])
		if vat[:2] == "BE" {
			return check == modulus-number%modulus
		}
		return check == number%modulus
	case "IT":
		return luhn(body)
	case "SE":
		return luhn(body[:10])
	case "DK":
		return weighed(body, 2, 7, 6, 5, 4, 3, 2, 1)
	case "FI":
		return weighed(body, 7, 9, 10, 5, 8, 4, 2, 1)
	case "PL":
		return weighed(body, 6, 5, 7, 2, 3, 4, 5, 6, 7, -1)
	default:
		return true
	}
}

// weighed is true of digits whose weighed sum is divisible by 11.
func weighed(digits string, weights ...int) bool {
	sum := 0
	for i, w := range weights {
		sum += w * int(digits[i]-'0')
	}
	return sum%11 == 0
}

// frenchVAT is true of a VAT number that names a French company: its key fits.
func frenchVAT(vat string) bool {
	body, french := strings.CutPrefix(vat, "FR")
	if !french || !vatForms["FR"].MatchString(body) {
		return false
	}
	key, err := strconv.Atoi(body[:2])
	siren, _ := strconv.Atoi(body[2:])
	return err == nil && key == (12+3*(siren%97))%97
}
