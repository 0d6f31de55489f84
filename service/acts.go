package service

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"sluss"
	"sluss/ledger"
	"sluss/obligations"
)

// checkTime refuses an act on a filing if its time is impossible.
func (sv *Service) checkTime(ctx context.Context, filing sluss.FilingID, at time.Time) error {
	content, _, _, err := sv.Ledger.Content(ctx, filing)
	if err != nil {
		return err
	}
	return sluss.CheckActTime("at", at, content.Began(), time.Now()).Err()
}

// timed fills in the time of an act that has none.
func timed(at time.Time) time.Time {
	if at.IsZero() {
		return time.Now().Truncate(time.Second)
	}
	return at
}

// decided is the state of a filing if the same decision, given without a time, was made
// before; nil if it was not. If the filing waits again since then, the error is a
// Refusal: a new decision must give its time.
func (sv *Service) decided(ctx context.Context, filing sluss.FilingID, decision sluss.Decision) (*FilingState, error) {
	batch, _, err := filing.Split()
	if err != nil {
		return nil, fmt.Errorf("%w filing: %w", ErrNoSuch, err)
	}
	lines, err := sv.Ledger.Timeline(ctx, batch)
	if err != nil {
		return nil, err
	}
	var before *ledger.TimelineLine
	for i, line := range lines {
		var taken sluss.Decision
		if line.Kind != "decision" || line.Filing != filing || json.Unmarshal(line.Detail, &taken) != nil {
			continue
		}
		if taken.At = decision.At; taken == decision {
			before = &lines[i]
		}
	}
	if before == nil {
		return nil, nil
	}
	f, _, err := sv.Ledger.Filing(ctx, filing)
	if err != nil {
		return nil, err
	}
	if f.Open && f.Waiting != "" && f.Since.After(before.At) {
		return nil, &Refusal{Why: "this was decided before", Faults: sluss.Faults{{
			Field:   "at",
			Problem: fmt.Sprintf("the same was decided and recorded at %s, and %s waits again since %s", before.At.Format(time.RFC3339), filing, f.Since.Format(time.RFC3339)),
			Remedy:  "to take the same decision again, give its time or another reason",
		}}}
	}
	state := stateOf(f)
	return &state, nil
}

// stateOf is the state of a filing in the ledger.
func stateOf(f ledger.Filing) FilingState {
	return FilingState{
		Filing: f.ID, Obligation: f.Obligation, Stage: f.Stage, Waiting: f.Waiting, Until: f.Until, Hash: f.Hash,
		Reasons: f.Reasons, Detail: f.Detail, Overdue: f.Overdue, Receipt: f.Receipt,
	}
}

// numbered is a correction as it was given, with the number of corrections before it.
// It identifies the act: sent again before it is recorded, it is the same.
type numbered struct {
	Of     string // batch or filing
	Before int
	sluss.Correction
}

// change is what a correction would make of a batch: the declaration and the events, in a
// content without anything else.
type change struct {
	before, after sluss.Content
	unread        error // why it cannot be made; the workflow then says so
	takesBack     bool  // an event that is kept
}

// change finds out what a correction would make of a batch. The error is Faults if a
// registry would refuse the reports then, or if what is corrected is not plausible.
func (sv *Service) change(ctx context.Context, known ledger.Batch, c sluss.Correction) (ch change, err error) {
	if !known.Declared {
		return change{unread: ErrNoSuch}, nil
	}
	events, err := sv.Ledger.Events(ctx, known.ID)
	if err != nil {
		return ch, err
	}
	kept, err := sv.Ledger.KeptEvents(ctx, known.ID, "")
	if err != nil {
		return ch, err
	}
	ch.before = sluss.Content{Declaration: known.Declaration, Events: events}
	ch.after = ch.before
	given := len(c.Remove)
	c.Remove = slices.DeleteFunc(slices.Clone(c.Remove), func(path string) bool {
		return slices.ContainsFunc(kept, func(k ledger.KeptEvent) bool { return path == "events."+string(k.Event.ID()) })
	})
	if ch.takesBack = len(c.Remove) < given; ch.takesBack && c.Empty() {
		return ch, nil
	}
	if ch.after.Declaration, ch.after.Events, ch.unread = obligations.Corrected(known.Declaration, events, c); ch.unread != nil {
		return ch, nil
	}
	d, corrected, now := known.Declaration, ch.after.Declaration, time.Now()
	doubts, _, err := sv.chained(ctx, corrected)
	if err != nil {
		return ch, err
	}
	before, _, err := sv.chained(ctx, d)
	if err != nil {
		return ch, err
	}
	doubts = slices.Concat(without(doubts, before), without(obligations.Doubt(corrected, now), obligations.Doubt(d, now)), obligations.DoubtCorrected(events, ch.after.Events, now))
	represented, nobody, err := sv.unrepresented(ctx, corrected, known.DeclaredAt)
	if err != nil {
		return ch, err
	}
	nobody = without(nobody, obligations.Unrepresented(d, represented, known.DeclaredAt))
	refused := slices.Concat(nobody, without(refusable(corrected, represented), refusable(d, represented)), without(refusableEvents(ch.after), refusableEvents(ch.before)))
	if len(refused)+len(doubts) == 0 {
		return ch, nil
	}
	law := slices.Concat(without(obligations.Validate(corrected), obligations.Validate(d)), sluss.AsFaults(obligations.CheckCorrection(d, corrected, events, ch.after.Events)))
	return ch, mergeFaults(mergeFaults(law, refused), doubts)
}

// refusableEvents is refusableEvent for all events of a content, by their paths in a
// correction.
func refusableEvents(c sluss.Content) (faults sluss.Faults) {
	for _, e := range c.Events {
		for _, fault := range refusableEvent(c.Declaration, e) {
			fault.Field = "events." + string(e.ID()) + "." + fault.Field
			faults = append(faults, fault)
		}
	}
	return faults
}

// inPlace reports whether a correction that was given without a time is made already:
// it would change nothing.
func inPlace(c sluss.Correction, now, corrected interface{ Hash() string }, err error) bool {
	return c.At.IsZero() && c.By.Name != "" && err == nil && corrected.Hash() == now.Hash()
}
