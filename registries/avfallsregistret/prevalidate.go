package avfallsregistret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"sluss"
)

// Faults returns all reasons for which the registry would refuse the note of the
// content's obligation, without asking it. They have the registry's order (who
// reports, the agent, then the fields) and its codes, with the fields of the
// declaration and without the registry's own words. Faults checks only rules that
// are known. It does not check how old a time may be, where a municipality alone
// is enough, or which organisation numbers are special; and of municipalities,
// countries and CFAR numbers it checks only the form. Codes of waste, treatments
// and recovery are looked up in the lists that are not empty. The error is
// sluss.ErrOperator, as of Submit.
func (c *Client) Faults(content sluss.Content, lists ReferenceData) ([]sluss.Reason, error) {
	m, err := c.message(content)
	if err != nil {
		return nil, err
	}
	found, err := inspect(content.Obligation.Report, m.body, c.reporter.ID, lists)
	if err != nil {
		return nil, fmt.Errorf("%w: obligation %s: %w", sluss.ErrOperator, content.Obligation.ID, err)
	}
	return m.withFound(found), nil
}

// inspection collects every fault of one body.
type inspection struct {
	object
	reporter string
	lists    ReferenceData
	found    []felkod
}

// check checks one aspect of a note.
type check func(*inspection)

// inspect returns every fault of a body that the reporter would send. The error
// means that the body is not one of such a note.
func inspect(note sluss.ReportKind, body []byte, reporter string, lists ReferenceData) ([]felkod, error) {
	form, known := forms[note]
	if !known {
		return nil, fmt.Errorf("the Swedish registry has no note %q", note)
	}
	i := &inspection{reporter: reporter, lists: lists}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&i.object); err != nil {
		return nil, err
	}
	i.whoReports()
	i.operator()
	moment("tidpunkt", 1031, 1032)(i)
	i.text("referens", 0, 1042, referenceText.MatchString)
	for _, name := range form.places {
		i.place(name)
	}
	i.waste()
	for _, look := range form.checks {
		look(i)
	}
	return i.found, nil
}

// add records a fault by its code. If the code has two meanings, it is the one
// about the note's data.
func (i *inspection) add(code int) {
	all := catalogue()[code]
	i.mean(all[len(all)-1])
}

func (i *inspection) mean(one meaning) {
	i.found = append(i.found, felkod{Code: json.RawMessage(strconv.Itoa(one.code)), Message: one.swedish})
}

// whoReports checks the rules of 1023 and of the agent: the reporter is either the
// operator, and then there must be no agent, or the agent with all its details.
func (i *inspection) whoReports() {
	operator, agent := i.string("verksamhetsutovare"), i.string("ombud")
	if operator != "" && operator == i.reporter {
		if i.has("ombud") {
			i.add(1013)
		}
		for _, code := range []int{4101, 4102, 4103, 4104} {
			if one := catalogue()[code][0]; i.has(one.field) {
				i.mean(one)
			}
		}
		return
	}
	if agent == "" || agent != i.reporter {
		i.add(1023)
	}
	i.text("ombud", 1012, 1011, validParty)
	i.text("ombudetsNamn", 4031, 4032, nameText.MatchString)
	i.text("ombudetsKontaktpersonNamn", 4033, 4034, personText.MatchString)
	i.text("ombudetsKontaktpersonEpost", 4035, 4036, validEmail)
	i.text("ombudetsKontaktpersonTelefonnummer", 4037, 4038, phoneText.MatchString)
}

func (i *inspection) operator() {
	i.text("verksamhetsutovare", 1021, 1022, validParty)
	i.text("verksamhetensKontaktpersonNamn", 4021, 4022, personText.MatchString)
	i.text("verksamhetensKontaktpersonEpost", 4023, 4024, validEmail)
	i.text("verksamhetensKontaktpersonTelefonnummer", 4025, 4026, phoneText.MatchString)
	i.text("verksamhetensNamn", 4027, 4028, nameText.MatchString)
}

func (i *inspection) waste() {
	waste := i.inside("avfall")
	waste.text("foregaendeAvfallId", 0, 1091, func(text string) bool { return len(text) == 36 && uuid.Validate(text) == nil })
	before := len(waste.found)
	waste.text("kod", 1112, 1113, sixDigits.MatchString)
	if len(waste.found) == before && len(i.lists.Wastes) > 0 &&
		!slices.ContainsFunc(i.lists.Wastes, func(w WasteType) bool { return w.Code == waste.string("kod") }) {
		waste.add(1111)
	}
	waste.mass("mangd", 1123, 1121, 1122)
	i.found = waste.found
}

