package activities

import (
	"context"
	"errors"
	"time"

	"sluss"
)

// CallTimeout is how long one call of a registry may take in all. An older attempt
// without an answer is not under way any more.
const CallTimeout = 20 * time.Second

// SubmitInput is one submission. Number counts the submissions of a filing from 1.
type SubmitInput struct {
	Submission sluss.Submission `json:"submission"`
	Number     int              `json:"number"`
	// Urgent: a person waits for the answer. The call goes before all others, and is
	// not queued if it cannot be made now.
	Urgent bool `json:"urgent,omitempty"`
}

// SubmitResult is the result of Submit.
type SubmitResult struct {
	Outcome sluss.Outcome `json:"outcome"`
	// Wait is the place in the queue; if set, nothing was sent.
	Wait *sluss.QueuePlace `json:"wait,omitempty"`
	// Unrecorded is the answer if it could not be recorded: that must be done before
	// anything else.
	Unrecorded *sluss.Answer `json:"unrecorded,omitempty"`
}

// Queue is what a submission begins with: it returns the place in the queue if others go
// before it, or calls are stopped, with a Deferred outcome. Without a place, Submit it.
func (a *Activities) Queue(ctx context.Context, in SubmitInput) (SubmitResult, error) {
	registry, served := a.Registries[in.registry()]
	if !served {
		return SubmitResult{}, nil // Submit goes to a worker that serves it
	}
	calls, err := registry.Calls(ctx, in.Submission.Content)
	if err != nil || calls < 1 {
		return SubmitResult{}, nil // Submit tries again, or calls nobody
	}
	wait, err := a.Ledger.Queue(ctx, in.intent(sluss.ToSubmit, calls))
	if err != nil || wait == nil {
		return SubmitResult{}, err
	}
	return SubmitResult{Outcome: queued(*wait), Wait: wait}, nil
}

// look is Queue beside something that is recorded already, which its failure must not
// undo; nil: it failed.
func (a *Activities) look(ctx context.Context, in SubmitInput) *SubmitResult {
	place, err := a.Queue(ctx, in)
	if err != nil {
		a.Log.Warn("a filing could not look at the queue, and looks again", "filing", in.Submission.Filing, "error", err)
		return nil
	}
	return &place
}

// Submit sends a submission to a registry, at most once for a submission number. Its
// intent is durable before the call; if there is an intent without an answer already, the
// outcome is Unknown. If it may not call now, it returns its place in the queue, with a
// Deferred outcome.
func (a *Activities) Submit(ctx context.Context, in SubmitInput) (SubmitResult, error) {
	registry, served := a.Registries[in.registry()]
	if !served {
		return SubmitResult{}, unserved(in.registry(), "")
	}
	calls, err := registry.Calls(ctx, in.Submission.Content)
	if err != nil {
		return SubmitResult{}, err
	}
	r, err := a.caller().call(ctx, in.intent(sluss.ToSubmit, calls), func(ctx context.Context) (sluss.Outcome, sluss.Exchange, error) {
		return registry.Submit(ctx, in.Submission)
	})
	switch {
	case err != nil:
		return SubmitResult{}, err
	case r.Err != nil:
		return SubmitResult{}, toTemporal(r.Err)
	}
	return SubmitResult{Outcome: r.Outcome, Wait: r.Wait, Unrecorded: r.Unrecorded}, nil
}

// FindResult says whether a registry has an earlier submission.
type FindResult struct {
	// Known is false if the registry cannot be asked.
	Known bool `json:"known"`
	// Absent: the registry does not have it.
	Absent bool `json:"absent,omitempty"`
	// Outcome is Accepted if the registry has it, Deferred if it cannot say now, and
	// Rejected if it can never accept it.
	Outcome sluss.Outcome `json:"outcome"`
	// Wait is the place in the queue; if set, the registry was not asked.
	Wait       *sluss.QueuePlace `json:"wait,omitempty"`
	Unrecorded *sluss.Answer     `json:"unrecorded,omitempty"`
}

// copied is a registry whose documents are synced: what was not done on one can be read from the copy in the ledger.
type copied interface {
	// Copy is the id of the document on which a submission is a step; empty: there is none yet.
	Copy(s sluss.Submission) string
	// NotYet tells that the step was not taken on the document, as the last sync read it. False: it was, or the registry must be asked.
	NotYet(s sluss.Submission, read sluss.Document) bool
}

// copies is a ledger that has such documents.
type copies interface {
	Document(ctx context.Context, registry, id string) (sluss.Document, bool, error)
	// MayBeTaken tells whether the registry may have taken a submission of a filing.
	MayBeTaken(ctx context.Context, filing sluss.FilingID) (bool, error)
}

// notYet tells, without a call, that a registry does not have a submission: nothing was sent that it may have taken, and what
// others have changed, as the last sync read it, is something else.
func (a *Activities) notYet(ctx context.Context, registry Registry, in SubmitInput) (bool, error) {
	documents, synced := registry.(copied)
	ledger, has := a.Ledger.(copies)
	if !synced || !has {
		return false, nil
	}
	id := documents.Copy(in.Submission)
	if id == "" {
		return false, nil
	}
	if taken, err := ledger.MayBeTaken(ctx, in.Submission.Filing); err != nil || taken {
		return false, err
	}
	read, known, err := ledger.Document(ctx, in.registry(), id)
	return err == nil && known && documents.NotYet(in.Submission, read), err
}

// Find asks a registry about a submission whose outcome is unknown, or which others may have made unnecessary. It makes no call
// if the copy of a synced document shows that they have not.
func (a *Activities) Find(ctx context.Context, in SubmitInput) (FindResult, error) {
	registry, served := a.Registries[in.registry()]
	if !served {
		return FindResult{}, unserved(in.registry(), "")
	}
	if absent, err := a.notYet(ctx, registry, in); err != nil || absent {
		return FindResult{Known: true, Absent: absent}, err
	}
	r, err := a.caller().call(ctx, in.intent(sluss.ToAsk, 1), func(ctx context.Context) (sluss.Outcome, sluss.Exchange, error) {
		return registry.Find(ctx, in.Submission)
	})
	switch {
	case err != nil:
		return FindResult{}, err
	case errors.Is(r.Err, sluss.ErrAbsent):
		return FindResult{Known: true, Absent: true, Unrecorded: r.Unrecorded}, nil
	case errors.Is(r.Err, sluss.ErrCannotAsk):
		return FindResult{Unrecorded: r.Unrecorded}, nil
	case r.Err != nil:
		return FindResult{}, toTemporal(r.Err)
	}
	return FindResult{Known: true, Outcome: r.Outcome, Wait: r.Wait, Unrecorded: r.Unrecorded}, nil
}

func (a *Activities) caller() caller { return caller{a.Ledger, a.Actor, a.Log} }

func (in SubmitInput) registry() string { return in.Submission.Content.Obligation.Registry }

func (in SubmitInput) intent(purpose sluss.Purpose, calls int) sluss.Intent {
	content := in.Submission.Content
	return sluss.Intent{
		Filing: string(in.Submission.Filing), Number: in.Number, Purpose: purpose, Registry: in.registry(), Calls: calls,
		Hash: content.Hash(), Due: content.Obligation.Due, Urgent: in.Urgent,
	}
}
