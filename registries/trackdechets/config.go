package trackdechets

import (
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
)

// Addresses of the service. GraphQL is on their root.
const (
	productionURL = "https://api.trackdechets.beta.gouv.fr/"
	testURL       = "https://api.sandbox.trackdechets.beta.gouv.fr/"
)

// Environments of Config.
const (
	environmentProduction = "production"
	environmentTest       = "test"
)

const (
	publishedQuota = "1000/1m" // per IP address, all organisations together
	tokenVariable  = "SLUSS_TRACKDECHETS_TOKEN_"
	hookVariable   = "SLUSS_TRACKDECHETS_WEBHOOK_TOKEN"
)

// Config is the part of the configuration about Trackdéchets. Tokens are never
// in it: it names the files that hold them, and the environment variable
// SLUSS_TRACKDECHETS_TOKEN_<SIRET> overrides a file.
type Config struct {
	// Environment is "production" or "test" (the sandbox). There is no default.
	Environment string `yaml:"environment"`
	// BaseURL is the address of the service, where it is not the environment's
	// own; with it Environment may be left out. Plain http is for this machine
	// and for the test environment only.
	BaseURL string `yaml:"base_url"`
	// TokensDir is a folder with one file per organisation, named by its SIRET
	// (00000000283366, or 00000000283366.token; a foreign transporter's by its
	// VAT number). Other files are left alone.
	TokensDir string `yaml:"tokens_dir"`
	// Tokens are files by SIRET; each goes before a file of TokensDir.
	Tokens map[string]string `yaml:"tokens"`
	// Quota is what the service allows this machine's address, as
	// quota.ParseLimits reads it; empty means the published 1000/1m. The first limit
	// is the service's own, which its counters tell of.
	Quota string `yaml:"quota"`
	// Follow is how often documents are asked for that others have changed, such as
	// 5m, which it is where this is empty; "off": never.
	Follow string `yaml:"follow"`
	// Webhook has Trackdéchets tell of changes at once; empty: they are found by
	// asking only.
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

// Open makes the client and says what the service allows. The error names
// every fault of the configuration at once.
func (c Config) Open() (*Client, []quota.Limit, error) {
	address, wrongAddress := c.address()
	tokens, wrongTokens := c.tokens(os.Environ())
	text := c.Quota
	if text == "" {
		text = publishedQuota
	}
	limits, wrongQuota := quota.ParseLimits(text)
	if wrongQuota != nil {
		wrongQuota = fmt.Errorf("quota: %w", wrongQuota)
	}
	following, wrongFollowing := c.following()
	if err := errors.Join(wrongAddress, wrongTokens, wrongQuota, wrongFollowing); err != nil {
		return nil, nil, err
	}
	return New(Options{
		URL: address, Tokens: tokens, Window: limits[0].Per, TestCompanies: c.Environment != environmentProduction, Following: following,
	}), limits, nil
}

func (c Config) address() (string, error) {
	var wrong []error
	address := c.BaseURL
	switch c.Environment {
	case environmentProduction, environmentTest:
		if address == "" {
			address = map[string]string{environmentProduction: productionURL, environmentTest: testURL}[c.Environment]
		}
	case "":
		if address == "" {
			return "", errors.New("environment: is missing: write production or test")
		}
	default:
		wrong = append(wrong, fmt.Errorf("environment: %q is unknown: write production or test", c.Environment))
	}
	return address, errors.Join(append(wrong, c.checkURL(address))...)
}

func (c Config) checkURL(address string) error {
	if address == "" {
		return nil
	}
	parsed, err := url.Parse(address)
	switch {
	case err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http":
		return fmt.Errorf("base_url: %q is not an address such as %s", address, testURL)
	case parsed.User != nil || parsed.RawQuery != "":
		return errors.New("base_url: must hold no credentials and no query")
	case parsed.Scheme == "http" && c.Environment != environmentTest && !onThisMachine(parsed.Hostname()):
		return fmt.Errorf("base_url: %q would carry tokens in the clear: use https", address)
	}
	return nil
}

func onThisMachine(host string) bool {
	address := net.ParseIP(host)
	return host == "localhost" || address != nil && address.IsLoopback()
}

var (
	tokenShape = regexp.MustCompile(`^[!-~]{8,500}$`) // real ones have 40 characters
)

// isCompany tells whether a token can be a company's of that number: a foreign
// transporter has its VAT number instead of a SIRET.
func isCompany(number string) bool {
	return numbers.IsSIRET(number, true) || numbers.IsPlain(numbers.VAT, number)
}

// tokens reads every token, by SIRET: from the folder, then the named files,
// then the environment, each before the former.
func (c Config) tokens(environment []string) (map[string]string, error) {
	tokens := map[string]string{}
	var wrong []error
	take := func(siret, origin, token string) {
		if token = strings.TrimSpace(token); !tokenShape.MatchString(token) {
			wrong = append(wrong, fmt.Errorf("%s: does not hold a token alone (8 to 500 characters on one line)", origin))
			return
		}
		tokens[siret] = token
	}
	overridden := map[string]bool{}
	for _, setting := range environment {
		if name, _, _ := strings.Cut(setting, "="); strings.HasPrefix(name, tokenVariable) {
			overridden[strings.TrimPrefix(name, tokenVariable)] = true
		}
	}
	files, err := c.files()
	if err != nil {
		wrong = append(wrong, err)
	}
	for _, siret := range slices.Sorted(maps.Keys(files)) {
		if overridden[siret] {
			continue
		}
		raw, err := os.ReadFile(files[siret])
		if err != nil {
			wrong = append(wrong, fmt.Errorf("token of %s: %w", siret, err))
			continue
		}
		take(siret, files[siret], string(raw))
	}
	for _, setting := range environment {
		name, token, _ := strings.Cut(setting, "=")
		siret, ours := strings.CutPrefix(name, tokenVariable)
		switch {
		case !ours:
		case !isCompany(siret):
			wrong = append(wrong, fmt.Errorf("%s: does not end on a SIRET of 14 digits", name))
		default:
			take(siret, name, token)
		}
	}
	if len(tokens) == 0 && len(wrong) == 0 {
		wrong = append(wrong, fmt.Errorf("no token: name a folder in tokens_dir or files in tokens, or set %s<SIRET>", tokenVariable))
	}
	return tokens, errors.Join(wrong...)
}

// files are the files that hold tokens, by SIRET.
func (c Config) files() (map[string]string, error) {
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
