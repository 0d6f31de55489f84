// Package sync follows what others change on our companies' BSDDs: by asking, and by
// webhooks that say when to ask.
package sync

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"sluss"
	"sluss/registries/trackdechets/calls"
	"sluss/registries/trackdechets/wire"
)

// Options say how BSDDs are followed.
type Options struct {
	// Every is how often changes are asked for; zero: nobody follows.
	Every time.Duration
	// Endpoint is where the registry tells of changes of a company, which is added to it
	// as the last part of its path; empty: no webhooks.
	Endpoint string
	Secret   string // that comes with each delivery
}

// Syncer follows the BSDDs of the companies whose token we have.
type Syncer struct {
	Calls   *calls.Client
	Options Options
}

// firstSync is how far back the first sync goes: what did not change for so long waits
// for nobody's signature.
const firstSync = 90 * 24 * time.Hour

const pageSize = 100

// SyncedCompanies are the companies whose BSDDs can be followed, by SIRET (a foreign
// transporter's VAT number), and how often.
func (f Syncer) SyncedCompanies() (companies []string, every time.Duration) {
	if f.Options.Every <= 0 {
		return nil, 0
	}
	return f.Calls.Companies(), f.Options.Every
}

// Reader is the first of the companies whose token we hold.
func (f Syncer) Reader(companies []string) (company string, found bool) {
	company = f.Calls.WithToken(companies...)
	return company, company != ""
}

// SyncCalls is how many calls of the rate limit the page at that place may take.
func (f Syncer) SyncCalls(p sluss.SyncPlace) int {
	if p.After == "" {
		return 1
	}
	return 2
}

// SyncStep reads the page, of at most 100, of a company's changed BSDDs at a place; the
// newest made come first. Keep each page before the next is asked for: the last one
// moves the cursor past all of them. The outcome is Accepted, or Deferred: the sync
// begins again then. The errors are sluss.ErrNotSent and ErrOperator.
//
// The list is in the order in which BSDDs were made, not changed, so a BSDD may change
// unseen behind a page that was read already: the cursor moves to a moment before the
// first page was made up, by the registry's clock, and no further.
func (f Syncer) SyncStep(ctx context.Context, company string, p sluss.SyncPlace) (sluss.SyncPage, sluss.Outcome, sluss.Exchange, error) {
	if p.Since.IsZero() {
		p.Since = time.Now().Add(-firstSync)
	}
	s := f.Calls.Session(company, "forms")
	var told []wire.Form
	unread := s.Ask(ctx, map[string]any{
		"siret": company, "updatedAfter": p.Since.UTC().Format(wire.TimeFormat), "cursorAfter": p.After, "first": pageSize,
	}, &told)
	end := ""
	if n := len(told); n > 0 {
		end = told[n-1].ID
	}
	next, err := s.Next(unread, len(told) == pageSize, end, p.After)
	if err == nil && p.After != "" && len(told) == 0 {
		err = f.checkPlace(ctx, company, p.After)
	}
	if o, err := calls.Deferred(err); err != nil || o.Kind != sluss.Accepted {
		return sluss.SyncPage{}, o, s.Exchange(), err
	}
	var synced sluss.SyncPage
	for _, b := range told {
		raw, _ := json.Marshal(b) // it came as JSON
		synced.Documents = append(synced.Documents, sluss.Document{
			Registry: sluss.Trackdechets, ID: b.ID, Number: b.ReadableID, CustomID: b.CustomID, Status: b.Status, Verdict: b.WasteAcceptationStatus,
			UpdatedAt: time.Time(b.UpdatedAt), SeenAt: s.Ended, Raw: raw,
		})
	}
	before := p.Before
	if p.After == "" {
		before = s.TheirStart()
	}
	if next != "" {
		synced.Next = &sluss.SyncPlace{Since: p.Since, Before: before, After: next}
	} else {
		synced.Until = cursor(p.Since, before)
	}
	detail := fmt.Sprintf("%d BSDDs have changed", len(synced.Documents))
	return synced, sluss.Outcome{Kind: sluss.Accepted, Detail: detail}, s.Exchange(), nil
}

// cursor is the moment from which the next sync asks, after one that asked from since
// and whose first page had not been made up before. A clock that goes back, or is not
// told, moves nothing.
func cursor(since, before time.Time) time.Time {
	if before.Before(since) {
		return since
	}
	return before
}

// checkPlace tells whether the BSDD at which a page was to begin is gone: the list is empty
// then, as it is where it ends exactly at a page's end.
func (f Syncer) checkPlace(ctx context.Context, company, id string) error {
	s := f.Calls.Session(company, "form")
	_, unread := s.Form(ctx, id)
	err := s.Answered(unread)
	if errors.Is(err, sluss.ErrAbsent) || errors.Is(err, sluss.ErrOperator) {
		return &calls.NotNowError{Until: s.Ended.Add(time.Second), Detail: "the BSDD at which the list was to go on is gone: begin again"}
	}
	return err
}

// IsDeleted tells whether a BSDD of ours is there no more: deleted ones come in no list. The
// outcome is Accepted or Deferred; the errors are those of SyncStep.
func (f Syncer) IsDeleted(ctx context.Context, company, id string) (gone bool, o sluss.Outcome, made sluss.Exchange, err error) {
	s := f.Calls.Session(company, "form")
	_, unread := s.Form(ctx, id)
	err = s.Answered(unread)
	if errors.Is(err, sluss.ErrAbsent) {
		return true, sluss.Outcome{Kind: sluss.Accepted, Detail: "it is there no more"}, s.Exchange(), nil
	}
	o, err = calls.Deferred(err)
	return false, o, s.Exchange(), err
}
