// Package trackdechets files to the French register Trackdéchets: the steps of
// one BSDD, the waste movement document, over GraphQL. It speaks sluss words
// outwards and French ones only on the wire.
package trackdechets

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sluss"
	"sluss/registries/once"
)

// Options make a Client.
type Options struct {
	URL     string            // of the GraphQL endpoint
	Tokens  map[string]string // by SIRET of the organisation whose user made it
	Timeout time.Duration     // of one call in all; zero means 15 s
	Window  time.Duration     // of the quota that the service counts; zero means a minute
	// TestCompanies tells that the environment takes SIRETs of test companies,
	// which begin with 000000.
	TestCompanies bool
	// Following is how documents are followed; zero: they are not.
	Following Following
	// Unforeseeing sends also what the register is sure to refuse; only for tests.
	Unforeseeing bool
}

// Client files to one environment of Trackdéchets. It is safe for concurrent
// use. Make it with New or Config.Open.
type Client struct {
	url       string
	tokens    map[string]string
	timeout   time.Duration
	window    time.Duration
	sandbox   bool
	http      *once.Client
	following Following
	// unforeseeing: see Options.
	unforeseeing bool
}

const defaultTimeout = 15 * time.Second

// New makes a client. It calls nobody.
func New(o Options) *Client {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Window <= 0 {
		o.Window = time.Minute
	}
	return &Client{
		url: o.URL, tokens: maps.Clone(o.Tokens), timeout: o.Timeout, window: o.Window, sandbox: o.TestCompanies,
		http: once.New(once.Options{}), following: o.Following, unforeseeing: o.Unforeseeing,
	}
}

// Calls is how many calls of the quota one submission takes: of a preflight those
// of PreflightCalls; else one; one more for each
// BSDD whose receipt was given by a person as its number, which must be looked up
// first; and where several transporters carry the waste in turns, one more for
// each of them whenever the whole BSDD is told, which is until it is signed.
func (c *Client) Calls(_ context.Context, content sluss.Content) (int, error) {
	if content.Amends != nil {
		return amendedCalls, nil
	}
	if content.Obligation.Note == sluss.NotePreflight {
		participants, err := Participants(content.Declaration, content.Obligation.Leg)
		return PreflightCalls(participants), err
	}
	calls := 1
	d, err := newDocument(sluss.Submission{Content: content})
	switch content.Obligation.Note { //nolint:exhaustive // the others tell one thing
	case sluss.NoteCreation, sluss.NoteSealing, sluss.NoteEmission:
		if err == nil && !d.onward() {
			calls += len(d.inTurns()) + d.numbered()
		}
	case sluss.NoteGathering:
		for _, part := range d.parts() {
			if readable(part.Form.ID) {
				calls++
			}
		}
	}
	if !begins(content.Obligation.Note) && readable(d.receipt().ID) {
		calls++
	}
	return calls, nil
}

