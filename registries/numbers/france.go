package numbers

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

const (
	testSIRETs  = "000000" // of the test companies of Trackdéchets' sandbox
	laPoste     = "356000000"
	laPosteHead = "35600000000048"
	oddSIRET    = "11111111192062" // Trackdéchets accepts it with any check digit
)

// SIRET returns the number of a French establishment as fourteen digits. They are
// checked by Luhn's sum, except for La Poste, which has more establishments than such
// numbers: the sum of their digits is divisible by 5. With test, the numbers of the
// test companies in Trackdéchets' sandbox are accepted, which begin with 000000
// (MTES-MCT/trackdechets,
// isSiret).
func SIRET(written string, test bool) (plain string, err error) {
	plain, err = digits(written, 14)
	switch {
	case err != nil:
		return "", err
	case plain == oddSIRET, plain == laPosteHead, test && strings.HasPrefix(plain, testSIRETs):
		return plain, nil
	case strings.HasPrefix(plain, laPoste):
		sum := 0
		for _, digit := range plain {
			sum += int(digit - '0')
		}
		if sum%5 != 0 {
			return "", ErrCheck
		}
		return plain, nil
	case !luhn(plain):
		return "", ErrCheck
	}
	return plain, nil
}

// SIREN returns the number of a French company as nine digits, which are checked by
// Luhn's sum (INSEE). With test, the numbers of the sandbox's companies are accepted.
func SIREN(written string, test bool) (plain string, err error) {
	plain, err = digits(written, 9)
	if err == nil && !luhn(plain) && (!test || !strings.HasPrefix(plain, testSIRETs)) {
		return "", ErrCheck
	}
	return plain, err
}

// IsFrenchVAT tells whether a VAT number in plain form names a French company:
// its key fits its SIREN (code général des impôts, annexe II).
func IsFrenchVAT(plain string) bool {
	body, french := strings.CutPrefix(plain, "FR")
	if !french || !vatForms["FR"].MatchString(body) {
		return false
	}
	key, err := strconv.Atoi(body[:2])
	siren, _ := strconv.Atoi(body[2:])
	return err == nil && key == (12+3*(siren%97))%97
}

var ship = regexp.MustCompile(`^(OMI|IMO)([0-9]{7})$`)

// Ship returns the number of a ship as OMI (IMO in French) and seven digits. The last
// digit is that of the sum of the others, weighted 7 to 2 (IMO
// resolution A.1117(30)).
func Ship(written string) (plain string, err error) {
	parts := ship.FindStringSubmatch(strings.ToUpper(strings.ReplaceAll(blanks.Replace(strings.TrimSpace(written)), "-", "")))
	if parts == nil {
		return "", fmt.Errorf("%w: it is OMI and seven digits", ErrForm)
	}
	number, sum := parts[2], 0
	for i := range 6 {
		sum += (7 - i) * int(number[i]-'0')
	}
	switch {
	case allZeros.MatchString(number):
		return "", ErrZero
	case sum%10 != int(number[6]-'0'):
		return "", ErrCheck
	}
	return "OMI" + number, nil
}
