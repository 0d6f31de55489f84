package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sluss"
	"sluss/config"
	"sluss/inbox"
	"sluss/ledger"
	"sluss/registries"
	"sluss/registries/trackdechets"
)

// revised is a sample whose load is weighed again after its BSDD has come to its
// end: the receiver asks for a revision, and the emitter approves it.
const revised = "SOLV-2026-0007"

// weighedAgain is what the load weighed then.
const weighedAgain = "3180"

// askRevision is the receiver's part. It may have been done before the demo was
// stopped.
func (h *House) askRevision(ctx context.Context, batches []sluss.Declaration) (filing string, err error) {
	d := batches[slices.IndexFunc(batches, func(d sluss.Declaration) bool { return d.Reference == revised })]
	shown, err := h.Desk.Show(ctx, d.ID())
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(shown.Filings, func(f ledger.Filing) bool {
		_, n := sluss.SplitAmendmentID(f.Obligation.ID)
		return n > 0
	})
	if i >= 0 {
		return shown.Filings[i].ID, nil
	}
	by := personAt(d.Receiver, "Weighbridge")
	asked, err := h.Desk.Amend(ctx, sluss.FilingID(d.Tenant, d.Reference, "fr.arrival"), inbox.Amending{
		Set: map[string]string{"events.received.mass": weighedAgain}, Reason: "weighed again: the scales were out of true", By: by,
	})
	if err != nil {
		return "", fmt.Errorf("ask for a revision of %s: %w", d.Reference, err)
	}
	say("%s: %s asks for a revision of its BSDD: %s kg were received", d.Reference, by.Name, weighedAgain)
	return asked.Filing, nil
}

// settleRevision has it signed, and approved on the platform by the emitter.
func (h *House) settleRevision(ctx context.Context, batches []sluss.Declaration, filing string) error {
	d := batches[slices.IndexFunc(batches, func(d sluss.Declaration) bool { return d.Reference == revised })]
	platform, err := h.openTrackdechets()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	for {
		f, _, err := h.Desk.Ledger.Filing(ctx, filing)
		switch {
		case err != nil:
			return err
		case f.Stage == sluss.StageAccepted:
			say("%s: its BSDD is revised", d.Reference)
			return nil
		case f.Stage == sluss.StageSignature:
			err = h.signRevision(ctx, f, personAt(d.Receiver, "Reception"))
		case f.Stage == sluss.StageDeferred:
			err = approve(ctx, platform, d.Producer)
		}
		if err != nil && !errors.Is(err, inbox.ErrRefused) && !errors.Is(err, inbox.ErrNoAnswer) {
			return err
		}
		select {
		case <-time.After(2 * time.Second): // the platform counts these calls as well
		case <-ctx.Done():
			return fmt.Errorf("%s is %s: %w", filing, f.Stage, ctx.Err())
		}
	}
}

func (h *House) signRevision(ctx context.Context, f ledger.Filing, by sluss.Person) error {
	content, _, _, err := h.Desk.Ledger.Content(ctx, f.ID)
	if err != nil {
		return err
	}
	_, err = h.Desk.Sign(ctx, f.ID, sluss.Signature{Role: f.Waiting, Person: by, At: time.Now().Truncate(time.Second), ContentHash: content.Hash()})
	return err
}

// approve is what the emitter's people do on the platform.
func approve(ctx context.Context, platform *trackdechets.Client, emitter sluss.Party) error {
	revisions, _, _, err := platform.Revisions(ctx, emitter.ID, "")
	if err != nil {
		return err
	}
	for _, r := range revisions {
		if r.Status == "PENDING" {
			if _, _, err := platform.AnswerRevision(ctx, emitter.ID, r.ID, true, "as our own scales say"); err != nil {
				return err
			}
			say("%s: %s approves it on the platform", revised, emitter.Name)
		}
	}
	return nil
}

// openTrackdechets is the platform as any of its users sees it.
func (h *House) openTrackdechets() (*trackdechets.Client, error) {
	c, err := config.Load(h.ConfigFile)
	if err != nil {
		return nil, err
	}
	var settings registries.Config
	if err := config.Part(c.Registries, &settings); err != nil {
		return nil, err
	}
	client, _, err := settings.Trackdechets.Open()
	return client, err
}
