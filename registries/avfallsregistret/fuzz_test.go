package avfallsregistret

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
)

// fuzzed is a client that makes no calls, and messages of every kind that it would
// send: new notes, corrections, an annulment.
func fuzzed(f *testing.F) (*Client, []message) {
	f.Helper()
	c, err := New(Options{
		BaseURL: "https://a/b", TokenURL: "https://a/c", Key: "k", Secret: "s", Reporter: sluss.Party{
			ID: "5560069618", Name: "R", Contact: sluss.Contact{Name: "C", Phone: "1", Email: "c@r.example"},
		}, Certificate: selfSigned(f),
	})
	if err != nil {
		f.Fatal(err)
	}
	now := time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC)
	annul, err := annulment(guid, SentTwice)
	if err != nil {
		f.Fatal(err)
	}
	messages := []message{annul}
	for note := range kinds {
		m, err := c.message(sluss.Content{
			Declaration: sluss.Declaration{
				Reference: "A", Legs: []sluss.Leg{{From: sluss.Place{Country: "SE"}, To: sluss.Place{Country: "DK"}}}, Deals: []sluss.Deal{{At: now}},
			},
			Obligation: sluss.Obligation{ID: "o", Report: note, Leg: 1, Deal: 1, Event: "pickedUp#1"},
			Events:     []sluss.Event{{Kind: sluss.PickedUp, Leg: 1, At: now}, {Kind: sluss.Received, At: now}},
			Result:     &sluss.Result{Quarter: sluss.Quarter{Year: 2026, Number: 3}},
		})
		if err != nil {
			f.Fatal(err)
		}
		correction := m
		correction.replaces = guid
		messages = append(messages, m, correction)
	}
	slices.SortFunc(messages, func(a, b message) int { return strings.Compare(string(a.what)+a.replaces, string(b.what)+b.replaces) })
	return c, messages
}

// FuzzAnswer: any answer to any message becomes one of the four outcomes, with all
// that belongs to it, or one of the two errors. A query has two more errors.
func FuzzAnswer(f *testing.F) {
	read := `{"antalSidor":1,"anteckningar":[{"avfall":{"avfallId":"` + guid + `","kod":"130205","mangd":1.5},"referens":"A","transaktionsDatum":"x",` +
		`"anteckningsDatum":"2026-11-23T09:00:00+01:00","foregaendeAvfallsid":"` + guid + `","makuleradOrsak":{"kod":4}}]}`
	for _, body := range []string{
		`{"avfallId":"` + guid + `"}`, `{"AvfallsId":"` + guid + `"}`, `{"avfallId":null}`, `<html>`, ``, `null`, `[]`, read, `{"ResponseObject":` + read + `}`,
		`{"Title":"t","TraceId":"x","Errors":[{"Code":4101,"Message":"Ombudets namn"},{"Code":4713,"Message":"m"},{"Code":"1055"}]}`,
		`{"Title":"t","Errors":[{"Code":3022}]}`, `{"title":"Not Found","status":404,"traceId":"x"}`, `{"type":"t","title":"Bad Request","status":400,"detail":"d"}`,
		`{"errors":[{"code":-4100}]}`, `{"errors":{"a":["b"]}}`, `{"fault":{"code":900802,"message":"m"}}`,
		`<ams:fault xmlns:ams="a"><ams:code>303001</ams:code></ams:fault>`,
		`[{"kod":"13","farligt":true,"avfallstyper":[{"kod":"130205","ewc":"13 02 05*","mangdGrans":null}]}]`,
	} {
		for i, status := range []int{200, 201, 204, 400, 401, 404, 408, 409, 422, 429, 500, 503} {
			f.Add(status, body, "7", false, uint(i))
		}
	}
	c, messages := fuzzed(f)
	f.Fuzz(func(t *testing.T, status int, body, retryAfter string, cut bool, which uint) {
		m := messages[which%uint(len(messages))]
		r := answered(status, body)
		r.Header.Set("Retry-After", retryAfter)
		if cut {
			r.Err = errors.New("cut")
		}
		told(t, m, r)(outcome(r, m))
		r.exchange()
		o, err := found(r, m, c.zone)
		if !errors.Is(err, sluss.ErrAbsent) && !errors.Is(err, sluss.ErrCannotAsk) {
			told(t, m, r)(o, err)
		}
		var object map[string]any
		if json.Unmarshal([]byte(body), &object) == nil {
			if filed, err := readFiled(fold(object), c.zone); err == nil && !validGUID(filed.AvfallsID) {
				t.Fatalf("%s: %+v", body, filed)
			}
		}
		var tree []wasteNode
		if json.Unmarshal([]byte(body), &tree) == nil {
			Compare(nil, ReferenceData{Wastes: flatten(nil, tree)})
		}
	})
}

