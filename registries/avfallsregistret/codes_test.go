package avfallsregistret

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sluss"
)

// catalogueLines is how many the registry's catalogue has.
const catalogueLines = 243

// reference is the registry's own catalogue: a code and its words on a line.
func reference(t *testing.T) [][]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "sweden-felkoder.tsv"))
	if err != nil {
		t.Skipf("the reference folder ../shared is not here: %v", err)
	}
	var lines [][]string
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "#") {
			lines = append(lines, strings.Split(strings.TrimRight(line, "\n"), "\t"))
		}
	}
	return lines
}

// placeParts are the parts of a place by the registry's first word for them.
var placeParts = map[string]struct{ wire, below string }{
	"Adress":      {"adress.adressrad", ".address"},
	"Postnummer":  {"adress.postnummer", ".postcode"},
	"Kommunkod":   {"kommunkod", ".municipality"},
	"Beskrivning": {"koordinat.beskrivning", ".position.description"},
	"Nordlig":     {"koordinat.nposition", ".position.northing"},
	"Östlig":      {"koordinat.eposition", ".position.easting"},
	"CfarNr":      {"cfarNR", ".establishment"},
}

func TestEveryMeaningIsExplained(t *testing.T) {
	all := Catalogue()
	if len(all) != catalogueLines {
		t.Errorf("%d meanings, want %d", len(all), catalogueLines)
	}
	for line := range strings.Lines(codes) {
		columns := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") {
			continue
		}
		if len(columns) != 5 || columns[1] == "" {
			t.Errorf("%q: want code, field or -, remedy, English, Swedish", line)
		} else if _, known := remedies[columns[2]]; !known {
			t.Errorf("%s: there is no remedy %q", columns[0], columns[2])
		}
	}
	// No two lines have the same text: two meanings with one text would lead people
	// to the wrong field.
	english, swedish := map[string]int{}, map[string]int{}
	for _, e := range all {
		for text, said := range map[string]map[string]int{e.Message: english, e.Swedish: swedish} {
			if other, twice := said[text]; twice {
				t.Errorf("%d and %d both say %q", other, e.Code, text)
			}
			said[text] = e.Code
		}
		for _, text := range []string{e.Message, e.Remedy, e.Swedish, e.SwedishRemedy} {
			if len(strings.TrimSpace(text)) < 8 || strings.HasSuffix(text, ".") {
				t.Errorf("%d: %q is no text in the middle of a sentence", e.Code, text)
			}
		}
		if e.Message == e.Swedish || e.Remedy == e.SwedishRemedy {
			t.Errorf("%d is not in two languages: %+v", e.Code, e)
		}
	}
	remedied := map[remedy]string{}
	for name, r := range remedies {
		if other, twice := remedied[r]; twice {
			t.Errorf("remedies %q and %q are one", name, other)
		}
		remedied[r] = name
	}
}

// The registry's own catalogue, with its own words for each line, leads to one
// meaning, and no two lines to the same.
func TestCatalogueIsTheRegistrys(t *testing.T) {
	lines := reference(t)
	if len(lines) != catalogueLines {
		t.Errorf("%d lines, want %d", len(lines), catalogueLines)
	}
	seen := map[string]bool{}
	for _, line := range lines {
		code, err := strconv.Atoi(line[0])
		if err != nil {
			t.Fatal(err)
		}
		words := line[1]
		explained := Explain(code, "", words)
		if len(explained) != 1 || explained[0].Message == notCatalogued || explained[0].Original != words {
			t.Errorf("%s: %+v", line, explained)
			continue
		}
		key := fmt.Sprint(code, explained[0].Message)
		if seen[key] {
			t.Errorf("%s: %q is the meaning of another line", line, explained[0].Message)
		}
		seen[key] = true
		if agent := strings.Contains(strings.ToLower(words), "ombud"); agent != strings.HasPrefix(explained[0].Wire, "ombud") {
			t.Errorf("%s is about %q", line, explained[0].Wire)
		}
		for word, part := range placeParts {
			if one := meanings(code, clues{words: words})[0]; one.place != "" && strings.HasPrefix(words, word) &&
				(one.field != one.place+"."+part.wire || one.below != part.below) {
				t.Errorf("%s is about %+v", line, one)
			}
		}
		// The reference gives the field too; like ours it was found by reading.
		field, inferred := strings.ToLower(strings.ReplaceAll(explained[0].Wire, " ", "")), strings.ToLower(strings.ReplaceAll(line[3], " ", ""))
		inferred = strings.TrimSuffix(inferred, "?")
		switch {
		case code >= 4100 && code < 4800:
			inferred = map[string]string{
				"startplatsförtransport": "transportstartplats", "slutplatsförtransport": "transportslutplats",
			}[inferred] + map[bool]string{true: inferred}[!strings.Contains(inferred, "för")]
		case strings.HasPrefix(inferred, "("), inferred == "-", strings.HasPrefix(inferred, "pathid"), inferred == "put", inferred == "query/path", code == 1000, code == 1023:
			continue // no field of a note there, or several
		}
		if !strings.HasPrefix(field, inferred) {
			t.Errorf("%s is about %q", line, explained[0].Wire)
		}
	}
}

