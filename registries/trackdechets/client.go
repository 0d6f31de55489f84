// Package trackdechets files to the French register Trackdéchets: the steps of
// one BSDD, the waste movement document, over GraphQL. It speaks sluss words
// outwards and French ones only on the wire.
package trackdechets

import (
	"context"
	"maps"
	"net/http"
	"time"

	"sluss"
)

// Options make a Client.
type Options struct {
	URL     string            // of the GraphQL endpoint
	Tokens  map[string]string // by SIRET of the organisation whose user made it
	Timeout time.Duration     // of one call in all; zero means 15 s
}

// Client files to one environment of Trackdéchets. It is safe for concurrent
// use. Make it with New or Config.Open.
type Client struct {
	url     string
	tokens  map[string]string
	timeout time.Duration
	http    *http.Client
}

const defaultTimeout = 15 * time.Second

// New makes a client. It calls nobody.
func New(o Options) *Client {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	return &Client{url: o.URL, tokens: maps.Clone(o.Tokens), timeout: o.Timeout, http: newHTTP()}
}

// Calls is how many calls of the quota one submission takes: always one.
func (c *Client) Calls(sluss.Content) int { return 1 }

// Submit tells Trackdéchets once. Whatever happens after the first byte may
// have left is an Outcome; the errors are sluss.ErrNotSent and
// sluss.ErrOperator, and mean that nothing was taken.
func (c *Client) Submit(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	return sluss.Outcome{}, sluss.Exchange{}, sluss.ErrNotSent
}

// Find asks what Trackdéchets has of an earlier submission; it changes
// nothing.
func (c *Client) Find(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	return sluss.Outcome{}, sluss.Exchange{}, sluss.ErrNotSent
}

func newHTTP() *http.Client { return &http.Client{} }
