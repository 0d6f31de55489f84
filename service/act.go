package service

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"sluss"
	"sluss/obligations"
	"sluss/workflows"
)

// Event tells a batch what happened. Refused events wrap ErrRefused; one that is
// still to come is a fault: the registries refuse it, and what is recorded stays.
func (sv *Service) Event(ctx context.Context, batch string, e sluss.Event) (EventReply, error) {
	if ahead := time.Until(e.At); ahead > sluss.ClockSkew {
		return EventReply{}, sluss.Faults{{
			Field: "at", Problem: fmt.Sprintf("%s is still to come, in %s", e.At.Format(time.RFC3339), ahead.Round(time.Second)), Remedy: "report it once it has happened",
		}}
	}
	reply, err := update(ctx, sv, batch, workflows.EventUpdate, e)
	if reply.Obligations == nil {
		reply.Obligations = []sluss.Obligation{}
	}
	return reply, err
}

// Correct amends a batch's declaration; refused corrections wrap ErrRefused. A
// correction without a time is made now; sent again, it changes nothing. What was
// filed already is not amended by it: the answer says what that tells otherwise now.
func (sv *Service) Correct(ctx context.Context, batch string, c sluss.Correction) (Corrected, error) {
	known, err := sv.Ledger.Batch(ctx, batch)
	if err != nil {
		return Corrected{}, err
	}
	done := Corrected{}
	corrected, unread := obligations.Corrected(known.Declaration, c)
	if unread == nil && known.Declared {
		if refused := without(refusable(corrected), refusable(known.Declaration)); len(refused) > 0 {
			return done, beside(without(obligations.Validate(corrected), obligations.Validate(known.Declaration)), refused)
		}
	}
	if known.Closed != "" || !inPlace(c, known.Declaration, corrected, unread) {
		act := numbered{batch, known.Corrections, c}
		c.At = timed(c.At)
		if faults := sluss.CheckActTime("at", c.At, known.DeclaredAt, time.Now()); len(faults) > 0 {
			return done, faults
		}
		done.CorrectReply, err = updateAs(ctx, sv, batch, workflows.CorrectUpdate, c, act)
	}
	if errors.Is(err, ErrNoSuch) && known.Closed != "" {
		err = &Refusal{Why: batch + " is closed: `starter amend FILING` corrects what the Swedish registry took"}
	}
	if err != nil {
		return done, err
	}
	if done.Filings == nil {
		done.Filings = []string{}
	}
	done.Outdated, err = OutdatedNotes(ctx, sv.Ledger, batch, "")
	return done, err
}

// Sign puts a signature on a filing; a refused one wraps ErrRefused. The error is
// Faults where it cannot have been given at its time.
func (sv *Service) Sign(ctx context.Context, filing string, s sluss.Signature) (FilingState, error) {
	if err := sv.clocked(ctx, filing, s.At); err != nil {
		return FilingState{}, err
	}
	return update(ctx, sv, filing, workflows.SignUpdate, s)
}

// Decide settles what only a person can settle; a refused decision wraps
// ErrRefused. A decision without a time is taken now; sent again, it is not taken
// again. The error is Faults where it cannot have been taken at its time.
func (sv *Service) Decide(ctx context.Context, filing string, decision sluss.Decision) (FilingState, error) {
	act := decision
	if decision.At.IsZero() {
		if before, err := sv.decided(ctx, filing, decision); err != nil || before != nil {
			return *cmp.Or(before, &FilingState{}), err
		}
		decision.At = timed(decision.At)
	}
	if err := sv.clocked(ctx, filing, decision.At); err != nil {
		return FilingState{}, err
	}
	return updateAs(ctx, sv, filing, workflows.DecideUpdate, decision, act)
}

// update sends an update and waits until it is done. The same act sent again,
// after an answer that got lost, is answered and not done again.
func update[In, Out any](ctx context.Context, sv *Service, workflow string, u workflows.Update[In, Out], in In) (Out, error) {
	return updateAs(ctx, sv, workflow, u, in, in)
}

// updateAs sends an update under the name of what a person did, which holds
// nothing that was filled in.
func updateAs[In, Out any](ctx context.Context, sv *Service, workflow string, u workflows.Update[In, Out], in In, act any) (Out, error) {
	var out Out
	handle, err := sv.Temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: workflow, UpdateID: u.Name + "-" + digest(act), UpdateName: u.Name, Args: []any{in},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err != nil {
		return out, explained(err, workflow)
	}
	return out, explained(handle.Get(ctx, &out), workflow)
}

func digest(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		return uuid.NewString()
	}
	sum := fnv.New64a()
	_, _ = sum.Write(data) // never fails
	return fmt.Sprintf("%016x", sum.Sum64())
}

// explained puts Temporal's errors into words that say what to do.
func explained(err error, workflow string) error {
	if err == nil {
		return nil
	}
	if application := (*temporal.ApplicationError)(nil); errors.As(err, &application) {
		refusal := &Refusal{Why: application.Message()}
		_ = application.Details(&refusal.Faults) // not every refusal has them
		return refusal
	}
	if missing := (*serviceerror.NotFound)(nil); errors.As(err, &missing) {
		return fmt.Errorf("%w open workflow as %s: it is closed, or was never there (`starter list` shows what there is)", ErrNoSuch, workflow)
	}
	var update *client.WorkflowUpdateServiceTimeoutOrCanceledError
	var query *serviceerror.DeadlineExceeded
	var unavailable *serviceerror.Unavailable
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &update) || errors.As(err, &query) || errors.As(err, &unavailable) {
		return fmt.Errorf("%w from %s: is a worker running? (%w)", ErrNoAnswer, workflow, err)
	}
	return err
}

// How long, and how often, a person waits for what a workflow keeps.
const (
	patience = 20 * time.Second
	pause    = 200 * time.Millisecond
)

// awaited looks until it is done, and gives what it sees then. The error wraps
// ErrNoAnswer if it takes too long.
func awaited[T any](ctx context.Context, what string, look func() (T, bool, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		now, done, err := look()
		if err != nil || done {
			return now, err
		}
		select {
		case <-ctx.Done():
			return now, fmt.Errorf("%w from %s: is a worker running?", ErrNoAnswer, what)
		case <-time.After(pause):
		}
	}
}
