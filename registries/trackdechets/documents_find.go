package trackdechets

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sluss"
)

// Document reads where a document stands. It changes nothing; errors as of BSDD.
func (c *Client) Document(ctx context.Context, company, id string) (Document, sluss.Exchange, error) {
	kind, known := KindOf(id)
	if !known {
		return Document{}, notMade("document"), fmt.Errorf("%w: %q is the id of no such document", sluss.ErrOperator, id)
	}
	var read documentRead
	name := documentKinds()[kind].one()
	s, err := c.ask(ctx, company, name, func(ctx context.Context, s *session) error {
		return s.run(ctx, name, map[string]any{"id": id}, &read)
	})
	return read.document(), s.exchange(), err
}

// Documents is a page, of at most 100, of the documents of a kind that have been
// made since (zero: ever), on which the token's companies are, the newest first; and
// where the next begins: empty after the last. After is empty for the first. Errors as of BSDD.
func (c *Client) Documents(ctx context.Context, company string, kind DocumentKind, since time.Time, after string) ([]Document, string, sluss.Exchange, error) {
	return c.documents(ctx, company, kind, madeSince(since), after)
}

// madeSince leaves a zero moment out.
func madeSince(since time.Time) (where documentFilter) {
	if !since.IsZero() {
		where.CreatedAt = &dateRange{From: dateTime(since)}
	}
	return where
}

type documentFilter struct {
	CustomID  *stringFilter `json:"customId,omitempty"`
	CreatedAt *dateRange    `json:"createdAt,omitempty"`
}

type stringFilter struct {
	Equal string `json:"_eq"`
}

func (c *Client) documents(ctx context.Context, company string, kind DocumentKind, where documentFilter, after string) (page []Document, next string, made sluss.Exchange, err error) {
	k, known := documentKinds()[kind]
	if !known {
		return nil, "", notMade("documents"), fmt.Errorf("%w: there is no kind of document %q", sluss.ErrOperator, kind)
	}
	s, err := c.ask(ctx, company, k.list(), func(ctx context.Context, s *session) error {
		variables := map[string]any{"where": where}
		if after != "" {
			variables["after"] = after
		}
		var told connectionRead[documentRead]
		err := s.run(ctx, k.list(), variables, &told)
		for _, edge := range told.Edges {
			page = append(page, edge.Node.document())
		}
		next, err = following(told.PageInfo.HasNextPage, told.PageInfo.EndCursor, after, err)
		return err
	})
	return page, next, s.exchange(), err
}

// connectionRead is a page of a list on the wire.
type connectionRead[T any] struct {
	PageInfo struct {
		HasNextPage bool
		EndCursor   string
	}
	Edges []struct{ Node T }
}

// FindCreated asks what became of a creation: the documents of the kind that hold
// our reference and were made since, a moment before that call; zero, which only a
// BSVHU should be asked with: ever. It takes a call of the quota for each hundred documents made since, of
// which the last is the exchange. Of several it gives the oldest, and the detail
// names the younger, which a person must delete. The errors are sluss.ErrAbsent,
// ErrNotSent and ErrOperator; right after a call without answer, absent is not yet
// certain.
func (c *Client) FindCreated(ctx context.Context, company string, kind DocumentKind, reference string, since time.Time) (sluss.Outcome, sluss.Exchange, error) {
	where := madeSince(since)
	if documentKinds()[kind].customID {
		where.CustomID = &stringFilter{reference}
	}
	var all []Document
	for after := ""; ; {
		page, next, exchange, err := c.documents(ctx, company, kind, where, after)
		if err != nil {
			later, err := deferredBy(err)
			return later, exchange, err
		}
		all = append(all, slices.DeleteFunc(page, func(d Document) bool { return d.Reference != reference })...)
		if next != "" {
			after = next
			continue
		}
		if len(all) == 0 {
			return sluss.Outcome{}, exchange, sluss.ErrAbsent
		}
		slices.Reverse(all) // the newest come first
		slices.SortStableFunc(all, func(a, b Document) int { return a.Created.Compare(b.Created) })
		found := all[0].accepted(exchange.Ended)
		if len(all) > 1 {
			var younger []string
			for _, d := range all[1:] {
				younger = append(younger, d.ID)
			}
			found.Detail = fmt.Sprintf("there are %d documents of %s; we go on with %s, the oldest: a person must delete %s in Trackdéchets",
				len(all), reference, all[0].ID, strings.Join(younger, ", "))
		}
		return found, exchange, nil
	}
}

// FindSigned asks what became of a signature on a document as it was read before:
// Accepted where it shows one more of that stage, Rejected where it can never be
// made, since the document was cancelled or refused. The errors are
// sluss.ErrAbsent, ErrNotSent and ErrOperator.
func (c *Client) FindSigned(ctx context.Context, company string, before Document, s DocumentSignature) (sluss.Outcome, sluss.Exchange, error) {
	d, exchange, err := c.Document(ctx, company, before.ID)
	if err != nil {
		later, err := deferredBy(err)
		return later, exchange, err
	}
	switch {
	case d.shows(before, s):
		return d.accepted(exchange.Ended), exchange, nil
	case d.Status == canceled:
		return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{ofKind(d.Kind, canceledReason())}}, exchange, nil
	case d.Status == "REFUSED":
		return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{
			Code: d.Status, Message: d.ID + " was refused: nothing more is signed on it", Remedy: "make a new document for the waste if it still is to go",
		}}}, exchange, nil
	}
	return sluss.Outcome{}, exchange, sluss.ErrAbsent
}

// deferredBy is a question without answer as an outcome.
func deferredBy(err error) (sluss.Outcome, error) {
	not, ok := errors.AsType[*NotNowError](err)
	if !ok {
		return sluss.Outcome{}, err
	}
	return sluss.Outcome{Kind: sluss.Deferred, NotBefore: not.Until, Throttled: not.Throttled, Detail: not.Detail}, nil
}

// DocumentPDF fetches a document as the register prints it, as PDF does.
func (c *Client) DocumentPDF(ctx context.Context, company, id string) ([]byte, sluss.Exchange, error) {
	kind, known := KindOf(id)
	if !known {
		return nil, notMade("documentPdf"), fmt.Errorf("%w: %q is the id of no such document", sluss.ErrOperator, id)
	}
	name := documentKinds()[kind].one() + "Pdf"
	var file struct{ DownloadLink string }
	s, err := c.ask(ctx, company, name, func(ctx context.Context, s *session) error {
		if err := s.run(ctx, name, map[string]any{"id": id}, &file); err != nil {
			return err
		}
		return wantLink(file.DownloadLink)
	})
	if err != nil {
		return nil, s.exchange(), err
	}
	read, err := c.download(ctx, file.DownloadLink)
	return read, s.exchange(), err
}
