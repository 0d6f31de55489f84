package autosys_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	sim "sluss/simulators/autosys"
)

var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

// clock is a settable Now.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// office is a running registry with the sample vehicles, and what a caller needs to ask it.
type office struct {
	*sim.Registry
	url    string
	client *http.Client
}

func open(t *testing.T, options sim.Options) office {
	t.Helper()
	if options.Now == nil {
		options.Now = (&clock{noon}).now
	}
	r, err := sim.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	if err := r.Add(sim.SampleVehicles(options.Now())...); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	// Without keep-alives Go's client sends nothing twice by itself.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	return office{Registry: r, url: server.URL, client: client}
}

type answer struct {
	status int
	header http.Header
	body   string
}

// get sends the query with the header given; an empty header is left out.
func (o office) get(t *testing.T, path, query, authorization string) (answer, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, o.url+path+"?"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		req.Header.Set("SVV-Authorization", authorization)
	}
	response, err := o.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(body)}, err
}

func (o office) ask(t *testing.T, query string) answer {
	t.Helper()
	a, err := o.get(t, sim.QueryPath, query, "Apikey good")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func plate(p string) string { return url.Values{"kjennemerke": {p}}.Encode() }

// dig walks a decoded answer by keys and list indexes.
func dig(t *testing.T, body string, path ...any) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("not JSON: %v: %s", err, body)
	}
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[step]
		case int:
			l, _ := v.([]any)
			if step >= len(l) {
				return nil
			}
			v = l[step]
		}
	}
	return v
}

func TestEveryAnswer(t *testing.T) {
	const withheld = `{"feilmelding":"OPPLYSNINGER_IKKE_TILGJENGELIGE"}`
	keys := []string{"good"}
	tests := []struct {
		name          string
		options       sim.Options
		query         string
		authorization string // "Apikey good" where empty, left out where "-"
		status        int
		body          string // exact; "*" is any
	}{
		{"found by plate", sim.Options{}, plate("TS10003"), "", 200, "*"},
		{"found by chassis number", sim.Options{}, "understellsnummer=TESTSYNTHN3000001", "", 200, "*"},
		{"both parameters", sim.Options{}, "kjennemerke=TS10003&understellsnummer=TESTSYNTHN3000001", "", 400, ""},
		{"no parameter", sim.Options{}, "", "", 400, ""},
		{"refusal as text", sim.Options{ErrorBody: sim.ErrorBodyText}, "", "", 400, "give either kjennemerke or understellsnummer"},
		{"refusal as JSON", sim.Options{ErrorBody: sim.ErrorBodyJSON, Keys: keys}, plate("TS10003"), "Apikey bad", 403, `{"error":"Forbidden","message":"the key is not known","status":403}`},
		{"plate too long", sim.Options{}, plate("TS100034"), "", 400, ""},
		{"plate of one character", sim.Options{}, plate("T"), "", 400, ""},
		{"plate with a space", sim.Options{}, plate("TS 10003"), "", 400, ""},
		{"plate in lower case", sim.Options{}, plate("ts10003"), "", 400, ""},
		{"lenient plate", sim.Options{Lenient: true}, plate("ts 100-03"), "", 200, "*"},
		{"chassis number too long", sim.Options{}, "understellsnummer=12345678901234567890", "", 400, ""},
		{"unknown key", sim.Options{Keys: keys}, plate("TS10003"), "Apikey bad", 403, ""},
		{"no header", sim.Options{Keys: keys}, plate("TS10003"), "-", 403, ""},
		{"no header, 401", sim.Options{MissingKeyAnswer: 401}, plate("TS10003"), "-", 401, ""},
		{"key without prefix", sim.Options{Keys: keys}, plate("TS10003"), "good", 403, ""},
		{"key without prefix accepted", sim.Options{Keys: keys, RawKey: true}, plate("TS10003"), "good", 200, "*"},
		{"unknown plate", sim.Options{}, plate("ZZ99999"), "", 204, ""},
		{"unknown plate, message", sim.Options{NotFound: sim.NotFoundMessage}, plate("ZZ99999"), "", 200, withheld},
		{"unknown plate, empty list", sim.Options{NotFound: sim.NotFoundEmptyList}, plate("ZZ99999"), "", 200, `{"kjoretoydataListe":[]}`},
		{"unknown plate, nothing", sim.Options{NotFound: sim.NotFoundNothing}, plate("ZZ99999"), "", 200, `{}`},
		{"unknown plate, 404", sim.Options{NotFound: sim.NotFoundStatus}, plate("ZZ99999"), "", 404, ""},
		{"unknown chassis number", sim.Options{}, "understellsnummer=1", "", 204, ""},
		{"shielded", sim.Options{}, plate("TS20004"), "", 200, withheld},
		{"shielded, as text", sim.Options{WithheldText: true}, plate("TS20004"), "", 200, "OPPLYSNINGER_IKKE_TILGJENGELIGE"},
		{"shielded, another code", sim.Options{WithheldCode: "SKJERMET"}, plate("TS20004"), "", 200, `{"feilmelding":"SKJERMET"}`},
		{"shielded, with 404", sim.Options{WithheldStatus: 404, WithheldText: true}, plate("TS20004"), "", 404, "OPPLYSNINGER_IKKE_TILGJENGELIGE"},
		{"found, nothing but its identity", sim.Options{Sparse: sim.SparseAbsent}, plate("TS2005"), "", 200, `{"kjoretoydataListe":[{"kjoretoyId":{"kjennemerke":"TS 2005","understellsnummer":"TESTSYNTHO2000001"}}]}`},
		{"found, all else empty", sim.Options{Sparse: sim.SparseEmpty}, plate("TS2005"), "", 200, `{"kjoretoydataListe":[{"forstegangsregistrering":{},"godkjenning":{},"kjennemerke":[],"kjoretoyId":{"kjennemerke":"TS 2005","understellsnummer":"TESTSYNTHO2000001"},"periodiskKjoretoyKontroll":{},"registrering":{}}]}`},
		{"scrapped", sim.Options{}, plate("TS20003"), "", 200, "*"},
		{"scrapped, not found", sim.Options{GoneNotFound: true}, plate("TS20003"), "", 204, ""},
		{"personal plate", sim.Options{}, plate("BLÅBÆR"), "", 200, "*"},
		{"personal plate, stored with its space", sim.Options{PersonalSpaces: true}, plate("BLÅBÆR"), "", 204, ""},
		{"personal plate, asked with its space", sim.Options{PersonalSpaces: true}, plate("BLÅ BÆR"), "", 200, "*"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := open(t, test.options)
			authorization := test.authorization
			switch authorization {
			case "":
				authorization = "Apikey good"
			case "-":
				authorization = ""
			}
			for _, path := range []string{sim.QueryPath, sim.QueryPathOpenAPI} {
				a, err := o.get(t, path, test.query, authorization)
				if err != nil {
					t.Fatal(err)
				}
				if a.status != test.status || test.body != "*" && a.body != test.body {
					t.Errorf("%s: got %d %q, want %d %q", path, a.status, a.body, test.status, test.body)
				}
				if test.body == "*" && dig(t, a.body, "kjoretoydataListe", 0, "kjoretoyId", "understellsnummer") == nil {
					t.Errorf("%s: no vehicle in %s", path, a.body)
				}
			}
			if records := o.Lookups(); len(records) != 2 || records[1].Status != test.status {
				t.Errorf("records: %+v", records)
			}
		})
	}
}

