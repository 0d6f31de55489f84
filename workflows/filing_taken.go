package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
)

// askPatience is how long a person waits for what the registry says about their receipt.
const askPatience = 15 * time.Second

// confirmTaken asks the registry whether it has what a person says that it has, under that
// receipt, if it keeps a document that can be asked for. The error refuses the decision. If
// there is no answer in time, the person's word counts. It must be called while a message is
// being recorded, so that nothing is sent meanwhile.
func (f *filing) confirmTaken(ctx workflow.Context, d sluss.Decision) error {
	registry := f.content.Obligation.Registry
	if d.Kind != sluss.DecidedTaken || sluss.RegistryOf(registry).Document == "" {
		return nil
	}
	options := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: RegistryQueue(registry), ScheduleToCloseTimeout: askPatience, WaitForCancellation: true,
		RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1},
		Summary:     "ask whether it has what a person says",
	})
	var found activities.FindResult
	err := workflow.ExecuteActivity(options, act.Find, f.submission()).Get(ctx, &found)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case f.ended(): // while the registry was asked
		return refusal(f.mayDecide(ctx, d))
	}
	if err == nil {
		err = f.recordAnswer(ctx, found.Unrecorded)
	}
	if err != nil || !found.Known || found.Wait != nil {
		return nil //nolint:nilerr // nobody can tell: the person's word counts
	}
	receipt := found.Outcome.Receipt
	switch {
	case found.Absent && len(f.content.Receipts) > 0:
		err = fmt.Errorf("%s does not show that %s was taken: decide not-taken or again, so that it is sent", registry, f.content.Obligation.ID)
	case found.Outcome.Kind == sluss.Accepted && receipt != nil && d.Receipt != receipt.ID && d.Receipt != receipt.Number:
		err = sluss.Faults{{
			Field: "receipt", Problem: fmt.Sprintf("%s has it as %s %s, not as %s", registry, receipt.ID, receipt.Number, d.Receipt), Remedy: "give that id",
		}}
	default:
		return nil
	}
	f.recordStage(ctx, "") // the ledger has recorded a question, which would look like one about a lost answer
	return refusal(err)
}
