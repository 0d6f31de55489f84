// Package trackdechets is the client of the French registry Trackdéchets. It speaks our
// words outwards, and the registry's only on the wire:
//
//	wire        what goes there and comes back
//	reasons     what the registry says of a call that it refuses, in our words
//	calls       makes a call at most once, and says what its answer means
//	bsdd        a batch as its waste movement document (BSDD)
//	check       what the registry would refuse of a BSDD, without asking it
//	companies   who is registered there, and as what
//	filing      the steps of a BSDD
//	revisions   changes of what a BSDD says once it is sealed
//	sync        what others change
//	exports     prints and registers of waste
//	documents   the documents beside the BSDD
//	drift       whether its schema is still what our calls were made for
package trackdechets

import (
	"context"
	"time"

	"sluss"
	"sluss/registries/trackdechets/calls"
	"sluss/registries/trackdechets/companies"
	"sluss/registries/trackdechets/drift"
	"sluss/registries/trackdechets/exports"
	"sluss/registries/trackdechets/filing"
	"sluss/registries/trackdechets/revisions"
	"sluss/registries/trackdechets/sync"
)

// Options make a Client.
type Options struct {
	URL     string            // of the GraphQL endpoint
	Tokens  map[string]string // by SIRET of the company whose user made it
	Timeout time.Duration     // of one call in all; zero means 15 s
	Window  time.Duration     // of the rate limit that the registry counts; zero means a minute
	// TestCompanies tells that the environment takes SIRETs of test companies, which begin
	// with 000000.
	TestCompanies bool
	// Sync is how BSDDs are followed; zero: they are not.
	Sync sync.Options
	// Unchecked sends also what the registry is sure to refuse; for tests.
	Unchecked bool
}

// Client files to one environment of Trackdéchets. It is safe for concurrent use. Make it
// with New or Config.Open.
type Client struct {
	filing.Filer
	revisions.Reviser
	companies.Directory
	sync.Syncer
	exports.Exporter
	drift.Watch
	calls *calls.Client
}

// New makes a client. It calls nobody.
func New(o Options) *Client {
	c := calls.New(calls.Options{URL: o.URL, Tokens: o.Tokens, Timeout: o.Timeout, Window: o.Window})
	return &Client{
		filing.Filer{Calls: c, Sandbox: o.TestCompanies, Unchecked: o.Unchecked},
		revisions.Reviser{Calls: c},
		companies.Directory{Calls: c},
		sync.Syncer{Calls: c, Options: o.Sync},
		exports.Exporter{Calls: c},
		drift.Watch{Calls: c},
		c,
	}
}

// Companies are those whose token we have, in order.
func (c *Client) Companies() []string { return c.calls.Companies() }

// Calls is how many calls of the rate limit one submission takes.
func (c *Client) Calls(_ context.Context, content sluss.Content) (int, error) {
	if content.Amends != nil {
		return revisions.Calls, nil
	}
	return filing.Calls(content)
}

// Submit tells Trackdéchets once: a step of a BSDD, or an amendment of one. Whatever
// happens after the first byte may have left is an Outcome; the errors are
// sluss.ErrNotSent and sluss.ErrOperator, and mean that nothing was taken.
func (c *Client) Submit(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	if s.Content.Amends != nil {
		return c.Reviser.Submit(ctx, s)
	}
	return c.Filer.Submit(ctx, s)
}

// Find asks what Trackdéchets has of an earlier submission. It changes nothing. The errors
// are sluss.ErrAbsent, ErrNotSent and ErrOperator.
func (c *Client) Find(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	if s.Content.Amends != nil {
		return c.Reviser.Find(ctx, s)
	}
	return c.Filer.Find(ctx, s)
}

// NotYet tells, without a call, that a step was not taken on a document as it was last
// read: only where documents are followed, so that what changes is read.
func (c *Client) NotYet(s sluss.Submission, read sluss.Document) bool {
	return c.Options.Every > 0 && c.Filer.NotYet(s, read)
}
