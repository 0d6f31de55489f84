package trackdechets

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sluss/quota"
	"sluss/registries/numbers"
	"sluss/registries/trackdechets/calls"
)

// Addresses of the service, by the environments of Config. GraphQL is on their root.
var addresses = map[string]string{
	production: "https://api.trackdechets.beta.gouv.fr/",
	test:       "https://api.sandbox.trackdechets.beta.gouv.fr/",
}

const (
	production = "production"
	test       = "test"

	publishedQuota = "1000/1m" // per IP address, all companies together
)

// Config is the part of the configuration about Trackdéchets. Tokens are never in it: it
// names the files that hold them, and the environment variable
// SLUSS_TRACKDECHETS_TOKEN_<SIRET> overrides a file.
type Config struct {
	// Environment is "production" or "test" (the sandbox). There is no default.
	Environment string `yaml:"environment"`
	// BaseURL is the address of the service, where it is not the environment's own; with it
	// Environment may be left out. Plain http is for this machine and for the test
	// environment only.
	BaseURL string `yaml:"base_url"`
	// TokensDir is a folder with one file per company, named by its SIRET (00000000283366,
	// or 00000000283366.token; a foreign transporter's by its VAT number). Other files are
	// left alone.
	TokensDir string `yaml:"tokens_dir"`
	// Tokens are files by SIRET; each overrides a file of TokensDir.
	Tokens map[string]string `yaml:"tokens"`
	// Quota is what the service allows this machine's address, as quota.ParseLimits reads
	// it; empty means the published 1000/1m. The first limit is the service's own, which its
	// counters tell of.
	Quota string `yaml:"quota"`
	// Follow is how often documents are asked for that others have changed, such as 5m,
	// which it is where this is empty; "off": never.
	Follow string `yaml:"follow"`
	// Webhook has Trackdéchets tell of changes at once; empty: they are found by asking
	// only.
	Webhook HookConfig `yaml:"webhook"`
}

// HookConfig is where Trackdéchets tells of changes.
type HookConfig struct {
	// URL is the public address of /hooks/trackdechets of our API, with https.
	URL string `yaml:"url"`
	// TokenFile holds what comes with each delivery, 20 to 100 characters;
	// SLUSS_TRACKDECHETS_WEBHOOK_TOKEN in the environment overrides it.
	TokenFile string `yaml:"token_file"`
}

// Open makes the client and says what the service allows. The error names every fault of
// the configuration at once.
func (c Config) Open() (*Client, []quota.Limit, error) {
	address, wrongAddress := c.address()
	tokens, wrongTokens := c.tokens(os.Environ())
	limits, wrongQuota := quota.ParseLimits(cmp.Or(c.Quota, publishedQuota))
	if wrongQuota != nil {
		wrongQuota = fmt.Errorf("quota: %w", wrongQuota)
	}
	following, wrongSync := c.sync()
	if err := errors.Join(wrongAddress, wrongTokens, wrongQuota, wrongSync); err != nil {
		return nil, nil, err
	}
	return New(Options{URL: address, Tokens: tokens, Window: limits[0].Per, TestCompanies: c.Environment != production, Sync: following}), limits, nil
}

func (c Config) address() (string, error) {
	own, known := addresses[c.Environment]
	address := cmp.Or(c.BaseURL, own)
	switch {
	case c.Environment == "" && address == "":
		return "", errors.New("environment: is missing: write production or test")
	case c.Environment != "" && !known:
		return "", errors.Join(fmt.Errorf("environment: %q is unknown: write production or test", c.Environment), c.checkURL(address))
	}
	return address, c.checkURL(address)
}

func (c Config) checkURL(address string) error {
	if address == "" {
		return nil
	}
	parsed, err := url.Parse(address)
	switch {
	case err != nil || !isWeb(parsed):
		return fmt.Errorf("base_url: %q is not an address such as %s", address, addresses[test])
	case parsed.User != nil || parsed.RawQuery != "":
		return errors.New("base_url: must hold no credentials and no query")
	case parsed.Scheme == "http" && c.Environment != test && !onThisMachine(parsed.Hostname()):
		return fmt.Errorf("base_url: %q would carry tokens in the clear: use https", address)
	}
	return nil
}

func isWeb(u *url.URL) bool { return u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") }

func onThisMachine(host string) bool {
	address := net.ParseIP(host)
	return host == "localhost" || address != nil && address.IsLoopback()
}

var tokenShape = regexp.MustCompile(`^[!-~]{8,500}$`) // real ones have 40 characters

// isCompany tells whether a token can be a company's of that number: a foreign
// transporter has its VAT number instead of a SIRET.
func isCompany(number string) bool {
	return numbers.IsSIRET(number, true) || numbers.IsPlain(numbers.VAT, number)
}

// tokens reads every token, by SIRET: from the folder, the named files and the
// environment, of which the latter override the former.
func (c Config) tokens(environment []string) (map[string]string, error) {
	tokens := map[string]string{}
	files, err := c.tokenFiles()
	wrong := []error{err}
	take := func(siret, origin, token string) {
		if token = strings.TrimSpace(token); tokenShape.MatchString(token) {
			tokens[siret] = token
			return
		}
		wrong = append(wrong, fmt.Errorf("%s: does not hold a token alone (8 to 500 characters on one line)", origin))
	}
	for _, setting := range environment {
		name, token, _ := strings.Cut(setting, "=")
		siret, ours := strings.CutPrefix(name, calls.TokenVariable)
		switch {
		case !ours:
		case !isCompany(siret):
			wrong = append(wrong, fmt.Errorf("%s: does not end on a SIRET of 14 digits", name))
		default:
			delete(files, siret)
			take(siret, name, token)
		}
	}
	for _, siret := range slices.Sorted(maps.Keys(files)) {
		file := files[siret]
		raw, err := os.ReadFile(file)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("token of %s: %w", siret, err))
			continue
		}
		take(siret, file, string(raw))
	}
	err = errors.Join(wrong...)
	if len(tokens) == 0 && err == nil {
		err = fmt.Errorf("no token: name a folder in tokens_dir or files in tokens, or set %s<SIRET>", calls.TokenVariable)
	}
	return tokens, err
}

// tokenFiles are the files that hold tokens, by SIRET.
func (c Config) tokenFiles() (map[string]string, error) {
	files := map[string]string{}
	var wrong []error
	if c.TokensDir != "" {
		entries, err := os.ReadDir(c.TokensDir)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("tokens_dir: %w", err))
		}
		for _, entry := range entries {
			if siret := strings.TrimSuffix(entry.Name(), ".token"); isCompany(siret) {
				files[siret] = filepath.Join(c.TokensDir, entry.Name())
			}
		}
	}
	for siret, file := range c.Tokens {
		if !isCompany(siret) {
			wrong = append(wrong, fmt.Errorf("tokens: %q is not a SIRET of 14 digits", siret))
			continue
		}
		files[siret] = file
	}
	return files, errors.Join(wrong...)
}