func TestContents(t *testing.T) {
	const list, technical = "kjoretoydataListe", "tekniskGodkjenning"
	weight := func(name string) []any {
		return []any{list, 0, "godkjenning", technical, "tekniskeData", "vekter", name}
	}
	adr := []any{list, 0, "godkjenning", "tilleggsgodkjenninger", 0, "tilleggsgodkjenningSpesifikkeData", "adrGodkjenning"}
	tests := []struct {
		name    string
		options sim.Options
		plate   string
		path    []any
		want    string // JSON; "" is an absent key
	}{
		{"plate with its space", sim.Options{}, "TS10003", []any{list, 0, "kjoretoyId", "kjennemerke"}, `"TS 10003"`},
		{"no kuid", sim.Options{}, "TS10003", []any{list, 0, "kjoretoyId", "kuid"}, ""},
		{"kuid", sim.Options{Kuid: true}, "TS1004", []any{list, 0, "kjoretoyId", "kuid"}, `"1312443119"`},
		{"payload", sim.Options{}, "TS10003", weight("nyttelast"), "14725"},
		{"train weight", sim.Options{}, "TS10003", weight("tillattVogntogvekt"), "50000"},
		{"train weight written as 0", sim.Options{}, "TS30001", weight("tillattVogntogvekt"), "0"},
		{"train weight absent", sim.Options{}, "TS1004", weight("tillattVogntogvekt"), ""},
		{"ADR types", sim.Options{}, "TS10003", append(adr, "adrTypeKode"), `["FL","AT"]`},
		{"tank code", sim.Options{}, "TS1004", append(adr, "adrTankTekniskeData", "adrTankKode"), `"LGBF"`},
		{"ADR hidden", sim.Options{HideADR: true}, "TS10003", []any{list, 0, "godkjenning", "tilleggsgodkjenninger"}, "[]"},
		{"ADR code", sim.Options{ADRCode: "X"}, "TS10003", []any{list, 0, "godkjenning", "tilleggsgodkjenninger", 0, "godkjenningstype", "kodeVerdi"}, `"X"`},
		{"inspection overdue", sim.Options{}, "TS20001", []any{list, 0, "periodiskKjoretoyKontroll", "kontrollfrist"}, `"2026-05-15"`},
		{"no inspection duty", sim.Options{}, "TS2005", []any{list, 0, "periodiskKjoretoyKontroll"}, "{}"},
		{"no inspection duty, absent", sim.Options{OmitNoInspection: true}, "TS2005", []any{list, 0, "periodiskKjoretoyKontroll"}, ""},
		{"de-registered", sim.Options{}, "TS20002", []any{list, 0, "registrering", "registreringsstatus", "kodeVerdi"}, `"AVREGISTRERT"`},
		{"de-registered since", sim.Options{}, "TS20002", []any{list, 0, "registrering", "avregistrertSidenDato"}, `"2026-04-15T08:02:43.420+02:00"`},
		{"scrapped", sim.Options{}, "TS20003", []any{list, 0, "registrering", "registreringsstatus", "kodeVerdi"}, `"VRAKET"`},
		{"scrapped has no such date", sim.Options{}, "TS20003", []any{list, 0, "registrering", "avregistrertSidenDato"}, ""},
		{"scrapped at, winter time", sim.Options{}, "TS20003", []any{list, 0, "registrering", "fomTidspunkt"}, `"2026-03-15T08:02:43.42+01:00"`},
		{"scrapped keeps its inspection date", sim.Options{}, "TS20003", []any{list, 0, "periodiskKjoretoyKontroll", "kontrollfrist"}, `"2026-08-15"`},
		{"personal plate has two entries", sim.Options{}, "BLÅBÆR", []any{list, 0, "kjennemerke", 1, "kjennemerkekategori"}, `"PERSONLIG"`},
		{"identity is the ordinary plate", sim.Options{}, "BLÅBÆR", []any{list, 0, "kjoretoyId", "kjennemerke"}, `"TS 30002"`},
		{"identity is the personal plate", sim.Options{PersonalAsID: true}, "BLÅBÆR", []any{list, 0, "kjoretoyId", "kjennemerke"}, `"BLÅ BÆR"`},
		{"drift: unknown fuel", sim.Options{Drift: true}, "TS30001", []any{list, 0, "godkjenning", technical, "tekniskeData", "motorOgDrivverk", "motor", 0, "drivstoff", 1, "drivstoffKode", "kodeVerdi"}, `"97"`},
		{"drift: unknown field", sim.Options{Drift: true}, "TS30001", []any{"svarVersjon", "hoved"}, "2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := open(t, test.options).ask(t, plate(test.plate))
			got := dig(t, a.body, test.path...)
			if got == nil {
				if test.want != "" {
					t.Fatalf("absent in %s", a.body)
				}
				return
			}
			text, err := json.Marshal(got)
			if err != nil || string(text) != test.want {
				t.Errorf("got %s, want %s", text, test.want)
			}
		})
	}
}