func TestCodesOfTwoMeanings(t *testing.T) {
	const agent, place, either = "agent", "place", "either"
	for name, c := range map[string]struct {
		resource, body, words string
		others                []int
		want                  string
	}{
		"catalogue's words, agent":           {words: "Ombudets namn ska ej anges.", want: agent},
		"catalogue's words, place":           {words: "Mottagningsplats ska anges.", want: place},
		"other words, agent":                 {words: "Kontaktperson får inte anges här", want: agent},
		"other words, postcode":              {words: "POSTNUMMER SAKNAS", want: place},
		"words against the note":             {resource: "transporter", words: "Mottagningsplats ska anges.", want: place},
		"note without that place":            {resource: "transporter", want: agent},
		"note with it, no agent told":        {resource: "transportplaneringar", body: `{"verksamhetsutovare":"1"}`, want: place},
		"note with both":                     {resource: "transportplaneringar", body: `{"ombud":"1"}`, want: either},
		"beside the agent's number":          {resource: "insamlingstransport", body: `{"ombud":"1"}`, others: []int{1111, 1013}, want: agent},
		"beside that place":                  {resource: "behandlingsoverlamningar", body: `{"ombud":"1"}`, others: []int{4106}, want: place},
		"beside another place":               {resource: "transportplaneringar", body: `{"ombud":"1"}`, others: []int{4702}, want: either},
		"beside another of the two meanings": {others: []int{4102}, want: either},
		"nothing known":                      {want: either},
	} {
		t.Run(name, func(t *testing.T) {
			m := message{kind: kind{resource: c.resource}, body: []byte(c.body), fields: map[string]string{"mottagningsplats": "legs.0.to"}}
			for code, part := range map[int]string{4101: "", 4102: ".address", 4103: ".address", 4104: ".postcode"} {
				f := felkod{Code: []byte(strconv.Itoa(code)), Message: c.words, others: c.others}
				reasons := m.reasonsOf(f)
				if len(reasons) != 1 || reasons[0].Code != strconv.Itoa(code) || reasons[0].Original != c.words {
					t.Fatalf("%d: %+v", code, reasons)
				}
				got, reason := agent, reasons[0]
				if strings.Contains(reason.Message, "place of reception") {
					got = place
					if strings.Contains(reason.Message, "agent") && strings.Contains(reason.Remedy, "; or: ask an operator") {
						got = either
					}
					if reason.Field != "legs.0.to"+part {
						t.Errorf("%d leads to %q", code, reason.Field)
					}
				}
				if got != c.want || m.aboutReporter(f) != (c.want == agent) {
					t.Errorf("%d is about %s: %+v", code, got, reason)
				}
			}
		})
	}
}

func TestTheCodeOfNoFault(t *testing.T) {
	for name, c := range map[string]struct {
		words  string
		others []int
		want   int // meanings
		says   string
	}{
		"unknown error":          {"Okänt fel.", nil, 1, "reports an unknown error"},
		"validation error":       {"Valideringsfel. Body", nil, 1, "does not name it"},
		"unknown beside a fault": {"Okänt fel.", []int{1111}, 1, "reports an unknown error"},
		"silent beside a fault":  {"", []int{1111}, 1, "does not name it"},
		"silent and alone":       {"", nil, 2, ""},
	} {
		all := meanings(1000, clues{words: c.words, others: c.others})
		if len(all) != c.want || !strings.Contains(all[0].english, c.says) {
			t.Errorf("%s: %+v", name, all)
		}
	}
}

func TestLinesOfOneAnswerAreReadTogether(t *testing.T) {
	m := message{kind: kind{resource: "transportplaneringar"}, body: []byte(`{"ombud":"1"}`)}
	for body, want := range map[string]string{
		`{"errors":[{"code":1013},{"code":4101},{"code":4102}]}`:             "",
		`{"errors":[{"code":4101},{"code":4105}]}`:                           "4101 4105",
		`{"errors":[{"code":4101,"message":"Ombudets namn"},{"code":4105}]}`: "4101 4105",
	} {
		o, err := outcome(answered(400, body), m)
		var got []string
		for _, reason := range o.Reasons {
			got = append(got, reason.Code)
			if strings.Contains(reason.Message, "does not say which") {
				t.Errorf("%s: %+v", body, reason)
			}
		}
		if strings.Join(got, " ") != want || (want == "") != (err != nil) {
			t.Errorf("%s: %+v, %v", body, o, err)
		}
	}
}

