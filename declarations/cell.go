package declarations

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"sluss"
	"sluss/obligations"
	"sluss/registries/numbers"
)

// cells reads the cells of one row: each in the light of the others.
type cells struct {
	of      subject
	locale  *Locale
	decimal string
	given   map[string]given
	// place is the country of the place where the times of the row are, if the row does
	// not tell it itself; empty: it is not known.
	place func(cells) string
}

// yes and no in the languages of the countries, and of their spreadsheets.
var truths = map[string]string{
	"true": "true", "yes": "true", "ja": "true", "oui": "true", "sant": "true", "sann": "true", "vrai": "true", "wahr": "true", "1": "true",
	"false": "false", "no": "false", "nej": "false", "nei": "false", "non": "false", "nein": "false", "falskt": "false", "usann": "false", "faux": "false", "falsch": "false", "0": "false",
}

// plain is the value at a path in the form that declarations have. The fault has no
// field. What is not certain stays as it is written.
func (c cells) plain(path string) (string, *sluss.Fault) {
	text := c.given[path].text
	of, known := c.of.field(path)
	switch {
	case !known, text == "": // told, or left out, when it is set
		return text, nil
	case len(sluss.CheckText(map[string]string{path: text})) > 0: // told when it is set
		return text, nil
	case of == reflect.TypeFor[sluss.Mass]():
		mass, err := sluss.MassForm{Decimal: c.decimal, Unit: c.given[path].column.Unit}.Parse(text)
		if err != nil {
			return "", &sluss.AsFaults(err)[0]
		}
		if c.of.units && c.given[path].column.Unit == "" && !hasUnit.MatchString(text) {
			return "", &sluss.Fault{Problem: fmt.Sprintf("mass %q: has no unit", text), Remedy: "name the column \"" + path + " (kg)\" or \"" + path + " (t)\", write the unit into the cell, or give it in the profile"}
		}
		return fmt.Sprintf("%d g", int64(mass)), nil
	case of == reflect.TypeFor[time.Time]():
		at, fault := clock{locale: c.locale, country: c.where(path), time: c.given[path].column.Time}.read(text)
		return at.Format(time.RFC3339Nano), fault
	case of == reflect.TypeFor[sluss.EventKind]():
		return eventKind(text)
	case of.Kind() == reflect.Bool:
		if truth, ok := truths[folded(text)]; ok {
			return truth, nil
		}
		return "", &sluss.Fault{Problem: fmt.Sprintf("%q is neither yes nor no", text), Remedy: "write true or false, yes or no"}
	case of.Kind() == reflect.String && of.Name() != "string":
		return strings.ToLower(text), nil // a word of ours
	case of.Kind() == reflect.String:
		return c.text(path, text)
	}
	return text, nil
}

// values are all that the row gives in the form that declarations have, by path; of what
// cannot be read there are faults.
func (c cells) values() (values map[string]string, unread sluss.Faults) {
	values = map[string]string{}
	for _, path := range slices.SortedFunc(maps.Keys(c.given), byPath) {
		value, fault := c.plain(path)
		if fault != nil {
			fault.Field = path
			unread = append(unread, *fault)
			continue
		}
		values[path] = value
	}
	return values, unread
}

// asText ends a remedy for a cell whose zeros a spreadsheet takes for nothing.
const asText = ", in a column of the format text"

var hasUnit = regexp.MustCompile(`[A-Za-z]$`)

// where is the country of the place where a time is.
func (c cells) where(path string) string {
	if c.place != nil {
		return c.place(c)
	}
	if !strings.Contains(path, ".") { // about the batch as a whole
		path = "legs.0." + path
	}
	return c.country(path)
}

// country is that of the party or the place that a path belongs to.
func (c cells) country(path string) string {
	parent := path[:max(0, strings.LastIndex(path, "."))]
	for _, at := range []string{parent + ".country", parent + ".from.country", strings.TrimSuffix(parent, ".contact") + ".country"} {
		if text := c.given[at].text; text != "" {
			return strings.ToUpper(text)
		}
	}
	return ""
}

var (
	twoLetters = regexp.MustCompile(`^[A-Za-z]{2}$`)
	operation  = regexp.MustCompile(`^([RrDd]) ?-?([0-9]{1,2})$`)
	onlyDigits = regexp.MustCompile(`^[0-9]+$`)
	marked     = regexp.MustCompile(`^'[0-9+*]`) // the sign by which spreadsheets keep a text
	blanks     = strings.NewReplacer(" ", "", "\u00a0", "", "\u2007", "", "\u2009", "", "\u202f", "")
)

