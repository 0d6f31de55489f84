package config

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/log"
)

// Dial connects to Temporal. Payloads are encrypted if there is a key. The
// error says what to check.
func (t Temporal) Dial(ctx context.Context, logger *slog.Logger) (client.Client, error) {
	options := client.Options{HostPort: t.Address, Namespace: t.Namespace, Logger: log.NewStructuredLogger(logger)}
	data, err := t.DataConverter()
	if err != nil {
		return nil, err
	}
	options.DataConverter = data
	if options.ConnectionOptions.TLS, err = t.TLS.config(); err != nil {
		return nil, err
	}
	c, err := client.DialContext(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("no Temporal at %s, namespace %s: is it running? set temporal.address in the configuration or TEMPORAL_ADDRESS (%w)", t.Address, t.Namespace, err)
	}
	return c, nil
}

// DataConverter writes and reads payloads: encrypted if there is a key; it then
// refuses unencrypted ones.
func (t Temporal) DataConverter() (converter.DataConverter, error) {
	c, err := t.codec()
	if err != nil || c == nil {
		return converter.GetDefaultDataConverter(), err
	}
	return newStrict(*c), nil
}

func (t TLS) config() (*tls.Config, error) {
	if t == (TLS{}) {
		return nil, nil //nolint:nilnil // no TLS is what was asked for
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName}
	if t.CertificateFile != "" {
		pair, err := tls.LoadX509KeyPair(t.CertificateFile, t.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("temporal.tls: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	if t.AuthorityFile != "" {
		pem, err := os.ReadFile(t.AuthorityFile)
		if err != nil {
			return nil, fmt.Errorf("temporal.tls: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("temporal.tls: %s holds no certificate", t.AuthorityFile)
		}
	}
	return c, nil
}
