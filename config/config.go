// Package config reads the configuration of a Sluss process: one YAML file, which the
// environment overrides. It also connects to Temporal with encrypted payloads. The
// file itself has no secrets: it names files that have them, or they are in the
// environment.
package config

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"sluss"
	"sluss/guard"
)

// Config is the configuration of a process. The zero value of a field means that it is not set.
type Config struct {
	// Database is the ledger's PostgreSQL: postgres://user@host:port/name. It
	// may hold a password only in the environment or in DatabaseFile.
	Database     string   `yaml:"database,omitempty" env:"DATABASE_URL"`
	DatabaseFile string   `yaml:"database_file,omitempty"` // file that holds the URL
	Temporal     Temporal `yaml:"temporal,omitempty"`
	API          API      `yaml:"api,omitempty"`
	// Hosts are further names by which browsers reach API, codec and the pages of
	// this machine, without ports: a proxy's, for example.
	Hosts []string `yaml:"hosts,omitempty" env:"SLUSS_HOSTS"`
	// Settle is how long after an unanswered call the registry is asked once more, if
	// it did not have the report at first. If it still does not, the report is sent
	// again. If it is not
	// set, it is longer than the 65 seconds after which Trackdéchets gives up a request.
	Settle time.Duration `yaml:"settle,omitempty" env:"SLUSS_SETTLE"`
	// ProfilesDir is a folder of profiles, which say what the columns of other people's
	// tables mean; see docs/import.md.
	ProfilesDir string `yaml:"profiles_dir,omitempty" env:"SLUSS_PROFILES_DIR"`
	// Companies are ours, and Mandates are those that others gave us. The worker enters
	// them into the ledger when it starts, and ends those of an earlier configuration that
	// are not here any more. If both are empty, it changes nothing.
	Companies []sluss.Company `yaml:"companies,omitempty"`
	Mandates  []sluss.Mandate `yaml:"mandates,omitempty"`
	// Registries are read by the worker; the README in each registry's folder
	// describes its part. See ReadRegistries.
	Registries yaml.Node `yaml:"registries,omitempty"`
}

// Temporal is the connection to the Temporal service.
type Temporal struct {
	Address   string `yaml:"address,omitempty" env:"TEMPORAL_ADDRESS"`
	Namespace string `yaml:"namespace,omitempty" env:"TEMPORAL_NAMESPACE"`
	UI        string `yaml:"ui,omitempty" env:"TEMPORAL_UI"` // URL of its web UI, for links
	TLS       TLS    `yaml:"tls,omitempty"`
	// Build is the version of the workflows that a worker has; empty: made from
	// their code.
	Build string `yaml:"build,omitempty" env:"SLUSS_BUILD"`
	// Promote says when a starting worker makes its version of the workflows current.
	Promote Promotion `yaml:"promote,omitempty" env:"SLUSS_PROMOTE"`
	// KeyFile holds the keys that encrypt workflow payloads, a line each: the
	// first encrypts, all decrypt.
	KeyFile string `yaml:"encryption_key_file,omitempty" env:"SLUSS_ENCRYPTION_KEY_FILE"`
	// Key is the same, from the environment only.
	Key string `yaml:"-" env:"SLUSS_ENCRYPTION_KEY"`
}

// Promotion is when a worker that starts makes its version of the workflows the
// current one, which gets all of them.
type Promotion string

// The promotions. PromoteNew is the default: if the version is new, or there is
// none.
const (
	PromoteNew    Promotion = "new"
	PromoteAlways Promotion = "always" // even if it was replaced before
	PromoteNever  Promotion = "never"  // an operator does it
)

// TLS has the files for mutual TLS with the Temporal service; empty: no TLS.
type TLS struct {
	CertificateFile string `yaml:"certificate_file,omitempty"`
	KeyFile         string `yaml:"key_file,omitempty"`
	AuthorityFile   string `yaml:"authority_file,omitempty"`
	ServerName      string `yaml:"server_name,omitempty"`
}

// API is the address of the JSON API, for the server and for its clients.
type API struct {
	Address string `yaml:"address,omitempty" env:"SLUSS_API_ADDRESS"`
	// URL is for clients only; empty: that of Address.
	URL string `yaml:"url,omitempty" env:"SLUSS_API_URL"`
	// TokenFile holds the token that callers must show; without one only
	// loopback addresses are allowed.
	TokenFile string `yaml:"token_file,omitempty" env:"SLUSS_API_TOKEN_FILE"`
}

// Load is Given, with the defaults for what is not set.
func Load(file string) (Config, error) {
	c, err := Given(file)
	return c.WithDefaults(), err
}

// WithDefaults sets the defaults of values that are not set.
func (c Config) WithDefaults() Config {
	c.Temporal.Address = cmp.Or(c.Temporal.Address, "127.0.0.1:7233")
	c.Temporal.Namespace = cmp.Or(c.Temporal.Namespace, "default")
	c.API.Address = cmp.Or(c.API.Address, "127.0.0.1:8090")
	c.Settle = cmp.Or(c.Settle, 70*time.Second)
	return c
}

// Given reads the file (none, if the name is empty) and then the environment, which
// overrides it. Names of files are absolute afterwards: a relative name in
// the file starts at the file's folder, one in the environment at the current
// folder. The error holds every fault as sluss.Faults, each with its key and line;
// the values without faults are returned as well.
func Given(file string) (Config, error) {
	r := newReader()
	var c Config
	name := "configuration"
	if file != "" {
		name += " " + file
		r.file(file, &c)
	}
	r.environment(&c)
	r.check(&c)
	if len(r.faults) > 0 {
		return c, fmt.Errorf("%s: %w", name, r.faults)
	}
	return c, nil
}

// Token reads the token that callers of the API must send; empty: none, because only
// this machine can reach the API. It is read only when needed, because other
// processes of an installation may not be allowed to read it.
func (a API) Token() (string, error) {
	if a.TokenFile != "" {
		token, problem, remedy := secret(a.TokenFile)
		if problem != "" {
			return "", sluss.Faults{{Field: "api.token_file", Problem: problem, Remedy: remedy}}
		}
		return token, nil
	}
	if !guard.Loopback(a.Address) {
		return "", sluss.Faults{{
			Field: "api.address", Problem: a.Address + " can be reached by others",
			Remedy: "set api.token_file (or SLUSS_API_TOKEN_FILE), or listen on 127.0.0.1",
		}}
	}
	return "", nil
}

// secret reads a secret from a file. If it cannot be used, problem says why.
func secret(file string) (text, problem, remedy string) {
	info, err := os.Stat(file)
	if err != nil {
		return "", file + " cannot be read: " + reason(err), "write the secret to it, or name another file"
	}
	if mode := info.Mode().Perm(); mode&0o027 != 0 && !strings.HasPrefix(file, mounted) {
		return "", fmt.Sprintf("%s can be read or changed by other users of this machine (mode %04o)", file, mode), "chmod 600 " + file
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", file + " cannot be read: " + reason(err), "give it to the user that this program runs as"
	}
	if text = strings.TrimSpace(string(data)); text == "" {
		return "", file + " is empty", "write the secret to it"
	}
	return text, "", ""
}

// mounted is where container engines mount secrets. These files are readable by
// everybody, but in a container there are no other users.
const mounted = "/run/secrets/"
