package avfallsregistret

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"

	"sluss"
	"sluss/quota"
)

// Config is the part of the configuration that is about this register. Secrets
// are in files of their own, or in the environment.
type Config struct {
	// Environment is "production" or "test"; there is no default. It says where
	// the register is, unless base_url and token_url say otherwise, and whether
	// it may be asked what it has.
	Environment string `yaml:"environment"`
	BaseURL     string `yaml:"base_url"`
	TokenURL    string `yaml:"token_url"`
	// CertificateFile and CertificateKeyFile are PEM: the organisation
	// certificate, with the rest of its chain behind it, and its key.
	CertificateFile    string `yaml:"certificate_file"`
	CertificateKeyFile string `yaml:"certificate_key_file"`
	// AuthorityFile is PEM: who vouches for the register, if not the authorities
	// that the machine trusts.
	AuthorityFile string `yaml:"authority_file"`
	// KeyFile and SecretFile hold key and secret of the OAuth2 application; the
	// environment's SLUSS_AVFALLSREGISTRET_KEY and _SECRET go before them.
	KeyFile    string `yaml:"key_file"`
	SecretFile string `yaml:"secret_file"`
	// Reporter is the organisation of the certificate.
	Reporter Reporter `yaml:"reporter"`
	SystemID string   `yaml:"system_id"` // default DefaultSystemID
	// Quota limits our calls, such as "600/1m". The register publishes no limit
	// ("Unlimited"), so there is none unless it is set.
	Quota string `yaml:"quota"`
}

// Reporter is whom the register knows us as. It stands as the agent in every
// note whose duty is another party's.
type Reporter struct {
	ID      string  `yaml:"id"` // organisation number, ten digits
	Name    string  `yaml:"name"`
	Contact Contact `yaml:"contact"`
}

// Contact is the person whom the register may ask.
type Contact struct {
	Name  string `yaml:"name"`
	Phone string `yaml:"phone"`
	Email string `yaml:"email"`
}

// The environment variables that go before key_file and secret_file.
const (
	KeyVariable    = "SLUSS_AVFALLSREGISTRET_KEY"
	SecretVariable = "SLUSS_AVFALLSREGISTRET_SECRET"
)

var hosts = map[string]string{
	"production": "https://apim.naturvardsverket.se",
	"test":       "https://apimtest.naturvardsverket.se",
}

// Open makes the client that the configuration describes, and its limits. It
// calls nobody. The error names every fault at once.
func (c Config) Open() (*Client, []quota.Limit, error) {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	host, known := hosts[c.Environment]
	if !known {
		fault("environment: %q is neither production nor test: say which of the register's environments the certificate and key are for", c.Environment)
	}
	o := Options{
		BaseURL: c.BaseURL, TokenURL: c.TokenURL, Readable: c.Environment == "test", SystemID: c.SystemID,
		Reporter: sluss.Party{
			ID: c.Reporter.ID, Country: "SE", Name: c.Reporter.Name,
			Contact: sluss.Contact{Name: c.Reporter.Contact.Name, Phone: c.Reporter.Contact.Phone, Email: c.Reporter.Contact.Email},
		},
	}
	if o.BaseURL == "" {
		o.BaseURL = host + "/btfa/anteckning/v1"
	}
	if o.TokenURL == "" {
		o.TokenURL = tokenURL(o.BaseURL)
	}
	var err error
	if o.Certificate, err = c.certificate(); err != nil {
		faults = append(faults, err)
	}
	if o.Authorities, err = c.authorities(); err != nil {
		faults = append(faults, err)
	}
	if o.Key, err = secret("key_file", c.KeyFile, KeyVariable); err != nil {
		faults = append(faults, err)
	}
	if o.Secret, err = secret("secret_file", c.SecretFile, SecretVariable); err != nil {
		faults = append(faults, err)
	}
	var limits []quota.Limit
	if c.Quota != "" {
		limit, err := quota.ParseLimit(c.Quota)
		if err != nil {
			fault("quota: %w", err)
		}
		limits = append(limits, limit)
	}
	if len(faults) > 0 { // New's own faults about these would only repeat them
		faults = append(faults, checkReporter(normal(o.Reporter))...)
		return nil, nil, fmt.Errorf("registry avfallsregistret: %w", errors.Join(faults...))
	}
	client, err := New(o)
	if err != nil {
		return nil, nil, fmt.Errorf("registry avfallsregistret: %w", err)
	}
	return client, limits, nil
}

func normal(p sluss.Party) sluss.Party {
	p.ID = orgnr(p.ID)
	return p
}

// tokenURL is the token endpoint of the gateway that serves the API.
func tokenURL(base string) string {
	scheme, rest, _ := strings.Cut(base, "://")
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host + "/oauth2/token"
}

func (c Config) certificate() (tls.Certificate, error) {
	var faults []error
	if c.CertificateFile == "" {
		faults = append(faults, errors.New("certificate_file: is missing: name the PEM file of the organisation certificate (from PKCS#12: openssl pkcs12 -in FILE -clcerts -nokeys)"))
	}
	if c.CertificateKeyFile == "" {
		faults = append(faults, errors.New("certificate_key_file: is missing: name the PEM file of its key (from PKCS#12: openssl pkcs12 -in FILE -nocerts -nodes)"))
	}
	if err := errors.Join(faults...); err != nil {
		return tls.Certificate{}, err
	}
	pair, err := tls.LoadX509KeyPair(c.CertificateFile, c.CertificateKeyFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("certificate_file, certificate_key_file: %w", err)
	}
	return pair, nil
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

func secret(field, file, variable string) (string, error) {
	if value := strings.TrimSpace(os.Getenv(variable)); value != "" {
		return value, nil
	}
	if file == "" {
		return "", fmt.Errorf("%s: is missing: name the file that holds it, or set %s", field, variable)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s: %w", field, err)
	}
	value := strings.TrimSpace(string(data))
	if value == "" {
		return "", fmt.Errorf("%s: %s is empty", field, file)
	}
	return value, nil
}
