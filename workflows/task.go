package workflows

import (
	"encoding/json"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/activities"
)

// TaskInput is what a person asks of a registry beside filings. The payload is the
// input of the kind's activity, as JSON.
type TaskInput struct {
	Registry string          `json:"registry"`
	Kind     sluss.TaskKind  `json:"kind"`
	Payload  json.RawMessage `json:"payload"`
}

// taskAttempts is how often a task's call is tried. What may have been sent is not
// sent again by that.
const taskAttempts = 3

// TaskPatience is how long a person waits for a task. A task that has not ended then
// is ended, so that nothing happens after the person was told that there was no
// answer.
func TaskPatience(kind sluss.TaskKind) time.Duration {
	if kind == sluss.TaskRegister {
		return registerPatience
	}
	return 30 * time.Second
}

// How long a register of waste may take to be ready, and how often to check.
const (
	registerPatience = 10 * time.Minute
	registerPause    = 5 * time.Second
)

// TaskSummary is what the Temporal UI shows of a task.
func TaskSummary(registry string, kind sluss.TaskKind) string {
	return fmt.Sprintf("%s at %s, for a person", taskSteps[kind].summary, registry)
}

// taskStep is a task's activity, and a summary of it.
type taskStep struct {
	summary  string
	activity any
}

// taskSteps are the tasks of one call each. A register of waste takes more.
var taskSteps = map[sluss.TaskKind]taskStep{
	sluss.TaskRevisions:      {"List revisions", (*activities.Tasks)(nil).Revisions},
	sluss.TaskEcoOrganismes:  {"List éco-organismes", (*activities.Tasks)(nil).EcoOrganismes},
	sluss.TaskRevisionAnswer: {"Answer a revision", (*activities.Tasks)(nil).AnswerRevision},
	sluss.TaskRegister:       {"Export a register of waste", (*activities.Tasks)(nil).OrderRegister},
	sluss.TaskPrint:          {"Print a document", (*activities.Sync)(nil).Print},
	sluss.TaskVehicles:       {"Look up vehicles", (*activities.Activities)(nil).Submit},
}

// Task does what a person asks of a registry beside filings, while the person waits.
// It ends with the answer, or with the failure of its activity.
func Task(ctx workflow.Context, in TaskInput) (json.RawMessage, error) {
	step, known := taskSteps[in.Kind]
	if !known {
		return nil, temporal.NewNonRetryableApplicationError(fmt.Sprintf("there is no task of the kind %q", in.Kind), activities.ErrorOperator, nil)
	}
	if in.Kind == sluss.TaskRegister {
		return exportRegister(ctx, in)
	}
	var out json.RawMessage
	err := workflow.ExecuteActivity(atTask(ctx, in.Registry, step.summary), step.activity, in.Payload).Get(ctx, &out)
	return out, err
}

// Exported is the result of ordering a register of waste. If Done, the file is in the ledger.
type Exported struct {
	Ordered sluss.Outcome `json:"ordered"`
	activities.Fetched
}

// exportRegister orders a register of waste, waits until it is made, and fetches it
// into the ledger.
func exportRegister(ctx workflow.Context, in TaskInput) (json.RawMessage, error) {
	var order activities.OrderInput
	if err := json.Unmarshal(in.Payload, &order); err != nil {
		return nil, err
	}
	var out Exported
	err := workflow.ExecuteActivity(atTask(ctx, in.Registry, "order a register of waste"), taskSteps[in.Kind].activity, order).Get(ctx, &out.Ordered)
	if err != nil {
		return nil, err
	}
	if out.Ordered.Kind != sluss.Accepted {
		return json.Marshal(out)
	}
	fetch := activities.FetchInput{RegisterOrder: order.RegisterOrder, ID: out.Ordered.Receipt.ID}
	for {
		err := workflow.ExecuteActivity(atTask(ctx, in.Registry, "fetch a register of waste"), (*activities.Tasks)(nil).FetchRegister, fetch).Get(ctx, &out.Fetched)
		if err != nil {
			return nil, err
		}
		if out.Done || out.Status == "FAILED" || out.Status == "CANCELED" {
			return json.Marshal(out)
		}
		timer := workflow.TimerOptions{Summary: "it is " + out.Status + ": look again"}
		if err := workflow.NewTimerWithOptions(ctx, registerPause, timer).Get(ctx, nil); err != nil {
			return nil, err
		}
	}
}

// atTask are the options for one call for a person who waits.
func atTask(ctx workflow.Context, registry, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: RegistryQueue(registry), ScheduleToCloseTimeout: TaskPatience(""), Summary: summary,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, MaximumAttempts: taskAttempts},
	})
}
