package avfallsregistret_test

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	sim "sluss/simulators/avfallsregistret"
)

func TestTokenNeedsKeySecretAndGrant(t *testing.T) {
	_, d := open(t, sim.Options{})
	for _, c := range []struct {
		key, secret, body string
		want              int
	}{
		{sim.DefaultKey, sim.DefaultSecret, "grant_type=client_credentials", 200},
		{sim.DefaultKey, "wrong", "grant_type=client_credentials", 401},
		{"wrong", sim.DefaultSecret, "grant_type=client_credentials", 401},
		{sim.DefaultKey, sim.DefaultSecret, "grant_type=password", 400},
	} {
		if got := d.fetchToken(c.key, c.secret, c.body); got.status != c.want {
			t.Errorf("%+v: %d %s", c, got.status, got.body)
		}
	}
}

func TestTokenExpires(t *testing.T) {
	now := morning
	registry, d := open(t, sim.Options{TokenLife: time.Minute, Now: func() time.Time { return now }})
	d.take("POST", "/transporter", transport())
	now = now.Add(time.Minute)
	if got := d.call("POST", "/transporter", transport()); got.status != 401 {
		t.Errorf("expired token: %d %s", got.status, got.body)
	}
	d.login()
	d.take("POST", "/transporter", transport())
	if n := len(registry.Notes()); n != 2 {
		t.Errorf("records hold %d notes, want 2", n)
	}
}

func TestGatewayErrorsInThreeFormats(t *testing.T) {
	for format, want := range map[sim.Format]struct{ kind, part string }{
		sim.XML:  {"application/xml", "<ams:code>900901</ams:code>"},
		sim.JSON: {"application/json", `"code":900901`},
		sim.HTML: {"text/html", "<h1>Invalid Credentials</h1>"},
	} {
		_, d := open(t, sim.Options{GatewayErrors: format})
		d.token = "nonsense"
		got := d.call("GET", "/transportsatt", nil)
		if got.status != 401 || !strings.HasPrefix(got.header.Get("Content-Type"), want.kind) || !strings.Contains(string(got.body), want.part) {
			t.Errorf("format %d: %d %v %s", format, got.status, got.header, got.body)
		}
	}
}

func TestHeaders(t *testing.T) {
	_, d := open(t, sim.Options{})
	if got := d.call("GET", "/transportsatt", nil); uuid.Validate(got.header.Get("NV-Client-Tracking-ID")) != nil {
		t.Errorf("no tracking id of the registry's own: %v", got.header)
	}
	d.header.Set("NV-Client-Tracking-ID", "track-1")
	if got := d.call("POST", "/transporter", m{}); got.header.Get("NV-Client-Tracking-ID") != "track-1" {
		t.Errorf("tracking id not echoed: %v", got.header)
	}
	d.header.Del("NV-Client-System-ID")
	if got := d.call("GET", "/transportsatt", nil); got.status != 400 {
		t.Errorf("without system id: %d", got.status)
	}
	_, lax := open(t, sim.Options{SystemIDOptional: true})
	lax.header.Del("NV-Client-System-ID")
	if got := lax.call("GET", "/transportsatt", nil); got.status != 200 {
		t.Errorf("without system id where it is optional: %d", got.status)
	}
}

func TestPathsAndMethods(t *testing.T) {
	_, d := open(t, sim.Options{})
	for _, c := range []struct {
		method, path string
		want         int
	}{
		{"GET", "/transporter", 405},
		{"PUT", "/transporter", 405},
		{"POST", "/transporter/x", 405},
		{"GET", "/kommuner", 404},
		{"POST", "/avfallstyper", 404},
		{"GET", "", 404},
		{"GET", "/", 404},
	} {
		if got := d.call(c.method, c.path, nil); got.status != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, got.status, c.want)
		}
	}
}

func TestCertificateIsRequired(t *testing.T) {
	registry, d := open(t, sim.Options{})
	stranger, err := sim.NewAuthority(sim.ECDSA)
	if err != nil {
		t.Fatal(err)
	}
	forged, err := stranger.ClientCertificate(companyA, "Testbolag")
	if err != nil {
		t.Fatal(err)
	}
	for name, certificates := range map[string][]tls.Certificate{"none": nil, "of another authority": {forged}} {
		client := httpsClient(registry, certificates...)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.url+sim.BasePath+"/transportsatt", nil)
		if err != nil {
			t.Fatal(err)
		}
		if response, err := client.Do(request); err == nil {
			t.Errorf("certificate %s: answered %d", name, response.StatusCode)
			_ = response.Body.Close()
		}
	}
}