func TestExplainedForPeople(t *testing.T) {
	for _, c := range []struct {
		code        int
		note        sluss.ReportKind
		words       string
		field, wire string
	}{
		{1023, sluss.ReportRemoval, "", "ombud", "ombud"},
		{1022, sluss.ReportRemoval, "", "producer.id", "verksamhetsutovare"},
		{1022, sluss.ReportTransport, "", "legs.<this>.transporter.id", "verksamhetsutovare"},
		{1022, sluss.ReportReception, "", "receiver.id", "verksamhetsutovare"},
		{1022, "", "", "verksamhetsutovare", "verksamhetsutovare"},
		{1241, sluss.ReportTransport, "", "legs.<previous>.transporter.id", "tidigareInnehavare"},
		{4024, sluss.ReportTransport, "", "legs.<this>.transporter.contact.email", "verksamhetensKontaktpersonEpost"},
		{1121, sluss.ReportRemoval, "", "waste.mass", "avfall.mangd"},
		{1032, sluss.ReportRemoval, "", "events.pickedUp#1.noted_at", "tidpunkt"},
		{1032, sluss.ReportTransport, "", "events.handedOver#<this>.noted_at", "tidpunkt"},
		{1191, sluss.ReportReception, "", "events.received.at", "mottagningsDatum"},
		{1032, sluss.ReportTreatment, "", "result.compiled_at", "tidpunkt"},
		{4713, sluss.ReportRemoval, "", "legs.0.from.establishment", "uppkomstplats.cfarNR"},
		{4096, sluss.ReportRemoval, "", "legs.0.from.establishment", "cfarNR"},
		{4105, sluss.ReportRemoval, "", "legs.<last>.to.postcode", "mottagningsplats.adress.postnummer"},
		{4101, sluss.ReportRemoval, "Mottagningsplats ska anges.", "legs.<last>.to", "mottagningsplats"},
		{4101, sluss.ReportTransport, "", "ombudetsNamn", "ombudetsNamn"},
		{4509, sluss.ReportTransport, "", "legs.<this>.to.position.northing", "transportSlutplats.koordinat.nposition"},
		{4606, sluss.ReportReception, "", "legs.<last>.from.municipality", "senasteHanteringsplats.kommunkod"},
		{1022, sluss.ReportForwarding, "", "legs.<previous>.transporter.id", "verksamhetsutovare"},
		{1022, sluss.ReportDeal, "", "deals.<this>.trader.id", "verksamhetsutovare"},
		{1261, sluss.ReportDeal, "", "deals.<this>.at", "transaktionsDatum"},
		{1131, sluss.ReportCollection, "", "legs.<last>.mode", "transportsatt"},
		{1121, sluss.ReportTreatment, "", "result.mass", "avfall.mangd"},
		{1181, sluss.ReportRemoval, "", "inkommenTidpunkt", "inkommenTidpunkt"},
		{4071, sluss.ReportRemoval, "", "", ""},
	} {
		all := Explain(c.code, c.note, c.words)
		if len(all) != 1 || all[0].Field != c.field || all[0].Wire != c.wire {
			t.Errorf("%d in %q: %+v, want %s, %s", c.code, c.note, all, c.field, c.wire)
		}
	}
	if wire := Explain(4606, sluss.ReportCollection, "")[0].Wire; wire != "senasteHanteringsPlats.kommunkod" {
		t.Errorf("the collector's note spells it %q", wire)
	}
	if both := Explain(4101, sluss.ReportRemoval, ""); len(both) != 2 || both[0].Wire != "ombudetsNamn" || both[1].Wire != "mottagningsplats" {
		t.Errorf("%+v", both)
	}
	if of := Explain(9999, sluss.ReportRemoval, "Ny regel"); len(of) != 1 || of[0].Original != "Ny regel" || of[0].Message != notCatalogued || of[0].Remedy == "" || of[0].SwedishRemedy == "" {
		t.Errorf("%+v", of)
	}
	if reasons := (message{}).reasonsOf(felkod{Code: []byte("9999"), Message: "Ny regel"}); len(reasons) != 1 || reasons[0].Original != "Ny regel" || reasons[0].Remedy == "" {
		t.Errorf("%+v", reasons)
	}
}

// Every code that can be the answer to a note has a path that a correction accepts, or
// is listed as having none.
func TestPathsAreOfTheDeclaration(t *testing.T) {
	for note := range forms {
		m := sample(note)
		for _, path := range m.fields {
			if path == "" || strings.HasPrefix(path, "result.") {
				continue // of a quarter's result
			}
			c := sluss.Content{Declaration: sluss.Declaration{Legs: make([]sluss.Leg, 6), Deals: make([]sluss.Deal, 2)}, Events: []sluss.Event{
				{Kind: sluss.Produced}, {Kind: sluss.PickedUp, Leg: 1}, {Kind: sluss.HandedOver, Leg: 3}, {Kind: sluss.Received},
			}}
			if _, err := c.Corrected(map[string]string{path: ""}); err != nil && strings.Contains(err.Error(), "there is no event") || err != nil && strings.Contains(err.Error(), "name a field of the batch format") {
				t.Errorf("%s: %v", note, err)
			}
		}
	}
	for note := range kinds {
		if len(sample(note).fields) == 0 {
			t.Errorf("%s: the sample is not worded", note)
		}
		if form, known := forms[note]; !known || form.resource != kinds[note].resource {
			t.Errorf("%s is filed and has no form", note)
		}
		for _, name := range forms[note].places {
			if sample(note).places[name].Country != "SE" {
				t.Errorf("%s: the sample has no %s", note, name)
			}
		}
	}
}
