package avfallsregistret

import (
	"encoding/json"
	"math/big"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"sluss/registries/numbers"
)

// The patterns of the contract's descriptions. The minus in the names' class is U+2212 beside the hyphen; ",-." in the
// class of persons is a range; the second alternative of telephone numbers is not anchored at its end.
var (
	tenDigits  = regexp.MustCompile(`^\d{10}$`)
	sixDigits  = regexp.MustCompile(`^\d{6}$`)
	fourDigits = regexp.MustCompile(`^\d{4}$`)
	fiveDigits = regexp.MustCompile(`^\d{5}$`)

	vatNumber       = regexp.MustCompile(`^[A-Z]{2}[0-9A-Za-z]{5,12}$`)
	companyPattern  = regexp.MustCompile(`^[0-9A-Za-zÅÄÖÜÉåäöüé.,?:\-/()&+− ']{0,250}$`)
	personPattern   = regexp.MustCompile(`^[A-Za-zÀ-ÖØ-öø-ž,-.: ']{0,250}$`)
	phonePattern    = regexp.MustCompile(`^((\+\d{2,3}[-\s]?[1-9][-\s]?(\d[-\s]?){1,10}\d$)|((\d[-\s]?){1,11}\d))`)
	referensPattern = regexp.MustCompile(`^[a-zA-Z0-9äÄöÖåÅÀàÁáÃãËëÉéÈèÊêÂâÍíÎîÏï\s,.\-&/"_()?]{0,40}$`)
	detailPattern   = regexp.MustCompile(`^[a-zA-Z0-9äÄöÖåÅÀàÁáÃãËëÉéÈèÊêÂâÍíÎîÏï\s,.\-&/"_()?]{1,100}`)
	positionPattern = regexp.MustCompile(`^[a-zA-Z0-9äÄöÖåÅÀàÁáÃãËëÉéÈèÊêÂâÍíÎîÏïÇçÌìÑñ\s,.\-+*&/#°¤":;%!=|_()?´~]{0,1000}$`)
)

// pattern checks a string that may be left out.
func (c *check) pattern(name string, bad int, pattern *regexp.Regexp) {
	if !c.body.has(name) {
		return
	}
	if text, ok := c.body.text(name); !ok || !pattern.MatchString(text) {
		c.add(bad)
	}
}

func (c *check) required(name string, missing, bad int, pattern *regexp.Regexp) {
	if !c.body.has(name) {
		c.add(missing)
		return
	}
	c.pattern(name, bad, pattern)
}

// email accepts one bare address of at most 250 characters; the registry's own rule is unknown.
func (c *check) email(name string, missing, bad int) {
	if !c.body.has(name) {
		c.add(missing)
		return
	}
	text, _ := c.body.text(name)
	address, err := mail.ParseAddress(text)
	if err != nil || address.Address != text || utf8.RuneCountInString(text) > 250 {
		c.add(bad)
	}
}

func (c *check) party(name string, missing, bad int) {
	if !c.body.has(name) {
		c.add(missing)
		return
	}
	if text, _ := c.body.text(name); !party(text, c.options.CheckDigits) {
		c.add(bad)
	}
}

// party says whether text is an organisation or personal number of ten digits or a foreign VAT number.
func party(text string, checkDigits bool) bool {
	if tenDigits.MatchString(text) {
		return !checkDigits || numbers.IsPlain(numbers.Swedish, text)
	}
	return vatNumber.MatchString(text)
}

// partyField is a rule for a party that must be named.
func partyField(missing, bad int) rule {
	return func(c *check, name string) { c.party(name, missing, bad) }
}

// The words that stand for a previous holder who is not known, and for the households of a municipality.
const (
	unknownHolder = "OKÄND"
	households    = "KOMMUN"
)

func isWord(holder string) bool { return holder == unknownHolder || holder == households }

func previousHolder(c *check, name string) {
	text, _ := c.body.text(name)
	if !isWord(text) || slices.Contains(c.options.HolderWordsRefused, c.kind.path) {
		c.party(name, 1242, 1241)
	}
	if contains(c.options.NotAsPreviousHolder, text) {
		c.add(4050)
	}
}

func dateField(missing, bad int) rule {
	return func(c *check, name string) {
		if !c.body.has(name) {
			c.add(missing)
			return
		}
		text, _ := c.body.text(name)
		if moment, ok := parseMoment(text); !ok || !c.options.Dates.holds(moment, c.now) {
			c.add(bad)
		}
	}
}

// parseMoment reads a date-time; one without offset is taken as UTC.
func parseMoment(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if moment, err := time.Parse(layout, text); err == nil {
			return moment, true
		}
	}
	return time.Time{}, false
}

func transportMode(c *check, name string) {
	if !c.body.has(name) {
		c.add(1131)
		return
	}
	optionalTransportMode(c, name)
}

func optionalTransportMode(c *check, name string) {
	if !c.body.has(name) {
		return
	}
	text, _ := c.body.text(name)
	for _, mode := range transportModes {
		if mode.code == text {
			return
		}
	}
	c.add(1132)
}

// producerCfar is the producer's own CFAR number: eight digits, or a word.
func producerCfar(c *check, name string) {
	text, _ := c.body.text(name)
	switch {
	case !c.body.has(name):
		c.add(4096)
	case text == "KOMMUN" && c.options.RefuseCfarKommun:
		c.add(4097)
	case !c.cfar(text):
		c.add(4095)
	}
}

func (c *check) cfar(text string) bool {
	if numbers.IsPlain(numbers.CFAR, text) {
		return !contains(c.options.UnknownEstablishments, text)
	}
	return text == "SAKNAS" || text == "KOMMUN"
}

func guid(text string) bool {
	return len(text) == 36 && uuid.Validate(text) == nil
}

func contains(list []string, text string) bool { return text != "" && slices.Contains(list, text) }

type quantityState int

const (
	absentQuantity quantityState = iota
	goodQuantity
	notPositive
	badQuantity
)

// kilograms reads a quantity: a positive number of at most three decimals. 24.5000 is 24.5.
func kilograms(value any) (quantityState, float64) {
	if value == nil {
		return absentQuantity, 0
	}
	number, ok := value.(json.Number)
	if !ok {
		return badQuantity, 0
	}
	kg, err := strconv.ParseFloat(number.String(), 64)
	switch {
	case err != nil:
		return badQuantity, 0
	case kg <= 0:
		return notPositive, 0
	case kg < 0.001 || len(number) > 64:
		return badQuantity, 0
	}
	exact, ok := new(big.Rat).SetString(number.String())
	if !ok || !exact.Mul(exact, big.NewRat(1000, 1)).IsInt() {
		return badQuantity, 0
	}
	return goodQuantity, kg
}

// whole reads an integer of 32 bits.
func whole(value any) (int, bool) {
	number, ok := value.(json.Number)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(number.String(), 10, 32)
	return int(n), err == nil
}
