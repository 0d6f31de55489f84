package avfallsregistret

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sluss"
	sim "sluss/simulators/avfallsregistret"
)

const certified = "5560069618"

// counter passes bodies to a simulated registry that applies only the known rules
// of the real one. It uses no network, because there are many bodies.
type counter struct {
	registry *sim.Registry
	state    *tls.ConnectionState
	token    string
	lists    ReferenceData
}

func openCounter(t *testing.T) counter {
	t.Helper()
	registry, err := sim.New(sim.Options{BareKommunkod: true, Tidpunkt: sim.Window{Earliest: time.Unix(0, 0)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = registry.Close() })
	certificate, err := registry.Authority().ClientCertificate(certified, "R")
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(certificate.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	c := counter{registry: registry, state: &tls.ConnectionState{PeerCertificates: []*x509.Certificate{leaf}}}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, sim.TokenPath, strings.NewReader("grant_type=client_credentials"))
	request.SetBasicAuth(sim.DefaultKey, sim.DefaultSecret)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var token struct {
		Value string `json:"access_token"`
	}
	if _, body := c.serve(request); json.Unmarshal(body, &token) != nil || token.Value == "" {
		t.Fatalf("no token: %s", body)
	}
	c.token = token.Value
	for resource, list := range map[string]any{"behandlingsmetoder": &c.lists.Treatments, "atervinningsresultattyper": &c.lists.Recoveries} {
		if status, body := c.call(t.Context(), http.MethodGet, resource, nil); status != http.StatusOK || json.Unmarshal(body, list) != nil {
			t.Fatalf("%s: %d %s", resource, status, body)
		}
	}
	c.lists.Wastes = []WasteType{{Code: "160601"}, {Code: "160602"}}
	return c
}

func (c counter) call(ctx context.Context, method, resource string, body []byte) (status int, answer []byte) {
	request := httptest.NewRequestWithContext(ctx, method, sim.BasePath+"/"+resource, bytes.NewReader(body))
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(systemHeader, DefaultSystemID)
	return c.serve(request)
}

func (c counter) serve(request *http.Request) (status int, answer []byte) {
	recorder := httptest.NewRecorder()
	request.TLS = c.state
	c.registry.ServeHTTP(recorder, request)
	return recorder.Code, recorder.Body.Bytes()
}

// lines are the codes in order, with the meaning of those that have two.
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

// choices are values for each kind of field, the valid one first.
var choices = map[string][]any{
	"moment":   {"2026-11-23T08:00:00+01:00", "2026-11-23T08:00:00.1234567+01:00", "2026-11-23T08:00:00", "yesterday", "23/11", 5},
	"party":    {"5560000167", "DE123456789", certified, "556000-0167", "165560000167", "OKÄND", "KOMMUN", "de1", 5560000167},
	"ombud":    {certified, "5560000167", "556000-0167", nil},
	"name":     {"Nordhamns Verkstad AB", "A − B (1)", "A*B", strings.Repeat("x", 251), 7},
	"person":   {"Anna Ek", "Anna 2", "Ž.", true},
	"email":    {"a@example.se", "Anna <a@example.se>", "a", strings.Repeat("x", 250) + "@example.se"},
	"phone":    {"0701234567", "+46 70-123 45 67", "08-123 45 67 x", "ring", "+46"},
	"referens": {"VO-1", "№ 1", strings.Repeat("x", 41), "å_(?)"},
	"code":     {"160601", "999999", "16 06 01*", "1606", 160601},
	"mass":     {json.Number("250.5"), json.Number("0"), json.Number("-1"), json.Number("0.1234"), json.Number("2.5e1"), json.Number("24.5000"), json.Number("1e999"), "12"},
	"guid":     {"072f294c-9e70-4cf6-b6a3-139922067ddc", "072f294c9e704cf6b6a3139922067ddc", "REF-1", "00000000-0000-0000-0000-000000000000"},
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

// kindOf is the kind of each field.
var kindOf = map[string]string{
	"verksamhetsutovare": "party", "tidigareInnehavare": "party", "nyInnehavare": "party", "transportor": "party", "ombud": "ombud",
	"verksamhetensNamn": "name", "ombudetsNamn": "name",
	"verksamhetensKontaktpersonNamn": "person", "ombudetsKontaktpersonNamn": "person",
	"verksamhetensKontaktpersonEpost": "email", "ombudetsKontaktpersonEpost": "email",
	"verksamhetensKontaktpersonTelefonnummer": "phone", "ombudetsKontaktpersonTelefonnummer": "phone",
	"tidpunkt": "moment", "mottagningsDatum": "moment", "borttransportDatum": "moment", "transportStartDatum": "moment", "transaktionsDatum": "moment",
	"referens": "referens", "transportsatt": "mode", "cfarNR": "cfar", "rapporteringsar": "year", "rapporteringskvartalNr": "quarter",
	"avfall.kod": "code", "avfall.mangd": "mass", "avfall.foregaendeAvfallId": "guid",
	"mangdIckeFarligtAvfall": "mass", "mangdMaterialProdukt": "mass", "atervinningsresultattypkod": "recovery", "mangdRegenerering": "mass",
	"mangdAnnanMaterialatervinning": "mass", "mangdEnergiatervinning": "mass", "mangdBortskaffande": "mass", "specifikationAnnan": "detail",
	"plats.kommunkod": "commune", "plats.cfarNR": "cfar", "plats.land": "land", "adress.adressrad": "line", "adress.postnummer": "postcode",
	"koordinat.nposition": "north", "koordinat.eposition": "east", "koordinat.beskrivning": "words",
	"behandling.kod": "method", "behandling.underkod": "letter",
}

// fieldsOf are the fields of an object within a note, or of the note itself.
func fieldsOf(object string) []string {
	var names []string
	for name := range kindOf {
		if within, field, nested := strings.Cut(name, "."); nested && within == object {
			names = append(names, field)
		} else if !nested && object == "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// alternatives are the values that a field may hold instead of the valid one.
func alternatives(field string) []any {
	return slices.Concat([]any{nil, json.RawMessage("null"), " "}, choices[kindOf[field]][1:])
}

// good is a valid object.
func good(object string) map[string]any {
	body := map[string]any{}
	for _, name := range fieldsOf(object) {
		body[name] = choices[kindOf[strings.TrimPrefix(object+"."+name, ".")]][0]
	}
	return body
}

// hand draws random bodies, in which one of so many values is not the valid one.
type hand struct {
	*rapid.T
	odds int
}

// slips is true one time in so many.
func (t hand) slips(label string) bool { return rapid.Uint16().Draw(t.T, label)%uint16(t.odds) == 1 }

// object is an object within a note, mostly valid.
func (t hand) object(object, label string) map[string]any {
	body := good(object)
	for _, name := range fieldsOf(object) {
		if t.slips(label + name) {
			body[name] = rapid.SampledFrom(alternatives(strings.TrimPrefix(object+"."+name, "."))).Draw(t.T, label+name+" value")
		}
	}
	return body
}

func (t hand) place(name string) any {
	if t.slips(name) {
		return rapid.SampledFrom([]any{nil, "här", map[string]any{}}).Draw(t.T, name+" value")
	}
	where := t.object("plats", name+".")
	for _, part := range []string{"land", "cfarNR"} {
		if !t.slips(name + " " + part) {
			delete(where, part)
		}
	}
	switch rapid.IntRange(0, 3).Draw(t.T, name+" way") {
	case 0:
		where["adress"] = t.object("adress", name+".adress.")
	case 1:
		where["koordinat"] = t.object("koordinat", name+".koordinat.")
	}
	for _, more := range []string{"adress", "koordinat"} {
		if t.slips(name + " " + more) {
			where[more] = rapid.SampledFrom([]any{"x", map[string]any{}}).Draw(t.T, name+" "+more)
		}
	}
	return where
}

// body is a body of the note, valid or not.
func (t hand) body(note sluss.ReportKind) map[string]any {
	body := t.object("", "")
	if rapid.Bool().Draw(t.T, "self") {
		body["verksamhetsutovare"] = certified
	}
	if agent := body["verksamhetsutovare"] != certified; agent == t.slips("agent") {
		maps.DeleteFunc(body, func(name string, _ any) bool { return strings.HasPrefix(name, "ombud") })
	}
	if rapid.Bool().Draw(t.T, "no oil") {
		maps.DeleteFunc(body, func(name string, _ any) bool { return ofOil(name) })
	}
	body["avfall"] = t.object("avfall", "avfall.")
	for _, name := range forms[note].places {
		body[name] = t.place(name)
	}
	methods := []any{}
	for n := range rapid.IntRange(0, 3).Draw(t.T, "methods") {
		methods = append(methods, t.object("behandling", fmt.Sprint("method ", n, " ")))
	}
	body["behandlingar"] = methods
	return body
}

func ofOil(name string) bool {
	kind := kindOf[name]
	return kind == "recovery" || kind == "detail" || kind == "mass" && !slices.Contains([]string{"mangdIckeFarligtAvfall", "mangdMaterialProdukt"}, name)
}

// ofAll is true for the fields that every note has.
func ofAll(name string) bool {
	return strings.HasPrefix(name, "verksamhet") || strings.HasPrefix(name, "ombud") || name == "tidpunkt" || name == "referens"
}

// compared sends a body unchanged, and returns the codes that were found before if
// they equal those of the answer, in the same order.
func (c counter) compared(ctx context.Context, t rapid.TB, note sluss.ReportKind, content map[string]any) []string {
	t.Helper()
	body, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	found, err := inspect(note, body, certified, c.lists)
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	var answered []felkod
	switch status, answer := c.call(ctx, http.MethodPost, forms[note].resource, body); status {
	case http.StatusOK:
	case http.StatusBadRequest:
		_, answered, _ = readFelsvar(answer)
	default:
		t.Fatalf("%d %s", status, answer)
	}
	ours, theirs := lines(found), lines(answered)
	if !slices.Equal(ours, theirs) {
		t.Fatalf("%s %s:\n found %q\nanswer %q", forms[note].resource, body, ours, theirs)
	}
	return ours
}

// For any fault of a note, the codes found before sending are those that the
// registry answers, in the same order.
func TestFaultsAreTheRegistrys(t *testing.T) {
	c := openCounter(t)
	for note := range forms {
		rapid.Check(t, func(rt *rapid.T) {
			c.compared(t.Context(), rt, note, hand{rt, rapid.SampledFrom([]int{4, 100}).Draw(rt, "odds")}.body(note))
		})
	}
}

// Each field of each note with each value, and all other fields valid.
func TestEachFaultIsTheRegistrys(t *testing.T) {
	c := openCounter(t)
	seen := map[string]bool{}
	for note, form := range forms {
		body := good("")
		maps.DeleteFunc(body, func(name string, _ any) bool { return ofOil(name) })
		body["avfall"], body["behandlingar"] = good("avfall"), []any{good("behandling")}
		whole := func() map[string]any { return maps.Clone(body) }
		try := func(change func(map[string]any)) {
			changed := whole()
			change(changed)
			for _, line := range c.compared(t.Context(), t, note, changed) {
				seen[line] = true
			}
		}
		within := func(object string, into func(changed, object map[string]any)) {
			for _, name := range fieldsOf(object) {
				if note != sluss.ReportRemoval && (object == "avfall" || ofAll(name)) {
					continue // once is enough for what all notes have
				}
				for _, value := range alternatives(strings.TrimPrefix(object+"."+name, ".")) {
					part := good(object)
					part[name] = value
					try(func(changed map[string]any) { into(changed, part) })
				}
			}
		}
		for _, name := range form.places {
			where := func(extra string, value any) map[string]any {
				return map[string]any{"kommunkod": "0188", extra: value}
			}
			body[name] = where("adress", good("adress"))
			within("adress", func(b, part map[string]any) { b[name] = where("adress", part) })
			within("koordinat", func(b, part map[string]any) { b[name] = where("koordinat", part) })
			within("plats", func(b, part map[string]any) { b[name] = part })
			within("plats", func(b, part map[string]any) { delete(part, "land"); b[name] = part })
			for _, odd := range []any{nil, "här", map[string]any{}, where("adress", "x"), where("koordinat", []any{}), where("cfarNR", "1")} {
				try(func(b map[string]any) { b[name] = odd })
			}
		}
		if faults := c.compared(t.Context(), t, note, whole()); len(faults) != 0 {
			t.Errorf("%s: the good note has %q", note, faults)
		}
		within("", func(b, part map[string]any) {
			maps.DeleteFunc(part, func(name string, _ any) bool { return ofOil(name) })
			maps.Copy(b, part)
		})
		try(func(b map[string]any) { b["verksamhetsutovare"] = certified }) // and an agent
		within("avfall", func(b, part map[string]any) { b["avfall"] = part })
		if note != sluss.ReportTreatment {
			continue
		}
		within("behandling", func(b, part map[string]any) { b["behandlingar"] = []any{part, good("behandling")} })
		try(func(b map[string]any) { b["behandlingar"] = []any{} })
		for _, recovery := range choices["recovery"] {
			for _, value := range []any{nil, choices["mass"][0], json.Number("0"), "{"} {
				for name := range kindOf {
					if ofOil(name) {
						try(func(b map[string]any) {
							maps.Copy(b, good(""))
							b[name] = value
							b["atervinningsresultattypkod"] = recovery
						})
					}
				}
			}
		}
	}
	t.Logf("%d codes", len(seen))
	if len(seen) != 188 {
		t.Errorf("%d codes were met, want 188: %q", len(seen), slices.Sorted(maps.Keys(seen)))
	}
}
