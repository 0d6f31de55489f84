// Package avfallsregistret files notes with Avfallsregistret, the Swedish
// registry of hazardous waste, over its note API (BTFA.Anteckning): mutual TLS
// with an organisation certificate, OAuth2 client credentials, one call for each
// note, correction or annulment. The registry has no idempotency key, and in
// production it cannot be asked what it has. So this package never sends
// anything twice: the outcome of a call that may have arrived is Unknown.
// README.md says what each answer means.
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
	_ "time/tzdata" // Swedish time, even if the machine has no time zones

	"github.com/google/uuid"

	"sluss"
	"sluss/registries/once"
)

// Timeout is the longest that one submission or question may take, including
// its token. It is shorter than the activities' own timeout for a call.
const Timeout = 15 * time.Second

// longestAnswer is ample for the longest answer, the tree of waste codes, which
// has about 300 KiB.
const longestAnswer = 4 << 20

const (
	systemHeader   = "NV-Client-System-ID"
	trackingHeader = "NV-Client-Tracking-ID"
)

// Options of a client. Config.Open makes them from a configuration.
type Options struct {
	BaseURL  string // up to and with the version: "https://…/btfa/anteckning/v1"
	TokenURL string
	// Readable is true if the registry can be asked what it has. Only its test
	// environment can.
	Readable    bool
	Certificate tls.Certificate // with its key; an organisation certificate
	Authorities *x509.CertPool  // that the registry's certificate is checked against; nil: the machine's own
	Key, Secret string          // of the OAuth2 application
	// Reporter is the organisation of the certificate. Its ID is the ten digits
	// in the certificate. It is the agent in every note of another party.
	Reporter sluss.Party
	SystemID string        // name and version of the calling system; empty: DefaultSystemID
	Timeout  time.Duration // 0: Timeout; only for tests
	// Uncheckable sends even what the registry is certain to refuse; only for tests.
	Uncheckable bool
}

// DefaultSystemID is the name and version that we give the registry as those of
// the calling system.
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

// New makes a client. It makes no calls. The error names every fault of the
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

// Calls is the number of calls of the registry's quota that one submission
// takes: one, or none if the registry is certain to refuse it, because then it is
// not sent. Calls for tokens do not count, since they do not go to the note API.
func (c *Client) Calls(_ context.Context, content sluss.Content) (int, error) {
	if _, _, m, err := c.submission(content); err == nil && len(c.refusals(m)) > 0 {
		return 0, nil
	}
	return 1, nil
}

// Submit files the note of the content's obligation, once. If the content amends
// a note, Submit corrects that note (see Replace) or annuls it (see Annul).
// Accepted holds the waste id. Rejected holds the registry's codes with the fields
// of the declaration, also if the note is not sent because the registry is certain
// to refuse it. Deferred means that the gateway takes no calls now. Once the call
// may have left, a failure is Unknown and never an error. The errors are
// sluss.ErrNotSent and sluss.ErrOperator. After a 401 Submit fetches a fresh token
// and tries once more, since a 401 of the gateway means that the call went no
// further.
func (c *Client) Submit(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	method, path, m, err := c.submission(s.Content)
	return c.sendChecked(ctx, method, path, m, err)
}

// sendChecked sends a message to the registry in one call, unless the registry is
// certain to refuse it.
func (c *Client) sendChecked(ctx context.Context, method, path string, m message, err error) (sluss.Outcome, sluss.Exchange, error) {
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

// call makes one call of the API with a token. An error means that the call was
// not made. The reply is then that of the token endpoint, if it was reached.
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
