package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/examples"
)

// folder is a fresh one with the given files, which only their owner may read.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// quietEnvironment unsets every variable that a configuration reads.
func quietEnvironment(t *testing.T) {
	t.Helper()
	for _, name := range variables(reflect.TypeFor[Config]()) {
		t.Setenv(name, "")
	}
}

func variables(of reflect.Type) (names []string) {
	for field := range of.Fields() {
		if name := field.Tag.Get("env"); name != "" {
			names = append(names, name)
		}
		if field.Type.Kind() == reflect.Struct && field.Type.PkgPath() == of.PkgPath() {
			names = append(names, variables(field.Type)...)
		}
	}
	return names
}

const (
	oneKey     = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
	anotherKey = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"
)

// certificates are the files of a certificate, its key, and the key of another one.
func certificates(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, name := range []string{"cert", "other"} {
		secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour), IsCA: true}
		certificate, err := x509.CreateCertificate(rand.Reader, template, template, &secret.PublicKey, secret)
		if err != nil {
			t.Fatal(err)
		}
		key, err := x509.MarshalPKCS8PrivateKey(secret)
		if err != nil {
			t.Fatal(err)
		}
		files[name+".pem"] = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}))
		files[name+".key"] = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	}
	return files
}

func TestFileGivesEverything(t *testing.T) {
	quietEnvironment(t)
	files := certificates(t)
	files["database"], files["keys"], files["token"] = "postgres://sluss:hemligt@db.example/sluss\n", oneKey, "a token\n"
	files["sluss.yaml"] = `
database_file: database
settle: 2m
hosts: [plant.example, 192.0.2.7]
temporal:
  address: temporal.example:7233
  namespace: plant
  ui: https://temporal.example
  build: one
  promote: never
  encryption_key_file: keys
  tls: {certificate_file: cert.pem, key_file: cert.key, authority_file: other.pem, server_name: temporal}
api: {address: "[::1]:9000", token_file: token}
registries:
  trackdechets: {tokens: {"1": one.token, "2": /two.token}, webhook: {token_file: hook}}
  autosys: {key_file: autosys}
`
	dir := folder(t, files)
	c, err := Load(filepath.Join(dir, "sluss.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	var registries struct {
		Trackdechets struct {
			Tokens  map[string]string `yaml:"tokens"`
			Webhook struct {
				TokenFile string `yaml:"token_file"`
			} `yaml:"webhook"`
		} `yaml:"trackdechets"`
		Autosys *struct {
			KeyFile string `yaml:"key_file"`
		} `yaml:"autosys"`
	}
	if err := c.ReadRegistries(&registries); err != nil {
		t.Fatal(err)
	}
	if r := registries; r.Trackdechets.Tokens["1"] != in("one.token") || r.Trackdechets.Tokens["2"] != "/two.token" || r.Trackdechets.Webhook.TokenFile != in("hook") || r.Autosys.KeyFile != in("autosys") {
		t.Errorf("registries are %+v", r)
	}
	c.Registries.Content = nil
	want := Config{
		Database: "postgres://sluss:hemligt@db.example/sluss", DatabaseFile: in("database"), Settle: 2 * time.Minute,
		Temporal: Temporal{
			Address: "temporal.example:7233", Namespace: "plant", UI: "https://temporal.example", KeyFile: in("keys"), Build: "one", Promote: PromoteNever,
			TLS: TLS{CertificateFile: in("cert.pem"), KeyFile: in("cert.key"), AuthorityFile: in("other.pem"), ServerName: "temporal"},
		},
		API: API{Address: "[::1]:9000", TokenFile: in("token")}, Hosts: []string{"plant.example", "192.0.2.7"}, Registries: c.Registries,
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
	if token, err := c.API.Token(); token != "a token" || err != nil {
		t.Errorf("token %q, %v", token, err)
	}
	if tls, err := c.Temporal.TLS.config(); err != nil || len(tls.Certificates) != 1 || tls.RootCAs == nil || tls.ServerName != "temporal" {
		t.Errorf("TLS %+v, %v", tls, err)
	}
}

func TestAnEmptyConfigurationHasTheDefaults(t *testing.T) {
	quietEnvironment(t)
	want := Config{Settle: 70 * time.Second, Temporal: Temporal{Address: "127.0.0.1:7233", Namespace: "default"}, API: API{Address: "127.0.0.1:8090"}}
	dir := folder(t, map[string]string{"empty.yaml": "", "comment.yaml": "# nothing\n", "keys.yaml": "database:\ntemporal:\nsettle:\nregistries:\n"})
	for _, name := range []string{"", "empty.yaml", "comment.yaml", "keys.yaml"} {
		if name != "" {
			name = filepath.Join(dir, name)
		}
		if c, err := Load(name); err != nil || !reflect.DeepEqual(c, want) {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
		if c, err := Given(name); err != nil || !reflect.DeepEqual(c, Config{}) {
			t.Errorf("%s gives %+v, %v", name, c, err)
		}
	}
}

func TestEnvironmentGoesBeforeTheFile(t *testing.T) {
	quietEnvironment(t)
	dir := folder(t, map[string]string{
		"database": "postgres://sluss@file.example/sluss", "keys": oneKey, "other.keys": anotherKey, "token": "x",
		"sluss.yaml": `
database_file: database
settle: 2m
hosts: [file.example]
temporal: {address: "file.example:1", namespace: file, ui: "http://file.example", encryption_key_file: keys}
api: {address: "127.0.0.1:1", token_file: nowhere}
`,
	})
	t.Chdir(dir)
	for name, value := range map[string]string{
		"DATABASE_URL": "postgres://sluss:hemligt@env.example/sluss", "SLUSS_SETTLE": "3m", "TEMPORAL_ADDRESS": "env.example:2", "TEMPORAL_NAMESPACE": "env",
		"SLUSS_BUILD": "two", "SLUSS_PROMOTE": "always", "TEMPORAL_UI": "http://env.example", "SLUSS_ENCRYPTION_KEY_FILE": "other.keys", "SLUSS_API_ADDRESS": "127.0.0.1:2", "SLUSS_API_TOKEN_FILE": "token",
		"SLUSS_HOSTS": "one.example, two.example",
	} {
		t.Setenv(name, value)
	}
	c, err := Load("sluss.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Database: "postgres://sluss:hemligt@env.example/sluss", Settle: 3 * time.Minute,
		Temporal: Temporal{Address: "env.example:2", Namespace: "env", UI: "http://env.example", KeyFile: filepath.Join(dir, "other.keys"), Build: "two", Promote: PromoteAlways},
		API:      API{Address: "127.0.0.1:2", TokenFile: filepath.Join(dir, "token")}, Hosts: []string{"one.example", "two.example"},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
	t.Setenv("SLUSS_ENCRYPTION_KEY_FILE", "")
	t.Setenv("SLUSS_ENCRYPTION_KEY", anotherKey+" "+oneKey)
	if c, err = Load("sluss.yaml"); err != nil || c.Temporal.KeyFile != "" {
		t.Fatalf("%+v, %v", c, err)
	}
	if ids, err := c.Temporal.KeyIDs(); err != nil || len(ids) != 2 {
		t.Errorf("keys %v, %v", ids, err)
	}
}

// TestEveryFaultIsToldAtOnce: each fault has its key, its line, and what to do, and no secret.
func TestEveryFaultIsToldAtOnce(t *testing.T) {
	for name, test := range map[string]struct {
		file        string
		environment map[string]string
		wants       []string // the beginnings of all faults
	}{
		"no such file": {"", nil, []string{"the file cannot be read: no such file"}},
		"no YAML":      {"temporal: [", nil, []string{"line 1: "}},
		"no keys":      {"hemligt", nil, []string{"line 1: it must hold keys with values"}},
		"unknown keys": {"databse: x\ntemporal:\n  addr: y\n  tls: {cert: z}\n", nil, []string{
			"databse: line 1: there is no such key (the keys here are api, companies, database, ", "temporal.addr: line 3: there is no such key (the keys here are address, ", "temporal.tls.cert: line 4: there is no such key",
		}},
		"twice": {"settle: 5s\nsettle: 6s\n", nil, []string{"settle: line 2: the key is given a second time"}},
		"wrong kinds": {"settle: hemligt\ndatabase: [a]\ntemporal: hemligt\napi: {address: {a: b}}\n", nil, []string{
			"settle: line 1: it must be a duration", "database: line 2: it must be one text", "temporal: line 3: it must hold keys", "api.address: line 4: it must be one text",
		}},
		"wrong values": {"settle: -5s\ntemporal: {address: localhost, ui: 'localhost:8233'}\napi: {address: '1:99999'}\n", nil, []string{
			"settle: line 1: it must be longer than 0", "temporal.address: line 2: it is not a host and a port", "temporal.ui: line 2: it is not the URL of a page", "api.address: line 3: it is not a host and a port",
		}},
		"wrong hosts":          {"hosts:\n- plant.example\n- https://plant.example\n- [a]\n", nil, []string{"hosts.1: line 3: it is not the name of a host (write it without scheme and port", "hosts.2: line 4: it must be one text"}},
		"hosts without a list": {"hosts: plant.example", nil, []string{"hosts: line 1: it must be a list"}},
		"no promotion":         {"temporal: {promote: sometimes}", nil, []string{"temporal.promote: line 1: it is none of new, always and never"}},
		"no time at all":       {"settle: 0s", nil, []string{"settle: line 1: it must be longer than 0"}},
		"password in the file": {"database: postgres://sluss:hemligt@db/sluss", nil, []string{"database: line 1: it holds a password, which must not be in this file (put the URL into a file"}},
		"password in a query":  {"database: postgres://sluss@db/sluss?password=hemligt", nil, []string{"database: line 1: it holds a password"}},
		"no database":          {"database: 'mysql://hemligt@db/sluss'", nil, []string{"database: line 1: it is not the URL of a PostgreSQL (write postgres://"}},
		"no URL":               {"database: 'postgres://u:hemligt%@db'", nil, []string{"database: line 1: it is not a URL"}},
		"two databases":        {"database: postgres://a@b/c\ndatabase_file: good.database\n", nil, []string{"database_file: line 2: database is given too"}},
		"bad database file":    {"database_file: bad.database", nil, []string{"database_file: line 1: DIR/bad.database: it is not the URL of a PostgreSQL"}},
		"files that are not there": {"database_file: nowhere\ntemporal:\n  encryption_key_file: nowhere\n  tls:\n    certificate_file: nowhere\n    key_file: nowhere\n    authority_file: nowhere\n", nil, []string{
			"database_file: line 1: DIR/nowhere cannot be read: no such file", "temporal.tls.key_file: line 6: DIR/nowhere cannot be read: no such file",
			"temporal.tls.authority_file: line 7: DIR/nowhere cannot be read: no such file", "temporal.encryption_key_file: line 3: DIR/nowhere cannot be read: no such file",
		}},
		"files for everybody": {"database_file: open\ntemporal: {encryption_key_file: open, tls: {certificate_file: cert.pem, key_file: open}}\n", nil, []string{
			"database_file: line 1: DIR/open can be read or changed by other users of this machine (mode 0644) (chmod 600 DIR/open)",
			"temporal.tls.key_file: line 2: DIR/open can be read", "temporal.encryption_key_file: line 2: DIR/open can be read",
		}},
		"empty files":      {"database_file: empty\ntemporal: {encryption_key_file: empty}\n", nil, []string{"database_file: line 1: DIR/empty is empty", "temporal.encryption_key_file: line 2: DIR/empty is empty"}},
		"half a pair":      {"temporal: {tls: {certificate_file: cert.pem}}", nil, []string{"temporal.tls.certificate_file: line 1: there is no temporal.tls.key_file"}},
		"the other half":   {"temporal: {tls: {key_file: cert.key}}", nil, []string{"temporal.tls.key_file: line 1: there is no temporal.tls.certificate_file"}},
		"another's key":    {"temporal: {tls: {certificate_file: cert.pem, key_file: other.key}}", nil, []string{"temporal.tls.certificate_file: line 1: DIR/cert.pem: "}},
		"no authority":     {"temporal: {tls: {authority_file: cert.key}}", nil, []string{"temporal.tls.authority_file: line 1: DIR/cert.key holds no certificate"}},
		"short key":        {"temporal: {encryption_key_file: short.keys}", nil, []string{"temporal.encryption_key_file: line 1: DIR/short.keys: line 2 is not a key, which is 64 hex digits (`openssl rand -hex 32`"}},
		"the same key":     {"temporal: {encryption_key_file: twice.keys}", nil, []string{"temporal.encryption_key_file: line 1: DIR/twice.keys: line 3 is the key "}},
		"nothing but talk": {"temporal: {encryption_key_file: comment.keys}", nil, []string{"temporal.encryption_key_file: line 1: DIR/comment.keys: there is no key"}},
		"file and environment": {"settle: 1\ntemporal: {address: x}\n", map[string]string{
			"SLUSS_SETTLE": "hemligt", "TEMPORAL_ADDRESS": "y", "DATABASE_URL": "hemligt", "SLUSS_ENCRYPTION_KEY": "hemligt", "TEMPORAL_UI": "z", "SLUSS_HOSTS": "plant.example:80",
		}, []string{"SLUSS_HOSTS: it is not the name of a host", "settle: line 1: ", "SLUSS_SETTLE: it must be a duration", "DATABASE_URL: it is not the URL", "TEMPORAL_ADDRESS: it is not a host", "TEMPORAL_UI: it is not the URL", "SLUSS_ENCRYPTION_KEY: line 1 is not a key"}},
		"companies and mandates": {`
companies:
  - {country: SE, id: "5560069618", name: Ours}
  - {country: SE, id: "556006-9618", name: Ours again}
  - {country: XX, id: 1, name: " "}
  - country: FR
    id: "00000000283390"
    name: Fine
    sites: ["1"]
    roles: [officer, receiver]
mandates:
  - {country: SE, id: "5560000167", name: Theirs, duties: [transport, carriage, se.exception], from: 1 December, until: 2026-02-30, as: ombud}
  - {country: FR, id: "00000000283366", name: Theirs, from: 2026-12-01, until: 2026-11-30, evidence: letter, as: agent, by: me}
`, nil, []string{
			"companies.1.id: line 4: the company is named twice",
			"companies.2.country: line 5: ", "companies.2.name: line 5: the company has no name",
			"companies.3.sites.0: line 9: ", `companies.3.roles.0: line 10: "officer" is not a role that has duties`,
			`mandates.0.duties.1: line 12: "carriage" is no rule and no kind of report`, `mandates.0.duties.2: line 12: "se.exception" is no rule`,
			"mandates.0.from: line 12: it is not said from which day", "mandates.0.until: line 12: is not a day", "mandates.0.evidence: line 12: ",
			`mandates.0.as: line 12: "ombud" does not say as whom`,
			"mandates.1.duties: line 13: it is not said for which duties", "mandates.1.until: line 13: the last day is before the first",
			"mandates.1.as: line 13: the French registry knows no agents", "mandates.1.by: line 13: there is no such key",
		}},
		"two keys in the environment": {"{}", map[string]string{"SLUSS_ENCRYPTION_KEY": oneKey, "SLUSS_ENCRYPTION_KEY_FILE": "/x"}, []string{"SLUSS_ENCRYPTION_KEY: SLUSS_ENCRYPTION_KEY_FILE is set too"}},
	} {
		t.Run(name, func(t *testing.T) {
			quietEnvironment(t)
			for variable, value := range test.environment {
				t.Setenv(variable, value)
			}
			files := certificates(t)
			files["good.database"], files["bad.database"], files["empty"] = "postgres://a@b/c", "hemligt", "\n"
			files["short.keys"], files["twice.keys"], files["comment.keys"] = oneKey+"\nhemligt", oneKey+"\n\n"+oneKey, "# none yet"
			if test.file != "" {
				files["sluss.yaml"] = test.file
			}
			dir := folder(t, files)
			if err := os.WriteFile(filepath.Join(dir, "open"), []byte("hemligt"), 0o644); err != nil { //nolint:gosec // as it must not be
				t.Fatal(err)
			}
			file := filepath.Join(dir, "sluss.yaml")
			_, err := Load(file)
			var faults sluss.Faults
			if !errors.As(err, &faults) || !strings.Contains(err.Error(), file) {
				t.Fatalf("got %v, want the faults of %s", err, file)
			}
			if strings.Contains(err.Error(), "hemligt") || strings.Contains(err.Error(), oneKey) {
				t.Errorf("a secret is in %v", err)
			}
			var unwanted []string
			for _, f := range faults {
				text := strings.ReplaceAll(f.String(), dir, "DIR")
				found := false
				for i, want := range test.wants {
					if found = strings.HasPrefix(text, want); found {
						test.wants = append(test.wants[:i:i], test.wants[i+1:]...)
						break
					}
				}
				if !found {
					unwanted = append(unwanted, text)
				}
			}
			if len(unwanted) > 0 || len(test.wants) > 0 {
				t.Errorf("not wanted: %q\nmissing: %q", unwanted, test.wants)
			}
		})
	}
}

// TestCompaniesAndMandatesAreRead, in plain form, and as they are written.
func TestCompaniesAndMandatesAreRead(t *testing.T) {
	quietEnvironment(t)
	dir := folder(t, map[string]string{"sluss.yaml": `
companies:
  - {country: SE, id: 556006-9618, name: Ours, sites: [19650612], roles: [receiver, producer]}
mandates:
  - {tenant: north, country: SE, id: 5560000167, name: Theirs, duties: [all, se.transport], from: 2026-12-01, until: 2027-11-30, evidence: contract 17, as: agent}
`})
	c, err := Load(filepath.Join(dir, "sluss.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	company := sluss.Company{Tenant: "default", Country: "SE", ID: "5560069618", Name: "Ours", Sites: []string{"19650612"}, Roles: []sluss.Role{sluss.Receiver, sluss.Producer}}
	mandate := sluss.Mandate{
		Tenant: "north", Country: "SE", ID: "5560000167", Name: "Theirs", Duties: []string{"all", "se.transport"}, From: "2026-12-01", Until: "2027-11-30",
		Evidence: "contract 17", As: sluss.AsAgent,
	}
	if len(c.Companies) != 1 || len(c.Mandates) != 1 || !reflect.DeepEqual(c.Companies[0], company) || !reflect.DeepEqual(c.Mandates[0], mandate) {
		t.Errorf("%+v, %+v", c.Companies, c.Mandates)
	}
	again := filepath.Join(dir, "written.yaml")
	if err := c.Write(again, ""); err != nil {
		t.Fatal(err)
	}
	written, err := Load(again)
	if err != nil || !reflect.DeepEqual(written.Companies, c.Companies) || !reflect.DeepEqual(written.Mandates, c.Mandates) {
		t.Errorf("written: %+v, %+v, %v", written.Companies, written.Mandates, err)
	}
	if companies, mandates, err := ReadRepresented(examples.Represented); err != nil || len(companies) != 2 || len(mandates) != 10 {
		t.Errorf("of the examples: %d and %d, %v", len(companies), len(mandates), err)
	}
}

func TestRegistriesAreReadAsStrictly(t *testing.T) {
	quietEnvironment(t)
	dir := folder(t, map[string]string{"sluss.yaml": `
registries:
  one:
    quota: [1]
    kota: x
    reserve: many
    shared: &shared {name: n}
    other: {<<: *shared, nam: m}
    levels: {a: 1, b: {c: d}}
`})
	c, err := Load(filepath.Join(dir, "sluss.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	type named struct {
		Name string `yaml:"name"`
	}
	var registries struct {
		One *struct {
			Quota   string `yaml:"quota"`
			Reserve int    `yaml:"reserve"`
			Shared  named  `yaml:"shared"`
			Other   named  `yaml:"other"`
			Levels  struct {
				A    int               `yaml:"a"`
				Rest map[string]string `yaml:",inline"`
			} `yaml:"levels"`
		} `yaml:"one"`
	}
	err = c.ReadRegistries(&registries)
	for _, want := range []string{
		"5 faults", "registries.one.quota: line 4: ", "registries.one.kota: line 5: ", "registries.one.reserve: line 6: ", "registries.one.other.nam: line 8: ", "registries.one.levels.b: line 9: ",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nwant %q in it", err, want)
		}
	}
	if registries.One == nil || registries.One.Other.Name != "n" || registries.One.Levels.A != 1 {
		t.Errorf("read %+v", registries.One)
	}
}

// TestWrittenConfigurationIsRead gives one process's configuration to another,
// which has another environment and another folder.
func TestWrittenConfigurationIsRead(t *testing.T) {
	quietEnvironment(t)
	dir := folder(t, map[string]string{"keys": oneKey, "token": "x", "sluss.yaml": `
temporal: {encryption_key_file: keys, tls: {server_name: s}}
api: {token_file: token}
registries: {autosys: {key_file: autosys}}
`})
	for name, environment := range map[string]map[string]string{
		"files":   {"DATABASE_URL": "postgres://sluss@db/sluss"},
		"secrets": {"DATABASE_URL": "postgres://sluss:hemligt@db/sluss", "SLUSS_ENCRYPTION_KEY": anotherKey + "," + oneKey},
	} {
		t.Run(name, func(t *testing.T) {
			quietEnvironment(t)
			for variable, value := range environment {
				t.Setenv(variable, value)
			}
			c, err := Given(filepath.Join(dir, "sluss.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			written := filepath.Join(t.TempDir(), "effective.yaml")
			if err := c.Write(written, "one line\nanother"); err != nil {
				t.Fatal(err)
			}
			quietEnvironment(t)
			t.Chdir("/")
			read, err := Load(written)
			if err != nil {
				t.Fatal(err)
			}
			want := c.WithDefaults()
			before, err := want.Temporal.KeyIDs()
			if err != nil {
				t.Fatal(err)
			}
			if after, err := read.Temporal.KeyIDs(); err != nil || !reflect.DeepEqual(after, before) {
				t.Errorf("keys are %v, %v; want %v", after, err, before)
			}
			var was, is map[string]map[string]string
			if err := errors.Join(want.ReadRegistries(&was), read.ReadRegistries(&is)); err != nil || !reflect.DeepEqual(is, was) || is["autosys"]["key_file"] != filepath.Join(dir, "autosys") {
				t.Errorf("registries are %v, %v; want %v", is, err, was)
			}
			for _, c := range []*Config{&read, &want} {
				c.Registries, c.DatabaseFile, c.Temporal.KeyFile, c.Temporal.Key = read.Registries, "", "", ""
			}
			if !reflect.DeepEqual(read, want) {
				t.Errorf("got  %+v\nwant %+v", read, want)
			}
			text, err := os.ReadFile(written)
			if err != nil || strings.Contains(string(text), "hemligt") || strings.Contains(string(text), anotherKey) || !strings.HasPrefix(string(text), "# one line\n# another\n") {
				t.Errorf("%v\n%s", err, text)
			}
			files, err := filepath.Glob(filepath.Join(filepath.Dir(written), "*"))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
					t.Errorf("%s: %v, %v", file, info.Mode(), err)
				}
			}
		})
	}
}

func TestTokenOfTheAPI(t *testing.T) {
	dir := folder(t, map[string]string{"token": " x y\n", "empty": ""})
	for name, test := range map[string]struct {
		api   API
		token string
		want  string
	}{
		"loopback":       {API{Address: "127.0.0.1:1"}, "", ""},
		"others":         {API{Address: ":1"}, "", "api.address: :1 can be reached by others (set api.token_file"},
		"a name":         {API{Address: "plant.example:1"}, "", "api.address: plant.example:1 can be reached by others"},
		"with a token":   {API{Address: ":1", TokenFile: filepath.Join(dir, "token")}, "x y", ""},
		"empty":          {API{TokenFile: filepath.Join(dir, "empty")}, "", "api.token_file: "},
		"not there":      {API{TokenFile: filepath.Join(dir, "nowhere")}, "", "api.token_file: "},
		"loopback by IP": {API{Address: "[::1]:1"}, "", ""},
	} {
		token, err := test.api.Token()
		if token != test.token || (err == nil) != (test.want == "") || err != nil && !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: %q, %v", name, token, err)
		}
	}
}
