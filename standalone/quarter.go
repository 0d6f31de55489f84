package main

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"sluss"
	"sluss/obligations"
	"sluss/service"
)

// lastQuarter is a sample that was treated in the quarter before this one, and whose
// events are reported only now: its notes are late, and its result is due.
const lastQuarter = "VO-2026-0061"

// hoursAfter is when its events happened, counted from the departure.
var hoursAfter = map[sluss.EventKind]time.Duration{sluss.Received: 3, sluss.WasteAccepted: 4, sluss.Treated: 28}

// beforeThisQuarter is the batch under another reference, ten days before the quarter began.
func beforeThisQuarter(d sluss.Declaration, now time.Time) sluss.Declaration {
	this := obligations.QuarterOf(now)
	begins := time.Date(this.Year, time.Month(3*this.Number-2), 1, 8, 0, 0, 0, d.Legs[0].Departure.Location())
	d.Reference = lastQuarter
	d.Legs = slices.Clone(d.Legs)
	d.Legs[0].Departure = begins.AddDate(0, 0, -10)
	return d
}

// fileResults has the results of the quarter before compiled, completed and signed,
// as the treater's people would, and waits until they are filed.
func (h *Installation) fileResults(ctx context.Context, batches []sluss.Declaration) error {
	i := slices.IndexFunc(batches, func(d sluss.Declaration) bool { return d.Reference == lastQuarter })
	quarter := obligations.QuarterOf(batches[i].Legs[0].Departure)
	if _, err := h.Service.CompileResults(ctx, sluss.DefaultTenant, quarter); err != nil {
		return err
	}
	return poll(ctx, 2*time.Minute, func(ctx context.Context) error {
		results, err := h.Service.Results(ctx, sluss.DefaultTenant, quarter)
		if err != nil {
			return err
		}
		for _, r := range results {
			if err := h.complete(ctx, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// complete takes one step with a result; an error says that more are left.
func (h *Installation) complete(ctx context.Context, r service.QuarterResult) error {
	var err error
	now := time.Now().Truncate(time.Second)
	switch {
	case r.State == nil:
	case !r.State.Open:
		say("the result of %s for %s of %s is filed: %s", r.Site.Quarter, r.Content.Result.Mass, r.Content.Result.Code, r.State.Receipt.ID)
		return nil
	case len(r.Lacks) > 0:
		_, err = h.Service.CorrectResult(ctx, r.Filing, sluss.Correction{
			Set:    map[string]string{"product": strings.TrimSuffix(r.Content.Result.Mass.String(), " kg")},
			Reason: "base oil, by the refinery's own books", By: officer, At: now,
		})
	case r.State.Stage == sluss.StageSignature && r.Hash != "":
		_, err = h.Service.Sign(ctx, r.Filing, sluss.Signature{Role: r.State.Waiting, Person: officer, At: now, ContentHash: r.Hash})
	}
	if err != nil && !errors.Is(err, service.ErrRefused) && !errors.Is(err, service.ErrNoAnswer) {
		return err
	}
	return errors.New("the result of the quarter is not filed yet")
}

// extract reads the agency's extract of our notes; true if that settles the filing.
func (h *Installation) extract(ctx context.Context, filing sluss.FilingID) (bool, error) {
	file, err := h.Simulators.Sweden.Extract(reporter)
	if err != nil {
		return false, err
	}
	told, err := h.Service.Extract(ctx, bytes.NewReader(file), service.Extract{By: officer})
	if err != nil {
		return false, err
	}
	settled := slices.ContainsFunc(told.Filings, func(s service.Searched) bool { return s.Filing == filing && s.Result == service.ExtractTaken })
	if settled {
		say("the agency's extract holds %d notes; it settles %d lost answers", told.Lines, told.Taken)
	}
	return settled, nil
}
