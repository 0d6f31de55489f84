// Package service implements what people can do (through workflows) and see (from the
// ledger), and reads the files that plants send. It is independent of HTTP.
package service

import (
	"context"
	"errors"
	"slices"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"sluss"
	"sluss/declarations"
	"sluss/ledger"
	"sluss/obligations"
	"sluss/workflows"
)

// Service acts on batches and filings for people, and shows their state.
type Service struct {
	Temporal  client.Client
	Namespace string // of Temporal
	Ledger    *ledger.Ledger
	Policy    workflows.Policy
	Signer    CodeSigner                      // of security codes; nil: none is taken
	Profiles  map[string]declarations.Profile // of other people's tables, by name
	Actor     string                          // this process, in what it calls itself; for engineers
}

// Errors that callers may distinguish.
var (
	// ErrNoSuch: there is no such thing.
	ErrNoSuch = errors.New("there is no such")
	// ErrNoAnswer: Temporal or the workers did not answer in time. The act may or may
	// not have been done. The same act sent again is not done twice.
	ErrNoAnswer = errors.New("no answer in time")
	// ErrRefused: the batch or filing refuses the act in its present state.
	ErrRefused = errors.New("refused")
)

// Refusal is the error of an act that the batch or filing refuses in its present
// state. It wraps ErrRefused.
type Refusal struct {
	Why    string
	Faults sluss.Faults // the single faults, if they are known
}

func (r *Refusal) Error() string { return ErrRefused.Error() + ": " + r.Why }

// Unwrap is ErrRefused.
func (r *Refusal) Unwrap() error { return ErrRefused }

// Declared is the result of a declaration.
type Declared struct {
	Batch sluss.BatchID `json:"batch"`
	Fresh bool          `json:"fresh"` // false: it was declared before, with the same content
	// Warnings prevent nothing, but a person should know them.
	Warnings sluss.Faults `json:"warnings,omitempty"`
	// Readings are the values that were read as something else than their text.
	Readings []declarations.Reading `json:"readings,omitempty"`
	DryRun   bool                   `json:"dry_run,omitempty"` // nothing is declared: the result is what would be
	// Values are what would be declared, by path; only of a dry run.
	Values map[string]string `json:"declaration,omitempty"`
}

// Declare starts the batch, unless a registry would refuse its reports. The same
// declaration again changes nothing, also without the times that were told with it; the
// same reference with other content is refused. at is when the waste was produced, if the declaration does not tell it; zero:
// that is not known. The error is Faults, with all faults of the declaration.
func (sv *Service) Declare(ctx context.Context, declaration sluss.Declaration, by sluss.Person, at time.Time) (Declared, error) {
	given := plain(declaration)
	declaration, declared, err := sv.examine(ctx, declaration, at)
	if err != nil || !declared.Fresh {
		return declared, err
	}
	id, warnings := declared.Batch, declared.Warnings
	produced := sluss.Event{Kind: sluss.Produced, At: declaration.At, NotedAt: declaration.NotedAt, By: by}
	_, err = sv.Temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: string(id), TaskQueue: workflows.Queue,
		WorkflowIDReusePolicy:                    enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		StaticSummary:                            workflows.BatchSummary(declaration),
		StaticDetails:                            workflows.BatchDetails(declaration),
		TypedSearchAttributes:                    workflows.BatchAttributes(declaration, produced),
	}, workflows.Batch, workflows.BatchInput{
		Declaration: declaration, Policy: sv.Policy, Produced: produced,
	})
	if already := (*serviceerror.WorkflowExecutionAlreadyStarted)(nil); errors.As(err, &already) {
		state, err := sv.State(ctx, id)
		if err != nil {
			return Declared{}, err
		}
		same := []sluss.Declaration{declaration, given}
		if len(state.Events) > 0 {
			produced := state.Events[0]
			same = append(same, timesOf(declaration, produced.At, time.Time{}), timesOf(declaration, produced.At, produced.NotedAt))
		}
		return Declared{Batch: id, Warnings: warnings}, refuseIfDifferent(state.Hash, same...)
	}
	return Declared{Batch: id, Fresh: true, Warnings: warnings}, err
}

// WouldDeclare tells what Declare would do, and does nothing.
func (sv *Service) WouldDeclare(ctx context.Context, declaration sluss.Declaration, _ sluss.Person, at time.Time) (Declared, error) {
	declaration, declared, err := sv.examine(ctx, declaration, at)
	if err != nil {
		return Declared{}, err
	}
	declared.DryRun, declared.Values = true, sluss.Declaration{}.Differences(declaration)
	return declared, nil
}

// refuseIfDifferent refuses a declaration if the batch was first declared with another
// one. It may be told in several ways.
func refuseIfDifferent(hash string, told ...sluss.Declaration) error {
	if slices.ContainsFunc(told, func(d sluss.Declaration) bool { return d.Hash() == hash }) {
		return nil
	}
	return sluss.Faults{{
		Field:   "reference",
		Problem: told[0].Reference + " is declared already, with other content",
		Remedy:  "send a correction of that batch, or declare this one under a reference of its own",
	}}
}

// examine tells what would become of a declaration, which it brings into plain form, with
// the time at which the waste was produced in it. The error is that of Declare.
func (sv *Service) examine(ctx context.Context, declaration sluss.Declaration, at time.Time) (sluss.Declaration, Declared, error) {
	given := plain(declaration)
	declaration = timesOf(given, at.Truncate(time.Second), time.Time{})
	id := declaration.ID()
	known, err := sv.Ledger.Batch(ctx, id)
	if err != nil {
		return declaration, Declared{}, err
	}
	var different error
	if known.Declared {
		different = refuseIfDifferent(known.Hash, declaration, given, timesOf(declaration, known.Declaration.At, known.Declaration.NotedAt))
		if different == nil { // it is known, whatever would be refused by now
			return declaration, Declared{Batch: id, Warnings: obligations.Warn(declaration, nil)}, nil
		}
	}
	faults := obligations.Validate(declaration)
	declared := Declared{Batch: id, Fresh: !known.Declared, Warnings: obligations.Warn(declaration, nil)}
	if !known.Declared {
		doubts, warnings, err := sv.chained(ctx, declaration)
		if err != nil {
			return declaration, Declared{}, err
		}
		represented, nobody, err := sv.unrepresented(ctx, declaration, at)
		if err != nil {
			return declaration, Declared{}, err
		}
		now := time.Now()
		doubts = slices.Concat(nobody, obligations.Doubt(declaration, now), obligations.DoubtProduced(declaration, declaration.At, now), doubts)
		faults = mergeFaults(mergeFaults(faults, refusable(declaration, represented)), doubts)
		declared.Warnings = append(declared.Warnings, warnings...)
	}
	if len(faults) > 0 {
		return declaration, Declared{}, faults
	}
	return declaration, declared, different
}

// plain is a declaration in plain form, with its tenant.
func plain(d sluss.Declaration) sluss.Declaration {
	if d.Tenant == "" {
		d.Tenant = sluss.DefaultTenant
	}
	return obligations.Plain(d)
}

// timesOf is a declaration with those times that it does not tell itself.
func timesOf(d sluss.Declaration, at, noted time.Time) sluss.Declaration {
	if d.At.IsZero() {
		d.At = at
	}
	if d.NotedAt.IsZero() {
		d.NotedAt = noted
	}
	return d
}

// Batches are those that match the filter, the latest declared first.
func (sv *Service) Batches(ctx context.Context, f BatchFilter) ([]BatchRow, error) {
	return sv.Ledger.Batches(ctx, f)
}