// text brings a code or number into its one form.
func (c cells) text(path, text string) (string, *sluss.Fault) {
	field := path[strings.LastIndex(path, ".")+1:]
	country := c.country(path)
	if marked.MatchString(text) {
		text = text[1:]
	}
	switch field {
	case "country":
		if twoLetters.MatchString(text) {
			return strings.ToUpper(text), nil
		}
	case "code":
		return wasteCode(text)
	case "operation":
		if p := operation.FindStringSubmatch(blanks.Replace(text)); p != nil {
			return strings.ToUpper(p[1]) + p[2], nil
		}
	case "postcode":
		if digits := blanks.Replace(text); onlyDigits.MatchString(digits) {
			return digits, padded(digits, map[string]int{"FR": 5, "NO": 4}[country], 1)
		}
	case "municipality":
		return text, padded(text, map[string]int{"": 4, "SE": 4}[country], 1)
	case "establishment":
		return text, padded(blanks.Replace(text), 8, 2)
	case "phone":
		if (country == "SE" || country == "FR") && onlyDigits.MatchString(text) && text[0] != '0' && len(text) >= 7 && len(text) <= 9 {
			return text, &sluss.Fault{Problem: "has lost the zero at its beginning", Remedy: "write it in a column of the format text"} // the number is a person's
		}
	case "id":
		return text, company(country, text)
	}
	return text, nil
}

var (
	decimalZeros = regexp.MustCompile(`^([0-9]{9,14})[.,]0+$`)
	swedishVAT   = regexp.MustCompile(`^SE([0-9]{10})01$`)
)

// company tells of a number of a company whose right form is likely, but not certain.
func company(country, text string) *sluss.Fault {
	digits := blanks.Replace(text)
	read := func(number string) bool { _, err := numbers.Company(country, number); return err == nil }
	if p := decimalZeros.FindStringSubmatch(digits); p != nil && read(p[1]) {
		return &sluss.Fault{Problem: fmt.Sprintf("%q was made a number with decimals: it is likely %s", text, p[1]), Remedy: "write " + p[1] + "" + asText}
	}
	if p := swedishVAT.FindStringSubmatch(digits); p != nil && country == "SE" && read(p[1]) {
		return &sluss.Fault{Problem: fmt.Sprintf("%q is a VAT number: the organisationsnummer is likely %s", text, p[1]), Remedy: "write " + p[1]}
	}
	if country == "FR" && onlyDigits.MatchString(digits) && len(digits) < 14 && len(digits) != 9 { // nine are the company's alone
		if likely := fmt.Sprintf("%014s", digits); read(likely) {
			return lost(text, likely)
		}
	}
	return nil
}

// padded tells that digits lack zeros at their beginning, at most so many.
func padded(digits string, length, most int) *sluss.Fault {
	missing := length - len(digits)
	if missing < 1 || missing > most || !onlyDigits.MatchString(digits) {
		return nil
	}
	return lost(digits, strings.Repeat("0", missing)+digits)
}

// lost is the fault of a cell whose first zeros a spreadsheet has taken for nothing.
func lost(text, likely string) *sluss.Fault {
	return &sluss.Fault{Problem: fmt.Sprintf("%q has lost a zero at its beginning: it is likely %s", text, likely), Remedy: "write " + likely + "" + asText}
}

var (
	grouped = regexp.MustCompile(`^([0-9]{1,2})[ .-]?([0-9]{2})[ .-]?([0-9]{2}) ?(\*?)$`)
	rounded = regexp.MustCompile(`^[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+$`)
)

// wasteCode brings a code of the list of waste into its one form. The star of a code
// that the list has as hazardous alone is certain.
func wasteCode(text string) (string, *sluss.Fault) {
	clean := strings.Join(strings.Fields(strings.ReplaceAll(text, "＊", "*")), " ")
	if rounded.MatchString(clean) {
		return "", &sluss.Fault{Problem: fmt.Sprintf("%q: a spreadsheet has rounded the code and lost its last digits", text), Remedy: "write the six digits anew" + asText}
	}
	parts := grouped.FindStringSubmatch(clean)
	if parts == nil {
		return text, amid(text)
	}
	digits := parts[1] + parts[2] + parts[3]
	if len(digits) == 5 {
		if likely, known := starred("0" + digits); known {
			return "", lost(text, likely)
		}
		return text, nil
	}
	if code, _ := starred(digits); parts[4] == "" {
		return code, nil
	}
	return digits + "*", nil
}

// starred is a code of six digits with a star if the list has it as hazardous alone;
// false if the list does not have it.
func starred(digits string) (code string, known bool) {
	hazardous, known := obligations.HazardousCode(digits)
	if hazardous {
		digits += "*"
	}
	return digits, known
}

var digitsIn = regexp.MustCompile(`[0-9]+`)

// amid is the fault of a text that holds six digits of a code, and something else.
func amid(text string) *sluss.Fault {
	found := digitsIn.FindAllString(text, -1)
	if len(found) != 1 || len(found[0]) != 6 {
		return nil
	}
	likely, known := starred(found[0])
	if !known {
		return nil
	}
	return &sluss.Fault{Problem: fmt.Sprintf("%q is not a code of the European list of waste: it is likely %s", text, likely), Remedy: "write " + likely}
}
