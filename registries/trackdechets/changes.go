package trackdechets

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"sluss"
)

// Page is one page of what has changed.
type Page struct {
	BSDDs []BSDD
	// Before is a moment by the register's clock at which this page had not yet
	// been made up.
	Before time.Time
	Last   bool   // no page comes after it
	Next   string // where the next begins; empty after the last
}

const pageSize = 100

// Changes is a page, of at most 100, of the BSDDs that the company is on and that
// have changed since, at that moment or later; the newest made come first. After
// is empty for the first page, then Page.Next. Errors as of BSDD; a *NotNowError may
// also say that the sweep has lost its place, and must begin again. It takes one
// call of the quota, two where the list ends exactly at a page's end: then the
// document at which the next page was to begin is looked up, since the list is
// empty as well where that one was deleted.
//
// A sweep is all pages in a row. Keep what they hold, then move on by Advance.
func (c *Client) Changes(ctx context.Context, company string, since time.Time, after string) (Page, sluss.Exchange, error) {
	var page Page
	s, err := c.ask(ctx, company, "forms", func(ctx context.Context, s *session) error {
		told, err := changedForms(ctx, s, company, since.UTC().Format(wireTime), after)
		for _, f := range told.Forms {
			b := f.bsdd()
			b.Raw, _ = json.Marshal(f) // it came as JSON
			page.BSDDs = append(page.BSDDs, b)
		}
		if page.Last = len(page.BSDDs) < pageSize; !page.Last {
			page.Next, err = following(true, page.BSDDs[len(page.BSDDs)-1].ID, after, err)
		}
		return err
	})
	if err != nil {
		return Page{}, s.exchange(), err
	}
	page.Before = s.reply.theirStart()
	if after != "" && len(page.BSDDs) == 0 {
		_, _, err := c.BSDD(ctx, company, after)
		if errors.Is(err, sluss.ErrAbsent) || errors.Is(err, sluss.ErrOperator) {
			err = &NotNowError{Until: s.reply.Ended.Add(time.Second), Detail: "the document at which the list was to go on is gone: begin again"}
		}
		if err != nil {
			return Page{}, s.exchange(), err
		}
	}
	return page, s.exchange(), nil
}

// theirStart is a moment by the service's clock at which the call had not yet
// reached it; Date is cut to the second. Zero where it does not tell the time.
func (r reply) theirStart() time.Time {
	theirs, err := http.ParseTime(r.Header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return theirs.Add(r.Started.Sub(r.Ended)).UTC()
}

// Advance is the moment from which the next sweep asks, after one that asked
// from since. It passes only what was stored (kept tells), so a sweep that was
// broken off, or whose store failed, is made again; what changed at exactly that
// moment comes once more. The list is in the order in which documents were made,
// not changed: so a sweep without its last page moves nothing, and none passes
// the moment at which it began, since a document may change unseen behind a page
// that was read already.
func Advance(since time.Time, sweep []Page, kept func(BSDD) bool) time.Time {
	if len(sweep) == 0 || !sweep[len(sweep)-1].Last {
		return since
	}
	next := sweep[0].Before
	for _, page := range sweep {
		for _, b := range page.BSDDs {
			if !kept(b) && b.Updated.Before(next) {
				next = b.Updated
			}
		}
	}
	if next.IsZero() || next.Before(since) {
		return since
	}
	return next
}
