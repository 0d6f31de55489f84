// Package numbers checks the numbers of companies, people, ships, establishments and
// vehicles: their form and their check digits. Each function returns what a person
// wrote in the plain form that registries accept. A valid number need not exist. No
// error repeats the number, because some are personal data.
package numbers

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// What may be wrong with a number of any kind.
var (
	// ErrRounded: it is written with an exponent, so its last digits are lost.
	ErrRounded = errors.New("a spreadsheet has rounded it and lost its last digits")
	// ErrForm: it has characters, or a length, that no such number has.
	ErrForm = errors.New("is not written as one")
	// ErrCheck: its check digits do not fit the others, so it is mistyped.
	ErrCheck = errors.New("its check digit does not fit the others")
	// ErrZero: it has only zeros.
	ErrZero = errors.New("is nothing but zeros")
)

// Company returns the number of a company in the plain form of its country (ISO
// 3166-1 alpha-2): Swedish, SIRET and Norwegian numbers, elsewhere the VAT number.
// SIRETs of test companies are accepted.
func Company(country, written string) (plain string, err error) {
	switch country {
	case "SE":
		return Swedish(written)
	case "NO":
		return Norwegian(written)
	case "FR":
		return SIRET(written, true)
	}
	return VAT(written)
}

// blanks takes out what people group digits by, and makes one hyphen of all: word
// processors have several.
var blanks = strings.NewReplacer(" ", "", "\u00a0", "", "\u2007", "", "\u2009", "", "\u202f", "", "\u2010", "-", "\u2011", "-", "\u2012", "-", "\u2013", "-", "\u2212", "-")

var (
	rounded  = regexp.MustCompile(`^[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+$`)
	allZeros = regexp.MustCompile(`^0+$`)
)

// digits are the digits of a number that has only digits, blanks and the characters in between.
func digits(written string, length int, between ...string) (string, error) {
	text := blanks.Replace(strings.TrimSpace(written))
	if rounded.MatchString(text) {
		return "", ErrRounded
	}
	for _, sign := range between {
		text = strings.ReplaceAll(text, sign, "")
	}
	switch {
	case strings.Trim(text, "0123456789") != "":
		return "", fmt.Errorf("%w: it has other characters than digits", ErrForm)
	case len(text) != length:
		return "", fmt.Errorf("%w: it has %d digits, not %d", ErrForm, len(text), length)
	case allZeros.MatchString(text):
		return "", ErrZero
	}
	return text, nil
}

// luhn tells whether the last digit is the check digit of the others modulo 10
// (ISO/IEC 7812-1, annex B).
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		n := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			n *= 2
		}
		sum += n/10 + n%10
	}
	return sum%10 == 0
}

// weighed tells whether the weighted sum of the digits is divisible by 11.
func weighed(digits string, weights ...int) bool {
	sum := 0
	for i, w := range weights {
		sum += w * int(digits[i]-'0')
	}
	return sum%11 == 0
}

// IsPlain tells whether a number is valid and already in plain form.
func IsPlain(read func(written string) (string, error), number string) bool {
	plain, err := read(number)
	return err == nil && plain == number
}

// IsSIRET tells whether a SIRET is valid and already in plain form; see SIRET.
func IsSIRET(number string, test bool) bool {
	plain, err := SIRET(number, test)
	return err == nil && plain == number
}
