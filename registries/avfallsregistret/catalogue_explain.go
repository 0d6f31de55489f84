package avfallsregistret

import (
	"maps"
	"slices"
	"strings"
	"time"

	"sluss"
)

// Explanation is what one code of the registry means, for people.
type Explanation struct {
	Code int `json:"code"`
	// Field is the path in sluss.Declaration that the code is about, such as
	// "legs.0.from.municipality". A deal, or a leg other than the first, is named in
	// angle brackets: this, previous, next, last but one or last. A path that starts
	// with "result." is one of the content's quarterly result. If there is no path,
	// Field is the registry's own field; empty: the code is about no field.
	Field string `json:"field,omitempty"`
	// Wire is the registry's own field; empty: the code is about no field of a note.
	Wire    string `json:"wire,omitempty"`
	Message string `json:"message"` // plain English
	Remedy  string `json:"remedy"`
	// Swedish and SwedishRemedy say the same as Message and Remedy.
	Swedish       string `json:"swedish"`
	SwedishRemedy string `json:"swedish_remedy"`
	Original      string `json:"original,omitempty"` // the registry's own words, if they were given
}

// Explain says what a code of the registry means in a note of that kind, answered
// with those words of the registry; both may be empty. There is always one
// explanation, or two if the code has two meanings and neither note nor words
// decide. If the code is not in the catalogue, the explanation says so and keeps
// the registry's words.
func Explain(code int, note sluss.ReportKind, words string) []Explanation {
	c := clues{words: words}
	form, known := forms[note]
	if known {
		c.noPlace = !slices.Contains(form.places, receptionPlace)
	}
	all := meanings(code, c)
	if len(all) == 0 {
		return []Explanation{{
			Code: code, Original: words, Message: notCatalogued, Remedy: uncatalogued.english,
			Swedish: "registret svarade med en kod som inte finns i dess katalog", SwedishRemedy: uncatalogued.swedish,
		}}
	}
	m := sample(note)
	var explained []Explanation
	for _, one := range all {
		e := one.explain()
		e.Original = words
		for _, name := range form.places {
			if strings.EqualFold(name, one.place) { // in this note's spelling
				e.Wire = name + strings.TrimPrefix(one.field, one.place)
				e.Field = e.Wire
			}
		}
		if path := legNames.Replace(m.field(one)); path != "" {
			e.Field = path
		}
		explained = append(explained, e)
	}
	return explained
}

func (m meaning) explain() Explanation {
	return Explanation{
		Code: m.code, Field: m.field, Wire: m.field,
		Message: m.english, Remedy: m.remedy.english, Swedish: m.swedish, SwedishRemedy: m.remedy.swedish,
	}
}

// Catalogue is the registry's whole catalogue of error codes, in order: 243 lines,
// two each for 1000 and 4101 to 4104. The fields are the registry's own, since the
// field of the declaration depends on the kind of note; see Explain.
func Catalogue() []Explanation {
	var all []Explanation
	for _, code := range slices.Sorted(maps.Keys(catalogue())) {
		for _, one := range catalogue()[code] {
			all = append(all, one.explain())
		}
	}
	return all
}

// sample makes a note of that kind from an invented batch with six legs and two
// deals, about the third leg or the second deal if it is about one. Its fields show
// the paths of all notes of that kind.
func sample(note sluss.ReportKind) message {
	var d sluss.Declaration
	d.Legs, d.Deals = make([]sluss.Leg, 6), make([]sluss.Deal, 2)
	d.Producer.Country, d.Receiver.Country = "SE", "SE"
	for i := range d.Deals {
		d.Deals[i].Trader.Country, d.Deals[i].From.Country, d.Deals[i].To.Country = "SE", "SE", "SE"
	}
	at := time.Date(2026, time.January, 2, 0, 0, 0, 0, time.UTC)
	events := []sluss.Event{{Kind: sluss.Produced, At: at}, {Kind: sluss.PickedUp, Leg: 1, At: at}}
	for i := range d.Legs {
		d.Legs[i].Transporter.Country, d.Legs[i].From.Country, d.Legs[i].To.Country = "SE", "SE", "SE"
		if i > 0 {
			events = append(events, sluss.Event{Kind: sluss.HandedOver, Leg: i + 1, At: at})
		}
	}
	events = append(events, sluss.Event{Kind: sluss.Received, At: at})
	o := sluss.Obligation{Report: note, Event: sluss.EventID(sluss.Received), Deal: 2}
	switch kind := kinds[note]; {
	case note == sluss.ReportRemoval:
		o.Event = sluss.Departure(1)
	case kind.of == ofDeal:
		o.Event = sluss.EventID(sluss.Produced)
	case kind.of == ofLeg, note == sluss.ReportCollectionTransport, note == sluss.ReportForwarding:
		o.Leg, o.Event = 3, sluss.Departure(3)
	}
	result := &sluss.Result{Quarter: sluss.Quarter{Year: 2026, Number: 1}, Treater: sluss.Party{Country: "SE"}}
	m, err := (&Client{zone: time.UTC}).message(sluss.Content{Declaration: d, Obligation: o, Events: events, Result: result})
	if err != nil {
		return message{} // no kind of note, or one of another registry
	}
	return m
}

// legNames replaces the indexes of the sample's legs and deals by names.
var legNames = strings.NewReplacer(
	"legs.1.", "legs.<previous>.", "legs.2.", "legs.<this>.", "legs.3.", "legs.<next>.", "legs.4.", "legs.<last but one>.", "legs.5.", "legs.<last>.",
	"deals.1.", "deals.<this>.", "#3.", "#<this>.",
)
