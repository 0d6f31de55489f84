package numbers

import (
	"fmt"
	"strconv"
	"strings"
)

// Swedish returns an organisationsnummer, a personnummer or a samordningsnummer as
// ten digits: without hyphen, and without the 16 of an organisation or the
// century of a person. The last digit checks the others by Luhn's sum. The third
// digit of an organisation is 2 or more (lag 1974:174, § 1); the number of a person
// begins with a date; in a samordningsnummer 60 is added to the day
// (folkbokföringslag 1991:481, § 18).
func Swedish(written string) (plain string, err error) {
	text := strings.NewReplacer("-", "", "+", "").Replace(blanks.Replace(strings.TrimSpace(written)))
	if len(text) == 12 && (strings.HasPrefix(text, "16") || strings.HasPrefix(text, "18") || strings.HasPrefix(text, "19") || strings.HasPrefix(text, "20")) {
		written = text[2:]
	}
	plain, err = digits(written, 10, "-", "+")
	switch {
	case err != nil:
		return "", err
	case !luhn(plain):
		return "", ErrCheck
	case plain[2] < '2' && !dated(plain):
		return "", fmt.Errorf("%w: neither an organisation's nor a person's begins so", ErrForm)
	}
	return plain, nil
}

// dated tells whether the number of a person begins with a date.
func dated(plain string) bool {
	month, _ := strconv.Atoi(plain[2:4])
	day, _ := strconv.Atoi(plain[4:6])
	if day > 60 {
		day -= 60
	}
	return month >= 1 && month <= 12 && day >= 1 && day <= 31
}

// CFAR returns the number that Statistics Sweden gives an establishment as eight
// digits. It has no check digit.
func CFAR(written string) (plain string, err error) { return digits(written, 8) }
