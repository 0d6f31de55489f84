package activities

import (
	"context"
	"errors"
	"slices"

	"go.temporal.io/sdk/temporal"

	"sluss"
)

// Owed is what a record has put on the parties: which of it is ours the ledger knows.
type Owed struct {
	Obligations []sluss.Obligation `json:"obligations,omitempty"`
}

// Whose says whose obligations are by a corrected declaration. The events are those that
// they follow from.
func (a *Activities) Whose(ctx context.Context, d sluss.Declaration, events []sluss.Event, owed []sluss.Obligation) (Owed, error) {
	owed, err := a.Ledger.WhoseAnew(ctx, d, events, owed)
	return Owed{owed}, err
}

// KeepEvent records an event that cannot be taken yet.
func (a *Activities) KeepEvent(ctx context.Context, r sluss.KeptRecord) error {
	return recorded(a.Ledger.KeepEvent(ctx, r))
}

// RecordEvent records an event and its obligations, and opens filings of them. For each of
// those that can be submitted at once, it also does what Queue does.
func (a *Activities) RecordEvent(ctx context.Context, r sluss.EventRecord) (Happened, error) {
	if err := a.assign(ctx, &r); err != nil {
		return Happened{}, err
	}
	done := Happened{Owed: Owed{r.Obligations}}
	fresh, err := a.Ledger.Happen(ctx, r)
	if err == nil && fresh {
		done.Opened = a.lookAll(ctx, r.Filings)
	}
	return done, recorded(err)
}

// assign finds out whose the obligations of a record are. No filing is opened of theirs.
func (a *Activities) assign(ctx context.Context, r *sluss.EventRecord) (err error) {
	if r.Obligations, err = a.Ledger.Whose(ctx, r.Batch, r.Declaration, []sluss.Event{r.Event}, r.Obligations); err != nil {
		return err
	}
	var ours []sluss.FilingRecord
	for _, f := range r.Filings {
		at := slices.IndexFunc(r.Obligations, func(o sluss.Obligation) bool { return o.ID == f.Content.Obligation.ID })
		if at < 0 || r.Obligations[at].Theirs {
			continue
		}
		f.Content.Obligation = r.Obligations[at]
		f.Hash = f.Content.Hash()
		ours = append(ours, f)
	}
	r.Filings = ours
	return nil
}

// Happened is the result of RecordEvent.
type Happened struct {
	Owed
	// Opened are the filings that were opened; none if the event was recorded before.
	Opened []Opened `json:"opened,omitempty"`
}

// Opened is a filing that was opened with an event.
type Opened struct {
	Filing sluss.FilingID `json:"filing"`
	Hash   string         `json:"hash"` // of its content
	// Place is the result of Queue; nil: it was not called.
	Place *SubmitResult `json:"place,omitempty"`
}

func (a *Activities) lookAll(ctx context.Context, filings []sluss.FilingRecord) []Opened {
	var all []Opened
	for _, r := range filings {
		o := Opened{Filing: r.Filing, Hash: r.Hash}
		if r.Content.Obligation.Signer == "" {
			o.Place = a.look(ctx, SubmitInput{Submission: sluss.Submission{Filing: r.Filing, Content: r.Content}, Number: 1})
		}
		all = append(all, o)
	}
	return all
}

// OpenFiling records a filing's content.
func (a *Activities) OpenFiling(ctx context.Context, r sluss.FilingRecord) error {
	return recorded(a.Ledger.OpenFiling(ctx, r))
}

// RecordStage records the stage of a filing, or a mark on it.
func (a *Activities) RecordStage(ctx context.Context, r sluss.StageRecord) error {
	return recorded(a.Ledger.RecordStage(ctx, r))
}

// RecordSignature records a signature, accepted or refused.
func (a *Activities) RecordSignature(ctx context.Context, r sluss.SignatureRecord) error {
	return recorded(a.Ledger.RecordSignature(ctx, r))
}

// Correction is a correction to record.
type Correction struct {
	sluss.CorrectionRecord
	Since []sluss.Event `json:"since,omitempty"` // the events that its new obligations follow from
}

// RecordCorrection records a correction with the obligations that are new.
func (a *Activities) RecordCorrection(ctx context.Context, c Correction) (Owed, error) {
	r := c.CorrectionRecord
	var err error
	if r.Obligations, err = a.Ledger.Whose(ctx, r.Batch, &r.Declaration, c.Since, r.Obligations); err != nil {
		return Owed{}, err
	}
	return Owed{r.Obligations}, recorded(a.Ledger.RecordCorrection(ctx, r))
}

// RecordTheirReceipt records the receipt of an obligation of theirs.
func (a *Activities) RecordTheirReceipt(ctx context.Context, r sluss.TheirReceiptRecord) error {
	return recorded(a.Ledger.RecordTheirReceipt(ctx, r))
}

// Sign records the signature of a submission, and then does what Queue does. The place is
// nil if that could not be done.
func (a *Activities) Sign(ctx context.Context, in SubmitInput) (Signed, error) {
	r := sluss.SignatureRecord{Filing: in.Submission.Filing, Signature: *in.Submission.Signature}
	if err := a.RecordSignature(ctx, r); err != nil {
		return Signed{}, err
	}
	return Signed{Place: a.look(ctx, in)}, nil
}

// Signed is the result of Sign.
type Signed struct {
	Place *SubmitResult `json:"place,omitempty"`
}

// RecordDecision records a person's decision.
func (a *Activities) RecordDecision(ctx context.Context, r sluss.DecisionRecord) error {
	return recorded(a.Ledger.RecordDecision(ctx, r))
}

// RecordAnswer records the answer to an attempt, if Submit or Find could not.
func (a *Activities) RecordAnswer(ctx context.Context, answer sluss.Answer) error {
	return recorded(a.Ledger.Finish(ctx, answer))
}

// CloseBatch records the end of a batch.
func (a *Activities) CloseBatch(ctx context.Context, r sluss.CloseRecord) error {
	return recorded(a.Ledger.CloseBatch(ctx, r))
}

// recorded decides which ledger errors are retried: all except those about the content
// itself.
func recorded(err error) error {
	if faults := sluss.Faults(nil); errors.As(err, &faults) {
		return temporal.NewNonRetryableApplicationError(faults.Error(), ErrorConflict, err)
	}
	return err
}
