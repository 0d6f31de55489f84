package avfallsregistret

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// KeyKind is the kind of key in the certificates of an authority.
type KeyKind int

// ECDSA keys (P-256) are made at once; RSA2048 is what the real certificates carry.
const (
	ECDSA KeyKind = iota
	RSA2048
)

// Authority is the simulator's own certificate authority. It issues organisation
// certificates, like the approved issuer, and the certificate of the registry's
// server. It is safe for concurrent use.
type Authority struct {
	mu   sync.Mutex
	kind KeyKind
	dir  string
	cert *x509.Certificate
	key  crypto.Signer
}

const certificateLife = 10 * 365 * 24 * time.Hour

// NewAuthority makes an authority that lives in memory.
func NewAuthority(kind KeyKind) (*Authority, error) {
	a := &Authority{kind: kind}
	if err := a.found(); err != nil {
		return nil, fmt.Errorf("make the authority: %w", err)
	}
	return a, nil
}

// OpenAuthority reads the authority in dir (ca.pem, ca-key.pem), and creates it if it
// is missing. The certificates that it issues are stored there too (server.pem,
// client-<orgnr>.pem and their -key.pem) and returned again, so that a restarted
// demonstration keeps its certificates. The keys are readable by their owner only.
func OpenAuthority(dir string, kind KeyKind) (*Authority, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open the authority: %w", err)
	}
	a := &Authority{kind: kind, dir: dir}
	kept, err := a.load("ca")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := a.found(); err != nil {
			return nil, fmt.Errorf("make the authority: %w", err)
		}
		if err := a.save("ca", tls.Certificate{Certificate: [][]byte{a.cert.Raw}, PrivateKey: a.key}); err != nil {
			return nil, fmt.Errorf("keep the authority: %w", err)
		}
		return a, nil
	case err != nil:
		return nil, fmt.Errorf("open the authority: %w", err)
	}
	signer, ok := kept.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("open the authority: the key in %s cannot sign", filepath.Join(dir, "ca-key.pem"))
	}
	a.cert, a.key = kept.Leaf, signer
	return a, nil
}

func (a *Authority) found() error {
	key, err := a.newKey()
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{Country: []string{"SE"}, Organization: []string{"Sluss"}, CommonName: "Simulated EID CA"},
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	a.key = key
	a.cert, err = a.sign(template, template, key.Public())
	return err
}

func (a *Authority) newKey() (crypto.Signer, error) {
	if a.kind == RSA2048 {
		return rsa.GenerateKey(rand.Reader, 2048)
	}
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

func (a *Authority) sign(template, parent *x509.Certificate, public crypto.PublicKey) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	template.NotBefore = time.Now().Add(-time.Hour)
	template.NotAfter = template.NotBefore.Add(certificateLife)
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, a.key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// ServerCertificate is for 127.0.0.1, ::1, localhost and the further hosts.
func (a *Authority) ServerCertificate(hosts ...string) (tls.Certificate, error) {
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: "Simulated Avfallsregistret"},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:    []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	name := strings.Join(append([]string{"server"}, hosts...), "-")
	return a.issue(strings.NewReplacer(":", "_", "/", "_").Replace(name), template)
}

// ClientCertificate is an organisation certificate as the registry requires it:
// Subject serialNumber "16" and the ten digits
// of orgnr in one relative name together with the common name, for server and client authentication.
func (a *Authority) ClientCertificate(orgnr, name string) (tls.Certificate, error) {
	if !tenDigits.MatchString(orgnr) {
		return tls.Certificate{}, fmt.Errorf("organisation number %q: want ten digits without hyphen", orgnr)
	}
	subject, err := asn1.Marshal(pkix.RDNSequence{
		{{Type: asn1.ObjectIdentifier{2, 5, 4, 6}, Value: "SE"}},
		{{Type: asn1.ObjectIdentifier{2, 5, 4, 10}, Value: name}},
		{
			{Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Value: name},
			{Type: asn1.ObjectIdentifier{2, 5, 4, 5}, Value: "16" + orgnr},
		},
	})
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("name the holder %q: %w", name, err)
	}
	return a.issue("client-"+orgnr, &x509.Certificate{
		RawSubject:  subject,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	})
}

func (a *Authority) issue(name string, template *x509.Certificate) (tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.dir != "" {
		kept, err := a.load(name)
		if !errors.Is(err, fs.ErrNotExist) {
			return kept, err
		}
	}
	key, err := a.newKey()
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("issue %s: %w", name, err)
	}
	leaf, err := a.sign(template, a.cert, key.Public())
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("issue %s: %w", name, err)
	}
	issued := tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}
	if a.dir == "" {
		return issued, nil
	}
	if err := a.save(name, issued); err != nil {
		return tls.Certificate{}, fmt.Errorf("keep %s: %w", name, err)
	}
	return issued, nil
}

func (a *Authority) files(name string) (cert, key string) {
	return filepath.Join(a.dir, name+".pem"), filepath.Join(a.dir, name+"-key.pem")
}

func (a *Authority) load(name string) (tls.Certificate, error) {
	return tls.LoadX509KeyPair(a.files(name))
}

func (a *Authority) save(name string, certificate tls.Certificate) error {
	certPEM, keyPEM, err := PEM(certificate)
	if err != nil {
		return err
	}
	certFile, keyFile := a.files(name)
	if err := os.WriteFile(keyFile, keyPEM, 0o600); err != nil {
		return err
	}
	return os.WriteFile(certFile, certPEM, 0o600)
}

// Pool has the authority's own certificate, which a client of the simulator must trust.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

// CertificatePEM is the authority's own certificate in PEM.
func (a *Authority) CertificatePEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// PEM encodes a certificate and its key (PKCS #8).
func PEM(certificate tls.Certificate) (certPEM, keyPEM []byte, err error) {
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		return nil, nil, fmt.Errorf("encode the key: %w", err)
	}
	for _, der := range certificate.Certificate {
		certPEM = append(certPEM, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return certPEM, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), nil
}