func TestJSONHabits(t *testing.T) {
	for _, drift := range []bool{false, true} {
		o := open(t, sim.Options{Drift: drift})
		for _, v := range sim.SampleVehicles(noon) {
			if v.Shielded {
				continue
			}
			body := o.ask(t, plate(v.Plate)).body
			if strings.Contains(body, "null") {
				t.Errorf("%s: a null in %s", v.Plate, body)
			}
			if !strings.Contains(body, `"unntak":[]`) || !strings.Contains(body, `"tidligereKodeVerdi":[]`) {
				t.Errorf("%s: empty arrays are not written", v.Plate)
			}
			if len(v.Fuels) > 0 && !strings.Contains(body, `"maksNettoEffekt":65.0`) {
				t.Errorf("%s: no 65.0 in %s", v.Plate, body)
			}
		}
	}
}

func TestSeveralHits(t *testing.T) {
	o := open(t, sim.Options{})
	if err := o.Add(sim.Vehicle{Plate: "A1", VIN: "4711"}, sim.Vehicle{Plate: "AB 1234", VIN: "4711"}); err != nil {
		t.Fatal(err)
	}
	body := o.ask(t, "understellsnummer=4711").body
	if dig(t, body, "kjoretoydataListe", 1, "kjoretoyId", "kjennemerke") != "AB 1234" {
		t.Errorf("want two vehicles in %s", body)
	}
}

func TestOnlyGet(t *testing.T) {
	o := open(t, sim.Options{})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, o.url+sim.QueryPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := o.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST is answered with %d", response.StatusCode)
	}
}
