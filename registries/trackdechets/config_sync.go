package trackdechets

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"sluss/registries/trackdechets/sync"
)

const (
	hookVariable = "SLUSS_TRACKDECHETS_WEBHOOK_TOKEN"
	defaultPace  = "5m"
	fastestPace  = 10 * time.Second
)

func (c Config) sync() (sync.Options, error) {
	every, err := time.ParseDuration(cmp.Or(c.Follow, defaultPace))
	if c.Follow == "off" {
		every, err = 0, nil
	} else if err != nil || every < fastestPace {
		err = fmt.Errorf("follow: %q: write how often, such as 5m and not below %s, or off", c.Follow, fastestPace)
	}
	secret, wrong := c.HookSecret()
	return sync.Options{Every: every, Endpoint: strings.TrimRight(c.Webhook.URL, "/"), Secret: secret}, errors.Join(err, wrong)
}

var secretShape = regexp.MustCompile(`^[!-~]{20,100}$`)

// HookSecret is what comes with each delivery of a webhook; empty where none is
// configured. The error names every fault of that part at once.
func (c Config) HookSecret() (string, error) {
	switch hook := c.Webhook; {
	case hook.URL == "" && hook.TokenFile == "":
		return "", nil
	case hook.URL == "":
		return "", errors.New("webhook.url: is missing: give the public address of /hooks/trackdechets")
	}
	var wrong []error
	address, err := url.Parse(c.Webhook.URL)
	switch {
	case err != nil || !isWeb(address) || address.User != nil || address.RawQuery != "":
		wrong = append(wrong, fmt.Errorf("webhook.url: %q is not an address such as https://sluss.example/hooks/trackdechets", c.Webhook.URL))
	case address.Scheme != "https" && c.Environment == production:
		wrong = append(wrong, fmt.Errorf("webhook.url: %q: Trackdéchets tells https addresses only", c.Webhook.URL))
	}
	secret := strings.TrimSpace(os.Getenv(hookVariable))
	if secret == "" && c.Webhook.TokenFile != "" {
		raw, err := os.ReadFile(c.Webhook.TokenFile)
		if err != nil {
			return "", errors.Join(append(wrong, fmt.Errorf("webhook.token_file: %w", err))...)
		}
		secret = strings.TrimSpace(string(raw))
	}
	if !secretShape.MatchString(secret) {
		wrong = append(wrong, fmt.Errorf("webhook.token_file: want a secret of 20 to 100 characters on one line, there or in %s: `openssl rand -hex 32` makes one", hookVariable))
	}
	return secret, errors.Join(wrong...)
}
