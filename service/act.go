package service

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"sluss"
	"sluss/declarations"
	"sluss/workflows"
)

// Event reports an event to a batch. The error wraps ErrRefused if the batch refuses
// it. An event in the future, or whose report a registry would refuse, is a fault, since
// a recorded event cannot be undone.
func (sv *Service) Event(ctx context.Context, batch sluss.BatchID, e sluss.Event) (EventReply, error) {
	if err := inFuture(e); err != nil {
		return EventReply{}, err
	}
	if err := sv.checkEvent(ctx, batch, e); err != nil {
		return EventReply{}, err
	}
	reply, err := update(ctx, sv, string(batch), workflows.EventUpdate, e)
	if reply.Obligations == nil {
		reply.Obligations = []sluss.Obligation{}
	}
	return reply, err
}

// inFuture refuses an event that has not happened yet. The error is Faults.
func inFuture(e sluss.Event) error {
	ahead := time.Until(e.At)
	if ahead <= sluss.ClockSkew {
		return nil
	}
	return sluss.Faults{{
		Field: "at", Problem: fmt.Sprintf("%s is in the future, by %s", e.At.Format(time.RFC3339), ahead.Round(time.Second)), Remedy: "report it once it has happened",
	}}
}

// Correct corrects a batch's declaration, or what happened to it. The error wraps
// ErrRefused if the batch refuses it, and is Faults if a registry would. A correction without a time is made now; sent again, it changes nothing.
// Reports that are filed already are not amended: the answer lists those that are
// outdated now.
func (sv *Service) Correct(ctx context.Context, batch sluss.BatchID, c sluss.Correction) (Corrected, error) {
	known, err := sv.Ledger.Batch(ctx, batch)
	if err != nil {
		return Corrected{}, err
	}
	done := Corrected{}
	if faults := tooLarge(c); len(faults) > 0 {
		return done, faults
	}
	act := numbered{string(batch), known.Corrections, c}
	var unclear sluss.Faults
	if c.Set, done.Readings, unclear = declarations.Plain(known.Declaration, c.Set); len(unclear) > 0 {
		return done, unclear
	}
	change, err := sv.change(ctx, known, c)
	if err != nil {
		return done, err
	}
	if known.Closed != "" || change.takesBack || !inPlace(c, change.before, change.after, change.unread) {
		c.At = timed(c.At)
		if faults := sluss.CheckActTime("at", c.At, known.DeclaredAt, time.Now()); len(faults) > 0 {
			return done, faults
		}
		done.CorrectReply, err = updateAs(ctx, sv, string(batch), workflows.CorrectUpdate, c, act)
	}
	if errors.Is(err, ErrNoSuch) && known.Closed != "" {
		err = &Refusal{Why: string(batch) + " is closed: " + amendedInstead()}
	}
	if err != nil {
		return done, err
	}
	if done.Filings == nil {
		done.Filings = []sluss.FilingID{}
	}
	done.Outdated, err = OutdatedNotes(ctx, sv.Ledger, batch, "")
	return done, err
}

// amendedInstead says how what was filed is corrected once its batch is closed, at every
// registry that lets it be.
func amendedInstead() string {
	var titles []string
	for _, name := range sluss.Registries() {
		if r := sluss.RegistryOf(name); r.Amends() {
			titles = append(titles, r.Title)
		}
	}
	return "`starter amend FILING` corrects, and `starter annul FILING` annuls, what " + strings.Join(titles, " or ") + " took"
}

// Sign signs a filing. The error wraps ErrRefused if the filing refuses the signature,
// and is Faults if the time of the signature is impossible.
func (sv *Service) Sign(ctx context.Context, filing sluss.FilingID, s sluss.Signature) (FilingState, error) {
	if err := sv.checkTime(ctx, filing, s.At); err != nil {
		return FilingState{}, err
	}
	return updateFiling(ctx, sv, filing, workflows.SignUpdate, s, s)
}

// Decide settles what only a person can settle, or replaces the receipt of an earlier
// decision. The error wraps ErrRefused if the
// filing refuses the decision, and is Faults if its time is impossible. A decision
// without a time is made now; sent again, it is not made again.
func (sv *Service) Decide(ctx context.Context, filing sluss.FilingID, decision sluss.Decision) (FilingState, error) {
	if decision.Replaces != "" {
		return sv.replace(ctx, filing, decision)
	}
	act := decision
	if decision.At.IsZero() {
		if before, err := sv.decided(ctx, filing, decision); err != nil || before != nil {
			return *cmp.Or(before, &FilingState{}), err
		}
		decision.At = timed(decision.At)
	}
	if err := sv.checkTime(ctx, filing, decision.At); err != nil {
		return FilingState{}, err
	}
	return updateFiling(ctx, sv, filing, workflows.DecideUpdate, decision, act)
}

// update sends an update and waits for its result. If the same act is sent again after
// a lost answer, it is answered but not done again.
func update[In, Out any](ctx context.Context, sv *Service, workflow string, u workflows.Update[In, Out], in In) (Out, error) {
	return updateAs(ctx, sv, workflow, u, in, in)
}

// updateFiling is updateAs for a filing, whose workflow may run others.
func updateFiling[In, Out any](ctx context.Context, sv *Service, filing sluss.FilingID, u workflows.Update[workflows.Addressed[In], Out], in In, act any) (Out, error) {
	message := workflows.Addressed[In]{Filing: filing, Message: in}
	return updateAs(ctx, sv, filing.Workflow(), u, message, workflows.Addressed[any]{Filing: filing, Message: act})
}

// updateAs sends an update whose id is derived from the act as the person gave it,
// without values that were filled in.
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

// explained translates Temporal's errors into errors that say what to do.
func explained(err error, workflow string) error {
	if err == nil {
		return nil
	}
	if application := (*temporal.ApplicationError)(nil); errors.As(err, &application) {
		if application.Type() == workflows.NoSuch {
			return fmt.Errorf("%w open filing: %s", ErrNoSuch, application.Message())
		}
		refusal := &Refusal{Why: application.Message()}
		_ = application.Details(&refusal.Faults) // not every refusal has them
		return refusal
	}
	if missing := (*serviceerror.NotFound)(nil); errors.As(err, &missing) {
		return fmt.Errorf("%w open workflow as %s: it is closed, or never existed (`starter list` shows all batches)", ErrNoSuch, workflow)
	}
	var update *client.WorkflowUpdateServiceTimeoutOrCanceledError
	var query *serviceerror.DeadlineExceeded
	var unavailable *serviceerror.Unavailable
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &update) || errors.As(err, &query) || errors.As(err, &unavailable) {
		return fmt.Errorf("%w from %s: is a worker running? (%w)", ErrNoAnswer, workflow, err)
	}
	return err
}

// How long, and how often, the ledger is polled for the result of a workflow.
const (
	patience = 20 * time.Second
	pause    = 200 * time.Millisecond
)

// awaited polls until look is done, and returns its last value. The error wraps
// ErrNoAnswer if that takes too long.
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
