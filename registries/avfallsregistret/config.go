package avfallsregistret

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"sluss"
	"sluss/quota"
)

// Config is the part of the configuration for this registry. Secrets are in
// separate files or in the environment.
type Config struct {
	// Environment is "production" or "test"; there is no default. It decides the
	// registry's address, unless base_url and token_url give another, and whether
	// the registry can be asked what it has.
	Environment string `yaml:"environment"`
	BaseURL     string `yaml:"base_url"`
	TokenURL    string `yaml:"token_url"`
	// CertificateFile is the organisation certificate: PKCS#12 as its issuer
	// delivers it (.p12, .pfx), which holds the key as well and whose password is
	// in CertificatePasswordFile; or PEM, with the rest of its chain behind it and
	// its key in CertificateKeyFile. The environment variable
	// SLUSS_AVFALLSREGISTRET_CERTIFICATE_PASSWORD overrides the file of the password.
	CertificateFile         string `yaml:"certificate_file"`
	CertificateKeyFile      string `yaml:"certificate_key_file"`
	CertificatePasswordFile string `yaml:"certificate_password_file"`
	// AuthorityFile is a PEM file of the authorities that the registry's certificate
	// is checked against; empty: those that the machine trusts.
	AuthorityFile string `yaml:"authority_file"`
	// KeyFile and SecretFile hold key and secret of the OAuth2 application. The
	// environment variables SLUSS_AVFALLSREGISTRET_KEY and _SECRET override them.
	KeyFile    string `yaml:"key_file"`
	SecretFile string `yaml:"secret_file"`
	// Reporter is the organisation of the certificate.
	Reporter Reporter `yaml:"reporter"`
	SystemID string   `yaml:"system_id"` // default DefaultSystemID
	// Quota limits our calls, such as "600/1m". The registry publishes no limit
	// ("Unlimited"), so there is none unless it is set.
	Quota string `yaml:"quota"`
}

// Reporter is the organisation as which we report. It is the agent in every note of
// another party.
type Reporter struct {
	ID      string  `yaml:"id"` // organisation number, ten digits
	Name    string  `yaml:"name"`
	Contact Contact `yaml:"contact"`
}

// Contact is the person that the registry may contact.
type Contact struct {
	Name  string `yaml:"name"`
	Phone string `yaml:"phone"`
	Email string `yaml:"email"`
}

// The environment variables that override key_file, secret_file and
// certificate_password_file.
const (
	KeyVariable      = "SLUSS_AVFALLSREGISTRET_KEY"
	SecretVariable   = "SLUSS_AVFALLSREGISTRET_SECRET"
	PasswordVariable = "SLUSS_AVFALLSREGISTRET_CERTIFICATE_PASSWORD"
)

var hosts = map[string]string{
	"production": "https://apim.naturvardsverket.se",
	"test":       "https://apimtest.naturvardsverket.se",
}

// Open makes the client that the configuration describes, and its limits. It makes
// no calls. The error names every fault.
func (c Config) Open() (*Client, []quota.Limit, error) {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	host, known := hosts[c.Environment]
	if !known {
		fault("environment: %q is neither production nor test: say which of the registry's environments the certificate and key are for", c.Environment)
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
	faults = append(faults, c.ofOtherEnvironment("base_url", o.BaseURL), c.ofOtherEnvironment("token_url", o.TokenURL))
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
		if limits, err = quota.ParseLimits(c.Quota); err != nil {
			fault("quota: %w", err)
		}
	}
	if errors.Join(faults...) != nil { // New would only repeat these faults
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

// ofOtherEnvironment returns an error if an address belongs to the registry's other
// environment.
func (c Config) ofOtherEnvironment(field, address string) error {
	for environment, host := range hosts {
		if environment != c.Environment && strings.EqualFold(hostOf(address), hostOf(host)) {
			return fmt.Errorf("%s: %s is the registry's %s environment, but environment is %q: certificate, key and secret are valid in one of them only", field, address, environment, c.Environment)
		}
	}
	return nil
}

// hostOf is the host of an address, without its port.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// tokenURL is the token endpoint of the gateway that serves the API.
func tokenURL(base string) string {
	scheme, rest, _ := strings.Cut(base, "://")
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host + "/oauth2/token"
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
