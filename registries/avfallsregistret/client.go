// Package avfallsregistret files notes with Avfallsregistret, the Swedish
// register of hazardous waste, over its note API (BTFA.Anteckning): mutual TLS
// with an organisation certificate, OAuth2 client credentials, one call for each
// note, correction or annulment. The registry has no idempotency key and, in
// production, no way to be asked what it has, so nothing here ever sends
// anything twice: what may have arrived is Unknown. See README.md for what each
// answer means.
package avfallsregistret

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
	_ "time/tzdata" // Swedish time, also where the machine has no zones

	"github.com/google/uuid"

	"sluss"
	"sluss/registries/once"
)

// Timeout is how long one submission or question takes at most, tokens
// included; shorter than the activities' own limit of a call.
const Timeout = 15 * time.Second

// longestAnswer is ample for the tree of waste codes, some 300 KiB.
const longestAnswer = 4 << 20

const (
	systemHeader   = "NV-Client-System-ID"
	trackingHeader = "NV-Client-Tracking-ID"
)

// Options of a client. Config.Open makes them from a configuration.
type Options struct {
	BaseURL  string // up to and with the version: "https://…/btfa/anteckning/v1"
	TokenURL string
	// Readable says that the registry may be asked what it has: its test
	// environment only.
	Readable    bool
	Certificate tls.Certificate // with its key; an organisation certificate
	Authorities *x509.CertPool  // who vouches for the registry; nil: the machine's own
	Key, Secret string          // of the OAuth2 application
	// Reporter is the organisation of the certificate. Its ID is the ten digits
	// there. It is the agent in notes of anybody else.
	Reporter sluss.Party
	SystemID string        // name and version of the calling system; empty: DefaultSystemID
	Timeout  time.Duration // 0: Timeout; only for tests
	// Uncheckable sends also what the registry is sure to refuse; only for tests.
	Uncheckable bool
}

// DefaultSystemID is what the registry is told to be calling.
const DefaultSystemID = "Sluss-1.0"

// Client files notes of one reporter. It is safe for concurrent use.
type Client struct {
	http     *once.Client
	begins   time.Time // our certificate is valid from then
	ends     time.Time
	baseURL  string
	tokenURL string
	readable bool
	key      string
	secret   string
	systemID string
	reporter sluss.Party
	timeout  time.Duration
	zone     *time.Location
	tokens   tokens
	// sendsAll: see Options.
	sendsAll bool
}

// New makes a client; it calls nobody. The error names every fault of the
// options.
func New(o Options) (*Client, error) {
	o.Reporter.ID = orgnr(o.Reporter.ID)
	faults := checkReporter(o.Reporter)
	faults = append(faults, checkURL("base_url", o.BaseURL), checkURL("token_url", o.TokenURL))
	if o.Readable && strings.EqualFold(hostOf(o.BaseURL), hostOf(hosts["production"])) {
		faults = append(faults, errors.New("base_url: is the registry's production environment, which reads no notes back"))
	}
	if o.Key == "" || o.Secret == "" {
		faults = append(faults, errors.New("key or secret of the OAuth2 application is missing"))
	}
	leaf := o.Certificate.Leaf
	switch {
	case len(o.Certificate.Certificate) == 0:
		faults = append(faults, errors.New("there is no client certificate"))
	case leaf == nil:
		var err error
		leaf, err = x509.ParseCertificate(o.Certificate.Certificate[0])
		faults = append(faults, err)
	}
	zone, err := time.LoadLocation("Europe/Stockholm")
	faults = append(faults, err)
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	if o.SystemID == "" {
		o.SystemID = DefaultSystemID
	}
	if o.Timeout == 0 {
		o.Timeout = Timeout
	}
	return &Client{
		http:   once.New(once.Options{TLS: &tls.Config{Certificates: []tls.Certificate{o.Certificate}, RootCAs: o.Authorities}, Limit: longestAnswer}),
		begins: leaf.NotBefore, ends: ends(o.Certificate, leaf),
		baseURL: strings.TrimSuffix(o.BaseURL, "/"), tokenURL: o.TokenURL, readable: o.Readable,
		key: o.Key, secret: o.Secret, systemID: o.SystemID, reporter: o.Reporter, timeout: o.Timeout,
		zone: zone, tokens: tokens{lock: make(chan struct{}, 1)}, sendsAll: o.Uncheckable,
	}, nil
}

func checkURL(name, text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "https" || u.Host == "":
		return fmt.Errorf("%s: is not an address such as https://host/path", name)
	case u.User != nil:
		return fmt.Errorf("%s: holds a user: key and secret have files of their own", name)
	}
	return nil
}

// Calls is how many calls one submission takes of the registry's quota: one, or
// none where the registry is sure to refuse it, so that it is not sent. Those
// for tokens are not the note API's.
func (c *Client) Calls(_ context.Context, content sluss.Content) (int, error) {
	if _, _, m, err := c.submission(content); err == nil && len(c.refusals(m)) > 0 {
		return 0, nil
	}
	return 1, nil
}

// Submit files the note of the content's obligation: once. Where the content
// amends a note, it corrects that one (see Replace) or annuls it (see Annul).
// Accepted holds the waste id; Rejected the registry's codes in the words of the
// declaration, also of a note that is not sent because the registry is sure to
// refuse it; Deferred is the gateway's "not now"; anything after the call may
// have left is Unknown, never an error. The errors are sluss.ErrNotSent and
// sluss.ErrOperator. A refused token is fetched anew once, since the gateway's
// 401 says that the call went no further.
func (c *Client) Submit(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	method, path, m, err := c.submission(s.Content)
	return c.tell(ctx, method, path, m, err)
}

// tell makes the one call that tells the registry a message, unless it is known
// not to be worth it.
func (c *Client) tell(ctx context.Context, method, path string, m message, err error) (sluss.Outcome, sluss.Exchange, error) {
	now := time.Now()
	exchange := sluss.Exchange{Operation: method + " " + path, Request: string(m.body), Started: now, Ended: now}
	if err != nil {
		return sluss.Outcome{}, exchange, err
	}
	if reasons := c.refusals(m); len(reasons) > 0 {
		o, err := rejected(reasons)
		o.Detail = "not sent: the registry would refuse it"
		return o, exchange, err
	}
	r, err := c.call(ctx, method, path, nil, m.body)
	if err != nil {
		return sluss.Outcome{}, r.exchange(), err
	}
	o, err := outcome(r, m)
	return o, r.exchange(), err
}

// call makes one call of the API with a token. Its error says that the call was
// not made; the reply is then that of the token endpoint, if it was reached.
func (c *Client) call(ctx context.Context, method, path string, query url.Values, body []byte) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	operation, started := method+" "+path, time.Now()
	if err := c.expired(started); err != nil {
		return reply{operation: operation, request: string(body), Reply: once.Reply{Started: started, Ended: started}}, err
	}
	address := c.baseURL + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	outdated := ""
	for {
		token, r, err := c.token(ctx, outdated)
		if err != nil {
			return r, err
		}
		header := http.Header{
			"Authorization": {"Bearer " + token}, "Accept": {"application/json"},
		}
		header.Set(systemHeader, c.systemID)
		header.Set(trackingHeader, uuid.NewString())
		if body != nil {
			header.Set("Content-Type", "application/json; charset=UTF-8")
		}
		r = c.send(ctx, operation, method, address, body, header)
		if r.Status != http.StatusUnauthorized || outdated != "" {
			return r, nil
		}
		outdated = token
	}
}
