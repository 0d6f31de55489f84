package documents

import (
	"context"
	"fmt"
	"slices"
	"time"

	"sluss"
	"sluss/registries/trackdechets/bsdd"
	"sluss/registries/trackdechets/calls"
	"sluss/registries/trackdechets/reasons"
	"sluss/registries/trackdechets/wire"
)

// kindOf is the kind of an id that must name a document.
func kindOf(id string) (kind, error) {
	k, known := kinds[KindOf(id)]
	if !known {
		return k, fmt.Errorf("%w: %q is the id of no such document", sluss.ErrOperator, id)
	}
	return k, nil
}

// Document reads where a document stands. It changes nothing; errors as of
// calls.Session.Answered.
func (c Client) Document(ctx context.Context, company, id string) (Document, sluss.Exchange, error) {
	k, err := kindOf(id)
	if err != nil {
		return Document{}, calls.NotMade("document"), err
	}
	s := c.Calls.Session(company, k.query())
	var read document
	unread := s.Ask(ctx, map[string]any{"id": id}, &read)
	return read.read(), s.Exchange(), s.Answered(unread)
}

// Documents is a page, of at most 100, of the documents of a kind that have been made
// since (zero: ever), on which the token's companies are, the newest first; and where the
// next begins: empty after the last. After is empty for the first. Errors as of
// calls.Session.Answered.
func (c Client) Documents(ctx context.Context, company string, of Kind, made time.Time, after string) ([]Document, string, sluss.Exchange, error) {
	return c.documents(ctx, company, of, madeSince(made), after)
}

// filter is what a list is asked for by.
type filter struct {
	CustomID  *equal          `json:"customId,omitempty"`
	CreatedAt *wire.DateRange `json:"createdAt,omitempty"`
}

type equal struct {
	Equal string `json:"_eq"`
}

// madeSince leaves a zero moment out.
func madeSince(made time.Time) (where filter) {
	if !made.IsZero() {
		where.CreatedAt = &wire.DateRange{From: wire.DateTime(made)}
	}
	return where
}

func (c Client) documents(ctx context.Context, company string, of Kind, where filter, after string) (found []Document, next string, made sluss.Exchange, err error) {
	k, known := kinds[of]
	if !known {
		return nil, "", calls.NotMade("documents"), fmt.Errorf("%w: there is no kind of document %q", sluss.ErrOperator, of)
	}
	s := c.Calls.Session(company, k.query()+"s")
	nodes, next, err := calls.Page[document](ctx, s, map[string]any{"where": where, "first": 100}, after)
	for _, node := range nodes {
		found = append(found, node.read())
	}
	return found, next, s.Exchange(), err
}

// FindCreated asks what became of a creation: the documents of the kind that hold our
// reference and were made since, a moment before that call; zero, which only a BSVHU
// should be asked with: ever. It takes a call of the rate limit for each hundred documents
// made since, of which the last is the exchange. Of several it gives the oldest, and the
// detail names the younger, which a person must delete. The errors are sluss.ErrAbsent,
// ErrNotSent and ErrOperator; right after a call without answer, absent is not yet
// certain.
func (c Client) FindCreated(ctx context.Context, company string, of Kind, reference string, made time.Time) (sluss.Outcome, sluss.Exchange, error) {
	where := madeSince(made)
	if kinds[of].customID {
		where.CustomID = &equal{reference}
	}
	var all []Document
	var exchange sluss.Exchange
	for after, more := "", true; more; more = after != "" {
		var found []Document
		var err error
		found, after, exchange, err = c.documents(ctx, company, of, where, after)
		if err != nil {
			o, err := calls.Deferred(err)
			return o, exchange, err
		}
		all = append(all, slices.DeleteFunc(found, func(d Document) bool { return d.Reference != reference })...)
	}
	if len(all) == 0 {
		return sluss.Outcome{}, exchange, sluss.ErrAbsent
	}
	oldest, detail := calls.Oldest(all, reference, func(d Document) time.Time { return d.Created }, func(d Document) string { return d.ID })
	o := oldest.accepted(exchange)
	o.Detail = detail
	return o, exchange, nil
}

func (d Document) accepted(made sluss.Exchange) sluss.Outcome {
	r := d.receipt()
	if r.At.IsZero() {
		r.At = made.Ended
	}
	return sluss.Outcome{Kind: sluss.Accepted, Receipt: &r}
}

// FindSigned asks what became of a signature on a document as it was read before:
// Accepted where it shows one more of that stage, Rejected where it can never be made,
// since the document was cancelled or refused. The errors are sluss.ErrAbsent,
// ErrNotSent and ErrOperator.
func (c Client) FindSigned(ctx context.Context, company string, before Document, s Signature) (sluss.Outcome, sluss.Exchange, error) {
	d, exchange, err := c.Document(ctx, company, before.ID)
	if o, err := calls.Deferred(err); err != nil || o.Kind != sluss.Accepted {
		return o, exchange, err
	}
	never := func(r sluss.Reason) (sluss.Outcome, sluss.Exchange, error) {
		return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{r}}, exchange, nil
	}
	switch {
	case d.shows(before, s):
		return d.accepted(exchange), exchange, nil
	case d.Status == reasons.StatusCanceled:
		return never(ofKind(d.Kind, reasons.Canceled()))
	case d.Status == bsdd.Refused:
		return never(sluss.Reason{
			Code: d.Status, Message: d.ID + " was refused: nothing more is signed on it", Remedy: "make a new document for the waste if it still is to go",
		})
	}
	return sluss.Outcome{}, exchange, sluss.ErrAbsent
}

// PDF fetches a document as the registry prints it: two calls, right after each other,
// since a link works for ten seconds. The exchange is the first call's.
func (c Client) PDF(ctx context.Context, company, id string) ([]byte, sluss.Exchange, error) {
	k, err := kindOf(id)
	if err != nil {
		return nil, calls.NotMade("documentPdf"), err
	}
	s := c.Calls.Session(company, k.query()+"Pdf")
	var at wire.File
	unread := s.Ask(ctx, map[string]any{"id": id}, &at)
	read, err := s.File(ctx, at.DownloadLink, unread)
	return read, s.Exchange(), err
}
