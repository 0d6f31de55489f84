package avfallsregistret_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	sim "sluss/simulators/avfallsregistret"
)

// spelt is a place as the contract words it.
type spelt struct {
	Kommunkod *string
	Adress    *struct{ Adressrad, Postnummer *string }
	Koordinat *struct {
		Nposition, Eposition *json.Number
		Beskrivning          *string
	}
	CfarNR, Land *string
}

// fits tells by the contract alone whether a place is given in one of the five
// ways that the end of a transport takes.
func (s spelt) fits() bool {
	text := func(p *string) string {
		if p == nil || strings.TrimSpace(*p) == "" {
			return ""
		}
		return *p
	}
	is := func(pattern string, p *string) bool {
		return regexp.MustCompile(`^(?:` + pattern + `)$`).MatchString(text(p))
	}
	if text(s.Land) != "" {
		return is(`[A-Z]{2}`, s.Land) && *s.Land != "SE" && s.Adress == nil && s.Koordinat == nil && text(s.CfarNR) == "" &&
			(text(s.Kommunkod) == "" || is(`\d{4}`, s.Kommunkod))
	}
	switch {
	case !is(`\d{4}`, s.Kommunkod), text(s.CfarNR) != "" && !is(`\d{8}|SAKNAS|KOMMUN`, s.CfarNR):
		return false
	case s.Adress != nil && s.Koordinat != nil:
		return false
	case s.Adress != nil:
		return is(`[0-9A-Za-zÅÄÖÜÉåäöüé.,?:\-/()&+− ']{1,250}`, s.Adress.Adressrad) && is(`\d{5}`, s.Adress.Postnummer)
	case s.Koordinat != nil: // in whole numbers, however they are written
		north, east := s.Koordinat.Nposition, s.Koordinat.Eposition
		return north != nil && east != nil && regexp.MustCompile(`^[1-9]\d{6}$`).MatchString(north.String()) && regexp.MustCompile(`^[1-9]\d{5}$`).MatchString(east.String())
	}
	return is(`\d{8}`, s.CfarNR)
}

// plain tells whether every key is its own in any case: where two are one, it is
// not said which of them holds.
func plain(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		seen := map[string]bool{}
		for key, inner := range v {
			low := strings.ToLower(key)
			if seen[low] || strings.ContainsFunc(key, func(r rune) bool { return r > unicode.MaxASCII }) || !plain(inner) {
				return false
			}
			seen[low] = true
		}
	case []any:
		return !slices.ContainsFunc(v, func(inner any) bool { return !plain(inner) })
	}
	return true
}

// FuzzPlace: whatever stands for a place, the registry answers, takes nothing
// that is none of the five ways, and refuses with the codes of that place. No
// note is taken, since each lacks its moment.
func FuzzPlace(f *testing.F) {
	for _, seed := range []string{
		`{"kommunkod":"0180","adress":{"adressrad":"Gatan 1","postnummer":"76141"}}`, `{"Kommunkod":"0180","koordinat":{"nposition":6580000,"eposition":674000,"beskrivning":"Bakom ladan"}}`,
		`{"land":"DK"}`, `{"land":"SE"}`, `{"kommunkod":"0180","cfarNR":"12345678"}`, `{"kommunkod":"0180","cfarNR":"SAKNAS","adress":{"adressrad":"A","postnummer":"76141"}}`,
		`{"kommunkod":"0180"}`, `{"kommunkod":180}`, `{"kommunkod":"0180","adress":[]}`, `{"kommunkod":"0180","koordinat":{"nposition":1e6,"eposition":674000.0}}`,
		`{}`, `null`, `"Norrtälje"`, `[]`, `{"land":"DK","kommunkod":"9999"}`, `{"kommunkod":"0180","adress":{"adressrad":" ","postnummer":"761 41"}}`,
	} {
		f.Add(seed)
	}
	registry, err := sim.New(sim.Options{Now: func() time.Time { return morning }, TokenLife: 1000 * time.Hour})
	if err != nil {
		f.Fatal(err)
	}
	certificate, err := registry.Authority().ClientCertificate(companyA, "Testbolag")
	if err != nil {
		f.Fatal(err)
	}
	state := &tls.ConnectionState{PeerCertificates: []*x509.Certificate{certificate.Leaf}}
	serve := func(tb testing.TB, path, body string, header http.Header) *httptest.ResponseRecorder {
		tb.Helper()
		request := httptest.NewRequestWithContext(tb.Context(), http.MethodPost, path, strings.NewReader(body))
		request.Header, request.TLS = header, state
		answer := httptest.NewRecorder()
		registry.ServeHTTP(answer, request)
		return answer
	}
	credentials := httptest.NewRequestWithContext(f.Context(), http.MethodPost, "/", http.NoBody)
	credentials.SetBasicAuth(sim.DefaultKey, sim.DefaultSecret)
	var grant struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(serve(f, sim.TokenPath, "grant_type=client_credentials", credentials.Header).Body.Bytes(), &grant); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, place string) {
		var value any
		if json.Unmarshal([]byte(place), &value) != nil || !plain(value) {
			return
		}
		body, err := json.Marshal(transport(m{"tidpunkt": nil, "transportSlutplats": json.RawMessage(place)}))
		if err != nil {
			t.Fatal(err)
		}
		answer := serve(t, sim.BasePath+"/transporter", string(body), http.Header{
			"Authorization": {"Bearer " + grant.Token}, "Nv-Client-System-Id": {"fuzz-1"}, "Content-Type": {"application/json"},
		})
		codes := reply{answer.Code, answer.Header(), answer.Body.Bytes()}.codes(t)
		for _, code := range codes {
			if code != 1031 && code/100 != 45 && code/10 != 170 {
				t.Errorf("%s: code %d", place, code)
			}
		}
		var as spelt
		if err := json.Unmarshal([]byte(place), &as); len(codes) == 1 && (err != nil || !as.fits()) {
			t.Errorf("%s is taken (%v)", place, err)
		}
	})
}