// told is whole for corrections and annulments as well, which the registry may
// refuse with a status other than 400.
func told(t *testing.T, m message, r reply) func(sluss.Outcome, error) {
	t.Helper()
	return func(o sluss.Outcome, err error) {
		t.Helper()
		if o.Kind == sluss.Rejected && m.replaces+m.annuls != "" && slices.Contains([]int{404, 409, 410, 422}, r.Status) {
			r.Status = 400
		}
		whole(t, r)(o, err)
		if o.Kind == sluss.Accepted && m.annuls != "" && o.Receipt.Status == statusAnnulled && (len(strings.TrimSpace(string(r.Body))) > 0 || o.Receipt.ID != m.annuls) {
			t.Fatalf("%d %s: annulled %+v", r.Status, r.Body, o)
		}
	}
}

// FuzzExtract: any file is read as a whole, or refused with its faults.
func FuzzExtract(f *testing.F) {
	const names = "AvfallId;Avfall.Kod;Avfall.Mangd;Tidpunkt;Referens;Verksamhetsutovare;Plats1.Kommunkod\n"
	for _, file := range []string{
		"", bom + names, names + guid + ";130205;1,5;2026-11-23 08:00:00.0000000;A;5560000167;0188\n", names + ";;;;;;\n", names + `"` + "\n", "\x00;", names + "NULL;NULL\n",
	} {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file string) {
		rows, err := ReadExtract(strings.NewReader(file))
		if err != nil && rows != nil {
			t.Fatalf("%d rows and %v", len(rows), err)
		}
		for _, row := range rows {
			if _, wrong := time.Parse(time.DateTime, row.Noted); wrong != nil || !validGUID(row.AvfallsID) {
				t.Fatalf("%+v", row)
			}
		}
	})
}

// FuzzPlaceOnTheWire: a place is given in exactly one way, and completely.
func FuzzPlaceOnTheWire(f *testing.F) {
	f.Add("SE", "0188", "Varvsgatan 4", "761 41", "", int64(0), int64(0), "uppkomstplats")
	f.Add("SE", "0188", "", "", "12345678", int64(6_630_000), int64(710_000), "transportSlutplats")
	f.Add("DK", "", "Havnegade 1", "1058", "", int64(1), int64(1), "mottagningsplats")
	f.Add("", "", "", "", "", int64(0), int64(0), "")
	f.Fuzz(func(t *testing.T, country, municipality, address, postcode, establishment string, northing, easting int64, field string) {
		p := sluss.Place{Country: country, Municipality: municipality, Address: address, Postcode: postcode, Establishment: establishment}
		if northing != 0 || easting != 0 {
			p.Position = &sluss.Position{Northing: northing, Easting: easting}
		}
		w := &writer{message: message{fields: map[string]string{}, places: map[string]sluss.Place{}}}
		wired := w.place(field, p, "legs.0.to")
		ways := 0
		for _, way := range []bool{wired.Adress != nil, wired.Koordinat != nil, wired.CfarNR != "", wired.Land != ""} {
			if way {
				ways++
			}
		}
		empty := address+postcode+establishment == "" && p.Position == nil
		if country == "SE" && (ways > 1 || (ways == 0) != empty) || country != "SE" && (wired != plats{Land: country, Kommunkod: municipality}) {
			t.Fatalf("%+v as %+v", p, wired)
		}
		if w.fields[field] != "legs.0.to" || w.places[field] != p {
			t.Fatalf("%+v leads to %v", p, w.fields)
		}
	})
}