// Submit tells Trackdéchets once. What it is sure to refuse of a creation or a
// sealing is Rejected without a call, with all reasons at once. Whatever happens after the first byte may
// have left is an Outcome; the errors are sluss.ErrNotSent and
// sluss.ErrOperator, and mean that nothing was taken.
func (c *Client) Submit(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	if s.Content.Amends != nil {
		return c.amend(ctx, s)
	}
	d, step, who, err := c.prepare(s)
	if err != nil {
		return sluss.Outcome{}, notMade(step.name), err
	}
	if d.Obligation.Note == sluss.NotePreflight {
		return c.cleared(ctx, d)
	}
	if reasons, err := c.foreseen(s.Content, time.Now()); err != nil || len(reasons) > 0 {
		return sluss.Outcome{Kind: sluss.Rejected, Reasons: reasons}, notMade(step.name), err
	}
	if reasons := slices.Concat(d.lacking(), d.dropped()); len(reasons) > 0 {
		return sluss.Outcome{Kind: sluss.Rejected, Reasons: reasons}, notMade(step.name), nil
	}
	id := d.receipt().ID
	if d.Obligation.Note != sluss.NoteCreation && readable(id) {
		asked := c.as(who, "form")
		f := lookUp(ctx, asked, id)
		r := asked.reply
		var found sluss.Outcome
		found, err = outcome(r, d.places(), func() (sluss.Outcome, error) {
			if f.Id == "" {
				return unknown("Trackdéchets gave no document")
			}
			return f.accepted(f.UpdatedAt, r.Ended), nil
		})
		switch {
		case err != nil || found.Kind == sluss.Rejected || found.Kind == sluss.Deferred:
			return found, r.exchange(), err
		case found.Kind == sluss.Unknown:
			return sluss.Outcome{}, r.exchange(), fmt.Errorf("%w: the BSDD could not be looked up: %s", sluss.ErrNotSent, found.Detail)
		}
		id = found.Receipt.ID
	}
	made := c.as(who, step.name)
	f := d.take(ctx, made, id)
	told, err := outcome(made.reply, d.places(), func() (sluss.Outcome, error) {
		if at, known := rank(f.Status); f.Id == "" || !known || at < step.rank {
			return unknown("Trackdéchets answered without a BSDD that shows this step")
		}
		return f.accepted(f.UpdatedAt, made.reply.Ended), nil
	})
	told.Reasons = d.ofPickup(d.ofParts(told.Reasons))
	return told, made.reply.exchange(), err
}

// notMade is the exchange of a call that was not even tried.
func notMade(operation string) sluss.Exchange {
	now := time.Now()
	return sluss.Exchange{Operation: operation, Started: now, Ended: now}
}

// prepare finds what a submission asks for and whose token it takes.
func (c *Client) prepare(s sluss.Submission) (document, step, actor, error) {
	asked, known := stepOf(s.Content.Obligation.Note)
	if !known {
		return document{}, step{}, actor{}, fmt.Errorf("%w: Trackdéchets has no step for the note %q", sluss.ErrOperator, s.Content.Obligation.Note)
	}
	d, err := newDocument(s)
	if err != nil {
		return d, asked, actor{}, err
	}
	if !begins(s.Content.Obligation.Note) && d.receipt().ID == "" {
		return d, asked, actor{}, fmt.Errorf("%w: the content does not name its BSDD: the receipt of %s is missing", sluss.ErrOperator, creationID)
	}
	if d.onward() {
		asked = asked.onward()
	}
	who, err := c.actor(d)
	return d, asked, who, err
}

// begins tells whether the note comes before there is a BSDD.
func begins(note sluss.Note) bool {
	return note == sluss.NotePreflight || note == sluss.NoteCreation || note == sluss.NotePickup || note == sluss.NotePaper
}

// actor is whose act it is. Only a draft, and its sealing, may be another's on
// the document where we hold no token of the emitter.
func (c *Client) actor(d document) (actor, error) {
	var may []string
	recipient, _ := d.recipient()
	switch d.Obligation.Note { //nolint:exhaustive // prepare let only steps of the BSDD through
	case sluss.NotePickup, sluss.NoteGathering:
		may = []string{organisation(d.Declaration.Producer), organisation(d.carrier())}
	case sluss.NotePreflight, sluss.NoteCreation, sluss.NoteSealing:
		may = []string{organisation(d.emitter()), organisation(recipient), organisation(d.carrier())}
	case sluss.NoteStoring, sluss.NoteStoringVerdict, sluss.NoteResealing:
		may = []string{organisation(recipient)}
	case sluss.NoteEmission:
		may = []string{organisation(d.emitter())}
		if d.onward() {
			may = []string{organisation(recipient)}
		}
	case sluss.NoteTakeOver:
		may = []string{organisation(d.carrier())}
	default:
		may = []string{organisation(d.Declaration.Receiver)}
	}
	for _, id := range may {
		if token := c.tokens[id]; token != "" {
			return actor{id, token}, nil
		}
	}
	return actor{}, fmt.Errorf("%w: there is no token of %s: configure it in tokens or tokens_dir, or set %s<SIRET>",
		sluss.ErrOperator, strings.Join(may, " or "), tokenVariable)
}
