package numbers

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// Norwegian returns an organisasjonsnummer as nine digits, of which the last checks
// the others modulo 11 (weights 3, 2, 7, 6, 5, 4, 3, 2; Brønnøysund
// Register Centre, "Om organisasjonsnummeret").
func Norwegian(written string) (plain string, err error) {
	plain, err = digits(written, 9)
	if err == nil && !weighed(plain, norwegianWeights...) {
		return "", ErrCheck
	}
	return plain, err
}

var norwegianWeights = []int{3, 2, 7, 6, 5, 4, 3, 2, 1}

// NorwegianPlate returns a plate number (kjennemerke) in the vehicle registry's form:
// 2 to 7 capital letters (including Æ, Ø and Å) or digits. Ordinary, personal and
// veteran plates are accepted. Blanks and hyphens are removed, and small letters
// become capitals. The error says everything that is wrong.
func NorwegianPlate(written string) (plain string, err error) {
	return letters("plate", written, "ÆØÅ", 2, 7)
}

// NorwegianChassis returns a chassis number (understellsnummer) in the vehicle
// registry's form, as NorwegianPlate does a plate: 1 to 19 capital letters A-Z or
// digits. Old vehicles have fewer than the 17 of ISO 3779, and its check digit is
// not used in Europe.
func NorwegianChassis(written string) (plain string, err error) {
	return letters("chassis number", written, "", 1, 19)
}

// NorwegianVehicle returns a plate or chassis number in a form in which the two can be compared.
func NorwegianVehicle(written string) (plain string, err error) {
	return letters("number", written, "ÆØÅ", 1, 19)
}

// decomposed are the ways of writing Å in Unicode that are not the letter Å.
var decomposed = strings.NewReplacer("A\u030A", "Å", "a\u030A", "Å", "\u212B", "Å")

func letters(what, written, beyondAZ string, shortest, longest int) (string, error) {
	var wrong []error
	var kept strings.Builder
	position, length := 0, 0
	for _, r := range decomposed.Replace(written) {
		position++
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) {
			continue
		}
		length++
		if r >= 'a' && r <= 'z' || strings.ContainsRune("æøå", r) {
			r = unicode.ToUpper(r)
		}
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(beyondAZ, r) {
			kept.WriteRune(r)
			continue
		}
		if len(wrong) < maxNamed {
			wrong = append(wrong, fmt.Errorf("character %d, %q, is none of A-Z, %s0-9", position, r, spread(beyondAZ)))
		}
	}
	if length < shortest || length > longest {
		wrong = append(wrong, fmt.Errorf("it has %d characters without spaces and hyphens: give %d to %d", length, shortest, longest))
	}
	if len(wrong) > 0 {
		return "", fmt.Errorf("%s: %w", what, errors.Join(wrong...))
	}
	return kept.String(), nil
}

// maxNamed is how many wrong characters an error names.
const maxNamed = 10

func spread(letters string) string {
	var text strings.Builder
	for _, r := range letters {
		text.WriteString(string(r) + ", ")
	}
	return text.String()
}
