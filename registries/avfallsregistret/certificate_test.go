package avfallsregistret

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"sluss"
	sim "sluss/simulators/avfallsregistret"
)

// bundled writes a certificate with its key and its issuer's certificate into the
// folder as PKCS#12, and the password into another file.
func bundled(t *testing.T, folder string, encoder *pkcs12.Encoder, password string) tls.Certificate {
	t.Helper()
	authority, err := sim.NewAuthority(sim.RSA2048)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := authority.ClientCertificate("5560069618", "R")
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(authority.CertificatePEM())
	issuer, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	data, err := encoder.Encode(certificate.PrivateKey, certificate.Leaf, []*x509.Certificate{issuer}, password)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"org.p12": data, "password": []byte(password + "\r\n")} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certificate
}

const inBundle = `certificate_file: DIR/org.p12
certificate_password_file: DIR/password
`

func withBundle(folder string) string {
	text := strings.Replace(complete, "certificate_file: DIR/cert.pem\ncertificate_key_file: DIR/key.pem\n", inBundle, 1)
	return strings.ReplaceAll(text, "DIR", folder)
}

func TestCertificateAsItsIssuerDeliversIt(t *testing.T) {
	for name, encoder := range map[string]*pkcs12.Encoder{
		"modern": pkcs12.Modern, "triple DES": pkcs12.LegacyDES, "RC2": pkcs12.LegacyRC2,
	} {
		t.Run(name, func(t *testing.T) {
			folder := files(t)
			certificate := bundled(t, folder, encoder, "hemligt lösenord")
			client, _, err := configured(t, withBundle(folder)).Open()
			if err != nil {
				t.Fatal(err)
			}
			if ends := client.CertificateEnds(); ends.After(certificate.Leaf.NotAfter) || ends.Before(certificate.Leaf.NotAfter.Add(-time.Minute)) {
				t.Errorf("ends %s, the leaf %s", ends, certificate.Leaf.NotAfter)
			}
			loaded, err := configured(t, withBundle(folder)).certificate()
			if err != nil || len(loaded.Certificate) != 2 || !loaded.Leaf.Equal(certificate.Leaf) {
				t.Errorf("%d certificates, %v", len(loaded.Certificate), err)
			}
		})
	}
}

func TestCertificateFilesOfNoUse(t *testing.T) {
	folder := files(t)
	bundled(t, folder, pkcs12.Modern, "right")
	for name, c := range map[string]struct {
		change []string
		env    string
		want   string // empty: it opens
	}{
		"password of the environment":   {[]string{"certificate_password_file: " + folder + "/password\n", ""}, "right", ""},
		"environment before the file":   {nil, "wrong", "is not the password"},
		"wrong password":                {[]string{folder + "/password", folder + "/app-key"}, "", "certificate_password_file: is not the password"},
		"no password":                   {[]string{"certificate_password_file: " + folder + "/password\n", ""}, "", PasswordVariable},
		"no such password file":         {[]string{folder + "/password", folder + "/none"}, "", "certificate_password_file: open"},
		"no such file":                  {[]string{folder + "/org.p12", folder + "/none"}, "", "certificate_file: open"},
		"neither PEM nor PKCS#12":       {[]string{folder + "/org.p12", folder + "/app-key"}, "", "neither PEM nor PKCS#12"},
		"PEM without the file of a key": {[]string{folder + "/org.p12", folder + "/cert.pem"}, "", "certificate_key_file: is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.env != "" {
				t.Setenv(PasswordVariable, c.env)
			}
			_, _, err := configured(t, strings.NewReplacer(c.change...).Replace(withBundle(folder))).Open()
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "abc") {
				t.Errorf("tells a secret: %v", err)
			}
		})
	}
}

// If an issuer's certificate expires first, ours is of no use from then on.
func TestCertificateEndsWithItsChain(t *testing.T) {
	certificate := selfSigned(t)
	short, err := x509.ParseCertificate(selfSigned(t).Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	leaf := *certificate.Leaf
	leaf.NotAfter = short.NotAfter.Add(time.Hour)
	certificate.Leaf = &leaf
	certificate.Certificate = append(certificate.Certificate, short.Raw)
	c, err := New(Options{
		BaseURL: "https://127.0.0.1:1/b", TokenURL: "https://127.0.0.1:1/c", Key: "k", Secret: "s", Certificate: certificate,
		Reporter: sluss.Party{ID: "5560069618", Name: "R", Contact: sluss.Contact{Name: "C", Phone: "1", Email: "c@r.example"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !c.CertificateEnds().Equal(short.NotAfter) {
		t.Errorf("ends %s, the chain %s", c.CertificateEnds(), short.NotAfter)
	}
}

// Certificate, key and secret are for one environment: an address of the other is
// refused, in base_url and in token_url.
func TestEnvironmentsAreNotConfused(t *testing.T) {
	folder := files(t)
	for name, c := range map[string]struct {
		environment, lines string
		want               string
	}{
		"test, by name":          {"test", "", ""},
		"production, by name":    {"production", "", ""},
		"test at production":     {"test", "base_url: https://apim.naturvardsverket.se/btfa/anteckning/v1\n", "base_url"},
		"production at test":     {"production", "base_url: https://APIMTEST.naturvardsverket.se:443/btfa/anteckning/v1\n", "base_url"},
		"tokens of the other":    {"production", "token_url: https://apimtest.naturvardsverket.se/oauth2/token\n", "token_url"},
		"an address of our own":  {"production", "base_url: https://127.0.0.1:8443/btfa/anteckning/v1\n", ""},
		"no environment":         {"", "", "neither production nor test"},
		"environment misspelled": {"Production", "", "neither production nor test"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.NewReplacer("DIR", folder, "environment: test", "environment: "+c.environment).Replace(complete) + c.lines
			client, _, err := configured(t, text).Open()
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if err == nil && client.readable != (c.environment == "test") {
				t.Errorf("readable: %v", client.readable)
			}
		})
	}
}
