package sluss

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
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
// at most three decimals after a point or a comma: "1250", "0.5", "1.250". Use
// ParseMass for what a person wrote.
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

// blanks are the spaces, and the apostrophe, with which people group thousands.
var blanks = strings.NewReplacer(" ", " ", "\u00a0", " ", "\u2007", " ", "\u2009", " ", "\u202f", " ", "'", " ", "\u2019", " ")

// written is a mass as people write it: sign, number, unit.
var written = regexp.MustCompile(`^(-?)([0-9][0-9., ]*?) ?([A-Za-z]*)$`)

// grouped is a whole number in groups of thousands.
var grouped = regexp.MustCompile(`^[0-9]{1,3}([., ][0-9]{3})+$`)

// scientific is a number with an exponent, as spreadsheets show long ones.
var scientific = regexp.MustCompile(`^[0-9.,]+[eE][+-]?[0-9]+$`)

// units are the units that a mass may have, as powers of ten of a kilogram.
var units = map[string]int{"": 0, "kg": 0, "t": 3, "g": -3}

// ParseMass reads a mass as people write it, with a unit (kg, t or g) or in
// kilograms: "1250", "1 250,5 kg", "1.250,5", "1.25 t". It must be whole grams.
// Text that has two readings, such as "1,250", is refused. The error is Faults
// with one fault, which has no field.
func ParseMass(text string) (Mass, error) { return MassForm{}.Parse(text) }

// MassForm is what is known about how a file writes its masses.
type MassForm struct {
	// Decimal is the sign before decimals, a point or a comma; the other one then
	// separates thousands. Empty: it is not known.
	Decimal string
	Unit    string // of numbers without a unit: kg, t or g; empty: kg
}

// Parse is ParseMass, with what is known.
func (f MassForm) Parse(text string) (Mass, error) {
	wrong := func(problem, remedy string) (Mass, error) {
		return 0, Faults{{Problem: fmt.Sprintf("mass %q: %s", text, problem), Remedy: remedy}}
	}
	const plain = "write kilograms as a plain number, such as 1250.5, or with a unit, such as 1.25 t"
	clean := strings.TrimSpace(blanks.Replace(text))
	parts := written.FindStringSubmatch(clean)
	if scientific.MatchString(clean) {
		return wrong("a spreadsheet has rounded the number", "give the column a number format without exponent, and write all digits")
	}
	if parts == nil {
		return wrong("is not a number", plain)
	}
	sign, number, unit := parts[1], parts[2], cmp.Or(parts[3], f.Unit)
	shift, known := units[strings.ToLower(unit)]
	if !known {
		return wrong(fmt.Sprintf("%q is not a unit of mass", unit), plain)
	}
	if one, other, two := readings(number); two && f.Decimal == "" {
		in := cmp.Or(unit, "kg")
		return wrong(fmt.Sprintf("may be %s %s or %s %s", one, in, other, in), fmt.Sprintf("write %s0 %s or %s %s", one, in, other, in))
	}
	plainNumber, ok := ungrouped(number)
	if f.Decimal != "" {
		plainNumber, ok = f.ungrouped(number)
	}
	if !ok {
		return wrong("is not a number", plain)
	}
	mass, err := ParseKilograms(sign + shifted(plainNumber, shift))
	if err != nil {
		return wrong("is not a whole number of grams", plain)
	}
	return mass, nil
}

// readings are both numbers that the text may mean: its only point or comma may
// separate decimals or thousands. Two is false if only one reading is possible.
func readings(number string) (decimals, thousands string, two bool) {
	at := strings.IndexAny(number, ".,")
	if at < 1 || len(number)-at-1 != 3 || number[0] == '0' || !grouped.MatchString(number) || strings.Contains(number, " ") {
		return "", "", false
	}
	return number[:at] + "." + number[at+1:], number[:at] + number[at+1:], true
}

// ungrouped is the number with a point before its decimals and nothing between
// its thousands; false if the text is not a number.
func ungrouped(number string) (string, bool) {
	whole, decimals := number, ""
	if last := strings.LastIndexAny(number, ".,"); last >= 0 && strings.Count(number, number[last:last+1]) == 1 {
		whole, decimals = number[:last], number[last+1:]
	}
	var signs []string
	for _, sign := range []string{".", ",", " "} {
		if strings.Contains(whole, sign) {
			signs = append(signs, sign)
		}
	}
	if len(signs) > 1 || len(signs) == 1 && !grouped.MatchString(whole) || strings.Contains(decimals, " ") {
		return "", false
	}
	if len(signs) == 1 {
		whole = strings.ReplaceAll(whole, signs[0], "")
	}
	return whole + "." + decimals, true
}

// ungrouped does the same where the decimal sign is known.
func (f MassForm) ungrouped(number string) (string, bool) {
	whole, decimals, _ := strings.Cut(number, f.Decimal)
	digits, ok := ungrouped(whole + f.Decimal)
	return digits + decimals, ok && !strings.ContainsAny(decimals, "., ")
}

// shifted moves the decimal point some places to the right, or to the left if
// places is negative.
func shifted(number string, places int) string {
	whole, decimals, _ := strings.Cut(number, ".")
	switch {
	case places > 0:
		decimals += strings.Repeat("0", max(0, places-len(decimals)))
		return whole + decimals[:places] + "." + decimals[places:]
	case places < 0:
		whole = strings.Repeat("0", max(0, 1-places-len(whole))) + whole
		return whole[:len(whole)+places] + "." + whole[len(whole)+places:] + decimals
	}
	return whole + "." + decimals
}
