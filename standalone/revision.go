package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sluss"
	"sluss/ledger"
	"sluss/service"
)

// revised is a sample whose load is weighed again after its BSDD has ended: the
// receiver asks for a revision, and the emitter approves it.
const revised = "SOLV-2026-0007"

// weighedAgain is what the load weighed then.
const weighedAgain = "3180"

// askRevision is the receiver's part. It may have been done before the demo was
// stopped.
func (h *Installation) askRevision(ctx context.Context, batches []sluss.Declaration) (filing sluss.FilingID, err error) {
	d := batches[slices.IndexFunc(batches, func(d sluss.Declaration) bool { return d.Reference == revised })]
	shown, err := h.Service.Show(ctx, d.ID())
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(shown.Filings, func(f service.Filing) bool {
		_, n := f.Obligation.ID.SplitAmendment()
		return n > 0
	})
	if i >= 0 {
		return shown.Filings[i].ID, nil
	}
	by := sluss.Person{Name: "Sophie Blanc", Function: "Weighbridge", Organisation: d.Receiver.Name} // the signer is another person
	asked, err := h.Service.Amend(ctx, d.ID().Filing("fr.arrival"), service.Amending{
		Set: map[string]string{"events.received.mass": weighedAgain}, Reason: "weighed again: the scales were out of true", By: by,
	})
	if err != nil {
		return "", fmt.Errorf("ask for a revision of %s: %w", d.Reference, err)
	}
	say("%s: %s asks for a revision of its BSDD: %s kg were received", d.Reference, by.Name, weighedAgain)
	return asked.Filing, nil
}

// settleRevision has it signed, and accepted by the emitter.
func (h *Installation) settleRevision(ctx context.Context, batches []sluss.Declaration, filing sluss.FilingID) error {
	d := batches[slices.IndexFunc(batches, func(d sluss.Declaration) bool { return d.Reference == revised })]
	approved := false
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	for {
		f, _, err := h.Service.Ledger.Filing(ctx, filing)
		switch {
		case err != nil:
			return err
		case f.Stage == sluss.StageAccepted:
			say("%s: its BSDD is revised", d.Reference)
			return nil
		case f.Stage == sluss.StageSignature:
			err = h.signRevision(ctx, f, personAt(d.Receiver, "Reception"))
		case f.Stage == sluss.StageDeferred && !approved:
			approved, err = h.approve(ctx, d)
		}
		if err != nil && !errors.Is(err, service.ErrRefused) && !errors.Is(err, service.ErrNoAnswer) {
			return err
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return fmt.Errorf("%s is %s: %w", filing, f.Stage, ctx.Err())
		}
	}
}

func (h *Installation) signRevision(ctx context.Context, f ledger.Filing, by sluss.Person) error {
	content, _, _, err := h.Service.Ledger.Content(ctx, f.ID)
	if err != nil {
		return err
	}
	_, err = h.Service.Sign(ctx, f.ID, sluss.Signature{Role: f.Waiting, Person: by, At: time.Now().Truncate(time.Second), ContentHash: content.Hash()})
	return err
}

// approve approves the revision for the emitter.
func (h *Installation) approve(ctx context.Context, d sluss.Declaration) (approved bool, err error) {
	asked, err := h.Service.Revisions(ctx)
	if err != nil {
		return false, err
	}
	for _, r := range asked {
		if r.Company != d.Producer.ID || r.Ours {
			continue
		}
		by := personAt(d.Producer, "Site manager")
		if _, err := h.Service.AnswerRevision(ctx, r.ID, service.Answering{Reply: service.Accept, Company: r.Company, Comment: "as our own scales say", By: by}); err != nil {
			return false, err
		}
		say("%s: %s of %s accepts it", d.Reference, by.Name, d.Producer.Name)
		approved = true
	}
	return approved, nil
}
