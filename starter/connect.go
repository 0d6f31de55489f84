package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"go.yaml.in/yaml/v3"

	"sluss"
	"sluss/api"
)

// The default address of the service, and how long an answer may take: usually, and
// for verbs that wait for a file of a registry.
const (
	usualURL     = "http://127.0.0.1:8090"
	patience     = time.Minute
	longPatience = 15 * time.Minute
)

// patient are the verbs with the longer timeout.
var patient = []string{"extract", "export"}

// settings is the only part of the configuration that a client reads.
type settings struct {
	API struct {
		Address   string `yaml:"address"`
		URL       string `yaml:"url"`
		TokenFile string `yaml:"token_file"`
	} `yaml:"api"`
}

// connect makes the client of the service that the options, the environment or the
// configuration name.
func (s *starter) connect(c *cli.Context) (*api.ClientWithResponses, error) {
	var conf settings
	if file := c.String("config"); file != "" {
		data, err := os.ReadFile(file)
		if err == nil {
			err = yaml.Unmarshal(data, &conf)
		}
		if err != nil {
			return nil, usagef("configuration: %w", err)
		}
		if name := conf.API.TokenFile; name != "" && !filepath.IsAbs(name) { // it is relative to the file's folder
			conf.API.TokenFile = filepath.Join(filepath.Dir(file), name)
		}
	}
	address := cmp.Or(c.String("api"), conf.API.URL, reachable(conf.API.Address), usualURL)
	if parsed, err := url.Parse(address); err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return nil, usagef("--api %q is no URL: give one such as %s", address, usualURL)
	}
	token := ""
	if file := cmp.Or(c.String("token-file"), conf.API.TokenFile); file != "" {
		data, err := os.ReadFile(file)
		if token = strings.TrimSpace(string(data)); err == nil && token == "" {
			err = errors.New("it is empty")
		}
		if err != nil {
			return nil, usagef("the file with the API's token (--token-file, SLUSS_API_TOKEN_FILE or api.token_file): %w", err)
		}
	}
	through := &http.Client{Timeout: patience, Transport: s.transport}
	switch name := c.Command.Name; {
	case name == "import": // it is told row by row; see silence
		through.Timeout = 0
	case slices.Contains(patient, name):
		through.Timeout = longPatience
	}
	return api.Connect(address, token, through)
}

// reachable is the URL of an address that a service listens on.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// explained adds to an error what to do if the service does not answer, or refuses
// our token.
func explained(err error) error {
	var call *url.Error
	var failed *api.Error
	switch {
	case errors.As(err, &call) && call.Timeout() && !errors.Is(err, context.Canceled):
		return fmt.Errorf("the service did not answer in time: is a worker running? The act may still be done: look with `starter show` before you repeat it (%w)", err)
	case errors.As(err, &call):
		at := call.URL
		if parsed, wrong := url.Parse(call.URL); wrong == nil {
			at = parsed.Scheme + "://" + parsed.Host
		}
		return fmt.Errorf("the service cannot be reached at %s: is `starter serve` running there? Its address is given by --api, SLUSS_API_URL, or api in the configuration (%w)", at, call.Err)
	case errors.As(err, &failed) && failed.Status == http.StatusUnauthorized:
		return usagef("the service refuses access: give its token with --token-file, SLUSS_API_TOKEN_FILE, or api.token_file in the configuration (%w)", err)
	}
	return err
}

// parts are the tenant, the reference and the obligation of a filing whose id is
// valid.
func parts(filing sluss.FilingID) (tenant, reference, obligation string) {
	batch, owed, _ := filing.Split()
	tenant, reference, _ = batch.Split()
	return tenant, reference, string(owed)
}

// opt is a parameter, left out if it is zero.
func opt[T comparable](value T) *T {
	var none T
	if value == none {
		return nil
	}
	return &value
}

// noSuch is the service's error for something that does not exist.
func noSuch(format string, args ...any) error {
	return &api.Error{Status: http.StatusNotFound, Problem: api.Problem{Error: "there is no such " + fmt.Sprintf(format, args...)}}
}

// refused is an act that is refused before the service is asked.
func refused(format string, args ...any) error {
	return &api.Error{Status: http.StatusConflict, Problem: api.Problem{Error: "refused: " + fmt.Sprintf(format, args...)}}
}