// inside is the inspection of the object in a field. Its faults are appended to
// those found before.
func (i *inspection) inside(name string) *inspection {
	within, _ := i.object[name].(map[string]any)
	return &inspection{object: within, reporter: i.reporter, lists: i.lists, found: i.found}
}

// text checks a string. A missing string is no fault if the code for it is 0.
func (i *inspection) text(name string, missing, bad int, fits func(string) bool) {
	switch {
	case i.has(name):
		if text := i.string(name); text == "" || !fits(text) {
			i.add(bad)
		}
	case missing != 0:
		i.add(missing)
	}
}

// mass checks kilograms: above 0, at most three decimals.
func (i *inspection) mass(name string, missing, notAbove, bad int) {
	if !i.has(name) {
		if missing != 0 {
			i.add(missing)
		}
		return
	}
	number, _ := i.object[name].(json.Number)
	kg, err := strconv.ParseFloat(number.String(), 64)
	switch {
	case err != nil:
		i.add(bad)
	case kg <= 0:
		i.add(notAbove)
	case kg < 0.001, len(number) > 64: // certainly more than three decimals
		i.add(bad)
	default:
		exact, ok := new(big.Rat).SetString(number.String())
		if !ok || !exact.Mul(exact, big.NewRat(1000, 1)).IsInt() {
			i.add(bad)
		}
	}
}

// moment checks a date and time. Its bounds are not known.
func moment(name string, missing, bad int) check {
	return func(i *inspection) {
		i.text(name, missing, bad, func(text string) bool {
			_, err := time.Parse(time.RFC3339Nano, text)
			_, errLocal := time.Parse("2006-01-02T15:04:05", text) // without offset; which zone the registry then assumes is not known
			return err == nil || errLocal == nil
		})
	}
}

func newHolder(i *inspection)   { i.text("nyInnehavare", 1252, 1251, validParty) }
func transporter(i *inspection) { i.text("transportor", 1292, 1291, validParty) }

func previousHolder(i *inspection) {
	i.text("tidigareInnehavare", 1242, 1241, func(text string) bool {
		return validParty(text) || text == "OKÄND" || text == "KOMMUN"
	})
}

func mode(i *inspection)        { i.text("transportsatt", 1131, 1132, validMode) }
func modeIfGiven(i *inspection) { i.text("transportsatt", 0, 1132, validMode) }

func validMode(text string) bool {
	for _, letter := range transportsatt {
		if letter == text {
			return true
		}
	}
	return false
}

// establishment is the producer's own CFAR number.
func establishment(i *inspection) { i.text("cfarNR", 4096, 4095, validEstablishment) }

// object is a JSON object whose numbers are kept as source text.
type object map[string]any

// string is the string of that name; empty if it is blank or no string.
func (o object) string(name string) string {
	text, _ := o[name].(string)
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return text
}

// has is false for what is absent, null or blank.
func (o object) has(name string) bool {
	if _, isText := o[name].(string); isText {
		return o.string(name) != ""
	}
	return o[name] != nil
}

// The patterns of the registry's contract, unchanged. The minus beside the hyphen
// is U+2212; ",-." in the class of persons is a range; the second form of telephone
// numbers is not anchored at its end.
var (
	sixDigits     = regexp.MustCompile(`^\d{6}$`)
	nameText      = regexp.MustCompile(`^[0-9A-Za-zÅÄÖÜÉåäöüé.,?:\-/()&+− ']{0,250}$`)
	personText    = regexp.MustCompile(`^[A-Za-zÀ-ÖØ-öø-ž,-.: ']{0,250}$`)
	phoneText     = regexp.MustCompile(`^((\+\d{2,3}[-\s]?[1-9][-\s]?(\d[-\s]?){1,10}\d$)|((\d[-\s]?){1,11}\d))`)
	referenceText = regexp.MustCompile(`^[a-zA-Z0-9äÄöÖåÅÀàÁáÃãËëÉéÈèÊêÂâÍíÎîÏï\s,.\-&/"_()?]{0,40}$`)
	detailText    = regexp.MustCompile(`^[a-zA-Z0-9äÄöÖåÅÀàÁáÃãËëÉéÈèÊêÂâÍíÎîÏï\s,.\-&/"_()?]{1,100}`)
	positionText  = regexp.MustCompile(`^[a-zA-Z0-9äÄöÖåÅÀàÁáÃãËëÉéÈèÊêÂâÍíÎîÏïÇçÌìÑñ\s,.\-+*&/#°¤":;%!=|_()?´~]{0,1000}$`)
)

func validParty(text string) bool { return tenDigits.MatchString(text) || vatNumber.MatchString(text) }

// validEmail accepts one bare address. The registry's own rule is not known.
func validEmail(text string) bool {
	address, err := mail.ParseAddress(text)
	return err == nil && address.Address == text && utf8.RuneCountInString(text) <= 250
}
