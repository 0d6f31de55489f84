package autosys

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// Plate is a plate number (kjennemerke) as the register takes it: 2 to 7 capital letters, Æ, Ø and Å among them,
// or digits, without space or hyphen. It is personal data: keep it out of logs and error texts.
type Plate string

// Chassis is a chassis number (understellsnummer) as the register takes it: 1 to 19 capital letters A-Z or
// digits, not always 17. It is personal data as a plate is.
type Chassis string

// ParsePlate brings a plate into the register's form: ordinary, personal and veteran plates. Spaces and hyphens go,
// small letters become capitals. The error says everything that is wrong, and not what the plate was.
func ParsePlate(written string) (Plate, error) {
	plate, err := normalise("plate", written, "ÆØÅ", 2, 7)
	return Plate(plate), err
}

// ParseChassis brings a chassis number into the register's form, as ParsePlate does a plate.
func ParseChassis(written string) (Chassis, error) {
	chassis, err := normalise("chassis number", written, "", 1, 19)
	return Chassis(chassis), err
}

// decomposed are the ways of writing Å in Unicode that are not the letter Å.
var decomposed = strings.NewReplacer("A\u030A", "Å", "a\u030A", "Å", "\u212B", "Å")

func normalise(what, written, beyondAZ string, shortest, longest int) (string, error) {
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

// maxNamed is how many wrong characters an error names: something much longer than a plate needs no list.
const maxNamed = 10

func spread(letters string) string {
	var text strings.Builder
	for _, r := range letters {
		text.WriteString(string(r) + ", ")
	}
	return text.String()
}
