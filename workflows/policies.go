package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss/activities"
)

// Queue is the task queue of the workflows and of the ledger's activities.
const Queue = "sluss"

// RegistryQueue is the task queue of one registry's calls, so that its backlog can be
// seen and paused separately.
func RegistryQueue(registry string) string { return "registry-" + registry }

// Policy is what an installation configures for its batches. It is an input, so that a
// replay sees the same values.
type Policy struct {
	// Settle is the pause before the registry is asked a second time about a submission
	// that it does not have. Only then is the submission sent again.
	Settle time.Duration `json:"settle"`
}

// onLedger are the options for recording steps of a workflow: on this worker, short, and
// retried until it succeeds, because the workflow must not go on before.
func onLedger(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout:    10 * time.Second,
		ScheduleToCloseTimeout: 10 * 365 * 24 * time.Hour,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: 100 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: time.Minute},
		Summary:                summary,
	})
}

// afterAccepting are the options for recording a person's act. The act is in Temporal's
// history before the activity runs: if a worker dies in between, the workflow must
// still know what the ledger has recorded.
func afterAccepting(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 100 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: time.Minute},
		Summary:             summary,
	})
}

// atRegistry are the options for one call of a registry. Temporal retries only calls that
// did not reach it; the activity sends a submission at most once. After a cancellation the
// workflow waits for the activity to end. Calls with a reservation go before those without.
func atRegistry(ctx workflow.Context, registry, summary string, reserved bool) workflow.Context {
	priority := temporal.Priority{}
	if reserved {
		priority.PriorityKey = 1
	}
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: RegistryQueue(registry), Priority: priority, WaitForCancellation: true,
		// The wait for the reservation, the call, and the recording of its answer.
		StartToCloseTimeout: activities.CallTimeout + 10*time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 5 * time.Minute},
		Summary:             summary,
	})
}

// onceSoon changes the options of a call so that the workflow hears if it was not made
// within a few minutes: no worker has taken it, or the registry cannot be reached. As long
// as it has not heard that, a filing needs no timer for its due time.
func onceSoon(ctx workflow.Context) workflow.Context {
	options := workflow.GetActivityOptions(ctx)
	retry := *options.RetryPolicy
	retry.MaximumAttempts = 9
	options.RetryPolicy, options.ScheduleToStartTimeout = &retry, 5*time.Minute
	return workflow.WithActivityOptions(ctx, options)
}
