package config

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
)

// check checks the values, and reads the URL of the database from its file.
func (r *reader) check(c *Config) {
	r.checkDatabase(c)
	r.checkTemporal(&c.Temporal)
	r.checkAddress("api.address", c.API.Address)
	for i, host := range c.Hosts {
		if strings.ContainsAny(host, "/:@ ") || host == "" {
			r.fault(r.item("hosts", i), "it is not the name of a host", "write it without scheme and port, as plant.example")
		}
	}
	r.checkRepresented(c)
	if r.given("settle") && c.Settle <= 0 {
		r.fault("settle", "it must be longer than 0", "Trackdéchets gives a request up after 65s")
	}
}

// given tells whether the file or the environment has set a key.
func (r *reader) given(key string) bool { return r.lines[key] > 0 || r.variables[key] != "" }

// item is the key of one item of a list; if the environment sets the list, the key of the list.
func (r *reader) item(list string, i int) string {
	if r.variables[list] != "" {
		return list
	}
	return fmt.Sprintf("%s.%d", list, i)
}

func (r *reader) checkDatabase(c *Config) {
	fromEnvironment := r.variables["database"] != ""
	switch {
	case fromEnvironment:
		c.DatabaseFile = ""
	case c.Database != "" && c.DatabaseFile != "":
		r.fault("database_file", "database is given too", "leave one of the two out")
	case c.DatabaseFile != "":
		text, problem, remedy := secret(c.DatabaseFile)
		if problem != "" {
			r.fault("database_file", problem, remedy)
			return
		}
		c.Database = text
		if problem := wrongDatabase(text); problem != "" {
			r.fault("database_file", c.DatabaseFile+": "+problem, databaseShape)
		}
		return
	}
	if c.Database == "" {
		return
	}
	if problem := wrongDatabase(c.Database); problem != "" {
		r.fault("database", problem, databaseShape)
	} else if hasPassword(c.Database) && !fromEnvironment {
		r.fault("database", "it holds a password, which must not be in this file", "put the URL into a file of its own and name that in database_file, or set DATABASE_URL")
	}
}

const databaseShape = "write postgres://user:password@host:port/name, with special characters as %XX"

// wrongDatabase says what is wrong with a URL of a database, without the URL,
// which may hold a password.
func wrongDatabase(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Opaque != "":
		return "it is not a URL"
	case u.Scheme != "postgres" && u.Scheme != "postgresql":
		return "it is not the URL of a PostgreSQL"
	case u.Host == "" && u.Query().Get("host") == "":
		return "the URL names no host"
	}
	return ""
}

// hasPassword tells whether a URL holds a password.
func hasPassword(text string) bool {
	u, err := url.Parse(text)
	if err != nil {
		return false
	}
	_, has := u.User.Password()
	return has || u.Query().Has("password")
}

func (r *reader) checkTemporal(t *Temporal) {
	r.checkAddress("temporal.address", t.Address)
	if u, err := url.Parse(t.UI); t.UI != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		r.fault("temporal.ui", "it is not the URL of a page", "write it as http://127.0.0.1:8233")
	}
	r.checkTLS(t.TLS)
	if p := t.Promote; p != "" && p != PromoteNew && p != PromoteAlways && p != PromoteNever {
		r.fault("temporal.promote", "it is none of new, always and never", "")
	}
	const keyFile, key = "temporal.encryption_key_file", "SLUSS_ENCRYPTION_KEY"
	switch {
	case r.variables[keyFile] != "" && t.Key != "":
		r.fault(key, r.variables[keyFile]+" is set too", "unset one of the two")
	case t.Key != "":
		t.KeyFile = ""
		r.checkKeys(key, "", t.Key)
	case t.KeyFile != "":
		text, problem, remedy := secret(t.KeyFile)
		if problem != "" {
			r.fault(keyFile, problem, remedy)
			return
		}
		r.checkKeys(keyFile, t.KeyFile+": ", text)
	}
}

func (r *reader) checkKeys(key, where, text string) {
	if _, err := parseKeys(text); err != nil {
		r.fault(key, where+err.Error(), "`openssl rand -hex 32` makes a key")
	}
}

func (r *reader) checkTLS(t TLS) {
	const certificate, key, authority = "temporal.tls.certificate_file", "temporal.tls.key_file", "temporal.tls.authority_file"
	switch {
	case t.CertificateFile != "" && t.KeyFile == "":
		r.fault(certificate, "there is no temporal.tls.key_file with it", "name the file with the certificate's key")
	case t.CertificateFile == "" && t.KeyFile != "":
		r.fault(key, "there is no temporal.tls.certificate_file with it", "name the file with the key's certificate")
	case t.CertificateFile != "":
		if _, problem, remedy := secret(t.KeyFile); problem != "" {
			r.fault(key, problem, remedy)
		} else if _, err := tls.LoadX509KeyPair(t.CertificateFile, t.KeyFile); err != nil {
			r.fault(certificate, t.CertificateFile+": "+reason(err), "it must hold the certificate of the key, as PEM")
		}
	}
	if t.AuthorityFile == "" {
		return
	}
	if pem, err := os.ReadFile(t.AuthorityFile); err != nil {
		r.fault(authority, t.AuthorityFile+" cannot be read: "+reason(err), "name the file with the authorities' certificates")
	} else if !x509.NewCertPool().AppendCertsFromPEM(pem) {
		r.fault(authority, t.AuthorityFile+" holds no certificate", "it must hold certificates as PEM")
	}
}

func (r *reader) checkAddress(key, address string) {
	if address == "" {
		return
	}
	_, port, err := net.SplitHostPort(address)
	if n, wrong := strconv.Atoi(port); err != nil || wrong != nil || n < 0 || n > 65535 {
		r.fault(key, "it is not a host and a port", "write it as 127.0.0.1:8090")
	}
}
