package avfallsregistret

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sluss"
)

// felsvar is the register's error answer, or the framework's, which has the
// same title. Keys come in any case. Errors is a list, or an object by field.
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
}

func (f felkod) number() int {
	n, err := strconv.Atoi(strings.Trim(string(f.Code), `" `))
	if err != nil {
		return 0
	}
	return n
}

// readFelsvar is false for anything that is not an answer of the register.
func readFelsvar(body []byte) (answer felsvar, codes []felkod, ok bool) {
	if json.Unmarshal(body, &answer) != nil || answer.Title == "" && answer.Message == "" && len(answer.Errors) == 0 {
		return felsvar{}, nil, false
	}
	if json.Unmarshal(answer.Errors, &codes) != nil {
		codes = nil
	}
	codes = slices.DeleteFunc(codes, func(f felkod) bool { return f.number() == 0 })
	return answer, codes, true
}

// aboutReporter tells whether the line is about the agent or the certificate:
// what the configuration says, and no declaration can mend.
func (m message) aboutReporter(f felkod) bool {
	if _, isPlace := m.placeOf(f); isPlace {
		return false
	}
	return strings.HasPrefix(entries()[f.number()].field, "ombud")
}

// placeOf is the place that the line is about. 4101 to 4104 are also numbers of
// the agent's details, told apart by their text alone.
func (m message) placeOf(f felkod) (name string, isPlace bool) {
	code := f.number()
	if code%100 >= len(aspects) || code >= 4101 && code <= 4104 && strings.Contains(strings.ToLower(f.Message), "ombud") {
		return "", false
	}
	for name, place := range places {
		if place.family == code/100 {
			return name, true
		}
	}
	return "", false
}

// reasonsOf says what a line of the error answer means in the declaration. It
// is one reason; more only where the register does not say which place it
// means.
func (m message) reasonsOf(f felkod) []sluss.Reason {
	code := f.number()
	reason := sluss.Reason{Code: strconv.Itoa(code), Original: f.Message}
	if name, isPlace := m.placeOf(f); isPlace {
		aspect := aspects[code%100]
		reason.Message, reason.Remedy = places[name].text+" "+aspect.text, aspect.remedy
		if path := m.fields[name]; path != "" {
			reason.Field = path + aspect.below
		}
		return []sluss.Reason{reason}
	}
	known, ok := entries()[code]
	switch {
	case code == 1000:
		known.text = "the register found a fault that it does not name"
	case !ok:
		known.text = "the register refused with a code that is not in its catalogue"
	}
	reason.Message, reason.Field = known.text, m.fields[known.field]
	reason.Remedy = remedies[known.field]
	if reason.Remedy == "" {
		reason.Remedy = "ask the register what it means, or report in its own web service and withdraw this filing"
	}
	if below := map[string]string{"kommunkod": ".municipality", "postnummer": ".postcode", "land": ".country"}[known.field]; below != "" {
		return m.ofAnyPlace(reason, known.field, below)
	}
	return []sluss.Reason{reason}
}

// ofAnyPlace is a reason about municipality, postcode or country for each place
// of the note that it may be about.
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
		reason.Message += " (the register does not say of which place)"
	}
	for _, path := range candidates {
		reason.Field = path
		reasons = append(reasons, reason)
	}
	return reasons
}
