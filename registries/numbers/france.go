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
	oddSIRET    = "11111111192062" // Trackdéchets takes it, whatever its digits
)

// SIRET brings the number of a French establishment into fourteen digits. Luhn's
// sum checks them, but for La Poste, whose establishments outnumber it: the sum
// of their digits is divisible by 5. With test, those of the test companies of
// Trackdéchets' sandbox are taken, which begin with 000000 (MTES-MCT/trackdechets,
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

// Ship brings the number of a ship into OMI, as IMO is in French, and seven
// digits. The last one is the last of the sum of the others, weighed 7 to 2 (IMO
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
