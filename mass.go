package sluss

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Mass is a quantity of waste in whole grams, so that kilograms with three
// decimals (Sweden) and tonnes with six (France) are both exact. In JSON it is
// a number of kilograms.
type Mass int64

// Units of Mass.
const (
	Gram     Mass = 1
	Kilogram      = 1000 * Gram
	Tonne         = 1000 * Kilogram
)

// ParseKilograms reads a decimal number of kilograms as a machine writes it, with
// at most three decimals after a point or a comma: "1250", "0.5", "1.250". What a
// person wrote is for ParseMass.
func ParseKilograms(text string) (Mass, error) {
	s := strings.Replace(strings.TrimSpace(text), ",", ".", 1)
	whole, decimals, _ := strings.Cut(s, ".")
	negative := strings.HasPrefix(whole, "-")
	whole = strings.TrimPrefix(whole, "-")
	if trimmed := strings.TrimRight(decimals, "0"); len(trimmed) > 3 {
		return 0, fmt.Errorf("mass %q: at most three decimals of a kilogram", text)
	} else {
		decimals = trimmed + strings.Repeat("0", 3-len(trimmed))
	}
	grams, err := strconv.ParseUint(whole+decimals, 10, 53)
	if err != nil || whole == "" {
		return 0, fmt.Errorf("mass %q: want kilograms as a plain decimal number, such as 1250.5", text)
	}
	if negative {
		return -Mass(grams), nil
	}
	return Mass(grams), nil
}

// Kilograms is the exact decimal number of kilograms, without unit: "1250.5".
func (m Mass) Kilograms() string { return decimal(int64(m), 3) }

// Tonnes is the exact decimal number of tonnes, without unit: "1.2505".
func (m Mass) Tonnes() string { return decimal(int64(m), 6) }

// String is the mass as people read it: "1250.5 kg".
func (m Mass) String() string { return m.Kilograms() + " kg" }

// MarshalJSON writes the number of kilograms.
func (m Mass) MarshalJSON() ([]byte, error) { return []byte(m.Kilograms()), nil }

// UnmarshalJSON reads a number of kilograms, or a string as ParseMass does.
func (m *Mass) UnmarshalJSON(data []byte) error {
	text, parse := string(data), ParseKilograms
	if strings.HasPrefix(text, `"`) {
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		parse = ParseMass
	}
	parsed, err := parse(text)
	if err != nil {
		return err
	}
	*m = parsed
	return nil
}

func decimal(n int64, places int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	digits := fmt.Sprintf("%0*d", places+1, n)
	whole, rest := digits[:len(digits)-places], strings.TrimRight(digits[len(digits)-places:], "0")
	if rest == "" {
		return sign + whole
	}
	return sign + whole + "." + rest
}
