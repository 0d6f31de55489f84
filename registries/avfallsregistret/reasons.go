package avfallsregistret

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sluss"
)

// felsvar is an error answer of the registry, or of its framework, which has the
// same title. Keys may be in upper or lower case. Errors is a list, or an object
// with one key for each field.
type felsvar struct {
	Title   string          `json:"title"`
	Message string          `json:"message"`
	Detail  string          `json:"detail"`
	TraceID string          `json:"traceId"`
	Errors  json.RawMessage `json:"errors"`
}

// felkod is one line of the error answer.
type felkod struct {
	Code    json.RawMessage `json:"code"` // a number, or a string that holds one
	Message string          `json:"message"`

	others []int // the codes of the answer's other lines
}

func (f felkod) number() int {
	n, err := strconv.Atoi(strings.Trim(string(f.Code), `" `))
	if err != nil {
		return 0
	}
	return n
}

// readFelsvar reads an error answer. ok is false if the body is not an answer of
// the registry.
func readFelsvar(body []byte) (answer felsvar, codes []felkod, ok bool) {
	if json.Unmarshal(body, &answer) != nil || answer.Title == "" && answer.Message == "" && len(answer.Errors) == 0 {
		return felsvar{}, nil, false
	}
	if json.Unmarshal(answer.Errors, &codes) != nil {
		codes = nil
	}
	codes = slices.DeleteFunc(codes, func(f felkod) bool { return f.number() == 0 })
	for i := range codes {
		for j, other := range codes {
			if i != j {
				codes[i].others = append(codes[i].others, other.number())
			}
		}
	}
	return answer, codes, true
}

// clues are what distinguishes the two meanings of a code.
type clues struct {
	words   string // the registry's own words on this line
	others  []int  // the codes of the answer's other lines
	noPlace bool   // the note has no place of reception
	noAgent bool   // the note names no agent
}

// meanings are what a code may mean: none if it is not in the catalogue, two if
// the clues do not decide. The registry's own words count first. They are not
// always those of the catalogue, so only single words in them are compared.
func meanings(code int, c clues) []meaning {
	both := catalogue()[code]
	if len(both) < 2 {
		return both
	}
	first, second := both[:1], both[1:]
	words := strings.ToLower(c.words)
	says := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(words, part) })
	}
	if code == 1000 { // an unknown error, or an unnamed fault
		switch {
		case says("validering"):
			return second
		case says("okänt"):
			return first
		case len(c.others) > 0:
			return second
		}
		return both
	}
	// It is a detail of the agent that must be left out, or the place of reception.
	ofPlace := func(other int) bool { return other/100 == 41 && len(catalogue()[other]) == 1 }
	switch {
	case says("ombud", "kontaktperson"):
		return first
	case says("plats", "adress", "postnummer"):
		return second
	case c.noPlace:
		return first
	case c.noAgent:
		return second
	case slices.Contains(c.others, 1013):
		return first
	case slices.ContainsFunc(c.others, ofPlace):
		return second
	}
	return both
}

// meanings are what a line of the answer to this message may mean.
func (m message) meanings(f felkod) []meaning {
	c := clues{words: f.Message, others: f.others}
	if form, ok := formAt(m.kind.resource); ok {
		c.noPlace = !slices.Contains(form.places, receptionPlace)
	}
	c.noAgent = len(m.body) > 0 && !bytes.Contains(m.body, []byte(`"ombud`))
	return meanings(f.number(), c)
}

// aboutReporter reports whether the line is about the agent or the certificate.
func (m message) aboutReporter(f felkod) bool {
	all := m.meanings(f)
	return len(all) > 0 && !slices.ContainsFunc(all, func(one meaning) bool { return !one.aboutAgent() })
}

// field is the path of the field in the declaration that the meaning is about;
// empty if it comes from no field of the declaration.
func (m message) field(about meaning) string {
	if about.place == "" {
		name, _, _ := strings.Cut(about.field, ".")
		return cmp.Or(m.fields[about.field], m.fields[name])
	}
	for name, path := range m.fields {
		if strings.EqualFold(name, about.place) && path != "" {
			return path + about.below
		}
	}
	return ""
}

// reasonsOf translates a line of the error answer into the words of the
// declaration. The result is one reason, or several if the registry does not say
// which place it means.
func (m message) reasonsOf(f felkod) []sluss.Reason {
	reason := sluss.Reason{Code: strconv.Itoa(f.number()), Original: f.Message}
	all := m.meanings(f)
	if len(all) == 0 {
		reason.Message, reason.Remedy = notCatalogued, uncatalogued.english
		return []sluss.Reason{reason}
	}
	// Of two meanings the second is about the data, which our users can check.
	likely := all[len(all)-1]
	reason.Message, reason.Field, reason.Remedy = likely.english, m.field(likely), likely.remedy.english
	if len(all) > 1 {
		reason.Message += "; or " + all[0].english + " (the registry does not say which)"
		reason.Remedy += "; or: " + all[0].remedy.english
	}
	if part := sharedParts[likely.field]; part != "" {
		return m.ofAnyPlace(reason, likely.field, part)
	}
	return []sluss.Reason{reason}
}

const notCatalogued = "the registry refused with a code that is not in its catalogue"

// sharedParts are the fields whose codes do not say which place of the note they
// mean.
var sharedParts = map[string]string{"kommunkod": ".municipality", "postnummer": ".postcode", "land": ".country"}

// ofAnyPlace repeats a reason about municipality, postcode or country for each
// place of the note that it may be about.
func (m message) ofAnyPlace(reason sluss.Reason, field, below string) (reasons []sluss.Reason) {
	var candidates []string
	for _, name := range slices.Sorted(maps.Keys(m.places)) {
		if abroad := m.places[name].Country != "SE"; abroad == (field == "land") {
			candidates = append(candidates, m.fields[name]+below)
		}
	}
	if len(candidates) == 0 {
		return []sluss.Reason{reason}
	}
	if len(candidates) > 1 {
		reason.Message += " (the registry does not say of which place)"
	}
	for _, path := range candidates {
		reason.Field = path
		reasons = append(reasons, reason)
	}
	return reasons
}
