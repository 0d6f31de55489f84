package autosys

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"os"

	"sluss"
	"sluss/quota"
)

// KeyVariable is the environment variable that holds the API key and overrides key_file.
const KeyVariable = "SLUSS_AUTOSYS_KEY"

// DefaultQuota is what the registry allows a key: 50,000 calls from midnight to midnight in Oslo.
const DefaultQuota = "50000/day Europe/Oslo"

// Config is the registry's part of the configuration.
type Config struct {
	// BaseURL is the address of the registry up to /enkeltoppslag/kjoretoydata. The registry has two, both in use,
	// and none for tests, so there is no default.
	BaseURL string `yaml:"base_url"`
	// KeyFile is the path of a file that holds the API key and nothing else. SLUSS_AUTOSYS_KEY overrides it.
	KeyFile string `yaml:"key_file"`
	// Quota is the key's limits as quota.ParseLimits reads them; empty means DefaultQuota.
	Quota string `yaml:"quota"`
	// Reserve is how many calls of a day are kept for urgent ones, whose answer somebody waits for.
	Reserve int `yaml:"reserve"`
	// Policy says what each concern does to the verdict and who may override it, for all tenants and for single ones.
	Policy PolicyConfig `yaml:"policy"`
}

// Open makes the client and the limits that it must keep. Its error names every fault of the configuration.
func (c Config) Open() (*Client, []quota.Limit, error) {
	key, unread := c.key()
	limits, wrongQuota := quota.ParseLimits(cmp.Or(c.Quota, DefaultQuota))
	if wrongQuota != nil {
		wrongQuota = fmt.Errorf("quota: %w", wrongQuota)
	}
	if unread != nil {
		_, wrongAddress := parseBase(c.BaseURL)
		_, wrongPolicy := c.Policy.policies()
		return nil, nil, fmt.Errorf("%s: %w", sluss.Autosys, errors.Join(wrongAddress, unread, wrongQuota, wrongPolicy))
	}
	client, err := New(Options{BaseURL: c.BaseURL, Key: key, Policy: c.Policy})
	if err := errors.Join(err, wrongQuota); err != nil {
		return nil, nil, err
	}
	return client, limits, nil
}

func (c Config) key() (string, error) {
	if key := os.Getenv(KeyVariable); key != "" || c.KeyFile == "" {
		return key, nil
	}
	key, err := os.ReadFile(c.KeyFile)
	if err != nil {
		return "", fmt.Errorf("key_file: %w", err)
	}
	return string(key), nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
