// Package config says how a Sluss process is set up: one YAML file, which the
// environment overrides, and from it the connection to Temporal with payloads
// encrypted. Secrets are never in the file itself: it names the files that hold
// them, or the environment holds them.
package config

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"go.yaml.in/yaml/v3"
)

// Config is all that a process is told. The zero value of each field is
// replaced by Default's.
type Config struct {
	// Database is the ledger's PostgreSQL: postgres://user@host:port/name. It
	// may hold a password only in the environment or in DatabaseFile.
	Database     string   `yaml:"database" env:"DATABASE_URL"`
	DatabaseFile string   `yaml:"database_file"` // file that holds the URL
	Temporal     Temporal `yaml:"temporal"`
	API          API      `yaml:"api"`
	// Settle is how long after an unanswered call, of which the registry has
	// nothing, it is asked once more before the same is sent again.
	Settle time.Duration `yaml:"settle" env:"SLUSS_SETTLE"`
	// Registries are read by the worker; each registry's folder says what its
	// part holds.
	Registries yaml.Node `yaml:"registries" env:"-"`
}

// Temporal is where the Temporal service is.
type Temporal struct {
	Address   string `yaml:"address" env:"TEMPORAL_ADDRESS"`
	Namespace string `yaml:"namespace" env:"TEMPORAL_NAMESPACE"`
	UI        string `yaml:"ui" env:"TEMPORAL_UI"` // URL of its web UI, for links
	TLS       TLS    `yaml:"tls" env:"-"`
	// KeyFile holds the key that encrypts workflow payloads: 64 hex digits.
	KeyFile string `yaml:"encryption_key_file" env:"SLUSS_ENCRYPTION_KEY_FILE"`
	// Key is the same, from the environment only.
	Key string `yaml:"-" env:"SLUSS_ENCRYPTION_KEY"`
}

// TLS is what a Temporal service with mutual TLS wants; empty: none.
type TLS struct {
	CertificateFile string `yaml:"certificate_file"`
	KeyFile         string `yaml:"key_file"`
	AuthorityFile   string `yaml:"authority_file"`
	ServerName      string `yaml:"server_name"`
}

// API is where the JSON API listens.
type API struct {
	Address string `yaml:"address" env:"SLUSS_API_ADDRESS"`
	// TokenFile holds the token that callers must show; without one only
	// loopback addresses are allowed.
	TokenFile string `yaml:"token_file" env:"SLUSS_API_TOKEN_FILE"`
}

// Default is the configuration of one machine.
func Default() Config {
	return Config{
		Temporal: Temporal{Address: "127.0.0.1:7233", Namespace: "default"},
		API:      API{Address: "127.0.0.1:8090"},
		Settle:   70 * time.Second,
	}
}

// Load reads the file (none, if the name is empty), then the environment. The
// error names the file and every fault in it.
func Load(file string) (Config, error) {
	c := Default()
	if file != "" {
		data, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			return Config{}, fmt.Errorf("configuration %s: there is no such file (write one after docs/configuration.md, or leave --config out)", file)
		}
		if err != nil {
			return Config{}, fmt.Errorf("configuration: %w", err)
		}
		if err := strict(data, &c); err != nil {
			return Config{}, fmt.Errorf("configuration %s: %w", file, err)
		}
	}
	if err := env.ParseWithOptions(&c, env.Options{}); err != nil {
		return Config{}, fmt.Errorf("environment: %w", err)
	}
	if c.DatabaseFile != "" {
		url, err := secret(c.DatabaseFile)
		if err != nil {
			return Config{}, fmt.Errorf("configuration: database_file: %w", err)
		}
		c.Database = url
	}
	return c, nil
}

// Part decodes a part of the file that another package knows, with the same
// strictness. An absent part leaves target as it is.
func Part(node yaml.Node, target any) error {
	if node.IsZero() {
		return nil
	}
	data, err := yaml.Marshal(&node)
	if err != nil {
		return err
	}
	return strict(data, target)
}

func strict(data []byte, target any) error {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(target); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

func secret(file string) (string, error) {
	data, err := os.ReadFile(file)
	return strings.TrimSpace(string(data)), err
}

// encryptionKey is the key for workflow payloads; nil where none is set.
func (t Temporal) encryptionKey() ([]byte, error) {
	text := t.Key
	if t.KeyFile != "" {
		var err error
		if text, err = secret(t.KeyFile); err != nil {
			return nil, fmt.Errorf("encryption key: %w", err)
		}
	}
	if text == "" {
		return nil, nil
	}
	key, err := hex.DecodeString(text)
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("encryption key: want 64 hex digits, such as `openssl rand -hex 32` makes")
	}
	return key, nil
}
