package avfallsregistret

import (
	"crypto/tls"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"sluss"
	"sluss/quota"
	sim "sluss/simulators/avfallsregistret"
)

func selfSigned(t testing.TB) tls.Certificate {
	t.Helper()
	authority, err := sim.NewAuthority(sim.ECDSA)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := authority.ClientCertificate("5560069618", "R")
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

// files are a certificate, a key and two secrets in a folder.
func files(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	certificate, key, err := sim.PEM(selfSigned(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"cert.pem": certificate, "key.pem": key, "app-key": []byte("abc\n"), "app-secret": []byte("def\n"), "empty": nil,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

const complete = `
environment: test
certificate_file: DIR/cert.pem
certificate_key_file: DIR/key.pem
authority_file: DIR/cert.pem
key_file: DIR/app-key
secret_file: DIR/app-secret
reporter:
  id: 556006-9618
  name: Mälarens Oljeraffinaderi AB
  contact: {name: Cecilia Berg, phone: 021-123456, email: cecilia.berg@malaren.example}
system_id: Works-2.1
quota: 600/1m
`

func configured(t *testing.T, text string) Config {
	t.Helper()
	var c Config
	decoder := yaml.NewDecoder(strings.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestConfigurationOpens(t *testing.T) {
	folder := files(t)
	client, limits, err := configured(t, strings.ReplaceAll(complete, "DIR", folder)).Open()
	if err != nil {
		t.Fatal(err)
	}
	if len(limits) != 1 || limits[0] != (quota.Limit{Calls: 600, Per: time.Minute}) {
		t.Errorf("limits %v", limits)
	}
	if client.baseURL != "https://apimtest.naturvardsverket.se/btfa/anteckning/v1" || client.tokenURL != "https://apimtest.naturvardsverket.se/oauth2/token" ||
		!client.readable || client.reporter.ID != "5560069618" || client.key != "abc" || client.secret != "def" || client.systemID != "Works-2.1" {
		t.Errorf("client %+v", client)
	}

	t.Setenv(KeyVariable, "from-environment")
	t.Setenv(SecretVariable, "this-too")
	text := strings.NewReplacer("DIR", folder, "environment: test", "environment: production", "quota: 600/1m", "", "app-", "no-such-").Replace(complete)
	client, limits, err = configured(t, text+"base_url: https://127.0.0.1:8443/btfa/anteckning/v1/\n").Open()
	if err != nil {
		t.Fatal(err)
	}
	if len(limits) != 0 || client.baseURL != "https://127.0.0.1:8443/btfa/anteckning/v1" || client.tokenURL != "https://127.0.0.1:8443/oauth2/token" ||
		client.readable || client.key != "from-environment" || client.secret != "this-too" {
		t.Errorf("client %+v, limits %v", client, limits)
	}
}

func TestConfigurationTellsAllFaultsAtOnce(t *testing.T) {
	folder := files(t)
	for name, c := range map[string]struct {
		config Config
		want   []string
	}{
		"nothing at all": {Config{}, []string{
			"registry avfallsregistret", "environment", "certificate_file", "certificate_key_file", "key_file", "SLUSS_AVFALLSREGISTRET_KEY",
			"secret_file", "reporter.id", "reporter.name", "reporter.contact.name", "reporter.contact.phone", "reporter.contact.email",
		}},
		"all wrong": {Config{
			Environment: "prod", CertificateFile: folder + "/cert.pem", CertificateKeyFile: folder + "/cert.pem", AuthorityFile: folder + "/app-key",
			KeyFile: folder + "/none", SecretFile: folder + "/empty", Reporter: Reporter{ID: "55"}, Quota: "many",
		}, []string{`"prod"`, "certificate_file, certificate_key_file", "authority_file", "key_file", "secret_file", "is empty", `"55"`, `limit "many"`}},
		"addresses": {Config{
			Environment: "test", CertificateFile: folder + "/cert.pem", CertificateKeyFile: folder + "/key.pem",
			KeyFile: folder + "/app-key", SecretFile: folder + "/app-secret", BaseURL: "http://registry/", TokenURL: "https://user:password@registry/",
			Reporter: Reporter{ID: "5560069618", Name: "R", Contact: Contact{"C", "1", "c@r.example"}},
		}, []string{"base_url", "token_url"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := c.config.Open()
			if err == nil {
				t.Fatal("opened")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("want %q in: %v", want, err)
				}
			}
		})
	}
}

func TestProductionIsNotRead(t *testing.T) {
	for base, wrong := range map[string]bool{hosts["production"] + "/btfa/anteckning/v1": true, hosts["test"] + "/btfa/anteckning/v1": false} {
		_, err := New(Options{
			BaseURL: base, TokenURL: tokenURL(base), Readable: true, Key: "k", Secret: "s", Certificate: selfSigned(t),
			Reporter: sluss.Party{ID: "5560069618", Name: "R", Contact: sluss.Contact{Name: "C", Phone: "1", Email: "c@r.example"}},
		})
		if (err != nil) != wrong || wrong && !strings.Contains(err.Error(), "production") {
			t.Errorf("%s: %v", base, err)
		}
	}
}

func TestExpiredCertificateIsTheOperators(t *testing.T) {
	certificate := selfSigned(t)
	certificate.Leaf.NotAfter = time.Now().Add(-time.Hour)
	c, err := New(Options{
		BaseURL: "https://127.0.0.1:1/b", TokenURL: "https://127.0.0.1:1/c", Key: "k", Secret: "s", Certificate: certificate,
		Reporter:    sluss.Party{ID: "5560069618", Name: "R", Contact: sluss.Contact{Name: "C", Phone: "1", Email: "c@r.example"}},
		Uncheckable: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	_, exchange, err := c.Submit(t.Context(), sluss.Submission{Content: sluss.Content{
		Declaration: sluss.Declaration{Legs: []sluss.Leg{{}}, Receiver: sluss.Party{Country: "SE"}, Producer: sluss.Party{Country: "SE"}},
		Obligation:  sluss.Obligation{ID: "se.reception", Report: sluss.ReportReception, Event: "received"},
		Events:      []sluss.Event{{Kind: sluss.Received, At: time.Now()}},
	}})
	if !errors.Is(err, sluss.ErrOperator) || !strings.Contains(err.Error(), "certificate is valid from") || exchange.Operation != "POST /behandlingsmottaganden" {
		t.Errorf("%v, %+v", err, exchange)
	}
}
