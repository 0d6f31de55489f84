// Package tasktest runs tasks in tests: the workflow itself, in virtual time, with a
// fake registry behind it.
package tasktest

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"sluss/activities"
	"sluss/workflows"
)

// Ended is a task that has ended.
type Ended struct {
	client.WorkflowRun // nothing else is asked of it

	env *testsuite.TestWorkflowEnvironment
}

// Get gives the answer of the task, or its failure.
func (e Ended) Get(_ context.Context, into any) error {
	if err := e.env.GetWorkflowError(); err != nil {
		return err
	}
	var out json.RawMessage
	if err := e.env.GetWorkflowResult(&out); err != nil {
		return err
	}
	return json.Unmarshal(out, into)
}

// Run runs a task to its end. Answer replaces its activities: it gets the input of an
// activity and returns its result.
func Run(in workflows.TaskInput, answer func(in any) (any, error)) Ended {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(time.Minute) // on a busy machine
	env.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: time.Minute})
	env.RegisterWorkflow(workflows.Task)
	register[activities.RevisionsInput](env, "Revisions", answer)
	register[string](env, "EcoOrganismes", answer)
	register[activities.AnswerInput](env, "AnswerRevision", answer)
	register[activities.OrderInput](env, "OrderRegister", answer)
	register[activities.FetchInput](env, "FetchRegister", answer)
	register[activities.PrintInput](env, "Print", answer)
	register[activities.SubmitInput](env, "Submit", answer)
	env.ExecuteWorkflow(workflows.Task, in)
	return Ended{env: env}
}

func register[In any](env *testsuite.TestWorkflowEnvironment, name string, answer func(in any) (any, error)) {
	env.RegisterActivityWithOptions(func(_ context.Context, in In) (any, error) { return answer(in) }, activity.RegisterOptions{Name: name})
}