func TestCertificateMissingAtTheGateway(t *testing.T) {
	registry, d := open(t, sim.Options{CertificateAtGateway: true})
	d.client = httpsClient(registry)
	if got := d.call("GET", "/transportsatt", nil); got.status != 401 {
		t.Errorf("without certificate: %d %s", got.status, got.body)
	}
}

func TestIdentityFromTheApplication(t *testing.T) {
	_, d := open(t, sim.Options{Identity: sim.FromApplication, AppOrgnr: companyB})
	wantCodes(t, d.call("POST", "/transporter", transport()), 1023, 1012, 4031, 4033, 4035, 4037)
	d.take("POST", "/transporter", transport(m{"verksamhetsutovare": companyB}))
	if _, err := sim.New(sim.Options{Identity: sim.FromApplication, SuccessStatus: 204}); err == nil ||
		!strings.Contains(err.Error(), "204") || !strings.Contains(err.Error(), "application") {
		t.Errorf("contradicting options: %v", err)
	}
}

func TestQuota(t *testing.T) {
	now := morning
	registry, d := open(t, sim.Options{
		Quota: sim.Quota{Calls: 3, Per: 10 * time.Second}, Now: func() time.Time { return now },
	})
	for range 3 {
		d.take("POST", "/transporter", transport())
		now = now.Add(time.Second)
	}
	got := d.call("POST", "/transporter", transport())
	if got.status != 429 || got.header.Get("Retry-After") != "7" {
		t.Errorf("fourth call: %d, Retry-After %q", got.status, got.header.Get("Retry-After"))
	}
	now = now.Add(7 * time.Second)
	d.take("POST", "/transporter", transport())
	want := sim.Counters{Served: 4, Refused: 1, MaxInWindow: 4}
	if got := registry.Counters(); got != want {
		t.Errorf("counters %+v, want %+v", got, want)
	}
	if n := len(registry.Notes()); n != 4 {
		t.Errorf("records hold %d notes, want 4", n)
	}
}

func TestQuotaWithoutRetryAfter(t *testing.T) {
	_, d := open(t, sim.Options{Quota: sim.Quota{Calls: 1, SilentRefusal: true}})
	d.take("POST", "/transporter", transport())
	if got := d.call("POST", "/transporter", transport()); got.status != 429 || got.header.Get("Retry-After") != "" {
		t.Errorf("second call: %d %v", got.status, got.header)
	}
}

func TestOrganisationCertificate(t *testing.T) {
	for _, kind := range []sim.KeyKind{sim.ECDSA, sim.RSA2048} {
		authority, err := sim.NewAuthority(kind)
		if err != nil {
			t.Fatal(err)
		}
		issued, err := authority.ClientCertificate(companyA, "Testbolag 1")
		if err != nil {
			t.Fatal(err)
		}
		leaf := issued.Leaf
		if leaf.Subject.SerialNumber != "16"+companyA || leaf.Subject.CommonName != "Testbolag 1" {
			t.Errorf("subject %s", leaf.Subject)
		}
		var names pkix.RDNSequence
		if _, err := asn1.Unmarshal(leaf.RawSubject, &names); err != nil {
			t.Fatal(err)
		}
		if last := names[len(names)-1]; len(last) != 2 {
			t.Errorf("common name and serial number are not one relative name: %v", names)
		}
		for _, usage := range []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth} {
			if _, err := leaf.Verify(x509.VerifyOptions{Roots: authority.Pool(), KeyUsages: []x509.ExtKeyUsage{usage}}); err != nil {
				t.Errorf("usage %d: %v", usage, err)
			}
		}
		certPEM, keyPEM, err := sim.PEM(issued)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tls.X509KeyPair(certPEM, keyPEM); err != nil {
			t.Errorf("PEM: %v", err)
		}
	}
	authority, _ := sim.NewAuthority(sim.ECDSA)
	if _, err := authority.ClientCertificate("556000-0167", "Testbolag 1"); err == nil {
		t.Error("a number with hyphen was certified")
	}
}

func TestAuthorityKeptInAFolder(t *testing.T) {
	dir := t.TempDir()
	open := func() (ca string, client []byte) {
		authority, err := sim.OpenAuthority(dir, sim.ECDSA)
		if err != nil {
			t.Fatal(err)
		}
		issued, err := authority.ClientCertificate(companyA, "Testbolag 1")
		if err != nil {
			t.Fatal(err)
		}
		return string(authority.CertificatePEM()), issued.Certificate[0]
	}
	ca, client := open()
	again, clientAgain := open()
	if ca != again || string(client) != string(clientAgain) {
		t.Error("a reopened authority has other certificates")
	}
}
