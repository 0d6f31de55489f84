package avfallsregistret_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	sim "sluss/simulators/avfallsregistret"
)

const (
	companyA = "5560000167"
	companyB = "5560065087"
	companyC = "5560069618"
)

var morning = time.Date(2026, time.October, 12, 8, 0, 0, 0, time.UTC)

// m is a JSON object; a nil value in a change takes the key away.
type m = map[string]any

func note(changes ...m) m {
	body := m{
		"tidpunkt": "2026-10-12T09:15:00+02:00", "verksamhetsutovare": companyA, "verksamhetensNamn": "Testbolag 1",
		"verksamhetensKontaktpersonNamn": "Anna Test", "verksamhetensKontaktpersonEpost": "a@example.se",
		"verksamhetensKontaktpersonTelefonnummer": "0701234567",
		"avfall": m{"kod": "160601", "mangd": 250.5},
	}
	for _, change := range changes {
		maps.Copy(body, change)
	}
	maps.DeleteFunc(body, func(_ string, value any) bool { return value == nil })
	return body
}

func place(code string) m {
	return m{"kommunkod": code, "adress": m{"adressrad": "Gatan 1", "postnummer": "76141"}}
}

func planned(changes ...m) m {
	return note(append([]m{{
		"borttransportDatum": "2026-10-13T07:00:00+02:00", "transportor": companyB, "nyInnehavare": companyC,
		"mottagningsplats": place("0180"), "uppkomstplats": place("0188"), "transportsatt": "R", "cfarNR": "SAKNAS",
	}}, changes...)...)
}

func transport(changes ...m) m {
	return note(append([]m{{
		"tidigareInnehavare": companyB, "nyInnehavare": companyC, "transportStartDatum": "2026-10-13T07:00:00+02:00",
		"transportStartplats": place("0188"), "transportSlutplats": place("0180"), "transportsatt": "R",
	}}, changes...)...)
}

func reception(changes ...m) m {
	return note(append([]m{{
		"mottagningsDatum": "2026-10-12T08:00:00+02:00", "tidigareInnehavare": companyB,
		"senasteHanteringsplats": place("0188"), "behandlingsPlats": place("0180"),
	}}, changes...)...)
}

// service is a caller with a certificate and, after the first call, a token.
type service struct {
	t      *testing.T
	url    string
	client *http.Client
	token  string
	header http.Header
}

// open serves the registry over HTTPS and gives the service of company A.
func open(t *testing.T, options sim.Options) (*sim.Registry, *service) {
	t.Helper()
	if options.Now == nil {
		options.Now = func() time.Time { return morning }
	}
	registry, err := sim.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = registry.Close() })
	return registry, visit(t, registry, serve(t, registry), companyA)
}

func serve(t *testing.T, registry *sim.Registry) (url string) {
	t.Helper()
	config, err := registry.TLSConfig()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(registry)
	server.TLS = config
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}

func visit(t *testing.T, registry *sim.Registry, url, orgnr string) *service {
	t.Helper()
	certificate, err := registry.Authority().ClientCertificate(orgnr, "Testbolag")
	if err != nil {
		t.Fatal(err)
	}
	return &service{t: t, url: url, client: httpsClient(registry, certificate), header: http.Header{
		"Nv-Client-System-Id": {"test-1.0"}, "Content-Type": {"application/json; charset=UTF-8"},
	}}
}

func httpsClient(registry *sim.Registry, certificates ...tls.Certificate) *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{
		RootCAs: registry.Authority().Pool(), Certificates: certificates, MinVersion: tls.VersionTLS12,
	}}}
}

// reply is an answer read to its end.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (d *service) send(ctx context.Context, method, path string, header http.Header, body []byte) (reply, error) {
	d.t.Helper()
	request, err := http.NewRequestWithContext(ctx, method, d.url+path, bytes.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	request.Header = header
	response, err := d.client.Do(request)
	if err != nil {
		return reply{}, err
	}
	content, err := io.ReadAll(response.Body)
	if closing := response.Body.Close(); err == nil {
		err = closing
	}
	return reply{response.StatusCode, response.Header, content}, err
}

func (d *service) fetchToken(user, secret, body string) reply {
	d.t.Helper()
	got, err := d.send(d.t.Context(), http.MethodPost, sim.TokenPath, http.Header{
		"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+secret))},
		"Content-Type":  {"application/x-www-form-urlencoded"},
	}, []byte(body))
	if err != nil {
		d.t.Fatal(err)
	}
	return got
}

func (d *service) login() {
	d.t.Helper()
	got := d.fetchToken(sim.DefaultKey, sim.DefaultSecret, "grant_type=client_credentials")
	var token struct {
		Token string `json:"access_token"`
		Type  string `json:"token_type"`
	}
	if err := json.Unmarshal(got.body, &token); err != nil || token.Token == "" || token.Type != "Bearer" {
		d.t.Fatalf("token: %d %s", got.status, got.body)
	}
	d.token = token.Token
}

// try calls the API and may fail for want of an answer.
func (d *service) try(method, path string, body any) (reply, error) {
	d.t.Helper()
	if d.token == "" {
		d.login()
	}
	content, err := json.Marshal(body)
	if err != nil {
		d.t.Fatal(err)
	}
	if raw, ok := body.(string); ok {
		content = []byte(raw)
	}
	header := d.header.Clone()
	header.Set("Authorization", "Bearer "+d.token)
	return d.send(d.t.Context(), method, sim.BasePath+path, header, content)
}

func (d *service) call(method, path string, body any) reply {
	d.t.Helper()
	got, err := d.try(method, path, body)
	if err != nil {
		d.t.Fatalf("%s %s: %v", method, path, err)
	}
	return got
}

// take sends a note that must be accepted and gives its waste id.
func (d *service) take(method, path string, body any) string {
	d.t.Helper()
	got := d.call(method, path, body)
	var success struct {
		AvfallID string `json:"avfallId"`
	}
	if err := json.Unmarshal(got.body, &success); err != nil || got.status != 200 || uuid.Validate(success.AvfallID) != nil {
		d.t.Fatalf("%s %s: %d %s", method, path, got.status, got.body)
	}
	return success.AvfallID
}

// codes are the error codes of an answer that must be 400, in their order.
func (r reply) codes(t *testing.T) []int {
	t.Helper()
	var errors struct{ Errors []struct{ Code int } }
	if err := json.Unmarshal(r.body, &errors); err != nil || r.status != 400 {
		t.Fatalf("want 400 with codes, got %d %s", r.status, r.body)
	}
	var codes []int
	for _, e := range errors.Errors {
		codes = append(codes, e.Code)
	}
	return codes
}

func wantCodes(t *testing.T, got reply, want ...int) {
	t.Helper()
	if codes := got.codes(t); !slices.Equal(codes, want) {
		t.Errorf("codes %v, want %v\n%s", codes, want, got.body)
	}
}
