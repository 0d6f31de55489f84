package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss/activities"
)

// Queue is the task queue of the workflows and of the ledger's activities.
const Queue = "sluss"

// DispatcherQueue is the task queue of the dispatchers and of what they do: turns
// must be handed out also while thousands of filings are busy.
const DispatcherQueue = "quota"

// RegistryQueue is the task queue of one registry's calls: its backlog is seen,
// and can be paused, alone.
func RegistryQueue(registry string) string { return "registry-" + registry }

// Policy is what an installation decides for its batches. It is an input, so
// that replay sees what the run saw.
type Policy struct {
	// Settle is how long after an unanswered call, of which the registry has
	// nothing, it is asked once more before the same is sent again.
	Settle time.Duration `json:"settle"`
}

// DefaultPolicy waits out the 65 seconds after which Trackdéchets itself gives
// a request up.
func DefaultPolicy() Policy { return Policy{Settle: 70 * time.Second} }

// onLedger is for writing into our own record: short, on this worker, and as
// often as it takes, for a step that is not recorded has not been taken.
func onLedger(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout:    10 * time.Second,
		ScheduleToCloseTimeout: 10 * 365 * 24 * time.Hour,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: 100 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: time.Minute},
		Summary:                summary,
	})
}

// afterAccepting is for writing a person's act into our own record. The act is
// in Temporal's history before this runs: what the ledger says somebody did
// must not be forgotten by the workflow when a worker dies in between.
func afterAccepting(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 100 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: time.Minute},
		Summary:             summary,
	})
}

// atRegistry is for one call of a registry. Only what did not reach it is
// tried again by Temporal; the activity sees to it that a submission is sent
// at most once. One that is taken back has an end before anything else begins.
// Who has a reservation goes before those that ask for one.
func atRegistry(ctx workflow.Context, registry, summary string, reserved bool) workflow.Context {
	priority := temporal.Priority{}
	if reserved {
		priority.PriorityKey = 1
	}
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: RegistryQueue(registry), Priority: priority, WaitForCancellation: true,
		// The call, the moments before its reservation, and the record after it.
		StartToCloseTimeout: activities.CallTimeout + 10*time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 5 * time.Minute},
		Summary:             summary,
	})
}
