package avfallsregistret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// object is a JSON object with its keys in lower case: the registry binds names without regard to case.
type object map[string]any

// readObject reads one JSON object, numbers kept as written.
func readObject(body []byte) (object, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, fmt.Errorf("more than one JSON value")
	}
	folded, ok := fold(value).(object)
	if !ok {
		return nil, fmt.Errorf("not a JSON object")
	}
	return folded, nil
}

func fold(value any) any {
	switch v := value.(type) {
	case map[string]any:
		folded := make(object, len(v))
		for key, inner := range v {
			folded[strings.ToLower(key)] = fold(inner)
		}
		return folded
	case []any:
		for i, inner := range v {
			v[i] = fold(inner)
		}
	}
	return value
}

// get is the value with a name; nil if it is absent, null or a blank string.
func (o object) get(name string) any {
	value := o[strings.ToLower(name)]
	if text, ok := value.(string); ok && strings.TrimSpace(text) == "" {
		return nil
	}
	return value
}

func (o object) has(name string) bool { return o.get(name) != nil }

// text is the string named; ok is false for any other kind of value.
func (o object) text(name string) (text string, ok bool) {
	text, ok = o.get(name).(string)
	return text, ok
}

// fault is one line of an error answer.
type fault struct {
	code int
	text string
}

// check collects every fault of one request body, in the order of the registry: who reports, then the fields.
type check struct {
	options  Options
	kind     noteType
	reporter string
	now      time.Time
	body     object
	faults   []fault
}

// add records a fault by its number; its text is that of the catalogue. If a number
// has two texts, the last one.
func (c *check) add(code int) {
	texts := errorTexts()[code]
	if len(texts) == 0 {
		texts = []string{"Okänt fel."}
	}
	c.faults = append(c.faults, fault{code, texts[len(texts)-1]})
}

// validate lists every fault of a body sent to the note type by the reporter.
func validate(options Options, kind noteType, reporter string, body object) []fault {
	c := &check{options: options, kind: kind, reporter: reporter, now: options.Now(), body: body}
	c.whoReports()
	c.operator()
	c.moment()
	c.pattern("referens", 1042, referensPattern)
	for _, p := range kind.places {
		c.place(p)
	}
	c.waste()
	for _, f := range kind.fields {
		f.rule(c, f.name)
	}
	return c.faults
}

// whoReports holds the rule behind 1023: the caller reports for itself, without an agent, or is the agent.
func (c *check) whoReports() {
	operator, _ := c.body.text("verksamhetsutovare")
	agent, _ := c.body.text("ombud")
	self := operator != "" && operator == c.reporter
	if !self && (agent == "" || agent != c.reporter) {
		c.faults = append(c.faults, fault{
			1023,
			"Verksamhetsutövare eller ombud måste matcha rapportörens organisationsnummer",
		})
	}
	if self {
		c.noAgent()
		return
	}
	switch {
	case !c.body.has("ombud"):
		c.add(1012)
	case !party(agent, c.options.CheckDigits):
		c.add(1011)
	}
	c.required("ombudetsNamn", 4031, 4032, companyPattern)
	c.required("ombudetsKontaktpersonNamn", 4033, 4034, personPattern)
	c.email("ombudetsKontaktpersonEpost", 4035, 4036)
	c.required("ombudetsKontaktpersonTelefonnummer", 4037, 4038, phonePattern)
}

// noAgent refuses an agent and its details. Their numbers 4101-4104 are those of a family of places as well.
func (c *check) noAgent() {
	if c.body.has("ombud") {
		c.add(1013)
	}
	for i, name := range []string{
		"ombudetsNamn", "ombudetsKontaktpersonNamn", "ombudetsKontaktpersonEpost", "ombudetsKontaktpersonTelefonnummer",
	} {
		if c.body.has(name) {
			code := 4101 + i
			c.faults = append(c.faults, fault{code, errorTexts()[code][0]})
		}
	}
}

func (c *check) operator() {
	c.party("verksamhetsutovare", 1021, 1022)
	if operator, _ := c.body.text("verksamhetsutovare"); contains(c.options.NotAsOperator, operator) {
		c.add(4051)
	}
	c.required("verksamhetensKontaktpersonNamn", 4021, 4022, personPattern)
	c.email("verksamhetensKontaktpersonEpost", 4023, 4024)
	c.required("verksamhetensKontaktpersonTelefonnummer", 4025, 4026, phonePattern)
	c.required("verksamhetensNamn", 4027, 4028, companyPattern)
}

func (c *check) moment() {
	if !c.body.has("tidpunkt") {
		c.add(1031)
		return
	}
	text, _ := c.body.text("tidpunkt")
	if moment, ok := parseMoment(text); !ok || !c.options.Tidpunkt.holds(moment, c.now) {
		c.add(1032)
	}
}

func (c *check) waste() {
	waste, _ := c.body.get("avfall").(object)
	if waste.has("foregaendeAvfallId") {
		if id, _ := waste.text("foregaendeAvfallId"); !guid(id) {
			c.add(1091)
		}
	}
	code, _ := waste.text("kod")
	switch {
	case !waste.has("kod"):
		c.add(1112)
	case !sixDigits.MatchString(code):
		c.add(1113)
	default:
		known, found := c.options.findWaste(code)
		if !found || c.options.RefuseNonHazardous && !known.hazardous {
			c.add(1111)
		}
	}
	switch state, _ := kilograms(waste.get("mangd")); state {
	case absentQuantity:
		c.add(1123)
	case notPositive:
		c.add(1121)
	case badQuantity:
		c.add(1122)
	case goodQuantity:
	}
}
