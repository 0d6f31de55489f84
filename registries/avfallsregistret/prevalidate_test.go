package avfallsregistret

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sluss"
	"sluss/registries/avfallsregistret/sim"
)

const certified = "5560069618"

// desk is a client of a simulated register that asks for no more than is known
// of the real one.
func desk(t *testing.T) *Client {
	t.Helper()
	register, err := sim.New(sim.Options{BareKommunkod: true, Tidpunkt: sim.Window{Earliest: time.Unix(0, 0)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = register.Close() })
	server := httptest.NewUnstartedServer(register)
	if server.TLS, err = register.TLSConfig(); err != nil {
		t.Fatal(err)
	}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	certificate, err := register.Authority().ClientCertificate(certified, "R")
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(Options{
		BaseURL: server.URL + sim.BasePath, TokenURL: server.URL + sim.TokenPath, Key: sim.DefaultKey, Secret: sim.DefaultSecret,
		Certificate: certificate, Authorities: register.Authority().Pool(),
		Reporter: sluss.Party{ID: certified, Name: "R", Contact: sluss.Contact{Name: "C", Phone: "0701234567", Email: "c@r.example"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// lines are the codes in order; of those with two meanings it says which.
func lines(found []felkod) []string {
	var told []string
	for _, f := range found {
		line := fmt.Sprint(f.number())
		if all := meanings(f.number(), clues{words: f.Message}); len(all) == 1 && all[0].aboutAgent() {
			line += " agent"
		}
		told = append(told, line)
	}
	return told
}

// choices are values for each field by its name, good ones first.
var choices = map[string][]any{
	"tidpunkt": {"2026-11-23T08:00:00+01:00", "2026-11-23T08:00:00.1234567+01:00", "2026-11-23T08:00:00", "yesterday", 5},
	"party":    {"5560000167", "DE123456789", certified, "556000-0167", "165560000167", "OKÄND", "KOMMUN", "de1", 5560000167},
	"ombud":    {certified, "5560000167", "556000-0167", nil},
	"name":     {"Nordhamns Verkstad AB", "A − B (1)", "A*B", strings.Repeat("x", 251), 7},
	"person":   {"Anna Ek", "Anna 2", "Ž.", true},
	"email":    {"a@example.se", "Anna <a@example.se>", "a", strings.Repeat("x", 250) + "@example.se"},
	"phone":    {"0701234567", "+46 70-123 45 67", "08-123 45 67 x", "ring", "+46"},
	"referens": {"VO-1", "№ 1", strings.Repeat("x", 41), "å_(?)"},
	"kod":      {"160601", "999999", "16 06 01*", "1606", 160601},
	"mangd":    {json.Number("250.5"), json.Number("0"), json.Number("-1"), json.Number("0.1234"), json.Number("2.5e1"), json.Number("24.5000"), json.Number("1e999"), "12"},
	"guid":     {"072f294c-9e70-4cf6-b6a3-139922067ddc", "072f294c9e704cf6b6a3139922067ddc", "REF-1", "00000000-0000-0000-0000-000000000000"},
	"date":     {"2026-11-23T08:00:00+01:00", "23/11", 5},
	"mode":     {"R", "P", "X", "r", 1},
	"cfar":     {"12345678", "SAKNAS", "KOMMUN", "123", 12345678},
	"line":     {"Gatan 1", "<", 1},
	"postcode": {"76141", "761 41", 76141},
	"commune":  {"0188", "188", 188},
	"land":     {"DK", "SE", "dk", 1},
	"words":    {"Bakom ladan, 3 km; (grind)", "{}", 1},
	"north":    {json.Number("6580000"), json.Number("658000"), json.Number("65800000"), "6580000", json.Number("6580000.5")},
	"east":     {json.Number("674000"), json.Number("6740000"), json.Number("67400"), false},
	"method":   {"R3", "R9", "D10", "X1", "R", "R14", "R03", 3},
	"letter":   {nil, "A", "Z", "a", 1},
	"recovery": {"01", "05", "99", "1", 1},
	"detail":   {"Omraffinering", "{", 1},
	"year":     {json.Number("2026"), json.Number("2019"), json.Number("2999"), "2026"},
	"quarter":  {json.Number("1"), json.Number("5"), json.Number("0"), "1", json.Number("1.5")},
}

// hand draws bodies: one in so many values is not the good one.
type hand struct {
	*rapid.T
	odds int
}

// slips is true once in so many times.
func (t hand) slips(label string) bool { return rapid.Uint16().Draw(t.T, label)%uint16(t.odds) == 1 }

// draw is a value for a field: mostly the good one, else another, none, null or
// blank.
func (t hand) draw(name, kind string) any {
	all := choices[kind]
	if len(all) == 0 {
		t.Fatalf("no choices of %q", kind)
	}
	if !t.slips(name) {
		return all[0]
	}
	return rapid.SampledFrom(append([]any{nil, json.RawMessage("null"), " "}, all[1:]...)).Draw(t.T, name+" value")
}

func (t hand) object(prefix string, kinds map[string]string) map[string]any {
	body := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		if value := t.draw(prefix+name, kinds[name]); value != nil {
			body[name] = value
		}
	}
	return body
}

func (t hand) place(name string) any {
	if t.slips(name) {
		return rapid.SampledFrom([]any{nil, "här", map[string]any{}}).Draw(t.T, name+" value")
	}
	where := t.object(name+".", map[string]string{"kommunkod": "commune"})
	switch rapid.IntRange(0, 3).Draw(t.T, name+" way") {
	case 0:
		where["adress"] = t.object(name+".adress.", map[string]string{"adressrad": "line", "postnummer": "postcode"})
	case 1:
		where["koordinat"] = t.object(name+".koordinat.", map[string]string{"nposition": "north", "eposition": "east", "beskrivning": "words"})
	case 2:
		where["cfarNR"] = t.draw(name+".cfarNR", "cfar")
	}
	for _, more := range []string{"adress", "koordinat", "cfarNR"} {
		if t.slips(name + " " + more) {
			where[more] = rapid.SampledFrom([]any{"x", map[string]any{}}).Draw(t.T, name+" "+more)
		}
	}
	if t.slips(name + " land") {
		where["land"] = rapid.SampledFrom(choices["land"]).Draw(t.T, name+".land")
	}
	return where
}

// body is one of the note, right or wrong in any way.
func (t hand) body(note sluss.Note) map[string]any {
	body := t.object("", map[string]string{
		"tidpunkt": "tidpunkt", "verksamhetsutovare": "party", "verksamhetensNamn": "name", "verksamhetensKontaktpersonNamn": "person",
		"verksamhetensKontaktpersonEpost": "email", "verksamhetensKontaktpersonTelefonnummer": "phone", "referens": "referens",
		"mottagningsDatum": "date", "borttransportDatum": "date", "transportStartDatum": "date", "transaktionsDatum": "date",
		"tidigareInnehavare": "party", "nyInnehavare": "party", "transportor": "party", "transportsatt": "mode", "cfarNR": "cfar",
		"rapporteringsar": "year", "rapporteringskvartalNr": "quarter", "mangdIckeFarligtAvfall": "mangd", "mangdMaterialProdukt": "mangd",
	})
	if rapid.Bool().Draw(t.T, "self") {
		body["verksamhetsutovare"] = certified
	}
	if agent := body["verksamhetsutovare"] != certified; agent != t.slips("agent") {
		maps.Copy(body, t.object("", map[string]string{
			"ombud": "ombud", "ombudetsNamn": "name", "ombudetsKontaktpersonNamn": "person",
			"ombudetsKontaktpersonEpost": "email", "ombudetsKontaktpersonTelefonnummer": "phone",
		}))
	}
	if rapid.Bool().Draw(t.T, "oil") {
		maps.Copy(body, t.object("", map[string]string{
			"atervinningsresultattypkod": "recovery", "mangdRegenerering": "mangd", "mangdAnnanMaterialatervinning": "mangd",
			"mangdEnergiatervinning": "mangd", "mangdBortskaffande": "mangd", "specifikationAnnan": "detail",
		}))
	}
	body["avfall"] = t.object("avfall.", map[string]string{"kod": "kod", "mangd": "mangd", "foregaendeAvfallId": "guid"})
	for _, name := range forms[note].places {
		if where := t.place(name); where != nil {
			body[name] = where
		}
	}
	methods := []any{}
	for n := range rapid.IntRange(0, 3).Draw(t.T, "methods") {
		methods = append(methods, t.object(fmt.Sprint("method ", n, " "), map[string]string{"kod": "method", "underkod": "letter"}))
	}
	body["behandlingar"] = methods
	return body
}

// Whatever is wrong with a note, what is found before sending is what the
// register answers: the same codes in the same order.
func TestFaultsAreTheRegisters(t *testing.T) {
	c := desk(t)
	lists, err := c.Lists(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	taken := 0
	for note, form := range forms {
		rapid.Check(t, func(rt *rapid.T) {
			body, err := json.Marshal(hand{rt, rapid.SampledFrom([]int{4, 100}).Draw(rt, "odds")}.body(note))
			if err != nil {
				rt.Fatal(err)
			}
			found, err := inspect(note, body, certified, lists)
			if err != nil {
				rt.Fatalf("%s: %v", body, err)
			}
			r, err := c.call(t.Context(), "POST", "/"+form.resource, nil, body)
			if err != nil {
				rt.Fatal(err)
			}
			answered := []felkod(nil)
			if r.Status == 400 {
				_, answered, _ = readFelsvar(r.Body)
			} else if r.Status != 200 {
				rt.Fatalf("%d %s", r.Status, r.Body)
			}
			ours, theirs := lines(found), lines(answered)
			if !slices.Equal(ours, theirs) {
				rt.Fatalf("%s %s:\n found %q\nanswer %q", form.resource, body, ours, theirs)
			}
			for _, line := range ours {
				seen[line] = true
			}
			if len(ours) == 0 {
				taken++
			}
		})
	}
	if len(seen) < 120 || taken == 0 {
		t.Errorf("only %d codes were met, and %d notes without fault", len(seen), taken)
	}
	t.Logf("%d codes, %d notes without fault", len(seen), taken)
}
