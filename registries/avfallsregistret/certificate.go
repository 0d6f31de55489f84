package avfallsregistret

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"sluss"
)

// CertificateEnds is when our certificate, or the first certificate in its chain,
// expires. From then on every call returns sluss.ErrOperator. An issuer needs days
// for a new one, so a caller should warn weeks ahead.
func (c *Client) CertificateEnds() time.Time { return c.ends }

// ends is when the first certificate of the chain expires.
func ends(certificate tls.Certificate, leaf *x509.Certificate) time.Time {
	first := leaf.NotAfter
	for _, der := range certificate.Certificate[1:] {
		if above, err := x509.ParseCertificate(der); err == nil && above.NotAfter.Before(first) {
			first = above.NotAfter
		}
	}
	return first
}

// certificate reads the organisation certificate with its key. The content of the
// file decides whether it is read as PKCS#12 or PEM.
func (c Config) certificate() (tls.Certificate, error) {
	if c.CertificateFile == "" {
		return tls.Certificate{}, errors.New("certificate_file: is missing: name the file of the organisation certificate, PKCS#12 (.p12, .pfx) as its issuer delivers it, or PEM with certificate_key_file")
	}
	data, err := os.ReadFile(c.CertificateFile)
	switch {
	case err != nil:
		return tls.Certificate{}, fmt.Errorf("certificate_file: %w", err)
	case !bytes.Contains(data, []byte("-----BEGIN ")):
		return c.bundle(data)
	case c.CertificateKeyFile == "":
		return tls.Certificate{}, errors.New("certificate_key_file: is missing: name the PEM file of the certificate's key, or give the certificate as PKCS#12, which holds its key")
	}
	pair, err := tls.LoadX509KeyPair(c.CertificateFile, c.CertificateKeyFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("certificate_file, certificate_key_file: %w", err)
	}
	return pair, nil
}

// bundle reads the certificate, its key and its chain from PKCS#12.
func (c Config) bundle(data []byte) (tls.Certificate, error) {
	password, err := c.password()
	if err != nil {
		return tls.Certificate{}, err
	}
	key, leaf, chain, err := pkcs12.DecodeChain(data, password)
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword):
		return tls.Certificate{}, fmt.Errorf("certificate_password_file: is not the password of %s: name the file that holds it, or set %s", c.CertificateFile, PasswordVariable)
	case err != nil:
		return tls.Certificate{}, fmt.Errorf("certificate_file: %s is neither PEM nor PKCS#12 with one certificate and its key: %w", c.CertificateFile, err)
	}
	certificate := tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}
	for _, above := range chain {
		certificate.Certificate = append(certificate.Certificate, above.Raw)
	}
	return certificate, nil
}

// password is the password of the PKCS#12 file; empty if none is configured.
func (c Config) password() (string, error) {
	if value, set := os.LookupEnv(PasswordVariable); set {
		return value, nil
	}
	if c.CertificatePasswordFile == "" {
		return "", nil
	}
	data, err := os.ReadFile(c.CertificatePasswordFile)
	if err != nil {
		return "", fmt.Errorf("certificate_password_file: %w", err)
	}
	return strings.TrimRight(string(data), "\r\n"), nil
}

func (c Config) authorities() (*x509.CertPool, error) {
	if c.AuthorityFile == "" {
		return nil, nil //nolint:nilnil // the machine's own
	}
	pem, err := os.ReadFile(c.AuthorityFile)
	if err != nil {
		return nil, fmt.Errorf("authority_file: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("authority_file: %s holds no certificate in PEM", c.AuthorityFile)
	}
	return pool, nil
}

// expired returns an error if our own certificate is not valid now.
func (c *Client) expired(now time.Time) error {
	if now.Before(c.begins) || now.After(c.ends) {
		return fmt.Errorf("%w: the client certificate is valid from %s to %s: replace it with a new one",
			sluss.ErrOperator, c.begins.Format(time.DateOnly), c.ends.Format(time.DateOnly))
	}
	return nil
}
