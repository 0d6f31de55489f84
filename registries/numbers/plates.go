package numbers

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// ErrUnusual means that a plate may have that form, as one that its owner chose has, but most
// plates of its country have another.
var ErrUnusual = errors.New("is not an ordinary plate")

// plateForms are the forms of ordinary plates without blanks and hyphens, and an example
// of each (Sweden: Transportstyrelsen; France: arrêté of 9 February 2009, and before
// 2009 département last; Norway: Statens vegvesen, with those of trailers; Denmark:
// Motorstyrelsen; Finland: Traficom; Germany: FZV, annexes 1 to 3).
var plateForms = map[string]struct {
	form    *regexp.Regexp
	example string
}{
	"DE": {regexp.MustCompile(`^[A-ZÄÖÜ]{1,3}[A-Z]{0,2}\d{1,6}[EH]?$`), "HH-AB 1234"},
	"DK": {regexp.MustCompile(`^[A-Z]{2}\d{4,5}$`), "AB 12 345"},
	"FI": {regexp.MustCompile(`^[A-ZÅÄÖ]{1,3}\d{1,4}$`), "ABC-123"},
	"FR": {regexp.MustCompile(`^([A-Z]{2}\d{3}[A-Z]{2}|W\d{3}[A-Z]{2}|\d{1,4}[A-Z]{1,3}(\d{2,3}|2[AB]))$`), "AB-123-CD"},
	"NO": {regexp.MustCompile(`^[A-ZÆØÅ]{2}\d{4,5}$`), "AB 12345"},
	"SE": {regexp.MustCompile(`^[A-Z]{3}\d{2}[0-9A-Z]$`), "ABC 12A"},
}

// anyPlate are the characters that a plate of any country has.
var anyPlate = regexp.MustCompile(`^[\p{L}0-9]{2,12}$`)

// IsPlate tells what is wrong with a plate, in whatever case, and with blanks, hyphens
// and points in it. The error is ErrForm if there can be no such plate, and ErrUnusual if
// an owner may have chosen it. It says an ordinary plate of the country, if that is known.
func IsPlate(country, written string) error {
	plain := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || r == '.' || r == '·' {
			return -1
		}
		return unicode.ToUpper(r)
	}, decomposed.Replace(written))
	ordinary, known := plateForms[country]
	switch {
	case !anyPlate.MatchString(plain):
		return fmt.Errorf("%w: it has 2 to 12 letters and digits", ErrForm)
	case known && !ordinary.form.MatchString(plain):
		return fmt.Errorf("%w of %s, such as %s", ErrUnusual, country, ordinary.example)
	case !strings.ContainsAny(plain, "0123456789"):
		return fmt.Errorf("%w: it has no digit", ErrUnusual)
	}
	return nil
}
